"""The threshold sheet shows the ten school weeks and every session that counts in them; it decides nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.referral_case import AS_OF, PRESENT, PUPIL, TERMS, case, kinds, ready_case
from tests.referral_text import text_of

from halfday.printing import day_and_year
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Table, Words
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.sheets.threshold import sheet
from halfday_sync.referrals.threshold_window import threshold_of

PROFILE = Profile("generic", "Referral", "The local authority")


def block(one: Case, title: str) -> Table:
    return next(block for block in sheet(one, PROFILE).blocks if isinstance(block, Table) and block.title == title)


def words(one: Case, *, warning: bool = False) -> tuple[str, ...]:
    found = (block for block in sheet(one, PROFILE).blocks if isinstance(block, Words) and block.warning == warning)
    return tuple(line for block in found for line in block.lines)


def titles(one: Case) -> list[str]:
    return [block.title for block in sheet(one, PROFILE).blocks]


def test_the_threshold_sheet_reads_as_it_should(golden: Callable[[str, str], None]) -> None:
    golden("referral_threshold", text_of(sheet(case(), PROFILE)))


def test_a_ready_one_has_nothing_to_check() -> None:
    assert words(ready_case(), warning=True) == ()


# --- Worked examples: law_and_policies.md, section 3 ---------------------------------------------------------------
# Week 1 begins on 1 Sep 2025, week 8 on 20 Oct, week 10 on 10 Nov, week 11 on 17 Nov, week 15 on 15 Dec.


@pytest.mark.parametrize(
    ("marks", "count", "reached"),
    [
        ({"2025-10-20 to 2025-10-21": "O O", "2025-12-15 to 2025-12-17": "U U"}, 10, date(2025, 12, 17)),
        ({"2025-09-02 to 2025-09-03": "O O", "2025-09-04": "O \\", "2025-11-10 to 2025-11-11": "O O",
          "2025-11-12": "/ O"}, 10, date(2025, 11, 12)),
        ({"2025-09-02 to 2025-09-03": "O O", "2025-09-04": "O \\", "2025-11-17 to 2025-11-18": "O O",
          "2025-11-19": "/ O"}, 0, None),
        ({"2025-07-21": "G G", "2025-09-02 to 2025-09-05": "O O"}, 10, date(2025, 9, 5)),
    ],
    ids=["holidays use up no week", "week 1 and week 10", "week 1 and week 11", "two school years"],
)  # fmt: skip
def test_the_worked_examples(marks: dict[str, str], count: int, reached: date | None) -> None:
    found = threshold_of(case({**PRESENT, **marks}))
    assert (len(found.sessions), found.reached) == (count, reached)
    assert found.is_now == (reached is None), "all of them are over by now"
    assert len(found.weeks) == 10


def test_an_earlier_window_is_shown_where_only_that_one_reached_the_threshold() -> None:
    one = case({**PRESENT, "2025-10-20 to 2025-10-21": "O O", "2025-12-15 to 2025-12-17": "U U", "2026-05-14": "O \\"})
    assert words(one)[:3] == (
        "In the 10 school weeks from Mon 6 Oct 2025 to Fri 19 Dec 2025, there are 10 sessions coded G, N, O or U.",
        "The national threshold is 10 such sessions in ten school weeks. It was reached on Wed 17 Dec 2025.",
        "These weeks are over. In the ten school weeks up to Fri 15 May 2026, there is 1 session.",
    )


# --- Against a count of its own ---------------------------------------------------------------------------------------

SCHOOL = sorted(day for day, kind in kinds().items() if kind in ("school", "closure") and day <= AS_OF)
WEEKS = sorted({day - timedelta(days=day.weekday()) for day in SCHOOL})
DAYS = st.dictionaries(
    st.sampled_from(SCHOOL[-70:]).map(date.isoformat),
    st.tuples(*[st.sampled_from(["/", "O", "U", "G", "N", "I", "L", "Y1"])] * 2).map(" ".join),
    max_size=25,
)


@settings(deadline=None, max_examples=80)
@given(DAYS)
def test_its_sessions_are_those_of_the_last_ten_weeks_with_school(marks: dict[str, str]) -> None:
    one = case({**PRESENT, **marks})
    found, first = threshold_of(one), WEEKS[-10]
    mine = [
        (date.fromisoformat(day), code)
        for day, text in sorted(marks.items())
        for code in text.split()
        if code in ("G", "N", "O", "U")
    ]
    recent = [row for row in mine if row[0] >= first]
    if found.is_now:
        assert [(key.date, code) for key, code in found.sessions] == recent
        assert found.reached == (recent[9][0] if len(recent) >= 10 else None)
    else:
        assert len(recent) == found.now < 10 <= len(found.sessions)
    assert found.unresolved == sum(code == "N" for _key, code in found.sessions)
    together = block(one, "Week by week").rows[-1]
    assert together[-1] == len(found.sessions) == sum(map(int, together[2:-1]))
    sessions = block(one, "The sessions").rows
    assert (sessions[-1][-1] if sessions else 0) == len(found.sessions)


def test_each_week_counts_its_own_sessions() -> None:
    rows = block(case(), "Week by week").rows
    *weeks, together = rows
    assert tuple(sum(int(row[at]) for row in weeks) for at in range(1, 7)) == together[1:]
    assert ("4 May 2026", 6, 0, 0, 1, 0, 1) in weeks


def test_the_count_so_far_says_when_it_was_reached() -> None:
    one = case()
    reached = threshold_of(one).reached
    assert reached
    first = next(row for row in block(one, "The sessions").rows if int(row[-1]) >= 10)
    assert first[0] == day_and_year(reached)


# --- What it says -----------------------------------------------------------------------------------------------------


def test_without_a_session_it_says_so_and_asks_for_nothing() -> None:
    one = case(PRESENT)
    assert words(one)[:2] == (
        "In the 10 school weeks from Mon 23 Feb 2026 to Fri 15 May 2026, there are 0 sessions coded G, N, O or U.",
        "The national threshold is 10 such sessions in ten school weeks. It is not reached.",
    )
    assert not any("The national framework asks" in line for line in words(one))
    assert any("The national framework asks" in line for line in words(case()))
    assert block(one, "The sessions").rows == ()
    assert "Leave in term time that was not granted (G)" not in titles(one)


def test_it_says_what_a_reason_for_each_n_would_change() -> None:
    nine = {"2026-04-13 to 2026-04-16": "O O", "2026-04-17": "O N", "2026-04-20": "/ N"}
    [one] = words(case({**PRESENT, **nine}), warning=True)
    assert one.startswith("2 of these sessions are coded N: the reason is not known yet. With an authorised reason ")
    assert one.endswith("9 sessions would count, and the threshold would not be reached in these weeks.")
    [other] = words(case({**PRESENT, "2026-04-20": "/ N"}), warning=True)
    assert other.startswith("1 of these sessions is coded N")
    assert other.endswith("0 sessions would count.")


def test_the_weeks_that_are_still_open_are_told_up_to_where_the_calendar_goes() -> None:
    one = case({**PRESENT, "2026-04-13 to 2026-04-16": "O O"})
    assert (
        "The ten school weeks that begin with Mon 13 Apr 2026 go on until Fri 26 Jun 2026: what is coded so by then "
        "counts too."
    ) in words(one)
    assert not any("go on until" in line for line in words(case())), "those weeks end with the last marks"
    calendar = replace(one.calendar, school_days=tuple(day for day in one.calendar.school_days if day <= AS_OF))
    assert not any("go on until" in line for line in words(replace(one, calendar=calendar)))


def test_sessions_outside_compulsory_school_age_are_left_out_and_told() -> None:
    young = case(pupil=replace(PUPIL, dob=date(2021, 2, 9)))
    found = threshold_of(young)
    assert (len(found.sessions), found.left_out) == (6, 9)
    said = words(young, warning=True)[-1]
    assert said.startswith("Not counted: 9 sessions while Isla Fenwick was not of compulsory school age")
    assert said.endswith("(Tue 31 Mar 2026 to Fri 26 Jun 2037).")
    assert threshold_of(case()).left_out == 0


def test_without_a_date_of_birth_it_says_that_nobody_checked_the_age() -> None:
    said = words(case(pupil=replace(PUPIL, dob=None)), warning=True)
    assert said[-1].startswith("No date of birth is known here")


def test_leave_is_listed_by_spell_and_a_weekend_or_a_holiday_ends_none() -> None:
    title = "Leave in term time that was not granted (G)"
    last_day = TERMS[9][1]
    one = ready_case({**PRESENT, "2026-03-12 to 2026-03-16": "G G", last_day: "/ G", TERMS[10][0]: "G \\"})
    assert block(one, title).rows == (
        ("Thu 12 Mar 2026", "Mon 16 Mar 2026", 6),
        ("Fri 27 Mar 2026", "Mon 13 Apr 2026", 2),
    )
    none = ready_case(PRESENT, reason="leave")
    assert block(none, title).rows == ()
    assert "has to be coded G in the MIS first" in block(none, title).empty
