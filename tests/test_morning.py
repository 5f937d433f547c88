"""The morning tells who changed stage and why, whom to ring first, which reasons are overdue, and leaves nobody out."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from halfday.morning import FLAG_WORDS, Morning, Shown, contact_for, flags_of, morning
from halfday.policy.evaluate import evaluate
from halfday.policy.ladder import Decision
from halfday.policy.load import load
from halfday.policy.model import FLAGS
from halfday.register import AM, PM, Mark, Pupil, Register, SessionKey
from halfday.school_year import Calendar

POLICY = load(
    """
priority = ["cp", "lac", "sen", "fsm"]

[school]
name = "Test"

[rules]
min_possible = 4

[[band]]
name = "All"
from = 0

[[stage]]
number = 1
name = "Stage 1"
below = 95

[[stage]]
number = 2
name = "Stage 2"
below = 80

[[contact]]
day = 1
title = "Ring"

[[contact]]
day = 3
title = "Visit"
priority_day = 2
""",
    "test",
)


def d(text: str) -> date:
    return date.fromisoformat(text)


# Three weeks, a holiday, two weeks: the reviews are on 19 September and 10 October 2025.
WEEKS = [date(2025, 9, 1), date(2025, 9, 8), date(2025, 9, 15), date(2025, 9, 29), date(2025, 10, 6)]
DAYS = [week + timedelta(days=n) for week in WEEKS for n in range(5)]
CALENDAR = Calendar.from_kinds(dict.fromkeys(DAYS, "school"))


def marks_of(pupil_id: str, today: str, spells: str) -> list[Mark]:
    """Present up to the morning of today, but for the spells: `2025-09-10 NN`, `2025-09-10..2025-09-12 II`."""
    written = {(day, session): "/" for day in DAYS if day <= d(today) for session in (AM, PM)}
    for spell in filter(None, spells.split(",")):
        span, codes = spell.split()
        first, _, last = span.partition("..")
        for day in (day for day in DAYS if d(first) <= day <= min(d(last or first), d(today))):
            written |= {(day, AM): codes[0], (day, PM): codes[1]}
    written.pop((d(today), PM), None)
    return [Mark(pupil_id, day, session, code) for (day, session), code in written.items()]


def the_morning(
    school: Mapping[Pupil, str], today: str, shown: Shown | None = None, decisions: tuple[Decision, ...] = ()
) -> Morning:
    """The morning of a school whose pupils have these spells; everything before today is settled."""
    register = Register.from_marks(
        [mark for pupil, spells in school.items() for mark in marks_of(pupil.pupil_id, today, spells)],
        [pupil.pupil_id for pupil in school],
    )
    settled = CALENDAR.last_school_day(d(today))
    assert settled is not None
    outcomes = evaluate(POLICY, school, register, CALENDAR, settled, decisions)
    return morning(POLICY, outcomes, register, CALENDAR, d(today), shown, decisions)


def pupil(pupil_id: str, surname: str = "", **facts: Any) -> Pupil:
    return Pupil(pupil_id, surname=surname or f"Name{pupil_id}", **facts)


# --- who changed stage ------------------------------------------------------------------------------------------------

# One day missed on 9 September is 2 of 14: Stage 1. From 8 to 9 it is 4 of 14 (71.4%): Stage 2.
SCHOOL = {
    pupil("1", "Young"): "2025-09-09 II",
    pupil("2", "Adams"): "2025-09-09 II",
    pupil("3", "Brown"): "2025-09-08..2025-09-09 II",
    pupil("4", "Clark"): "",
    pupil("5", "Dixon"): "2025-09-03 II",
}


def changes(found: Morning) -> list[tuple[str, int, int, bool, bool]]:
    """Pupil, stage before, stage now, up, edited."""
    return [(c.outcome.pupil.pupil_id, c.before, c.outcome.stage, c.up, c.edited) for c in found.changes]


def test_who_changed_stage_since_the_last_school_day_gravest_first_then_by_name() -> None:
    found = the_morning(SCHOOL, "2025-09-10")
    assert (found.today, found.settled, found.previous) == (d("2025-09-10"), d("2025-09-09"), d("2025-09-08"))
    assert changes(found) == [("3", 1, 2, True, False), ("2", 0, 1, True, False), ("1", 0, 1, True, False)]
    assert changes(the_morning(SCHOOL, "2025-09-11")) == []


def test_a_stage_that_came_down_at_the_review_is_told_on_the_first_morning_after_the_holiday() -> None:
    found = the_morning({pupil("1"): "2025-09-02 I/"}, "2025-09-29")
    assert (found.settled, found.previous) == (d("2025-09-19"), d("2025-09-18"))
    assert changes(found) == [("1", 2, 0, False, False)]


SHOWN = [  # what was shown as of 8 September, the changes of the morning of 10 September
    ({"1": 0, "2": 0, "3": 1, "4": 0, "5": 2}, ["3 1", "2 0", "1 0"]),
    ({"1": 0, "2": 0, "3": 0, "4": 0, "5": 2}, ["3 0", "2 0", "1 0"]),
    ({"1": 0, "2": 0, "3": 1, "4": 0, "5": 0}, ["3 1", "5 0 edited", "2 0", "1 0"]),
    ({"1": 0, "2": 0, "3": 1, "4": 1, "5": 2}, ["3 1", "2 0", "1 0", "4 1 edited"]),
    ({"1": 1, "2": 1, "3": 2, "4": 0, "5": 2}, []),
    ({"4": 0}, ["3 1", "2 0", "1 0"]),  # new to the list: worked out from the marks
]


@pytest.mark.parametrize(("stages", "expected"), SHOWN, ids=str)
def test_older_marks_that_changed_a_stage_are_told_apart(stages: dict[str, int], expected: list[str]) -> None:
    # Dixon missed a day on 3 September, 2 of 6: Stage 2 since that day, as the marks say now.
    found = the_morning(SCHOOL, "2025-09-10", Shown(d("2025-09-08"), stages))
    told = [
        f"{c.outcome.pupil.pupil_id} {c.before}{' edited' if c.edited else ''}"
        for c in found.changes
        if c.before != c.outcome.stage
    ]
    assert told == expected
    assert len(told) == len(found.changes)


def test_an_earlier_run_may_be_days_ago() -> None:
    found = the_morning(SCHOOL, "2025-09-12", Shown(d("2025-09-05"), {"1": 0, "2": 0, "3": 0, "4": 0, "5": 2}))
    assert found.previous == d("2025-09-05")
    assert changes(found) == [("3", 0, 2, True, False), ("2", 0, 1, True, False), ("1", 0, 1, True, False)]


def test_a_persons_decision_is_a_change_and_no_edit() -> None:
    override = Decision("4", "override", d("2025-09-09"), d("2025-09-30"), "A plan", "Head", 2)
    found = the_morning({pupil("4"): ""}, "2025-09-10", Shown(d("2025-09-08"), {"4": 0}), (override,))
    assert changes(found) == [("4", 0, 2, True, False)]
    same = Decision("4", "override", d("2025-09-09"), d("2025-09-30"), "A plan", "Head", 2)
    found = the_morning({pupil("4"): "2025-09-03 II"}, "2025-09-10", Shown(d("2025-09-08"), {"4": 0}), (same,))
    assert changes(found) == [("4", 0, 2, True, False)]


def test_a_decision_that_ended_is_a_change_but_nobody_edited_a_mark() -> None:
    school = {pupil("1"): "2025-09-08..2025-09-09 II"}
    hold = Decision("1", "hold", d("2025-09-08"), d("2025-09-16"), "Ill", "Head")
    found = the_morning(school, "2025-09-18", Shown(d("2025-09-16"), {"1": 0}), (hold,))
    assert changes(found) == [("1", 0, 2, True, False)]


def test_a_running_override_is_no_change_every_morning() -> None:
    school = {pupil("1"): "2025-09-08..2025-09-09 II"}
    override = Decision("1", "override", d("2025-09-08"), d("2025-10-08"), "Agreed", "Head", 1)
    assert changes(the_morning(school, "2025-09-18", None, (override,))) == []


def test_under_another_policy_a_difference_is_nobodys_edit() -> None:
    school = {pupil("1"): "2025-09-08..2025-09-09 II"}
    found = the_morning(school, "2025-09-12", Shown(d("2025-09-10"), {"1": 0}, same_policy=False))
    assert changes(found) == [("1", 0, 2, True, False)]


def test_nothing_is_asked_for_a_child_who_has_left() -> None:
    gone = pupil("1", end_date=d("2025-09-10"))
    marks = Register.from_marks([Mark("1", day, AM, "N") for day in DAYS[:8]])
    found = evaluate(POLICY, [gone], marks, CALENDAR, d("2025-09-19"))[0]
    assert (found.triggers, found.duties, found.actions) == ((), (), ())
    assert found.why.startswith("Left on Wed 10 Sep.")
    assert "would apply" not in found.why, "nor would anything newly be asked for, were every N explained"
    assert evaluate(POLICY, [gone], marks, CALENDAR, d("2025-09-10"))[0].duties


def test_every_priority_flag_has_words() -> None:
    assert set(FLAG_WORDS) == set(FLAGS)


def test_a_new_school_year_is_nobodys_change() -> None:
    days = [date(2025, 7, 17), date(2025, 7, 18), date(2025, 9, 1), date(2025, 9, 2)]
    calendar = Calendar.from_days(days)
    register = Register.from_marks([Mark("1", day, AM, "/") for day in days])
    outcomes = evaluate(POLICY, [pupil("1")], register, calendar, d("2025-09-01"))
    found = morning(POLICY, outcomes, register, calendar, d("2025-09-02"), Shown(d("2025-07-18"), {"1": 2}))
    assert changes(found) == []


# --- whom to ring -----------------------------------------------------------------------------------------------------

CALLS = {
    pupil("1", "Zed"): "2025-09-10 N/",
    pupil("2", "Young"): "2025-09-10 N/",
    pupil("3", "West", fsm=True): "2025-09-10 N/",
    pupil("4", "Vale", sen="K"): "2025-09-10 N/",
    pupil("5", "Upton", lac=True): "2025-09-10 N/",
    pupil("6", "Troy", cp=True, fsm=True): "2025-09-10 N/",
    pupil("7", "Stone", sen="N", fsm=False): "2025-09-10 N/",
    pupil("8", "Reed", cp=True): "2025-09-09..2025-09-10 NN",
    pupil("9", "Quinn"): "2025-09-08..2025-09-10 NN",
    pupil("10", "Penn", eal=True, young_carer=True): "2025-09-10 N/",
}


def test_the_call_list_goes_by_cp_lac_sen_fsm_then_by_the_length_of_the_spell_then_by_name() -> None:
    found = the_morning(CALLS, "2025-09-10")
    assert [call.pupil.surname for call in found.calls] == [
        *("Reed", "Troy", "Upton", "Vale", "West"),
        *("Quinn", "Penn", "Stone", "Young", "Zed"),
    ]
    assert [call.flags for call in found.calls][:6] == [
        ("child protection",),
        ("child protection", "free meals"),
        ("looked after",),
        ("SEN",),
        ("free meals",),
        (),
    ]
    assert [(call.day, call.sessions, str(call.since)) for call in found.calls][:6] == [
        (2, 3, "2025-09-09"),
        *[(1, 1, "2025-09-10")] * 4,
        (3, 5, "2025-09-08"),
    ]
    assert [call.contact.title for call in found.calls if call.contact] == [
        "Visit",
        *["Ring"] * 4,
        "Visit",
        *["Ring"] * 4,
    ]
    assert [call.pupil.surname for call in found.visits] == ["Reed", "Quinn"]


AWAY = [  # spells, today, whether the pupil is in the list and for how many days
    ("2025-09-10 N/", "2025-09-10", 1),
    ("2025-09-10 -/", "2025-09-10", 1),  # no mark while the register is in
    ("2025-09-10 I/", "2025-09-10", 0),  # a reason is known
    ("2025-09-10 O/", "2025-09-10", 0),
    ("2025-09-10 L/", "2025-09-10", 0),
    ("2025-09-09 NN", "2025-09-10", 0),  # back at school
    ("2025-09-05..2025-09-08 NN", "2025-09-08", 2),  # over a weekend
    ("2025-09-19..2025-09-29 NN", "2025-09-29", 2),  # over the holiday
    ("2025-09-08 NN,2025-09-09 XX,2025-09-10 N/", "2025-09-10", 2),  # a day not due at school does not end it
    ("2025-09-08 NN,2025-09-09 II,2025-09-10 N/", "2025-09-10", 1),
    ("2025-09-09 N/,2025-09-10 N/", "2025-09-10", 1),
    ("2025-09-09 /N,2025-09-10 N/", "2025-09-10", 2),
    ("2025-09-10 X/", "2025-09-10", 0),
]


@pytest.mark.parametrize(("spells", "today", "days"), AWAY)
def test_who_is_away_without_a_reason(spells: str, today: str, days: int) -> None:
    found = the_morning({pupil("1"): spells, pupil("2"): ""}, today)
    assert [call.day for call in found.calls] == ([days] if days else [])


def test_a_class_whose_register_is_not_in_is_no_class_of_absent_children() -> None:
    school = {
        pupil("1", class_name="Elm"): "2025-09-10 -/",
        pupil("2", class_name="Elm"): "2025-09-10 -/",
        pupil("3", class_name="Oak"): "2025-09-10 -/",
        pupil("4", class_name="Oak"): "2025-09-10 //",
    }
    found = the_morning(school, "2025-09-10")
    assert [call.pupil.pupil_id for call in found.calls] == ["3"]
    assert found.waiting == ("Elm",)
    assert found.registers_taken
    nobody = the_morning({pupil("1"): "2025-09-10 -/", pupil("2"): "2025-09-10 -/"}, "2025-09-10")
    assert (nobody.calls, nobody.waiting, nobody.registers_taken) == ((), (), False)


def test_in_half_a_register_a_child_marked_absent_is_rung_about_and_the_class_is_told_as_waiting() -> None:
    school = {pupil(str(n), class_name="Oak"): "2025-09-10 -/" for n in range(1, 8)}
    early = {**school, pupil("8", class_name="Oak"): "2025-09-10 N/", pupil("9", class_name="Oak"): "2025-09-10 I/"}
    found = the_morning(early, "2025-09-10")
    assert [call.pupil.pupil_id for call in found.calls] == ["8"]
    assert (found.waiting, found.registers_taken) == (("Oak (2 of 9 marks)",), True)
    ahead = the_morning({**school, pupil("9", class_name="Oak"): "2025-09-10 C/"}, "2025-09-10")
    assert (ahead.calls, ahead.waiting, ahead.registers_taken) == ((), (), False), "leave that was agreed before"


def test_before_the_registers_a_weekday_of_a_calendar_of_exceptions_is_a_school_day() -> None:
    register = Register.from_marks(marks_of("1", "2025-09-09", ""))
    for kinds, today, expected in (
        ({d("2025-12-25"): "bank_holiday"}, "2025-09-10", True),
        ({}, "2025-09-10", True),
        ({d("2025-09-10"): "inset"}, "2025-09-10", False),
        ({d("2025-12-25"): "bank_holiday"}, "2025-09-13", False),
    ):
        calendar = Calendar.told(kinds, register.days_taught)
        outcomes = evaluate(POLICY, [pupil("1")], register, calendar, d("2025-09-09"))
        found = morning(POLICY, outcomes, register, calendar, d(today))
        assert (found.is_school_day, found.registers_taken) == (expected, False)
        assert found.newest == d("2025-09-09")


def test_nobody_is_rung_about_who_left_or_has_not_come_yet() -> None:
    school = {
        pupil("1", end_date=d("2025-09-09")): "2025-09-10 N/",
        pupil("2", start_date=d("2025-09-11")): "2025-09-10 N/",
        pupil("3", end_date=d("2025-09-10"), start_date=d("2025-09-10")): "2025-09-10 N/",
    }
    assert [call.pupil.pupil_id for call in the_morning(school, "2025-09-10").calls] == ["3"]


def test_brothers_and_sisters_away_today_are_named() -> None:
    school = {
        pupil("1", family_id="F1"): "2025-09-10 N/",
        pupil("2", family_id="F1"): "2025-09-10 I/",  # away, with a reason: not rung about, but named
        pupil("3", family_id="F1"): "",
        pupil("4", family_id="F2"): "2025-09-10 N/",
        pupil("5"): "2025-09-10 N/",
        pupil("6"): "2025-09-10 N/",
        pupil("7", family_id="F1"): "2025-09-09 II",  # back today
    }
    found = the_morning(school, "2025-09-10")
    assert {call.pupil.pupil_id: call.family for call in found.calls} == {"1": ("2",), "4": (), "5": (), "6": ()}


CONTACTS = [  # flags, what is asked for on days 0, 1, 2, 3, 4
    ({}, [None, "Ring", "Ring", "Visit", "Visit"]),
    ({"cp": True}, [None, "Ring", "Visit", "Visit", "Visit"]),
    ({"lac": True}, [None, "Ring", "Visit", "Visit", "Visit"]),
    ({"fsm": True, "sen": "E"}, [None, "Ring", "Ring", "Visit", "Visit"]),
    ({"cp": False, "lac": None}, [None, "Ring", "Ring", "Visit", "Visit"]),
]


@pytest.mark.parametrize(("flags", "expected"), CONTACTS)
def test_contact_days_are_sooner_for_children_in_care_or_on_a_protection_plan(
    flags: dict[str, Any], expected: list[str | None]
) -> None:
    found = [contact_for(POLICY, pupil("1", **flags), day) for day in range(5)]
    assert [contact and contact.title for contact in found] == expected


def test_a_policy_without_contacts_still_lists_the_pupil() -> None:
    bare = load('[school]\nname = "Test"\n', "bare")
    register = Register.from_marks(marks_of("1", "2025-09-10", "2025-09-10 N/"))
    outcomes = evaluate(bare, [pupil("1")], register, CALENDAR, d("2025-09-09"))
    found = morning(bare, outcomes, register, CALENDAR, d("2025-09-10"))
    assert [(call.contact, call.flags, call.day) for call in found.calls] == [(None, (), 1)]
    assert found.visits == ()


def test_flags_that_were_not_shared_count_as_no() -> None:
    assert flags_of(pupil("1"), POLICY.priority) == ()
    assert flags_of(pupil("1", fsm=True, cp=True), ["fsm", "cp"]) == ("free meals", "child protection")
    assert [pupil("1", sen=sen).has("sen") for sen in ("", "N", "K", "E")] == [False, False, True, True]


# --- reasons that are overdue, marks that are missing ----------------------------------------------------------------

OLD_N = [  # the N, today, its age in school days if it is too old (more than five)
    ("2025-09-03", "2025-09-10", None),
    ("2025-09-03", "2025-09-11", 6),
    ("2025-09-03", "2025-09-12", 7),
    ("2025-09-18", "2025-10-02", None),  # the holiday does not count: five school days
    ("2025-09-18", "2025-10-03", 6),
]


@pytest.mark.parametrize(("marked", "today", "age"), OLD_N)
def test_an_n_is_overdue_after_five_school_days(marked: str, today: str, age: int | None) -> None:
    found = the_morning({pupil("1"): f"{marked} N/"}, today)
    expected = [] if age is None else [("1", SessionKey(d(marked), AM), age)]
    assert [(old.pupil.pupil_id, old.session, old.school_days) for old in found.old_n] == expected


def test_overdue_reasons_are_listed_by_session_then_by_pupil() -> None:
    school = {pupil("2"): "2025-09-03 NN", pupil("1"): "2025-09-03 N/,2025-09-02 /N", pupil("3"): "2025-09-10 NN"}
    found = the_morning(school, "2025-09-12")
    told = [(str(old.session.date), old.session.session, old.pupil.pupil_id) for old in found.old_n]
    first, second = "2025-09-02", "2025-09-03"
    assert told == [(first, PM, "1"), (second, AM, "1"), (second, AM, "2"), (second, PM, "2")]


def test_reasons_of_years_past_are_asked_for_no_more_but_for_those_of_the_penalty_window() -> None:
    weeks = [date(2023, 10, 2), *(date(2025, 6, 2) + timedelta(days=7 * n) for n in range(8)), date(2025, 9, 1)]
    days = [week + timedelta(days=n) for week in [*weeks, date(2025, 9, 8)] for n in range(5)]
    unknown = {date(2023, 10, 3), date(2025, 6, 3), date(2025, 9, 9)}
    calendar = Calendar.from_kinds(dict.fromkeys(days, "school"))
    rows = [Mark("1", day, AM, "N" if day in unknown else "/") for day in days if day < d("2025-09-11")]
    register = Register.from_marks(rows, ["1"])
    outcomes = evaluate(POLICY, [pupil("1")], register, calendar, d("2025-09-10"))
    found = morning(POLICY, outcomes, register, calendar, d("2025-09-11"))
    assert [old.session.date for old in found.old_n] == [date(2025, 6, 3)]
    assert found.young_n == 1


def test_missing_marks_are_counted_over_the_school_year_on_roll() -> None:
    school = {
        pupil("1"): "2025-09-02..2025-09-03 --",
        pupil("2", start_date=d("2025-09-03")): "2025-09-02..2025-09-03 -/",
    }
    assert the_morning(school, "2025-09-10").missing == 5


def test_before_the_registers_are_taken_nobody_is_rung() -> None:
    register = Register.from_marks(marks_of("1", "2025-09-09", "2025-09-09 N/") + marks_of("2", "2025-09-09", ""))
    outcomes = evaluate(POLICY, [pupil("1"), pupil("2")], register, CALENDAR, d("2025-09-09"))
    found = morning(POLICY, outcomes, register, CALENDAR, d("2025-09-10"))
    assert (found.registers_taken, found.calls, found.visits) == (False, (), ())
    assert the_morning(SCHOOL, "2025-09-10").registers_taken


def test_a_school_without_pupils_has_an_empty_morning() -> None:
    found = morning(POLICY, (), Register(), CALENDAR, d("2025-09-10"))
    assert (found.settled, found.previous, found.changes, found.calls, found.old_n) == (None, None, (), (), ())
    assert (found.missing, found.registers_taken) == (0, False)


def test_marks_of_today_feed_the_calls_and_never_a_stage() -> None:
    school = {pupil("1"): "2025-09-10 N/"}
    found = the_morning(school, "2025-09-10")
    assert [call.pupil.pupil_id for call in found.calls] == ["1"]
    assert found.changes == ()
    assert changes(the_morning(school, "2025-09-11")) == [("1", 0, 1, True, False)]
