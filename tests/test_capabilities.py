"""The 104 capabilities are each represented by something that exists; the templates' README tells the whole format."""

import importlib
import re
import tomllib
from collections import Counter
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from halfday import national
from halfday.policy import examples, load, model
from halfday.policy.quantities import QUANTITIES
from halfday.school_year import WINDOWS

TEMPLATES = Path(__file__).parent.parent / "workbook_templates"
SEEDS = {
    "000": "russells-hall",
    "001": "wath-central",
    "002": "stanton-road",
    "003": "working-together",
    "004": "rivington",
}
NAMED_BY = {"band": "name", "stage": "number", "contact": "day"}


@cache
def policy(school: str) -> model.Policy:
    text = (TEMPLATES / "schools" / school / "policy.toml").read_text(encoding="utf-8")
    return load.load(text, school)


def capabilities() -> list[dict[str, Any]]:
    return list(tomllib.loads((TEMPLATES / "capabilities.toml").read_text(encoding="utf-8"))["capability"])


def represented() -> list[tuple[int, str]]:
    return [(row["number"], where) for row in capabilities() for where in row.get("where", [])]


def in_policy(school: str, place: str) -> bool:
    found = policy(school)
    table, _, name = place.partition(".")
    if table in ("priority", "rules"):
        return not name and bool(getattr(found, table))
    if table == "school":
        return bool(getattr(found.school, name, ""))
    rows = getattr(found, load._TABLES[table][0])
    return name in [str(getattr(row, NAMED_BY.get(table, "id"))) for row in rows]


def in_engine(place: str) -> bool:
    kind, _, name = place.rpartition(" ")
    if kind == "measure":
        return name in QUANTITIES
    if kind == "duty":
        return name in [duty["id"] for duty in national.document()["duty"]]
    return not kind and importable(name)


def importable(dotted: str) -> bool:
    module, *rest = dotted.split(".")
    found: Any = importlib.import_module(module)
    for part in rest:
        module = f"{module}.{part}"
        if not hasattr(found, part):
            try:
                importlib.import_module(module)
            except ModuleNotFoundError:
                return False
        found = getattr(found, part)
    return dotted.startswith("halfday.")


def test_each_of_the_104_capabilities_is_there_once() -> None:
    numbers = Counter(row["number"] for row in capabilities())
    assert numbers == Counter(range(1, 105))


@pytest.mark.parametrize("row", capabilities(), ids=lambda row: str(row["number"]))
def test_a_capability_says_what_it_is_who_asks_for_it_and_where_it_is(row: dict[str, Any]) -> None:
    assert set(row) <= {"number", "words", "seeds", "where", "later", "place", "tests", "open"}
    assert row["words"]
    assert row["seeds"]
    assert set(row["seeds"]) <= SEEDS.keys()
    assert bool(row.get("where")) != bool(row.get("later"))


@pytest.mark.parametrize("row", capabilities(), ids=lambda row: str(row["number"]))
def test_every_document_that_asks_for_it_has_it_in_its_policy(row: dict[str, Any]) -> None:
    if "where" in row:
        schools = {where.partition(":")[0] for where in row["where"]}
        assert {SEEDS[seed] for seed in row["seeds"]} <= schools


@pytest.mark.parametrize(("number", "where"), represented(), ids=str)
def test_what_stands_for_a_capability_exists(number: int, where: str) -> None:
    school, _, place = where.partition(": ")
    assert school in {"engine", *SEEDS.values()}, f"{number}: {where}"
    assert in_engine(place) if school == "engine" else in_policy(school, place), f"{number}: nothing is called {where}"


@pytest.mark.parametrize(
    ("school", "place"),
    [("wath-central", "action.no-such"), ("wath-central", "school.ratified"), ("working-together", "reward.no-such")],
)
def test_a_name_that_is_not_in_the_policy_is_noticed(school: str, place: str) -> None:
    assert not in_policy(school, place)


@pytest.mark.parametrize("place", ["halfday.no_such", "measure no_such", "duty no-such", "os.path", "something else"])
def test_a_name_that_is_not_in_the_engine_is_noticed(place: str) -> None:
    assert not in_engine(place)


# The page that tells how to write a policy


@cache
def readme() -> str:
    return (TEMPLATES / "README.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    _, found, rest = readme().partition(f"\n{heading}\n")
    assert found, f"no heading {heading!r}"
    return re.split(r"\n#{2,3} ", rest)[0]


def table_rows(heading: str) -> list[list[str]]:
    """The cells of the table rows of a section, without the head and the rule below it."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section(heading).splitlines()
        if line.startswith("|")
    ]
    return [row for row in rows if row[0].startswith("`")]


def names(heading: str) -> list[str]:
    return [name for row in table_rows(heading) for name in re.findall(r"`([^`]+)`", row[0])]


def required(heading: str) -> set[str]:
    return {name for row in table_rows(heading) if "*" in row[0] for name in re.findall(r"`([^`]+)`", row[0])}


TABLES = [(f"### `[{key}]`", kind) for key, kind in load._PLAIN.items()] + [
    (f"### `[[{key}]]`", kind) for key, (_, kind) in load._TABLES.items()
]


@pytest.mark.parametrize(("heading", "kind"), TABLES, ids=str)
def test_the_readme_has_every_key_of_every_table_and_no_other(heading: str, kind: type) -> None:
    keys = [item.name.rstrip("_") for item in fields(kind)]
    if "condition" in keys:
        at = keys.index("condition")
        keys[at : at + 1] = ["when", "all", "any"]
    assert names(heading) == keys


@pytest.mark.parametrize(("heading", "kind"), TABLES, ids=str)
def test_the_readme_marks_the_keys_that_must_be_there(heading: str, kind: type) -> None:
    needed = {item.name.rstrip("_") for item in fields(kind) if load._required(item)}
    assert required(heading) == needed - {"condition"}


def test_the_readme_has_the_keys_at_the_top_and_every_table() -> None:
    tables = {*load._PLAIN, *load._TABLES}
    assert set(re.findall(r"\n### `\[+(\w+)\]+`\n", readme())) == tables
    others = {"school", "rules", "fingerprint", *(target for target, _ in load._TABLES.values())}
    assert set(names("### At the top")) == {item.name for item in fields(model.Policy)} - others


def test_the_readme_has_every_measure_and_window() -> None:
    assert sorted(names("## Conditions")) == sorted(QUANTITIES)
    windows = {window for quantity in QUANTITIES.values() for window in quantity.windows}
    told = section("## Conditions").partition("Windows:")[2]
    assert set(re.findall(r"`([^`]+)`", told)) - {"percent"} == windows >= set(WINDOWS)


def test_the_readme_has_every_expectation_of_a_worked_example() -> None:
    known = {*examples._READ, *examples._LISTS, *(f"not_{name}" for name in examples._LISTS)}
    assert set(names("## Worked examples")) == known


@pytest.mark.parametrize("values", [model.CADENCES, model.UNITS])
def test_the_readme_has_every_word_a_key_can_have(values: tuple[str, ...]) -> None:
    assert set(values) <= set(re.findall(r"`([^`]+)`", readme()))


def test_the_readme_has_every_school() -> None:
    assert {path.name for path in (TEMPLATES / "schools").iterdir()} == set(SEEDS.values())
    assert set(SEEDS.values()) <= set(re.findall(r"\n\| `([a-z-]+)` \|", readme()))
