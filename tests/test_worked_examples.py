"""Every school's worked examples, which a deputy head can sign, are what the engine says; a false one is reported."""

import re
import tomllib
from collections import Counter

import pytest

from halfday.policy import examples
from halfday_sync.templates import EXAMPLES_FILE, policy_path, school_names, usable_policy


def examples_text(name: str) -> str:
    return policy_path(name).with_name(EXAMPLES_FILE).read_text(encoding="utf-8")


def test_every_school_has_worked_examples() -> None:
    assert len(school_names()) == 5
    assert all(examples_text(name) for name in school_names())


@pytest.mark.parametrize("name", school_names())
def test_the_engine_agrees_with_every_example(name: str) -> None:
    assert examples.run(usable_policy(policy_path(name)), examples_text(name)) == []


@pytest.mark.parametrize("name", school_names())
def test_there_are_enough_examples_each_with_its_own_name_and_reason(name: str) -> None:
    rows = tomllib.loads(examples_text(name))["example"]
    assert len(rows) >= 15
    assert [called for called, times in Counter(row["name"] for row in rows).items() if times > 1] == []
    assert all(row["why"].strip() and row["expect"] for row in rows)


@pytest.mark.parametrize("name", school_names())
def test_every_stage_of_the_school_is_reached_by_an_example(name: str) -> None:
    rows = tomllib.loads(examples_text(name))["example"]
    reached = {row["expect"].get("stage") for row in rows}
    assert reached >= {0, *(stage.number for stage in usable_policy(policy_path(name)).stages)}


FALSE = """
[calendar]
half_terms = ["2025-09-02 to 2025-10-24"]

[[example]]
name   = "plain"
why    = "wrong on purpose"
counts = { attended = 183, possible = 200 }
expect = { %s }
"""
REPORTED = [
    ("stage = 1", "stage is 2, expected 1"),
    ('percent = "91.6"', "percent is '91.5', expected '91.6'"),
    ("by_gap_rule = false", "by_gap_rule is True, expected False"),
    ("no_result = true", "no_result is False, expected True"),
    ('duties = ["severe-absence"]', "duties lacks ['severe-absence']; found "),
    ('not_actions = ["ring-family"]', "actions has ['ring-family']; found "),
    ('why = ["perfect"]', "why lacks ['perfect']; found "),
    ("stge = 2", "cannot expect 'stge'; known: "),
    ("", "expects nothing"),
]


@pytest.mark.parametrize(("expect", "sentence"), REPORTED, ids=[sentence for _expect, sentence in REPORTED])
def test_a_false_expectation_is_reported(expect: str, sentence: str) -> None:
    policy = usable_policy(policy_path("stanton-road"))
    told = examples.run(policy, FALSE % expect)
    assert len(told) == 1
    assert told[0].startswith(f"plain: {sentence}")


def test_every_false_expectation_is_reported_at_once() -> None:
    policy = usable_policy(policy_path("stanton-road"))
    assert len(examples.run(policy, FALSE % 'stage = 1, percent = "1.0", band = "86-91%"')) == 2


def test_a_line_of_marks_that_cannot_be_read_says_how_to_write_it() -> None:
    text = FALSE.replace(
        "counts = { attended = 183, possible = 200 }", 'marks = ["September: all"]\nas_of = 2025-09-30'
    )
    with pytest.raises(ValueError, match=re.escape("cannot read 'September: all'; write '2025-09-02 to")):
        examples.run(usable_policy(policy_path("stanton-road")), text % "stage = 0")
