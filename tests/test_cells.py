"""A cell function, given the texts of a row, says exactly what the engine says: for every pupil of a school."""

from datetime import date

import pytest
from tests.policy_tables import tables

from halfday import cells, functions
from halfday.policy.evaluate import evaluate
from halfday.policy.ladder import Decision
from halfday.policy.outcome import Outcome
from halfday.register import Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.sources.sample import sample_school
from halfday_sync.templates import policy_path, school_names, usable_policy

SCHOOL = sample_school(pupils=90, seed=11)
CALENDAR = Calendar.from_kinds(SCHOOL.calendar)
HALF_TERMS = cells.shown_half_terms(SCHOOL.register, CALENDAR, date(2026, 7, 1))
AS_OF = [date(2025, 9, 12), date(2025, 12, 4), date(2025, 12, 19), date(2026, 3, 8), date(2026, 7, 17)]


def decided(as_of: date) -> list[Decision]:
    """A hold, an override and a recorded review among the pupils."""
    first, second, third = (pupil.pupil_id for pupil in SCHOOL.pupils[:3])
    return [
        Decision(first, "hold", date(2025, 9, 10), as_of, "An operation; at home", "Head"),
        Decision(second, "override", date(2025, 9, 11), as_of, "Agreed with the family", "Head", 1),
        Decision(third, "review", date(2025, 11, 20), date(2025, 11, 20), "Met the family", "Lead"),
    ]


@pytest.mark.parametrize("as_of", AS_OF, ids=str)
@pytest.mark.parametrize("name", school_names())
def test_functions_agree_with_the_engine(name: str, as_of: date) -> None:
    policy, decisions = usable_policy(policy_path(name)), decided(as_of)
    outcomes = evaluate(policy, SCHOOL.pupils, SCHOOL.register, CALENDAR, as_of, decisions)
    policy_cell = cells.policy_text(policy)
    calendar_cell = cells.calendar_text(CALENDAR, HALF_TERMS)
    texts = cells.marks_texts(SCHOOL.register, CALENDAR, HALF_TERMS)
    for outcome in outcomes:
        pupil_id = outcome.pupil.pupil_id
        facts = cells.facts_told(policy, outcome, [d for d in decisions if d.pupil_id == pupil_id])
        row = ([texts[pupil_id]], policy_cell, calendar_cell, as_of, facts)
        assert functions.ATT_STAGE(*row) == functions.stage_words(outcome.stage)
        assert functions.ATT_TRIGGERS(*row).splitlines() == [functions.trigger_words(t) for t in outcome.triggers]
        assert functions.ATT_ACTIONS(*row).splitlines() == [functions.action_words(a) for a in outcome.checklist]
        assert functions.ATT_STAGE_SINCE(*row) == (outcome.stage_since or "" if outcome.stage else "")
        assert functions.ATT_WHY(*row) == outcome.why
        compare_counts(outcome, texts[pupil_id], calendar_cell, policy_cell, facts)


@pytest.mark.parametrize("name", school_names())
def test_the_flags_that_a_policy_asks_about_are_enough_for_its_triggers(name: str) -> None:
    """A workbook carries no more about a child than the school's own policy uses."""
    policy, as_of = usable_policy(policy_path(name)), date(2026, 2, 12)
    texts, flags = cells.marks_texts(SCHOOL.register, CALENDAR, HALF_TERMS), cells.asked_about(policy)
    row = (cells.policy_text(policy), cells.calendar_text(CALENDAR, HALF_TERMS), as_of)
    for outcome in evaluate(policy, SCHOOL.pupils, SCHOOL.register, CALENDAR, as_of):
        facts = cells.facts_text(outcome.pupil, (), flags)
        said = functions.ATT_TRIGGERS([texts[outcome.pupil.pupil_id]], *row, facts)
        assert said.splitlines() == [functions.trigger_words(fired) for fired in outcome.triggers]
    assert "cp" not in cells.facts_text(Pupil("1", cp=True, fsm=True), (), {"fsm"})


def compare_counts(outcome: Outcome, marks: tuple[str, ...], calendar: str, policy: str, facts: str) -> None:
    ytd = outcome.ytd
    percent = functions.ATT_PERCENT([marks], calendar, outcome.as_of, facts)
    assert percent == (ytd.attended / ytd.possible if ytd.possible else "")
    assert functions.ATT_BAND(ytd.attended, ytd.possible, policy) == (outcome.band or "")
    assert functions.ATT_PENALTY([marks], calendar, outcome.as_of, facts) == outcome.penalty.count
    for what in ("possible", "attended", "authorised", "unauthorised", "missing"):
        assert functions.ATT_COUNT([marks], calendar, outcome.as_of, what, facts) == getattr(ytd, what)
    persistent = {None: "", True: "Yes", False: "No"}[outcome.persistent_absence]
    assert functions.ATT_PA(ytd.attended, ytd.possible) == persistent


@pytest.mark.parametrize("name", school_names())
def test_a_policy_in_a_cell_is_the_same_policy(name: str) -> None:
    policy = usable_policy(policy_path(name))
    again = cells.read_policy(cells.policy_text(policy))
    assert [(b.name, b.floor, b.written_to) for b in again.bands] == [
        (b.name, b.floor, b.written_to) for b in policy.bands
    ]
    assert [(s.number, s.name, s.ceiling) for s in again.stages] == [
        (s.number, s.name, s.ceiling) for s in policy.stages
    ]
    assert [(t.id, t.condition) for t in again.triggers] == [(t.id, t.condition) for t in policy.triggers]
    assert set(again.cuts) == set(policy.cuts)
    assert len(cells.policy_text(policy)) < 32_767, "more than a cell of Excel holds"


@pytest.mark.parametrize("name", school_names())
def test_the_tables_of_the_policy_page_give_the_very_text_that_was_sent(name: str) -> None:
    policy = usable_policy(policy_path(name))
    given = tables(policy)
    assert functions.ATT_POLICY(*given) == cells.policy_text(policy)
    assert not functions.ATT_POLICY_CHECK(*given).startswith("#")


def test_the_calendar_in_a_cell_has_the_same_half_terms() -> None:
    again = cells.read_calendar(cells.calendar_text(CALENDAR, HALF_TERMS))
    assert again.half_terms == CALENDAR.half_terms
    assert again.school_days == CALENDAR.school_days
    open_ended = Calendar.from_days(SCHOOL.register.days_taught)
    text = cells.calendar_text(open_ended, open_ended.half_terms)
    assert cells.read_calendar(text).half_terms == open_ended.half_terms


WRONG = [
    (lambda: functions.ATT_BAND(1, 2, "bnd = 3"), "#Policy: bnd: not a key of a policy; did you mean 'band'?"),
    (lambda: functions.ATT_BAND(1, 2, ""), "#Policy: the cell is empty; give the cell that holds it"),
    (lambda: functions.ATT_BAND(1, 2, 95), "#Policy: 95 is not its text; give the cell that holds it"),
    (lambda: functions.ATT_POLICY([["Good", "over", 95, ""]]), "#Policy table: 'Good': 'over' is none of its words"),
    (lambda: functions.ATT_POLICY([["Good", "at leest", 95, ""]]), "#Policy table: 'Good': 'at leest' is none"),
    (lambda: functions.ATT_POLICY([["Good", "at least", "95%", ""]]), "#Policy table: 'Good': '95%' is not a figure"),
    (
        lambda: functions.ATT_POLICY([["A", "at least", 95], ["B", "at least", ""], ["", "", ""]]),
        "#Policy table: 'B' has no lower bound in row 2",
    ),
    (lambda: functions.ATT_POLICY([["A", "at least", 0]], [[1, "S", "below", ""]]), "#Policy table: 'S' has no figure"),
    (lambda: functions.ATT_BAND(1, 2, "#Policy table: 'S' has no figure in row 1"), "#Policy table: 'S' has no figure"),
    (lambda: functions.ATT_BAND("#N/A", 2, ""), "#One of the cells it is given shows #N/A"),
    (lambda: functions.ATT_BACK_TO(1, 2, "95 percent"), "#Target: '95 percent' is not a target; write 95% or PA"),
    (lambda: functions.ATT_BACK_TO(1, 2, 120), "#Target: 120 is not between 0% and 100%"),
    (lambda: functions.ATT_IF_ABSENT(1, 2, 0.3), "#Days: write whole or half school days"),
    (lambda: functions.ATT_CALENDAR([[45902, 45903, "schol"]]), "#Calendar, row 1: 'schol' is none of its words; did"),
    (lambda: functions.ATT_PERCENT("/ \\", "2025-09-01 to 2025-10-24 school", "soon"), "#As of: 'soon' is not a date"),
    (
        lambda: functions.ATT_PERCENT("Q9", "2025-09-01 to 2025-10-24 school", 45992),
        "#Marks: code 'Q9' is not a register",
    ),
    (lambda: functions.ATT_PERCENT("/ / /", "2025-09-01 to 2025-09-01 school", 45992), "#Marks: 3 codes for the 2"),
    (
        lambda: functions.ATT_COUNT("/ \\", "2025-09-01 to 2025-09-01 school", 45992, "latte"),
        "#What: 'latte' is neither",
    ),
    (lambda: functions.ATT_STAGE("/", "x", "2025-09-01 to 2025-09-01 school", 45992, "gone 1"), "#Facts: cannot read"),
    (lambda: functions.ATT_STAGE("/", "x", "", 45992), "#Calendar: the cell is empty"),
    (lambda: functions.ATT_PA("x", 3), "#Attended: 'x' is not a number"),
]


@pytest.mark.parametrize(("call", "sentence"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_argument_answers_a_sentence(call: object, sentence: str) -> None:
    assert callable(call)
    assert str(call()).startswith(sentence)


@pytest.mark.parametrize("blank", [None, "", [[None, None]], [["", 0]]])
def test_blank_in_blank_out(blank: object) -> None:
    calendar = "2025-09-01 to 2025-09-01 school"
    policy = functions.ATT_POLICY([["All", "at least", 0, ""]])
    assert functions.ATT_PERCENT(blank, calendar, 45992) == ""
    assert functions.ATT_COUNT(blank, calendar, 45992, "I") == ""
    assert functions.ATT_STAGE(blank, policy, calendar, 45992) == ""
    assert functions.ATT_WHY(blank, policy, calendar, 45992) == ""
    assert functions.ATT_PENALTY(blank, calendar, 45992) == ""
    assert functions.ATT_PA(None, None) == functions.ATT_BAND(None, 0, policy) == functions.ATT_CALENDAR(None) == ""


def test_dates_of_every_host_are_one_date() -> None:
    calendar, marks = "2025-09-01 to 2025-10-24 school", "/ \\ I I"
    found = {functions.ATT_PERCENT(marks, calendar, day) for day in (date(2025, 9, 2), 45902, 45902.75)}
    assert found == {0.5}


def test_an_empty_register_has_no_texts() -> None:
    assert cells.marks_texts(Register(), CALENDAR, HALF_TERMS) == {}


def test_marks_on_days_without_school_are_in_the_cells_too() -> None:
    """A calendar that says holiday where there are marks: stored figures and live cells must still agree."""
    kinds = dict(SCHOOL.calendar)
    for day in (date(2025, 9, 9), date(2025, 11, 4), date(2025, 11, 5)):
        kinds[day] = "holiday"
    calendar = Calendar.told(kinds, SCHOOL.register.days_taught)
    assert calendar.marked == {date(2025, 9, 9), date(2025, 11, 4), date(2025, 11, 5)}
    policy, as_of = usable_policy(policy_path("stanton-road")), date(2025, 12, 4)
    outcomes = evaluate(policy, SCHOOL.pupils, SCHOOL.register, calendar, as_of)
    half_terms = cells.shown_half_terms(SCHOOL.register, calendar, as_of)
    texts = cells.marks_texts(SCHOOL.register, calendar, half_terms)
    calendar_cell, policy_cell = cells.calendar_text(calendar, half_terms), cells.policy_text(policy)
    assert cells.read_calendar(calendar_cell).marked == calendar.marked
    for outcome in outcomes:
        facts = cells.facts_text(outcome.pupil)
        row = ([texts[outcome.pupil.pupil_id]], policy_cell, calendar_cell, as_of, facts)
        assert functions.ATT_WHY(*row) == outcome.why
        compare_counts(outcome, texts[outcome.pupil.pupil_id], calendar_cell, policy_cell, facts)


def test_quotes_and_apostrophes_in_names_break_nothing() -> None:
    text = functions.ATT_POLICY(
        [['Head\'s "best" list', "at least", 95, ""], ["Low \\ rest", "at least", 0, ""]],
        [[1, "Parents' meeting", "below", 95]],
        [["t", "It's '''late'''", "late >= 3", ""]],
    )
    assert functions.ATT_BAND(19, 20, text) == 'Head\'s "best" list'
    assert functions.ATT_BAND(18, 20, text) == "Low \\ rest"
    assert cells.read_policy(text).triggers[0].title == "It's '''late'''"


ODD = [
    lambda: functions.ATT_POLICY(5),
    lambda: functions.ATT_POLICY_CHECK("x"),
    lambda: functions.ATT_BAND([[1, 2]], 3, "x"),
    lambda: functions.ATT_CALENDAR([[1, 2, 3, 4, 5]]),
    lambda: functions.ATT_PA(float("nan"), 3),
    lambda: functions.ATT_PA(1, float("inf")),
    lambda: functions.ATT_PA(50, 40),
    lambda: functions.ATT_PERCENT("/", "2025-09-01 to 2025-09-01 school", 1e12),
    lambda: functions.ATT_STAGE(["/"], 5, 5, 45992),
    lambda: functions.ATT_BAND(True, 3, ""),
]


@pytest.mark.parametrize("call", ODD, ids=range(len(ODD)))
def test_never_a_traceback(call: object) -> None:
    assert callable(call)
    assert str(call()).startswith("#")
