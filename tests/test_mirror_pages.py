"""The pages of the Google copy: what is on each tab, and that a new tab needs an entry and nothing else."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from tests.little_school import little_school
from tests.mirror_view import dump, of_folder, page_of, rows_of

from halfday.morning import Shown, morning
from halfday.policy.ladder import HOLD, Decision
from halfday.policy.model import Target
from halfday_sync.decided import slt_key
from halfday_sync.entries import ACTIONS
from halfday_sync.errors import SettingsError
from halfday_sync.mirroring.answers import Conflict
from halfday_sync.mirroring.content import Told
from halfday_sync.mirroring.design import design
from halfday_sync.mirroring.discretion import initials
from halfday_sync.mirroring.pages import pages_of
from halfday_sync.mirroring.settings import MirrorSettings
from halfday_sync.sheets.model import AGENT, HEADING, ROW, SLT, STAMP_PAGE, Page
from halfday_sync.templates import templates_dir
from halfday_sync.workbook.layout import choices
from halfday_sync.workbook.today import sections
from halfday_sync.workbook.view import View, name_of

DESIGN = templates_dir() / "mirror.toml"
TABS = ("summary", "changes", "tracker", "actions", "statutory", "health")


@pytest.fixture(scope="module")
def demo(made: Path) -> View:
    return of_folder(made)


@pytest.fixture(scope="module")
def view() -> View:
    return little_school()


def another_design(folder: Path, more: str) -> Path:
    """The design with more in it."""
    path = folder / "mirror.toml"
    path.write_text(DESIGN.read_text(encoding="utf-8") + more, encoding="utf-8")
    return path


OLD_N = """
[[tab]]
id       = "old-marks"
sheet_id = 7599000
title    = "Old marks"
shows    = "today.old_n"
column   = [
  { key = "pupil", title = "Pupil", format = "strong", width = 170, redact = "initial" },
  { key = "class", title = "Class", format = "text", width = 70, redact = "show" },
  { key = "date", title = "Date", format = "text", width = 170, redact = "show" },
  { key = "age", title = "School days", format = "whole", width = 90, redact = "show" },
]
"""


# --- all of them -----------------------------------------------------------------------------------------------------


def test_golden(demo: View, golden: Callable[[str, str], None]) -> None:
    golden("mirror", dump(pages_of(demo, MirrorSettings())))


def test_the_pages_are_the_tabs_of_the_design_in_their_order(view: View) -> None:
    assert tuple(page.id for page in pages_of(view, MirrorSettings())) == TABS
    wanted = tuple(page.id for page in pages_of(view, MirrorSettings(tabs=("health", "tracker"))))
    assert wanted == (STAMP_PAGE, "tracker", "health")  # the summary is always there


def test_every_page_says_how_fresh_it_is(view: View) -> None:
    for page in pages_of(view, MirrorSettings()):
        assert page.said.startswith(f"{view.school}: {page.title}. Marks up to Thu 16 Oct. Last checked 09:40")


def test_a_page_that_is_old_says_so(view: View) -> None:
    old = replace(view, last_checked=view.last_checked - timedelta(days=9))
    assert all("a whole school day has passed" in page.said for page in pages_of(old, MirrorSettings()))


@pytest.mark.parametrize("made_of", ["little", "demo"])
def test_rows_have_keys_of_their_own_and_nothing_but_cells_of_their_columns(
    made_of: str, view: View, demo: View
) -> None:
    for page in pages_of({"little": view, "demo": demo}[made_of], MirrorSettings()):
        keys = [row.key for row in page.rows]
        assert len({*keys}) == len(keys)
        owned = {column.key for column in page.columns if column.owner == AGENT}
        assert all({*row.values} <= owned and {*row.formats} <= owned for row in page.rows)
        assert all(value not in (None, "") for row in page.rows for value in row.values.values())


def test_what_belongs_to_a_page_is_on_it(demo: View) -> None:
    for page in pages_of(demo, MirrorSettings()):
        keys, columns = [row.key for row in page.rows], {column.key for column in page.columns}
        assert not page.frozen or page.frozen in columns
        assert {rule.column for rule in page.rules} <= columns
        assert all({*one.shows} <= columns for one in page.views)
        for chart in page.charts:
            assert keys.index(chart.first) <= keys.index(chart.last)
            assert {chart.labels, *chart.series} <= columns


# --- a new tab -------------------------------------------------------------------------------------------------------


def test_a_new_tab_needs_an_entry_and_nothing_else(view: View, tmp_path: Path) -> None:
    wanted = next(section for section in sections(view) if section.id == "old_n")
    page = pages_of(view, MirrorSettings(), rules=design(another_design(tmp_path, OLD_N)))[-1]
    assert (page.id, page.sheet_id, page.title) == ("old-marks", 7599000, "Old marks")
    assert wanted.lines
    assert [row.key for row in page.rows] == [line.key for line in wanted.lines]
    for row, line in zip(page.rows, wanted.lines, strict=True):
        assert {key: row.values[key] for key in ("date", "age")} == {key: line.values[key] for key in ("date", "age")}
        assert re.fullmatch(r"\S\.( \S\.)*", str(row.values["pupil"]))  # its own rule: initials


def test_a_section_that_is_not_there_this_morning_leaves_its_tab_empty(view: View, tmp_path: Path) -> None:
    quiet = replace(view, morning=replace(view.morning, old_n=()))
    page = pages_of(quiet, MirrorSettings(), rules=design(another_design(tmp_path, OLD_N)))[-1]
    assert [dict(row.values) for row in page.rows] == [{"pupil": "Nothing today."}]


@pytest.mark.parametrize("section", ["today.kept", "today.visits", "today.reviews", "review.groups-weekly"])
def test_a_section_that_may_tell_more_than_attendance_cannot_be_shown(section: str, tmp_path: Path) -> None:
    bad = another_design(tmp_path, OLD_N.replace("today.old_n", section))
    with pytest.raises(SettingsError) as stop:
        design(bad)
    assert "old-marks.pupil: never goes to Google" in stop.value.problems


def test_a_design_with_faults_names_them_all(tmp_path: Path) -> None:
    bad = OLD_N.replace('"initial"', '"blur"').replace("7599000", "7501000").replace('format = "text"', 'format = "x"')
    bad = bad.replace('key = "age"', 'key = "note"') + '[[tab.chart]]\nid = 7501301\nkind = "PIE"\nblock = "b"\n'
    bad += 'labels = "pupil"\nseries = ["none"]\nat = [1, 1]\n'
    with pytest.raises(SettingsError) as stop:
        design(another_design(tmp_path, bad))
    assert stop.value.problems == (
        "two tabs have the same sheet_id",
        "two charts or filter views have the same id",
        "old-marks.pupil: every column has a rule; write redact = one of show, initial, hide",
        "old-marks.class: there is no format 'x'",
        "old-marks.date: there is no format 'x'",
        "old-marks.note: never goes to Google",
        "old-marks.chart 7501301: the kind is one of LINE, COLUMN, BAR",
        "old-marks.chart 7501301: there is no column none",
    )


def test_no_column_of_the_design_is_without_a_rule() -> None:
    assert all(one.rule == "show" for tab in design().tabs for one in tab.columns)


# --- Tracker ---------------------------------------------------------------------------------------------------------


def test_the_tracker_has_four_columns_for_slt_and_they_are_empty(view: View) -> None:
    page = page_of(view, "tracker")
    assert [column.key for column in page.answers] == ["agreed", "comment", "decided_by", "decided_on"]
    assert page.answers[0].choices == tuple(choices("agreed"))
    assert all(column.owner == SLT for column in page.answers)
    assert not {column.key for column in page.answers} & {key for row in page.rows for key in row.values}


@pytest.mark.parametrize(
    ("done", "status"), [(None, "Open"), ("Yes", "Done"), ("No longer needed", "No longer needed")]
)
def test_slt_sees_whether_what_it_agreed_is_done(view: View, done: str | None, status: str) -> None:
    here, other = [one.pupil.pupil_id for one in view.ordered if not view.has_left(one.pupil)][:2]
    said = {(ACTIONS, slt_key(here), "slt_agreed"): "Meet the family", (ACTIONS, slt_key(here), "done"): done}
    rows = {row.key: row for row in page_of(replace(view, staff={**view.staff, **said}), "tracker").rows}
    assert rows[here].values["carried_out"] == status
    assert "carried_out" not in rows[other].values


def test_a_leaver_has_a_row_only_where_the_copy_has_one_and_it_says_nothing_else(view: View) -> None:
    leaver = next(one for one in view.outcomes if view.has_left(one.pupil)).pupil
    assert leaver.pupil_id not in rows_of(page_of(view, "tracker"))
    page = next(one for one in pages_of(view, MirrorSettings(), there=[leaver.pupil_id]) if one.id == "tracker")
    assert page.keeps_rows
    assert list(rows_of(page)[leaver.pupil_id].values) == ["status"]
    assert str(rows_of(page)[leaver.pupil_id].values["status"]).startswith("Left ")


def test_stages_have_the_colours_and_views_that_the_policy_needs(view: View) -> None:
    page, stages = page_of(view, "tracker"), len(view.policy.stages)
    found = {rule.text: rule.colour for rule in page.rules if rule.column == "stage"}
    assert found[f"Stage {stages}"] == "red"
    assert [one.title for one in page.views if "stage" in one.shows] == [f"Stage {n}" for n in range(1, stages + 1)]


# --- Stage changes, actions, statutory, health -----------------------------------------------------------------------


def test_a_decision_is_told_without_its_reason_or_who_made_it(view: View) -> None:
    change = view.morning.changes[0]
    told = Decision(change.outcome.pupil.pupil_id, HOLD, view.today, date(2025, 12, 1), "bereavement", "Mrs Quill")
    decided = replace(
        view.morning, changes=(replace(change, outcome=replace(change.outcome, decision=told), edited=False),)
    )
    page = page_of(replace(view, morning=replace(decided, restated=())), "changes")
    key = f"{told.pupil_id}|change|{view.marks_until}"
    assert rows_of(page)[key].values["now"] == "Held by a person until Mon 1 Dec."


def test_changes_of_the_weeks_before_follow_those_of_this_morning(demo: View) -> None:
    days = [row.values["day"] for row in page_of(demo, "changes").rows if row.look == ROW]
    assert days == sorted(days, key=lambda day: -day.toordinal() if isinstance(day, date) else 0)
    assert len({*days}) > 1


def test_every_change_of_this_morning_is_listed_however_many_there_are(demo: View) -> None:
    before = Shown(demo.calendar.last_school_day(demo.marks_until) or demo.today, dict.fromkeys(demo.pupil, 9))
    found = morning(demo.policy, demo.outcomes, demo.register, demo.calendar, demo.today, before)
    page = page_of(replace(demo, morning=found), "changes")
    told = {row.key.partition("|")[0] for row in page.rows if row.values.get("day") == demo.marks_until}
    assert told == {change.outcome.pupil.pupil_id for change in found.changes}
    assert len(told) > 30  # Today lists no more than 20


def test_a_morning_without_a_change_says_so(view: View) -> None:
    page = page_of(replace(view, morning=replace(view.morning, changes=(), restated=())), "changes")
    assert page.rows[0].values["day"] == "No change of stage since Wed 15 Oct."


def test_nothing_overdue_is_said_in_words(view: View) -> None:
    page = page_of(replace(view, outcomes=(), casework=replace(view.casework, ticks={})), "actions")
    assert [dict(row.values) for row in page.rows] == [{"pupil": "Nothing is overdue."}]


def test_every_duty_is_told_with_its_source(view: View) -> None:
    said = " ".join(str(row.values.get("duty", "")) for row in page_of(view, "statutory").rows)
    assert said.count("Source: ") == 6
    assert "WTISA chapter 6" in said


def test_health_tells_what_differs_and_what_was_put_back(view: View) -> None:
    told = Told(
        [Conflict("P03", "agreed", "Meet the family", None)],
        ["3 cells that belong to Halfday were changed in the sheet and have been put back."],
    )
    page = next(one for one in pages_of(view, MirrorSettings(), told) if one.id == "health")
    row = rows_of(page)["conflict|P03|agreed"]
    whose = name_of(view.pupil["P03"])
    assert (row.values["label"], row.values["value"]) == (whose, "Agreed action")
    assert row.values["words"] == "Here: Meet the family. On the tracker: nothing. Found Fri 17 Oct 2025."
    assert any(row.values.get("label") == told.put_back[0] for row in page.rows)
    for rule, shown in (("initial", initials(whose)), ("hide", "Pupil P03")):
        page = next(one for one in pages_of(view, MirrorSettings(names=rule), told) if one.id == "health")
        assert rows_of(page)["conflict|P03|agreed"].values["label"] == shown
        text = dump((page,))
        assert not [one.surname for one in view.pupils if one.surname and f" {one.surname}" in text]


# --- Summary ---------------------------------------------------------------------------------------------------------


def headline(page: Page, name: str) -> dict[str, object]:
    return dict(rows_of(page)[f"headline:{name}"].values)


def test_a_target_has_a_gap_and_a_line_in_the_chart(demo: View) -> None:
    target = Target("t", "School attendance", "percent", value=Fraction(97))
    page = page_of(replace(demo, policy=replace(demo.policy, targets=(target,))), "summary")
    row = headline(page, "ytd")
    assert row["target"] == 0.97
    assert row["gap"] == pytest.approx(100 * float(str(row["figure"])) - 97)
    assert page.charts[0].series == ("figure", "target")


def test_without_a_target_there_is_no_gap_and_no_line(demo: View) -> None:
    page = page_of(demo, "summary")
    assert not {"target", "gap"} & {*headline(page, "ytd")}
    assert page.charts[0].series == ("figure",)


def test_a_benchmark_stands_beside_the_figure_with_its_source(demo: View) -> None:
    page = page_of(demo, "summary", MirrorSettings(benchmark="Wirral, primary"))
    assert headline(page, "ytd")["compare"] == 0.9432
    assert headline(page, "persistent")["compare"] == 0.1467
    said = [str(row.values["label"]) for row in page.rows if row.key.startswith("headline:note")]
    assert said[0] == (
        "Elsewhere (attendance and persistently absent): Wirral, primary, September 2024 to July 2025. "
        "Department for Education, daily register data, published Thu 7 Aug 2025."
    )


def test_children_with_few_sessions_are_told_apart() -> None:
    early = little_school(date(2025, 10, 3))
    page = page_of(early, "summary")
    here = [one for one in early.outcomes if not early.has_left(one.pupil)]
    assert all(one.early for one in here)
    absent = sum(bool(one.persistent_absence) for one in here)
    assert absent
    assert headline(page, "early")["children"] == len(here)
    assert headline(page, "early")["words"] == f"Under 60 sessions, not counted; {absent} at 10%"
    assert (headline(page, "persistent")["children"], headline(page, "severe")["children"]) == (0, 0)
    assert "figure" not in headline(page, "persistent")


def test_titles_of_charts_are_findings(demo: View) -> None:
    assert [chart.title for chart in page_of(demo, "summary").charts] == [
        "Attendance this half term is 95.9%, after 95.3% in the one before",
        "18 of 39 children are at a stage, 5 of them at Stage 3",
        "23 of 39 children are in the band Above 96%, 4 in 85% and below",
    ]


def test_blocks_have_headings(demo: View) -> None:
    found = [row.values["label"] for row in page_of(demo, "summary").rows if row.look == HEADING]
    assert found == ["Stages", "Bands", "Year groups", "Classes", "Other groups", "School weeks"]


def test_a_school_without_pupils_has_pages_all_the_same(view: View) -> None:
    empty = replace(view, outcomes=(), pupils=(), morning=replace(view.morning, changes=(), restated=()))
    assert [page.id for page in pages_of(empty, MirrorSettings())] == list(TABS)
