"""Groups, targets and rewards are evaluated for every policy: sums of sessions, by hand and by a plain recount."""

from datetime import date
from fractions import Fraction

import pytest

from halfday.policy import figures
from halfday.policy.evaluate import evaluate
from halfday.policy.load import load
from halfday.policy.model import Reward
from halfday.policy.outcome import Outcome
from halfday.register import AM, PM, Mark, Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.sources.sample import sample_school
from halfday_sync.templates import policy_path, school_names, usable_policy

SCHOOL = sample_school(pupils=120, seed=9)
CALENDAR = Calendar.from_kinds(SCHOOL.calendar)

SMALL = load(
    """
[school]
name = "Small"
[[band]]
name = "All"
from = 0
[[target]]
id = "ninety-six"
title = "96%"
measure = "percent"
value = 96
[[target]]
id = "pa"
title = "Persistent absence"
measure = "persistent_absence"
value = 40
[[target]]
id = "open"
title = "Not said"
measure = "percent"
[[group]]
id = "classes"
title = "Classes"
by = "class_name"
[[group]]
id = "fsm"
title = "Free meals"
by = "fsm"
[[reward]]
id = "best"
title = "Best class"
unit = "class"
window = "week"
best = true
[[reward]]
id = "full"
title = "Full class"
unit = "class"
window = "week"
at_least = 100
[[reward]]
id = "child"
title = "A child's 100%"
unit = "pupil"
window = "week"
at_least = 100
""",
    "small",
)


def small() -> tuple[Outcome, ...]:
    """Two classes, one week: Elm 10/10 and 8/10, Oak 10/10; a pupil without a class, and one without marks."""
    pupils = [
        Pupil("1", class_name="Elm", fsm=True),
        Pupil("2", class_name="Elm", fsm=False),
        Pupil("3", class_name="Oak"),
        Pupil("4"),
        Pupil("5", class_name="Oak"),
    ]
    days = [date(2025, 9, 1 + n) for n in range(5)]
    marks = [
        Mark(str(number), day, session, "I" if number == 2 and day == days[0] else "/")
        for number in (1, 2, 3, 4)
        for day in days
        for session in (AM, PM)
    ]
    register = Register.from_marks(marks, [pupil.pupil_id for pupil in pupils])
    return evaluate(SMALL, pupils, register, Calendar.from_days(days), days[-1])


def test_figures_of_a_small_school_by_hand() -> None:
    outcomes = small()
    table = figures.groups(SMALL, outcomes, "week")
    found = {group.id: [(f.name, f.pupils, f.attended, f.possible) for f in rows] for group, rows in table.items()}
    assert found == {
        "classes": [("Elm", 2, 18, 20), ("Oak", 1, 10, 10)],
        "fsm": [("no", 1, 8, 10), ("yes", 1, 10, 10)],
    }
    best, full, child = SMALL.rewards
    assert figures.winners(best, outcomes) == ("Oak",)
    assert figures.winners(full, outcomes) == ("Oak",)
    assert figures.winners(child, outcomes) == ("1", "3", "4")
    gaps = [(gap.target.id, gap.figure, gap.points) for gap in figures.targets(SMALL, outcomes)]
    assert gaps == [
        ("ninety-six", Fraction(95), Fraction(-1)),
        ("pa", Fraction(25), Fraction(15)),
        ("open", Fraction(95), None),
    ]


def test_without_a_session_there_is_no_figure() -> None:
    nobody = evaluate(SMALL, [Pupil("5", class_name="Oak")], Register(), Calendar.from_days([]), date(2025, 9, 1))
    assert figures.by_field(nobody, "class_name") == ()
    assert figures.winners(SMALL.rewards[0], nobody) == ()
    assert all(gap.figure is None for gap in figures.targets(SMALL, nobody))


def test_a_league_can_have_two_winners_and_a_school_reward_has_no_league() -> None:
    outcomes = [one for one in small() if one.pupil.pupil_id in {"1", "3"}]
    assert figures.winners(SMALL.rewards[0], outcomes) == ("Elm", "Oak")
    assert figures.winners(Reward("x", "X", "school", "week", best=True), outcomes) == ()


@pytest.mark.parametrize("name", school_names())
def test_every_group_target_and_reward_of_a_policy_is_evaluated(name: str) -> None:
    policy = usable_policy(policy_path(name))
    outcomes = evaluate(policy, SCHOOL.pupils, SCHOOL.register, CALENDAR, date(2025, 12, 12))
    for group, rows in figures.groups(policy, outcomes).items():
        assert rows, f"{group.id} has no figure"
        inside = [one for one in outcomes if getattr(one.pupil, group.by) not in (None, "")]
        assert sum(row.possible for row in rows) == sum(one.windows["half_term"].possible for one in inside)
    assert len(figures.targets(policy, outcomes)) == len(policy.targets)
    for reward in policy.rewards:
        if reward.best:
            assert figures.winners(reward, outcomes), f"{reward.id} has no winner"
        elif reward.unit == "pupil":
            assert set(figures.winners(reward, outcomes)) <= {one.pupil.pupil_id for one in outcomes}
