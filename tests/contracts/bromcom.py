"""Bromcom before the contract: the Partner API with both entities, and saved files."""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.bromcom_service import HEADERS, SCHOOL, Bromcom, recorded, serving
from tests.source_contract import UNKNOWN, Prepared, true_pupils

WEEK, BASIC = "StudentAttendanceByWeek", "BasicAttendance"
IDS = {key: row["adm"] for key, row in true_pupils().items()}
"""Known by the admission number."""
UNTOLD = frozenset({"house", "start_date", "end_date", "fsm", "cp", "young_carer"})
SECRETS = {
    "Bromcom application ID": HEADERS["ApplicationId"],
    "Bromcom application secret": HEADERS["ApplicationSecret"],
}
_SHARED = ("everFsm6Flag", "inCareFlag", "ealFlag", "premiumPupilFlag", "provisionName")
Rows = dict[str, list[dict[str, Any]]]


@contextmanager
def from_the_service(entity: str, tmp: Path) -> Iterator[Prepared]:
    """The Partner API."""
    with serving() as (bromcom, _):
        yield Prepared(
            folder=tmp,
            settings={"kind": "bromcom", "school_id": SCHOOL, "address": bromcom.address, "entity": entity},
            ids=IDS,
            secrets=SECRETS,
            whole=True,
            minutes_lost=True,
            untold=UNTOLD - {"end_date"},
            spoil={
                **{fault: partial(change, bromcom.rows) for fault, change in CHANGES.items()},
                "contradiction": partial(_contradict, bromcom.rows, entity),
                "cut off": partial(setattr, bromcom, "cut_off", True),
                "gone": partial(_fail, bromcom),
            },
        )


@contextmanager
def from_files(entity: str, suffix: str, tmp: Path) -> Iterator[Prepared]:
    """Answers that somebody saved."""
    rows = {name: recorded(name) for name in ("StudentFlatView", entity)}
    save(tmp, rows, suffix)

    def changed(change: Callable[[Rows], None]) -> Callable[[], None]:
        def spoil() -> None:
            change(rows)
            save(tmp, rows, suffix)

        return spoil

    yield Prepared(
        folder=tmp,
        settings={"kind": "bromcom", "files": [f"*.{suffix}"], "entity": entity},
        ids=IDS,
        minutes_lost=True,
        untold=UNTOLD,
        otherwise={("p5", "forename"): "?ukasz"} if suffix == "csv" else {},
        spoil={
            **{fault: changed(change) for fault, change in CHANGES.items()},
            "contradiction": changed(lambda held: _contradict(held, entity)),
            "cut off": lambda: _cut(tmp / f"{entity}.{suffix}"),
            "gone": lambda: _remove(tmp, suffix),
        },
    )


def save(folder: Path, rows: Rows, suffix: str) -> None:
    """Rows as files of that kind."""
    for name, held in rows.items():
        path = folder / f"{name}.{suffix}"
        if suffix == "json":
            path.write_text(json.dumps({"success": True, "data": held}), encoding="utf-8")
            continue
        columns = list(dict.fromkeys(column for row in held for column in row)) or ["studentId"]
        with path.open("w", encoding="cp1252", errors="replace", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(held)


def _cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _remove(folder: Path, suffix: str) -> None:
    for path in folder.glob(f"*.{suffix}"):
        path.unlink()


def _fail(bromcom: Bromcom) -> None:
    bromcom.failing = True


def _unknown(rows: Rows) -> None:
    for row in rows.get(WEEK, []):
        if row["studentId"] == 702 and row["calendarStartDate"].startswith("2025-09-08"):
            row["TueAM"] = UNKNOWN
    for row in rows.get(BASIC, []):
        if row["studentId"] == 702 and row["calendarStartDate"].startswith("2025-09-09"):
            row["mark"] = UNKNOWN


def _contradict(rows: Rows, entity: str) -> None:
    """The week is given twice, with an I in place of the /; or the mark is."""
    [told] = [
        row
        for row in rows[entity]
        if row["studentId"] == 702
        and row["calendarStartDate"].startswith("2025-09-08")
        and row.get("periodDisplayName", "AM").strip() == "AM"
    ][:1]
    rows[entity].append({**told, "MonAM": "I"} if entity == WEEK else {**told, "mark": "I"})


def _unshared(rows: Rows) -> None:
    for row in rows["StudentFlatView"]:
        row.update(dict.fromkeys(_SHARED))


def _empty(rows: Rows) -> None:
    for held in rows.values():
        held.clear()


CHANGES: dict[str, Callable[[Rows], None]] = {"unknown code": _unknown, "unshared": _unshared, "empty": _empty}

WAYS: dict[str, Callable[[Path], AbstractContextManager[Prepared]]] = {
    "by week": partial(from_the_service, WEEK),
    "basic": partial(from_the_service, BASIC),
    "saved json": partial(from_files, WEEK, "json"),
    "saved csv": partial(from_files, BASIC, "csv"),
}
