"""What both pandas peers share: the files read, the calendar, the thresholds, and the workbook written with openpyxl.

Written the way a school's data manager would write it, and kept apart from Halfday: nothing of it is imported, so that
the comparison of results compares independent implementations.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # noqa: TID251 - a peer: this is what it is measured with
from tests.bench.school import COUNTS, POLICY, WINDOWS, Case, Results

PRESENT = ["/", "\\", "L", "B", "K", "P", "V", "W"]
AUTHORISED = ["C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T"]
UNAUTHORISED = ["G", "N", "O", "U"]
POSSIBLE = PRESENT + AUTHORISED + UNAUTHORISED
GROUPS = {
    "possible": POSSIBLE,
    "attended": PRESENT,
    "authorised": AUTHORISED,
    "unauthorised": UNAUTHORISED,
    "late_before": ["L"],
    "late_after": ["U"],
    "missing": ["-"],
}
LEAST, PENALTY_WEEKS = 20, 10
TEMPLATES = Path(__file__).parents[2] / "workbook_templates"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Frames:
    """Everything a peer works from: a long frame with one row a mark, sorted, and what the calendar says.

    `marks` has the columns pupil_id, date, session, code, day and week (places among school days and weeks): only
    marks on roll and up to the last day that counts. `every` has today's as well, for the register.
    """

    marks: pd.DataFrame
    every: pd.DataFrame
    pupils: pd.DataFrame
    days: list[date]
    weeks: list[date]
    half_terms: list[list[date]]
    reviews: set[int]
    starts: dict[str, date]
    bands: list[tuple[str, int, bool]]
    stages: list[tuple[int, int, bool]]


def read(case: Case) -> Frames:
    """The files as frames."""
    pupils = pd.read_csv(case.pupils_csv, dtype=str, keep_default_na=False).sort_values("pupil_id")
    for name in ("dob", "start_date", "end_date"):
        pupils[name] = pd.to_datetime(pupils[name].replace("", None))
    columns = ["pupil_id", "date", "session", "code"]
    every = pd.read_csv(case.marks_csv, usecols=columns, dtype=str, keep_default_na=False)
    every["date"] = pd.to_datetime(every["date"])
    every = every.sort_values(["pupil_id", "date", "session"])
    listed = pd.read_csv(case.calendar_csv, parse_dates=["date"])
    kinds: dict[date, str] = dict(zip(listed["date"].dt.date, listed["kind"], strict=True))
    days = sorted(day for day, kind in kinds.items() if kind in ("school", "closure"))
    weeks = sorted({day - timedelta(days=day.weekday()) for day in days})
    half_terms = _half_terms(days, kinds)
    marks = every[every["date"] <= pd.Timestamp(case.settled)]
    roll = marks[["pupil_id"]].merge(pupils[["pupil_id", "start_date", "end_date"]], how="left")
    when = marks["date"].reset_index(drop=True)
    on_roll = ~(when < roll["start_date"]) & ~(when > roll["end_date"])
    marks = marks[on_roll.to_numpy()].copy()
    marks["day"] = np.searchsorted(np.array(days, "datetime64[D]"), marks["date"].to_numpy().astype("datetime64[D]"))
    week_of_day = np.searchsorted(np.array(weeks, "datetime64[D]"), np.array(days, "datetime64[D]"), side="right") - 1
    marks["week"] = week_of_day[marks["day"].to_numpy()]
    bands, stages = _thresholds()
    ends = {term[-1] for term in half_terms}
    return Frames(
        marks.reset_index(drop=True),
        every,
        pupils.reset_index(drop=True),
        days,
        weeks,
        half_terms,
        {place for place, day in enumerate(days) if day in ends},
        _starts(case.settled, weeks, half_terms),
        bands,
        stages,
    )


def _half_terms(days: list[date], kinds: dict[date, str]) -> list[list[date]]:
    terms = [[days[0]]]
    for before, after in pairwise(days):
        gap = [before + n * ONE_DAY for n in range(1, (after - before).days)]
        free = [kinds.get(day, "holiday") for day in gap if day.weekday() < 5]
        if len(free) >= 5 and set(free) - {"inset", "bank_holiday"}:
            terms.append([])
        terms[-1].append(after)
    return terms


def _starts(settled: date, weeks: list[date], half_terms: list[list[date]]) -> dict[str, date]:
    now = max(place for place, term in enumerate(half_terms) if term[0] - term[0].weekday() * ONE_DAY <= settled)
    begun = [week for week in weeks if week <= settled]
    first = half_terms[now - now % 2][0]
    this = half_terms[now][0]
    starts = (weeks[0], this - this.weekday() * ONE_DAY, first - first.weekday() * ONE_DAY, begun[-1], begun[-4:][0])
    return dict(zip(WINDOWS, starts, strict=True))


def _thresholds() -> tuple[list[tuple[str, int, bool]], list[tuple[int, int, bool]]]:
    """Bands from high to low and stages from mild to grave: name, figure in %, whether the figure itself is in."""
    said = tomllib.loads((TEMPLATES / "schools" / POLICY / "policy.toml").read_text(encoding="utf-8"))
    bands = [(row["name"], row.get("above", row.get("from")), "above" not in row) for row in said["band"]]
    stages = [(row["number"], row.get("at_or_below", row.get("below")), "at_or_below" in row) for row in said["stage"]]
    return bands, stages


def percent(attended: int, possible: int, frames: Frames) -> str | None:
    """One decimal, half up; two where one would show the wrong side of a threshold."""
    if not possible:
        return None
    tenths = (2000 * attended + possible) // (2 * possible)
    cuts = [(90, False), (50, False), *((figure, inside) for _, figure, inside in frames.bands)]
    cuts += [(figure, not inside) for _, figure, inside in frames.stages]
    for figure, inside in cuts:
        shown, exact = tenths - 10 * figure, 100 * attended - figure * possible
        if ((shown >= 0) != (exact >= 0)) if inside else ((shown > 0) != (exact > 0)):
            hundredths = (20000 * attended + possible) // (2 * possible)
            return f"{hundredths // 100}.{hundredths % 100:02}"
    return f"{tenths // 10}.{tenths % 10}"


def band(attended: int, possible: int, frames: Frames) -> str | None:
    """The highest band whose lower bound the exact figure reaches."""
    for name, figure, inside in frames.bands:
        exact = 100 * attended - figure * possible
        if possible and (exact >= 0 if inside else exact > 0):
            return name
    return None


def school_age(dob: date) -> date:
    """The first day of compulsory school age (a primary school needs no last day)."""
    fifth = date(dob.year + 5, 3, 1) if (dob.month, dob.day) == (2, 29) else date(dob.year + 5, dob.month, dob.day)
    ends = (date(fifth.year, 3, 31), date(fifth.year, 8, 31), date(fifth.year, 12, 31))
    return min(day for day in ends if day >= fifth)


def results(table: pd.DataFrame) -> Results:
    """A peer's table as every candidate tells it."""
    told: Results = {}
    for row in table.to_dict("records"):
        told[row["pupil_id"]] = {
            **{window: [int(row[f"{window} {count}"]) for count in COUNTS] for window in WINDOWS},
            "percent": row["percent"],
            "band": row["band"],
            **stage_results(row),
            "persistent": row["persistent"],
            "severe": row["severe"],
            "penalty": int(row["penalty"]),
        }
    return told


def stage_results(row: dict[Any, Any]) -> dict[str, Any]:
    """The stage of a row."""
    return {"stage": int(row["stage"]), "since": row["since"].isoformat() if row["stage"] else None}


def write_workbook(table: pd.DataFrame, frames: Frames, path: Path) -> None:
    """A tracker with a table, formats, colours and a register sheet of one text a pupil and half term, as ours has.

    Less than ours: no Today, Statutory, Policy, Calendar and About pages, no formulas, no triggers, actions or reasons.
    """
    from openpyxl.formatting.rule import CellIsRule  # noqa: TID251 - a peer
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: TID251 - a peer
    from openpyxl.utils import get_column_letter  # noqa: TID251 - a peer
    from openpyxl.worksheet.table import Table, TableStyleInfo  # noqa: TID251 - a peer

    names = frames.pupils[["pupil_id", "surname", "forename", "year_group", "class"]]
    shown = names.merge(table, on="pupil_id")
    shown["percent"] = pd.to_numeric(shown["percent"])
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        shown.to_excel(writer, sheet_name="Tracker", index=False)
        register(frames).to_excel(writer, sheet_name="Register", index=False)
        for name, sheet in writer.sheets.items():
            last = f"{get_column_letter(sheet.max_column)}{sheet.max_row}"
            style = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
            sheet.add_table(Table(displayName=f"tbl{name}", ref=f"A1:{last}", tableStyleInfo=style))
            sheet.freeze_panes = "B2"
            for cell in sheet[1]:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="F3F2F1")
                sheet.column_dimensions[cell.column_letter].width = 14
        tracker = writer.sheets["Tracker"]
        at = {cell.value: cell.column_letter for cell in tracker[1]}
        for row in tracker.iter_rows(min_row=2):
            for cell in row:
                cell.alignment = Alignment(vertical="top")
            tracker[f"{at['percent']}{row[0].row}"].number_format = "0.0"
            tracker[f"{at['since']}{row[0].row}"].number_format = "ddd d mmm"
        for number, colour in ((1, "FFF2CC"), (2, "F8CBAD"), (3, "F4B0A0")):
            fill = PatternFill("solid", bgColor=colour)
            span = f"{at['stage']}2:{at['stage']}{tracker.max_row}"
            rule = CellIsRule(operator="equal", formula=[str(number)], fill=fill)  # type: ignore[no-untyped-call]
            tracker.conditional_formatting.add(span, rule)


def register(frames: Frames) -> pd.DataFrame:
    """One text a pupil and half term: codes between spaces, `.` where there is no mark."""
    wide = frames.every.pivot_table(index="pupil_id", columns=["date", "session"], values="code", aggfunc="first")
    wide = wide.fillna(".")
    columns: dict[str, Any] = {"Pupil ID": wide.index}
    for place, term in enumerate(frames.half_terms, 1):
        days = set(term)
        part = wide.loc[:, [when.date() in days for when in wide.columns.get_level_values(0)]]
        columns[f"Half term {place}"] = part.agg(" ".join, axis=1).to_numpy()
    return pd.DataFrame(columns)
