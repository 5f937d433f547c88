"""What becomes of a letter, one event at a time. Events are only ever added; a letter is what they come to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from halfday_sync.casework.model import Approval, Child, Letter

PROPOSED, ASKED, APPROVED, RECALLED = "proposed", "asked", "approved", "recalled"
"""The policy asks for it; for whom, since when and by when, where that changed; a person said yes; took that back."""
MAKING, MADE, AWAY = "making", "made", "away"
"""Its files are about to be written; lie there whole; were put away, since the letter must not go any more."""
SENT, UNSENT, WITHDRAWN, CHANGED = "sent", "unsent", "withdrawn", "changed"
"""A person says it went; took that back; marks took it back before it went; marks changed after it went."""
KINDS = (PROPOSED, ASKED, APPROVED, RECALLED, MAKING, MADE, AWAY, SENT, UNSENT, WITHDRAWN, CHANGED)


@dataclass(frozen=True)
class Event:
    """Something that happened to a letter.

    Attributes:
        key: the letter's.
        kind: one of `KINDS`.
        by: who did it, as far as is known; empty for Halfday.
        words: why.
        data: what else there is to know, as JSON: children, the frozen approval, the files, the day it went.
    """

    key: str
    kind: str
    by: str = ""
    words: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def proposal(key: str, letter: str, children: Iterable[Child]) -> Event:
    """A letter is asked for."""
    return Event(key, PROPOSED, data={"letter": letter, "children": children_json(children)})


def children_json(children: Iterable[Child]) -> list[list[str]]:
    """Children as the store keeps them."""
    return [[one.pupil_id, one.action, one.since.isoformat(), one.due.isoformat()] for one in children]


def read_children(told: Iterable[Iterable[str]]) -> tuple[Child, ...]:
    """Children as the store kept them."""
    return tuple(
        Child(pupil_id, action, date.fromisoformat(since), date.fromisoformat(due))
        for pupil_id, action, since, due in told
    )


def begun(event: Event, day: date) -> Letter:
    """The letter that a proposal makes."""
    return Letter(event.key, event.data["letter"], read_children(event.data["children"]), day)


def after(letter: Letter, event: Event, day: date, at: datetime) -> Letter:
    """What a letter is after an event.

    Args:
        letter: as it was.
        event: what happened.
        day: the day of the page.
        at: when it happened.
    """
    return replace(letter, **_CHANGES[event.kind](letter, event, day, at)) if event.kind in _CHANGES else letter


Changed = Mapping[str, Any]


def _making(letter: Letter, event: Event, _day: date, _at: datetime) -> Changed:
    digests = dict(event.data["files"])
    return {"begun": tuple(digests), "digests": {**letter.digests, **digests}}


def _made(_letter: Letter, event: Event, _day: date, _at: datetime) -> Changed:
    return {"begun": (), "files": tuple(event.data["files"])}


def _sent(_letter: Letter, event: Event, _day: date, _at: datetime) -> Changed:
    day, by_command = date.fromisoformat(event.data["day"]), bool(event.data.get("by_command"))
    return {"sent": day, "sent_by_command": by_command, "withdrawn": None, "reason": ""}


_CHANGES: Mapping[str, Callable[[Letter, Event, date, datetime], Changed]] = {
    ASKED: lambda _letter, event, _day, _at: {"children": read_children(event.data["children"])},
    APPROVED: lambda _letter, event, day, at: {"approval": _approval(event, day, at), "reason": ""},
    RECALLED: lambda _letter, _event, _day, _at: {"approval": None},
    MAKING: _making,
    MADE: _made,
    AWAY: lambda _letter, _event, _day, _at: {"begun": (), "files": ()},
    SENT: _sent,
    UNSENT: lambda _letter, _event, _day, _at: {"sent": None, "sent_by_command": False, "reason": ""},
    WITHDRAWN: lambda _letter, event, day, _at: {"withdrawn": day, "reason": event.words},
    CHANGED: lambda _letter, event, _day, _at: {"reason": event.words},
}


def _approval(event: Event, day: date, at: datetime) -> Approval:
    data = event.data
    return Approval(
        by=event.by,
        at=at,
        as_of=date.fromisoformat(data["as_of"]),
        template=data["template"],
        adapted=data.get("adapted", ""),
        fields=data.get("fields", {}),
        figures={pupil_id: (int(one[0]), int(one[1])) for pupil_id, one in data.get("figures", {}).items()},
        line=data.get("line", ""),
        language=data.get("language", ""),
        by_command=bool(data.get("by_command")),
        day=day,
    )
