"""The class of each child: its registration group, or what the list of groups says where that is not told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from halfday_sync.sources.wonde.values import Record, day, many, moment, text

_STARTS, _ENDS = ("start_date", "start", "from"), ("end_date", "end", "to")
"""What the ends of a dated row may be called (C): no dated row is in any public recording."""


def class_of(record: Record, today: date) -> tuple[str, bool]:
    """The name of the registration group, and whether it had to be chosen among several without dates."""
    return chosen(many(record, "registration"), today)


def chosen(groups: Iterable[Record], today: date) -> tuple[str, bool]:
    """One name out of memberships: the one that holds today, else the newest; with True where no date decided."""
    held = {text(group.get("name")): group for group in groups if text(group.get("name"))}
    if len(held) < 2:
        return next(iter(held), ""), False
    current = {name: group for name, group in held.items() if _starts(group) and holds(group, today)}
    if current:
        return max(current, key=lambda name: _starts(current[name]) or date.min), False
    newest = max(held, key=lambda name: (moment(held[name].get("created_at")), text(held[name].get("id"))))
    return newest, True


def holds(row: Record, today: date) -> bool:
    """Whether a dated row holds today, both ends inclusive; an end that is not given is open."""
    start, end = _starts(row), _first(row, _ENDS)
    return (start is None or start <= today) and (end is None or today <= end)


def memberships(groups: Iterable[Record]) -> Mapping[str, list[Record]]:
    """The registration groups of each child, by Wonde's id, out of the list of groups."""
    found: dict[str, list[Record]] = defaultdict(list)
    for group in groups:
        if text(group.get("type")).upper() == "REGISTRATION":
            for pupil in many(group, "students"):
                found[text(pupil.get("id"))].append(group)
    return found


def _starts(row: Record) -> date | None:
    return _first(row, _STARTS)


def _first(row: Record, names: Iterable[str]) -> date | None:
    return next((found for found in (day(row.get(name)) for name in names) if found), None)
