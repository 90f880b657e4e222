"""What proves that an application calls no model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsAbsent:
    """The proof that production calls no model and reaches nothing that might."""

    python_files: int
    other_files: int
    """Shell scripts and pages that were read as well."""
    optional: tuple[str, ...] = ()
    """Packages that would call models, declared in extras or groups alone."""
