"""Makes a repository as they are: many files, each with a text of its own, few that call a model.

The shares and sizes are those of the applications in `bench/inspection` and of the two sets beside
them, 10,578 tracked files once vendored and generated ones are left out. Made by seed: the same
files every time.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

SEED = 20261123
SHARES = {
    "typescript": 253, "service": 190, "document": 124, "other": 121, "test": 80, "data": 66,
    "yaml": 55, "picture": 43, "terraform": 40, "shell": 28,
}  # fmt: skip
"""Files of a thousand."""
SUBJECTS = (
    "order", "shift", "worker", "invoice", "ticket", "answer", "review", "payment", "message",
    "calendar", "report", "search", "session", "profile", "contract", "branch", "notice", "budget",
)  # fmt: skip
VERBS = (
    "load", "store", "merge", "check", "count", "send", "render", "split", "rank", "close",
    "assign", "notify", "parse", "archive", "restore", "compare", "publish", "collect",
)  # fmt: skip

HANDLER = """
@router.post("/{name}/{{key}}")
async def {name}_door(key: str, body: Body, user: str = Depends(current_user)) -> dict[str, str]:
    found = await {name}(key, {{"text": body.text}}, limit={number})
    return {{"{subject}": str(found)}}
"""
MODEL = """
client = AsyncOpenAI(timeout={number}, max_retries=2)


async def ask_about_{subject}(text: str) -> str:
    answer = await client.chat.completions.create(
        model=os.environ["MODEL"],
        messages=[
            {{"role": "system", "content": "Answer questions about a {subject} in one sentence."}},
            {{"role": "user", "content": text}},
        ],
    )
    return answer.choices[0].message.content or ""
"""
FUNCTION = """
async def {name}(key: str, values: dict[str, str], *, limit: int = {number}) -> list[str]:
    \"\"\"{sentence}\"\"\"
    kept: list[str] = []
    for position, (name, value) in enumerate(sorted(values.items())):
        if position >= limit or not value.strip():
            continue
        try:
            kept.append(f"{{key}}/{{name}}={{value[: limit + {number}]}}")
        except ValueError as error:
            logger.warning("{name} left %s out: %s", name, error)
    return kept or [key]
"""
KIND = """
class {title}:
    \"\"\"{sentence}\"\"\"

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._seen: dict[str, float] = {{}}

    def {name}(self, key: str) -> bool:
        now = self._clock()
        if self._seen.get(key, 0.0) + {number} > now:
            return False
        self._seen[key] = now
        return self._store.put(key, {{"at": now, "by": "{subject}"}}) is not None
"""
TEST = """
@pytest.mark.parametrize("key", ["{subject}", "{number}"])
async def test_{name}_keeps_{subject}s(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMIT", "{number}")
    found = await {name}(key, {{"a": "{sentence}", "b": " "}}, limit={number})
    assert found[0].startswith(key)
    assert len(found) <= {number}
"""
SCREEN = """
export function {title}({{ items, onSelect }}: {title}Props) {{
  const [open, setOpen] = useState<string | null>(null);
  const shown = useMemo(() => items.filter((one) => one.{subject}.length > {number}), [items]);
  useEffect(() => {{
    void fetch(`/api/{subject}/${{open}}`).then((told) => told.json());
  }}, [open]);
  return (
    <ul>
      {{shown.map((one) => <li key={{one.id}} onClick={{() => onSelect(one)}}>{sentence}</li>)}}
    </ul>
  );
}}
"""
BLOCK = """
resource "google_storage_bucket" "{name}_{number}" {{
  name          = "{subject}-{number}"
  location      = var.region
  force_destroy = false
  labels        = {{ team = "{subject}", stage = var.stage }}
}}
"""
MANIFEST = """
- name: {name}-{number}
  schedule: "{number} * * * *"
  settings:
    subject: {subject}
    text: "{sentence}"
    retries: {number}
"""
CHAPTER = "\n## {title}\n\n{sentence} {sentence}\n\n- {name}: {number}\n"
ROW = '{{"id": {number}, "text": "{sentence}", "{subject}": "{name}"}}\n'
COMMAND = "gcloud storage cp {name}.txt gs://{subject}-{number}/ || exit 1\n"
STYLE = "{name} {{ color: {subject}; width: {number}px }}\n"


def mixed(folder: Path, *, files: int) -> None:
    """Write so many files."""
    chance = random.Random(SEED)  # noqa: S311 - the same files every time
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    written: set[str] = set()
    number = 0
    while len(written) < files:
        kind = kinds[number * 37 % len(kinds)]
        service = f"services/{SUBJECTS[number % len(SUBJECTS)]}-{number // 400}"
        path, text = MAKERS[kind](chance, service, number)
        number += 1
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        written.add(path)


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(SUBJECTS + VERBS) for _ in range(count)).capitalize() + "."


def _filled(chance: random.Random, template: str) -> str:
    verb, subject = chance.choice(VERBS), chance.choice(SUBJECTS)
    return template.format(
        name=f"{verb}_{subject}_{chance.randrange(1000)}", subject=subject,
        title=f"{verb.title()}{subject.title()}{chance.randrange(1000)}",
        number=chance.randrange(2, 60), sentence=_words(chance, 12),
    )  # fmt: skip


def _long(chance: random.Random, templates: tuple[str, ...], size: int) -> Iterator[str]:
    left = chance.randrange(size // 4, size * 7 // 4)
    while left > 0:
        piece = _filled(chance, chance.choice(templates))
        left -= len(piece)
        yield piece


Made = tuple[str, str | bytes]
Maker = Callable[[random.Random, str, int], Made]


def _service(chance: random.Random, service: str, number: int) -> Made:
    """One in six has doors, one in twenty calls a model; all import from their neighbours."""
    head = [
        f'"""{_words(chance, 8)}"""',
        "import logging",
        "import os",
        "from collections.abc import Callable",
    ]
    head += [f"from app.{chance.choice(SUBJECTS)}_{n} import Store" for n in range(1)]
    head += ["", "logger = logging.getLogger(__name__)"]
    doors, model = number % 6 == 0, number % 20 == 1
    if doors:
        head[3:3] = ["from fastapi import APIRouter, Depends"]
        head.append("router = APIRouter()")
    if model:
        head[3:3] = ["from openai import AsyncOpenAI"]
    body = list(_long(chance, (FUNCTION, KIND, *((HANDLER,) if doors else ())), 5100))
    if model:
        body.append(_filled(chance, MODEL))
    return f"{service}/app/{chance.choice(SUBJECTS)}_{number}.py", "\n".join([*head, *body])


def _test(chance: random.Random, service: str, number: int) -> Made:
    head = f"import pytest\nfrom app.{chance.choice(SUBJECTS)}_{number - 1} import Store\n"
    text = head + "".join(_long(chance, (TEST,), 6400))
    return f"{service}/tests/test_{chance.choice(SUBJECTS)}_{number}.py", text


def _of(
    templates: tuple[str, ...], size: int, path: str
) -> Callable[[random.Random, str, int], Made]:
    def made(chance: random.Random, service: str, number: int) -> Made:
        text = "".join(_long(chance, templates, size))
        return f"{service}/{path.format(chance.choice(SUBJECTS), number)}", text

    return made


def _picture(chance: random.Random, service: str, number: int) -> Made:
    return f"{service}/public/{number}.png", b"\x89PNG\r\n\x1a\n" + chance.randbytes(40_000)


MAKERS: dict[str, Maker] = {
    "service": _service,
    "test": _test,
    "picture": _picture,
    "typescript": _of((SCREEN,), 3700, "web/src/{0}-{1}.tsx"),
    "document": _of((CHAPTER,), 7600, "docs/{0}-{1}.md"),
    "data": _of((ROW,), 10_000, "data/{0}-{1}.jsonl"),
    "yaml": _of((MANIFEST,), 3600, "config/{0}-{1}.yaml"),
    "terraform": _of((BLOCK,), 1800, "infra/{0}_{1}.tf"),
    "shell": _of((COMMAND,), 2300, "scripts/{0}-{1}.sh"),
    "other": _of((STYLE,), 6000, "web/src/{0}-{1}.css"),
}  # fmt: skip
