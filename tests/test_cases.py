"""The ledger of what goes wrong with feeds is whole: each of its 62 cases has tests, and they are there."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LEDGER = ROOT / "tests" / "data" / "mis" / "cases.toml"
CASES: list[dict[str, Any]] = tomllib.loads(LEDGER.read_text(encoding="utf-8"))["case"]
COUNT = 62
"""Cases of our collection of what goes wrong between an MIS and us."""
_NUMBERS = re.compile(r"test_(?:case_)?((?:\d+_)+)")


@cache
def every_test() -> frozenset[str]:
    """Every test of every file, as pytest calls it, but for its parameters."""
    return frozenset(name for path in sorted((ROOT / "tests").glob("test_*.py")) for name in _tests(path))


def _tests(path: Path) -> Iterator[str]:
    file = path.relative_to(ROOT).as_posix()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        inside = node.body if isinstance(node, ast.ClassDef) and node.name.startswith("Test") else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        for found in inside:
            if isinstance(found, ast.FunctionDef) and found.name.startswith("test_"):
                yield f"{file}::{prefix}{found.name}"


def test_no_case_is_missing_and_none_is_there_twice() -> None:
    assert [case["number"] for case in CASES] == list(range(1, COUNT + 1))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["number"]))
def test_a_case_is_a_sentence_with_tests_that_exist(case: dict[str, Any]) -> None:
    assert case.keys() <= {"number", "says", "refused", "tests"}
    assert case["says"].endswith(".")
    assert case.get("refused", "Stated.").endswith(".")
    assert case["tests"], "a case without a test"
    assert not set(case["tests"]) - every_test()


def test_a_test_that_is_called_after_a_case_is_in_its_ledger() -> None:
    called = {(number, name) for name in every_test() for number in _cases(name) if 1 <= number <= COUNT}
    assert not called - {(case["number"], name) for case in CASES for name in case["tests"]}


def _cases(name: str) -> list[int]:
    """The cases that a test is called after: `test_case_18_…`, `test_9_10_11_…`."""
    found = _NUMBERS.match(name.rpartition("::")[2])
    return [int(number) for number in found[1].strip("_").split("_")] if found else []
