"""An action that somebody ticked off is off every list, sent or live, until the policy asks for it anew."""

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfday import cells, functions
from halfday.policy.evaluate import evaluate
from halfday.policy.model import Policy
from halfday.policy.outcome import Done, Outcome
from halfday.register import Pupil
from halfday.school_year import Calendar
from halfday_sync.sources.sample import sample_school
from halfday_sync.templates import policy_path, school_names, usable_policy

SCHOOL = sample_school(pupils=40, seed=5)
CALENDAR = Calendar.from_kinds(SCHOOL.calendar)
AS_OF = date(2025, 12, 4)
HALF_TERMS = cells.shown_half_terms(SCHOOL.register, CALENDAR, AS_OF)
MARKS = cells.marks_texts(SCHOOL.register, CALENDAR, HALF_TERMS)


@cache
def _asked(name: str) -> tuple[Policy, tuple[Done, ...]]:
    """A school's policy, and every action that it asks for and that is to be done now or later."""
    policy = usable_policy(policy_path(name))
    outcomes = evaluate(policy, SCHOOL.pupils, SCHOOL.register, CALENDAR, AS_OF)
    asked = tuple(Done(one.pupil.pupil_id, a.id, a.due) for one in outcomes for a in one.left if a.due)
    assert len(asked) > 20
    return policy, asked


def _outcomes(policy: Policy, done: tuple[Done, ...]) -> dict[str, Outcome]:
    found = evaluate(policy, SCHOOL.pupils, SCHOOL.register, CALENDAR, AS_OF, done=done)
    return {outcome.pupil.pupil_id: outcome for outcome in found}


def _left(outcomes: dict[str, Outcome]) -> set[tuple[str, str]]:
    return {(pupil, action.id) for pupil, outcome in outcomes.items() for action in outcome.left}


@pytest.mark.parametrize("name", school_names())
def test_what_is_done_is_off_this_pupils_list_and_nobody_elses(name: str) -> None:
    policy, asked = _asked(name)
    before, after = _outcomes(policy, ()), _outcomes(policy, asked[:3])
    assert _left(before) - _left(after) == {(one.pupil_id, one.action) for one in asked[:3]}
    assert _left(after) < _left(before)
    for pupil, outcome in after.items():
        assert outcome.to_json() == before[pupil].to_json(), "what the policy asks for is still told"


def test_an_action_with_another_date_is_open_again() -> None:
    policy, asked = _asked("stanton-road")
    earlier = tuple(Done(one.pupil_id, one.action, one.due - timedelta(days=1)) for one in asked)
    assert _left(_outcomes(policy, earlier)) == _left(_outcomes(policy, ()))


@settings(max_examples=15, deadline=None)
@given(name=st.sampled_from(school_names()), data=st.data())
def test_a_live_cell_says_what_was_sent_also_with_ticks(name: str, data: st.DataObject) -> None:
    policy, asked = _asked(name)
    done = tuple(data.draw(st.lists(st.sampled_from(asked), unique=True)))
    sent, calendar = cells.policy_text(policy), cells.calendar_text(CALENDAR, HALF_TERMS)
    for pupil, outcome in _outcomes(policy, done).items():
        facts = cells.facts_told(policy, outcome)
        live = functions.ATT_ACTIONS([MARKS[pupil]], sent, calendar, AS_OF, facts)
        assert live.splitlines() == [functions.action_words(action) for action in outcome.checklist]


TITLES = st.text(min_size=1).map(lambda text: " ".join(text.split())).filter(bool)


@given(st.sets(st.tuples(TITLES, st.dates(date(2000, 1, 1), date(2099, 12, 31))), max_size=5))
def test_what_is_done_survives_the_text_of_a_cell(done: set[tuple[str, date]]) -> None:
    facts = cells.read_facts(cells.facts_text(Pupil("7", cp=True), done=done))
    assert {(one.action, one.due) for one in facts.done} == done
    assert facts.pupil == Pupil(cells.PUPIL_ID, cp=True)
    assert facts.decisions == ()


def test_an_action_that_the_policy_no_longer_has_is_not_written() -> None:
    policy, (first, *_rest) = _asked("stanton-road")
    done = {(first.action, first.due), ("gone", first.due)}
    assert cells.done_by_title(policy, done) == ((policy.action[first.action].title, first.due),)


def test_a_line_that_cannot_be_read_is_said_so() -> None:
    with pytest.raises(cells.CellTextError, match="cannot read 'done'"):
        cells.read_facts("done Ring the family soon")
