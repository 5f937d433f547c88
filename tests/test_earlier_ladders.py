"""A policy that was adopted during the year: stages decided under the ladder of their day stay as they were decided."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from halfday import cells, functions
from halfday.policy.evaluate import evaluate
from halfday.policy.model import Earlier, Policy, School, Stage
from halfday.policy.outcome import Outcome
from halfday.register import AM, PM, Mark, Pupil, Register
from halfday.school_year import Calendar

DAYS = [date(2025, 9, 1) + timedelta(days=n) for n in range(60) if (date(2025, 9, 1) + timedelta(days=n)).weekday() < 5]
CALENDAR = Calendar.from_kinds(dict.fromkeys(DAYS, "school"))


def below(*figures: int) -> tuple[Stage, ...]:
    return tuple(Stage(n, f"Stage {n}", below=Fraction(figure)) for n, figure in enumerate(figures, 1))


def policy(*figures: int, earlier: tuple[Earlier, ...] = ()) -> Policy:
    return Policy("new", School("x"), stages=below(*figures), earlier=earlier)


def found(rules: Policy, present: int, away: int, back: int = 0) -> Outcome:
    """So many days at school, then away, then back."""
    codes = ["/"] * present + ["I"] * away + ["/"] * back
    marks = [Mark("p", day, half, code) for day, code in zip(DAYS, codes, strict=False) for half in (AM, PM)]
    as_of = DAYS[len(codes) - 1]
    return evaluate(rules, [Pupil("p")], Register.from_marks(marks, ["p"]), CALENDAR, as_of)[0]


def test_a_stage_decided_under_the_ladder_of_its_day_stays() -> None:
    new, until = policy(80), date(2025, 9, 30)
    changed = replace(new, earlier=(Earlier(until, below(95)),))
    assert found(new, 18, 2, 12).stage == 0
    outcome = found(changed, 18, 2, 12)
    assert (outcome.stage, outcome.stage_since) == (1, date(2025, 9, 25))
    assert "when it was 94.7%" in outcome.why


def test_what_happens_after_the_change_goes_by_the_new_ladder() -> None:
    changed = policy(80, earlier=(Earlier(date(2025, 9, 12), below(95)),))
    assert found(changed, 18, 2).stage == 0
    assert found(changed, 18, 6).stage == 1


def test_a_new_ladder_with_fewer_rungs_leaves_nobody_on_one_that_is_gone() -> None:
    outcome = found(policy(20, earlier=(Earlier(date(2025, 10, 3), below(95, 90)),)), 15, 12)
    assert (outcome.stage, outcome.stage_since) == (1, date(2025, 10, 6))


def test_the_ladder_of_another_year_changes_nothing() -> None:
    old = policy(90, earlier=(Earlier(date(2025, 7, 1), below(99)),))
    assert found(old, 15, 5).steps == found(policy(90), 15, 5).steps


def test_earlier_ladders_go_through_the_cells() -> None:
    rules = policy(80, earlier=(Earlier(date(2025, 9, 30), below(95)), Earlier(date(2025, 10, 5), below(93, 85), 30)))
    again = cells.read_policy(cells.policy_text(rules))
    assert again.earlier == rules.earlier
    tables = ([["All", "at least", 0]], [[1, "Stage 1", "below", 80]], None, None, None, cells.earlier_text(rules))
    assert cells.read_policy(functions.ATT_POLICY(*tables)).earlier == rules.earlier
