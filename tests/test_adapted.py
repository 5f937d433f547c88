"""The adapted route, from a row of Decisions on: it ends by itself, and moves no stage, band or step of a checklist."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfday import cells, functions
from halfday.policy.evaluate import evaluate
from halfday.policy.ladder import ADAPTED, Decision
from halfday.school_year import Calendar
from halfday_sync import decided
from halfday_sync.entries import Typed
from halfday_sync.sources.sample import sample_school
from halfday_sync.templates import policy_path, school_names, usable_policy

TODAY = date(2026, 1, 14)
AT = datetime(2026, 1, 14, 8, tzinfo=UTC)
SCHOOL = sample_school(pupils=30, seed=3)
CALENDAR = Calendar.from_kinds(SCHOOL.calendar)
ROW: dict[str, Typed] = {
    "pupil_id": "P1",
    "kind": "Adapted",
    "reason": "Bereavement",
    "who": "Head",
    "from": TODAY,
    "until": TODAY + timedelta(days=30),
}


def read(*rows: dict[str, Typed], today: date = TODAY) -> list[decided.ReadDecision]:
    keyed = {f"D{number}": row for number, row in enumerate(rows, 1)}
    return list(decided.read_decisions(keyed, pupils={"P1"}, stages=3, today=today, recorded_at=AT).values())


@pytest.mark.parametrize(
    "reason", ["Medical", "Part-time timetable", "Bereavement", "EHCP", "as agreed with the family"]
)
def test_any_reason_will_do_and_it_is_said_until_when(reason: str) -> None:
    (found,) = read(ROW | {"reason": reason})
    assert found.decision == Decision("P1", ADAPTED, TODAY, TODAY + timedelta(days=30), reason, "Head", 0, AT)
    assert found.words == "In force until Fri 13 Feb 2026: letters in adapted words."
    assert read(ROW | {"reason": reason}, today=date(2026, 2, 14))[0].words == "Ended on Fri 13 Feb 2026."


@pytest.mark.parametrize(
    ("missing", "needs"),
    [("reason", "a reason"), ("who", "the name of who decided"), ("from", "its first day"), ("until", "its last day")],
)
def test_without_a_reason_a_name_or_an_end_it_does_not_count(missing: str, needs: str) -> None:
    (found,) = read(ROW | {missing: None})
    assert (found.decision, found.words) == (None, f"Not in force: it needs {needs}.")


def test_two_rows_of_one_child_both_count_each_with_its_own_end() -> None:
    later = ROW | {"reason": "EHCP", "from": TODAY + timedelta(days=10), "until": TODAY + timedelta(days=90)}
    first, second = read(ROW, later)
    assert (first.decision and first.decision.until) == TODAY + timedelta(days=30)
    assert (second.decision and second.decision.until) == TODAY + timedelta(days=90)


@settings(max_examples=20, deadline=None)
@given(name=st.sampled_from(school_names()), ids=st.sets(st.sampled_from([one.pupil_id for one in SCHOOL.pupils])))
def test_it_changes_no_figure_no_stage_and_no_checklist(name: str, ids: set[str]) -> None:
    policy, as_of = usable_policy(policy_path(name)), date(2026, 1, 13)
    route = [Decision(who, ADAPTED, date(2025, 9, 1), date(2026, 7, 1), "Medical", "Head") for who in sorted(ids)]
    plain = evaluate(policy, SCHOOL.pupils, SCHOOL.register, CALENDAR, as_of)
    adapted = evaluate(policy, SCHOOL.pupils, SCHOOL.register, CALENDAR, as_of, route)
    assert adapted == plain
    terms = cells.shown_half_terms(SCHOOL.register, CALENDAR, as_of)
    marks, calendar = cells.marks_texts(SCHOOL.register, CALENDAR, terms), cells.calendar_text(CALENDAR, terms)
    for one in adapted[:5]:
        row = ([marks[one.pupil.pupil_id]], cells.policy_text(policy), calendar, as_of, cells.facts_told(policy, one))
        assert functions.ATT_WHY(*row) == one.why
