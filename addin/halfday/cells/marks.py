"""A pupil's marks: one text per half term, and back."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from halfday import codes
from halfday.cells.calendar import read_calendar
from halfday.cells.fault import CellTextError
from halfday.measures import Axis
from halfday.register import SESSIONS, Register, SessionKey
from halfday.school_year import Calendar, HalfTerm

NO_MARK = "."


def _keys(calendar: Calendar, half_term: HalfTerm) -> list[SessionKey]:
    """The sessions of a half term. Marks in the break after it (or, in September, before it) are written with it."""
    following = [term.start for term in calendar.half_terms if term.start > half_term.start]
    first = date(half_term.year, 8, 1) if half_term.number == 1 else half_term.start
    until = min([*following, date(half_term.year + 1, 8, 1)])
    days = [day for day in (*calendar.school_days, *calendar.marked) if first <= day < until]
    return [SessionKey(day, session) for day in sorted(days) for session in SESSIONS]


def marks_texts(register: Register, calendar: Calendar, half_terms: Sequence[HalfTerm]) -> dict[str, tuple[str, ...]]:
    """Each pupil's marks, one text per half term; empty for a half term that has not begun."""
    place = {key: at for at, key in enumerate(register.sessions)}
    spelling = [NO_MARK] * 256
    for code in codes.all_codes():
        spelling[code.id] = code.code
    blank = len(register.sessions)  # an extra place at the end that always says "no mark"
    columns = []
    for half_term in half_terms:
        places = [place.get(key, blank) for key in _keys(calendar, half_term)]
        while places and places[-1] == blank:
            places.pop()
        columns.append(places)
    texts = {}
    for pupil_id, ids in register.by_pupil.items():
        spelt = [*map(spelling.__getitem__, ids), NO_MARK]
        texts[pupil_id] = tuple(" ".join([spelt[at] for at in places]) for places in columns)
    return texts


@lru_cache(maxsize=64)
def _columns(calendar_cell: str) -> tuple[tuple[SessionKey, ...], ...]:
    """The sessions of each half term of a calendar."""
    calendar = read_calendar(calendar_cell)
    return tuple(tuple(_keys(calendar, half_term)) for half_term in calendar.half_terms)


@lru_cache(maxsize=64)
def _spellings(first: date, last: date) -> dict[str, int]:
    """The ids of the codes that mean one thing from the first date to the last."""
    known = {code.code: code.id for code in codes.all_codes() if code.from_ <= first and last <= code.to}
    return known | {NO_MARK: codes.NO_ROW}


@lru_cache(maxsize=64)
def _axis(calendar_cell: str, counts: tuple[int, ...], as_of: date) -> Axis:
    """What all pupils with so many codes in each half term share."""
    columns = _columns(calendar_cell)
    sessions = tuple(key for keys, count in zip(columns, counts, strict=False) for key in keys[:count])
    return Axis(sessions, tuple(key.date for key in sessions), read_calendar(calendar_cell), as_of)


def read_marks(texts: tuple[str, ...], calendar_cell: str, as_of: date) -> tuple[Axis, bytes]:
    """One pupil's marks, from the texts of the half terms: the sessions, and a code id for each.

    Raises:
        CellTextError: more codes than sessions.
        halfday.codes.UnknownCodeError: a code that there is none of on its date.
    """
    columns = _columns(calendar_cell)
    if len(texts) > len(columns):
        raise CellTextError(f"Marks: {len(texts)} half terms, but the calendar has {len(columns)}")
    found, counts = [], []
    for text, keys in zip(texts, columns, strict=False):
        spelt = text.split()
        if len(spelt) > len(keys):
            raise CellTextError(f"Marks: {len(spelt)} codes for the {len(keys)} sessions from {keys[0].date:%d/%m/%Y}")
        found.append(_ids(spelt, keys))
        counts.append(len(spelt))
    return _axis(calendar_cell, tuple(counts), as_of), b"".join(found)


def _ids(spelt: list[str], keys: Sequence[SessionKey]) -> bytes:
    try:
        return bytes(map(_spellings(keys[0].date, keys[-1].date).__getitem__, spelt))
    except KeyError:  # a code in small letters, one that changed its meaning in between, or none at all
        return bytes(
            codes.NO_ROW if code == NO_MARK else codes.code_id(code, key.date)
            for key, code in zip(keys, spelt, strict=False)
        )
