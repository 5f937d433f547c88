"""The emulator has the recorded keys and types of Wonde, and none besides that nobody documents."""

import json
import tomllib
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.wonde_school import DATA, SCHOOL_ID, School, big_school, little_school, payload
from tests.wonde_service import CONTACTS, DETAILS, PLANS, TOKEN, Service

from halfday_sync.sources.sample import sample_school

KEYS = tomllib.loads((DATA / "mis" / "wonde" / "key_paths.toml").read_text(encoding="utf-8"))
LISTS = {
    f"students?include={','.join((*DETAILS, PLANS, *CONTACTS))}": "students contacts",
    f"students-leaver?include={','.join((*DETAILS, PLANS))}": "students",
    "attendance/session": "marks",
    "attendance-leavers/session": "marks",
    "attendance-codes": "codes",
    "groups?include=students": "groups",
    "deletions": "deletions",
    "": "school",
}
PAYLOADS = {
    "students_page1": "students",
    "students_page2": "students",
    "students-leaver": "students",
    "attendance_session": "marks",
    "attendance-leavers_session": "marks",
    "attendance-codes": "codes",
    "groups": "groups",
    "deletions": "deletions",
    "school": "school",
}


def types(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every key path of an answer, with the type of what is there."""
    names = {dict: "object", list: "list", str: "str", bool: "bool", int: "int", type(None): "null"}
    if path:
        yield path, names[type(value)]
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from types(inside, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list):
        for inside in value:
            yield from types(inside, f"{path}[]") if isinstance(inside, str) else _within(inside, path)


def _within(inside: Any, path: str) -> Iterator[tuple[str, str]]:
    yield from ((at, kind) for at, kind in types(inside, f"{path}[]") if at != "data[]")


def faults(body: Any, resource: str, *, whole: bool) -> list[str]:
    """What in an answer is not as recorded or documented; with `whole`, what was recorded and is not there."""
    allowed: dict[str, list[str]] = {}
    for table in (*resource.split(), "paging"):
        allowed |= KEYS[table]["documented"] | KEYS[table]["recorded"]
    found: dict[str, set[str]] = defaultdict(set)
    for path, kind in types(body):
        if path not in {"data", "meta"}:
            found[path].add(kind)
    wrong = []
    for path, kinds in found.items():
        parent = f"{path.rpartition('.')[0]}.*"
        may = allowed.get(path) or allowed.get(parent) or _below_star(path, allowed)
        if may is None:
            wrong.append(f"{path} is nowhere recorded or documented")
        elif not kinds <= set(may):
            wrong.append(f"{path} is {sorted(kinds)}, not {may}")
    if whole:
        recorded = [path for table in resource.split() for path in KEYS[table]["recorded"]]
        wrong += [f"{path} is missing" for path in recorded if path not in found]
    return wrong


def _below_star(path: str, allowed: dict[str, list[str]]) -> list[str] | None:
    """Inside an object that a `*` allows (a date of `education_details`)."""
    return next((["str", "int"] for star in allowed if star.endswith(".*") and path.startswith(star[:-1])), None)


def served(wonde: Service, path: str) -> Any:
    request = urllib.request.Request(
        f"{wonde.address}schools/{SCHOOL_ID}/{path}".rstrip("/"), headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def made_up() -> School:
    return big_school(sample_school(pupils=60), date(2025, 12, 1))


@pytest.mark.parametrize("school", [little_school, made_up], ids=["little", "made up"])
@pytest.mark.parametrize("path", LISTS)
def test_every_answer_has_the_recorded_keys_and_types_and_no_others(path: str, school: Any) -> None:
    with Service(school()) as wonde:
        body = served(wonde, path)
        assert faults(body, LISTS[path], whole=bool(body["data"])) == []


def test_paging_has_the_recorded_keys_and_types_in_all_its_forms() -> None:
    with Service(little_school()) as wonde:
        for text in (True, False):
            wonde.per_page_text = text
            body = served(wonde, "attendance/session?per_page=50&page=2")
            assert faults(body, "marks", whole=True) == []
            assert set(body["meta"]["pagination"]) == {key.rpartition(".")[2] for key in KEYS["paging"]["recorded"]} - {
                "pagination"
            }
            assert body["meta"]["pagination"]["per_page"] == ("50" if text else 50)
            assert "page=3" in body["meta"]["pagination"]["next"]
        assert "pagination" not in served(wonde, "attendance-codes")["meta"]


@pytest.mark.parametrize("name", PAYLOADS)
def test_the_payloads_have_the_recorded_keys_and_types(name: str) -> None:
    body = payload(name)
    if name == "school":
        body["meta"] = {"includes": ["cbds"]}
    found = faults(body, PAYLOADS[name], whole=PAYLOADS[name] in ("students", "school"))
    assert found == []


def test_a_key_or_a_type_that_nobody_recorded_is_found() -> None:
    body = payload("students_page1")
    for row in body["data"]:
        row["gender"] = 1
        del row["upi"]
    body["data"][0]["shoe_size"] = 38
    assert faults(body, "students", whole=True) == [
        "data[].gender is ['int'], not ['str', 'null']",
        "data[].shoe_size is nowhere recorded or documented",
        "data[].upi is missing",
    ]


def test_what_is_not_approved_comes_as_null_and_a_wrong_region_gives_nothing() -> None:
    with Service(little_school(), hidden={"premium_pupil_indicator", "gender", PLANS}) as wonde:
        row = served(wonde, f"students?include=extended_details,{PLANS}")["data"][0]
        assert row["gender"] is row["extended_details"]["data"]["premium_pupil_indicator"] is row[PLANS]["data"] is None
        assert "education_details" not in row, "an include that nobody asked for"
        wonde.wrong_region = True
        assert served(wonde, "students")["data"] == served(wonde, "")["data"] == []


def test_leavers_and_their_marks_are_in_their_own_lists_only() -> None:
    with Service(little_school()) as wonde:
        gone = {row["id"] for row in served(wonde, "students-leaver")["data"]}
        assert len(gone) == 1
        assert not gone & {row["id"] for row in served(wonde, "students")["data"]}
        assert not gone & {row["student"] for row in served(wonde, "attendance/session?per_page=200")["data"]}
        assert {row["student"] for row in served(wonde, "attendance-leavers/session")["data"]} == gone
