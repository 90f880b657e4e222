"""What is mounted into a container, and whether it outlives it."""

from collections.abc import Iterable, Mapping

from tenken.config.node import Node
from tenken.readiness.collectors.infrastructure.values import literal
from tenken.readiness.facts.infrastructure import Mount

LASTING = ("gcs", "nfs", "csi", "persistentVolumeClaim")
PASSING = (
    "empty_dir", "emptyDir", "secret", "configMap", "cloud_sql_instance", "projected",
    "downwardAPI",
)  # fmt: skip


def kinds(volumes: Iterable[Node]) -> Mapping[str, bool | None]:
    """Give for each volume whether it outlives an instance; None for kinds that are not known."""
    return {_text(one, "name"): _lasts(one) for one in volumes}


def _lasts(volume: Node) -> bool | None:
    if any(volume.at(kind) for kind in PASSING):
        return False
    return True if any(volume.at(kind) for kind in LASTING) else None


def mounted(mounts: Iterable[Node], known: Mapping[str, bool | None]) -> tuple[Mount, ...]:
    """Give the mounts of a container; the keys are those of Terraform or of Kubernetes."""
    return tuple(
        Mount(
            path=_text(one, "mount_path") or _text(one, "mountPath"),
            lasting=known.get(_text(one, "name")),
        )
        for one in mounts
    )


def started(node: Node) -> str:
    """The command of a container with its arguments."""
    words = (*node.at("command").items, *node.at("args").items)
    return " ".join(literal(one) or one.text for one in words)


def _text(node: Node, key: str) -> str:
    return literal(node.at(key)) or node.at(key).text
