"""Columns that a page has no longer, such as last year's half terms, and the formulas in which they are still named.

A formula that names a column which is not there makes Excel offer to repair the whole workbook.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from halfday_sync.workbook.layout import letters
from halfday_sync.workbook.structured import alike, columns_used
from halfday_sync.workbook.update.plan import TablePlan
from halfday_sync.workbook.update.seen import Seen, Sheet

_Place = tuple[int, int]
_Named = tuple[str, str]


@dataclass(frozen=True)
class Gone:
    """Columns that go when pages are laid out afresh.

    Attributes:
        columns: by table and title, as `alike` has them: the sheet as it is called now, and the title.
        areas: by sheet, the last row and the last column of ours: what stands within is laid out afresh.
        names: names of the workbook that are ours.
    """

    columns: Mapping[_Named, tuple[str, str]] = field(default_factory=dict)
    areas: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    names: Collection[str] = ()

    @classmethod
    def of(cls, now: Seen, fresh: Seen, sent: Seen | None, pages: Mapping[str, str]) -> "Gone":
        """Those of pages: what each is called in the fresh workbook, and now (empty: it is not there)."""
        there = {alike(table.name): table for table in now.tables.values()}
        areas = {called: _area(name, fresh, sent) for name, called in pages.items() if called}
        columns: dict[_Named, tuple[str, str]] = {}
        for table in fresh.tables.values():
            was, called = there.get(alike(table.name)), pages.get(table.sheet, "")
            if not called or was is None or was.sheet != called:
                continue
            kept = {alike(column.title) for column in table.columns}
            for column in was.columns:
                if alike(column.title) not in kept and column.at <= areas[called][1]:
                    columns[alike(table.name), alike(column.title)] = (called, column.title)
        return cls(columns, areas, frozenset(fresh.names))

    def named_in(self, formula: str) -> tuple[str, str] | None:
        """The sheet and the title of the first such column in a formula; nothing where there is none."""
        if not self.columns or not formula:
            return None
        return next((self.columns[one] for one in sorted(columns_used(formula)) if one in self.columns), None)

    def named_by_people(self, now: Seen, tables: Collection[TablePlan]) -> Iterator[str]:
        """What people should put right: formulas of theirs that name such a column, one line for each column of cells.

        Args:
            now: the workbook.
            tables: what is going to be written.
        """
        if not self.columns:
            return
        written = {(plan.sheet, write.row, write.column) for plan in tables for write in plan.writes}
        for name, sheet in now.sheets.items():
            places = {one for one in self._places(sheet) if (name, *one[0]) not in written}
            yield from _lines(name, places)
        for name, text in now.names.items():
            if name not in self.names and (found := self.named_in(text)):
                yield _sentence(f"The name {name}", found, "it")

    def _places(self, sheet: Sheet) -> Iterator[tuple[_Place, tuple[str, str]]]:
        bottom, right = self.areas.get(sheet.name, (0, 0))
        for (row, column), cell in sheet.cells.items():
            if (row > bottom or column > right) and (found := self.named_in(cell.formula)):
                yield (row, column), found


def _area(name: str, fresh: Seen, sent: Seen | None) -> tuple[int, int]:
    books = [book.sheets[name] for book in (fresh, sent) if book is not None and name in book.sheets]
    places = [place for sheet in books for place in sheet.cells]
    return max((row for row, _column in places), default=0), max((column for _row, column in places), default=0)


def _lines(sheet: str, places: Collection[tuple[_Place, tuple[str, str]]]) -> Iterator[str]:
    first: dict[tuple[int, tuple[str, str]], list[int]] = {}
    for (row, column), found in sorted(places):
        first.setdefault((column, found), []).append(row)
    for (column, found), rows in first.items():
        more = f" and {len(rows) - 1} more below" if len(rows) > 1 else ""
        yield _sentence(f"{sheet}!{letters(column - 1)}{rows[0]}{more}", found, "the formula")


def _sentence(where: str, found: tuple[str, str], what: str) -> str:
    page, title = found
    uses = "use" if where.endswith("below") else "uses"
    return (
        f"{where} {uses} the column {' '.join(title.split())!r}, which the sheet {page} has no longer. "
        f"Change {what}, or keep its value only."
    )
