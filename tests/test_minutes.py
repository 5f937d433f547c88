"""A row of Minutes is read as what a meeting agreed; to step down is a review, with the name of who agreed it."""

from datetime import date
from typing import Any

import pytest

from halfday.policy.ladder import REVIEW
from halfday_sync.casework.minutes import minute_words, read_minutes, reviews
from halfday_sync.casework.model import Casework, Minute
from halfday_sync.entries import MINUTES, Typed
from halfday_sync.workbook.harvest.pages import page_key

DAY = date(2025, 11, 3)
ROW: dict[str, Typed] = {"date": DAY, "meeting": "Weekly meeting", "pupil_id": "P1", "agreed": "Meet the family"}


def read(**rows: dict[str, Typed]) -> tuple[tuple[Minute, ...], list[str]]:
    minutes, problems = read_minutes(rows, ["P1", "P2"])
    return minutes, [problem.words for problem in problems]


def test_a_row_becomes_a_minute_whoever_began_it() -> None:
    more: dict[str, Any] = {
        "owner": "RK",
        "next_due": date(2025, 11, 17),
        "done": "Yes",
        "note": " Both  parents ",
        "pupil_id": "p1",
    }
    (minute,), problems = read(M4={**ROW, **more})
    assert not problems
    expected = Minute(
        "M4", DAY, "Weekly meeting", "P1", "Meet the family", "RK", more["next_due"], True, "Both parents"
    )
    assert minute == expected


def test_a_row_that_says_nothing_yet_is_none_and_the_oldest_comes_first() -> None:
    later = {**ROW, "date": date(2025, 11, 10)}
    minutes, problems = read(M1={"date": DAY, "pupil_id": "P1", "owner": "RK"}, M2=later, M3=ROW)
    assert ([one.key for one in minutes], problems) == (["M3", "M2"], [])
    assert [one.key for one in Casework(minutes=minutes).minutes_of["P1"]] == ["M3", "M2"]


def test_a_row_without_a_date_is_asked_for_it() -> None:
    minutes, problems = read(M1={"pupil_id": "P1", "agreed": "Visit"}, M2={**ROW, "date": "soon"})
    assert not minutes
    assert problems == ["Minutes: a row has no date, so it does not count yet. Fill in the day of the meeting."]


def test_a_day_that_is_still_to_come_is_asked_about() -> None:
    rows = {"M1": ROW, "P1|weekly|2025-11-07": ROW}
    assert read_minutes(rows, ["P1"], DAY)[1] == ()
    minutes, (problem,) = read_minutes(rows, ["P1"], date(2025, 10, 31))
    assert len(minutes) == 2
    assert problem.words == (
        "Minutes: the day of a meeting, 3/11/2025, is still to come. What was agreed counts from then on."
    )


@pytest.mark.parametrize("meeting", ["Half-term review", "Weekly meeting", "Local authority caseload", "Governors"])
def test_to_step_down_is_a_review_of_that_pupil_on_that_day(meeting: str) -> None:
    minutes, problems = read(M1={**ROW, "meeting": meeting, "agreed": "step down", "owner": "RK"})
    (decision,) = reviews(minutes).values()
    assert not problems
    assert (decision.kind, decision.pupil_id, decision.from_, decision.until) == (REVIEW, "P1", DAY, DAY)
    assert (decision.who, decision.reason) == ("RK", f"Agreed at the {meeting[0].lower()}{meeting[1:]}")


def test_without_a_name_it_counts_for_nothing_and_says_what_is_missing() -> None:
    minutes, problems = read(M1={**ROW, "agreed": "Step down"})
    assert not reviews(minutes)
    assert problems == [
        'Minutes, Mon 3 Nov: "Step down" does not count yet. It needs the name of who agreed it, in the column Who.'
    ]


@pytest.mark.parametrize("meeting", ["Family", "Daily check-in"])
def test_a_family_row_steps_nobody_down(meeting: str) -> None:
    minutes, problems = read(M1={**ROW, "agreed": "Step down", "owner": "RK", "meeting": meeting})
    assert not reviews(minutes)
    assert len(problems) == 1
    assert "child's own row" in problems[0]


def test_other_words_have_no_consequence() -> None:
    said = ["Make a plan", "End the plan", "Nothing more to do", "Ask the local authority", "Stepped out of the room"]
    minutes, problems = read(**{f"M{n}": {**ROW, "agreed": words, "owner": "RK"} for n, words in enumerate(said, 1)})
    assert (len(minutes), reviews(minutes), problems) == (len(said), {}, [])


def test_what_was_agreed_last_is_said_with_who_by_when_and_whether_it_was_done() -> None:
    minute = Minute("M1", DAY, "Weekly meeting", "P1", "Meet the family", "RK", date(2025, 11, 17))
    assert minute_words(minute, date(2025, 11, 10)) == "Mon 3 Nov: Meet the family (RK), by Mon 17 Nov"
    assert minute_words(minute, date(2025, 11, 18)) == "Mon 3 Nov: Meet the family (RK), by Mon 17 Nov, not done yet"
    done = Minute("M1", DAY, "", "P1", "", done=True, note="Mum is back at work")
    assert minute_words(done, date(2026, 11, 18)) == "Mon 3 Nov: Mum is back at work, done"


def test_a_row_that_people_began_is_named_with_its_pupil_on_a_page() -> None:
    assert page_key(MINUTES, "M4", "P1") == "P1|M4|-"
    assert page_key(MINUTES, "P1|weekly|2025-11-07", "P1") == "P1|weekly|2025-11-07"
    assert page_key(MINUTES, "Mabel", "P1") == "Mabel"
