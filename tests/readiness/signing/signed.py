"""A repository with a goal and its sign-off, for the tests of signing."""

from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from tenken.config.load import load_manifest
from tenken.evidence import Answer, Evidence, Holding, Method, Remark
from tenken.place import Place
from tenken.readiness.catalogue import Tier, shipped
from tenken.readiness.facts.repository import Change
from tenken.readiness.signing.approvals import Approval
from tenken.readiness.signing.court import Court, History, Signatures, settle
from tenken.readiness.signing.signoff import read_signoffs
from tenken.readiness.signing.texts import Text, digest_of
from tenken.sentence import say
from tests.readiness.trees import FakeTree

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CATALOGUE = shipped()
FILE = "signoffs/0-1-1-product_owner.yaml"
ANALYST, OWNER = "Ken Ito <ken@example.com>", "Hana Sato <hana@example.com>"
MANIFEST = """\
application: {name: shift-desk, owner: desk}
goals:
  - {id: handled, metric: handled without a person, unit: percent,
     baseline: 20, target: 60, due: 2027-03-31, owner: Hana Sato}
kpis:
  - {id: handled-rate, formula: handled / all, owner: Hana Sato}
"""
SIGNOFF = """\
item: 0-1-1
role: product_owner
name: Hana Sato
email: hana@example.com
statement: This is the goal we fund.
signed:
  - {path: tenken.yaml, key: goals, sha256: GOALS}
signed_at: 2026-11-01T09:00:00Z
expires_on: 2027-04-01
"""


class Story(Struct, frozen=True, kw_only=True):
    """What stands in the repository, and who committed it."""

    manifest: str = MANIFEST
    signoff: str = SIGNOFF
    signed_manifest: str = MANIFEST
    """The manifest as it was when it was signed."""
    others: tuple[tuple[str, str], ...] = ()
    committed_by: str = OWNER
    written_by: str = ANALYST
    tier: Tier = "B"
    item: str = "0-1-1"
    rests_on: tuple[Place, ...] = (Place("tenken.yaml", 3),)
    now: datetime = NOW
    is_whole: bool = True
    dirty: frozenset[str] = frozenset()
    approvals: tuple[Approval, ...] = ()

    def but(self, old: str, new: str) -> "Story":
        """The same with another line in the sign-off."""
        assert old in self.signoff
        return replace(self, signoff=self.signoff.replace(old, new))

    def told(self) -> Signatures:
        """Settle the sign-off."""
        tree = self.tree()
        return settle(read_signoffs(tree, CATALOGUE), self.court(tree))

    def tree(self) -> FakeTree:
        """The files."""
        before = load_manifest(self.signed_manifest, file="tenken.yaml")
        goals = digest_of(Text("tenken.yaml", "goals"), FakeTree({}), before)
        text = self.signoff.replace("GOALS", goals or "")
        return FakeTree({"tenken.yaml": self.manifest, FILE: text, **dict(self.others)})

    def court(self, tree: FakeTree) -> Court:
        """What it is held against."""
        changes = {
            FILE: (_change(self.committed_by, FILE),),
            "tenken.yaml": (_change(self.written_by, "tenken.yaml"),),
        }
        return Court(
            catalogue=CATALOGUE,
            tree=tree,
            manifest=load_manifest(self.manifest, file="tenken.yaml"),
            tier=self.tier,
            now=self.now,
            evidence=(_evidence(self.item, self.rests_on),),
            history=History(
                changes={} if not self.committed_by else changes,
                is_whole=self.is_whole,
                dirty=self.dirty,
            ),
            approvals=self.approvals,
        )


def _change(author: str, path: str) -> Change:
    moment = datetime(2026, 11, 2, tzinfo=UTC)
    return Change(commit="c" * 40, author=author, committed_at=moment, paths=(path,))


def _evidence(item: str, places: tuple[Place, ...]) -> Evidence:
    remarks = tuple(
        Remark(sentence=say("judge.no_such_probe", probe="x"), place=place) for place in places
    )
    return Evidence(
        item=item,
        subs=(),
        probe="business_goal_is_measurable",
        probe_version=1,
        method=Method.REPOSITORY,
        answer=Answer(holding=Holding.HOLDS, seen=remarks),
        subjects={},
        observed_at=NOW,
        expires_at=None,
    )
