"""What Terraform says of stores: which encrypt by themselves, which only where told to.

The defaults are those the providers document; a resource that is not in the table is no store of
ours to judge.
"""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from tenken.config.node import ABSENT, Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.terraform.estate import Resource
from tenken.readiness.collectors.infrastructure.values import (
    down,
    is_unknown,
    literal,
    pattern,
    truth,
)
from tenken.readiness.facts.infrastructure import AtRest, Store, StoreKind


class Kind(Struct, frozen=True):
    """How a type of resource keeps data."""

    kind: StoreKind
    always: bool
    """The platform encrypts it whatever the file says."""
    keys: tuple[str, ...] = ()
    """Dotted attributes that name a key of one's own."""
    switch: str = ""
    """The dotted attribute that switches encryption on, where it is off by default."""


BUCKET, DATABASE, CACHE = StoreKind.BUCKET, StoreKind.DATABASE, StoreKind.CACHE
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "google_storage_bucket": Kind(BUCKET, True, ("encryption.default_kms_key_name",)),
        "google_sql_database_instance": Kind(DATABASE, True, ("encryption_key_name",)),
        "google_alloydb_cluster": Kind(DATABASE, True, ("encryption_config.kms_key_name",)),
        "google_firestore_database": Kind(DATABASE, True, ("cmek_config.kms_key_name",)),
        "google_spanner_database": Kind(DATABASE, True, ("encryption_config.kms_key_name",)),
        "google_redis_instance": Kind(CACHE, True, ("customer_managed_key",)),
        "google_bigquery_dataset": Kind(
            StoreKind.WAREHOUSE, True, ("default_encryption_configuration.kms_key_name",)
        ),
        "google_compute_disk": Kind(
            StoreKind.DISK, True, ("disk_encryption_key.kms_key_self_link",)
        ),
        "google_pubsub_topic": Kind(StoreKind.QUEUE, True, ("kms_key_name",)),
        "google_cloud_tasks_queue": Kind(StoreKind.QUEUE, True),
        "aws_s3_bucket": Kind(BUCKET, True),
        "aws_dynamodb_table": Kind(StoreKind.TABLE, True, ("server_side_encryption.kms_key_arn",)),
        "aws_db_instance": Kind(DATABASE, False, ("kms_key_id",), "storage_encrypted"),
        "aws_rds_cluster": Kind(DATABASE, False, ("kms_key_id",), "storage_encrypted"),
        "aws_docdb_cluster": Kind(DATABASE, False, ("kms_key_id",), "storage_encrypted"),
        "aws_redshift_cluster": Kind(StoreKind.WAREHOUSE, False, ("kms_key_id",), "encrypted"),
        "aws_elasticache_replication_group": Kind(
            CACHE, False, ("kms_key_id",), "at_rest_encryption_enabled"
        ),
        "aws_elasticache_cluster": Kind(CACHE, False),
        "aws_sqs_queue": Kind(StoreKind.QUEUE, True, ("kms_master_key_id",)),
        "aws_ebs_volume": Kind(StoreKind.DISK, False, ("kms_key_id",), "encrypted"),
        "aws_efs_file_system": Kind(StoreKind.DISK, False, ("kms_key_id",), "encrypted"),
        "aws_opensearch_domain": Kind(
            StoreKind.SEARCH, False, ("encrypt_at_rest.kms_key_id",), "encrypt_at_rest.enabled"
        ),
        "aws_cloudwatch_log_group": Kind(StoreKind.LOGS, True, ("kms_key_id",)),
        "azurerm_storage_account": Kind(BUCKET, True),
        "azurerm_cosmosdb_account": Kind(DATABASE, True, ("key_vault_key_id",)),
        "azurerm_postgresql_flexible_server": Kind(
            DATABASE, True, ("customer_managed_key.key_vault_key_id",)
        ),
        "azurerm_redis_cache": Kind(CACHE, True),
        "azurerm_search_service": Kind(StoreKind.SEARCH, True),
    }
)


def store(resource: Resource, body: Node, found: Found) -> None:
    """Add the store that a resource makes."""
    kind = KINDS[resource.kind]
    at_rest, setting = _at_rest(resource, body, kind)
    demands, place = _tls(resource, body)
    found.stores.append(
        Store(
            kind=kind.kind,
            name=_name(resource, body),
            resource=resource.kind,
            place=resource.place,
            at_rest=at_rest,
            setting=setting,
            demands_tls=demands,
            tls_place=place,
            paced=_paced(resource, body),
        )
    )


def _paced(resource: Resource, body: Node) -> Place | None:
    """Where a queue states how fast it hands tasks on."""
    rates = body.at("rate_limits")
    limits = down(body, "rate_limits")
    for name in ("max_dispatches_per_second", "max_concurrent_dispatches"):
        if rates is not ABSENT and limits.at(name) is not ABSENT:
            return Place(resource.path, limits.line_of(name))
    return None


def _name(resource: Resource, body: Node) -> str:
    for key in ("name", "bucket", "identifier", "cluster_identifier", "dataset_id"):
        text = pattern(body.at(key))
        if text.strip("*-_"):
            return text
    return resource.name


def _at_rest(resource: Resource, body: Node, kind: Kind) -> tuple[AtRest, Place | None]:
    for key in kind.keys:
        parent, _, last = key.rpartition(".")
        block = down(body, *parent.split(".")) if parent else body
        if (stated := block.at(last)) and literal(stated) != "":
            return AtRest.CUSTOMER_KEY, Place(resource.path, block.line_of(last))
    if kind.switch:
        return _switched(resource, body, kind.switch)
    return (AtRest.PLATFORM if kind.always else AtRest.OFF), resource.place


def _switched(resource: Resource, body: Node, switch: str) -> tuple[AtRest, Place | None]:
    parent, _, last = switch.rpartition(".")
    block = down(body, *parent.split(".")) if parent else body
    stated = block.at(last)
    place = Place(resource.path, block.line_of(last) or body.line)
    if is_unknown(stated):
        return AtRest.UNKNOWN, place
    return (AtRest.STATED if truth(stated) else AtRest.OFF), place


def _tls(resource: Resource, body: Node) -> tuple[bool | None, Place | None]:
    """Whether clients have to use TLS, where the file says so."""
    path = resource.path
    match resource.kind:
        case "google_sql_database_instance":
            block = down(body, "settings", "ip_configuration")
            mode = literal(block.at("ssl_mode"))
            if mode is not None:
                return mode != "ALLOW_UNENCRYPTED_AND_ENCRYPTED", Place(
                    path, block.line_of("ssl_mode")
                )
            required = truth(block.at("require_ssl"))
            return required, Place(
                path, block.line_of("require_ssl")
            ) if required is not None else None
        case "google_redis_instance":
            mode = literal(body.at("transit_encryption_mode"))
            return mode == "SERVER_AUTHENTICATION", Place(
                path, body.line_of("transit_encryption_mode")
            )
        case "aws_elasticache_replication_group":
            on = truth(body.at("transit_encryption_enabled"))
            return on is True, Place(path, body.line_of("transit_encryption_enabled"))
        case "azurerm_redis_cache":
            plain = truth(body.at("non_ssl_port_enabled"))
            return (not plain if plain is not None else None), Place(path, body.line)
        case _:
            return None, None
