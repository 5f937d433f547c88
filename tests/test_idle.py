"""Flagged, but nobody has acted: named after n school days, by hand and against the plain words of the rule."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook  # noqa: TID251 - the staff's Excel
from tests.little_school import little_school
from tests.two_way_school import School

from halfday.acted import Act
from halfday.contacted import Contacted
from halfday.idle import idle
from halfday.policy.evaluate import evaluate
from halfday.policy.ladder import Decision
from halfday.policy.load import load
from halfday.policy.outcome import Done, Due, Outcome
from halfday.register import Mark, Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.casework import Casework
from halfday_sync.config import load as load_settings
from halfday_sync.entries import CONTACTS, by_row
from halfday_sync.store import Store
from halfday_sync.workbook.today_idle import idle_pupils, idle_section
from halfday_sync.workbook.view import View

DAY = timedelta(days=1)
TERM = [date(2026, 1, 5) + n * DAY for n in range(40) if (date(2026, 1, 5) + n * DAY).weekday() < 5]
CALENDAR = Calendar.from_kinds(dict.fromkeys(TERM, "school"))
TEXT = """
school = {name = "Test"}
rules = {min_possible = 10, idle_days = 5}
priority = ["cp"]
band = [{name = "All", from = 0}]
stage = [
  {number = 1, name = "Stage 1", below = 95, actions = ["ring"]},
  {number = 2, name = "Stage 2", below = 85, actions = ["ring"]},
]
trigger = [
  {id = "late", title = "Often late", kind = "concern", when = "late >= 3", actions = ["ring"]},
  {id = "better", title = "Better", kind = "improvement", when = "change >= 1", actions = ["ring"]},
]
action = [{id = "ring", title = "Ring", owner = "Office", due = 2, contact = true}]
"""
POLICY = load(TEXT, "test")
ILL, LATE = {TERM[5]: "I I"}, {TERM[n]: "L \\" for n in (3, 4, 5)}
BEGAN = TERM[5]


def outcomes(as_of: date, decisions: tuple[Decision, ...] = (), done: tuple[Done, ...] = ()) -> tuple[Outcome, ...]:
    """Ill: stage 2 from the sixth day. Late: a concern from the sixth day. Fine: neither. Gone: ill, and has left."""
    days = [day for day in TERM if day <= as_of]
    away = {"ill": ILL, "late": LATE, "gone": ILL}
    marks = [
        Mark(who, day, session, code)
        for who in ("ill", "late", "fine", "gone")
        for day in days
        for session, code in zip(("AM", "PM"), away.get(who, {}).get(day, "/ \\").split(), strict=True)
    ]
    pupils = [Pupil("ill"), Pupil("late"), Pupil("fine"), Pupil("gone", end_date=TERM[7])]
    register = Register.from_marks(marks, [pupil.pupil_id for pupil in pupils])
    return evaluate(POLICY, pupils, register, CALENDAR, as_of, decisions, done)


def named(at: int, *acts: Act, decisions: tuple[Decision, ...] = (), done: tuple[Done, ...] = ()) -> dict[str, int]:
    """Who is named on the morning of the school day `at`, and for how many days nobody acted."""
    found = idle(POLICY, outcomes(TERM[at - 1], decisions, done), acts, CALENDAR, TERM[at])
    return {one.outcome.pupil.pupil_id: one.days for one in found}


def test_after_five_school_days_a_stage_and_a_concern_are_named_and_nobody_else() -> None:
    assert named(10) == {}, "four school days went by"
    assert named(11) == {"ill": 5, "late": 5}
    assert named(13) == {"ill": 7, "late": 7}


def test_the_gravest_stage_comes_first_and_it_is_said_since_when_and_what_is_next() -> None:
    first, second = idle(POLICY, outcomes(TERM[10]), [], CALENDAR, TERM[11])
    assert (first.outcome.stage, first.since, first.last, first.because) == (2, BEGAN, None, "")
    assert (first.next and first.next.title, first.owner) == ("Ring", "Office")
    assert (second.outcome.stage, second.since, second.because) == (0, BEGAN, "Often late")


def test_a_talk_with_the_family_is_next_whatever_else_is_due_sooner() -> None:
    told = '{id = "tell", title = "Tell the DSL", owner = "Lead", due = 1}, {id = "ring"'
    policy = load(TEXT.replace('{id = "ring"', told).replace('["ring"]', '["tell", "ring"]'), "test")
    asked = [replace(one, actions=(_due("tell", 1), *one.actions)) for one in outcomes(TERM[10])]
    first, second = idle(policy, asked, [], CALENDAR, TERM[11])
    assert {one.next and one.next.title for one in (first, second)} == {"Ring"}
    done = [replace(one, actions=(_due("tell", 1),)) for one in asked]
    assert {one.next and one.next.title for one in idle(policy, done, [], CALENDAR, TERM[11])} == {"Tell the DSL"}


def _due(action: str, due: int) -> Due:
    return Due(action, "Tell the DSL", "Lead", BEGAN + due * DAY, needs_approval=False, because="stage 2", since=BEGAN)


def test_an_act_begins_the_days_anew_and_one_before_the_stage_does_not_make_them_longer() -> None:
    assert named(12, Act("ill", TERM[8], "Call")) == {"late": 6}
    assert named(14, Act("ill", TERM[8], "Call")) == {"late": 8, "ill": 5}
    assert named(11, Act("ill", TERM[1], "Call"))["ill"] == 5
    assert "ill" in named(11, Act("ill", TERM[11] + DAY, "Call")), "what is still to come is no act yet"


def test_on_hold_or_when_nothing_is_asked_for_nobody_is_idle() -> None:
    hold = Decision("ill", "hold", TERM[6], TERM[-1], "An operation", "Head")
    assert "ill" not in named(12, decisions=(hold,))
    (ring,) = next(one for one in outcomes(TERM[11]) if one.pupil.pupil_id == "ill").actions
    assert ring.due
    assert "ill" not in named(12, done=(Done("ill", "ring", ring.due),))


def test_a_school_that_does_not_want_it_writes_nought() -> None:
    never = replace(POLICY, rules=replace(POLICY.rules, idle_days=0))
    assert idle(never, outcomes(TERM[20]), [], CALENDAR, TERM[21]) == ()


@settings(max_examples=60, deadline=None)
@given(
    at=st.integers(6, len(TERM) - 1),
    days=st.integers(1, 15),
    acts=st.lists(st.tuples(st.sampled_from(["ill", "late", "fine"]), st.sampled_from(TERM)), max_size=6),
)
def test_named_is_just_who_is_flagged_and_for_whom_nothing_was_done(
    at: int, days: int, acts: list[tuple[str, date]]
) -> None:
    policy = replace(POLICY, rules=replace(POLICY.rules, idle_days=days))
    given_acts = [Act(who, day, "Call") for who, day in acts]
    found = {
        one.outcome.pupil.pupil_id: one.days
        for one in idle(policy, outcomes(TERM[at - 1]), given_acts, CALENDAR, TERM[at])
    }
    for one in outcomes(TERM[at - 1]):
        who = one.pupil.pupil_id
        here = who in ("ill", "late") or (who == "gone" and TERM[at - 1] <= TERM[7])
        flagged = here and (one.stage > 0 or any(fired.kind == "concern" for fired in one.triggers))
        last = max([BEGAN, *(day for name, day in acts if name == who and BEGAN <= day <= TERM[at])])
        quiet = [day for day in TERM if last < day < TERM[at]]
        assert (who in found) == (flagged and len(quiet) >= days)
        assert found.get(who, len(quiet)) == len(quiet)


# --- Today ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def view() -> View:
    return little_school()


def test_today_names_a_handful_and_counts_the_others(view: View) -> None:
    (section,) = idle_section(view)
    assert 0 < len(section.lines) == section.count <= 6
    assert all(line.key == f"{line.key.split('|')[0]}|call|{view.today}" for line in section.lines)
    one = next(iter(idle_pupils(view))).outcome
    many = [replace(one, pupil=replace(one.pupil, pupil_id=f"X{n:02d}")) for n in range(9)]
    (crowded,) = idle_section(replace(view, outcomes=many))
    assert (len(crowded.lines), crowded.count) == (6, 9)
    assert any(f"3 more: 3 at stage {one.stage}." in note for note in crowded.notes)


def test_who_is_rung_this_morning_or_is_known_only_since_today_is_not_named_as_well(view: View) -> None:
    named_now = {one.outcome.pupil.pupil_id for one in idle_pupils(view)}
    assert not named_now & {row.pupil.pupil_id for row in (*view.morning.calls, *view.morning.visits)}
    assert not named_now & view.by_old_marks


def test_nobody_who_rang_in_vain_is_told_that_nothing_was_done(view: View) -> None:
    one = next(iter(idle_pupils(view)))
    assert one.last is None
    tried = Contacted(one.outcome.pupil.pupil_id, view.today, outcome="No answer", key="C1")
    said = {}
    for contacts in ((), (tried,)):
        (section,) = idle_section(replace(view, casework=Casework(contacts)))
        said[contacts] = str(next(line for line in section.lines if line.key.startswith(tried.pupil_id)).values["what"])
    assert "Nothing is written down yet." in said[()]
    assert "Tried last on Fri 17 Oct, nobody reached." in said[(tried,)]


def test_where_everybody_is_seen_to_there_is_no_section(view: View) -> None:
    calm = replace(view.policy, rules=replace(view.policy.rules, idle_days=100))
    assert list(idle_section(replace(view, policy=calm))) == []


def test_a_talk_noted_there_stands_on_contacts_and_takes_the_child_off_the_list(tmp_path: Path) -> None:
    """Through two runs: what was typed beside the child is a row of Contacts, and counts."""
    school = School(tmp_path / "school")
    school.open_its_doors()
    for day in sorted({day for _who, day in school.marks})[4:12]:
        school.marks["P04", day] = "ill"
    school.tell()
    assert school.run()[0] == 0
    key = f"P04|call|{school.today}"
    book = load_workbook(school.tracker)
    page = book["Today"]
    at = next(row for row in range(1, page.max_row + 1) if page.cell(row, 10).value == key)
    page.cell(at, 8).value = "Agreed a plan"
    book.save(school.tracker)
    assert school.run()[0] == 0
    with Store.open(load_settings(school.folder).store) as store:
        row = by_row(store.entries(CONTACTS), CONTACTS)[key]
    assert (row["outcome"], row["what"], row["date"]) == ("Agreed a plan", "Call", school.today)
    again = load_workbook(school.tracker)["Today"]
    assert not any(again.cell(row, 10).value == key for row in range(1, again.max_row + 1))
