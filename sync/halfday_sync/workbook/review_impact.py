"""What came after each action: attendance in the four school weeks before and after it, with a word of caution."""

from collections.abc import Iterator

from halfday import printing
from halfday.impact import CAUTION, Impact
from halfday_sync.casework.acts import impacts
from halfday_sync.workbook.actions_sheet import steps_of
from halfday_sync.workbook.layout import section_columns
from halfday_sync.workbook.review_rows import across
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.view import View

_MOST = 10


def impact(view: View) -> Iterator[Section]:
    """A line for each action that was taken long enough ago; none where nothing was taken yet."""
    found = impacts(steps_of(view), view.casework.ticked, view.outcomes, view.register, view.marks_until)
    known = [one for one in found if one.times][:_MOST]
    soon = printing.counted(sum(one.too_soon for one in found), "step")
    if not found:
        return
    notes = (
        ["Attendance in the four school weeks before and after, of the pupil in the middle.", CAUTION] if known else []
    )
    empty = f"Nothing to compare yet: {soon} taken, none with four school weeks on each side."
    heading, lines = f"What came after ({len(known)})", [_line(one) for one in known]
    yield Section(heading, section_columns("review", "impact"), lines, across(notes), empty, "impact", len(known))


def _line(one: Impact) -> Line:
    return Line(
        {
            "action": one.title,
            "times": one.times,
            "before": float(one.before) if one.before is not None else None,
            "after": float(one.after) if one.after is not None else None,
            "words": one.words,
        }
    )
