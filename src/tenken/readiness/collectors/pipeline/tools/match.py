"""A started program to the purposes it serves: by the table of tools, and by what its files do."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from tenken.pattern import Pattern, escape
from tenken.readiness.collectors.pipeline.commands.folders import entered
from tenken.readiness.collectors.pipeline.commands.launch import Start, unwrapped
from tenken.readiness.collectors.pipeline.commands.piece import (
    joined,
    strings,
    table,
)
from tenken.readiness.collectors.pipeline.runners.scripts import module_path, script_path
from tenken.readiness.collectors.pipeline.tools.configurations import (
    judge_load_script,
    judge_promptfoo,
    judge_script,
)
from tenken.readiness.collectors.pipeline.tools.judging import (
    judge_python,
    judge_sampling,
)
from tenken.readiness.collectors.pipeline.tools.line import Line, value_of
from tenken.readiness.collectors.pipeline.tools.selecting import looks_at_nothing
from tenken.readiness.collectors.pipeline.tools.table import (
    BY_PROGRAM,
    CODES,
    DRY_RUNS,
    HOLLOW_FLAGS,
    Tool,
)
from tenken.readiness.facts.pipeline import (
    Evaluation,
    Neutraliser,
    NeutraliserKind,
    Purpose,
    Run,
)

SHOWN = 120
APPLIERS = frozenset({"terraform", "tofu", "terragrunt"})
WORKLOADS = (
    "google_cloud_run", "google_container_", "google_app_engine", "google_cloudfunctions",
    "google_compute_instance", "aws_ecs_", "aws_lambda_function", "aws_apprunner", "aws_eks_",
    "aws_instance", "aws_elastic_beanstalk", "azurerm_container_app", "azurerm_linux_web_app",
    "azurerm_kubernetes", "azurerm_linux_function_app", "azurerm_app_service", "kubernetes_",
    "helm_release", "render_web_service", "fly_app", "vercel_", "heroku_", 'module "',
)  # fmt: skip
"""What serves an application, by the beginnings of Terraform types; a module may hold any."""
REMOTE_SHELLS = {"gcloud": ("compute ssh",), "aws": ("ssm send-command",)}
NOTHING = ("\0",)
SPACES = Pattern(
    r"^git push\b.*(huggingface\.co/spaces/|\s(hf|huggingface|space)(\s|$))"
    r"|^(huggingface-cli|hf) upload\b.*--repo-type[= ]space"
)
REMOTE_WORDS = ("docker", "systemctl", "kubectl", "git pull", "pm2", "deploy")
MAX_FOLDER = 20
EVALUATION_WORDS = frozenset({"eval", "evals", "evaluate", "evaluation", "evaluations", "golden",
                              "regression", "llmeval", "prompteval"})  # fmt: skip
LOAD_WORDS = frozenset({"load", "loadtest", "perf", "performance", "stress", "locust", "k6",
                        "latency", "benchmark"})  # fmt: skip
SAMPLING_WORDS = frozenset({"sample", "samples", "sampling", "harvest", "curate", "collect",
                            "refresh", "export", "pull", "sync"})  # fmt: skip
SOURCE_WORDS = frozenset({"prod", "production", "trace", "traces", "dataset", "datasets",
                          "golden", "log", "logs", "eval", "evals", "feedback"})  # fmt: skip
CHECKING = frozenset({Purpose.LINT, Purpose.TYPES, Purpose.TEST, Purpose.CODE_SCAN,
                      Purpose.DEPENDENCY_SCAN, Purpose.SECRET_SCAN, Purpose.EVALUATION,
                      Purpose.LOAD_TEST})  # fmt: skip
DEPLOYERS = Pattern("|".join(map(escape, sorted({
    "curl", "ssh", *(program for program, tools in BY_PROGRAM.items()
                     if any(tool.purpose is Purpose.DEPLOY for tool in tools))
}))))  # fmt: skip
SEPARATORS = Pattern(r"[^A-Za-z0-9]+|([a-z0-9])([A-Z])")
PROMPTFOO = ("promptfooconfig.yaml", "promptfooconfig.yml", "promptfooconfig.json")


def matched(line: Line, only: Purpose | None = None) -> Iterator[Run]:
    """Give a run for each purpose that a command serves, or for the only one asked about."""
    if line.start.program in {"echo", "printf"}:
        yield from _echoed(line)
        return
    for tool in _tools(line.start, only):
        if tool.program in APPLIERS and not _applies_workloads(line):
            continue
        hollow = (*_hollow(tool, line), *looks_at_nothing(tool, line))
        yield _run(tool, line, hollow, _evaluation(tool, line))
        if tool.purpose is Purpose.TEST and _speaks_of_evaluation(line):
            judged = judge_python(_python_files(line), line.files)
            yield _run(replace(tool, purpose=Purpose.EVALUATION), line, hollow, judged)
        if tool.program == "ruff" and _ruff_scans(line):
            scan = replace(tool, purpose=Purpose.CODE_SCAN, name="ruff (S rules)")
            yield _run(scan, line, hollow, None)
    yield from _remote_deploy(line)
    if only is None:
        yield from _own_scripts(line)


def _shown(words: Iterable[str]) -> str:
    """A command as it is shown: where it is cut, after a whole word."""
    said = " ".join(words)
    return said if len(said) <= SHOWN else f"{said[:SHOWN].rpartition(' ')[0]} …"


def _run(
    tool: Tool, line: Line, neutralisers: tuple[Neutraliser, ...], evaluation: Evaluation | None
) -> Run:
    return Run(
        purpose=tool.purpose,
        tool=tool.label,
        command=_shown(line.start.words),
        place=line.place,
        neutralisers=neutralisers,
        selects=line.words[:40],
        evaluation=evaluation,
    )


def may_deploy(text: str) -> bool:
    """A shell text names a program that deploys."""
    return bool(DEPLOYERS.search(text))


def _tools(start: Start, only: Purpose | None = None) -> Iterator[Tool]:
    """The first row that fits for each purpose, or for the only one asked about."""
    program = start.program
    program = program.split("@")[0] if "@" in program[1:] else program
    seen: set[Purpose] = set()
    for tool in BY_PROGRAM.get(program, ()):
        asked = only is None or tool.purpose is only
        if asked and tool.purpose not in seen and _fits(tool, start.words[1:]):
            seen.add(tool.purpose)
            yield tool


def _fits(tool: Tool, words: tuple[str, ...]) -> bool:
    size = len(tool.words)
    if size:
        plain = tuple(word for word in words if not word.startswith("-"))
        starts = range(min(4, len(plain)) or 1)
        if not any(plain[at : at + size] == tool.words for at in starts):
            return False
    if not (tool.any_of or tool.none_of):
        return True
    given = set(words) | {word.partition("=")[0] for word in words}
    return (not tool.any_of or bool(tool.any_of & given)) and not tool.none_of & given


def _hollow(tool: Tool, line: Line) -> Iterator[Neutraliser]:
    """Flags of the tool itself that take its effect away."""
    given = {word.partition("=")[0] for word in line.words}
    place = line.place
    for index, word in enumerate(line.words):
        name, _, value = word.partition("=")
        value = value or "".join(line.words[index + 1 : index + 2])
        kind = HOLLOW_FLAGS.get(word) if tool.purpose in CHECKING else None
        if name in CODES and value == "0":
            kind = NeutraliserKind.FLAG
        if tool.purpose is Purpose.DEPLOY and name in DRY_RUNS:
            kind = NeutraliserKind.FLAG
        if kind is not None:
            detail = f"{name} 0" if name in CODES else word
            yield Neutraliser(kind=kind, place=place, detail=detail)
    if tool.reports_only_without and not tool.reports_only_without & given:
        wanted = "/".join(sorted(tool.reports_only_without))
        detail = f"{tool.label} without {wanted}"
        yield Neutraliser(kind=NeutraliserKind.REPORT_ONLY, place=place, detail=detail)


def _echoed(line: Line) -> Iterator[Run]:
    """`echo pytest tests/`: the words of a tool, printed in place of running it.

    Indented, they are part of a longer text that tells people what to do next.
    """
    if any(word[:1].isspace() for word in line.words[:1]):
        return
    inner = unwrapped(tuple(" ".join(line.words).split()))
    if not inner.words or (len(inner.words) < 2 and inner.program not in {"pytest", "bandit"}):
        return
    detail = " ".join(line.start.words)[:60]
    shown = Neutraliser(kind=NeutraliserKind.ECHO, place=line.place, detail=detail)
    for tool in _tools(inner):
        yield _run(tool, replace(line, start=inner), (shown,), None)


def words_of(text: str) -> set[str]:
    """The words of a path: `ci/run_evals.py` has `ci`, `run`, `evals` and `py`."""
    apart = SEPARATORS.sub(lambda found: f"{found[1] or ''} {found[2] or ''}", text)
    return {word for word in apart.lower().split() if word}


def _ruff_scans(line: Line) -> bool:
    """Ruff's `S` rules are those of bandit: a static security scan where they are selected."""
    if value_of(line.words, "--select"):
        return bool({"S", "ALL"} & set(value_of(line.words, "--select").split(",")))
    path = line.files.upwards(line.folder, "ruff.toml", ".ruff.toml", "pyproject.toml")
    settings = line.files.toml(path) if path else {}
    if path and path.endswith("pyproject.toml"):
        settings = table(settings, "tool", "ruff")
    rules = [table(settings, "lint"), settings]
    chosen = {it for table_ in rules for key in ("select", "extend-select")
              for it in strings(table_.get(key))}  # fmt: skip
    ignored = {it for table_ in rules for it in strings(table_.get("ignore"))}
    return bool({"S", "ALL"} & chosen) and "S" not in ignored


def _applies_workloads(line: Line) -> bool:
    """Terraform deploys where it holds something that serves; monitors alone are no deploy."""
    inside = next((it.partition("=")[2] for it in line.words if it.startswith("-chdir=")), "")
    folder = entered(line.folder, inside)
    if folder == "?":
        return True
    sources = [it.path for it in line.files.tree.below(folder) if it.suffix == ".tf"][:MAX_FOLDER]
    texts = [line.files.text(path) or "" for path in sources]
    return not texts or any(word in text for text in texts for word in WORKLOADS)


def _remote_deploy(line: Line) -> Iterator[Run]:
    """`ssh host 'docker compose up -d'`, a call of a deploy hook, a push to a hosted space."""
    program, text = line.start.program, " ".join(line.words).lower()
    hook = program == "curl" and "deploy" in text and "hook" in text
    told = any(word in text for word in REMOTE_WORDS)
    remote = told and (program == "ssh" or text.startswith(REMOTE_SHELLS.get(program, NOTHING)))
    space = bool(SPACES.search(f"{program} {text}"))
    if hook or remote or space:
        name = "deploy hook" if hook else "Hugging Face" if space else "ssh"
        tool = Tool(program=program, purpose=Purpose.DEPLOY, name=name)
        yield _run(tool, line, (), None)


def _speaks_of_evaluation(line: Line) -> bool:
    """`pytest evals`, not `pytest evals/tests`: those are the tests of the evaluation itself."""
    plain = [word for word in line.words if not word.startswith("--")]
    return any(_is_evaluation(word.split("/")) for word in plain)


def _is_evaluation(parts: list[str]) -> bool:
    wanted = EVALUATION_WORDS - {"golden", "regression"}  # of code, when a test runner says it
    named = [index for index, part in enumerate(parts) if words_of(part) & wanted]
    return bool(named) and not {"test", "tests", "unit"} & set(parts[named[0] + 1 :])


def _evaluation(tool: Tool, line: Line) -> Evaluation | None:
    if tool.purpose is Purpose.LOAD_TEST:
        return _load_evaluation(line)
    if tool.purpose is not Purpose.EVALUATION:
        return None
    if tool.program.startswith("promptfoo"):
        path = value_of(line.words, "-c") or value_of(line.words, "--config")
        names = (path,) if path else PROMPTFOO
        judged = (judge_promptfoo(entered(line.folder, it), line.files) for it in names)
        return next((it for it in judged if it), None)
    return judge_python(_python_files(line), line.files)


def _load_evaluation(line: Line) -> Evaluation | None:
    named = [entered(line.folder, word) for word in line.words if not word.startswith("-")]
    if line.start.program == "locust":
        named.append(joined(line.folder, "locustfile.py"))
    judged = (judge_load_script(path, line.files) for path in named if path != "?")
    return next((it for it in judged if it), None)


def _python_files(line: Line) -> tuple[str, ...]:
    """The Python files behind the paths on the line; of a folder, its tests."""
    found: list[str] = []
    for word in line.words:
        path = entered(line.folder, word.partition("::")[0])
        if word.startswith("-") or path in {"?", ""}:
            continue
        if line.files.tree.entry(path) is not None:
            found += [path] if path.endswith(".py") else []
        else:
            below = line.files.tree.below(path)
            found += [it.path for it in below if it.suffix == ".py"][:MAX_FOLDER]
    return tuple(found)


def _own_scripts(line: Line) -> Iterator[Run]:
    """Scripts of the repository that evaluate, load or sample, told by name and judged by code."""
    files = line.files
    path = script_path(line.start, line.folder) or module_path(line.start, line.folder, files)
    if path is None or files.tree.entry(path) is None:
        return
    names = words_of(path)
    tool = Tool(program=path.rpartition("/")[2], purpose=Purpose.EVALUATION)
    if path.endswith((".ts", ".js", ".mjs", ".tsx")) and names & EVALUATION_WORDS:
        yield _run(tool, line, (), judge_script(path, files))
    if not path.endswith(".py"):
        return
    if names & SAMPLING_WORDS and names & SOURCE_WORDS:
        sampling = replace(tool, purpose=Purpose.SAMPLING)
        yield _run(sampling, line, (), judge_sampling(path, files))
    elif names & EVALUATION_WORDS:
        hollow = tuple(_hollow(tool, line))
        yield _run(tool, line, hollow, judge_python((path,), files))
    elif names & LOAD_WORDS:
        judged = judge_python((path,), files)
        if judged is None or judged.calls_model is not False:  # it sends nothing to anybody
            yield _run(replace(tool, purpose=Purpose.LOAD_TEST), line, (), judged)
