"""Evaluations before a release that no answer can fail, and honest ones in other shapes."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.readiness.probes import stability
from tests.readiness.adversary.ground import Case, Files, changed
from tests.readiness.adversary.pipelines import DELIVERY, HONEST

GATE = (stability.evaluation_gates_production,)
SCRIPT, GOLDEN = "evals/run.py", "evals/golden.jsonl"
COMMAND = "python evals/run.py --url https://desk-stg.example.com"
SCORED = '    return answer.choices[0].message.content == row["expected"]'
STOP = "if rate < 0.9:\n    sys.exit(1)"
READS = 'rows = [json.loads(line) for line in open("evals/golden.jsonl")]'
CODED = (
    "golden_rows = [\n"
    + '    {"messages": ["hello"], "expected": "yes"},\n' * 3
    + "]\nrows = golden_rows"
)
SUM = "rate = sum(score(row) for row in rows) / len(rows)"
ROW = '{"messages": [], "expected": "yes"}\n'
OPTION = 'import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("--least", type=float, default=LEAST)\noptions = parser.parse_args()\nif rate < options.least'
CONFIG = "evals/promptfooconfig.yaml"
PROMPTFOO = {
    **changed(HONEST, (DELIVERY, COMMAND, "npx promptfoo eval -c evals/promptfooconfig.yaml --var url=https://desk-stg.example.com")),
    CONFIG: "prompts: [file://reply.txt]\nproviders: [openai:gpt-4.1-mini]\ntests:\n  - vars: {q: hi}\n    assert:\n      - type: contains\n        value: hello\n",
}  # fmt: skip
TEST = "evals/test_answers.py"
PYTEST = {
    **changed(HONEST, (DELIVERY, COMMAND, "pytest evals/test_answers.py --url https://desk-stg.example.com")),
    TEST: 'import json\n\nfrom openai import OpenAI\n\nclient = OpenAI()\nrows = [json.loads(line) for line in open("evals/golden.jsonl")]\n\n\ndef right(row):\n    answer = client.chat.completions.create(model="gpt-4.1-mini", messages=row["messages"])\n    return answer.choices[0].message.content == row["expected"]\n\n\ndef test_answers():\n    assert sum(right(row) for row in rows) / len(rows) >= 0.9\n',
}  # fmt: skip


def script(old: str, new: str) -> Files:
    """The script with a text replaced."""
    return changed(HONEST, (SCRIPT, old, new))


def main(body: str) -> str:
    """The body as a function whose value the script ends with."""
    inner = body.replace("\n", "\n    ")
    return f"def main():\n    {inner}\n\n\nif __name__ == '__main__':\n    sys.exit(main())"


def apart(begins: str, body: str = "if rate < 0.9:\n    return 1\nreturn 0") -> Files:
    """The script in a module of its own, which the one that is run imports and begins."""
    files = script(STOP, main(body).partition("if __name__")[0])
    given = {**files, "evals/judged.py": files[SCRIPT]}
    return {**given, SCRIPT: f"import sys\n\nfrom evals.judged import main\n\n{begins}\n"}


def data(text: str | None) -> Files:
    """The script with other data, or without any."""
    rest = {path: it for path, it in HONEST.items() if path != GOLDEN}
    return rest if text is None else {**rest, GOLDEN: text}


CHEATS = (
    *(Case(id=f"scores: {body}", probes=GATE, files=script(SCORED, body)) for body in (
        "    return True", "    return 1.0", f"{SCORED} or True", "    return answer == answer", '    return row["expected"] == row["expected"]',
        "    fine = True\n    return fine", "    return len(answer.choices[0].message.content) >= 0", '    return "" in answer.choices[0].message.content',
        f"    if answer.choices:\n        return True\n{SCORED.replace('answer.choices[0].message.content', 'row[0]').split('==')[0].rsplit('return', 1)[0]}return True",
        f"    try:\n    {SCORED}\n    finally:\n        return True",
    )),
    *(Case(id=f"stops: {stop}", probes=GATE, files=script(STOP, stop)) for stop in (
        "if rate < -1:\n    sys.exit(1)", "def main():\n    if rate < 0.9:\n        sys.exit(1)", "if rate < 0.9:\n    sys.exit(False)",
        'import os\nif rate < float(os.environ.get("LEAST", "0")):\n    sys.exit(1)', f"{OPTION.replace('LEAST', '0.0')}:\n    sys.exit(1)",
        "failed = []\nif failed:\n    sys.exit(1)", "assert rate >= 0.9 or True",
        main("if rate < 0.9:\n    print('below')\nreturn 0"), main("if rate < 0.9:\n    return 0\nreturn 0"), main("if rate < -1:\n    return 1\nreturn 0"),
        main("if rate < 0.9:\n    return 1\nreturn 0").replace("sys.exit(main())", "main()"), main("if not rows:\n    return 1\nreturn 0"),
        main("if rate < 0.9:\n    return 1\nreturn 0").replace("sys.exit(main())", "raise SystemExit(0)"), main("code = 0\nif rate < 0.9:\n    other = 1\nreturn code"),
        "def other():\n    if rate < 0.9:\n        return 1\n    return 0\n\n\n" + main("return 0"), "if rate < 0.9:\n    raise SystemExit(0)",
    )),
    Case(id="another file returns to nobody", probes=GATE, files=apart("main()")),
    Case(id="another file ends well", probes=GATE, files=apart("sys.exit(main())", "if rate < 0.9:\n    print(rate)\nreturn 0")),
    Case(id="another file is not begun", probes=GATE, files=apart("print(main)")),
    Case(id="rate written afterwards", probes=GATE, files=script(SUM, f"{SUM}\nrate = 1.0")),
    Case(id="a mock in the place of the model", probes=GATE, files=script("client = OpenAI()", "from unittest.mock import MagicMock\nclient = MagicMock()")),
    Case(id="a function in the place of the model", probes=GATE, files=script("client = OpenAI()", "client = OpenAI()\nclient.chat.completions.create = lambda **_: None")),
    *(Case(id=f"data {text!r}", probes=GATE, files=data(text)) for text in (None, "", "\n\n", ROW)),
    *(Case(id=f"data in the code: {text[:24]}", probes=GATE, files={**data(None), SCRIPT: HONEST[SCRIPT].replace(READS, text)}) for text in (
        CODED.replace("golden_rows", "weights"), CODED.replace('"messages": ["hello"]', '"messages": [], "response": "yes"'), "golden_rows = [{'messages': [], 'expected': 'yes'}]\nrows = golden_rows", "rows = [1]",
    )),
    Case(id="data of another name", probes=GATE, files=script(GOLDEN, "evals/nowhere.jsonl")),
    *(Case(id=option, probes=GATE, files=changed(HONEST, (DELIVERY, COMMAND, f"{COMMAND} {option}"))) for option in ("--dry-run", "--no-fail")),
    *(Case(id=f"promptfoo {new}", probes=GATE, files=changed(PROMPTFOO, (CONFIG, old, new))) for old, new in (
        ("- vars: {q: hi}", "- vars: {q: hi}\n    threshold: 0"), ("type: contains\n        value: hello", 'type: javascript\n        value: "true"'),
        ("value: hello", 'value: ""'), ("value: hello", "value: hello\n        weight: 0"),
    )),
    *(Case(id=f"pytest {new}", probes=GATE, files=changed(PYTEST, (TEST, old, new))) for old, new in (
        ("def test_answers", "import pytest\n\n\n@pytest.mark.skip\ndef test_answers"), ("def test_answers", "import pytest\n\n\n@pytest.mark.xfail\ndef test_answers"),
        ("def test_answers():\n", "import pytest\n\n\ndef test_answers():\n    pytest.skip('later')\n"), (">= 0.9", ">= 0.9 or True"), (">= 0.9", ">= 0"),
        ('    return answer.choices[0].message.content == row["expected"]', "    return True"),
    )),
)  # fmt: skip
HONEST_CASES = (
    *(Case(id=f"scores: {body}", probes=GATE, files=script(SCORED, body)) for body in (
        f"    try:\n    {SCORED}\n    except IndexError:\n        return False", '    return grade(answer, row["expected"])', '    return 1.0 if row["expected"] in answer.choices[0].message.content else 0.0',
        '    for word in row["expected"].split():\n        if word not in answer.choices[0].message.content:\n            return False\n    return True',
    )),
    *(Case(id=f"stops: {stop}", probes=GATE, files=script(STOP, stop)) for stop in (
        "assert rate >= 0.9", "gain = rate - 0.5\nif gain < 0.01:\n    sys.exit(1)", "if 0.9 > rate:\n    sys.exit(1)", "sys.exit(0 if rate >= 0.9 else 1)", "sys.exit(rate < 0.9)", "def main():\n    if rate < 0.9:\n        sys.exit(1)\n\n\nif __name__ == '__main__':\n    main()",
        "def main():\n    return 1 if rate < 0.9 else 0\n\n\nsys.exit(int(main()))", f"{OPTION.replace('LEAST', '0.9')}:\n    sys.exit(1)",
        'import os\nif rate < float(os.environ["LEAST"]):\n    sys.exit(1)', "class Gate:\n    def close(self):\n        if rate < 0.9:\n            sys.exit(1)\n\n\nGate().close()",
        "failed = [row for row in rows if not score(row)]\nif failed:\n    sys.exit(1)", "failed = []\nfor row in rows:\n    if not score(row):\n        failed.append(row)\nif len(failed) > 2:\n    sys.exit(1)",
        "import typer\napp = typer.Typer()\n\n\n@app.command()\ndef run():\n    if rate < 0.9:\n        raise typer.Exit(1)\n\n\napp()", "import asyncio\n\n\nasync def main():\n    if rate < 0.9:\n        sys.exit(1)\n\n\nasyncio.run(main())",
    )),
    *(Case(id=f"ends with: {stop}", probes=GATE, files=script(STOP, stop)) for stop in (
        main("if rate < 0.9:\n    return 1\nreturn 0"), main("return 0 if rate >= 0.9 else 1"), main("if rate >= 0.9:\n    return 0\nprint('below')\nreturn 1"),
        main("code = 0\nif rate < 0.9:\n    code = 1\nreturn code"), main("return int(rate < 0.9)"), main("if rate < 0.9:\n    return 1\nreturn 0").replace("sys.exit(main())", "raise SystemExit(main())"),
        "import asyncio\n\n\nasync " + main("if rate < 0.9:\n    return 1\nreturn 0").replace("main())", "asyncio.run(main()))"), main("if rate < 0.9:\n    return 1\nreturn 0").replace("sys.exit(main())", "code = main()\n    sys.exit(code)"),
        "def judged():\n    if rate < 0.9:\n        return 2\n    return 0\n\n\n" + main("return judged()"), main("violations = [row for row in rows if not score(row)]\nif violations:\n    return 1\nreturn 0"),
        "code = 0\nif rate < 0.9:\n    code = 1\nsys.exit(code)",
    )),
    Case(id="another file gives the status", probes=GATE, files=apart("sys.exit(main())")),
    Case(id="another file gives the status, begun by name", probes=GATE, files=apart('if __name__ == "__main__":\n    raise SystemExit(main())')),
    Case(id="another file ends the script", probes=GATE, files=apart("main()", "if rate < 0.9:\n    sys.exit(1)")),
    *(Case(id=f"data in the code: {text[:24]}", probes=GATE, files={**data(None), SCRIPT: HONEST[SCRIPT].replace(READS, text)}) for text in (CODED, CODED.replace("golden_rows =", "CASES: list =").replace("golden_rows", "CASES"))),
    Case(id="data that a step fetches", probes=GATE, files=changed(data(None), (DELIVERY, f"      - run: {COMMAND}", f"      - run: gsutil cp gs://desk-evals/golden.jsonl evals/\n      - run: {COMMAND}"))),
    Case(id="promptfoo", probes=GATE, files=PROMPTFOO),
    Case(id="pytest", probes=GATE, files=PYTEST),
)  # fmt: skip
