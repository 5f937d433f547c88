"""The About page: how fresh the workbook is, who fills in what, how to read it, and what Halfday never does."""

from collections.abc import Iterator
from datetime import date, datetime

from halfday.printing import counted
from halfday_sync.workbook.freshness import freshness
from halfday_sync.workbook.layout import STAFF, document, grid, section_columns, table_columns
from halfday_sync.workbook.sections import Line, Section, draw, heading
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.view import View

_LAST = 2
_TABLES = ("tracker", "actions", "contacts", "decisions")
_READING = (
    ("Session", "Half a school day. A day away is two sessions."),
    (
        "Attendance",
        "Sessions attended out of those possible since the start of the school year. Rounded for print only.",
    ),
    ("Stage", "The step of the school's own policy. It rises at once and comes down at the half-term review."),
    ("N", "The reason is not known yet. It counts as unauthorised until somebody finds the reason."),
    (
        "PA",
        "Persistently absent: 10% or more of sessions missed. A national measure, apart from the school's bands.",
    ),
    ("Grey headers", "Halfday fills these columns in, every morning."),
    (
        "If you change a grey cell",
        "It stays as you left it, and Today lists it. Clear the cell: Halfday's own value comes back on its next run.",
    ),
    ("Italics in a dashed frame", "Somebody is trying another policy on the Policy page. Nothing is adopted by that."),
    ("Pale yellow headers with a pencil", "These columns are yours. Halfday never changes what is in them."),
    (
        "What you type there",
        "Halfday reads and keeps it on its next run; from then on it counts. To take something back, clear the cell.",
    ),
    (
        "Ticks and notes on Today",
        "They are kept, too: what was due on Actions; calls, visits and reasons on Contacts.",
    ),
    (
        "What a meeting agrees on Review",
        "It is kept on Minutes, and stands on Today when it is due. Step down is a review of that child on that day.",
    ),
    (
        "New rows on Contacts and Decisions",
        "Type in the first free row. The pupil's name, and what became of a decision, stand there after the next run.",
    ),
)
_CLOCKS = {"Read on": ("=TODAY()", "=Today"), "Read at": ("=NOW()", "=LastChecked")}
"""When the page is read: by the clock of the computer, or as of the page."""
_NEVER = (
    "Halfday never sends a letter, a message or a referral. A person does.",
    "Halfday never changes a mark. Marks are amended in the MIS.",
    "Halfday never changes what you typed, coloured or added.",
    "Halfday never decides about a child. It counts, and says what the policy asks.",
    "Sort and filter the Tracker as you like: notes stay with their pupil.",
)


def write(sheet: Sheet, view: View) -> None:
    """The About sheet."""
    sheet.widths(grid("about"))
    sheet.ws.hide_gridlines(2)
    sheet.say(f"About this workbook: {view.school}", "title", tall=30)
    freshness(sheet, view, _LAST)
    sheet.skip(10)
    _facts(sheet, view)
    heading(sheet, "How to read it", _LAST)
    for word, meaning in _READING:
        sheet.ws.write_string(sheet.row, 0, word, sheet.styles("strong"))
        sheet.say(meaning, column=1)
    sheet.skip(14.5)
    heading(sheet, "What Halfday never does", _LAST)
    for sentence in _NEVER:
        sheet.say(sentence)
    sheet.skip(14.5)
    for name in _TABLES:
        title = f"Who fills in which column: {document('layout')[name]['title']}"
        draw(sheet, Section(title, section_columns("about", "columns"), list(_owners(name))), _LAST)
    sheet.ws.print_area(0, 0, sheet.row, _LAST)
    sheet.ws.protect("", {"format_columns": True, "format_rows": True})


def _owners(name: str) -> Iterator[Line]:
    for column in table_columns(name):
        if column.hidden:
            continue
        owner = "You" if column.owner == STAFF else "Halfday"
        yield Line({"title": column.header, "owner": owner, "help": column.help})


def _facts(sheet: Sheet, view: View) -> None:
    heading(sheet, "This copy", _LAST)
    for name, value, num in facts(view):
        sheet.ws.write_string(sheet.row, 0, name, sheet.styles("strong"))
        if name in _CLOCKS:
            sheet.formula(sheet.row, 1, _CLOCKS[name][not view.live], value, sheet.styles("words", num))
        elif isinstance(value, str) or value is None:
            sheet.ws.write_string(sheet.row, 1, value or "", sheet.styles("words"))
        else:
            sheet.put(sheet.row, 1, value, sheet.styles("words", num))
        sheet.skip(22)
    sheet.skip(14.5)


def facts(view: View) -> Iterator[tuple[str, str | int | date | datetime | None, str]]:
    """What there is to say about this copy: name, value, number format. The order is that of the named cells."""
    counts = view.counts
    new, joined = counted(counts.added, "mark"), counted(counts.joined, "pupil")
    run = f"{new} new, {counts.amended:,} amended; {joined} joined, {counts.left} left"
    yield "Today", view.today, "long"
    yield "Read on", view.today, "long"
    yield "Read at", view.last_checked, "moment"
    yield "Marks up to", view.marks_until, "long"
    yield "Last checked", view.last_checked, "moment"
    yield "Last changed", view.last_changed, "moment"
    yield "Where the marks come from", view.source, ""
    yield "Last run", run, ""
    yield "Pupils", len(view.outcomes), "whole"
    yield "Policy", f"{view.policy.school.name} ({view.policy.id})", ""
    yield "Policy's fingerprint", view.policy.fingerprint, ""
    yield "Halfday", f"version {view.version}", ""


def names(view: View) -> dict[str, str]:
    """The cells of this page that others read, by name."""
    first = 6  # title, freshness, sentence, gap, heading
    rows = {name: first + at for at, (name, _value, _num) in enumerate(facts(view))}
    wanted = {"Today": "Today", "Clock": "Read on", "Moment": "Read at", "LastChecked": "Last checked"}
    return {name: f"=About!$B${rows[said]}" for name, said in wanted.items()}
