"""A term driven day by day by people in the tracker comes to the pages, letters, plans and agendas held as text.

A whole autumn term under each of the five policies. The mornings as text are `golden/term/<policy>/<date>.txt`.
"""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from tests.term_pages import FILES, LETTERS_SHEET, PLANS_SHEET, REVIEW, TODAY
from tests.term_replay import Term, replay
from tests.term_school import term_school

from halfday.policy.evaluate import asks_for_a_reason
from halfday.policy.model import Policy
from halfday_sync.casework.model import Letter
from halfday_sync.commands.demo_desk import Desk
from halfday_sync.entries import CONTACTS, LETTERS, STATUTORY, by_row
from halfday_sync.pipeline import work_out
from halfday_sync.store import Store
from halfday_sync.templates import policy_path, usable_policy

SEEDS = ("rivington", "stanton-road", "wath-central")
"""The strategies that name actions for their stages."""
POLICIES = (*SEEDS, "russells-hall", "working-together")
NAMED = {
    date(2025, 9, 3): (TODAY,),  # the first morning
    date(2025, 9, 18): (TODAY, LETTERS_SHEET),  # the first letters are proposed
    date(2025, 9, 19): (FILES,),  # those approved yesterday are made
    date(2025, 9, 25): (TODAY, LETTERS_SHEET, FILES),  # marks were put right: letters are withdrawn
    date(2025, 10, 10): (REVIEW,),  # the agenda of the weekly meeting
    date(2025, 10, 16): (LETTERS_SHEET,),  # marks were put right: letters that had gone are annotated
    date(2025, 10, 24): (TODAY, PLANS_SHEET, REVIEW),  # the half-term review
    date(2025, 11, 12): (TODAY, PLANS_SHEET, FILES),  # three days without a word; plans to look at
    date(2025, 12, 19): (TODAY, LETTERS_SHEET, PLANS_SHEET, REVIEW),  # the last day
}
MORNINGS = [(policy, day) for policy in POLICIES for day in NAMED]
TAKEN_BACK, HAD_GONE, ADAPTED, FAMILY = "P0002", "P0012", "P0016", {"P0005", "P0011", "P0014"}
"""Children of `data/term_stories.toml`."""
WITH_ADAPTED = {"rivington", "wath-central", "russells-hall"}
"""Policies that have an adapted letter in place of one that the child on that route would get; else nobody writes."""


@pytest.fixture(scope="session")
def term(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Term]:
    """The term under a policy, replayed once."""
    found: dict[str, Term] = {}

    def of(policy: str) -> Term:
        if policy not in found:
            found[policy] = replay(policy, tmp_path_factory.mktemp(policy), NAMED)
        return found[policy]

    return of


@pytest.mark.parametrize(("policy", "day"), MORNINGS, ids=str)
def test_a_named_morning_reads_as_held(
    term: Callable[[str], Term], golden: Callable[[str, str], None], policy: str, day: date
) -> None:
    golden(f"term/{policy}/{day}", term(policy).shown[day])


def letters(one: Term) -> tuple[Letter, ...]:
    """All letters of a term, as the store knows them on its last day."""
    with Store.open(one.folder / "halfday.db") as store:
        return tuple(work_out(store, policy_of(one), one.last).casework.letters)


def policy_of(one: Term) -> Policy:
    return usable_policy(policy_path(one.policy))


@pytest.mark.parametrize("policy", POLICIES)
def test_no_letter_is_proposed_before_somebody_spoke_to_the_family(term: Callable[[str], Term], policy: str) -> None:
    """By what was typed alone: a call, visit or meeting that reached somebody, or such an action ticked off."""
    one = term(policy)
    told = policy_of(one)
    good_news = {action for trigger in told.triggers if trigger.kind == "improvement" for action in trigger.actions}
    found = letters(one)
    assert found
    for letter in found:
        children = {child.pupil_id for child in letter.children}
        talks = [day for pupil_id, day in spoken(one, told) if pupil_id in children]
        if not {child.action for child in letter.children} <= good_news:
            assert min(talks, default=date.max) < letter.proposed, letter.key


_REACHED = {"Reason found", "Ill: expected back", "Will call back", "Child seen and safe", "Agreed a plan"}


def spoken(one: Term, told: Policy) -> Iterator[tuple[str, date]]:
    """Whom the people of the term spoke to, and when, by what they typed."""
    for noted in one.admin.typed.values():
        pupil_id, _bar, rest = noted.key.partition("|")
        action = rest.split("|")[0]
        if noted.table == CONTACTS and noted.column == "outcome" and noted.value in _REACHED:
            yield pupil_id, noted.day
        if noted.column == "done" and action in told.action and told.action[action].contact:
            yield pupil_id, noted.day
    for row in one.admin.begun:
        if row.table == CONTACTS and row.typed["outcome"] in _REACHED:
            yield str(row.typed["pupil_id"]), row.day


@pytest.mark.parametrize("policy", POLICIES)
def test_a_family_on_the_adapted_route_gets_no_other_letter(term: Callable[[str], Term], policy: str) -> None:
    made = [one for one in letters(term(policy)) if ADAPTED in one.pupil_ids and one.approval]
    assert all(one.approval and one.approval.adapted for one in made)
    assert bool(made) == (policy in WITH_ADAPTED)


@pytest.mark.parametrize("policy", POLICIES)
def test_marks_that_change_withdraw_a_letter_that_had_not_gone(term: Callable[[str], Term], policy: str) -> None:
    one = term(policy)
    gone = [letter for letter in letters(one) if TAKEN_BACK in letter.pupil_ids and letter.withdrawn]
    assert [letter.withdrawn for letter in gone if letter.approval]
    assert all(letter.sent is None for letter in gone)
    for letter in gone:
        assert letter.reason
        for file in letter.files:
            assert not (one.letters / file).exists()
            assert (one.letters / "withdrawn" / file).exists()


@pytest.mark.parametrize("policy", POLICIES)
def test_marks_that_change_are_noted_at_a_letter_that_had_gone(term: Callable[[str], Term], policy: str) -> None:
    one = term(policy)
    sent = [letter for letter in letters(one) if HAD_GONE in letter.pupil_ids and letter.sent]
    assert sent
    for letter in sent:
        assert "changed" in letter.reason
        assert all((one.letters / file).exists() for file in letter.files)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_family_gets_one_letter(term: Callable[[str], Term], policy: str) -> None:
    """Where its template is shared: the three who were away together stand in one."""
    approved = [set(one.pupil_ids) for one in letters(term(policy)) if one.approval]
    assert FAMILY in approved


@pytest.mark.parametrize("policy", POLICIES)
def test_every_contact_typed_stands_once_on_contacts(term: Callable[[str], Term], policy: str) -> None:
    one = term(policy)
    desk = Desk((one.folder / "tracker.xlsx").read_bytes())
    keys = [key for _row, key in desk.rows(CONTACTS)]
    assert len(keys) == len(set(keys))
    assert {noted.key for noted in one.admin.typed.values() if noted.table == CONTACTS} <= set(keys)
    begun = [row for row in one.admin.begun if row.table == CONTACTS]
    there = [
        (desk.cell(CONTACTS, row, "pupil_id"), desk.cell(CONTACTS, row, "note"))
        for row, key in desk.rows(CONTACTS)
        if "|" not in key
    ]
    assert sorted(map(str, there)) == sorted(str((row.typed["pupil_id"], row.typed["note"])) for row in begun)


@pytest.mark.parametrize("policy", POLICIES)
def test_nothing_that_people_typed_is_lost(term: Callable[[str], Term], policy: str) -> None:
    """Every last word on a cell is in the store, and in the table that it belongs to in the file of the last day."""
    one = term(policy)
    desk = Desk((one.folder / "tracker.xlsx").read_bytes())
    with Store.open(one.folder / "halfday.db") as store:
        entries = store.entries()
    places = {noted.table for noted in one.admin.typed.values()} - {STATUTORY}
    rows = {name: {key: row for row, key in desk.rows(name)} for name in places}
    lost = [
        where
        for where, noted in one.admin.typed.items()
        if entries.get(where) != noted.value
        or (noted.table != STATUTORY and not _shows(desk, rows[noted.table].get(noted.key), *where, noted.value))
    ]
    assert lost == []
    for happening in one.admin.begun:
        kept = by_row(entries, happening.table).values()
        assert sum(happening.typed.items() <= row.items() for row in kept) == 1, happening


def _shows(desk: Desk, row: int | None, table: str, _key: str, column: str, value: object) -> bool:
    held = None if row is None else desk.cell(table, row, column)
    return held == (value.toordinal() - date(1899, 12, 30).toordinal() if isinstance(value, date) else value)


@pytest.mark.parametrize("policy", SEEDS)
def test_every_action_of_a_strategy_has_its_place(term: Callable[[str], Term], policy: str) -> None:
    """On Today, Actions, Letters, Plans or Review: of stages and of triggers, at some time in the term."""
    one = term(policy)
    told = policy_of(one)
    asked = {action for stage in told.stages for action in stage.actions}
    asked |= {action for trigger in told.triggers for action in trigger.actions}
    asked -= {action for trigger in told.triggers if asks_for_a_reason(trigger) for action in trigger.actions}
    assert {"call", "visit"} <= one.admin.met  # where a reason is asked for: rows of Today's lists of whom to ring
    only_listed = {action for action in asked - one.admin.met if _is_listed(one, told.action[action].title)}
    assert only_listed <= ONLY_LISTED[policy]
    assert asked - one.admin.met - only_listed == set()


ONLY_LISTED: dict[str, set[str]] = {
    "rivington": {"track-weekly", "watch-95"},
    "stanton-road": set(),
    "wath-central": set(),
}
"""Weekly steps for which Today had no room beside more urgent ones: they stand in the checklist of the Tracker."""


def _is_listed(one: Term, title: str) -> bool:
    return any(title in checklist for checklist in one.admin.listed)


def test_every_policy_runs_the_whole_term(term: Callable[[str], Term]) -> None:
    """A morning for each school day but the first, which only has marks."""
    assert {policy: len(term(policy).files) for policy in POLICIES} == dict.fromkeys(POLICIES, 73)
    assert len(term_school().days) == 74
    assert LETTERS in Desk((term("rivington").folder / "tracker.xlsx").read_bytes()).seen.tables
