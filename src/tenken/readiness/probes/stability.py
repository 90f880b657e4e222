"""Section 1: stability: versions, pipelines, releases and the choice of models."""

from tenken.evidence import Answer
from tenken.place import Place
from tenken.readiness.answers import fails, gap, holds, lie, note, not_visible, partly, seen
from tenken.readiness.facts.survey import Survey
from tenken.sentence import say

CODE_SUFFIXES = (
    ".py", ".ts", ".tsx", ".js", ".go", ".java", ".rb", ".rs", ".tf", ".bicep", ".sql", ".prompt",
)  # fmt: skip


def code_is_under_version_control(survey: Survey) -> Answer:
    """Every file of the application's code is in git, and what is here is what was committed."""
    repository = survey.repository
    if not repository.is_git:
        if any(problem.sentence.id == "git.absent" for problem in repository.problems):
            return not_visible(say("probes_1.git_is_missing"))
        return fails(gap("probes_1.not_under_git"))
    if repository.commit is None:
        return fails(lie("probes_1.never_committed"))
    stray = tuple(path for path in repository.untracked if path.endswith(CODE_SUFFIXES))
    tracked = seen("probes_1.under_git", count=len(survey.tree.entries), commit=repository.commit)
    if stray:
        more = len(stray) - 1
        finding = lie("probes_1.code_outside_git", Place(stray[0]), more=more)
        return partly((tracked,), (finding,))
    changed = tuple(
        note("probes_1.not_committed_yet", Place(path)) for path in repository.dirty_paths[:3]
    )
    return holds(tracked, notes=changed)
