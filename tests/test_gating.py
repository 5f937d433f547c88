"""Letters and steps to approve wait while missing marks could take them back; nothing about a child's safety waits."""

import re
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfday import cells, codes, functions
from halfday.measures import Axis, Sessions
from halfday.policy.evaluate import evaluate_pupil
from halfday.policy.ladder import Decision
from halfday.policy.load import load
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.school_year import Calendar
from halfday_sync.sources.sample import sample_school
from halfday_sync.templates import policy_path, school_names, usable_policy

ANYTHING = ("/", "L", "U", "I", "M", "G", "N", "O", "C", "B", "X", "#", "Y4", "D", "C2")
"""What a missing mark may turn out to be: present, late, each kind of absence, off site, no possible session."""

# Conditions of every measure, both ways round, each with a letter of its own: some can only be met by too little.
LINES = (
    "percent < 95",
    "percent >= 95",
    "percent.week < 90",
    "percent.last_review < 96",
    "percent_missed >= 10",
    "percent_missed.last_4_weeks < 20",
    "change <= -1",
    "change > 0.5",
    "code.I >= 2",
    "code.G < 1",
    "code.N.last_4_weeks == 0",
    "monday_friday_share >= 50",
    "monday_friday_share < 40",
    "broken_weeks >= 2",
    "broken_weeks.half_term < 2",
    "possible >= 30",
    "possible < 60",
    "attended.week < 8",
    "absent >= 5",
    "absent.half_term == 2",
    "authorised < 4",
    "unauthorised.last_4_weeks < 3",
    "late >= 2",
    "late.half_term < 2",
    "late_before < 3",
    "late_after < 1",
    "penalty_sessions >= 3",
    "penalty_sessions < 3",
    "unauthorised_run >= 2",
    "absence_run >= 3",
    "absence_run < 4",
    "oldest_n_days > 5",
)


@cache
def every_measure() -> Policy:
    """A policy that no school would write: a letter for every measure, and bands and stages that share some."""
    asked = [f"letter-{n}" for n in range(len(LINES))]
    text = ['[school]\nname = "Test"\n[rules]\nmin_possible = 12']
    for name, low, actions in (("A", 96, ["a"]), ("B", 92, ["a", "b"]), ("C", 85, ["b"]), ("D", 0, ["a", "b"])):
        text.append(f'[[band]]\nname = "{name}"\nfrom = {low}\nactions = {actions!r}')
    for number, below, actions in ((1, 97, ["s"]), (2, 93, ["t"]), (3, 90, ["s", "t"])):
        text.append(f'[[stage]]\nnumber = {number}\nname = "S{number}"\nbelow = {below}\nactions = {actions!r}')
    for n, line in enumerate(LINES):
        text.append(f'[[trigger]]\nid = "t{n}"\ntitle = "T{n}"\nwhen = "{line}"\nactions = ["letter-{n}"]')
    text.append(
        '[[trigger]]\nid = "both"\ntitle = "Both"\nall = ["absent >= 2", "late < 4"]\n'
        'any = ["percent < 93", "unauthorised_run >= 3"]\nactions = ["both"]'
    )
    text += [
        f'[[action]]\nid = "{one}"\ntitle = "{one}"\nowner = "Head"\nneeds_approval = true'
        for one in ("a", "b", "s", "t", "both", *asked)
    ]
    return load("\n".join(text), "every measure")


@cache
def policy_of(name: str) -> Policy:
    return every_measure() if name == "every measure" else usable_policy(policy_path(name))


SCHOOL = sample_school(pupils=120, seed=5)
CALENDAR = Calendar.from_kinds(SCHOOL.calendar)
DAYS = [day for day in CALENDAR.school_days if day < date(2026, 4, 1)]


@st.composite
def with_missing(draw: st.DrawFn, most: int = 6) -> tuple[Sessions, tuple[int, ...]]:
    """A pupil of the sample school with up to six missing marks, late in the window or anywhere in the year."""
    as_of = DAYS[draw(st.integers(4, len(DAYS) - 1))]
    axis = Axis.of(SCHOOL.register, CALENDAR, as_of)
    pupil = draw(st.sampled_from(SCHOOL.pupils))
    ids = bytearray(SCHOOL.register.by_pupil[pupil.pupil_id].replace(bytes([codes.MISSING]), bytes(codes.ids("/"))))
    near = st.integers(max(axis.first, axis.stop - 25), axis.stop - 1)
    places = draw(st.sets(near | st.integers(axis.first, axis.stop - 1), min_size=1, max_size=most))
    for place in places:
        ids[place] = codes.MISSING
    for place in draw(st.sets(near, max_size=12)) - places:  # and more goes on than in an ordinary month
        ids[place] = codes.code_id(draw(st.sampled_from(ANYTHING)), axis.dates[place])
    return Sessions.of(pupil, axis, bytes(ids)), tuple(sorted(places))


def filled(sessions: Sessions, places: tuple[int, ...], said: tuple[str, ...]) -> Sessions:
    ids = bytearray(sessions.ids)
    for place, code in zip(places, said, strict=True):
        ids[place] = codes.code_id(code, sessions.axis.dates[place])
    return Sessions.of(sessions.pupil, sessions.axis, bytes(ids))


def decisions(draw: Any, sessions: Sessions) -> tuple[Decision, ...]:
    kind = draw(st.sampled_from(("", "", "hold", "override", "review")))
    if not kind:
        return ()
    day = draw(st.sampled_from(sessions.axis.days))
    return (Decision(sessions.pupil.pupil_id, kind, day, day if kind == "review" else date(2026, 9, 1), "x", "x", 1),)


def shown(outcome: Outcome) -> set[str]:
    """The letters and steps to approve that do not wait for marks: on the checklist, or after another step."""
    return {one.id for one in (*outcome.checklist, *outcome.later) if one.needs_approval}


def of_safety(policy: Policy) -> set[str]:
    """What is asked for because nobody knows where a child is, or because a child is at risk: it never waits."""
    safe = [t for t in policy.triggers if any(re.match("unexplained|cp|lac", test.text) for test in t.condition.tests)]
    return {one for trigger in safe for one in trigger.actions}


names = st.sampled_from([*school_names(), "every measure", "every measure"])


@settings(max_examples=400, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_letter_that_is_shown_stands_however_the_missing_marks_are_filled(data: st.DataObject) -> None:
    policy = policy_of(data.draw(names))
    sessions, places = data.draw(with_missing())
    said = decisions(data.draw, sessions)
    now = evaluate_pupil(policy, sessions, said)
    firm_duties = {duty.id for duty in now.duties} - now.waits.duties
    about_a_child = of_safety(policy)
    fillings = [tuple(data.draw(st.sampled_from(ANYTHING)) for _ in places) for _ in range(8)]
    fillings += list(product(("/", "O", "#"), repeat=len(places))) if len(places) <= 3 else []
    for codes_now in fillings:
        then = evaluate_pupil(policy, filled(sessions, places, codes_now), said)
        assert shown(now) - about_a_child <= {one.id for one in then.left}, codes_now
        assert firm_duties <= {duty.id for duty in then.duties} | {"n-over-five-days"}, codes_now


def every_code(day: date) -> list[str]:
    """All register codes that a mark of a day may have."""
    return [one.code for one in codes.all_codes() if one.from_ <= day <= one.to and one.id != codes.MISSING]


@settings(max_examples=300, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_for_one_missing_mark_a_letter_waits_just_if_some_code_would_undo_it(data: st.DataObject) -> None:
    policy = policy_of(data.draw(names))
    sessions, (place,) = data.draw(with_missing(most=1))
    said = decisions(data.draw, sessions)
    now = evaluate_pupil(policy, sessions, said)
    then = [
        evaluate_pupil(policy, filled(sessions, (place,), (code,)), said)
        for code in every_code(sessions.axis.dates[place])
    ]
    always = set.intersection(*({one.id for one in other.left} for other in then))
    fired = {one.id for one in now.triggers}
    safe = of_safety(replace(policy, triggers=tuple(one for one in policy.triggers if one.id in fired)))
    assert {one.id for one in now.waiting} == {one.id for one in now.left if one.needs_approval} - always - safe
    duties = set.intersection(*({one.id for one in other.duties} for other in then))
    assert now.waits.duties == {one.id for one in now.duties} - duties - {"n-over-five-days"}
    assert len(now.waits.each) == len(now.waiting)
    assert all(sessions.axis.dates[place] <= wait.since <= now.as_of for wait in now.waits.each)


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_waits_is_nothing_else_than_letters_and_nothing_else_changes(data: st.DataObject) -> None:
    policy = policy_of(data.draw(names))
    sessions, _places = data.draw(with_missing())
    now = evaluate_pupil(policy, sessions)
    listed = {*(one.id for one in now.checklist), *(one.id for one in now.waiting), *(one.id for one in now.later)}
    assert not any(one.id in now.waits.actions for one in now.checklist)
    assert all(one.needs_approval for one in now.waiting)
    assert listed <= {one.id for one in now.actions}
    assert {one["id"] for one in now.to_json()["actions"]} == {one.id for one in now.actions}
    assert ("so it waits" in now.why or "so they wait" in now.why) == bool(now.waiting)


@pytest.mark.parametrize("name", school_names())
def test_the_cells_of_a_row_say_what_waits_just_as_the_engine_does(name: str) -> None:
    policy, as_of = usable_policy(policy_path(name)), date(2025, 11, 20)
    half_terms = cells.shown_half_terms(SCHOOL.register, CALENDAR, as_of)
    register = replace(
        SCHOOL.register,
        rows=tuple(
            bytes(codes.MISSING if (at + column) % 9 == 0 and code else code for column, code in enumerate(row))
            for at, row in enumerate(SCHOOL.register.rows)
        ),
    )
    texts = cells.marks_texts(register, CALENDAR, half_terms)
    axis = Axis.of(register, CALENDAR, as_of)
    waiting = 0
    for pupil in SCHOOL.pupils[:40]:
        found = evaluate_pupil(policy, Sessions.of(pupil, axis, register.by_pupil[pupil.pupil_id]))
        waiting += len(found.waiting)
        row = ([texts[pupil.pupil_id]], cells.policy_text(policy), cells.calendar_text(CALENDAR, half_terms), as_of)
        facts = cells.facts_told(policy, found)
        assert functions.ATT_ACTIONS(*row, facts).splitlines() == [functions.action_words(a) for a in found.checklist]
        assert functions.ATT_WHY(*row, facts) == found.why
    assert waiting
