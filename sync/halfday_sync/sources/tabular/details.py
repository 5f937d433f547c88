"""What is told about each pupil, in however many rows and files: one `Pupil`, or the rows that contradict."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from halfday.printing import counted
from halfday.register import FLAGS, Pupil
from halfday_sync.sources.tabular.contract import NO, YES
from halfday_sync.sources.tabular.day_columns import DayColumn, UnsettledError
from halfday_sync.sources.tabular.layout import Layout
from halfday_sync.sources.tabular.wording import listed, shown_pupil, shown_value

_YEAR = re.compile(r"(?:year|yr|y)?\s*(\d{1,2})", re.IGNORECASE | re.ASCII)
YEAR_GROUPS = frozenset({"R", "N", "N1", "N2", "E1", "E2", "Nursery", *map(str, range(1, 15))})
"""Year groups as `year_group` writes them, of any school."""
_SEXES = {"female": "F", "male": "M", "f": "F", "m": "M"}
_SEN = {
    "sen support": "K",
    "ehcp": "E",
    "ehc plan": "E",
    "none": "N",
    "no sen": "N",
    "no special educational need": "N",
    "education, health and care plan": "E",
}
_SEN_LETTER = re.compile(r"([NKE])\s*[-\u2013:]\s", re.IGNORECASE)
"""SIMS may write "K - SEN Support"."""
_YES, _NO = YES | {"t"}, NO | {"f"}
_ENROLMENTS = (
    ("G", {"g", "guest"}),
    ("S", {"s", "subsidiary"}),
    ("M", {"m", "main"}),
    ("", {"l", "left", "leaver", "former", "p", "applicant", "admission", "f", "fe"}),
    ("C", {"c", "single", "current", "registered"}),
)
"""How systems word the enrolment status, the more telling word first ("Current Main"). Confidence B."""
_FIXED = ("dob", "sex")
"""What does not change: two values for one pupil mean that one of them is somebody else's."""


def year_group(text: str) -> str:
    """A year group as registers write it.

    >>> year_group("Year  4"), year_group("0"), year_group("Reception"), year_group("Y10")
    ('4', 'R', 'R', '10')
    """
    if text.casefold().removeprefix("year ").strip() in {"r", "reception", "rec"}:
        return "R"
    number = _YEAR.fullmatch(text)
    return (str(int(number[1])) if int(number[1]) else "R") if number else text


def is_flag(text: str) -> bool:
    """Whether a text says yes or no, as systems write it.

    >>> is_flag("Yes"), is_flag("F"), is_flag("perhaps")
    (True, True, False)
    """
    return text.casefold() in _YES | _NO


def _flag(text: str) -> bool:
    if not is_flag(text):
        raise ValueError(f"{shown_value(text)}, not yes or no")
    return text.casefold() in _YES


def _sen(text: str) -> str:
    letter = _SEN_LETTER.match(text)
    return letter[1].upper() if letter else _SEN.get(text.casefold(), text.upper())


def enrolment(text: str) -> str:
    """The DfE's letter for how a pupil is enrolled; blank for a state that is no enrolment here (left, applied).

    >>> enrolment("Single Registration"), enrolment("Current Main (dual)"), enrolment("M"), enrolment("Leaver")
    ('C', 'M', 'M', '')

    Raises:
        ValueError: it is none of those known.
    """
    words = set(re.findall(r"[a-z]+", text.casefold()))
    for letter, known in _ENROLMENTS:
        if words & known:
            return letter
    raise ValueError(f"{shown_value(text)}, not C, M, S or G")


_READERS: dict[str, Callable[[str], Any]] = {
    "surname": str,
    "forename": str,
    "class": str,
    "house": str,
    "family_id": str,
    "year_group": year_group,
    "sex": lambda text: _SEXES.get(text.casefold(), text),
    "sen": _sen,
    "enrolment": enrolment,
    **dict.fromkeys(FLAGS, _flag),
}
FIELDS = (*_READERS, "dob", "start_date", "end_date")


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


def read_details(layout: Layout, cells: Sequence[str], days: dict[str, DayColumn], found: list[str]) -> dict[str, Any]:
    """What one row says about its pupil, blanks left out. Adds to `found` what cannot be read."""
    values: dict[str, Any] = {}
    for name in FIELDS:
        text = layout.cell(cells, name)
        if not text:
            continue
        try:
            value = days[name].day(text) if name in days else _READERS[name](text)
        except UnsettledError:
            continue
        except ValueError as error:
            found.append(f"{name} is {error}")
            continue
        if value is None:
            found.append(f"{name} is {shown_value(text)}, not a whole date")
        else:
            values[name] = value
    return values
