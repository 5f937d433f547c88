"""A page laid out afresh inside a workbook that people work in: our rectangle is new, all else stays to the byte."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.lint_sheet import Box
from halfday_sync.workbook.package import MAIN, WORKBOOK, Package
from halfday_sync.workbook.update import file_parts, page_comments, page_names
from halfday_sync.workbook.update.frame import Frame
from halfday_sync.workbook.update.looks import Looks
from halfday_sync.workbook.update.own_page import OwnPage, Place, sheet_part
from halfday_sync.workbook.update.page_keys import Keyed, formats
from halfday_sync.workbook.update.page_links import link
from halfday_sync.workbook.update.page_ranges import Over, Renamed, ask, colour, merge
from halfday_sync.workbook.update.page_rows import Special, laid_out
from halfday_sync.workbook.update.page_settings import set_up, tree_of
from halfday_sync.workbook.update.page_tables import Titles, Where, lay_tables
from halfday_sync.workbook.update.rows import SheetRows, cells


@dataclass(frozen=True)
class PageParts:
    """What laying out a page changes in a file. The formats are in the `Looks` that were given.

    Attributes:
        parts: changed and new parts.
        gone: parts that go.
        area: the rectangle that was laid out.
        names: names of the workbook that lead to the page, with what they are to refer to (without `=`).
        printed: names of the sheet's own, likewise (`_xlnm.Print_Area`).
    """

    parts: Mapping[str, bytes]
    gone: frozenset[str]
    area: Box
    names: Mapping[str, str] = field(default_factory=dict)
    printed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PageName:
    """A page: what the fresh workbook calls it, and what people call it now."""

    fresh: str
    now: str


@dataclass(frozen=True)
class Terms:
    """How people call things.

    Attributes:
        renamed: makes a formula or a reference of the fresh workbook one in people's terms.
        titles: headers of tables by table and fresh title. Headers of tables on the page keep what people call them.
    """

    renamed: Renamed = str
    titles: Titles = field(default_factory=dict)


def lay_out(
    now: Package, fresh: Package, sent: Package | None, page: PageName, looks: Looks, terms: Terms | None = None
) -> PageParts:
    """A page of the fresh workbook, laid out inside the workbook that people work in.

    Args:
        now: the workbook that people work in.
        fresh: the workbook as it would be if nobody had touched it.
        sent: the same, as it was when Halfday wrote last; `None` where nobody knows.
        page: the page.
        looks: formats of `now` and `fresh`; those that the page needs are added there.
        terms: how people call things.

    Raises:
        SafetyError: the page cannot be laid out with certainty; the sentence says what to put right.
    """
    terms = terms or Terms()
    part = sheet_part(now, page.now)
    there = SheetRows.of(now.parts[part], page.now)
    ours, before = OwnPage(fresh, page.fresh), OwnPage.of(sent, page.fresh)
    frame = Frame(there, part)
    over = Over(ours, before, _area(now, page.now, there, ours, before), looks, terms.renamed)
    column = (before.key_column if before else 0) or ours.key_column
    keyed = Keyed(there, now.strings, column, over.area.right)
    moves = page_comments.moves(page_comments.places(now, part), keyed, ours)
    tables = lay_tables(Where(now, part, page.now), frame, over, terms.titles)
    set_up(frame, tree_of(frame), ours, before, looks, over.area)
    for renew in (merge, colour, ask):
        renew(frame, over)
    link(frame, over, keyed)
    rows = laid_out(there, over, Special(formats(keyed, ours, before, looks), tables.headers), page.now)
    parts = {part: frame.done(rows), **tables.parts, **page_comments.moved(now, part, moves)}
    parts |= file_parts.with_kinds(now, tables.kinds)
    chain, gone = file_parts.calculated(now.with_parts(parts), _sheet_id(now, page.now), _formulas(rows))
    return PageParts(
        parts | chain,
        gone,
        over.area,
        page_names.wanted(ours, terms.renamed),
        page_names.printed(now, page.now, ours, before, terms.renamed),
    )


def _area(now: Package, sheet: str, there: SheetRows, fresh: OwnPage, sent: OwnPage | None) -> Box:
    """The rectangle of a page: all that was written there last, and all that is to be written."""
    if not fresh.cells:
        raise SafetyError(
            f"The page {fresh.name} would be empty.", now="Send this message to whoever looks after Halfday."
        )
    right = max(fresh.right, sent.right if sent else 0)
    last = max(fresh.bottom, page_names.bottom(now, sheet, fresh, sent))
    if sent is None:
        last = max(last, *Keyed(there, now.strings, fresh.key_column, right).rows, 0)
    return Box(1, 1, right, last)


def _sheet_id(now: Package, sheet: str) -> int:
    rows = now.trees[WORKBOOK].iter(f"{MAIN}sheet")
    return next(int(row.get("sheetId", "0")) for row in rows if row.get("name") == sheet)


def _formulas(rows: SheetRows) -> frozenset[Place]:
    """The cells of a sheet that hold a formula."""
    some = ((at, row) for at, row in rows.rows.items() if b"<f" in row)
    return frozenset((at, column) for at, row in some for column, cell in cells(row) if b"<f" in cell)
