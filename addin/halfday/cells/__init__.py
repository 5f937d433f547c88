r"""What one cell holds: a policy, a calendar, a pupil's marks and a pupil's facts as text that people can read.

Two thousand rows must not carry two thousand copies of the policy and the calendar, so each is one text in one cell
which the cell functions take. Marks are one text per half term: codes between single spaces, one per session in
calendar order (`/ \ / \ N N Y4 Y4`), `.` where there is no mark row.
"""

from halfday.cells.calendar import calendar_text, read_calendar, shown_half_terms
from halfday.cells.facts import (
    PUPIL_ID,
    Facts,
    asked_about,
    done_by_title,
    facts_text,
    facts_told,
    later_by_title,
    not_carried,
    read_facts,
)
from halfday.cells.fault import CellTextError
from halfday.cells.marks import NO_MARK, marks_texts, read_marks
from halfday.cells.policy import HEAD, condition_text, earlier_text, exact, policy_text, quoted, read_policy

__all__ = [
    "HEAD",
    "NO_MARK",
    "PUPIL_ID",
    "CellTextError",
    "Facts",
    "asked_about",
    "calendar_text",
    "condition_text",
    "done_by_title",
    "earlier_text",
    "exact",
    "facts_text",
    "facts_told",
    "later_by_title",
    "marks_texts",
    "not_carried",
    "policy_text",
    "quoted",
    "read_calendar",
    "read_facts",
    "read_marks",
    "read_policy",
    "shown_half_terms",
]
