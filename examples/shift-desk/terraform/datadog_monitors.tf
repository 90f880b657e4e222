resource "datadog_monitor" "error_rate" {
  name    = "[shift-desk] error rate above SLO"
  type    = "query alert"
  query   = "sum(last_10m):sum:shift_desk.requests{env:prod,status:5xx}.as_count() / sum:shift_desk.requests{env:prod}.as_count() > 0.01"
  message = "More than 1% of requests fail. Runbook: docs/runbooks/high-error-rate.md"
  tags    = ["service:shift-desk", "severity:critical"]

  monitor_thresholds {
    critical = 0.01
  }
}

resource "datadog_monitor" "latency" {
  name    = "[shift-desk] p95 latency"
  type    = "query alert"
  query   = "percentile(last_15m):p95:shift_desk.request.duration{env:prod,path:/v1/enquiries} > 8"
  message = "Answers take more than 8 s (p95). Runbook: docs/runbooks/llm-api-outage.md @slack-shift-desk-alerts"
  tags    = ["service:shift-desk", "severity:warning", "noisy:true"]

  monitor_thresholds {
    critical = 8
  }
}

resource "datadog_downtime_schedule" "noisy" {
  scope = "env:prod"

  monitor_identifier {
    monitor_tags = ["noisy:true"]
  }

  recurring_schedule {
    timezone = "Asia/Tokyo"
    recurrence {
      duration = "1d"
      rrule    = "FREQ=DAILY;INTERVAL=1"
      start    = "2026-06-12T00:00:00"
    }
  }
}

resource "datadog_monitor" "tokens" {
  name    = "[shift-desk] token use"
  type    = "query alert"
  query   = "sum(last_1h):sum:shift_desk.llm.tokens{env:prod}.as_count() > 600000"
  message = "Token use is three times the usual hour. Runbook: docs/runbooks/token-spike.md @slack-shift-desk-alerts"
  tags    = ["service:shift-desk", "severity:warning"]

  monitor_thresholds {
    critical = 600000
    warning  = 400000
  }
}

resource "datadog_monitor" "guard" {
  name    = "[shift-desk] guard blocks"
  type    = "query alert"
  query   = "sum(last_15m):sum:shift_desk.guard.blocked{env:prod}.as_count() > 20"
  message = "Many enquiries are blocked by the guard. @slack-shift-desk-alerts"
  tags    = ["service:shift-desk", "severity:warning"]

  monitor_thresholds {
    critical = 20
  }
}
