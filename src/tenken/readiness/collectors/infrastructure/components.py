"""Which resources a picture of the system has to show, and by which words it would name them."""

from collections.abc import Mapping
from types import MappingProxyType

from tenken.place import Place
from tenken.readiness.facts.infrastructure import Component, ComponentKind

WORKLOAD, STORE, QUEUE = ComponentKind.WORKLOAD, ComponentKind.STORE, ComponentKind.QUEUE
KINDS: Mapping[str, tuple[ComponentKind, str, tuple[str, ...]]] = MappingProxyType(
    {
        "google_cloud_run": (WORKLOAD, "Cloud Run", ("cloud run", "cloudrun")),
        "google_container_cluster": (WORKLOAD, "GKE", ("gke", "kubernetes")),
        "google_cloudfunctions": (WORKLOAD, "Cloud Functions", ("cloud functions", "function")),
        "google_sql_database_instance": (
            STORE,
            "Cloud SQL",
            ("cloud sql", "cloudsql", "postgres", "mysql"),
        ),
        "google_alloydb_cluster": (STORE, "AlloyDB", ("alloydb",)),
        "google_firestore_database": (STORE, "Firestore", ("firestore",)),
        "google_spanner_instance": (STORE, "Spanner", ("spanner",)),
        "google_storage_bucket": (
            STORE,
            "Cloud Storage",
            ("cloud storage", "gcs", "bucket", "バケット"),
        ),
        "google_bigquery_dataset": (STORE, "BigQuery", ("bigquery", "big query")),
        "google_redis_instance": (STORE, "Memorystore", ("redis", "memorystore", "valkey")),
        "google_memorystore_instance": (STORE, "Memorystore", ("redis", "memorystore", "valkey")),
        "google_pubsub_topic": (QUEUE, "Pub/Sub", ("pub/sub", "pubsub")),
        "google_cloud_tasks_queue": (
            QUEUE,
            "Cloud Tasks",
            ("cloud tasks", "cloud task", "cloudtasks"),
        ),
        "google_cloud_scheduler_job": (ComponentKind.SCHEDULE, "Cloud Scheduler", ("scheduler",)),
        "google_secret_manager_secret": (
            ComponentKind.SECRETS,
            "Secret Manager",
            ("secret manager", "secretmanager", "secrets"),
        ),
        "google_kms_crypto_key": (ComponentKind.KEYS, "Cloud KMS", ("kms",)),
        "google_vertex_ai": (ComponentKind.MODEL, "Vertex AI", ("vertex", "gemini")),
        "google_compute_url_map": (
            ComponentKind.GATEWAY,
            "Load Balancer",
            ("load balancer", "load balancing", "lb", "ロードバランサ"),
        ),
        "google_api_gateway_gateway": (ComponentKind.GATEWAY, "API Gateway", ("api gateway",)),
        "google_monitoring": (
            ComponentKind.MONITORING,
            "Cloud Monitoring",
            ("cloud monitoring", "monitoring", "監視"),
        ),
        "datadog_": (ComponentKind.MONITORING, "Datadog", ("datadog",)),
        "grafana_": (ComponentKind.MONITORING, "Grafana", ("grafana",)),
        "aws_ecs_service": (WORKLOAD, "ECS", ("ecs", "fargate")),
        "aws_eks_cluster": (WORKLOAD, "EKS", ("eks", "kubernetes")),
        "aws_lambda_function": (WORKLOAD, "Lambda", ("lambda",)),
        "aws_db_instance": (STORE, "RDS", ("rds", "postgres", "mysql", "aurora")),
        "aws_rds_cluster": (STORE, "RDS", ("rds", "postgres", "mysql", "aurora")),
        "aws_dynamodb_table": (STORE, "DynamoDB", ("dynamodb",)),
        "aws_s3_bucket": (STORE, "S3", ("s3", "bucket", "バケット")),
        "aws_elasticache": (STORE, "ElastiCache", ("elasticache", "redis", "valkey")),
        "aws_opensearch_domain": (STORE, "OpenSearch", ("opensearch",)),
        "aws_sqs_queue": (QUEUE, "SQS", ("sqs",)),
        "aws_sns_topic": (QUEUE, "SNS", ("sns",)),
        "aws_lb": (
            ComponentKind.GATEWAY,
            "Load Balancer",
            ("load balancer", "alb", "nlb", "ロードバランサ"),
        ),
        "aws_api_gateway_rest_api": (ComponentKind.GATEWAY, "API Gateway", ("api gateway",)),
        "aws_apigatewayv2_api": (ComponentKind.GATEWAY, "API Gateway", ("api gateway",)),
        "aws_secretsmanager_secret": (
            ComponentKind.SECRETS,
            "Secrets Manager",
            ("secrets manager", "secretsmanager", "secrets"),
        ),
        "aws_kms_key": (ComponentKind.KEYS, "KMS", ("kms",)),
        "aws_bedrock": (ComponentKind.MODEL, "Bedrock", ("bedrock",)),
        "aws_cloudwatch": (ComponentKind.MONITORING, "CloudWatch", ("cloudwatch",)),
        "azurerm_container_app": (WORKLOAD, "Container Apps", ("container app",)),
        "azurerm_kubernetes_cluster": (WORKLOAD, "AKS", ("aks", "kubernetes")),
        "azurerm_cosmosdb_account": (STORE, "Cosmos DB", ("cosmos",)),
        "azurerm_search_service": (STORE, "AI Search", ("search",)),
        "azurerm_storage_account": (STORE, "Storage", ("storage", "blob")),
        "azurerm_cognitive_account": (
            ComponentKind.MODEL,
            "Azure OpenAI",
            ("azure openai", "openai"),
        ),
    }
)
PREFIXES = tuple(sorted(KINDS, key=len, reverse=True))
IAM_WORDS = ("_iam_", "_version")
"""Rights on a thing and versions of it are not a thing to draw."""


def component(kind: str, place: Place) -> Component | None:
    """What a Terraform type is drawn as; None for what nobody draws."""
    if any(word in kind for word in IAM_WORDS):
        return None
    prefix = next((one for one in PREFIXES if kind.startswith(one)), None)
    if prefix is None:
        return None
    drawn_as, name, words = KINDS[prefix]
    return Component(kind=drawn_as, name=name, words=words, place=place)
