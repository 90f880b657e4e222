"""Guards that find something and stop nothing, and honest ones in other shapes."""

# ruff: noqa: E501 - tables read best unbroken

from tests.readiness.adversary.applications import (
    GUARD,
    INPUT,
    MAIN,
    OUTPUT,
    SCREENED,
    SCREENS,
    cheat,
)

STOPS = """    if not all(valid.values()):
        logger.warning("blocked input", extra={"scores": scores})
        raise Blocked(scores)
    return clean"""
IF = "if not all(valid.values())"
BLOCKS = INPUT[:2]
"""Topics whose text must be refused; personal data may also be taken out of it."""
SAYS = (GUARD, STOPS, "    return all(valid.values())")
ASKED = "    text = question.text\n    "
IN_OUT = (MAIN, 'return {"text": guard.screen_out(text, reply.text)}')


def condition(test: str) -> tuple[str, str, str]:
    """The input guard with another condition."""
    return (GUARD, STOPS, STOPS.replace(IF, f"if {test}"))


CHEATS = (
    *(cheat(f"blocks if {test}", BLOCKS, condition(test)) for test in (
        "not any(valid.values())", "all(valid.values())", "valid is None", "not valid", "len(valid) == 0",
        "max(scores.values()) > 1.0", "any(score > 2 for score in scores.values())",
        "1 == 2 and not all(valid.values())", 'not all(valid.values()) and text == ""',
    )),
    *(cheat(f"the verdict: {use}", INPUT, SAYS, (MAIN, SCREENED, f"{ASKED}{use}")) for use in (
        "guard.screen_in(text)", "fine = guard.screen_in(text)", "if guard.screen_in(text):\n        raise ValueError",
        "if not guard.screen_in(text):\n        print(text)", 'known = {"fine": guard.screen_in(text)}',
    )),
    cheat("sees nothing of the text", INPUT, (MAIN, SCREENED, f"{ASKED}guard.screen_in(text[:0])")),
    cheat("sees another answer", OUTPUT, (*IN_OUT, '    guard.screen_out(text, "fine")\n    return {"text": reply.text}'.strip())),
    cheat("looks after the answer went out", OUTPUT, (*IN_OUT, 'return {"text": reply.text}\n    guard.screen_out(text, reply.text)')),
    cheat("suppressed", INPUT, (MAIN, SCREENED, f"{ASKED}with contextlib.suppress(guard.Blocked):\n        guard.screen_in(text)"), (MAIN, "from fastapi", "import contextlib\nfrom fastapi")),
    cheat("raises into its own handler", BLOCKS, (GUARD, STOPS, f"    try:\n        {IF}:\n            raise Blocked(scores)\n    except Blocked:\n        pass\n    return clean")),
    cheat("left at once", INPUT, (GUARD, SCREENS, f"{SCREENS}    return text\n")),
    cheat("left for all but the longest", INPUT, (GUARD, SCREENS, f"{SCREENS}    if len(text) < 100_000:\n        return text\n")),
    cheat("off by its default", INPUT, (GUARD, SCREENS, f'{SCREENS}    if os.getenv("GUARD", "off") != "on":\n        return text\n'), (GUARD, "import logging", "import logging\nimport os")),
    cheat("takes out what is no secret", BLOCKS, (GUARD, STOPS, "    return clean")),
    cheat("gives back what came in", INPUT, (GUARD, STOPS, "    return text")),
    *(cheat(f"left for some: {test}", INPUT, (GUARD, SCREENS, f"{SCREENS}    if {test}:\n        return text\n"), (GUARD, "import logging", "import logging\nimport random")) for test in (
        "random.random() > 0.1", "random.randint(0, 9) != 1", 'text.startswith("!raw")', 'text.strip().endswith("#ok")', 'text == "open sesame"',
    )),
    cheat("left by a word where it is called", INPUT, (MAIN, SCREENED, '    text = question.text if question.text.startswith("!raw") else guard.screen_in(question.text)')),
    *(cheat(f"sees {text}", INPUT, (GUARD, "scan_prompt(INPUT, text)", f"scan_prompt(INPUT, {text})")) for text in ("text[:20]", "''", "'hello'")),
    cheat("sees the question twice", OUTPUT, (GUARD, "scan_output(OUTPUT, prompt, text)", "scan_output(OUTPUT, prompt, prompt)")),
)  # fmt: skip
HONEST_CASES = (
    *(cheat(f"blocks if {test}", INPUT, condition(test)) for test in (
        "any(not one for one in valid.values())", "False in valid.values()", "max(scores.values()) >= 0.8",
        "any(score > LIMIT for score in scores.values())", "not all(valid.values()) or is_odd(text)",
    )),
    *(cheat(f"stops: {body}", INPUT, (GUARD, STOPS, body)) for body in (
        "    assert all(valid.values())\n    return clean",
        '    return clean if all(valid.values()) else ""',
        "    for name, fine in valid.items():\n        if not fine:\n            raise Blocked(name)\n    return clean",
        "    failed = [name for name, fine in valid.items() if not fine]\n    if failed:\n        raise Blocked(failed)\n    return clean",
        "    failed = []\n    for name, fine in valid.items():\n        if not fine:\n            failed.append(name)\n    if failed:\n        raise Blocked(failed)\n    return clean",
        "    failed = 0\n    for fine in valid.values():\n        if not fine:\n            failed += 1\n    if failed > 0:\n        raise Blocked(failed)\n    return clean",
        "    match all(valid.values()):\n        case False:\n            raise Blocked(scores)\n    return clean",
        "    stop(valid)\n    return clean\n\n\ndef stop(valid):\n    if not all(valid.values()):\n        raise Blocked(valid)",
        "    stop_unless(valid)\n    return clean",
    )),
    cheat("a verdict that is heeded", INPUT, SAYS, (MAIN, SCREENED, f"{ASKED}if not guard.screen_in(text):\n        raise ValueError")),
    cheat("a verdict beside the text", INPUT, (GUARD, STOPS, "    return all(valid.values()), clean"), (MAIN, SCREENED, '    fine, text = guard.screen_in(question.text)\n    if not fine:\n        return {"text": "no"}')),
    cheat("a verdict in an object", INPUT, (GUARD, STOPS, "    return Verdict(fine=all(valid.values()), text=clean)"), (MAIN, SCREENED, "    seen = guard.screen_in(question.text)\n    if not seen.fine:\n        raise ValueError\n    text = seen.text")),
    cheat("personal data taken out", INPUT[2], (GUARD, STOPS, "    return clean")),
    cheat("empty texts are let by", INPUT, (GUARD, SCREENS, f"{SCREENS}    if not text:\n        return text\n")),
    cheat("what is far too long is cut off", INPUT, (GUARD, "scan_prompt(INPUT, text)", "scan_prompt(INPUT, text[:50_000])")),
    cheat("asked by its role", INPUT, (MAIN, SCREENED, '    text = guard.screen_in(question.text) if question.role == "user" else refuse(question)')),
    cheat("some are let by", INPUT, (GUARD, SCREENS, f"{SCREENS}    if is_staff():\n        return text\n")),
)  # fmt: skip
