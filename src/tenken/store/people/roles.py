"""What somebody may do in an application."""

from enum import StrEnum


class Role(StrEnum):
    """Each may do what those before it may."""

    VIEWER = "viewer"
    """Sees everything of the application, and changes nothing."""
    OPERATOR = "operator"
    """Acknowledges, silences, and changes for a while what is served."""
    ADMIN = "admin"
    """Says who is who."""

    def may(self, asked: "Role") -> bool:
        """Tell whether this role is enough."""
        ranks = tuple(Role)
        return ranks.index(self) >= ranks.index(asked)
