"""The application on Kubernetes with Prometheus, Alertmanager and Grafana."""

from textwrap import dedent

from tests.readiness.estates.papers import PAPERS
from tests.readiness.estates.survey import Files

KUBERNETES: Files = {
    **PAPERS,
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
                expr: >-
                  sum(rate(desk_requests_total{status=~"5.."}[5m]))
                  / sum(rate(desk_requests_total[5m])) > 0.01
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
                api_url_file: /etc/slack
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
                good:
                  metricSource:
                    type: Prometheus
                    spec: {query: 'sum(rate(desk_requests_total{status!~"5.."}[5m]))'}
                total:
                  metricSource:
                    type: Prometheus
                    spec: {query: 'sum(rate(desk_requests_total[5m]))'}
          objectives: [{target: 0.99}]
        """),
    "deploy/dashboards.sh": dedent("""\
        kubectl create configmap desk-board --from-file=monitoring/dashboard.json
        kubectl label configmap desk-board grafana_dashboard=1
        """),
    "monitoring/dashboard.json": dedent("""\
        {
          "title": "desk", "uid": "desk", "schemaVersion": 39,
          "panels": [
            {"type": "timeseries", "title": "Requests", "targets": [
              {"expr": "sum(rate(desk_requests_total[5m])) by (status)"}]},
            {"type": "timeseries", "title": "Latency", "targets": [
              {"expr": "rate(desk_request_duration_seconds_bucket[5m])"}]},
            {"type": "timeseries", "title": "Tokens", "targets": [
              {"expr": "sum(rate(desk_llm_tokens_total[5m])) by (model)"}]},
            {"type": "timeseries", "title": "Guard", "targets": [
              {"expr": "sum(rate(desk_guard_violation_total[5m])) by (rule)"}]},
            {"type": "stat", "title": "KPI", "targets": [
              {"expr": "sum(increase(desk_enquiry_resolved_total[1d]))"}]}
          ]
        }
        """),
}
