resource "datadog_dashboard" "desk" {
  title       = "shift-desk"
  layout_type = "ordered"

  widget {
    timeseries_definition {
      title = "Requests"
      request {
        q            = "sum:shift_desk.requests{env:prod} by {status}.as_count()"
        display_type = "bars"
      }
    }
  }

  widget {
    timeseries_definition {
      title = "p95 latency (s)"
      request {
        q            = "p95:shift_desk.request.duration{env:prod} by {path}"
        display_type = "line"
      }
    }
  }

  widget {
    timeseries_definition {
      title = "Instances"
      request {
        q            = "avg:gcp.run.container.instance_count{service_name:shift-desk-prod}"
        display_type = "line"
      }
    }
  }

  widget {
    timeseries_definition {
      title = "CPU"
      request {
        q            = "avg:gcp.run.container.cpu.utilizations.p95{service_name:shift-desk-prod}"
        display_type = "line"
      }
    }
  }

  widget {
    timeseries_definition {
      title = "LLM tokens"
      request {
        q            = "sum:shift_desk.llm.tokens{env:prod} by {model,kind}.as_count()"
        display_type = "bars"
      }
    }
  }

  widget {
    timeseries_definition {
      title = "LLM latency (s)"
      request {
        q            = "p95:shift_desk.llm.latency{env:prod} by {model}"
        display_type = "line"
      }
    }
  }

  widget {
    query_value_definition {
      title     = "LLM cost today (USD)"
      autoscale = true
      request {
        q          = "sum:shift_desk.llm.cost_usd{env:prod}.as_count()"
        aggregator = "sum"
      }
    }
  }

  widget {
    timeseries_definition {
      title = "Guard blocks"
      request {
        q            = "sum:shift_desk.guard.blocked{env:prod} by {rule}.as_count()"
        display_type = "bars"
      }
    }
  }

  widget {
    query_value_definition {
      title     = "KPI: solved without staff (%)"
      autoscale = true
      request {
        q          = "100 * sum:shift_desk.kpi.self_resolved{env:prod}.as_count() / sum:shift_desk.requests{env:prod,path:/v1/enquiries}.as_count()"
        aggregator = "avg"
      }
    }
  }
}
