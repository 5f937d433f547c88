"""The page that is read at eight in the morning: who, why, what now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from halfday_sync.workbook.freshness import freshness
from halfday_sync.workbook.layout import document, grid, letters, number
from halfday_sync.workbook.school_words import school_words
from halfday_sync.workbook.sections import Section, draw
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.slt_rows import slt_agreed
from halfday_sync.workbook.styles import stage_words
from halfday_sync.workbook.today_agreed import agreed
from halfday_sync.workbook.today_calls import calls, known, visits
from halfday_sync.workbook.today_changes import changes, later_changes, moved
from halfday_sync.workbook.today_due import due, steps
from halfday_sync.workbook.today_duties import duties
from halfday_sync.workbook.today_edits import edits
from halfday_sync.workbook.today_housekeeping import kept, old_n, problems
from halfday_sync.workbook.today_idle import idle_section
from halfday_sync.workbook.today_letters import letters as letters_to_approve
from halfday_sync.workbook.today_plans import plans
from halfday_sync.workbook.today_referrals import referrals
from halfday_sync.workbook.today_reviews import reviews
from halfday_sync.workbook.today_tell import tell
from halfday_sync.workbook.tracker_link import place_formula
from halfday_sync.workbook.view import View


def write(sheet: Sheet, view: View) -> None:
    """The Today page."""
    widths = dict(grid("today"))
    key_at = number(document("layout")["today"]["key"])
    sheet.widths(widths)
    sheet.ws.set_column(key_at, key_at, 12, None, {"hidden": True})
    last = max(widths)
    sheet.ws.hide_gridlines(2)
    sheet.say(f"Today: {view.today:%A} {view.today.day} {view.today:%B %Y}", "title", tall=30)
    freshness(sheet, view)
    sheet.say(school_words(view))
    figures_at = sheet.row
    sheet.row += 2
    sheet.skip(10)
    shown = sections(view)
    starts = {}
    for section in shown:
        starts[section.id] = sheet.row
        first, end = draw(sheet, section, last, key_at)
        _colours(sheet, view, section, first, end)
    _figures(sheet, view, figures_at, {section.id: section for section in shown}, starts)
    sheet.ws.print_area(0, 0, sheet.row, last)
    sheet.protect()


def _figures(sheet: Sheet, view: View, at: int, shown: Mapping[str, Section], starts: Mapping[str, int]) -> None:
    """The summary in big numbers; the words below each lead to its section."""
    away, (changed, by_old_marks) = len(view.morning.calls), moved(view)
    only = changed > 0 and by_old_marks == changed
    old = " (from old marks)" if only else f" ({by_old_marks} from old marks)" if by_old_marks else ""
    to_approve = shown["letters"].count + shown["steps"].count
    figures = [
        ("B", away, "away without a reason", "", "visits" if shown["visits"].count else "calls"),
        ("D", changed, f"change of stage{old}", f"changes of stage{old}", "edited" if only else "changes"),
        ("F", shown["visits"].count, "to ring first, visit or check", "", "visits"),
        ("G", to_approve, "letter or step to approve", "letters or steps to approve", "letters"),
        ("H", len(view.morning.old_n), "old mark, no reason", "old marks, no reason", "old_n"),
    ]
    if "problems" in shown:
        figures.append(("I", shown["problems"].count, "to put right", "", "problems"))
    for letter, count, one, many, section in figures:
        column = number(letter)
        words = one if count == 1 or not many else many
        sheet.ws.write_number(at, column, count, sheet.styles("figure", "whole"))
        cell = f"{letters(0)}{starts[section] + 1}"
        sheet.formula(at + 1, column, place_formula(cell, words), words, sheet.styles("link"))
    sheet.ws.set_row(at, 30)


def _colours(sheet: Sheet, view: View, section: Section, first: int, end: int) -> None:
    """Soft colours behind stages in words."""
    if end < first:
        return
    for column in section.columns:
        if column.key not in {"change", "stage"}:
            continue
        for word, look in stage_words(sheet.styles, len(view.policy.stages)).items():
            rule = {"type": "text", "criteria": "ends with", "value": word, "format": look}
            sheet.ws.conditional_format(first, column.at, end, column.at, rule)


def sections(view: View) -> tuple[Section, ...]:
    """The sections of the page, numbered; where one speaks of another, it gives that one's number."""
    found = list(_in_order(view))
    numbers = {section.id: f"section {at}" for at, section in enumerate(found, 1)}
    numbers["chase"] = f" The marks are listed in {numbers['problems']}." if "problems" in numbers else ""
    return tuple(
        replace(section, heading=f"{at}   {section.heading}", notes=_with_numbers(section.notes, numbers))
        for at, section in enumerate(found, 1)
    )


def _with_numbers(notes: Sequence[str], numbers: Mapping[str, str]) -> tuple[str, ...]:
    said = list(notes)
    for name, at in numbers.items():
        said = [note.replace(f"[{name}]", at) for note in said]
    return tuple(said)


def _in_order(view: View) -> Iterator[Section]:
    """In the order of a morning. Those that are rare are not shown when they are empty."""
    yield changes(view)
    yield visits(view)
    yield calls(view)
    yield from known(view)
    yield from tell(view)
    yield from reviews(view)
    yield from referrals(view)
    yield from plans(view)
    yield from slt_agreed(view)
    yield letters_to_approve(view)
    yield steps(view)
    yield due(view)
    yield from idle_section(view)
    yield from agreed(view)
    yield duties(view)
    yield old_n(view)
    yield from later_changes(view)
    yield from problems(view)
    yield from edits(view)
    yield from kept(view)
