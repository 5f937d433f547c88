"""The quick ways of finding when a condition began to hold give the day that a walk back, day by day, gives."""

from datetime import date

import pytest

from halfday.measures import Axis, Sessions
from halfday.policy.evaluate import duties
from halfday.policy.moment import Moment
from halfday.school_year import Calendar
from halfday_sync.sources.sample import sample_school
from halfday_sync.templates import policy_path, school_names, usable_policy

SCHOOL = sample_school(pupils=70, seed=4)
CALENDAR = Calendar.from_kinds(SCHOOL.calendar)


@pytest.mark.parametrize("as_of", [date(2025, 10, 3), date(2025, 12, 19), date(2026, 6, 12)], ids=str)
@pytest.mark.parametrize("name", school_names())
def test_a_spell_begins_where_a_walk_back_ends(name: str, as_of: date) -> None:
    policy = usable_policy(policy_path(name))
    axis, found = Axis.of(SCHOOL.register, CALENDAR, as_of), 0
    for pupil in SCHOOL.pupils:
        sessions = Sessions.of(pupil, axis, SCHOOL.register.by_pupil[pupil.pupil_id])
        now = Moment(sessions, len(axis.days) - 1, policy.rules.min_possible, policy.cuts)
        for condition in (trigger.condition for trigger in (*policy.triggers, *duties())):
            if condition.holds(now):
                found += 1
                walked = now.at
                while walked > 0 and condition.holds(now.earlier(walked - 1)):
                    walked -= 1
                assert condition.first_of_spell(now).at == walked
    assert found
