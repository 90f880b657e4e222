"""Write the published schema of the JSON report anew from its types."""

import json
from pathlib import Path

from tenken.readiness.report.document import json_schema

TARGET = Path(__file__).parents[1] / "src/tenken/readiness/report/schema.json"


def main() -> None:
    """Write the schema."""
    written = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    TARGET.write_text(f"{written}\n", "utf-8")
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
