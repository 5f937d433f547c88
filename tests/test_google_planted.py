"""An emulator that is wrong is found out: planted bugs are caught by a recording, the description or a fact."""

from dataclasses import replace

import pytest
from tests.google_facts import facts
from tests.google_planted import PLANTS, TIERS, A, B, C, NoPlaceError, Plant, conversations, finds, planted

FIRST_TRIALS = 35
"""So many bugs were thought out before the emulator was written; the recordings alone missed nine of them."""
MISSED = (
    "parses what is written RAW",
    "leaves half of a refused batch done",
    "keeps what a merge hides",
    "clears notes and formats with the values",
    "keeps cells outside a smaller tab",
    "writes outside the grid",
    "tells no permissions",
    "puts every rule for colours last",
    "forgets developer metadata",
)


def _marks(plant: Plant) -> list[pytest.MarkDecorator]:
    return [pytest.mark.recordings] if plant.tier == A else []


@pytest.mark.parametrize(
    "plant", [pytest.param(one, id=f"{one.tier}: {one.what}", marks=_marks(one)) for one in PLANTS]
)
def test_an_emulator_with_a_planted_bug_is_caught(plant: Plant) -> None:
    assert finds(plant.tier, plant.by) == "", "without the bug there is nothing to find"
    with planted(plant):
        found = finds(plant.tier, plant.by)
    assert found.startswith(f"{plant.tier}: "), f"an emulator that {plant.what} is not caught by {plant.by}"
    assert "the emulator failed" not in found, "a bug must be found by what it does, not by its falling over"
    assert finds(plant.tier, plant.by) == "", "the bug is gone again"


def test_the_bugs_of_the_first_trials_and_more_are_planted() -> None:
    whats = [plant.what for plant in PLANTS]
    assert len(whats) == len(set(whats))
    assert len(whats) >= 2 * FIRST_TRIALS
    assert set(MISSED) <= set(whats[:FIRST_TRIALS])


def test_what_the_recordings_missed_is_caught_by_facts() -> None:
    assert {plant.what for plant in PLANTS if plant.what in MISSED and plant.tier == C} == set(MISSED)


def test_every_kind_of_check_catches_some_of_them() -> None:
    assert {plant.tier for plant in PLANTS} == set(TIERS)
    known = {fact.id for fact in facts()}
    assert {plant.by for plant in PLANTS if plant.tier in (B, C)} <= known


@pytest.mark.recordings
def test_the_conversations_that_catch_bugs_are_recorded() -> None:
    assert {plant.by for plant in PLANTS if plant.tier == A} <= conversations().keys()


@pytest.mark.parametrize(
    "change",
    [
        {"old": "there is no such text"},
        {"old": "value"},
        {"where": "values:Values.nothing"},
        {"where": "values:Query"},
    ],
)
def test_a_bug_that_no_longer_finds_its_place_fails(change: dict[str, str]) -> None:
    (plant,) = (one for one in PLANTS if one.what == "parses what is written RAW")
    with pytest.raises((NoPlaceError, AttributeError)), planted(replace(plant, **change)):
        raise AssertionError("it was planted")
