"""Certificate, threshold, chronology and letters can be made of any child on any day, however little is known of it."""

from datetime import date

import pytest
from tests.little_school import little_school
from tests.referral_text import text_of

from halfday.measures import Axis, Sessions
from halfday.policy.evaluate import evaluate
from halfday_sync.casework import Casework
from halfday_sync.chronology import Story
from halfday_sync.referrals.case import Case, SchoolFacts
from halfday_sync.referrals.content import Facts, Grid, Pack, Table, as_json, from_json
from halfday_sync.referrals.known.marks import known_marks
from halfday_sync.referrals.profile import Certificate, Profile
from halfday_sync.referrals.sheets import certificate, chronology, letters, threshold
from halfday_sync.workbook.view import View

PROFILE = Profile("generic", "Referral", "The local authority", certificate=Certificate(2, 60))
SCHOOL = little_school()
DAYS = [day for day in SCHOOL.calendar.school_days if day <= SCHOOL.marks_until]


def cases(school: View, as_of: date) -> list[Case]:
    axis = Axis.of(school.register, school.calendar, as_of)
    outcomes = evaluate(school.policy, school.pupils, school.register, school.calendar, as_of)
    return [
        Case(
            school=SchoolFacts(school.school),
            policy=school.policy,
            calendar=school.calendar,
            pupil=one.pupil,
            outcome=one,
            sessions=Sessions.of(one.pupil, axis, school.register.marks_of(one.pupil.pupil_id)),
            story=Story(one.pupil.pupil_id, school.policy, Casework(), marks_until=as_of),
            as_of=as_of,
            made_on=as_of,
        )
        for one in outcomes
    ]


@pytest.mark.parametrize("as_of", [DAYS[0], DAYS[1], DAYS[len(DAYS) // 2], DAYS[-1]], ids=lambda day: f"{day:%d %b}")
def test_every_sheet_of_every_child_can_be_made_and_kept(as_of: date) -> None:
    for one in cases(SCHOOL, as_of):
        sheets = tuple(part.sheet(one, PROFILE) for part in (certificate, threshold, chronology, letters))
        pack = Pack("generic", "Referral", one.school.name, one.name, as_of, as_of, sheets)
        assert from_json(as_json(pack)) == pack
        for block in (block for sheet in sheets for block in sheet.blocks):
            assert not isinstance(block, Facts) or all(fact.value != "" or fact.by_hand for fact in block.rows)
            if isinstance(block, Table):
                assert {len(row) for row in block.rows} <= {len(block.headings)}
                assert len(block.widths) == len(block.headings)
            if isinstance(block, Grid):
                assert {len(week.counts) for week in block.weeks} <= {len(block.counted)}


def test_its_attendance_is_that_on_the_tracker() -> None:
    for one in cases(SCHOOL, DAYS[-1]):
        said = known_marks(one)["attendance"]
        assert said.startswith(f"{one.outcome.percent}% (") if one.outcome.percent else said == ""


def test_a_year_of_which_nothing_is_held_is_said() -> None:
    for one in cases(SCHOOL, DAYS[-1]):
        assert "School year 2024/25" in text_of(certificate.sheet(one, PROFILE))
        assert known_marks(one)["attendance_last_year"] == ""
