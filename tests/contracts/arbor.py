"""Arbor before the contract: the live feed in both formats, and exported reports whose headings somebody made up."""

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.arbor_service import Arbor, serving
from tests.source_contract import UNKNOWN, Prepared, true_marks, true_pupils

IDS = {key: row["adm"] for key, row in true_pupils().items()}
"""The report has the admission number, so that guests are in it too."""
_FIELDS = {
    "UPN": "upn",
    "Legal surname": "s",
    "Preferred first name": "f",
    "Sex": "sex",
    "Date of birth": "dob",
    "Year group": "y",
    "Registration form": "reg",
    "House": "house",
    "Enrolment mode": "en",
    "Admission date": "start",
    "Leaving date": "end",
    "SEN status": "sen",
    "Pupil Premium recipient": "pp",
    "Eligible for free school meals": "fsm",
    "In care": "lac",
    "Child protection plan": "cp",
    "EAL": "eal",
    "Is a young carer": "yc",
}
_FLAGS = ("Pupil Premium recipient", "Eligible for free school meals", "In care", "Child protection plan", "EAL")
_SHARED = (*_FLAGS, "Is a young carer", "SEN status")


def report() -> list[dict[str, Any]]:
    """The report of a school that lets it have everything: a row a mark, the pupil's details on each."""
    return [
        {**_pupil(told.pupil), "Date": f"{told.date:%d %b %Y}", "Roll call": told.session, "Mark": told.code,
         "Minutes late": told.minutes, "Comment": ""}
        for told in true_marks()
    ]  # fmt: skip


def _pupil(key: str) -> dict[str, Any]:
    row = true_pupils()[key]
    told: dict[str, Any] = {"Adm no": row["adm"], **{heading: row[column] for heading, column in _FIELDS.items()}}
    return told | {heading: {"1": "Yes", "0": "No"}[told[heading]] for heading in (*_FLAGS, "Is a young carer")}


@contextmanager
def from_the_feed(kind: str, tmp: Path) -> Iterator[Prepared]:
    """The live feed."""
    with serving(kind) as arbor:
        arbor.rows = report()
        spoil: dict[str, Callable[[], None]] = {
            name: partial(_change, arbor, change) for name, change in CHANGES.items()
        }
        yield Prepared(
            folder=tmp,
            settings={"kind": "arbor", "format": kind},
            ids=IDS,
            secrets=arbor.secrets,
            spoil={
                **spoil,
                "cut off": partial(setattr, arbor, "cut_off", True),
                "gone": partial(setattr, arbor, "status", 503),
            },
        )


def _change(arbor: Arbor, change: Callable[[list[dict[str, Any]]], None]) -> None:
    change(arbor.rows)


@contextmanager
def from_files(tmp: Path) -> Iterator[Prepared]:
    """Exported reports."""
    rows = report()
    path = tmp / "arbor" / "roll call.csv"
    path.parent.mkdir()

    def save() -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(report()[0]))
            writer.writeheader()
            writer.writerows(rows)

    def changed(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[], None]:
        def spoil() -> None:
            change(rows)
            save()

        return spoil

    save()
    yield Prepared(
        folder=tmp,
        settings={"kind": "arbor", "files": ["arbor/*.csv"]},
        ids=IDS,
        spoil={
            **{name: changed(change) for name, change in CHANGES.items()},
            "cut off": lambda: _cut(path),
            "gone": path.unlink,
        },
    )


def _cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _of_monday(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return next(
        row for row in rows if (row["Adm no"], row["Date"], row["Roll call"]) == (IDS["p2"], "08 Sep 2025", "AM")
    )


def _unknown(rows: list[dict[str, Any]]) -> None:
    _of_monday(rows)["Mark"] = UNKNOWN


def _contradict(rows: list[dict[str, Any]]) -> None:
    rows.append({**_of_monday(rows), "Mark": "I"})


def _unshare(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        row.update(dict.fromkeys(_SHARED))


CHANGES: dict[str, Callable[[list[dict[str, Any]]], None]] = {
    "unknown code": _unknown,
    "contradiction": _contradict,
    "unshared": _unshare,
    "empty": list.clear,
}
WAYS: dict[str, Callable[[Path], AbstractContextManager[Prepared]]] = {
    "live feed json": partial(from_the_feed, "json"),
    "live feed csv": partial(from_the_feed, "csv"),
    "exported reports": from_files,
}
