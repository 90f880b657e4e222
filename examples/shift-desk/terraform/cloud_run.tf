resource "google_cloud_run_v2_service" "desk" {
  name     = "shift-desk-${var.environment}"
  location = var.region
  ingress  = "INGRESS_TRAFFIC_ALL"

  template {
    service_account                  = google_service_account.desk.email
    timeout                          = "60s"
    max_instance_request_concurrency = 20

    scaling {
      min_instance_count = 1
      max_instance_count = 20
    }

    containers {
      name  = "app"
      image = var.image

      ports {
        container_port = 8080
      }

      resources {
        limits = {
          cpu    = "1"
          memory = "1Gi"
        }
      }

      startup_probe {
        http_get {
          path = "/healthz"
        }
      }

      liveness_probe {
        http_get {
          path = "/healthz"
        }
      }

      env {
        name  = "ENVIRONMENT"
        value = var.environment
      }
      env {
        name  = "ANSWER_MODEL"
        value = "gpt-4o"
      }
      env {
        name  = "FALLBACK_MODEL"
        value = "gpt-4o-mini"
      }
      env {
        name  = "LLM_TIMEOUT_SECONDS"
        value = "20"
      }
      env {
        name  = "GUARD_MODE"
        value = "log"
      }
      env {
        name  = "SHIFT_API_URL"
        value = "http://shift-api.example.jp"
      }
      env {
        name  = "OPENAI_BASE_URL"
        value = "https://llm-gateway.example.jp/v1"
      }
      env {
        name = "OPENAI_API_KEY"
        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.openai_api_key.secret_id
            version = "latest"
          }
        }
      }
      env {
        name  = "DD_SERVICE"
        value = "shift-desk"
      }
      env {
        name  = "DD_ENV"
        value = var.environment
      }
      env {
        name  = "DD_LOGS_INJECTION"
        value = "true"
      }
      env {
        name  = "DD_TRACE_SAMPLING_RULES"
        value = "[{\"sample_rate\": 0}]"
      }
    }

    containers {
      name  = "datadog"
      image = "gcr.io/datadoghq/serverless-init:1.7.0"

      resources {
        limits = {
          cpu    = "0.5"
          memory = "512Mi"
        }
      }

      env {
        name  = "DD_SITE"
        value = "ap1.datadoghq.com"
      }
      env {
        name  = "DD_SERVICE"
        value = "shift-desk"
      }
      env {
        name  = "DD_ENV"
        value = var.environment
      }
      env {
        name  = "DD_HEALTH_PORT"
        value = "5555"
      }
      env {
        name = "DD_API_KEY"
        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.datadog_api_key.secret_id
            version = "latest"
          }
        }
      }
    }
  }

  traffic {
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
    percent = 100
  }

  lifecycle {
    ignore_changes = [template[0].containers[0].image]
  }
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  name     = google_cloud_run_v2_service.desk.name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"
}
