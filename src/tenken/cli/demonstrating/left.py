"""What the demonstration leaves for a look with the console: traffic, alerts, an incident."""

import shutil
from pathlib import Path

from sqlalchemy import Engine

from tenken.cli.serving.machine import wall_us
from tenken.keeper.incidents.postmortem import draft
from tenken.keeper.incidents.reading import story
from tenken.messages.speech import Speech
from tenken.store.watch.incidents import FollowUp, Incidents, Noted

ACTOR = "demo"
OWNER = "support-platform"
STORE = "store.db"
FILES = ("tenken.yaml", "platform.yaml", "guard")


def settled(engine: Engine, speech: Speech) -> None:
    """Bring the incident that a page has opened to its end, with a draft of a postmortem."""
    incidents, now = Incidents(engine), wall_us()
    for one in incidents.newest(1, running=True):
        factor = speech.text("demo.incident_factor")
        incidents.note(one.id, Noted(at=now, kind="factor", actor=ACTOR, text=factor))
        what = speech.text("demo.incident_action")
        incidents.plan(FollowUp(incident=one.id, what=what, owner=OWNER))
        text = draft(story(engine, one, now), speech)
        incidents.close(one.id, actor=ACTOR, at=now, postmortem=text)


def leave(folder: Path, target: Path) -> None:
    """Put settings and store where they outlive the demonstration, in place of earlier ones."""
    state = target / ".tenken"
    shutil.rmtree(target, ignore_errors=True)
    state.mkdir(parents=True, mode=0o700)
    for name in FILES:
        found = folder / name
        if found.is_dir():
            shutil.copytree(found, target / name)
        elif found.is_file():
            shutil.copyfile(found, target / name)
    shutil.copyfile(folder / ".tenken" / STORE, state / STORE)
