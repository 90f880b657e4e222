resource "google_kms_key_ring" "desk" {
  name     = "shift-desk-${var.environment}"
  location = var.region
}

resource "google_kms_crypto_key" "logs" {
  name            = "logs"
  key_ring        = google_kms_key_ring.desk.id
  rotation_period = "7776000s"
}

resource "google_storage_bucket" "logs" {
  name                        = "${var.project_id}-shift-desk-logs-${var.environment}"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  encryption {
    default_kms_key_name = google_kms_crypto_key.logs.id
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = 180
    }
  }
}

resource "google_logging_project_sink" "logs" {
  name                   = "shift-desk-logs-${var.environment}"
  destination            = "storage.googleapis.com/${google_storage_bucket.logs.name}"
  filter                 = "resource.type=\"cloud_run_revision\" resource.labels.service_name=\"${google_cloud_run_v2_service.desk.name}\""
  unique_writer_identity = true
}

resource "google_storage_bucket_iam_member" "sink" {
  bucket = google_storage_bucket.logs.name
  role   = "roles/storage.objectCreator"
  member = google_logging_project_sink.logs.writer_identity
}
