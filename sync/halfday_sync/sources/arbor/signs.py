"""What tells a column by its heading and by its values: the signs that the guesser looks for, as data.

None of the headings is Arbor's own: in a custom report the school types them (confidence C). So a heading only speaks
for a column, and the values decide whether it can be that.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

from halfday.codes import all_codes, tidy
from halfday_sync.sources.meanings import enrolment, sen, year_group, yes_no
from halfday_sync.sources.tabular.columns import Mapping
from halfday_sync.sources.tabular.dates import read_date
from halfday_sync.sources.upn import UpnKind, read_upn

WHERE = "Arbor's report"
"""What messages call it."""
SESSION_WORDS = {"am": "AM", "pm": "PM", "morning": "AM", "afternoon": "PM"}
_CODES = frozenset(code.code for code in all_codes())
_PRESENT = frozenset({"/", "\\"})


@dataclass(frozen=True)
class Column:
    """A column of a report: its heading, where it is, and how often each text other than a blank stands in it."""

    at: int
    heading: str
    values: Counter[str]

    @property
    def count(self) -> int:
        """How many cells are not blank."""
        return self.values.total()


Fits = Callable[[Collection[str], Mapping], bool]


@dataclass(frozen=True)
class Sign:
    """How one of our columns is told.

    Attributes:
        name: our column.
        words: what a heading may hold, as a pattern over its words.
        fits: whether values can be this; asked only where there are some.
        said: the values in words: "since all 156 values are …".
        telling: whether such values are enough, whatever the heading says.
    """

    name: str
    words: str
    fits: Fits
    said: str = ""
    telling: bool = False

    @property
    def of_a_mark(self) -> bool:
        """Whether it is what a mark needs: then a column without a value cannot be it."""
        return self.name in {"date", "session", "code", "am", "pm"}

    def in_words(self, key: str) -> bool:
        """Whether a heading speaks for this column."""
        return bool(self.words and re.search(rf"\b(?:{self.words})\b", key))


def _anything(_values: Collection[str], _mapping: Mapping) -> bool:
    return True


def _dates(values: Collection[str], _mapping: Mapping) -> bool:
    return all(read_date(value) is not None for value in values)


def _sessions(values: Collection[str], mapping: Mapping) -> bool:
    known = {theirs.casefold() for theirs in mapping.sessions} | SESSION_WORDS.keys()
    return all(value.casefold() in known for value in values)


def _codes(values: Collection[str], mapping: Mapping) -> bool:
    """A code that no register knows is for the reader to refuse; but most must be codes, and some stand for present."""
    own = {tidy(theirs): tidy(ours) for theirs, ours in mapping.codes.items()}
    ours = [own.get(tidy(value), tidy(value)) for value in values]
    known = sum(code in _CODES for code in ours)
    return bool(_PRESENT & set(ours)) and 2 * known > len(ours)


def _upns(values: Collection[str], _mapping: Mapping) -> bool:
    right = sum(read_upn(value)[0] in {UpnKind.PERMANENT, UpnKind.TEMPORARY} for value in values)
    return 2 * right > len(values)


def _ids(values: Collection[str], _mapping: Mapping) -> bool:
    return all(re.fullmatch(r"[\w./:#'-]{1,32}", value) and re.search(r"\d", value) for value in values)


def _years(values: Collection[str], _mapping: Mapping) -> bool:
    return all(year_group(value) is not None for value in values)


def _minutes(values: Collection[str], _mapping: Mapping) -> bool:
    return all(value.isdecimal() and len(value) <= 4 for value in values)


def _flags(values: Collection[str], _mapping: Mapping) -> bool:
    return all(yes_no(value) is not None for value in values)


def _group(values: Collection[str], mapping: Mapping) -> bool:
    return not _dates(values, mapping)


def _names(values: Collection[str], _mapping: Mapping) -> bool:
    return not any(re.search(r"\d", value) for value in values)


def _sen(values: Collection[str], _mapping: Mapping) -> bool:
    return all(sen(value) is not None or re.search(r"(?i)\bsen\b|ehc|support|education", value) for value in values)


def _enrolments(values: Collection[str], _mapping: Mapping) -> bool:
    return all(enrolment(value) is not None for value in values)


_ADM = "admission (?:number|no|num)|adm no|adno|adm number|(?:student|pupil|arbor|mis) id"
SIGNS = (
    Sign("date", "date|day", _dates, "dates", telling=True),
    Sign("session", "session|roll call|am pm|half day", _sessions, "AM or PM", telling=True),
    Sign("code", "mark|code|attendance", _codes, "register codes, / or \\ among them", telling=True),
    Sign("am", "", _codes, "register codes"),
    Sign("pm", "", _codes, "register codes"),
    Sign("pupil_id", _ADM, _ids, "numbers"),
    Sign("upn", "upn|unique pupil number", _upns, "UPNs by their check letter", telling=True),
    Sign("minutes_late", "minutes|mins", _minutes, "whole numbers"),
    Sign("comment", "comments?|notes?|reason", _anything),
    Sign("surname", "surname|last name|family name", _names),
    Sign("forename", "forename|first name|given name", _names),
    Sign("dob", "birth|dob", _dates, "dates"),
    Sign("sex", "sex|gender", _names),
    Sign("year_group", "year|nc year", _years, "year groups"),
    Sign("class", "form|class|registration|tutor", _group),
    Sign("house", "house", _group),
    Sign("start_date", "admission date|entry|start date|date of admission|joined", _dates, "dates"),
    Sign("end_date", "leaving|left|end date|leaver", _dates, "dates"),
    Sign("enrolment", "enrolment", _enrolments, "ways to be enrolled"),
    Sign("pupil_premium", "pupil premium|premium|pp", _flags, "yes or no"),
    Sign("fsm", "fsm|free school meals?", _flags, "yes or no"),
    Sign("sen", "sen|send", _sen, "SEN provisions"),
    Sign("lac", "in care|looked after|lac|cla", _flags, "yes or no"),
    Sign("cp", "child protection|cp", _flags, "yes or no"),
    Sign("eal", "eal|additional language", _flags, "yes or no"),
    Sign("young_carer", "young carers?", _flags, "yes or no"),
    Sign("name", "name|student|pupil", _names),
)
"""Every column that is guessed; of two that fit a heading equally well, the earlier."""

LESSON_WORDS = (
    "lesson|register|event|start ?(?:time|datetime)|end ?(?:time|datetime)|slot|timetable|is ?redundant|period|subject"
)
"""Headings of lesson registers: their marks are not the statutory ones."""
