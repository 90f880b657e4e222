"""What a person would sign, item by item: the texts behind the evidence, with their digests."""

from collections.abc import Iterable, Iterator, Mapping

from tenken.config.manifest import Manifest
from tenken.evidence import Evidence, Method
from tenken.readiness.catalogue import Catalogue, Item
from tenken.readiness.facts.tree import Tree
from tenken.readiness.signing.signoff import SignedText
from tenken.readiness.signing.texts import digest_of, texts_behind
from tenken.readiness.verdict import Verdict


def asked_of(
    catalogue: Catalogue, verdicts: Iterable[Verdict], tree: Tree, manifest: Manifest | None
) -> Mapping[str, tuple[SignedText, ...]]:
    """Give the texts of every item that takes a signature; those that can be read."""
    signed = {item.id for item in catalogue.items if item.signature}
    return {
        one.item: tuple(_texts(read_of(one), tree, manifest))
        for one in verdicts
        if one.item in signed
    }


def read_of(verdict: Verdict) -> tuple[Evidence, ...]:
    """Give the evidence of an item that an inspection read in the repository."""
    found = (one.evidence for one in verdict.evidence)
    return tuple(one for one in found if one.method is Method.REPOSITORY)


def only_exempts(item: Item) -> bool:
    """Tell whether a signature on an item can only say that it is not needed."""
    rule = item.signature
    by_person = any(sub.decides is Method.PERSON for sub in item.subs)
    return rule is not None and rule.kind == "exemption" and not by_person


def _texts(
    evidence: Iterable[Evidence], tree: Tree, manifest: Manifest | None
) -> Iterator[SignedText]:
    for text in texts_behind(evidence, tree, manifest):
        digest = digest_of(text, tree, manifest)
        if digest is not None:
            yield SignedText(path=text.path, key=text.key, sha256=digest)
