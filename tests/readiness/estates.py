"""One application on three stacks, each described honestly; tests spoil one thing at a time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from textwrap import dedent

from tenken.place import Place
from tenken.readiness.collectors.documents.collect import collect as collect_documents
from tenken.readiness.collectors.infrastructure.collect import collect as collect_infrastructure
from tenken.readiness.collectors.monitoring.collect import collect as collect_monitoring
from tenken.readiness.collectors.pipeline.collect import collect as collect_pipeline
from tenken.readiness.facts.calls import LlmCall
from tenken.readiness.facts.code import CodeFacts, Metric
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.survey import Survey
from tests.readiness.trees import FakeTree

Files = Mapping[str, str]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EMITTED = (
    "desk.requests", "desk.request.duration", "desk.llm.tokens", "desk.guard.violation",
    "desk.enquiry.resolved",
)  # fmt: skip


def code(*, provider: str = "vertex", metrics: tuple[str, ...] = EMITTED) -> CodeFacts:
    """The application's code: one model call, and the metrics it emits."""
    place = Place("app/llm.py", 8)
    call = LlmCall(place=place, library="google-genai", provider=provider, function="app.llm.ask")
    emitted = tuple(Metric(name=name, place=place, library="datadog") for name in metrics)
    return CodeFacts(calls=(call,), metrics=emitted)


def survey_of(files: Files, facts: CodeFacts | None = None) -> Survey:
    """Everything the collectors find in the files, beside the given code."""
    tree = FakeTree(files)
    pipeline = collect_pipeline(tree)
    infrastructure = collect_infrastructure(tree, pipeline)
    return Survey(
        now=NOW,
        tree=tree,
        repository=RepositoryFacts(is_git=True),
        pipeline=pipeline,
        infrastructure=infrastructure,
        monitoring=collect_monitoring(tree, infrastructure),
        code=facts if facts is not None else code(),
        documents=collect_documents(tree, None, ()),
        manifest=None,
    )


def changed(files: Files, old: str, new: str) -> dict[str, str]:
    """The files with one text replaced wherever it stands; it must stand somewhere."""
    assert any(old in text for text in files.values()), f"{old!r} is nowhere"
    return {path: text.replace(old, new) for path, text in files.items()}


RUNBOOK = dedent("""\
    # Errors

    ## Detect
    The error rate is above 1 % for ten minutes.

    ## Act
    Roll back: `gcloud run services update-traffic desk --to-revisions desk-001=100`

    ## Verify
    The error rate falls below 0.1 % within five minutes.
    """)
KPI = dedent("""\
    # KPI

    | KPI | Formula | Owner |
    |---|---|---|
    | Solved without staff | count(`desk.enquiry.resolved`) / all enquiries | Mori |
    """)
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
    "docs/runbooks/errors.md": RUNBOOK,
    "docs/runbooks/tokens.md": RUNBOOK.replace("Errors", "Tokens"),
    "docs/runbooks/guard.md": RUNBOOK.replace("Errors", "Guard"),
    "docs/runbooks/guard-critical.md": RUNBOOK.replace("Errors", "Guard, critical"),
    "docs/kpi.md": KPI,
    "docs/architecture.md": DIAGRAM,
    "terraform/variables.tf": dedent("""\
        variable "max_instances" {
          type    = number
          default = 10
        }
        locals {
          name = "desk-${var.environment}"
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
              filter          = "metric.type=\\"run.googleapis.com/request_count\\" metric.labels.response_code_class=\\"5xx\\""
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
              good_service_filter  = "metric.type=\\"run.googleapis.com/request_count\\" metric.labels.response_code_class=\\"2xx\\""
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
KUBERNETES: Files = {
    "docs/runbooks/errors.md": RUNBOOK,
    "docs/runbooks/tokens.md": RUNBOOK.replace("Errors", "Tokens"),
    "docs/runbooks/guard.md": RUNBOOK.replace("Errors", "Guard"),
    "docs/runbooks/guard-critical.md": RUNBOOK.replace("Errors", "Guard, critical"),
    "docs/kpi.md": KPI,
    "docs/architecture.md": dedent("""\
        # Architecture

        ```mermaid
        flowchart LR
          user[User] --> gke[GKE desk]
          gke --> vertex[Vertex AI Gemini]
        ```
        """),
    "k8s/desk.yaml": dedent("""\
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: desk, namespace: desk}
        spec:
          replicas: 2
          selector: {matchLabels: {app: desk}}
          template:
            metadata: {labels: {app: desk}}
            spec:
              serviceAccountName: desk
              containers:
                - name: app
                  image: registry.example.jp/desk:1
                  ports: [{containerPort: 8080}]
                  resources:
                    requests: {cpu: 500m, memory: 512Mi}
                  env:
                    - name: SHIFT_API_URL
                      value: https://shift.example.jp
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: desk, namespace: desk}
        spec:
          selector: {app: desk}
          ports: [{port: 80, targetPort: 8080}]
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: desk
          namespace: desk
          annotations:
            iam.gke.io/gcp-service-account: desk@p.iam.gserviceaccount.com
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: desk
          namespace: desk
        spec:
          ingressClassName: nginx
          tls:
            - hosts: [desk.example.jp]
              secretName: desk-tls
          rules: []
        """),
    "k8s/scaling.yaml": dedent("""\
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: desk, namespace: desk}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: desk}
          minReplicas: 2
          maxReplicas: 10
          metrics:
            - type: Resource
              resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}
        """),
    "monitoring/rules.yaml": dedent("""\
        groups:
          - name: desk
            rules:
              - alert: ErrorRate
                expr: sum(rate(desk_requests_total{status=~"5.."}[5m])) / sum(rate(desk_requests_total[5m])) > 0.01
                for: 10m
                labels: {severity: critical}
                annotations:
                  runbook_url: docs/runbooks/errors.md
              - alert: Tokens
                expr: sum(increase(desk_llm_tokens_total[1h])) > 600000
                labels: {severity: warning}
                annotations:
                  runbook_url: docs/runbooks/tokens.md
              - alert: GuardCritical
                expr: increase(desk_guard_violation_total{severity="critical"}[5m]) > 0
                labels: {severity: critical}
                annotations:
                  runbook_url: docs/runbooks/guard-critical.md
              - alert: Guard
                expr: increase(desk_guard_violation_total{severity="low"}[15m]) > 20
                labels: {severity: warning}
                annotations:
                  runbook_url: docs/runbooks/guard.md
        """),
    "monitoring/alertmanager.yaml": dedent("""\
        route:
          receiver: slack
          routes:
            - matchers: ['severity="critical"']
              receiver: pager
        receivers:
          - name: slack
            slack_configs:
              - channel: "#desk"
          - name: pager
            pagerduty_configs:
              - routing_key_file: /etc/pd
        """),
    "slo/desk.yaml": dedent("""\
        apiVersion: openslo/v1
        kind: SLO
        metadata: {name: answers}
        spec:
          service: desk
          timeWindow: [{duration: 28d, isRolling: true}]
          indicator:
            spec:
              ratioMetric:
                good: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(desk_requests_total{status!~"5.."}[5m]))'}}}
                total: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(desk_requests_total[5m]))'}}}
          objectives: [{target: 0.99}]
        """),
    "monitoring/dashboard.json": dedent("""\
        {
          "title": "desk", "uid": "desk", "schemaVersion": 39,
          "panels": [
            {"type": "timeseries", "title": "Requests", "targets": [
              {"expr": "sum(rate(desk_requests_total[5m])) by (status)"}]},
            {"type": "timeseries", "title": "Latency", "targets": [
              {"expr": "histogram_quantile(0.95, rate(desk_request_duration_seconds_bucket[5m]))"}]},
            {"type": "timeseries", "title": "Tokens", "targets": [
              {"expr": "sum(rate(desk_llm_tokens_total[5m])) by (model)"}]},
            {"type": "timeseries", "title": "Guard", "targets": [
              {"expr": "sum(rate(desk_guard_violation_total[5m])) by (rule)"}]},
            {"type": "stat", "title": "KPI", "targets": [
              {"expr": "sum(increase(desk_enquiry_resolved_total[1d]))"}]}
          ]
        }
        """),
}  # fmt: skip
ECS: Files = {
    "infra/ecs.tf": dedent("""\
        resource "aws_ecs_cluster" "main" {
          name = "main"
        }
        resource "aws_ecs_task_definition" "desk" {
          family        = "desk"
          task_role_arn = aws_iam_role.desk.arn
          container_definitions = jsonencode([{
            name  = "app"
            image = "desk:1"
            environment = [{ name = "SHIFT_API_URL", value = "https://shift.example.jp" }]
          }])
        }
        resource "aws_ecs_service" "desk" {
          name            = "desk"
          cluster         = aws_ecs_cluster.main.id
          task_definition = aws_ecs_task_definition.desk.arn
          desired_count   = 2
          load_balancer {
            target_group_arn = aws_lb_target_group.desk.arn
            container_name   = "app"
            container_port   = 8080
          }
        }
        resource "aws_appautoscaling_target" "desk" {
          max_capacity       = 10
          min_capacity       = 2
          resource_id        = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.desk.name}"
          scalable_dimension = "ecs:service:DesiredCount"
          service_namespace  = "ecs"
        }
        resource "aws_appautoscaling_policy" "desk" {
          name               = "cpu"
          policy_type        = "TargetTrackingScaling"
          resource_id        = aws_appautoscaling_target.desk.resource_id
          scalable_dimension = "ecs:service:DesiredCount"
          service_namespace  = "ecs"
        }
        resource "aws_lb_listener" "https" {
          port     = 443
          protocol = "HTTPS"
        }
        resource "aws_lb_listener" "http" {
          port     = 80
          protocol = "HTTP"
          default_action {
            type = "redirect"
            redirect {
              port        = "443"
              protocol    = "HTTPS"
              status_code = "HTTP_301"
            }
          }
        }
        resource "aws_db_instance" "desk" {
          identifier        = "desk"
          storage_encrypted = true
        }
        """),
    "infra/alarms.tf": dedent("""\
        resource "aws_sns_topic" "oncall" {
          name = "oncall"
        }
        resource "aws_sns_topic_subscription" "oncall" {
          topic_arn = aws_sns_topic.oncall.arn
          protocol  = "email"
          endpoint  = "oncall@example.jp"
        }
        resource "aws_cloudwatch_metric_alarm" "errors" {
          alarm_name          = "errors"
          namespace           = "AWS/ApplicationELB"
          metric_name         = "HTTPCode_Target_5XX_Count"
          comparison_operator = "GreaterThanThreshold"
          threshold           = 5
          period              = 60
          evaluation_periods  = 5
          alarm_actions       = [aws_sns_topic.oncall.arn]
        }
        """),
}  # fmt: skip
