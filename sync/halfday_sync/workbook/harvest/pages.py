"""Reading Today, Review and Statutory: what people ticked and wrote, by the hidden keys of the rows they did it in."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from halfday_sync.entries import ACTIONS, BEGUN, CONTACTS, LETTERS, MINUTES, STATUTORY, Problem, Typed
from halfday_sync.workbook.harvest.as_it_stands import Said
from halfday_sync.workbook.harvest.known import Known, Where
from halfday_sync.workbook.harvest.pupils import Ids, pupil_of
from halfday_sync.workbook.harvest.typed import LONGEST, is_date, is_error, no_date, typed, visible
from halfday_sync.workbook.layout import STAFF, Column, document, section_columns
from halfday_sync.workbook.update.finding import sheet_names
from halfday_sync.workbook.update.loose import loose
from halfday_sync.workbook.update.seen import Seen, Sheet

PAGES = ("statutory", "review", "today")
"""The pages that people type on, the stronger one first."""
_KEY = re.compile(r"[^|]+\|[^|]+\|(\d{4}-\d\d-\d\d|-)")
_PLACE = {"outcome": CONTACTS, "done": ACTIONS, "considered": STATUTORY, "decision": STATUTORY}
_PLACE |= {"approve": LETTERS, "agreed": MINUTES}
_FIGURE = re.compile(r"[\d.,%\-]+", re.ASCII)
_PUPIL = "pupil"


@dataclass
class Page:
    """A page, read: what people said on it, and what to put right."""

    said: list[Said] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    loose: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """A row with a key: people's cells by (place, column), and the pupil's name as it stands there."""

    row: int
    cells: Mapping[tuple[str, str], tuple[int, Column]]
    pupil: str


def read(page: str, now: Seen, sent: Seen | None, known: Known, ids: Ids) -> Page:
    """A page as it stands now, beside what was sent."""
    found = Page()
    sheet = _sheet(page, now, sent)
    title = str(document("layout")[page]["title"])
    was = sent.sheets.get(title) if sent else None
    if sheet is None:
        return found
    before = dict(_lines(page, was)) if was else {}
    found.loose = _loose(page, sheet, was, before) if was else ()
    names = Counter(line.pupil for line in before.values())
    for raw, line in _lines(page, sheet):
        other = before.get(raw)
        if other and line.pupil != other.pupil and names[line.pupil]:
            words = f"{sheet.name}, row {line.row}: this row was sorted apart from the rest of the page."
            found.problems.append(Problem(f"{words} What was typed in it is not taken over. Undo the sorting."))
            continue
        _take(found, _Take(page, sheet, was, raw, line, other), known, ids)
    return found


@dataclass(frozen=True, slots=True)
class _Take:
    page: str
    sheet: Sheet
    was: Sheet | None
    raw: str
    line: _Line
    other: _Line | None


def _take(found: Page, take: _Take, known: Known, ids: Ids) -> None:
    key = ids.key(take.raw)
    pupil_id = ids.now(pupil_of(key))
    for (place, name), (column, spec) in take.line.cells.items():
        where: Where = (place, _row_key(place, key), name)
        kept = known.entries.get(where)
        cell = take.sheet.at(take.line.row, column)
        value = kept if is_error(cell) else typed(cell, spec, known.today, kept)
        before: Typed = None
        was_sent = False
        if take.was and take.other and (place, name) in take.other.cells:
            there = take.was.at(take.other.row, take.other.cells[place, name][0])
            before, was_sent = typed(there, spec, known.today, kept), True
        found.said.append(Said(where, pupil_id, value, before, was_sent, page=take.sheet.name))
        found.problems += _doubts(value, spec, f"{take.sheet.name}, {spec.title}", pupil_id)


def page_key(place: str, key: str, pupil_id: str) -> str:
    """The key on a page of a row of a table: one that people began there (`M4`) is named with its pupil.

    >>> page_key(MINUTES, "M4", "P1"), page_key(MINUTES, "P1|weekly|2026-01-09", "P1")
    ('P1|M4|-', 'P1|weekly|2026-01-09')
    """
    return f"{pupil_id or '-'}|{key}|-" if _is_own(place, key) else key


def _row_key(place: str, key: str) -> str:
    """The other way: the key of the table's row that a key on a page names."""
    named = key.split("|")[1]
    return named if _is_own(place, named) else key


def _is_own(place: str, key: str) -> bool:
    """Whether a key is one of those that rows get which people begin in a table."""
    return place in BEGUN and key[:1] == BEGUN[place] and key[1:].isdecimal()


def _doubts(value: Typed, column: Column, where: str, pupil_id: str) -> Iterator[Problem]:
    if is_date(column) and isinstance(value, str | float) and not isinstance(value, bool):
        yield Problem(no_date(where), pupil_id)
    if isinstance(value, str) and len(value) >= LONGEST:
        yield Problem(f"{where}: the cell is full. What was typed after {LONGEST:,} letters is not kept.", pupil_id)


def _loose(page: str, now: Sheet, was: Sheet, before: Mapping[str, _Line]) -> tuple[str, ...]:
    """Words that people typed where no cell is theirs."""
    theirs: dict[str, set[int]] = {}
    for raw, line in (*before.items(), *_lines(page, now)):
        theirs.setdefault(raw, set()).update(column for column, _spec in line.cells.values())
    at, there = _keys(was)[0], _keys(now)[0]
    words = loose(now, was, theirs, key_column=at)
    # Where somebody inserted a column, all figures stand elsewhere, and are nobody's words.
    return words if at == there or not there else tuple(word for word in words if not _FIGURE.fullmatch(word))


def _sheet(page: str, now: Seen, sent: Seen | None) -> Sheet | None:
    """The page's sheet, also under another name."""
    title = str(document("layout")[page]["title"])
    return now.sheets.get(sheet_names(now, sent, sent).get(title, "") if sent else title)


def _lines(page: str, sheet: Sheet) -> Iterator[tuple[str, _Line]]:
    """The rows that have a key, with the cells of people's as the nearest headers above say."""
    _at, keys = _keys(sheet)
    headers, told = _headers(page), _told(page)
    places: dict[tuple[str, str], tuple[int, Column]] = {}
    pupil_at = 0
    rows: dict[int, dict[int, str]] = {}
    for (row, column), cell in sheet.cells.items():
        if isinstance(cell.value, str):
            rows.setdefault(row, {})[column] = cell.value
    for row in sorted(rows):
        if row in keys:
            yield keys[row], _Line(row, places, visible(rows[row].get(pupil_at, "")))
            continue
        titled = {column: headers[text] for column, said in rows[row].items() if (text := said.strip()) in headers}
        if len(titled) > 1:
            places, pupil_at = _places(titled, told), next((at for at, c in titled.items() if c.key == _PUPIL), 0)


def _keys(sheet: Sheet) -> tuple[int, dict[int, str]]:
    """The column that has most keys, since people may have inserted columns (0: none has), and the keys of rows."""
    found: dict[int, dict[int, str]] = {}
    for (row, column), cell in sheet.cells.items():
        if isinstance(cell.value, str) and _KEY.fullmatch(text := cell.value.strip()):
            found.setdefault(column, {})[row] = text
    return max(found.items(), key=lambda item: len(item[1]), default=(0, {}))


def _places(titled: Mapping[int, Column], told: Mapping[str, str]) -> dict[tuple[str, str], tuple[int, Column]]:
    """Where people's cells of a section go: outcome to Contacts, done to Actions, a note with them.

    `told` are the headers of sections that have a place of their own.
    """
    staff = {at: column for at, column in titled.items() if column.owner == STAFF}
    own = next((told[column.header] for column in titled.values() if column.header in told), "")
    place = own or next((_PLACE[column.key] for column in staff.values() if column.key in _PLACE), "")
    return {(place, column.key): (at, column) for at, column in sorted(staff.items())} if place else {}


@cache
def _told(page: str) -> Mapping[str, str]:
    """The headers that only one section has, of the sections whose place the layout tells, and that place."""
    sections = document("layout")[page].get("section", ())
    titles = {str(one["id"]): {column.header for column in section_columns(page, str(one["id"]))} for one in sections}
    return {
        header: str(one["place"])
        for one in sections
        if "place" in one
        for header in titles[one["id"]]
        if not any(header in others for name, others in titles.items() if name != one["id"])
    }


@cache
def _headers(page: str) -> Mapping[str, Column]:
    """The columns of all sections of a page by their headers."""
    sections = [str(section["id"]) for section in document("layout")[page].get("section", ())] or ["duty"]
    return {column.header: column for section in sections for column in section_columns(page, section)}
