"""A page laid out afresh in the open workbook: Excel copies it from a copy that has it, then its formulas are typed.

Copied formulas would point into that copy, so each is written over in Excel's own words. No clipboard is used.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from halfday_sync.errors import InUseError, SafetyError
from halfday_sync.workbook.live.batch import Batch
from halfday_sync.workbook.live.block import Box, Place, formulas, spot, values
from halfday_sync.workbook.live.patience import Patience
from halfday_sync.workbook.live.quiet import at_last
from halfday_sync.workbook.live.rows import box_of
from halfday_sync.workbook.live.words import Words
from halfday_sync.workbook.update.seen import Seen, Table, same

if TYPE_CHECKING:
    import xlwings.main as xw

_ALLOWED = (
    *("AllowFormattingCells", "AllowFormattingColumns", "AllowFormattingRows", "AllowInsertingColumns"),
    *("AllowInsertingRows", "AllowInsertingHyperlinks", "AllowDeletingColumns", "AllowDeletingRows"),
    *("AllowSorting", "AllowFiltering", "AllowUsingPivotTables"),
)
"""Arguments of Excel's `Worksheet.Protect` after the first five, in order; `Worksheet.Protection` gives them back."""
_AREA = re.compile(r"(\$?[A-Z]+\$?\d+:\$?[A-Z]+\$?)(\d+)")


@dataclass(frozen=True)
class Page:
    """A page to be laid out.

    Attributes:
        name: what its sheet is called.
        now, after: all that stands in the open workbook, and in the copy in which the page is laid out already.
        box: Halfday's rectangle; what stands beside and below it is people's.
    """

    name: str
    now: Seen
    after: Seen
    box: Box

    @cached_property
    def formulas(self) -> Mapping[Place, str]:
        """The formulas of the page, in the words of a file."""
        cells = self.after.sheets[self.name].cells
        _top, _left, bottom, right = self.box
        return {at: cell.formula for at, cell in cells.items() if cell.formula and at[0] <= bottom and at[1] <= right}

    @cached_property
    def tables(self) -> Sequence[Table]:
        """The tables on the page, as they should be."""
        return [table for table in self.after.tables.values() if table.sheet == self.name]


def refuse_what_cannot_move(book: "xw.Book", page: Page, patience: Patience) -> None:
    """Stops where laying a page out would lose or misplace something that only the closed file can carry along.

    Raises:
        InUseError: comments, notes, or tables in another place.
    """
    sheet = patience(lambda: book.sheets[page.name])
    remarks = patience(lambda: len(sheet.notes) + len(sheet.comments))
    if remarks:
        raise _closed(f"{page.name}: {remarks} comments, which stay with their pupil's row only in a closed workbook")
    for table in page.tables:
        there = page.now.tables.get(table.name)
        if there is None or (there.sheet, there.top, there.left) != (page.name, table.top, table.left):
            raise _closed(f"{page.name}: the table {table.name} moves to another place")


def _closed(problem: str) -> InUseError:
    return InUseError(
        "The tracker is open in Excel here, and this update needs it closed.",
        problems=[problem],
        now="Save and close the tracker. The next run brings it up to date.",
    )


def differences(book: "xw.Book", page: Page) -> int:
    """How many cells of the page are not as they were when the plan was made: somebody has just typed there."""
    held = values(spot(book.sheets[page.name], page.box))
    there = page.now.sheets[page.name]
    return sum(
        not there.at(row, column).formula and not same(value, there.at(row, column).value)
        for row, line in enumerate(held, 1)
        for column, value in enumerate(line, 1)
    )


@contextmanager
def unlocked(sheet: "xw.Sheet", patience: Patience) -> Iterator[None]:
    """A sheet without its protection for a moment; it comes back as it was, with what it allowed.

    Raises:
        SafetyError: somebody gave it a password.
    """
    api: Any = sheet.api
    if not patience(lambda: api.ProtectContents):
        yield
        return
    kept = [patience(getattr, api.Protection, name) for name in _ALLOWED]
    drawings, scenarios = patience(lambda: (api.ProtectDrawingObjects, api.ProtectScenarios))
    _without_password(api, sheet.name, patience)
    try:
        yield
    finally:
        at_last(patience, api.Protect, "", drawings, True, scenarios, False, *kept)


def _without_password(api: Any, name: str, patience: Patience) -> None:
    try:
        patience(api.Unprotect, "")  # with no argument at all Excel would ask the person in a box
    except InUseError:
        raise
    except Exception as fault:
        raise SafetyError(
            f"The sheet {name} is protected with a password that Halfday does not know.",
            now="Take the password off (Review, Unprotect Sheet), and run again.",
        ) from fault


def lay_out(batch: Batch, book: "xw.Book", source: "xw.Book", page: Page, words: Words) -> None:
    """The page, copied from the updated copy."""
    sheet, origin = book.sheets[page.name], source.sheets[page.name]
    cuts = _tables(batch, sheet, page)
    held = batch.patience(lambda: values(spot(sheet, page.box)))
    typed_in = batch.patience(lambda: formulas(spot(sheet, page.box)))
    before = tuple(tuple(zip(*pair, strict=True)) for pair in zip(held, typed_in, strict=True))
    places = {(r, c): cell for r, line in enumerate(before, 1) for c, cell in enumerate(line, 1)}
    restore = partial(Batch(batch.patience).write, sheet, places)
    for top, bottom in _bands(page.box[2], cuts):
        band = top, 1, bottom, page.box[3]
        batch.do(partial(spot(origin, band).copy, spot(sheet, band)), restore)
    batch.write(sheet, {at: (None, words[formula]) for at, formula in page.formulas.items()})
    _heights(batch, sheet, origin, page)
    grow_print_area(batch, sheet, batch.patience(lambda: origin.page_setup.print_area or ""))


def _tables(batch: Batch, sheet: "xw.Sheet", page: Page) -> list[int]:
    """Tables of the page over as many cells as in the copy; gives the rows where they begin."""
    cuts = []
    for table in page.tables:
        there = sheet.tables[table.name]
        before = batch.patience(box_of, there)
        after = table.top, table.left, table.bottom, table.right
        if before != after:
            batch.resize(there, sheet, after, before)
        cuts += [table.top, table.top + 1]
    return cuts


def _bands(bottom: int, cuts: list[int]) -> Iterator[tuple[int, int]]:
    """The rows in parts, none of which holds a whole table: copied in one piece, a table would become a second table.

    >>> list(_bands(9, [3, 4]))
    [(1, 2), (3, 3), (4, 9)]
    """
    starts = sorted({1, *(cut for cut in cuts if 1 < cut <= bottom)})
    yield from zip(starts, [start - 1 for start in starts[1:]] + [bottom], strict=True)


def _heights(batch: Batch, sheet: "xw.Sheet", origin: "xw.Sheet", page: Page) -> None:
    """Copying cells leaves the rows as high as they were."""
    now, wanted = (seen.sheets[page.name].heights for seen in (page.now, page.after))
    plain = [row for row in range(1, page.box[2] + 1) if row in now and row not in wanted]
    points = {row: height for row, height in wanted.items() if row <= page.box[2] and now.get(row) != height}
    if plain:
        usual = batch.patience(lambda: origin.range((plain[0], 1)).row_height)
        points |= dict.fromkeys(plain, usual) if usual else {}
    batch.heights(sheet, points)


def grow_print_area(batch: Batch, sheet: "xw.Sheet", wanted: str) -> None:
    """What is printed goes as far down as wanted, where it is the same columns; another choice of people's stays."""
    now = batch.patience(lambda: sheet.page_setup.print_area or "")
    there, other = _AREA.fullmatch(now), _AREA.fullmatch(wanted)
    if there and other and there[1] == other[1] and now != wanted:
        batch.change(sheet.page_setup, "print_area", wanted)
