"""A little made-up school on one morning, and the flavours of its tracker."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from halfday import cells
from halfday.morning import Shown, morning
from halfday.policy.evaluate import evaluate
from halfday.policy.load import load
from halfday.register import SESSIONS, Mark, Pupil, Register
from halfday_sync.addins.vba import vba_project
from halfday_sync.workbook.flavour import Flavour, WebExtension
from halfday_sync.workbook.view import Counts, View

DATA = Path(__file__).parent / "data"
OFFICE = Flavour()
ADD_IN = WebExtension(
    "6b1f5f0e-3d0c-4c52-9f0e-2f6a5a7f0d11", "1.0.0.0", functions=("ATT_STAGE", "ATT_BAND"), store="x & y"
)
FLAVOURS = {
    "office": OFFICE,
    "office with its add-in": Flavour(web_extension=ADD_IN),
    "desktop": Flavour(".xlsm", "", vba=vba_project, conf={"INTERPRETER_WIN": r"C:\Halfday\python.exe", "A": "=1+1"}),
    "libreoffice": Flavour(prefix="ORG.HALFDAY.ADDIN."),
}


def little_school(today: date | None = None) -> View:
    """What the tracker shows of the school in `data/workbook_school.toml`, on its own day or on another one."""
    school = tomllib.loads((DATA / "workbook_school.toml").read_text(encoding="utf-8"))
    policy = load((DATA / "workbook_policy.toml").read_text(encoding="utf-8"), "little")
    calendar, today = cells.read_calendar(school["calendar"]), today or school["today"]
    days = [day for day in calendar.school_days if day <= today]
    pupils = tuple(_pupil(row) for row in school["pupil"])
    marks = [
        Mark(row["id"], day, session, code)
        for row in school["pupil"]
        for (day, session), code in _marks(row, days).items()
    ]
    register = Register.from_marks(marks, [pupil.pupil_id for pupil in pupils])
    settled = calendar.last_school_day(today)
    assert settled
    outcomes = evaluate(policy, pupils, register, calendar, settled)
    stages = {one.pupil.pupil_id: one.stage for one in evaluate(policy, pupils, register, calendar, days[-3])}
    return View(
        school=school["name"],
        policy=policy,
        calendar=calendar,
        pupils=pupils,
        register=register,
        outcomes=outcomes,
        morning=morning(policy, outcomes, register, calendar, today, Shown(days[-3], stages | school["announced"])),
        last_checked=datetime(2025, 10, 17, 9, 40, tzinfo=UTC),
        last_changed=datetime(2025, 10, 17, 9, 35, tzinfo=UTC),
        marks_until=settled,
        source="A made-up file",
        version="0.0.0",
        counts=Counts(24, 2, 1, 0),
    )


def _pupil(row: dict[str, Any]) -> Pupil:
    return Pupil(
        row["id"],
        surname=row["surname"],
        forename=row["forename"],
        class_name=row["class"],
        year_group=row["year"],
        family_id=row.get("family", ""),
        start_date=row.get("start"),
        end_date=row.get("end"),
        cp=row.get("cp"),
        sen=row.get("sen", ""),
    )


def _marks(row: dict[str, Any], days: list[date]) -> dict[tuple[date, str], str]:
    said = {}
    for dates, text in row.get("marks", {}).items():
        first, _, last = dates.partition(" to ")
        for day in days:
            if date.fromisoformat(first) <= day <= date.fromisoformat(last or first):
                said[day] = text
    found = {}
    for day in days:
        for session, code in zip(SESSIONS, said.get(day, "/ \\").split(), strict=True):
            if code != ".":
                found[day, session] = code
    return found
