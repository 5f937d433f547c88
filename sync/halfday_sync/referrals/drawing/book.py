"""A pack as a workbook: values only. No formula, no link, nothing hidden, no property but what the pack says.

The same pack gives the same bytes. Words stay words whatever they look like.
"""

from datetime import datetime
from io import BytesIO
from typing import Any

from halfday_sync.referrals.content import Boxes, Grid, Pack, Sheet, Table
from halfday_sync.referrals.drawing import look
from halfday_sync.referrals.drawing.blocks import draw
from halfday_sync.referrals.drawing.page import DIGIT, Page, edges, font

_A4, _MARGIN, _HEAD_MARGIN = 9, 0.55, 0.75
_TITLE_ROWS = 2
"""The first rows stay in sight: which sheet, and whose."""
_HEADING_SPACE = 12
"""No more rows than these may stand above headings that are to stay in sight."""
_HEAD_MOST = 250
"""Excel takes 255 signs of a page's header or footer."""


def book(pack: Pack) -> bytes:
    """The pack as the bytes of an `.xlsx`: a sheet for each of its sheets, each ready to print on A4."""
    import xlsxwriter  # noqa: PLC0415, TID251  (a door of its own: nobody works in this file)

    out = BytesIO()
    as_words = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(out, {"in_memory": True, "default_format_properties": font(), **as_words})
    created = datetime(pack.made_on.year, pack.made_on.month, pack.made_on.day)  # noqa: DTZ001  (a file's date has no zone)
    workbook.set_properties({"title": look.plain(pack.title), "company": look.plain(pack.school), "created": created})
    formats: dict[Any, Any] = {}
    for sheet in pack.sheets:
        _write(workbook, formats, pack, sheet)
    workbook.close()
    return out.getvalue()


def _write(workbook: Any, formats: dict[Any, Any], pack: Pack, sheet: Sheet) -> None:
    whole = look.LYING if look.is_wide(sheet) else look.UPRIGHT
    page = Page(workbook, workbook.add_worksheet(sheet.title), edges(sheet, whole), formats)
    _set_up(page, pack, sheet)
    _title(page, pack, sheet)
    page.ws.freeze_panes(_TITLE_ROWS, 0)
    tables = [block for block in sheet.blocks if isinstance(block, Table | Grid)]
    for block in sheet.blocks:
        page.begin()
        headings = draw(page, block)
        if headings and len(tables) == 1 and headings[1] <= _HEADING_SPACE:
            page.ws.freeze_panes(headings[1] + 1, 0)
        if headings and page.is_long and block is tables[-1]:
            page.repeat(headings)
        page.end(whole=isinstance(block, Grid | Boxes) or (isinstance(block, Table) and not page.is_long))
    page.ws.set_h_pagebreaks(page.breaks)
    page.ws.print_area(0, 0, page.row - 2, page.last)  # without the space below the last block
    page.ws.ignore_errors({"number_stored_as_text": _area(page)})


def _area(page: Page) -> str:
    from xlsxwriter.utility import xl_range  # noqa: PLC0415, TID251  (as above)

    return str(xl_range(0, 0, page.row, page.last))


def _title(page: Page, pack: Pack, sheet: Sheet) -> None:
    """Which sheet, whom it is about, and what of: the first lines of each sheet."""
    page.line(sheet.title, "title")
    page.line(pack.about, "strong")
    page.line(f"{pack.title}. {pack.school}. {look.made(pack)}.", "quiet")
    if pack.is_draft:
        page.line(look.DRAFT, "warning")
    page.space()


def _set_up(page: Page, pack: Pack, sheet: Sheet) -> None:
    ws = page.ws
    ws.hide_gridlines(2)
    ws.set_paper(_A4)
    if look.is_wide(sheet):
        ws.set_landscape()
    ws.set_margins(left=_MARGIN, right=_MARGIN, top=_HEAD_MARGIN, bottom=_HEAD_MARGIN)
    ws.fit_to_pages(1, 0)
    draft = f"&B&12{look.DRAFT.partition(':')[0]}&B   " if pack.is_draft else ""
    ws.set_header(_parted("&L{}&R{}", pack.school, pack.about))
    ws.set_footer(_parted(f"&L{{}}&R{draft}&9Page &P of &N", look.made(pack)))
    for at, (left, right) in enumerate(zip(page.edges, page.edges[1:], strict=False)):
        ws.set_column_pixels(at, at, round(right * DIGIT) - round(left * DIGIT))


def _parted(form: str, *said: str) -> str:
    """A header with words in it: as long as Excel takes, an & as a sign of its own."""
    room = (_HEAD_MOST - len(form)) // len(said)
    return form.format(*("&9 " + _cut(" ".join(look.plain(one).split()), room - 3).replace("&", "&&") for one in said))


def _cut(text: str, most: int) -> str:
    room = most - text.count("&")
    return text if len(text) <= room else f"{text[: room - 1]}…"
