"""A tracker between two mornings, changed to the byte as people's programs might leave it, for tests of updates."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from tests.grafting import TERMS, view

from halfday_sync.entries import TRACKER
from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.flavour import Flavour
from halfday_sync.workbook.lint_sheet import box
from halfday_sync.workbook.package import Package, rewritten
from halfday_sync.workbook.update.planning import Wishes
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.rows import SheetRows, spliced
from halfday_sync.workbook.update.seen import Cell
from halfday_sync.workbook.update.updating import Sent, Updated, stamped, updated

MONDAY, TUESDAY, SEPTEMBER = date(2025, 10, 13), date(2025, 10, 14), date(2026, 9, 8)
NEW_TERMS = "2026-09-01 to 2026-10-23 school\n2026-11-02 to 2026-12-18 school"
PUPILS = 5


@cache
def built(pupils: int = PUPILS, today: date = MONDAY) -> bytes:
    """The tracker as Halfday makes it: of the old school year, or of the next one."""
    return tracker_bytes(view(pupils, today, NEW_TERMS if today == SEPTEMBER else TERMS), Flavour())


@cache
def sent() -> tuple[bytes, Sent]:
    """Monday's tracker as it is put in place, and what the store keeps of it."""
    data, _stamp, noted = stamped(built())
    return data, Sent(Package.of(built()), noted)


def brought(before: bytes, pupils: int = PUPILS, today: date = TUESDAY, wishes: Wishes | None = None) -> Updated:
    """What another morning makes of a tracker that was Monday's; it has proved itself."""
    made = updated(opened(before), Package.of(built(pupils, today)), sent()[1], wishes or Wishes())
    made.prove(opened(before), made.data)
    return made


def part_of(data: bytes, sheet: str) -> str:
    """The part of a sheet."""
    return dict(Package.of(data).sheets)[sheet]


def with_cells(data: bytes, sheet: str, new: Mapping[str, str]) -> bytes:
    """A file with cells whose inner XML is this, by place; their look goes."""
    part = part_of(data, sheet)
    rows = SheetRows.of(Package.of(data).parts[part])
    made = dict(rows.rows)
    for place, inner in new.items():
        at = box(place)
        kind = ' t="inlineStr"' if "<is>" in inner else ""
        there = made.get(at.top, f'<row r="{at.top}"></row>'.encode())
        made[at.top] = spliced(there, {at.left: f'<c r="{place}"{kind}>{inner}</c>'.encode()})
    return rewritten(data, {part: SheetRows(rows.head, rows.tail, made).data()})


def words(text: str) -> str:
    """The inner XML of a cell with a text."""
    return f"<is><t>{text}</t></is>"


def replaced(data: bytes, part: str, old: str, new: str, times: int = 1) -> bytes:
    """A file with other words in a part."""
    xml = Package.of(data).parts[part].decode()
    assert old in xml
    return rewritten(data, {part: xml.replace(old, new, times).encode()})


def tracker(data: bytes) -> dict[str, dict[str, Cell]]:
    """The rows of the Tracker by pupil: cells by title."""
    book = seen(Package.of(data))
    table = book.tables[TRACKER]
    sheet = book.sheets[table.sheet]
    rows = [{column.title: sheet.at(row, column.at) for column in table.columns} for row in table.rows]
    return {str(row["Pupil ID"].value or ""): row for row in rows}
