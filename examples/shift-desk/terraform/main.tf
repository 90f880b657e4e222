terraform {
  required_version = ">= 1.9"

  backend "gcs" {
    bucket = "shift-desk-tfstate"
  }

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.20"
    }
    datadog = {
      source  = "DataDog/datadog"
      version = "~> 3.50"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
}

provider "datadog" {
  api_url = "https://api.ap1.datadoghq.com/"
}
