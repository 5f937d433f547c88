"""The Google copy's figures are the workbook's: cell for cell, and the summary's worked out anew from its cells."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251 - reading only
from tests.little_school import OFFICE, little_school
from tests.mirror_view import of_folder, page_of, rows_of

from halfday.register import SESSIONS
from halfday_sync.mirroring.design import design
from halfday_sync.mirroring.figures import Figures
from halfday_sync.mirroring.settings import MirrorSettings
from halfday_sync.sheets.model import AGENT, ROW, Value
from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.layout import document, number, section_columns, table_columns
from halfday_sync.workbook.view import View

INSTEAD = design().discreet.instead
ATTENDED, MISSED = "attended", ("absence, authorised", "absence, unauthorised")
_TODAY = number(document("layout")["today"]["key"]) + 1
_STATUTORY = number(document("layout")["statutory"]["key"]) + 1


class Written:
    """A tracker as it was written, read back by another library."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._book = load_workbook(BytesIO(tracker_bytes(view, OFFICE)), data_only=True)

    def table(self, sheet: str) -> list[dict[str, Any]]:
        """The rows of a table sheet by the titles of its columns."""
        titles, *rows = self._book[sheet].iter_rows(values_only=True)
        return [dict(zip(map(str, titles), row, strict=True)) for row in rows if row[0] is not None]

    def lines(self, sheet: str, key_at: int, columns: Mapping[str, int]) -> dict[str, dict[str, Any]]:
        """The rows of a page that have a key, by it; cells by the key of the column."""
        ws = self._book[sheet]
        found = {}
        for row in range(1, ws.max_row + 1):
            if key := ws.cell(row, key_at).value:
                found[str(key)] = {name: ws.cell(row, at + 1).value for name, at in columns.items()}
        return found

    def text(self, sheet: str) -> str:
        """All words of a sheet."""
        rows = self._book[sheet].iter_rows(values_only=True)
        return "\n".join(str(cell) for row in rows for cell in row if isinstance(cell, str))

    def codes(self) -> dict[str, str]:
        """What each code counts as, by the key beside the marks."""
        rows = list(self._book["Register"].iter_rows(values_only=True))
        at = next(n for n, title in enumerate(rows[0]) if title == "Code")
        return {str(row[at]): str(row[at + 2]) for row in rows[1:] if row[at] is not None}


def same(ours: Value, cell: object) -> bool:
    """Whether a cell of the copy is the very one of the workbook. A file keeps a share with sixteen digits."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if cell in (None, "") or ours is None:
        return ours is None and cell in (None, "")
    if isinstance(ours, float) and isinstance(cell, float | int):
        return abs(ours - cell) < 1e-15
    return type(ours) is type(cell) and ours == cell


@pytest.fixture(scope="module", params=["little", "demo", "large"])
def written(request: pytest.FixtureRequest, made: Path, larger: Path) -> Written:
    if request.param == "little":
        return Written(little_school())
    return Written(of_folder({"demo": made, "large": larger}[request.param]))


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from halfday_sync import cli

    folder = tmp_path_factory.mktemp("larger") / "demo"
    words = ["demo", "--into", str(folder), "--pupils", "150", "--policy", "wath-central"]
    assert cli.main(words) == 0
    return folder


# --- the tables ------------------------------------------------------------------------------------------------------


def test_every_cell_of_the_tracker_is_the_workbooks(written: Written) -> None:
    page, title = page_of(written.view, "tracker"), {one.key: one.title for one in table_columns("tracker")}
    rows, theirs = rows_of(page), {str(row["Pupil ID"]): row for row in written.table("Tracker")}
    here = {key for key, row in theirs.items() if row["Status"] == "On roll"}
    assert {*rows} == here
    cells = kept = 0
    for key, row in rows.items():
        for column in (one for one in page.columns if one.owner == AGENT and one.key != "carried_out"):  # of Actions
            ours, cell = row.values.get(column.key), theirs[key][title[column.key]]
            if column.key in ("why", "next_action") and isinstance(ours, str) and is_discreet(ours, str(cell)):
                kept += 1
                continue
            assert same(ours, cell), (key, column.key, ours, cell)
            cells += 1
    assert cells >= 20 * len(rows)
    assert kept <= len(rows) / 4


def is_discreet(ours: str, cell: str) -> bool:
    """Whether sentences were left out, and no other was put in than the one that says so."""
    said = re.sub(r" ?by a person until", "", ours.replace(INSTEAD, "")).strip()
    left = set(re.split(r"(?<=[.!?])\s+", said)) - set(re.split(r"(?<=[.!?])\s+", cell))
    return ours != cell and all(one.startswith(("On hold", "Set")) or not one for one in left)


def test_every_overdue_action_is_the_workbooks(written: Written) -> None:
    theirs = {str(row["Entry"]): row for row in written.table("Actions")}
    rows = {key: row for key, row in rows_of(page_of(written.view, "actions")).items() if row.look == ROW}
    assert {*rows} == {key for key, row in theirs.items() if row["Status"] == "Overdue"}
    for key, row in rows.items():
        for name, title in (("pupil", "Pupil"), ("class", "Class"), ("due", "Due")):
            assert same(row.values.get(name), theirs[key][title])
        if row.values["action"] != INSTEAD:
            assert same(row.values["action"], theirs[key]["Action"])
            assert same(row.values.get("owner"), theirs[key]["Who"])
    dues = [row.values["due"] for row in rows.values()]
    assert dues == sorted(dues, key=str)


def test_every_line_of_statutory_is_the_workbooks_but_those_about_illness(written: Written) -> None:
    columns = {column.key: column.at for column in section_columns("statutory", "duty")}
    theirs = written.lines("Statutory", _STATUTORY, columns)
    rows = {key: row for key, row in rows_of(page_of(written.view, "statutory")).items() if row.look == ROW}
    assert list(rows) == [key for key in theirs if "|sickness-return|" not in key]
    for key, row in rows.items():
        for name in ("pupil", "class", "attendance", "since", "figures"):
            assert same(row.values.get(name), theirs[key][name]), (key, name)


def test_this_mornings_changes_are_todays(written: Written) -> None:
    view, columns = written.view, {column.key: column.at for column in section_columns("today", "changes")}
    theirs = {key: row for key, row in written.lines("Today", _TODAY, columns).items() if "|change|" in key}
    rows = rows_of(page_of(view, "changes"))
    assert len([key for key, row in rows.items() if row.values.get("day") == view.marks_until]) >= len(theirs)
    for key, line in theirs.items():
        row = rows[key.replace(str(view.today), str(view.marks_until))]
        for name in ("pupil", "class", "change", "attendance"):
            assert same(row.values.get(name), line[name]), (key, name)
        assert str(line["why"]) in str(row.values["why"]) or INSTEAD in str(row.values["why"])
        assert row.values["now"] == line["now"] or row.values["now"] == INSTEAD


# --- the summary, from the workbook's cells --------------------------------------------------------------------------


def sessions(written: Written) -> Iterator[tuple[str, date, str]]:
    """Every mark of the Register that counts: whose, on which day of this school year, and what it counts as."""
    view, counts = written.view, written.codes()
    year, status = view.calendar.year(view.marks_until), {str(r["Pupil ID"]): r for r in written.table("Tracker")}
    for row in written.table("Register"):
        pupil = view.pupil[str(row["Pupil ID"])]
        if status[pupil.pupil_id]["Status"] != "On roll":
            continue
        for term in view.half_terms:
            days = [day for day in view.calendar.school_days if term.start <= day <= term.end for _half in SESSIONS]
            for day, code in zip(days, str(row[term.title] or "").split(), strict=False):
                if term.year == year and day <= view.marks_until and pupil.on_roll(day):
                    yield pupil.pupil_id, day, counts[code]


def test_the_headline_follows_from_the_tracker_and_the_register(written: Written) -> None:
    view, rows = written.view, rows_of(page_of(written.view, "summary"))
    here = [row for row in written.table("Tracker") if row["Status"] == "On roll"]
    attended, possible = (sum(row[title] for row in here) for title in ("Attended", "Possible"))
    assert rows["headline:roll"].values["children"] == len(here)
    assert rows["headline:ytd"].values["figure"] == attended / possible
    settled = [row for row in here if row["Possible"] >= 60]
    persistent = [row for row in settled if row["PA"] == "Yes"]
    found = dict(rows["headline:persistent"].values)
    assert found["children"] == len(persistent)
    if settled:
        assert found["figure"] == len(persistent) / len(settled)
    severe = [row for row in settled if row["PA note"] == "Severe"]
    assert rows["headline:severe"].values["children"] == len(severe)
    late = sum(row["Late"] for row in here)
    assert rows["headline:late"].values["children"] == late
    assert rows["headline:late"].values["figure"] == late / possible
    counted = Counter(kind for _pupil, _day, kind in sessions(written))
    assert rows["headline:unauthorised"].values["children"] == counted["absence, unauthorised"]
    said = written.text("Today")
    met = re.search(r"(\d+) at the penalty threshold", said)
    assert met is not None
    assert rows["headline:penalty"].values["children"] == int(met.group(1))
    old = re.search(r"N for more than \d+ school days \((\d+) sessions?\)", said)
    assert old is not None
    assert rows["headline:old_n"].values["children"] == int(old.group(1))
    steps = [row for row in written.table("Actions") if row["Status"] == "Overdue"]
    assert rows["headline:overdue"].values["children"] == len(steps)
    told = [key for key, row in rows_of(page_of(view, "changes")).items() if row.values.get("day") == view.marks_until]
    assert rows["headline:changes"].values["children"] == len(told)
    assert len(view.outcomes) >= len(here)


def test_windows_weeks_and_half_terms_follow_from_the_register(written: Written) -> None:
    view, rows = written.view, rows_of(page_of(written.view, "summary"))
    attended, possible = Counter[date](), Counter[date]()
    for _pupil, day, kind in sessions(written):
        attended[day] += kind == ATTENDED
        possible[day] += kind == ATTENDED or kind in MISSED
    for window, first in view.calendar.windows(view.marks_until).items():
        if window == "term":
            continue
        over = [sum(count for day, count in each.items() if day >= first) for each in (attended, possible)]
        assert rows[f"headline:{window}"].values["figure"] == over[0] / over[1], window
    weeks: dict[date, list[date]] = {}
    for day in possible:
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(day)
    shown = {key: row for key, row in rows.items() if key.startswith("weeks:2")}
    assert sorted(shown) == [f"weeks:{week}" for week in sorted(weeks)]
    for week, days in weeks.items():
        total = sum(possible[day] for day in days)
        assert shown[f"weeks:{week}"].values.get("children", 0) == total
        if total:
            assert shown[f"weeks:{week}"].values["figure"] == sum(attended[day] for day in days) / total
    terms = [one for one in view.calendar.half_terms if one.year == view.calendar.year(view.marks_until)]
    for term, period in zip(terms, Figures(view).half_terms, strict=False):
        days = [day for day in possible if term.start <= day <= term.end]
        assert (period.attended, period.possible) == (
            sum(attended[day] for day in days),
            sum(possible[day] for day in days),
        )


def test_counts_of_stages_bands_and_groups_follow_from_the_tracker(written: Written) -> None:
    rows = rows_of(page_of(written.view, "summary"))
    here = [row for row in written.table("Tracker") if row["Status"] == "On roll"]
    for at, band in enumerate(written.view.policy.bands, 1):
        assert rows[f"bands:{at}"].values["children"] == sum(row["Band"] == band.name for row in here)
    for rung in written.view.policy.stages:
        assert rows[f"stages:{rung.number}"].values["children"] == sum(
            r["Stage"] == f"Stage {rung.number}" for r in here
        )
    checked = 0
    for block, title, named in (("years", "Year", "Year {}"), ("classes", "Class", "{}")):
        for value in sorted({str(row[title]) for row in here if row[title]}):
            name = "Reception" if (block, value) == ("years", "R") else named.format(value)
            members = [row for row in here if str(row[title]) == value]
            shown = dict(rows[f"{block}:{name}"].values)
            if isinstance(shown["children"], str):
                assert shown.keys() == {"label", "children"}
                continue
            checked += 1
            attended, possible = (sum(row[column] for row in members) for column in ("Attended", "Possible"))
            assert (shown["children"], shown["figure"]) == (len(members), attended / possible)
            absent = sum(row["PA"] == "Yes" and row["Possible"] >= 60 for row in members)
            assert shown["compare"] in (absent, "not shown", "fewer than 10" if absent < 10 else absent)
    assert checked or len(here) < 60


def test_a_target_and_its_gap_are_the_policys(larger: Path) -> None:
    view = of_folder(larger)
    shown = rows_of(page_of(view, "summary"))["headline:ytd"].values
    here = [row for row in Written(view).table("Tracker") if row["Status"] == "On roll"]
    figure = Fraction(100 * sum(r["Attended"] for r in here), sum(r["Possible"] for r in here))
    assert (shown["target"], shown["gap"]) == (0.96, float(figure - 96))
    assert MirrorSettings().tabs == ()
