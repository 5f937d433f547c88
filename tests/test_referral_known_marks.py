"""What the register says to the questions of a form is what the tracker and the law's counts say."""

from dataclasses import replace
from datetime import date
from itertools import dropwhile, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.referral_case import PLANS, PRESENT, case, kinds, ready_case, with_casework

from halfday_sync.referrals.fields import all_fields, shipped
from halfday_sync.referrals.known.marks import known_marks, stage_words


def section() -> set[str]:
    """The fields of the section Attendance, from the file itself."""
    lines = (shipped() / "fields.toml").read_text(encoding="utf-8").splitlines()
    inside = list(dropwhile(lambda line: not line.startswith("# --- Attendance"), lines))[1:]
    mine = takewhile(lambda line: not line.startswith("# ---"), inside)
    return {line.split('"')[1] for line in mine if line.startswith("id = ")}


def test_every_field_of_the_section_is_answered_and_no_other() -> None:
    fields = all_fields()
    wanted = {one for one in section() if fields[one].known} | {"notice_result"}
    assert len(wanted) > 10
    assert set(known_marks(case())) == wanted


def test_the_answers() -> None:
    assert known_marks(case()) == {
        "attendance": "88.6% (34 of 299 sessions missed), up to Fri 15 May 2026",
        "attendance_last_year": "91.5% (33 of 386 sessions missed), 2024/25",
        "possible": "299",
        "authorised": "12",
        "unauthorised": "22",
        "late_before": "2",
        "late_after": "4",
        "holiday": "2 sessions: Thu 26 Mar 2026",
        "unresolved": "2: Tue 12 May 2026",
        "threshold": "15, 2 of them N",
        "threshold_window": "Mon 23 Feb 2026 to Fri 15 May 2026",
        "threshold_met": "Tue 21 Apr 2026",
        "unauthorised_dates": (
            "Tue 24 Feb 2026: U in the morning; Tue 3 Mar 2026: O all day; Tue 10 Mar 2026: O all day; "
            "Wed 11 Mar 2026: O in the afternoon; Tue 17 Mar 2026: U in the morning; Thu 26 Mar 2026: G all day; "
            "Tue 21 Apr 2026: O all day; Thu 30 Apr 2026: U in the morning; Wed 6 May 2026: O in the morning; "
            "Tue 12 May 2026: N all day"
        ),
        "last_sessions": "52 of 60 (86.7%), Wed 18 Mar 2026 to Fri 15 May 2026",
        "stage": "Stage 3 (Band E: escalate with the local authority), since Tue 3 Mar 2026",
        "notice_result": "32 of 36 (88.9%); 4 unauthorised",
    }


def test_of_a_child_who_is_always_here() -> None:
    said = known_marks(with_casework(case(PRESENT), plans=()))
    assert (said["holiday"], said["unresolved"], said["unauthorised"]) == ("0", "0", "0")
    assert (said["threshold"], said["threshold_met"], said["unauthorised_dates"]) == ("0", "Not met: 0 of 10", "")
    assert said["stage"] == "No stage"
    assert said["notice_result"] == ""


def test_without_marks_a_figure_is_not_known() -> None:
    said = known_marks(ready_case({"2024-09-03 to 2026-05-15": ". .", "2025-09-01": ". ."}))
    assert (said["attendance"], said["attendance_last_year"], said["last_sessions"]) == ("", "", "")
    assert said["possible"] == "0"


SCHOOL = [day for day, kind in kinds().items() if kind == "school" and date(2025, 9, 2) <= day <= date(2026, 5, 15)]
DAYS = st.dictionaries(
    st.sampled_from(sorted(SCHOOL)).map(date.isoformat),
    st.tuples(*[st.sampled_from(["/", "O", "U", "G", "N", "I", "L", "Y1", "-"])] * 2).map(" ".join),
    max_size=30,
)


@settings(deadline=None, max_examples=60)
@given(DAYS)
def test_counts_are_those_of_the_marks(marks: dict[str, str]) -> None:
    codes = [code for text in marks.values() for code in text.split()]
    said = known_marks(case({**PRESENT, **marks}))
    counts = {
        "late_before": codes.count("L"),
        "late_after": codes.count("U"),
        "unauthorised": sum(code in "OUGN" for code in codes),
        "authorised": codes.count("I"),
        "possible": 2 * len(SCHOOL) + 2 - codes.count("Y1") - codes.count("-"),
    }
    assert {name: int(said[name]) for name in counts} == counts
    assert int(said["unresolved"].partition(":")[0]) == codes.count("N")
    assert int(said["holiday"].partition(" ")[0]) == codes.count("G")


def test_a_reason_that_is_still_missing_from_last_year_is_not_forgotten() -> None:
    assert known_marks(case({"2025-06-11": "N \\"}))["unresolved"] == "3: Wed 11 Jun 2025, Tue 12 May 2026"


# --- Last year, the last sessions, the notice -------------------------------------------------------------------------


def test_a_last_year_that_is_not_whole_says_from_when_on() -> None:
    said = known_marks(case({"2024-09-03 to 2024-11-08": ". ."}))["attendance_last_year"]
    assert said.endswith(", 2024/25, from Mon 11 Nov 2024 on")


def test_fewer_than_sixty_sessions_are_told_as_such() -> None:
    said = known_marks(ready_case({**PRESENT, "2024-09-03 to 2026-04-24": ". .", "2025-09-01": ". ."}))
    assert said["last_sessions"] == "28 of 28 (100.0%), Mon 27 Apr 2026 to Fri 15 May 2026; only 28 are held"


NOTICE = PLANS[1]


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (date(2026, 4, 13), date(2026, 5, 22), "39 of 45 (86.7%); 6 unauthorised; so far, up to Fri 15 May 2026"),
        (date(2026, 4, 13), None, "39 of 45 (86.7%); 6 unauthorised; so far, up to Fri 15 May 2026"),
        (date(2026, 5, 11), date(2026, 5, 15), "7 of 9 (77.8%); 2 unauthorised"),
        (date(2026, 5, 18), date(2026, 6, 5), ""),
        (None, None, ""),
    ],
    ids=["not over yet", "without an end", "over on the last day", "to come", "only proposed"],
)
def test_the_weeks_of_a_notice(begins: date | None, ends: date | None, said: str) -> None:
    one = with_casework(case(), plans=(replace(NOTICE, begins=begins, ends=ends),))
    assert known_marks(one)["notice_result"] == said


def test_the_last_notice_counts() -> None:
    earlier = replace(NOTICE, key="P2", begins=date(2025, 11, 3), ends=date(2025, 11, 28))
    assert known_marks(with_casework(case(), plans=(NOTICE, earlier))) == known_marks(case())


def test_a_stage_that_says_its_number_is_told_by_its_name() -> None:
    one = case()
    named = replace(one, outcome=replace(one.outcome, stage_name="Stage 3: help", stage_since=None))
    assert stage_words(named) == "Stage 3: help"
    bare = replace(one, outcome=replace(one.outcome, stage_name=None))
    assert stage_words(bare) == "Stage 3, since Tue 3 Mar 2026"
