"""The made-up school as files, and what every candidate must say of each of its pupils."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

POLICY = "stanton-road"
WINDOWS = ("ytd", "half_term", "term", "week", "last_4_weeks")
COUNTS = ("possible", "attended", "authorised", "unauthorised", "late_before", "late_after", "missing")

Results = dict[str, dict[str, Any]]
"""By pupil id: counts of five windows, percent, band, stage, since, persistent, severe, penalty."""


@dataclass(frozen=True)
class Case:
    """Files of one school year, and the morning they are read on: the last school day, whose own marks do not count."""

    folder: Path
    pupils: int
    today: date
    settled: date

    @property
    def pupils_csv(self) -> Path:
        return self.folder / "pupils.csv"

    @property
    def marks_csv(self) -> Path:
        return self.folder / "marks.csv"

    @property
    def calendar_csv(self) -> Path:
        return self.folder / "calendar.csv"


def write_case(folder: Path, pupils: int) -> Case:
    """Writes the files once; every candidate reads the same ones."""
    from halfday_sync.sources.base import Snapshot
    from halfday_sync.sources.sample import sample_school
    from halfday_sync.sources.tabular import write_contract

    made = sample_school(pupils=pupils)
    write_contract(folder, Snapshot(made.pupils, made.register, made.calendar))
    days = sorted(day for day, kind in made.calendar.items() if kind in {"school", "closure"})
    case = {"pupils": pupils, "today": days[-1].isoformat(), "settled": days[-2].isoformat()}
    (folder / "case.json").write_text(json.dumps(case), encoding="utf-8")
    return read_case(folder)


def read_case(folder: Path) -> Case:
    """A case that was written before."""
    said = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    return Case(folder, said["pupils"], date.fromisoformat(said["today"]), date.fromisoformat(said["settled"]))


class DisagreementError(AssertionError):
    """Two candidates do not say the same: no time of either means anything."""


def must_agree(ours: Results, theirs: Results, who: str) -> None:
    """Compares pupil by pupil, value by value.

    Raises:
        DisagreementError: naming the first ten differences, by made-up pupil id.
    """
    wrong = [f"pupils: {len(ours)} and {len(theirs)}"] if ours.keys() != theirs.keys() else []
    wrong += [
        f"{pupil_id}, {key}: ours {value!r}, {who} {theirs[pupil_id].get(key)!r}"
        for pupil_id, said in ours.items()
        if pupil_id in theirs
        for key, value in said.items()
        if theirs[pupil_id].get(key) != value
    ]
    if wrong:
        shown = "\n  ".join(wrong[:10])
        raise DisagreementError(f"{len(wrong)} differences between ours and {who}; no time is reported.\n  {shown}")
