"""What to do about a child who is away without a reason: worked examples, and what holds of any history of contacts."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfday.contacted import CALL, LETTER, MEETING, MESSAGE, NOT_REACHED, REASON, TOLD, VISIT, Contacted
from halfday.first_days import AMEND, FAR, KNOWN, NO_VISIT_FOR, Prompt, is_visit, prompt
from halfday.morning import Unexplained, contact_for
from halfday.policy.load import load
from halfday.register import Pupil
from halfday.school_year import Calendar
from halfday_sync.templates import policy_path, school_names, usable_policy
from halfday_sync.workbook.layout import choices

DATA = Path(__file__).parent / "data"
POLICY = load((DATA / "workbook_policy.toml").read_text(encoding="utf-8"), "little")
FIRST = date(2025, 9, 1)
CALENDAR = Calendar.from_kinds({day: "school" for n in range(90) if (day := FIRST + timedelta(days=n)).weekday() < 5})
CASES = tomllib.loads((DATA / "first_days.toml").read_text(encoding="utf-8"))["case"]
OUTCOMES = [
    "",
    *dict.fromkeys([*choices("call"), *choices("visit"), *choices("contact"), "Spoke to mum", "ill", "illegible"]),
]


def away(since: date, today: date, **about: Any) -> Unexplained:
    pupil = Pupil("7", **about)
    day = CALENDAR.school_days_between(since, today) + 1
    return Unexplained(pupil, day, 2 * day, since, contact_for(POLICY, pupil, day), (), (), 0)


def contacts(rows: list[dict[str, Any]], pupil_id: str = "7") -> list[Contacted]:
    return [Contacted(pupil_id, **{"key": f"C{n}", **row}) for n, row in enumerate(rows)]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_worked_example(case: dict[str, Any]) -> None:
    row = away(case["since"], case["today"], cp=case.get("cp"))
    told, family = contacts(case.get("contact", [])), contacts(case.get("family", []), "8")
    found = prompt(row, told, CALENDAR, case["today"], family)
    assert (found.kind, found.words) == (case["kind"], case["words"])
    assert (found.can_wait, found.tries) == (case.get("waits", False), case.get("tries", 0))
    assert found.step == row.contact


def test_every_kind_of_prompt_has_an_example() -> None:
    assert {case["kind"] for case in CASES} == {"ring", "ring again", "visit", "known", "amend"}


# --- what holds of any history ---

DAYS = st.sampled_from([day for day in CALENDAR.school_days if day < date(2025, 10, 20)])
HISTORY = st.lists(
    st.builds(
        Contacted,
        pupil_id=st.just("7"),
        day=DAYS,
        what=st.sampled_from([CALL, VISIT, MESSAGE, MEETING, LETTER, TOLD, REASON, "call", "Dojo"]),
        outcome=st.sampled_from(OUTCOMES),
        note=st.sampled_from(["", "rang twice"]),
        back_on=st.none() | DAYS,
        key=st.sampled_from(["C1", "C2", "C10", "7|call|2025-10-07", "7|visit|2025-10-08"]),
    ),
    max_size=6,
)


def _is_reason(one: Contacted, row: Unexplained, today: date) -> bool:
    """Whether a contact gives a reason or a day back: written anew, from the sentences of the README."""
    if one.outcome in NOT_REACHED or one.day > today:
        return False
    if one.back_on and one.back_on > today:
        return True
    if one.day < row.since or one.what in {TOLD, LETTER, "Dojo"}:
        return False
    if one.outcome.casefold() == "ill" or one.outcome.startswith("Ill:"):
        return one.day == today
    recent = CALENDAR.school_days_between(one.day, today) <= 1
    return (one.outcome == "Reason found" and recent) or (one.what == REASON and one.day == today and one.outcome != "")


@settings(max_examples=400, deadline=None)
@given(history=HISTORY, family=HISTORY, since=DAYS, days=st.integers(0, 6), cp=st.booleans())
def test_no_prompt_says_to_wait_without_a_reason_or_a_day_back(
    history: list[Contacted], family: list[Contacted], since: date, days: int, *, cp: bool
) -> None:
    today = CALENDAR.add_school_days(since, days)
    row = away(since, today, cp=cp)
    found = prompt(row, history, CALENDAR, today, family)
    if found.can_wait:
        assert found.kind in {KNOWN, AMEND}
        assert any(_is_reason(one, row, today) for one in history)
    else:
        assert found.kind not in {KNOWN, AMEND}
        assert "ring" in found.words.casefold() or "try again" in found.words.casefold() or found.is_visit
    assert found.words


@settings(max_examples=200, deadline=None)
@given(history=HISTORY, since=DAYS, days=st.integers(0, 6), cp=st.booleans())
def test_contacts_bring_no_visit_that_the_policy_does_not_ask_for(
    history: list[Contacted], since: date, days: int, *, cp: bool
) -> None:
    today = CALENDAR.add_school_days(since, days)
    row = away(since, today, cp=cp)
    found = prompt(row, history, CALENDAR, today)
    assert not found.is_visit or is_visit(row.contact)
    seen = [
        one
        for one in history
        if one.outcome == "Child seen and safe"
        and row.since <= one.day <= today
        and one.what in {CALL, VISIT, MESSAGE, MEETING, "call"}
        and CALENDAR.school_days_between(one.day, today) <= NO_VISIT_FOR
    ]
    if is_visit(row.contact) and not found.can_wait:
        assert found.is_visit == (not seen)


@settings(max_examples=100, deadline=None)
@given(history=HISTORY, since=DAYS, days=st.integers(0, 6), random=st.randoms(use_true_random=False))
def test_the_order_of_different_days_does_not_matter_and_later_days_count_for_nothing(
    history: list[Contacted], since: date, days: int, random: Any
) -> None:
    today = CALENDAR.add_school_days(since, days)
    row = away(since, today)
    told = list({(one.day, one.key): one for one in history}.values())
    mixed = [*told]
    random.shuffle(mixed)
    past = [one for one in told if one.day <= today]
    results: list[Prompt] = [prompt(row, rows, CALENDAR, today) for rows in (told, mixed, past)]
    assert results[0] == results[1] == results[2]


def test_a_day_back_is_waited_for_no_longer_than_ten_school_days() -> None:
    since = date(2025, 10, 6)
    row = away(since, since)
    for days in (FAR, FAR + 1):
        back = CALENDAR.add_school_days(since, days)
        found = prompt(row, [Contacted("7", since, outcome="Ill: expected back", back_on=back)], CALENDAR, since)
        assert found.can_wait == (days == FAR)


@pytest.mark.parametrize("name", school_names())
def test_every_strategy_asks_for_a_visit_by_the_third_day_and_sooner_for_cp_and_lac(name: str) -> None:
    policy = usable_policy(policy_path(name))
    for pupil, days in ((Pupil("7"), 3), (Pupil("7", cp=True), 2), (Pupil("7", lac=True), 2)):
        assert is_visit(contact_for(policy, pupil, days))
        assert not is_visit(contact_for(policy, pupil, 1)) or name == "rivington"
