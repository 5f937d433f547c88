"""COVERAGE.md is what `capabilities.toml` says: what is built, where a school finds it, and tests that there are."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.test_capabilities import SEEDS, TEMPLATES, capabilities
from tests.test_cases import every_test

PAGE = TEMPLATES / "COVERAGE.md"
BUILT, PARTLY, OPEN = "built", "partly", "open"
_START, _END = "<!-- coverage -->", "<!-- /coverage -->"
Row = Mapping[str, Any]


def state(row: Row) -> str:
    """Built: tests show it and nothing is missing. Open: no test shows any of it. Partly: the one and the other."""
    if not row.get("tests"):
        return OPEN
    return PARTLY if row.get("open") else BUILT


def faults(rows: Iterable[Row]) -> list[str]:
    """What is wrong with the rows, each fault with its number: a claim that no test bears out, above all."""
    return [f"{row['number']}: {fault}" for row in rows for fault in _faults(row)]


def _faults(row: Row) -> Iterator[str]:
    tests = list(row.get("tests", []))
    yield from (f"there is no {test}" for test in tests if test not in every_test())
    yield from (f"{test} is named {times} times" for test, times in Counter(tests).items() if times > 1)
    if state(row) == OPEN and not row.get("open"):
        yield "no test shows it, and it does not say what is missing"
    if bool(row.get("place")) != bool(tests):
        yield "it has a place where tests show it, and nowhere else"
    if "open" in row and (not row["open"] or row["open"] != row["open"].strip(" .")):
        yield "what is missing is one clause without a full stop"


def coverage(rows: Iterable[Row]) -> str:
    """The page's counts and its table."""
    rows = list(rows)
    counts = Counter(map(state, rows))
    said = f"**{counts[BUILT]} are built**, **{counts[PARTLY]} in part**, and **{counts[OPEN]} are open**"
    lines = [
        "",
        f"Of {len(rows)} capabilities {said}.",
        "",
        "| No. | what | asked by | where it is | shown by | state |",
        "|---|---|---|---|---|---|",
        *("| " + " | ".join(_cells(row)) + " |" for row in rows),
        "",
    ]
    return "\n".join(lines)


def _cells(row: Row) -> Iterator[str]:
    yield str(row["number"])
    yield row["words"]
    yield ", ".join(SEEDS[seed] for seed in row["seeds"])
    yield row.get("place", "")
    yield "<br>".join(map(_link, row.get("tests", [])))
    missing = f": {row['open']}" if row.get("open") else ""
    yield f"*{state(row)}*{missing}" if missing else state(row)


def _link(test: str) -> str:
    """A test by its file and its name in words, with a link to the file."""
    path, _, name = test.partition("::")
    words = name.rpartition("::")[2].removeprefix("test_").replace("_", " ")
    return f"[{Path(path).stem.removeprefix('test_')}: {words}](../{path})"


def test_every_row_names_tests_that_there_are_or_says_what_is_missing() -> None:
    assert faults(capabilities()) == []


def test_the_page_is_what_the_rows_say(request: pytest.FixtureRequest) -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_START)
    found, _, after = rest.partition(_END)
    wanted = "\n" + coverage(capabilities())
    if request.config.getoption("--update-golden"):
        PAGE.write_text(before + _START + wanted + _END + after, encoding="utf-8")
        found = wanted
    assert found == wanted, "COVERAGE.md is out of date: pytest --update-golden writes it"


HERE = "tests/test_coverage.py::test_the_page_is_what_the_rows_say"
ROW = f"""
[[capability]]
number = 7
words  = "Something"
seeds  = ["004"]
place  = "Today"
tests  = ["{HERE}"]
open   = "half of it"
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("rows_say", "rows_sang", "there is no tests/test_coverage.py::test_the_page_is_what_the_rows_sang"),
        ("test_coverage.py", "test_covrage.py", "there is no tests/test_covrage.py::test_the_page_is_what"),
        ("::test", "::TestPage::test", "there is no tests/test_coverage.py::TestPage::test_the_page_is_what"),
        (f'"{HERE}"', f'"{HERE}", "{HERE}"', f"{HERE} is named 2 times"),
        (ROW[ROW.index("place") :], "", "it does not say what is missing"),
        (f'tests  = ["{HERE}"]\n', "", "it has a place where tests show it, and nowhere else"),
        ('place  = "Today"\n', "", "it has a place where tests show it, and nowhere else"),
        ("half of it", "half of it.", "one clause without a full stop"),
        ("half of it", "", "one clause without a full stop"),
    ],
)
def test_a_planted_fault_is_noticed(old: str, new: str, fault: str) -> None:
    assert faults(tomllib.loads(ROW)["capability"]) == []
    assert old in ROW
    (found,) = faults(tomllib.loads(ROW.replace(old, new))["capability"])
    assert found.startswith("7: ")
    assert fault in found


def test_the_state_is_worked_out_and_not_claimed() -> None:
    (row,) = tomllib.loads(ROW)["capability"]
    assert state(row) == PARTLY
    assert state({key: said for key, said in row.items() if key != "open"}) == BUILT
    assert state({key: said for key, said in row.items() if key != "tests"}) == OPEN
    table = coverage([row]).splitlines()
    assert table[1] == "Of 1 capabilities **0 are built**, **1 in part**, and **0 are open**."
    cells = (
        "| 7 | Something | rivington | Today | [coverage: the page is what the rows say](../tests/test_coverage.py) "
    )
    assert table[-1] == f"{cells}| *partly*: half of it |"


def test_the_page_is_told_of_beside_the_others() -> None:
    assert "(COVERAGE.md)" in (TEMPLATES / "README.md").read_text(encoding="utf-8")
