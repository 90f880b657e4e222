"""What proves that an application calls no model."""

from msgspec import Struct


class ModelsAbsent(Struct, frozen=True, kw_only=True):
    """The proof that production calls no model and reaches nothing that might."""

    python_files: int
    other_files: int
    """Shell scripts and pages that were read as well."""
    optional: tuple[str, ...] = ()
    """Packages that would call models, declared in extras or groups alone."""
