"""Plain Python and the door for other hosts give every answer of the vectors; each other host has its own test."""

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from tests.vectors import Vector, serials, vectors

from halfday import functions, host, reference, udfs


def test_there_are_several_thousand_and_every_function_is_among_them() -> None:
    found = Counter(vector.name for vector in vectors())
    assert found.total() > 4_000
    assert set(found) == {entry.name for entry in reference.entries()}


def test_plain_python_gives_every_answer() -> None:
    for vector in vectors():
        assert getattr(functions, vector.name)(*vector.args) == vector.expected, vector.name


def test_the_door_for_other_hosts_gives_every_answer() -> None:
    for vector in vectors():
        assert host.answer(vector.name, as_ranges(vector)) == serials(vector.expected), vector.name


def as_ranges(vector: Vector) -> list[object]:
    """The arguments as Office.js has them: every one a matrix, dates as numbers."""
    return [arg if isinstance(arg, list) else [[arg]] for arg in map(serials, vector.args)]


def test_a_batch_gives_every_answer_and_carries_each_text_once() -> None:
    texts: list[str] = []
    places: dict[str, int] = {}

    def packed(value: object) -> object:
        if isinstance(value, list | tuple):
            return [packed(one) for one in value]
        if isinstance(value, str) and len(value) > 60:
            if value not in places:
                places[value] = len(texts)
                texts.append(value)
            return {"text": places[value]}
        return value

    calls = [{"name": one.name, "args": packed(as_ranges(one))} for one in vectors()]
    answers = json.loads(host.answer_all(json.dumps({"texts": texts, "calls": calls})))["answers"]
    assert answers == [serials(one.expected) for one in vectors()]


def test_one_bad_call_disturbs_no_other() -> None:
    calls = [
        {"name": "ATT_PA", "args": [[[9]], [[10]]]},
        {"name": "ATT_PAA", "args": []},
        {"name": "ATT_PA", "args": [1, 2, 3]},
        {"name": "ATT_PA", "args": [{"type": "Error", "basicValue": "#N/A"}, 10]},
        {"name": "ATT_PA", "args": [[[1, 2], [3, 4]], 10]},
        {"name": "ATT_PA", "args": [[[10]], [[10]]]},
    ]
    answers = json.loads(host.answer_all(json.dumps({"texts": [], "calls": calls})))["answers"]
    assert answers[0] == "Yes"
    assert answers[5] == "No"
    assert all(answer.startswith("#") for answer in answers[1:5])
    assert answers[2] == "#ATT_PA: write it as ATT_PA(attended, possible)"
    assert answers[3] == "#One of the cells it is given shows #N/A"


@pytest.mark.parametrize("empty", [None, "", 0, [[None]], [[""]], [[0]], [["", 0]]], ids=str)
def test_an_empty_cell_that_arrives_as_0_is_still_empty(empty: object) -> None:
    """Office.js may hand over an empty cell as 0: a pupil without marks must not look absent all year."""
    calendar, policy = "2025-09-01 to 2025-10-24 school", 'school = {name = "x"}'
    for name in ("ATT_STAGE", "ATT_WHY", "ATT_TRIGGERS", "ATT_ACTIONS", "ATT_STAGE_SINCE"):
        assert host.answer(name, [empty, policy, calendar, 45954, empty]) == ""
    assert host.answer("ATT_PERCENT", [empty, calendar, 45954, 0, 0]) == ""
    assert host.answer("ATT_PA", [[[0]], [[0]]]) == host.answer("ATT_BAND", [0, 0, policy]) == ""
    table: list[list[Any]] = [["Good", "at least", 95, 0, 0, 0], ["Low", "at least", 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]
    assert host.answer("ATT_POLICY", [table, empty]) == functions.ATT_POLICY([row[:3] for row in table[:2]])


def test_a_range_where_one_cell_is_wanted_is_told() -> None:
    assert host.answer("ATT_PA", [[[1, 2]], 10]) == "#Attended: this is not a number of sessions"


def test_dates_go_out_as_numbers() -> None:
    assert host.answer("ATT_BACK_ON", [30, 35, 0.87, "2025-09-01 to 2025-10-24 school", 45924]) == serials(
        date(2025, 9, 26)
    )


def test_every_function_stands_in_the_module_that_hosts_read() -> None:
    for entry in reference.entries():
        assert callable(getattr(udfs, entry.name))
