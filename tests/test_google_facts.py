"""What the emulator does although nobody recorded it, Google is said to do: each is cited, and tried over HTTP."""

import re

import pytest
from tests.google_facts import KINDS, Fact, facts, trials
from tests.google_facts.desk import desk


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact.id)
def test_the_emulator_does_what_google_is_said_to_do(fact: Fact) -> None:
    with desk() as at:
        trials()[fact.test](at)


def test_every_trial_has_its_entry_and_every_entry_its_trial() -> None:
    assert sorted(fact.test for fact in facts()) == sorted(trials())


def test_every_entry_says_who_says_so() -> None:
    for fact in facts():
        assert fact.kind in KINDS, fact.id
        assert fact.source.strip(), fact.id
        assert fact.quote.strip(), fact.id
        known = r"assumed: " if fact.kind == "U" else r"https://|quoted in "
        assert re.match(known, fact.source), f"{fact.id}: where can {fact.source} be read?"
        assert fact.rule.endswith("."), fact.id


def test_ids_are_used_once() -> None:
    ids = [fact.id for fact in facts()]
    assert len(ids) == len(set(ids))


def test_little_is_assumed() -> None:
    """The number may only become smaller."""
    assert sum(fact.kind == "U" for fact in facts()) <= 5


def test_what_no_real_google_has_confirmed_is_counted() -> None:
    """Raise the number only with a recording of a live run (`halfday mirror selfcheck`) beside it."""
    assert sum(fact.live for fact in facts()) == 0
