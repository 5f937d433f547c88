"""Letters in the store: proposed once, then only ever added to; a letter is what its events come to."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from halfday_sync.casework.letter_events import ASKED, PROPOSED, Event, after, begun, proposal
from halfday_sync.casework.model import Child, Letter
from halfday_sync.entries import LETTERS
from halfday_sync.store.entries import new_key
from halfday_sync.store.rows import stamp


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as the store keeps it: on which day's page, and when."""

    event: Event
    day: date
    at: datetime


def append(
    db: sqlite3.Connection, events: Iterable[Event], day: date, at: datetime, run: int | None, moved: Mapping[str, str]
) -> int:
    """Adds events in order; how many. A letter that is proposed again under its key is an error.

    Raises:
        KeyError: an event of a letter that was never proposed.
    """
    stored = {key: key for (key,) in db.execute("SELECT key FROM letter")}
    if moved:
        stored |= {now: key for now, (key, _letter) in _standing(db, moved).items()}
    count = 0
    for event in events:
        if event.kind == PROPOSED:
            values = (event.key, event.data["letter"], day.isoformat(), stamp(at))
            db.execute("INSERT INTO letter (key, letter, proposed, seen_at) VALUES (?, ?, ?, ?)", values)
            stored[event.key] = event.key
            event = Event(event.key, ASKED, data={"children": event.data["children"]})  # noqa: PLW2901 - told as one
        _insert(db, stored[event.key], event, day, at, run)
        count += 1
    return count


def _insert(db: sqlite3.Connection, key: str, event: Event, day: date, at: datetime, run: int | None) -> None:
    data = json.dumps(event.data, ensure_ascii=False, sort_keys=True)
    db.execute(
        "INSERT INTO letter_event (key, kind, day, by, words, data, seen_at, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (key, event.kind, day.isoformat(), event.by, event.words, data, stamp(at), run),
    )


def history(db: sqlite3.Connection, moved: Mapping[str, str], key: str | None = None) -> tuple[Happened, ...]:
    """Everything that happened to letters, or to one of them, oldest first; under the ids that pupils have now."""
    rows = db.execute("SELECT key, kind, by, words, data, day, seen_at FROM letter_event ORDER BY id")
    found = (
        Happened(
            Event(new_key(LETTERS, at_key, moved), kind, by, words, json.loads(data)),
            date.fromisoformat(day),
            datetime.fromisoformat(seen),
        )
        for at_key, kind, by, words, data, day, seen in rows
    )
    return tuple(one for one in found if key in (None, one.event.key))


def letters(db: sqlite3.Connection, moved: Mapping[str, str]) -> tuple[Letter, ...]:
    """Every letter as it is now, in the order in which they were proposed; under the ids that pupils have now."""
    return tuple(letter for _key, letter in _standing(db, moved).values())


def _standing(db: sqlite3.Connection, moved: Mapping[str, str]) -> dict[str, tuple[str, Letter]]:
    """The letters by their keys of now, each with the key it is stored under.

    Where a pupil had two ids and a letter of the same key under each, the one that came further stands.
    """
    found: dict[str, Letter] = {}
    for key, letter, day in db.execute("SELECT key, letter, proposed FROM letter"):
        found[key] = begun(proposal(key, letter, ()), date.fromisoformat(day))
    order: dict[str, int] = {}
    rows = db.execute("SELECT id, key, kind, by, words, data, day, seen_at FROM letter_event ORDER BY id")
    for number, key, kind, by, words, data, day, seen in rows:
        event = Event(key, kind, by, words, json.loads(data))
        found[key] = after(found[key], event, date.fromisoformat(day), datetime.fromisoformat(seen))
        order.setdefault(key, number)
    now: dict[str, tuple[str, Letter]] = {}
    for key in sorted(found, key=lambda one: order.get(one, 0)):
        letter = _moved(found[key], moved)
        if letter.key not in now or _rank(letter) > _rank(now[letter.key][1]):
            now[letter.key] = key, letter
    return now


def _rank(letter: Letter) -> tuple[bool, bool, bool]:
    return letter.sent is not None, letter.approval is not None, letter.is_open


def _moved(letter: Letter, moved: Mapping[str, str]) -> Letter:
    if not moved:
        return letter
    children = tuple(
        Child(moved.get(one.pupil_id, one.pupil_id), one.action, one.since, one.due) for one in letter.children
    )
    approval = letter.approval
    if approval is not None:
        figures = {moved.get(pupil_id, pupil_id): one for pupil_id, one in approval.figures.items()}
        approval = replace(approval, figures=figures)
    return replace(letter, key=new_key(LETTERS, letter.key, moved), children=children, approval=approval)
