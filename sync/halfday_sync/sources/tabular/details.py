"""What is told about each pupil, in however many rows and files: one `Pupil`, or the rows that contradict."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from halfday.printing import counted
from halfday.register import FLAGS, Pupil
from halfday_sync.sources.meanings import Unread, enrolment, sen, sex, year_group, yes_no
from halfday_sync.sources.tabular.day_columns import DayColumn, UnsettledError
from halfday_sync.sources.tabular.layout import Layout
from halfday_sync.sources.wording import listed, shown_pupil, shown_value

_FIXED = ("dob", "sex")
"""What does not change: two values for one pupil mean that one of them is somebody else's."""


_TEXTS = ("surname", "forename", "class", "house", "family_id")
_MEANINGS: dict[str, Callable[[str], Any]] = {
    "year_group": year_group,
    "sex": sex,
    "sen": sen,
    "enrolment": enrolment,
    **dict.fromkeys(FLAGS, yes_no),
}
FIELDS = (*_TEXTS, *_MEANINGS, "dob", "start_date", "end_date")


@dataclass(frozen=True, slots=True)
class Telling:
    """One value for one pupil: where it was first told, and the latest day of a mark in a row that tells it."""

    value: Any
    where: str
    latest: date


class Details:
    """Collects what is told about pupils, and settles it."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, list[Telling]]] = {}

    def tell(self, pupil_id: str, values: dict[str, Any], where: str, latest: date) -> None:
        """Add what one row says. Called in the order of the files, so that of equal days the last one wins."""
        told = self._told.setdefault(pupil_id, {})
        for name, value in values.items():
            told.setdefault(name, []).append(Telling(value, where, latest))

    def namesakes(self) -> dict[tuple[str, ...], dict[str, set[str]]]:
        """By the words of a whole name, either part first: the pupils so called, with all classes told of them."""
        found: dict[tuple[str, ...], dict[str, set[str]]] = {}
        for pupil_id, told in self._told.items():
            settled = self._settled(told)
            surname, forename = (name_words(settled.get(name, "")) for name in ("surname", "forename"))
            if surname and forename:
                classes = {telling.value for telling in told.get("class", [])}
                for words in ((*forename, *surname), (*surname, *forename)):
                    found.setdefault(words, {})[pupil_id] = classes
        return found

    def pupils(self, upns: dict[str, str], problems: list[str], notes: list[str]) -> tuple[Pupil, ...]:
        """Every pupil, in the order of their ids. Contradictions go to `problems`, changes over time to `notes`."""
        changed: dict[str, list[str]] = {}
        lost: list[str] = []
        pupils = []
        for pupil_id in sorted(self._told):
            told = self._told[pupil_id]
            problems.extend(_contradictions(pupil_id, told))
            values = self._settled(told)
            for name in told.keys() - set(_FIXED):
                if len({_without_lost(told[name], telling.value) for telling in told[name]}) > 1:
                    changed.setdefault(name, []).append(shown_pupil(pupil_id))
            if any("?" in values.get(name, "") for name in ("surname", "forename")):
                lost.append(shown_pupil(pupil_id))
            class_name = values.pop("class", "")
            pupils.append(Pupil(pupil_id=pupil_id, upn=upns.get(pupil_id, ""), class_name=class_name, **values))
        notes.extend(
            f"{name} differs between rows, the latest was taken: {listed(changed[name])}" for name in sorted(changed)
        )
        if lost:
            notes.append(f"a ? stands for a lost letter in {counted(len(lost), 'name')}: {listed(lost)}")
        return tuple(pupils)

    @staticmethod
    def _settled(told: dict[str, list[Telling]]) -> dict[str, Any]:
        values = {}
        for name, tellings in told.items():
            latest = max(telling.latest for telling in tellings)
            last = [telling.value for telling in tellings if telling.latest == latest][-1]
            values[name] = _without_lost(tellings, last)
        return values


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, for comparing.

    >>> name_words("Visitor, Guest")
    ('visitor', 'guest')
    """
    return tuple(name.casefold().replace(",", " ").split())


def _without_lost(tellings: Iterable[Telling], value: Any) -> Any:
    """The same text told elsewhere with the letters that an export has replaced by ?, or the value as it is."""
    if not isinstance(value, str) or "?" not in value:
        return value
    pattern = re.compile(re.escape(value).replace(r"\?", "."))
    whole = sorted({told.value for told in tellings if "?" not in told.value and pattern.fullmatch(told.value)})
    return whole[0] if len(whole) == 1 else value


def _contradictions(pupil_id: str, told: dict[str, list[Telling]]) -> Iterable[str]:
    for name in _FIXED:
        first = {telling.value: telling.where for telling in reversed(told.get(name, []))}
        if len(first) > 1:
            yield f"{shown_pupil(pupil_id)}: different {name} in {listed(sorted(first.values()))}"
    names: dict[tuple[str, str], str] = {}
    forenames = {telling.where: telling.value for telling in told.get("forename", [])}
    for surname in told.get("surname", []):
        if surname.where in forenames:
            forename = _without_lost(told["forename"], forenames[surname.where])
            names.setdefault((_without_lost(told["surname"], surname.value), forename), surname.where)
    for before, pair in pairwise(names):
        if pair[0] != before[0] and pair[1] != before[1]:
            where = listed([names[before], names[pair]])
            yield f"{shown_pupil(pupil_id)}: surname and forename both differ in {where}; is it somebody else?"


def read_details(
    layout: Layout, cells: Sequence[str], days: dict[str, DayColumn], found: list[str], unread: Unread, pupil_id: str
) -> dict[str, Any]:
    """What one row says about its pupil, blanks left out. Adds to `found` what cannot be right."""
    values: dict[str, Any] = {}
    for name in FIELDS:
        text = layout.cell(cells, name)
        if not text:
            continue
        value = _value(name, text, days, found, unread, pupil_id)
        if value is not None:
            values[name] = value
    return values


def _value(
    name: str, text: str, days: dict[str, DayColumn], found: list[str], unread: Unread, pupil_id: str
) -> str | bool | date | None:
    if name in _MEANINGS:
        return unread.read(name, _MEANINGS[name], text, pupil_id)
    if name not in days:
        return text
    try:
        day = days[name].day(text)
    except UnsettledError:
        return None
    except ValueError as error:
        found.append(f"{name} is {error}")
        return None
    if day is None:
        found.append(f"{name} is {shown_value(text)}, not a whole date")
    return day
