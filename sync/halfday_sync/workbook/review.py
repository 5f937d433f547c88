"""The Review page: a list for each meeting, with a place for what is agreed. The sheet is the minutes."""

from collections.abc import Iterator

from halfday_sync.workbook.freshness import freshness
from halfday_sync.workbook.layout import document, grid, number
from halfday_sync.workbook.review_checkin import check_in
from halfday_sync.workbook.review_families import family_rows
from halfday_sync.workbook.review_groups import groups
from halfday_sync.workbook.review_half_term import caseload, half_term, is_near, review_day
from halfday_sync.workbook.review_impact import impact
from halfday_sync.workbook.review_rows import is_caseload
from halfday_sync.workbook.review_weekly import weekly
from halfday_sync.workbook.school_words import school_words
from halfday_sync.workbook.sections import Section, draw
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.styles import stage_words
from halfday_sync.workbook.view import View

_HOW = (
    "What you choose under Agreed is kept on Minutes, with the day, who does it and by when. "
    "At the next meeting the cells are empty again, and it stands under Last agreed."
)
_OTHERS = ("termly", "yearly")


def write(sheet: Sheet, view: View) -> None:
    """The Review page."""
    widths = dict(grid("review"))
    key_at, last = number(document("layout")["review"]["key"]), max(widths)
    sheet.widths(widths)
    sheet.ws.set_column(key_at, key_at, 12, None, {"hidden": True})
    sheet.ws.hide_gridlines(2)
    sheet.say("Review: for the meetings", "title", tall=30)
    freshness(sheet, view, last)
    sheet.say(school_words(view))
    sheet.say(_HOW, "quiet")
    sheet.skip(10)
    heads = -1
    for section in sections(view):
        first, end = draw(sheet, section, last, key_at)
        if end >= first:
            _colours(sheet, view, section, first, end)
            heads = first - 1 if heads < 0 and _has_cells(section) else heads
    if others := [one.title for one in view.policy.meetings if one.cadence in _OTHERS and not is_caseload(one)]:
        sheet.say(f"Other meetings of the policy: {'; '.join(others)}. Write what they agree on Minutes.", "quiet")
    sheet.ws.repeat_rows(max(heads, 0))  # the heads of the lists, on every page that is printed after them
    sheet.ws.print_area(0, 0, sheet.row, last)
    sheet.protect()


def sections(view: View) -> tuple[Section, ...]:
    """The sections of the page, in the order of the meetings."""
    return tuple(_in_order(view))


def _in_order(view: View) -> Iterator[Section]:
    yield check_in(view)
    yield weekly(view)
    yield from groups(view, "weekly")
    yield from half_term(view)
    day = review_day(view.calendar, view.today)
    near = day is not None and is_near(view, day)
    if near:
        yield from groups(view, "half-termly")
    yield from caseload(view)
    yield from family_rows(view)
    if near:
        yield from impact(view)  # "What worked" is a matter of the review


def _has_cells(section: Section) -> bool:
    return any(column.key == "agreed" for column in section.columns)


def _colours(sheet: Sheet, view: View, section: Section, first: int, end: int) -> None:
    """Soft colours behind stages in words."""
    for column in section.columns:
        if column.key == "stage" and section.id != "families":  # a family has several
            for word, look in stage_words(sheet.styles, len(view.policy.stages)).items():
                rule = {"type": "text", "criteria": "ends with", "value": word, "format": look}
                sheet.ws.conditional_format(first, column.at, end, column.at, rule)
