"""Which commands a script runs, and whether the failure of each one makes the script fail.

The shell's own rules are applied (`-e`, pipefail, and-or lists, conditions, background), so
`ruff check . && pytest` in the middle of a `bash -e` script is told apart from one at its end.
"""

from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from tenken.readiness.collectors.pipeline.commands.conditions import open_branch, under_test
from tenken.readiness.collectors.pipeline.commands.ending import (
    Ending,
    as_written,
    brief,
    carried_on,
    ending,
    ends_here,
    exits_with_success,
    is_assignment,
    leaves,
    line_of,
    shortened,
)
from tenken.readiness.collectors.pipeline.commands.folders import (
    assigned_folder,
    entered,
    from_root,
    with_folders,
)
from tenken.readiness.collectors.pipeline.commands.keeping import (
    asked,
    kept,
    noted,
    written_is_asserted,
)
from tenken.readiness.collectors.pipeline.commands.script import (
    Branch,
    Chain,
    Choice,
    Function,
    Group,
    Item,
    Link,
    Loop,
    Node,
    Pipe,
    Sequence,
    Simple,
    parse,
)
from tenken.readiness.collectors.shell import Token
from tenken.readiness.facts.pipeline import NeutraliserKind

MAX_COMMANDS = 2_000
MAX_INNER = 5
ENDS = frozenset({"EXIT", "0", "ERR"})
"""Signals of `trap` that come when a command has failed."""


class Mask(Struct, frozen=True):
    """Why a failure does not reach the end of the script."""

    kind: NeutraliserKind
    line: int
    detail: str


class Command(Struct, frozen=True):
    """A simple command as the shell would start it."""

    words: tuple[str, ...]
    line: int
    folder: str
    """Where it runs, relative to the root; a folder that cannot be told is `?`."""
    masks: tuple[Mask, ...]


class Options(Struct, frozen=True):
    """How a shell is started."""

    errexit: bool = False
    pipefail: bool = False
    folder: str = ""
    home: str = "?"
    """The folder that holds the script, which `$(dirname "$0")` speaks of."""


def commands_of(text: str, options: Options, first_line: int = 1) -> tuple[Command, ...]:
    """Give the commands of a script in the order they are written."""
    walk = _Walk(options)
    walk.sequence(parse(text, first_line), ())
    return tuple(walk.commands)


class _Walk:
    """Goes through a script as the shell would, taking every branch."""

    def __init__(self, options: Options) -> None:
        self.commands: list[Command] = []
        self._options = options
        self._minus_e_off = 0
        self._functions: dict[str, Node] = {}
        self._folders: dict[str, str] = {}
        """Variables that hold a folder of the repository."""
        self._calls: tuple[str, ...] = ()
        self._inner = 0
        self._floor: tuple[Mask, ...] = ()
        """What still applies where a failure leads to `exit`: the subshell around it."""
        self._rest: tuple[Item, ...] = ()
        """What follows the member of a list that is looked at."""
        self._asked: tuple[Node, int] | None = None
        """The pipe of which `${PIPESTATUS[n]}` gives one part's status back, and which part."""
        self._trap: tuple[Mask, ...] = ()
        """What `trap 'exit 0' EXIT` does to every command after it."""

    def sequence(self, node: Sequence, masks: tuple[Mask, ...]) -> None:
        items = node.items[: MAX_COMMANDS + 1]  # each looks at what follows it
        zeros = {it.line for it in items if as_written(it.node) == "exit 0"}
        for index, item in enumerate(items):
            if len(self.commands) >= MAX_COMMANDS:
                return
            rest = items[index + 1 :]
            own = self._lost(item, rest, ends_in_zero=item.line in zeros)
            self._rest = rest
            self._asked = asked(item.node, rest)
            self._node(item.node, masks + own, last=not rest)
            if ends_here(item.node):
                words = brief(item.node)
                masks += (Mask(NeutraliserKind.NEVER, item.line, words),)

    def _lost(self, item: Item, rest: tuple[Item, ...], *, ends_in_zero: bool) -> tuple[Mask, ...]:
        """Why the status of this member of a list is lost, if it is."""
        if item.background:
            return (Mask(NeutraliserKind.STATUS_LOST, item.line, f"{brief(item.node)} &"),)
        if kept(item.node, rest):
            return ()
        if self._minus_e_off and not _is_set(item.node):
            return (Mask(NeutraliserKind.SET_PLUS_E, self._minus_e_off, "set +e"),)
        if not rest:
            return ()
        end = rest[-1]
        late = not self._options.errexit and as_written(end.node) == "exit 0"
        if ends_in_zero or late:
            return (Mask(NeutraliserKind.EXIT_ZERO, end.line, "; exit 0"),)
        if self._options.errexit:
            return ()
        return (Mask(NeutraliserKind.STATUS_LOST, item.line, f"; {brief(end.node)}"),)

    def _node(self, node: Node, masks: tuple[Mask, ...], *, last: bool) -> None:
        match node:
            case Simple():
                self._simple(node, masks)
            case Sequence():
                self.sequence(node, masks)
            case Group():
                self._group(node, masks)
            case Chain():
                self._chain(node, masks, last=last)
            case Pipe():
                self._pipe(node, masks)
            case Choice():
                self._choice(node, masks)
            case Loop():
                self._loop(node, masks)
            case Function():
                self._functions[node.name] = node.body

    def _group(self, node: Group, masks: tuple[Mask, ...]) -> None:
        before, floor = self._options, self._floor
        if node.subshell:
            self._floor = masks
        self.sequence(node.body, masks)
        if node.subshell:
            self._options, self._floor = before, floor

    def _chain(self, node: Chain, masks: tuple[Mask, ...], *, last: bool) -> None:
        rest = self._rest
        operands = (node.first, *(link.node for link in node.rest))
        for index, operand in enumerate(operands):
            following = node.rest[index:]
            catcher = next((link.node for link in following if link.operator == "||"), None)
            outer = self._floor if catcher is not None and leaves(catcher) else masks
            own: tuple[Mask, ...] = ()
            if index and _passed_over(node, index):
                own = (Mask(NeutraliserKind.NEVER, line_of(node), brief(node)),)
            elif catcher is not None:
                own = () if noted(catcher, rest) else _caught(operand, catcher, following)
            elif following and not last and self._options.errexit:
                own = (self._not_the_last(operand, following[0].node),)
            if index and (test := under_test(node, index, last=last)):
                own += (Mask(NeutraliserKind.CONDITION, line_of(operand), test),)
            self._node(operand, outer + own, last=last and not following)

    def _not_the_last(self, operand: Node, following: Node) -> Mask:
        """`-e` ignores a failure on the left of `&&`, and more commands follow."""
        detail = shortened(f"{as_written(operand)} && {as_written(following)}")
        return Mask(NeutraliserKind.STATUS_LOST, line_of(operand), detail)

    def _pipe(self, node: Pipe, masks: tuple[Mask, ...]) -> None:
        given = self._asked[1] if self._asked and self._asked[0] is node else None
        looked_at = self._options.errexit and written_is_asserted(node, self._rest)
        *early, final = node.parts
        for at, part in enumerate(early):
            is_safe = self._options.pipefail or at == given or looked_at
            own = () if is_safe else (_lost_by(part, "|", final),)
            self._node(part, masks + own, last=False)
        passed_over = given is not None and given < len(early) and not self._options.errexit
        own = (_lost_by(final, "!", final),) if node.negated or passed_over else ()
        self._node(final, masks + own, last=True)

    def _choice(self, node: Choice, masks: tuple[Mask, ...]) -> None:
        for index, branch in enumerate(node.branches):
            later = node.branches[index + 1 : index + 2]
            refused = later[0].body if later else node.otherwise
            self._condition(branch.condition, branch.body, refused, masks)
            never = _never_taken(branch)
            self.sequence(branch.body, masks + (never or _where(node, index)))
        if node.otherwise is not None:
            self.sequence(node.otherwise, masks + _where(node, len(node.branches)))

    def _condition(
        self,
        condition: Sequence,
        body: Sequence,
        refused: Sequence | None,
        masks: tuple[Mask, ...],
    ) -> None:
        """A failure in a condition only chooses a branch: it counts if that branch fails."""
        for item in condition.items:
            negated = isinstance(item.node, Pipe) and item.node.negated
            branch = body if negated else refused
            outer = self._floor if branch is not None and leaves(branch) else masks
            own: tuple[Mask, ...] = ()
            if branch is None or ending(branch) is not Ending.FAILURE:
                detail = f"if {brief(item.node)}"
                own = (Mask(NeutraliserKind.STATUS_LOST, item.line, detail),)
            inner = item.node.parts[0] if isinstance(item.node, Pipe) and negated else item.node
            self._node(inner, outer + own, last=True)

    def _loop(self, node: Loop, masks: tuple[Mask, ...]) -> None:
        self._condition(node.condition, node.body, None, masks)
        own: tuple[Mask, ...] = ()
        if not self._options.errexit:  # only the last round would count
            own = (Mask(NeutraliserKind.STATUS_LOST, line_of(node), "for ...; do"),)
        self.sequence(node.body, masks + own)

    def _simple(self, node: Simple, masks: tuple[Mask, ...]) -> None:
        words = tuple(self._told(word.text) for word in node.words)
        assigned = all(is_assignment(word) for word in words)
        self._substitutions(node.words, masks, kept=assigned)
        name = words[0]
        if name == "set":
            self._set(words[1:], node.line)
        elif name == "trap":
            self._trap = self._trapped(words, node.line)
        elif name in {"cd", "pushd"} and len(words) > 1:
            folder = entered(self._options.folder, words[-1])
            self._options = replace(self._options, folder=folder)
        elif name in self._functions and name not in self._calls:
            calls, self._calls = self._calls, (*self._calls, name)
            self._node(self._functions[name], masks, last=True)
            self._calls = calls
        elif not assigned:
            masks += self._trap
            self.commands.append(Command(words, node.line, self._options.folder, masks))

    def _trapped(self, words: tuple[str, ...], line: int) -> tuple[Mask, ...]:
        """A handler that ends in `exit 0` turns every failure into a success."""
        if len(words) < 3 or not ENDS & set(words[2:]):
            return self._trap
        handler: Node = self._functions.get(words[1], parse(words[1], line))
        if not exits_with_success(handler):
            return ()
        return (Mask(NeutraliserKind.EXIT_ZERO, line, shortened(" ".join(words))),)

    def _told(self, word: str) -> str:
        """A word with the folders it names told from the root."""
        home = self._options.home
        if "$" not in word and "`" not in word:
            return word
        if is_assignment(word):
            held = assigned_folder(word, home)
            if held is not None:
                self._folders[held.name] = held.folder
            return word
        return with_folders(from_root(word, home), self._folders)

    def _substitutions(
        self, words: tuple[Token, ...], masks: tuple[Mask, ...], *, kept: bool
    ) -> None:
        """Commands inside `$(...)`: only `name=$(...)` passes their status on."""
        inner = [it for word in words for it in word.inner]
        if not inner or self._inner >= MAX_INNER:
            return
        self._inner += 1
        before = self._options
        for it in inner:
            own = () if kept else (Mask(NeutraliserKind.STATUS_LOST, it.line, "$(...)"),)
            self.sequence(parse(it.text, it.line), masks + own)
            self._options = before
        self._inner -= 1

    def _set(self, flags: tuple[str, ...], line: int) -> None:
        for flag in flags:
            if flag.startswith("+") and "e" in flag:
                self._minus_e_off = line
                self._options = replace(self._options, errexit=False)
            elif flag.startswith("-") and not flag.startswith("--") and "e" in flag:
                self._minus_e_off = 0
                self._options = replace(self._options, errexit=True)
        for flag, name in pairwise(flags):
            on = flag.startswith("-")
            if name == "pipefail":
                self._options = replace(self._options, pipefail=on)
            elif name == "errexit":
                self._minus_e_off = 0 if on else line
                self._options = replace(self._options, errexit=on)


def _where(node: Choice, index: int) -> tuple[Mask, ...]:
    """What runs in this branch runs only on a condition."""
    condition = open_branch(node, index)
    kind = NeutraliserKind.CONDITION
    return (Mask(kind, line_of(node), condition),) if condition else ()


def _never_taken(branch: Branch) -> tuple[Mask, ...]:
    """`if false; then ...`."""
    if ending(branch.condition) is not Ending.FAILURE:
        return ()
    detail = f"if {brief(branch.condition)}"
    return (Mask(NeutraliserKind.NEVER, line_of(branch.condition), detail),)


def _passed_over(node: Chain, index: int) -> bool:
    """What stands before it always ends so that the shell goes past it (`true || pytest`)."""
    before = carried_on(ending(node.first), node.rest[: index - 1])
    skips = {"||": Ending.SUCCESS, "&&": Ending.FAILURE}
    return before is skips[node.rest[index - 1].operator]


def _caught(operand: Node, catcher: Node, following: tuple[Link, ...]) -> tuple[Mask, ...]:
    """What `operand || catcher ...` does to the failure of the operand."""
    how = Ending.FAILURE if leaves(catcher) else carried_on(Ending.FAILURE, following)
    if how is Ending.FAILURE:
        return ()
    words = as_written(catcher)
    first = words.partition(" ")[0]
    if how is Ending.EITHER and first and first == as_written(operand).partition(" ")[0]:
        return ()  # the same tool once more: its second status counts
    kind = NeutraliserKind.OR_TRUE if how is Ending.SUCCESS else NeutraliserKind.STATUS_LOST
    return (Mask(kind, line_of(catcher), f"|| {shortened(words)}"),)


def _is_set(node: Node) -> bool:
    return isinstance(node, Simple) and node.words[0].text in {"set", "cd", "export"}


def _lost_by(node: Node, sign: str, other: Node) -> Mask:
    return Mask(NeutraliserKind.STATUS_LOST, line_of(node), f"{sign} {brief(other)}")
