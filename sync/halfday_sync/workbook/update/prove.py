"""Proves an update from its result: an independent look at both files, after which only what was planned may differ."""

import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from zipfile import BadZipFile

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import Package
from halfday_sync.workbook.update.cell import formula_of
from halfday_sync.workbook.update.plan import Plan, TablePlan
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.rows import SheetRows, cells
from halfday_sync.workbook.update.seen import Seen, Sheet, same
from halfday_sync.workbook.update.splice import fits_any_row


@dataclass(frozen=True)
class Claim:
    """What an update says that it changed.

    Attributes:
        plan: the plan.
        parts: every part that was changed or added.
        gone: parts that are not there any more.
        pages: by sheet as it is called now, the last column and the last row that were laid out afresh.
    """

    plan: Plan
    parts: Collection[str]
    gone: Collection[str] = ()
    pages: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def prove(old: Package, after: bytes, claim: Claim) -> None:
    """Stops unless the file after the update differs from the one before in what was planned, and in nothing else.

    Raises:
        SafetyError: it does, or it has faults that the one before had not; every difference is named by its place.
    """
    new = opened(after)
    problems = list(_parts(old, new, claim))
    if not problems:
        problems += _cells(old, new, claim)
        problems += _new_faults(old.data, after)
    if problems:
        raise SafetyError(
            "The updated tracker is not as it was planned.",
            problems=problems[:50],
            done="The workbook was left as it was.",
            now="Send this message to whoever looks after Halfday.",
        )


def _parts(old: Package, new: Package, claim: Claim) -> Iterator[str]:
    kept = [name for name in old.names if name not in claim.gone]
    if list(new.names)[: len(kept)] != kept:
        yield "the parts of the file are not in their order"
    for name in sorted(set(new.names) - set(old.names) - set(claim.parts)):
        yield f"{name}: nobody planned this part"
    told, is_now = ({info.filename: info for info in p.parts.archive.infolist()} for p in (old, new))
    for name in kept:
        if name not in is_now:
            yield f"{name}: this part is lost"
        elif name not in claim.parts and _sum(told[name]) != _sum(is_now[name]):
            yield f"{name}: this part changed"
    for name in is_now:
        try:
            new.parts.archive.read(name)
        except (BadZipFile, zlib.error):
            yield f"{name}: this part cannot be read back"


def _sum(info: object) -> tuple[object, object]:
    return getattr(info, "CRC", None), getattr(info, "file_size", None)


def _cells(old: Package, new: Package, claim: Claim) -> Iterator[str]:
    was, now = seen(old), seen(new)
    tables = {table.sheet: table for table in claim.plan.tables}
    for name, sheet in was.sheets.items():
        if name not in now.sheets:
            yield f"{name}: this sheet is lost"
            continue
        if sheet.part not in claim.parts or not sheet.part.startswith("xl/worksheets/"):
            continue
        before, after = (SheetRows.of(p.parts[sheet.part], name) for p in (old, new))
        if name in claim.pages:
            yield from _outside(name, before, after, *claim.pages[name])
        elif name in tables:
            planned = _places(tables[name], was, claim.plan) | _spelled_out(sheet, now.sheets[name], before, after)
            yield from _unplanned(name, before, after, planned)
            yield from _written(tables[name], now)
        else:
            yield from _unplanned(name, before, after, frozenset())


def _places(plan: TablePlan, was: Seen, whole: Plan) -> frozenset[tuple[int, int]]:
    """Where the plan writes: its cells, and the whole width of new rows, with the columns that are added."""
    table = was.tables[plan.name]
    right = table.right + len(whole.columns.get(plan.name, ()))
    found = {(write.row, write.column) for write in plan.writes}
    for at, new in enumerate(plan.appended, table.bottom + 1):
        found |= {(at, column) for column in range(table.left, right + 1)}
        found |= {(at, write.column) for write in new.writes}
    return frozenset(found)


def _spelled_out(was: Sheet, now: Sheet, before: SheetRows, after: SheetRows) -> frozenset[tuple[int, int]]:
    """Cells that took their formula from another cell and have it for themselves now: they say the same as before."""
    found = set()
    for at in before.rows.keys() & after.rows.keys():
        if b't="shared"' in before.rows[at] and before.rows[at] != after.rows[at]:
            other = dict(cells(after.rows[at]))
            for column, cell in cells(before.rows[at]):
                formula = was.at(at, column).formula
                is_same = formula == now.at(at, column).formula and fits_any_row(formula)
                if is_same and _without_formula(cell) == _without_formula(other.get(column, b"")):
                    found.add((at, column))
    return frozenset(found)


def _without_formula(cell: bytes) -> bytes:
    found = formula_of(cell)
    return cell.replace(found.whole, b"<f/>", 1) if found else cell


def _unplanned(name: str, before: SheetRows, after: SheetRows, planned: Collection[tuple[int, int]]) -> Iterator[str]:
    for at in sorted(before.rows.keys() | after.rows.keys()):
        row, other = before.rows.get(at, b""), after.rows.get(at, b"")
        if row == other:
            continue
        was, now = dict(cells(row)) if row else {}, dict(cells(other)) if other else {}
        for column in sorted(was.keys() | now.keys()):
            if was.get(column) != now.get(column) and (at, column) not in planned:
                yield f"{name}!{letters(column - 1)}{at}: nobody planned to change this cell"


def _outside(name: str, before: SheetRows, after: SheetRows, right: int, bottom: int) -> Iterator[str]:
    """Cells beside and below the part of a page that is laid out afresh."""
    inside = {
        (at, column)
        for rows in (before.rows, after.rows)
        for at, row in rows.items()
        for column, _xml in cells(row)
        if column <= right and at <= bottom
    }
    yield from _unplanned(name, before, after, inside)


def _written(plan: TablePlan, now: Seen) -> Iterator[str]:
    """What was planned, and does not stand there."""
    sheet, table = now.sheets[plan.sheet], now.tables[plan.name]
    first = table.bottom - table.totals - len(plan.appended) + 1
    writes = [*plan.writes, *(write for new in plan.appended for write in new.writes)]
    for write in writes:
        cell = sheet.at(write.row, write.column)
        if not same(cell.value, write.value) or bool(cell.formula) != bool(write.formula):
            yield f"{plan.sheet}!{letters(write.column - 1)}{write.row}: does not say what was planned"
    if any(write.row not in range(first, table.bottom + 1) for new in plan.appended for write in new.writes):
        yield f"{plan.sheet}: the table does not reach its new rows"


def _new_faults(before: bytes, after: bytes) -> Iterator[str]:
    found = Counter(lint(after))
    if found:
        yield from (found - Counter(lint(before))).elements()
