variable "project_id" {
  type = string
}

variable "region" {
  type    = string
  default = "asia-northeast1"
}

variable "environment" {
  type = string

  validation {
    condition     = contains(["dev", "stg", "prod"], var.environment)
    error_message = "environment is dev, stg or prod."
  }
}

variable "image" {
  type = string
}

variable "github_repository" {
  type    = string
  default = "shift-ichiba/shift-desk"
}
