"""Everything in this repository that is made from something else, in one list.

`make generate` writes it; a test compares it with what is tracked, so nobody edits it by hand.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml

from tools import checklist, dialects, reference, schemas
from tools.pages import proofs, risks

ROOT = Path(__file__).resolve().parents[1]


def generated() -> Iterator[tuple[str, str]]:
    """Every generated file: its path in the repository, and its text."""
    # First: pages are made of what it holds.
    yield "src/tenken/readiness/items/shipped.json", checklist.shipped_file()
    for name in ("taxonomy", "default"):
        path = f"src/tenken/guardrails/policy/data/{name}"
        yield f"{path}.json", _as_json(ROOT / f"{path}.yaml")
    for file in schemas.files():
        yield f"src/tenken/config/schemas/{file.name}.schema.json", schemas.written(file)
        yield f"docs/reference/{file.name}-yaml.md", reference.page(file)
        yield f"docs/ja/{file.name}-yaml.md", reference.page(file, reference.japanese())
    yield "docs/reference/dialects.md", dialects.page()
    yield "docs/ja/dialects.md", dialects.page(dialects.JA)
    yield from risks.pages()
    yield from proofs.pages()
    yield from checklist.pages()


def _as_json(path: Path) -> str:
    """What a guard ships: as JSON it is read in a tenth of the time."""
    loaded = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    return msgspec.json.encode(loaded, order="deterministic").decode() + "\n"


def main() -> None:
    """Write what differs."""
    for name, text in generated():
        path = ROOT / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
