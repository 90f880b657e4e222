"""`tenken serve` with two workers on SQLite: killed, reloaded, ended, and nothing is lost."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from threading import Thread

import pytest

from tenken.cli.main import main
from tenken.cli.serving.served import Files, read_overlays
from tenken.config.temporary import Overlay
from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.overlays import Overlays
from tests.live.serving import (
    DESK,
    LONG_S,
    Answer,
    Asking,
    Provider,
    Rows,
    Running,
    children,
    key_of,
    providing,
    replaced,
    rows,
    running,
    until,
    within_a_minute,
    written,
)

pytestmark = pytest.mark.live


class Desk:
    """An application behind a gateway, and its provider."""

    def __init__(self, folder: Path, provider: Provider, url: str, key: str) -> None:
        self.folder = folder
        self.provider = provider
        self.url = url
        self._key = key

    def says(self, *, limits: str = "rpm: 100000", gateway: str = "workers: 2") -> None:
        written(self.folder, self.url, limits=limits, gateway=gateway)

    @contextmanager
    def served(self) -> Iterator[Running]:
        with running(["serve", str(self.folder)], key=self._key) as one:
            yield one

    def ledger(self) -> Rows:
        engine = opened(f"sqlite:///{self.folder}/.tenken/store.db")
        try:
            return rows(engine)
        finally:
            engine.dispose()


@pytest.fixture
def desk(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with providing() as (provider, url):
        written(tmp_path, url, gateway="workers: 2")
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        yield Desk(tmp_path, provider, url, key)


def test_a_killed_worker_loses_nothing_and_comes_back(desk: Desk) -> None:
    """Who was answered is in the ledger once, and so is every call of a provider."""
    with desk.served() as run:
        first, second = run.workers()
        with Asking(run, callers=4) as asking:
            asking.more(20)
            os.kill(first, signal.SIGKILL)
            run.said("worker 1 ended with code -9")
            asking.more(20)
            os.kill(second, signal.SIGKILL)
            run.said("worker 2 ended with code -9")
            asking.more(20)
        assert run.end() == 0

    ledger = desk.ledger()
    answered = {one.id for one in asking.answers if one.status == 200}
    assert {ledger.outcomes.get(name) for name in answered} == {"answered"}
    assert set(desk.provider.asked) <= set(ledger.outcomes)
    assert ledger.twice == []


def test_a_first_start_tells_of_no_failure(desk: Desk) -> None:
    """Works beside the ledger begin when the tables that they ask are made."""
    with desk.served() as run:
        run.ask("first")
        until((desk.folder / ".tenken" / "store.db").is_file)
        run.ask("second")
        assert run.end() == 0
        said = run.everything()

    assert set(desk.ledger().outcomes) == {"first", "second"}
    assert "fails" not in said


def test_ctrl_c_is_said_to_the_one_that_tells_the_others(desk: Desk) -> None:
    """A terminal says it to a whole group: one that has not begun would die of it aloud."""
    with desk.served() as run:
        alone = [os.getpgid(pid) == pid for pid, _ in children(run.process.pid)]
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(LONG_S) == 0

    assert alone == [True] * 3, "two workers and the keeper"
    assert "Traceback" not in run.everything()


def test_limits_hold_for_all_workers_together(desk: Desk) -> None:
    """Whichever of them is asked: the other one is stopped meanwhile."""
    desk.says(limits="rpm: 10, parallel: 3")
    with desk.served() as run:
        first, second = run.workers()

        def asks(_again: int) -> list[Answer]:
            answers = []
            for stopped in (first, second):
                os.kill(stopped, signal.SIGSTOP)
                answers += [run.ask(f"without-{stopped}-{n}") for n in range(6)]
                os.kill(stopped, signal.SIGCONT)
            return answers

        answers = within_a_minute(asks)
        assert run.end() == 0

    assert [one.status for one in answers] == [200] * 10 + [429] * 2


def test_places_are_counted_over_all_workers(desk: Desk) -> None:
    """Of nine that ask at once three get in, and when they are done three others do."""
    desk.says(limits="parallel: 3")
    desk.provider.goes_on.clear()
    with desk.served() as run:
        answers: list[Answer] = []
        threads = [
            Thread(target=lambda name=f"p-{n}": answers.append(run.ask(name))) for n in range(3)
        ]
        for thread in threads:
            thread.start()
        desk.provider.wait_for(3)
        refused = [run.ask(f"late-{n}") for n in range(6)]
        desk.provider.goes_on.set()
        for thread in threads:
            thread.join()
        after = run.ask("after")
        assert run.end() == 0

    assert {(one.status, one.code) for one in refused} == {(429, "rate_limit_exceeded")}
    assert [one.status for one in (*answers, after)] == [200] * 4


def test_files_are_replaced_under_load_and_no_request_is_lost(desk: Desk) -> None:
    """Every worker goes over, and when told by SIGHUP; a bad file is told and changes nothing."""
    with desk.served() as run, Asking(run, callers=3) as asking:
        seen, version = [], ""
        for number in range(1, 6):
            desk.says(limits=f"rpm: {100_000 + number}")
            version = run.said("are served now", times=number).split()[1]
            seen.append(run.ask(f"v-{number}").settings == version)
        run.process.send_signal(signal.SIGHUP)
        assert version in run.said("are served now", times=6)
        bad = DESK.format(limits="rmp: 1", gateway="", console="on: false")
        replaced(desk.folder / "tenken.yaml", bad)
        assert version in run.said("is served as before")
        asking.more(5)

    assert seen == [True] * 5
    assert {one.status for one in asking.answers} == {200}


def test_a_worker_that_comes_back_serves_what_the_others_serve(desk: Desk) -> None:
    """Although the file has a mistake by now."""
    with desk.served() as run:
        before = run.ask("before")
        bad = DESK.format(limits="rmp: 1", gateway="", console="on: false")
        replaced(desk.folder / "tenken.yaml", bad)
        run.said("is served as before")
        for pid in run.workers():
            os.kill(pid, signal.SIGKILL)
        after = run.ask("after")

    assert (after.status, after.settings) == (200, before.settings)


def test_a_live_stream_ends_whole_after_sigterm(desk: Desk) -> None:
    """And is on record before the last process has gone; nobody else is let in meanwhile."""
    desk.provider.goes_on.clear()
    with desk.served() as run:
        connection = run.connect()
        run.send(connection, "stream", stream=True)
        response = connection.getresponse()
        first = response.readline()
        run.process.send_signal(signal.SIGTERM)
        run.said("Ending: 1 request")
        desk.provider.goes_on.set()
        rest = response.read()
        connection.close()
        assert run.process.wait(60) == 0

    assert json.loads(first.removeprefix(b"data: "))["choices"][0]["delta"]["content"] == "hel"
    assert rest.endswith(b"data: [DONE]\n\n")
    assert desk.ledger().outcomes == {"stream": "answered"}


def test_balancers_are_told_before_the_door_is_closed(desk: Desk) -> None:
    """Who comes meanwhile is served; told a second time it ends at once."""
    desk.says(gateway="workers: 1, unready_s: 600")
    with desk.served() as run:
        before = run.ready()
        run.process.send_signal(signal.SIGTERM)
        until(lambda: not run.ready())
        late = run.ask("late").status
        run.process.send_signal(signal.SIGTERM)
        code = run.process.wait(LONG_S)

    assert (before, late, code) == (True, 200, 0)
    assert desk.ledger().outcomes == {"late": "answered"}


def test_workers_end_when_the_one_that_started_them_is_killed(desk: Desk) -> None:
    """None is left that answers with settings nobody keeps up."""
    with desk.served() as run:
        others = [os.pidfd_open(pid) for pid, _ in children(run.process.pid)]
        run.process.kill()
        ended = [select([one], [], [], LONG_S)[0] == [one] for one in others]
        for one in others:
            os.close(one)

    assert ended == [True] * 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(("first]", "frist]"), "frist", id="a name that leads nowhere"),
        pytest.param(("workers: 2", "workers: 0"), "workers", id="no workers"),
        pytest.param(("workers: 2", "store: {url_env: NOT_SET}"), "NOT_SET", id="no variable"),
    ],
)
def test_bad_settings_are_refused_at_the_start(
    desk: Desk, capfd: pytest.CaptureFixture[str], change: tuple[str, str], said: str
) -> None:
    """With the file and the name; nothing goes on running."""
    text = (desk.folder / "tenken.yaml").read_text()
    (desk.folder / "tenken.yaml").write_text(text.replace(*change))

    assert main(["--lang", "en", "serve", str(desk.folder)]) == 2
    assert said in capfd.readouterr().err


def test_an_overlay_reaches_every_worker_and_ends_when_it_is_taken_back(desk: Desk) -> None:
    """Without a change of files; each answer says so."""
    with desk.served() as run:
        before = run.ask("before").settings
        overlay(desk, "set", "caller/app", "rpm=90000", "--for", "1h", "--reason", "why")
        run.said("are served now")
        during = {run.ask(f"during-{number}").settings for number in range(8)}
        [one] = read_overlays(Files(folder=desk.folder).overlays)
        overlay(desk, "clear", one.id)
        run.said("are served now", times=2)
        after = {run.ask(f"after-{number}").settings for number in range(8)}

    assert (len(during), after) == (1, {before})
    assert during.pop().startswith(f"{before}+")


def test_an_overlay_that_another_machine_set_reaches_this_one(desk: Desk) -> None:
    """By the store that both have: the keeper brings it to the workers."""
    with desk.served() as run:
        engine = opened(f"sqlite:///{desk.folder}/.tenken/store.db")
        migrate(engine)
        one = Overlay(
            id="o1", subject="use_case/answer", change="off", actor="hana", reason="why",
            created_at=1, expires_at=1 << 60,
        )  # fmt: skip
        Overlays(engine).add(one)
        engine.dispose()
        run.said("are served now")
        off = run.ask("off")
        assert run.end() == 0

    assert (off.status, off.code) == (503, "route_switched_off")
    assert desk.ledger().outcomes == {"off": "refused"}


def test_a_key_that_is_revoked_opens_nothing_at_any_worker(desk: Desk) -> None:
    """Whichever is asked: the other one is stopped meanwhile."""
    with desk.served() as run:
        before = run.ask("before").status
        assert (
            main(["keys", "revoke", run._key.rpartition("-")[0], "--path", str(desk.folder)]) == 0
        )
        run.said("are served now")
        after = []
        for stopped in run.workers():
            os.kill(stopped, signal.SIGSTOP)
            after += [run.ask(f"without-{stopped}-{n}") for n in range(3)]
            os.kill(stopped, signal.SIGCONT)
        assert run.end() == 0

    assert before == 200
    assert [(one.status, one.code) for one in after] == [(401, "invalid_api_key")] * 6
    assert desk.provider.asked.total() == 1


def overlay(desk: Desk, *words: str) -> None:
    assert main(["overlay", *words, "--path", str(desk.folder)]) == 0
