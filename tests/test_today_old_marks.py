"""Whom old marks moved is said at the top of Today, and nobody is late with what was asked for only today."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook  # noqa: TID251  (reading only)
from tests.little_school import OFFICE, little_school

from halfday.morning import StageChange
from halfday.policy.outcome import Due
from halfday.register import AM
from halfday.restated import AmendedMark, Restated
from halfday_sync.workbook import tracker
from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.pupil_words import now_words
from halfday_sync.workbook.sections import Section
from halfday_sync.workbook.today import sections
from halfday_sync.workbook.view import View

PAST = date(2025, 9, 23)


@pytest.fixture(scope="module")
def view() -> View:
    """Nobody's stage changed."""
    school = little_school()
    return replace(school, morning=replace(school.morning, changes=(), restated=()))


def _moved(view: View, count: int, *, edited: bool) -> View:
    """The first pupils on a stage came there from another one."""
    raised = [one for one in view.outcomes if one.stage][:count]
    changes = tuple(StageChange(one, one.stage - 1, edited) for one in raised)
    return replace(view, morning=replace(view.morning, changes=changes))


def _section(view: View, name: str) -> Section:
    return next(section for section in sections(view) if section.id == name)


def _tiles(view: View) -> list[tuple[object, object]]:
    """The big figures and the words below them."""
    page = load_workbook(BytesIO(tracker_bytes(view, OFFICE)), data_only=True)["Today"]
    at = next(row for row in range(1, 10) if page.cell(row, 2).value == len(view.morning.calls))
    return [(page.cell(at, column).value, page.cell(at + 1, column).value) for column in (2, 4, 6, 7, 8)]


def test_the_tile_counts_those_whom_old_marks_moved_and_says_so(view: View) -> None:
    assert _tiles(view)[1] == (0, "changes of stage")
    assert _tiles(_moved(view, 2, edited=True))[1] == (2, "changes of stage (from old marks)")
    assert _tiles(_moved(view, 1, edited=False))[1] == (1, "change of stage")
    two = _moved(view, 2, edited=True)
    both = replace(two.morning, changes=(replace(two.morning.changes[0], edited=False), two.morning.changes[1]))
    assert _tiles(replace(view, morning=both))[1] == (2, "changes of stage (1 from old marks)")


def test_the_first_section_leads_to_where_they_are_listed(view: View) -> None:
    changed = _moved(view, 2, edited=True)
    first = _section(changed, "changes")
    place = [section.id for section in sections(changed)].index("edited") + 1
    assert f"2 more because old marks were changed: they are listed in section {place}." in first.notes
    assert (first.lines, first.empty) == ([], "No others.")
    assert (_section(view, "changes").notes, _section(view, "changes").empty) == ((), "")


def test_marks_that_move_a_trigger_alone_are_pointed_at_and_are_no_change_of_stage(view: View) -> None:
    who = view.outcomes[0].pupil.pupil_id
    row = Restated(who, PAST, (AmendedMark(who, PAST, AM, "N", "I"),), 1, 1, gone=("Letter",))
    told = replace(view, morning=replace(view.morning, restated=(row,)))
    place = [section.id for section in sections(told)].index("edited") + 1
    (note,) = _section(told, "changes").notes
    assert note == f"Old marks that were changed move something else for 1 pupil: see section {place}."
    assert _tiles(told)[1] == (0, "changes of stage")


def test_many_who_came_down_count_in_the_tile_too(view: View) -> None:
    down = tuple(StageChange(one, one.stage + 1) for one in view.outcomes)
    assert _tiles(replace(view, morning=replace(view.morning, changes=down)))[1][0] == len(view.outcomes)


# --- dates in the past


def _asked(view: View, *, edited: bool) -> View:
    """A pupil who moved today and of whom the stage has asked something since September."""
    changed = _moved(view, 1, edited=edited)
    outcome = changed.morning.changes[0].outcome
    step = Due("talk", "Talk to the family", "Tutor", PAST, needs_approval=False, because=f"stage {outcome.stage}")
    late = replace(outcome, actions=(step,), done=frozenset(), steps=())
    changes = (replace(changed.morning.changes[0], outcome=late),)
    others = [late if one is outcome else replace(one, actions=()) for one in view.outcomes]
    return replace(changed, outcomes=others, morning=replace(changed.morning, changes=changes))


def test_what_old_marks_ask_for_is_to_be_done_now_and_not_in_the_past(view: View) -> None:
    for edited, now in (
        (True, "Talk to the family (Tutor, now)."),
        (False, "Talk to the family (Tutor, by Tue 23 Sep)."),
    ):
        told = _asked(view, edited=edited)
        (line,) = _section(told, "edited" if edited else "changes").lines
        assert line.values["now"] == now
        assert tracker.values(told, told.morning.changes[0].outcome)["next_action"] == now


def test_a_date_to_come_and_a_step_without_an_owner_read_as_ever(view: View) -> None:
    told = _asked(view, edited=True)
    outcome = told.morning.changes[0].outcome
    step = outcome.actions[0]
    soon = replace(outcome, actions=(replace(step, due=told.today),))
    assert now_words(soon, told.today) == "Talk to the family (Tutor, by Fri 17 Oct)."
    nobody = replace(outcome, actions=(replace(step, owner=""),))
    assert now_words(nobody) == "Talk to the family, by Tue 23 Sep."
    assert now_words(nobody, told.today) == "Talk to the family, now."
    assert now_words(replace(outcome, actions=(replace(step, due=None),)), told.today) == "Talk to the family (Tutor)."


def test_nobody_is_overdue_with_a_step_that_was_asked_for_only_today(view: View) -> None:
    due = _section(_asked(view, edited=True), "due")
    assert [line.values["due"] for line in due.lines] == ["Now (old marks)"]
    assert not any("overdue" in note for note in due.notes)
    late = _section(_asked(view, edited=False), "due")
    assert late.lines == []
    assert any(note.startswith("1 step overdue from before ") for note in late.notes)
