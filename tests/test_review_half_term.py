"""The half-term review counts what it says: figures before and in the half term, dips, no improvement, causes."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random

import pytest
from tests.little_school import little_school
from tests.test_review import school, section

from halfday.measures import Axis, Sessions
from halfday.register import SESSIONS, Mark, Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.entries import ACTIONS, Typed
from halfday_sync.workbook.review import sections
from halfday_sync.workbook.review_causes import cause
from halfday_sync.workbook.review_half_term import is_near, review_day, standings
from halfday_sync.workbook.view import View

POSSIBLE, ATTENDED = set("/\\LIONGU"), set("/\\L")


def counted(view: View, pupil_id: str, first: date, last: date) -> tuple[int, int]:
    """Attended and possible, counted mark by mark."""
    codes = [
        mark.code
        for mark in view.register.marks()
        if mark.pupil_id == pupil_id and first <= mark.date <= min(last, view.marks_until)
    ]
    return sum(code in ATTENDED for code in codes), sum(code in POSSIBLE for code in codes)


@pytest.mark.parametrize("chance", range(4))
@pytest.mark.parametrize("today", [date(2025, 12, 9), date(2025, 11, 5)])
def test_figures_before_and_in_the_half_term_are_those_of_the_marks(today: date, chance: int) -> None:
    view = school("wath-central", today, Random(chance))
    day = review_day(view.calendar, today)
    term = next(one for one in view.calendar.half_terms if one.end == day)
    for one in standings(view, term):
        pupil = one.outcome.pupil
        start, end = pupil.start_date or date.min, pupil.end_date or date.max
        before = counted(view, pupil.pupil_id, start, date.fromordinal(term.start.toordinal() - 1))
        this = counted(view, pupil.pupil_id, max(start, term.start), min(end, term.end))
        assert (one.before.attended, one.before.possible) == before
        assert (one.this.attended, one.this.possible) == this
        together = (before[0] + this[0], before[1] + this[1])
        if before[1] >= view.policy.rules.min_possible:
            assert one.points == 100 * (Fraction(*together) - Fraction(*before))
            assert (one.dipped, one.better and not one.comes_down) == (
                100 * (Fraction(*before) - Fraction(*together)) >= 1,
                100 * (Fraction(*together) - Fraction(*before)) >= 1 and not one.comes_down,
            )
        if one.no_better(term):
            assert one.outcome.stage
            assert Fraction(*this) <= Fraction(*before)


def test_everybody_below_the_target_or_at_a_stage_is_listed_once_or_counted() -> None:
    view = school("wath-central", date(2025, 12, 9), Random(2))
    listed = [line.key.split("|")[0] for name in ("half-term", "better") for line in section(view, name).lines]
    wanted = {
        one.pupil.pupil_id
        for one in view.outcomes
        if not view.has_left(one.pupil)
        and one.ytd.possible >= view.policy.rules.min_possible
        and (one.stage or 100 * one.ytd.attended < 96 * one.ytd.possible)
    }
    assert sorted(listed) == sorted(wanted)


def test_the_lists_stand_there_from_ten_school_days_before_to_five_after() -> None:
    near = {}
    for today in [
        day for day in little_school().calendar.school_days if date(2025, 10, 1) <= day <= date(2025, 11, 14)
    ]:
        view = little_school(today)
        day = review_day(view.calendar, today)
        assert day is not None
        near[today] = (day, is_near(view, day))
    first, christmas = date(2025, 10, 24), date(2025, 12, 19)
    assert near[date(2025, 10, 9)] == (first, False)
    assert near[date(2025, 10, 10)] == (first, True)
    assert near[date(2025, 11, 7)] == (first, True)
    assert near[date(2025, 11, 10)] == (christmas, False)


def test_where_the_calendar_does_not_say_when_the_half_term_ends_it_is_said() -> None:
    view = little_school()
    told = Calendar.from_days(view.calendar.school_days[:30])
    shown = section(replace(view, calendar=told), "half-term")
    assert not shown.lines
    assert shown.heading.endswith("no day known yet")


def _sessions(codes: str) -> Sessions:
    days = [date(2025, 9, 1 + n) for n in range(29) if date(2025, 9, 1 + n).weekday() < 5]
    marks = [Mark("P", days[at // 2], SESSIONS[at % 2], code) for at, code in enumerate(codes.split())]
    register = Register.from_marks(marks)
    axis = Axis.of(register, Calendar.from_days(days), days[-1])
    return Sessions.of(Pupil("P"), axis, register.by_pupil["P"])


@pytest.mark.parametrize(
    ("codes", "is_one", "words"),
    [
        ("/ " * 20 + "I " * 6 + "/ " * 10, True, "by one spell of 6 sessions, Mon 15 Sep to Wed 17 Sep (I)"),
        ("I / " * 4 + "/ " * 28, False, "4 separate absences, the longest 1 session"),
        ("G G / I I / N N / " + "/ " * 20, False, "3 separate absences, the longest 2 sessions"),
        (
            "G G G G # # G G " + "/ " * 24 + "I",
            True,
            "by one spell of 6 sessions, Mon 1 Sep to Thu 4 Sep (G), and 1 session besides",
        ),
    ],
)
def test_a_cause_is_one_spell_where_the_rest_would_not_be_persistent(codes: str, *, is_one: bool, words: str) -> None:
    found = cause(_sessions(codes))
    assert (found.is_one_spell, found.words) == (is_one, words)


def test_brothers_and_sisters_stand_one_below_the_other_with_a_row_each() -> None:
    view = little_school()
    together = [replace(one, family_id="F") if one.pupil_id in {"P09", "P02"} else one for one in view.pupils]
    by_id = {one.pupil_id: one for one in together}
    view = replace(view, pupils=together, outcomes=[replace(o, pupil=by_id[o.pupil.pupil_id]) for o in view.outcomes])
    lines = section(view, "half-term").lines
    order = [line.key.split("|")[0] for line in lines]
    assert order.index("P02") == order.index("P09") + 1
    assert str(lines[order.index("P02")].values["why"]).endswith("One meeting for the family: with Ivo Thorn.")
    assert section(view, "half-term").heading.startswith("Half-term review: Fri 24 Oct")


def test_what_came_after_is_told_at_the_review_with_a_warning_where_it_is_few() -> None:
    view = little_school(date(2025, 12, 9))
    typed: dict[tuple[str, str, str], Typed] = {
        (ACTIONS, f"{pupil_id}|talk|2025-10-03", "done"): date(2025, 10, 3) for pupil_id in ("P02", "P07")
    }
    shown = section(replace(view, staff=typed), "impact")
    (line,) = shown.lines
    assert (line.values["action"], line.values["times"]) == ("Talk to the family at the gate", 2)
    assert "too few to say" in str(line.values["words"])
    assert any("need not be because of it" in note for note in shown.notes)
    assert "impact" not in [one.id for one in sections(replace(little_school(date(2025, 11, 19)), staff=typed))]
