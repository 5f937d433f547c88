"""The local authority's clock runs from the last letter or plan that starts it, for so many working days, to a pack."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.letter_world import policy

from halfday.school_year import Calendar
from halfday_sync.casework import Casework, Letter, SupportPlan
from halfday_sync.casework.model import Approval, Child
from halfday_sync.casework.referral_clock import (
    PASSED,
    Clock,
    ClockRule,
    clocks,
    is_working_day,
    latest,
    working_day,
    working_days_left,
)
from halfday_sync.config import Config
from halfday_sync.referral_clocks import clocks_now
from halfday_sync.store import Referral

SENT = date(2026, 11, 4)
DUE = date(2026, 11, 18)
TODAY = date(2026, 11, 10)
RULE = ClockRule(("warning", "notice-to-improve"), 10, "Within ten working days of the final warning.")
WEEKDAYS = tuple(day for n in range(600) if (day := date(2026, 9, 1) + timedelta(days=n)).weekday() < 5)
PLAIN = Calendar.from_days(WEEKDAYS)
NEW_YEAR = date(2027, 1, 1)
BANKS = dict.fromkeys((date(2026, 12, 25), date(2026, 12, 28), NEW_YEAR), "bank_holiday")
HOLIDAYS = {day: "holiday" for day in WEEKDAYS if date(2026, 12, 19) <= day <= date(2027, 1, 3)}
TOLD = Calendar.from_kinds({**dict.fromkeys(WEEKDAYS, "school"), **HOLIDAYS, **BANKS})


def letter(pupils: str = "P1", sent: date | None = SENT, name: str = "warning", template: str = "warning") -> Letter:
    """A letter to a family; one without a template was never approved in Halfday."""
    children = tuple(Child(one, "warning", SENT, SENT) for one in pupils.split())
    said = Approval("Jo", datetime(2026, 11, 3, 9, tzinfo=UTC), SENT, template) if template else None
    return Letter(f"{pupils}|{name}|{sent}", name, children, SENT, said, sent)


def plan(
    begins: date | None = SENT, what: str = "notice-to-improve", key: str = "P1", ends: date | None = None
) -> SupportPlan:
    return SupportPlan(key, "P1", what, begins, ends)


def started(
    *letters: Letter, plans: tuple[SupportPlan, ...] = (), rule: ClockRule = RULE, on: date = TODAY
) -> Mapping[str, Clock]:
    return latest(rule, Casework(letters=letters, plans=plans), PLAIN, on, policy=policy())


# --- Working days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "days", "calendar", "due"),
    [
        (SENT, 10, PLAIN, DUE),  # the example of the features: the letter of 4 November is due on 18 November
        (date(2026, 11, 7), 1, PLAIN, date(2026, 11, 9)),  # a Saturday: Monday is the first day
        (date(2026, 11, 6), 1, PLAIN, date(2026, 11, 9)),
        (date(2026, 10, 23), 10, PLAIN, date(2026, 11, 6)),  # half term counts: the offices are open
        (date(2026, 12, 18), 10, PLAIN, date(2027, 1, 1)),  # no bank holiday is told: the day is an early one
        (date(2026, 12, 18), 10, TOLD, date(2027, 1, 6)),
        (date(2026, 12, 24), 1, TOLD, date(2026, 12, 29)),
    ],
)
def test_working_days_are_counted_from_the_day_after(after: date, days: int, calendar: Calendar, due: date) -> None:
    assert working_day(calendar, after, days) == due


ENGLAND = Calendar.from_kinds(
    dict.fromkeys((day for day in WEEKDAYS if day.month != 8), "school")
    | {date(2026, 12, 25): "bank_holiday", date(2026, 12, 28): "bank_holiday", date(2027, 1, 1): "bank_holiday"}
    | {date(2027, 3, 26): "bank_holiday", date(2027, 3, 29): "bank_holiday", date(2027, 5, 3): "bank_holiday"}
    | {date(2027, 5, 31): "bank_holiday", date(2027, 8, 30): "bank_holiday"}
)
"""Christmas Day 2026 is a Friday, so Monday the 28th is free for Boxing Day; Easter 2027 is 28 March."""


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        ("2026-12-11", "2026-12-29"),  # 14-18, 21-24, not 25, not 28, 29
        ("2026-12-17", "2027-01-05"),  # 18, 21-24, 29-31, not 1 January, 4, 5
        ("2026-12-24", "2027-01-12"),  # 29-31, 4-8, 11, 12
        ("2026-12-25", "2027-01-12"),  # on Christmas Day itself
        ("2026-12-31", "2027-01-15"),  # 4-8, 11-15: over the end of the year
        ("2027-02-12", "2027-02-26"),  # half term is no holiday of offices
        ("2027-03-17", "2027-04-02"),  # 18, 19, 22-25, not Good Friday, not Easter Monday, 30, 31, 1, 2
        ("2027-03-26", "2027-04-12"),  # on Good Friday: 30-2, 5-9, 12
        ("2027-04-19", "2027-05-04"),  # 20-23, 26-30, not 3 May, 4
        ("2027-05-21", "2027-06-07"),  # 24-28, not 31 May, 1-4, 7
        ("2027-07-20", "2027-08-03"),  # the summer holidays
        ("2027-08-22", "2027-09-06"),  # a Sunday: 23-27, not 30, 31-3, 6
    ],
)
def test_ten_working_days_counted_on_a_wall_calendar(sent: str, due: str) -> None:
    found = latest(RULE, Casework(letters=(letter(sent=date.fromisoformat(sent)),)), ENGLAND, date(2027, 12, 1))
    assert found["P1"].due == date.fromisoformat(due)
    assert working_days_left(ENGLAND, date.fromisoformat(sent), date.fromisoformat(due)) == 10


@given(
    st.dates(date(2026, 9, 1), date(2027, 12, 31)), st.integers(1, 40), st.sets(st.sampled_from(WEEKDAYS), max_size=30)
)
def test_the_last_day_is_a_working_day_and_so_many_lie_up_to_it(after: date, days: int, banks: set[date]) -> None:
    calendar = Calendar.from_kinds({day: "bank_holiday" if day in banks else "school" for day in WEEKDAYS[:400]})
    due = working_day(calendar, after, days)
    assert is_working_day(calendar, due)
    assert working_days_left(calendar, after, due) == days
    assert working_days_left(calendar, due, due) == working_days_left(calendar, due, after) == 0
    assert working_day(PLAIN, after, days) <= due, "a calendar that says nothing is on the safe side"


# --- What starts it --------------------------------------------------------------------------------------------------


def test_a_letter_starts_it_for_each_child_that_it_is_about() -> None:
    found = started(letter("P1 P2"))
    assert found == {one: Clock(one, SENT, "warning", is_plan=False, due=DUE) for one in ("P1", "P2")}
    assert found["P1"].key == "P1|referral|2026-11-04"


@pytest.mark.parametrize(
    ("one", "starts"),
    [
        (letter(sent=None), False),  # made, but nobody sent it
        (letter(sent=TODAY), True),
        (letter(sent=TODAY + timedelta(days=1)), False),
        (letter(name="figure", template="half-term-figure"), False),
        (letter(name="notice", template="notice-to-improve"), True),  # by its template
        (letter(name="notice", template=""), True),  # never approved: by the policy's template
        (letter(name="notice", template="adapted-concern"), False),  # the family had another paper
        (letter(name="no-such-letter", template=""), False),
    ],
)
def test_only_a_letter_of_the_rule_that_went_starts_it(one: Letter, *, starts: bool) -> None:
    assert bool(started(one)) is starts


def test_a_letter_of_the_rule_is_known_by_its_name_in_the_policy_too() -> None:
    assert started(letter(name="notice", template="adapted-concern"), rule=replace(RULE, after=("notice",)))


@pytest.mark.parametrize(
    ("one", "starts"),
    [(plan(), True), (plan(None), False), (plan(TODAY + timedelta(days=1)), False), (plan(what="support-plan"), False)],
)
def test_a_plan_of_the_rule_starts_it_on_the_day_it_begins(one: SupportPlan, *, starts: bool) -> None:
    assert bool(started(plans=(one,))) is starts


def test_a_notice_that_is_kept_as_letter_and_as_plan_counts_from_the_letter() -> None:
    notice = letter(name="notice", template="notice-to-improve", sent=SENT - timedelta(days=14))
    assert started(notice, plans=(plan(),))["P1"].started == notice.sent
    old = replace(notice, sent=SENT - timedelta(days=300))
    again = started(old, plans=(plan(ends=DUE),))["P1"]
    assert (again.started, again.is_plan, again.ends) == (SENT, True, DUE)


def test_the_latest_of_them_counts() -> None:
    second = letter(sent=TODAY - timedelta(days=1))
    for letters in ((letter(), second), (second, letter())):
        assert started(*letters)["P1"].started == second.sent
    assert started(letter(), plans=(plan(TODAY, key="P2"),))["P1"].started == TODAY


def test_a_rule_without_days_or_without_a_start_sets_no_clock() -> None:
    assert not started(letter(), rule=replace(RULE, working_days=0))
    assert not started(letter(), rule=replace(RULE, after=()))


# --- What stops it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "runs"),
    [({}, True), ({"P1": SENT}, False), ({"P1": SENT - timedelta(days=1)}, True), ({"P2": SENT}, True)],
)
def test_a_pack_that_was_made_since_stops_it(made: Mapping[str, date], *, runs: bool) -> None:
    assert bool(clocks(RULE, Casework(letters=(letter(),)), PLAIN, TODAY, made)) is runs


def test_a_later_letter_starts_it_again() -> None:
    second = letter(sent=TODAY)
    (one,) = clocks(RULE, Casework(letters=(letter(), second)), PLAIN, TODAY, {"P1": SENT + timedelta(days=1)})
    assert one.started == TODAY


def test_once_its_day_has_passed_it_is_told_for_ten_school_days_more() -> None:
    casework = Casework(letters=(letter(),))
    last = PLAIN.add_school_days(DUE, PASSED)
    assert clocks(RULE, casework, PLAIN, last, {})
    assert not clocks(RULE, casework, PLAIN, last + timedelta(days=1), {})
    assert latest(RULE, casework, PLAIN, last + timedelta(days=200))["P1"].due == DUE, "but nobody forgets it"


def test_what_is_due_first_stands_first() -> None:
    casework = Casework(letters=(letter("P1", TODAY), letter("P3"), letter("P2")))
    assert [one.pupil_id for one in clocks(RULE, casework, PLAIN, TODAY, {})] == ["P2", "P3", "P1"]


# --- The school's own local authority --------------------------------------------------------------------------------


def found(folder: Path, profile: str, *packs: Referral) -> tuple[tuple[str, ...], list[str]]:
    """The keys of the clocks that run in a school, and what is to be put right."""
    config = Config(folder, "Oak", "little", folder / "x.db", folder / "x.xlsx", referrals={"profile": profile})
    casework = Casework(letters=(letter("P1 P2"),))
    now = clocks_now(config, packs, policy(), casework, PLAIN, TODAY)
    return tuple(one.pupil_id for one in now.running), [one.words for one in now.problems]


def pack(pupil_id: str = "P1", profile: str = "rotherham", made_on: date = TODAY, *, draft: bool = False) -> Referral:
    return Referral(pupil_id, profile, made_on, "x", {}, is_draft=draft)


def own_profile(folder: Path, clock: str) -> None:
    """A profile of the school's own: Rotherham's with another clock."""
    from halfday_sync.referrals import profiles

    text = profiles.find("rotherham", folder).read_text(encoding="utf-8")
    head, _, rest = text.partition("[clock]")
    (folder / "referral_profiles").mkdir()
    ours = f"{head}{clock}\n\n[ready]{rest.partition('[ready]')[2]}"
    (folder / "referral_profiles" / "ours.toml").write_text(ours, encoding="utf-8")


def test_where_the_settings_name_no_local_authority_no_clock_runs(tmp_path: Path) -> None:
    assert found(tmp_path, "") == ((), [])


def test_the_rule_is_that_of_the_profile_in_the_settings(tmp_path: Path) -> None:
    own_profile(tmp_path, '[clock]\nafter = ["warning"]\nworking_days = 3\nwords = "Three."')
    assert found(tmp_path, "ours") == (("P1", "P2"), [])


def test_a_profile_without_a_clock_sets_none(tmp_path: Path) -> None:
    own_profile(tmp_path, "")
    assert found(tmp_path, "ours") == ((), [])


@pytest.mark.parametrize(
    ("made", "runs"),
    [
        (pack(), ("P2",)),
        (pack(draft=True), ("P1", "P2")),
        (pack(profile="send-review"), ("P1", "P2")),  # it went to somebody else
        (pack(made_on=TODAY + timedelta(days=1)), ("P1", "P2")),  # a look back: that day has not come
    ],
)
def test_only_a_whole_pack_for_that_local_authority_stops_it(
    made: Referral, runs: tuple[str, ...], tmp_path: Path
) -> None:
    own_profile(tmp_path, '[clock]\nafter = ["warning"]\nworking_days = 10\nwords = "Ten."')
    mine = replace(made, profile="ours") if made.profile == "rotherham" else made
    assert found(tmp_path, "ours", mine)[0] == runs


def test_a_profile_with_faults_is_something_to_put_right_and_stops_no_morning(tmp_path: Path) -> None:
    for name in ("no-such-authority", "ours"):
        if name == "ours":
            own_profile(tmp_path, "[clock]\nafter = 3")
        running, problems = found(tmp_path, name)
        assert running == ()
        (said,) = problems
        assert said.startswith("The referral profile that the settings name cannot be used: ")
        assert said.endswith("'halfday refer --lint' says what to put right.")
