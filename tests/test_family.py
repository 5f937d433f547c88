"""A family's line says exactly on which days its children were away together, and adds their figures up."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.little_school import little_school

from halfday.family import Family, families
from halfday.policy.evaluate import evaluate
from halfday.policy.load import load
from halfday.register import Mark, Pupil, Register
from halfday.school_year import Calendar

POLICY = load('id = "plain"\n[school]\nname = "Plain"\n[[stage]]\nnumber = 1\nname = "Stage 1"\nbelow = 90\n', "plain")
DAYS = [date(2025, 9, day) for day in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12)]
CODES = ("/", "\\", "L", "U", "I", "N", "G", "#", "X", "-")
ABSENT, LATE, POSSIBLE = {"I", "N", "G"}, {"L", "U"}, {"/", "\\", "L", "U", "I", "N", "G"}


def found(marks: dict[str, str], **of: Pupil) -> tuple[Family, ...]:
    """The families of a school whose children have these codes, morning and afternoon in turn."""
    pupils = [of.get(name) or Pupil(name, family_id="F") for name in marks]
    rows = [
        Mark(name, DAYS[at // 2], ("AM", "PM")[at % 2], code)
        for name, text in marks.items()
        for at, code in enumerate(text.split())
    ]
    register, calendar = Register.from_marks(rows, [*marks]), Calendar.from_days(DAYS)
    outcomes = evaluate(POLICY, pupils, register, calendar, DAYS[-1])
    return families(outcomes, register, calendar, DAYS[-1])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(CODES), min_size=20, max_size=20), min_size=2, max_size=4))
def test_away_together_is_every_session_in_which_two_or_more_were_expected_and_all_were_away(
    rows: list[list[str]],
) -> None:
    (family,) = found({f"P{at}": " ".join(codes) for at, codes in enumerate(rows)})
    away, late = [], []
    for at, codes in enumerate(zip(*rows, strict=True)):
        expected = [code for code in codes if code in POSSIBLE]
        if len(expected) > 1 and set(expected) <= ABSENT:
            away.append(DAYS[at // 2])
        if len(expected) > 1 and set(expected) <= LATE:
            late.append(DAYS[at // 2])
    assert (family.sessions, family.away) == (len(away), tuple(dict.fromkeys(away)))
    assert family.late == tuple(dict.fromkeys(late))
    assert family.possible == sum(one.ytd.possible for one in family.children)


def test_a_child_who_came_late_was_not_away() -> None:
    (family,) = found({"P1": "U I", "P2": "U I"})
    assert (family.sessions, family.late) == (1, (DAYS[0],))


def test_the_figure_is_sessions_over_sessions_and_not_a_mean() -> None:
    short = Pupil("P2", family_id="F", start_date=DAYS[9])
    (family,) = found({"P1": " ".join(["/ \\"] * 10), "P2": " ".join(["I I"] * 10)}, P2=short)
    assert (family.attended, family.possible, family.percent) == (20, 22, "90.9")


def test_guests_leavers_and_an_only_child_make_no_family() -> None:
    marks = {"P1": "/ \\", "P2": "/ \\"}
    assert not found(marks, P2=Pupil("P2", family_id="F", enrolment="G"))
    assert not found(marks, P2=Pupil("P2", family_id="F", end_date=DAYS[0]))
    assert not found(marks, P2=Pupil("P2", family_id="other"))
    assert not found(marks, P1=Pupil("P1"), P2=Pupil("P2"))


def test_the_eldest_child_comes_first_and_the_next_step_is_what_is_due_first() -> None:
    elder = Pupil("P9", family_id="F", dob=date(2015, 1, 1))
    (family,) = found({"P1": "/ \\", "P9": "/ \\"}, P1=Pupil("P1", family_id="F", dob=date(2018, 1, 1)), P9=elder)
    assert [one.pupil.pupil_id for one in family.children] == ["P9", "P1"]
    assert family.first.pupil is elder
    assert family.next_step is None
    view = little_school()
    together = [replace(one, pupil=replace(one.pupil, family_id="F")) for one in view.outcomes if one.stage == 2]
    (family,) = families(together, view.register, view.calendar, view.today)
    dates = [due.due for one in together for due in one.checklist if due.cadence == "once"]
    assert family.next_step
    assert family.next_step[1].due == min(day for day in dates if day)
