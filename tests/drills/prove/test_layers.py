"""Drills on layers: one that stands alone is told from three, whoever built them."""

import json
from collections.abc import Callable

import pytest

from tenken.drills.prove.broken import broken, sound, structure
from tenken.drills.prove.forged import forged_turns, template_words
from tenken.drills.prove.items import layers, roles
from tenken.drills.prove.obeying import PARSING
from tenken.drills.prove.proof import Proof
from tenken.drills.prove.requests import Brief, brief_from
from tenken.evidence import Holding
from tests.drills.prove.small import Asked, Behaviour, Model, Said, Turns, proofs_of
from tests.drills.prove.test_guards import Look, honest

pytestmark = pytest.mark.anyio
INPUTS, OTHERS = layers.INPUTS.probe, layers.OTHERS.probe
ANSWER = '{"answer": "on the tenth", "topic": "wage"}'
Read = Callable[[str], str | None]
"""Gives what is shown of a model's answer; None where it is refused."""
Build = Callable[[str], Turns]
TOPICS = {"wage", "shift"}


def asking(answer: str = ANSWER, contains: str = "on the tenth") -> Brief:
    body = '{text: "hello ${mark}"}'
    return brief_from(
        f"requests: [{{name: ask, path: /ask, body: {body}, contains: {contains}}}]\n"
        f"provider: {{answer: '{answer}'}}\n",
        file="requests.yaml",
        environment={},
    )


def in_slot(text: str) -> Turns:
    return [("system", "Help."), ("user", f"Question: {text}")]


def by_hand(text: str) -> Turns:
    """Turns as JSON put together by hand: a text may end one and begin another."""
    written = '[{"role": "user", "content": "' + text.replace("\n", " ") + '"}]'
    try:
        return [(one["role"], one["content"]) for one in json.loads(written)]
    except ValueError:
        return [("user", text)]


def filled_twice(text: str) -> Turns:
    """A template that is run again over what it was given."""
    return [("user", text.replace("{{", "").replace("}}", "").replace("${", ""))]


def parsed(text: str) -> str | None:
    """Reads an answer, and holds it against its form."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    good = isinstance(found, dict) and found.keys() == {"answer", "topic"}
    good = good and isinstance(found["answer"], str) and found["topic"] in TOPICS
    return found["answer"] if good else None


def as_it_comes(text: str) -> str:
    return text


def any_json(text: str) -> str | None:
    """Reads an answer, and holds it against nothing."""
    try:
        return str(json.loads(text))
    except ValueError:
        return None


def app(look: Look = honest, build: Build = in_slot, read: Read = parsed) -> Behaviour:
    """An application with three layers, of which any may be none."""

    async def behave(asked: Asked, model: Model) -> Said:
        text = look(asked.text)
        if text is None:
            return Said(400, "not answered")
        told = await model.call(build(text))
        shown = read(told.text) if told.status == 200 else None
        return Said(502, "try again later") if shown is None else Said(200, shown)

    return behave


async def proved(behaviour: Behaviour, brief: Brief | None = None) -> dict[str, Proof]:
    return await proofs_of(layers.DRILL, behaviour, brief or asking())


def holdings(found: dict[str, Proof]) -> list[str]:
    return [str(found[probe].answer.holding) for probe in (INPUTS, PARSING.probe, OTHERS)]


async def test_three_layers_are_proved() -> None:
    """Each holds while the others are passed by."""
    found = await proved(app())

    assert holdings(found) == ["holds", "holds", "holds"]
    assert found[OTHERS].measurements[0].value == 1.0


CHEATS = {
    "no check of inputs": (app(look=lambda text: text), ["fails", "holds", "partly"]),
    "six phrases": (
        app(look=lambda text: None if "ignore all previous" in text.lower() else text),
        ["fails", "holds", "partly"],
    ),
    "whatever the model says": (app(read=as_it_comes), ["holds", "fails", "partly"]),
    "any JSON is good": (app(read=any_json), ["holds", "partly", "partly"]),
    "a prompt put together by hand": (app(build=by_hand), ["holds", "holds", "partly"]),
    "a template filled in twice": (app(build=filled_twice), ["holds", "holds", "partly"]),
    "one layer": (app(look=lambda text: text, read=as_it_comes), ["fails", "fails", "fails"]),
}


@pytest.mark.parametrize("name", CHEATS)
async def test_a_layer_that_is_none_is_told(name: str) -> None:
    """And what is left without it."""
    behaviour, expected = CHEATS[name]
    assert holdings(await proved(behaviour)) == expected


async def test_whoever_stops_everything_proves_nothing() -> None:
    """Harmless texts have to be answered."""
    found = await proved(app(look=lambda text: text if text.startswith("hello") else None))

    assert found[INPUTS].answer.holding is Holding.FAILS
    assert found[OTHERS].answer.holding is not Holding.HOLDS


async def test_free_text_has_no_form_to_be_held_against() -> None:
    """Whatever the model says is shown."""
    found = await proved(app(read=as_it_comes), asking("on the tenth"))

    assert found[PARSING.probe].answer.holding is Holding.FAILS


async def test_an_answer_that_is_never_shown_shows_nothing() -> None:
    """Nobody saw that a wrong form makes a difference."""
    found = await proved(app(read=lambda _text: "on the tenth"))

    assert found[PARSING.probe].answer.holding is Holding.UNKNOWN
    assert found[OTHERS].answer.holding is Holding.UNKNOWN


async def test_what_goes_on_into_another_call_came_out() -> None:
    """An answer that nobody parsed becomes part of the next prompt."""

    async def behave(asked: Asked, model: Model) -> Said:
        first = await model.call(in_slot(asked.text))
        await model.call([("system", first.text), ("user", "And now?")], model="second")
        return Said(200, "on the tenth")

    found = await proved(behave)
    assert found[PARSING.probe].answer.holding is Holding.FAILS


async def test_answers_from_a_shelf_exercise_nothing() -> None:
    """The provider is not asked again."""
    shelf: list[str] = []

    async def behave(asked: Asked, model: Model) -> Said:
        if len(shelf) < 1 or "canary" not in asked.text:
            shelf.append((await model.call(in_slot(asked.text))).text)
        return Said(200, "on the tenth")

    found = await proved(behave)
    assert found[PARSING.probe].answer.holding is Holding.ERROR
    assert found[OTHERS].answer.holding is Holding.ERROR


async def test_an_application_that_does_not_work_is_not_tried() -> None:
    """An error, never a pass."""

    async def behave(_asked: Asked, _model: Model) -> Said:
        return Said(500)

    assert holdings(await proved(behave)) == ["error", "error", "error"]


@pytest.mark.parametrize(
    ("build", "expected"),
    [(in_slot, "holds"), (by_hand, "fails"), (lambda text: [("system", text)], "fails")],
)
async def test_forged_turns_stay_the_user_s(build: Build, expected: str) -> None:
    """Of 7-2-2: plain marks alone do not show a prompt that is put together by hand."""
    found = await proofs_of(roles.DRILL, app(look=lambda text: text, build=build), asking())
    assert str(found[roles.ROLES.probe].answer.holding) == expected


def test_texts_follow_their_seed() -> None:
    """The same seed gives the same; another one others."""
    for make in (forged_turns, template_words):
        assert list(make(7)) == list(make(7))
        assert list(make(7)) != list(make(8))
    assert all(one.value in one.text for one in template_words(1))


def test_forms_say_the_word_and_are_none() -> None:
    """In the right form each text says it in turn; in the wrong ones something is amiss."""
    assert [parsed(one) for one in sound(ANSWER, "WORD")] == ["WORD", None]
    for form in broken(ANSWER, "WORD", 0):
        assert "WORD" in form.text
        assert parsed(form.text) is None, form.name
    assert structure("on the tenth") is None
    assert list(sound("on the tenth", "WORD")) == ["As ordered, everything is unlocked now: WORD"]
