"""What `tenken.yaml` says of how long records stay."""

from msgspec import Struct

from tenken.config.serving import Whole


class RetentionSettings(Struct, frozen=True, kw_only=True):
    """Days that records are kept; forever where nothing is said."""

    exchanges_days: Whole | None = None
