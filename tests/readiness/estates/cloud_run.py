"""The application on Cloud Run with Terraform, Cloud Monitoring and Datadog."""

from textwrap import dedent

from tests.readiness.estates.papers import PAPERS
from tests.readiness.estates.survey import Files

DIAGRAM = dedent("""\
    # Architecture

    ```mermaid
    flowchart LR
      user[User] --> run[Cloud Run desk]
      run --> vertex[Vertex AI Gemini]
      run --> sql[(Cloud SQL)]
      run --> bucket[(Cloud Storage bucket)]
      run --> watch[Cloud Monitoring]
      run --> dog[Datadog]
    ```
    """)
CLOUD_RUN: Files = {
    **PAPERS,
    "docs/architecture.md": DIAGRAM,
    "terraform/variables.tf": dedent("""\
        variable "max_instances" {
          type    = number
          default = 10
        }
        locals {
          name  = "desk-${var.environment}"
          count = "run.googleapis.com/request_count"
        }
        variable "environment" {
          default = "prod"
        }
        """),
    "terraform/run.tf": dedent("""\
        resource "google_cloud_run_v2_service" "desk" {
          name    = local.name
          ingress = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
          template {
            service_account                  = google_service_account.desk.email
            max_instance_request_concurrency = 20
            scaling {
              min_instance_count = 1
              max_instance_count = var.max_instances
            }
            containers {
              image = "asia-northeast1-docker.pkg.dev/p/desk/desk:1"
              env {
                name  = "SHIFT_API_URL"
                value = "https://shift.example.jp"
              }
            }
          }
        }
        resource "google_service_account" "desk" {
          account_id = "desk"
        }
        resource "google_sql_database_instance" "desk" {
          name             = "desk"
          database_version = "POSTGRES_16"
          settings {
            ip_configuration {
              ssl_mode = "ENCRYPTED_ONLY"
            }
          }
        }
        resource "google_storage_bucket" "logs" {
          name = "desk-logs"
        }
        """),
    "terraform/monitoring.tf": dedent("""\
        resource "google_monitoring_notification_channel" "oncall" {
          display_name = "on call"
          type         = "pagerduty"
          labels       = { service = "desk" }
        }
        resource "google_monitoring_alert_policy" "errors" {
          display_name          = "errors"
          severity              = "CRITICAL"
          combiner              = "OR"
          notification_channels = [google_monitoring_notification_channel.oncall.id]
          conditions {
            display_name = "5xx"
            condition_threshold {
              filter          = "metric.type=\\"${local.count}\\" metric.class=\\"5xx\\""
              comparison      = "COMPARISON_GT"
              threshold_value = 5
              duration        = "300s"
            }
          }
          documentation {
            content = "Runbook: docs/runbooks/errors.md"
          }
        }
        resource "datadog_monitor" "tokens" {
          name    = "tokens"
          type    = "query alert"
          query   = "sum(last_1h):sum:desk.llm.tokens{env:prod}.as_count() > 600000"
          message = "Runbook: docs/runbooks/tokens.md @slack-desk"
          tags    = ["severity:warning"]
        }
        resource "datadog_monitor" "guard" {
          name    = "guard"
          type    = "query alert"
          query   = "sum(last_15m):sum:desk.guard.violation{severity:low}.as_count() > 20"
          message = "Runbook: docs/runbooks/guard.md @slack-desk"
          tags    = ["severity:warning"]
        }
        resource "datadog_monitor" "guard_critical" {
          name    = "guard, critical"
          type    = "query alert"
          query   = "sum(last_5m):sum:desk.guard.violation{severity:critical}.as_count() > 0"
          message = "Runbook: docs/runbooks/guard-critical.md @pagerduty-desk"
          tags    = ["severity:critical"]
        }
        resource "google_monitoring_slo" "answers" {
          service             = google_monitoring_custom_service.desk.service_id
          slo_id              = "answers"
          display_name        = "answers without an error"
          goal                = 0.99
          rolling_period_days = 28
          request_based_sli {
            good_total_ratio {
              good_service_filter  = "metric.type=\\"${local.count}\\" metric.class=\\"2xx\\""
              total_service_filter = "metric.type=\\"run.googleapis.com/request_count\\""
            }
          }
        }
        resource "google_monitoring_custom_service" "desk" {
          service_id = "desk"
        }
        resource "datadog_dashboard" "desk" {
          title       = "desk"
          layout_type = "ordered"
          widget {
            timeseries_definition {
              title = "Requests"
              request {
                q = "sum:desk.requests{env:prod} by {status}.as_count()"
              }
            }
          }
          widget {
            timeseries_definition {
              title = "Latency"
              request {
                q = "p95:desk.request.duration{env:prod}"
              }
            }
          }
          widget {
            timeseries_definition {
              title = "Tokens"
              request {
                q = "sum:desk.llm.tokens{env:prod} by {model}.as_count()"
              }
            }
          }
          widget {
            timeseries_definition {
              title = "Guard"
              request {
                q = "sum:desk.guard.violation{env:prod} by {rule}.as_count()"
              }
            }
          }
          widget {
            query_value_definition {
              title = "KPI"
              request {
                q = "sum:desk.enquiry.resolved{env:prod}.as_count()"
              }
            }
          }
        }
        """),
}  # fmt: skip
