"""Measures `tenken check`: time and memory by number of files, and against checkov on Terraform.

    python bench/speed/run.py sizes            # 500 to 10,000 tracked files
    python bench/speed/run.py mixed            # 5,000 files that differ, few of which call a model
    python bench/speed/run.py folder PATH      # a repository of your own
    python bench/speed/run.py vendored         # 100,000 files, 95 % of them vendored
    python bench/speed/run.py checkov CHECKOV  # the same Terraform, tenken and checkov in turn
    python bench/speed/run.py plot             # results.jsonl -> growth.svg

Every figure is of a whole command with every process it makes: wall-clock seconds, seconds of CPU,
and the peak of memory, where pages that two processes share count once.
"""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, sleep

from mixed import mixed

HERE = Path(__file__).parent
EXAMPLE = HERE.parent.parent / "examples" / "shift-desk-before"
RESULTS = HERE / "results.jsonl"
ROUNDS = 5
BETWEEN = 0.02
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Figure:
    """The medians of one case."""

    case: str
    files: int
    seconds: float
    least: float
    most: float
    cpu_seconds: float
    peak_mb: float
    rounds: int


def example_files() -> list[Path]:
    """The files of the shipped example: code, pipeline, infrastructure, documents, data."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "."], cwd=EXAMPLE, capture_output=True, check=True
    ).stdout
    return [EXAMPLE / name for name in os.fsdecode(listed).split("\0") if name]


def repository(folder: Path, *, files: int, vendored: int = 0) -> Path:
    """Copies of the example in `services/` until there are `files` of them; then vendored ones."""
    sources = example_files()
    for source in sources:
        copy(source, folder / source.relative_to(EXAMPLE))
    made = len(sources)
    while made < files:
        service = folder / "services" / f"s{made // len(sources):04d}"
        for source in sources[: files - made]:
            copy(source, service / source.relative_to(EXAMPLE))
        made += len(sources)
    for number in range(vendored):
        path = folder / "node_modules" / f"m{number // 50}" / f"f{number % 50}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"module.exports = {number};\n")
    commit(folder)
    return folder


def copy(source: Path, target: Path) -> None:
    """Copy one file, making its folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def commit(folder: Path) -> None:
    """Put everything under git."""
    author = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    for arguments in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "-m", "bench"]):
        subprocess.run(["git", *author, *arguments], cwd=folder, check=True)


def started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """Run a command as installed."""
    # A setting of developers' machines would compile every module in every run.
    installed = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=folder, stdout=quiet, stderr=quiet, env=installed)


def once(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command to its end; seconds by the clock, and seconds of CPU of all its processes."""
    began = perf_counter()
    process = started(command, folder)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return perf_counter() - began, usage.ru_utime + usage.ru_stime


def peak_of(command: list[str], folder: Path) -> float:
    """The most memory that a command and the processes it makes hold at once, in MB."""
    process = started(command, folder)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(held, (process.pid, *made_by(process.pid)))))
        sleep(BETWEEN)
    return peak / 1024


def made_by(pid: int) -> list[int]:
    """The processes that a process has made."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []  # it has ended


def held(pid: int) -> int:
    """Kilobytes in use; what is shared with another process counts in equal parts."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def measured(case: str, files: int, command: list[str], folder: Path) -> Figure:
    """The median of several runs, the first one thrown away."""
    once(command, folder)
    runs = [once(command, folder) for _ in range(ROUNDS)]
    seconds = sorted(one[0] for one in runs)
    return Figure(
        case=case,
        files=files,
        seconds=round(statistics.median(seconds), 3),
        least=round(seconds[0], 3),
        most=round(seconds[-1], 3),
        cpu_seconds=round(statistics.median(one[1] for one in runs), 3),
        peak_mb=round(peak_of(command, folder), 1),
        rounds=ROUNDS,
    )


def check(folder: Path, state: Path | None = None) -> list[str]:
    """The command that is measured."""
    tenken = Path(sys.executable).parent / "tenken"
    kept = state or folder.parent / "state"
    return [str(tenken), "check", str(folder), "--state", str(kept), "--fail-on", "none"]


def sizes() -> Iterator[Figure]:
    """Growth with the number of tracked files."""
    for files in (500, 1000, 2500, 5000, 10_000):
        with tempfile.TemporaryDirectory() as scratch:
            folder = repository(Path(scratch) / "r", files=files)
            yield measured("tracked", files, check(folder), folder)


def of_its_own() -> Iterator[Figure]:
    """Files in the proportions of real applications, each with a text of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "r"
        mixed(folder, files=5000)
        commit(folder)
        yield measured("mixed", 5000, check(folder), folder)


def given(path: str) -> Iterator[Figure]:
    """A repository that is there."""
    folder = Path(path).resolve()
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=folder, capture_output=True, check=True)
    with tempfile.TemporaryDirectory() as scratch:
        command = check(folder, Path(scratch))
        yield measured(folder.name, listed.stdout.count(b"\0"), command, folder)


def vendored() -> Iterator[Figure]:
    """A large repository of which nearly everything is vendored."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = repository(Path(scratch) / "r", files=5000, vendored=95_000)
        yield measured("vendored", 100_000, check(folder), folder)


def against_checkov(checkov: str) -> Iterator[Figure]:
    """The same Terraform files, both tools in turn."""
    sources = [source for source in example_files() if source.suffix == ".tf"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "r"
        for number in range(40):
            for source in sources:
                copy(source, folder / f"stack{number:02d}" / source.name)
        commit(folder)
        files = 40 * len(sources)
        theirs = [checkov, "-d", str(folder), "--framework", "terraform", "--quiet", "--compact"]
        theirs += ["--skip-download"]
        yield measured("terraform, tenken", files, check(folder), folder)
        yield measured("terraform, checkov", files, theirs, folder)


def keep(figures: Iterator[Figure]) -> None:
    """Print each figure and put it in place of the older one of its case."""
    kept = {}
    if RESULTS.exists():
        rows = [json.loads(line) for line in RESULTS.read_text().splitlines()]
        kept = {(row["case"], row["files"]): row for row in rows}
    for figure in figures:
        row = {**asdict(figure), "python": platform.python_version(), "cores": os.cpu_count()}
        kept[figure.case, figure.files] = row
        sys.stdout.write(f"{json.dumps(row)}\n")
        sys.stdout.flush()
    RESULTS.write_text("".join(f"{json.dumps(row)}\n" for row in kept.values()))


def plot() -> None:
    """Draw the growth as an SVG of our own: two axes, one line."""
    rows = [json.loads(line) for line in RESULTS.read_text().splitlines()]
    points = sorted((row["files"], row["seconds"]) for row in rows if row["case"] == "tracked")
    width, height, left, bottom = 640, 320, 60, 40
    most_files, most_seconds = points[-1][0], max(2.0, *(seconds for _, seconds in points)) * 1.1
    across = (width - left - 20) / most_files
    up = (height - bottom - 20) / most_seconds

    def at(files: float, seconds: float) -> tuple[float, float]:
        return left + files * across, height - bottom - seconds * up

    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#0a6"/>'
        f'<text x="{x:.1f}" y="{y - 10:.1f}" text-anchor="middle">{seconds:.2f} s</text>'
        f'<text x="{x:.1f}" y="{height - bottom + 18}" text-anchor="middle">{files:,}</text>'
        for files, seconds in points
        for x, y in [at(files, seconds)]
    )
    goal_x, goal_y = at(0, 2.0)
    goal = (
        f'<line x1="{goal_x:.1f}" y1="{goal_y:.1f}" x2="{width - 20}" y2="{goal_y:.1f}" '
        'stroke="#b00" stroke-dasharray="4 4"/>'
        f'<text x="{goal_x + 6:.1f}" y="{goal_y - 6:.1f}" fill="#b00">2 s at 5,000 files</text>'
    )
    (HERE / "growth.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">'
        f"<title>tenken check: seconds by tracked files</title>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>{goal}'
        f'<polyline points="{line}" fill="none" stroke="#0a6" stroke-width="2"/>{marks}'
        f'<line x1="{left}" y1="{height - bottom}" x2="{width - 20}" y2="{height - bottom}" '
        'stroke="#333"/>'
        f'<line x1="{left}" y1="20" x2="{left}" y2="{height - bottom}" stroke="#333"/></svg>\n'
    )


def main() -> None:
    """Run one part."""
    match sys.argv[1:]:
        case ["sizes"]:
            keep(sizes())
        case ["mixed"]:
            keep(of_its_own())
        case ["folder", path]:
            for figure in given(path):
                sys.stdout.write(f"{json.dumps(asdict(figure))}\n")
        case ["vendored"]:
            keep(vendored())
        case ["checkov", command]:
            keep(against_checkov(command))
        case ["plot"]:
            plot()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
