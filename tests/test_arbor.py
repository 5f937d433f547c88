"""Arbor's live feed: read whatever its headings are, and refused, with nothing shown, where it cannot be right."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import xlsxwriter  # noqa: TID251 - the test writes a workbook for the reader to read
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.arbor_service import DATA, KEY, LOGIN, PASSWORD, USER, Arbor, recorded, serving
from tests.source_contract import NOW, TODAY, true_marks, true_pupils

from halfday_sync.errors import SettingsError, SourceError, UnreachableError
from halfday_sync.source_kinds import completed
from halfday_sync.sources.base import Site, Snapshot, Source
from halfday_sync.sources.opening import open_source

NAMELESS = ("p8",)
"""The guest has no UPN, and the sample report no admission number."""
TRUE = {
    (true_pupils()[told.pupil]["upn"], told.date, told.session): (told.code, told.minutes)
    for told in true_marks()
    if told.pupil not in NAMELESS and told.code not in "#-"
}
"""The sample report has no row where there is no mark, nor on the INSET day."""


@pytest.fixture
def arbor() -> Iterator[Arbor]:
    with serving() as it:
        yield it


def opened(
    arbor: Arbor, folder: Path, *, secrets: dict[str, str] | None = None, waits: list[float] | None = None, **more: Any
) -> Source:
    kept = {**arbor.secrets, **(secrets or {})}
    waited: list[float] = waits if waits is not None else []
    site = Site(folder, TODAY, NOW, waited.append, kept.__getitem__)
    return open_source(completed({"kind": "arbor", **more}), site)


def marks(snapshot: Snapshot) -> dict[tuple[str, date, str], tuple[str, int | None]]:
    return {
        (mark.pupil_id, mark.date, mark.session): (mark.code, mark.minutes_late)
        for mark in snapshot.register.marks()
        if mark.code not in "#-"
    }


def stop_of(source: Source) -> SourceError:
    with pytest.raises(SourceError) as stop:
        source.pull(None)
    said = stop.value.text()
    assert not [word for word in (KEY, PASSWORD, USER, "data-export", "Okonkwo", "Samira") if word in said]
    return stop.value


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_the_sample_report_decodes_to_the_truth(arbor: Arbor, tmp_path: Path, kind: str) -> None:
    arbor.kind = kind
    got = opened(arbor, tmp_path, format=kind).pull(None)
    assert marks(got) == TRUE
    assert not got.complete, "a report may be of some pupils only"
    assert arbor.asked == 1


def test_a_row_that_names_no_pupil_by_id_is_left_out_and_counted(arbor: Arbor, tmp_path: Path) -> None:
    notes = " ".join(opened(arbor, tmp_path).pull(None).notes)
    assert "rows of 1 pupil left out: there is no admission number and no right UPN in them" in notes


def test_the_guess_is_shown_with_its_reasons(arbor: Arbor, tmp_path: Path) -> None:
    looks = [look.words for look in opened(arbor, tmp_path).look()]
    count = len(arbor.rows)
    assert f"'Roll call' → session, since all {count} values are AM or PM" in looks
    assert f"'Date' → date, since all {count} values are dates" in looks
    assert f"'Mark' → code, since its {count} values are register codes, / or \\ among them" in looks
    assert any(words.startswith("'UPN' → upn, since its") for words in looks)
    assert looks[-1].startswith("138 of 8 pupils, 2025-09-02 to 2025-09-12") or "8 pupils" in looks[-1]
    notes = " ".join(opened(arbor, tmp_path).pull(None).notes)
    assert "'Roll call' → session" in notes


def test_headings_that_nobody_could_know_are_told_by_their_values(arbor: Arbor, tmp_path: Path) -> None:
    arbor.renamed(UPN="Kennung", Date="Wann", Roll_call="Hälfte", Mark="Zeichen", Student="Wer", Year_group="Stufe")
    got = opened(arbor, tmp_path).pull(None)
    assert {key: code for key, (code, _) in marks(got).items()} == {key: code for key, (code, _) in TRUE.items()}


def test_a_mapping_file_goes_before_the_guess(arbor: Arbor, tmp_path: Path) -> None:
    for row in arbor.rows:
        row["Raw mark"] = "/"
    (tmp_path / "map.toml").write_text('[columns]\ncode = "Raw mark"\n', encoding="utf-8")
    got = opened(arbor, tmp_path, mapping="map.toml").pull(None)
    assert {code for code, _ in marks(got).values()} == {"/"}
    assert "Arbor's report: 'Raw mark' → code, as the mapping file says" in got.notes


def test_a_heading_that_was_renamed_behind_the_mapping_is_told_with_those_that_are(
    arbor: Arbor, tmp_path: Path
) -> None:
    (tmp_path / "map.toml").write_text('[columns]\ncode = "Mark"\n', encoding="utf-8")
    arbor.renamed(Mark="Marks")
    stop = stop_of(opened(arbor, tmp_path, mapping="map.toml"))
    (problem,) = stop.problems
    assert (
        "code is under 'Mark', but the report has no such heading (did you mean 'Marks'?); its headings are" in problem
    )
    assert problem.endswith("Date, Roll call, Marks, Minutes late and Comment")


def test_two_headings_that_are_equally_likely_are_asked_about(arbor: Arbor, tmp_path: Path) -> None:
    arbor.renamed(Mark="First mark")
    for row in arbor.rows:
        row["Second mark"] = row["First mark"]
    stop = stop_of(opened(arbor, tmp_path))
    (problem,) = stop.problems
    assert "it cannot be told which heading means code; 'First mark' and 'Second mark' are equally likely" in problem
    assert problem.endswith('Write into the mapping file, below [columns]: code = "the heading"')


def test_a_column_that_is_needed_and_not_there_is_asked_for(arbor: Arbor, tmp_path: Path) -> None:
    for row in arbor.rows:
        del row["UPN"]
    (problem,) = stop_of(opened(arbor, tmp_path)).problems
    assert "which heading means upn (or pupil_id, the admission number)" in problem
    assert "The headings are Student, Registration form" in problem


def test_a_usual_heading_over_the_wrong_values_is_not_believed(arbor: Arbor, tmp_path: Path) -> None:
    arbor.renamed(Mark="Status", Registration_form="Code")
    assert marks(opened(arbor, tmp_path).pull(None)) == TRUE


def test_a_first_row_that_is_somebodys_data_is_not_repeated(arbor: Arbor, tmp_path: Path) -> None:
    arbor.kind = "csv"
    lines = (DATA / "live_feed.csv").read_bytes().splitlines(keepends=True)
    arbor.body = b"".join(lines[1:]), "text/csv"
    assert "its first row holds no headings" in stop_of(opened(arbor, tmp_path)).problems[0]


LESSON = [
    {"UPN": "M999999922002", "Lesson": "Maths", "Start time": "09:00", "Date": "2025-09-03", "Mark": "/"},
    {"UPN": "M999999922002", "Lesson": "English", "Start time": "10:00", "Date": "2025-09-03", "Mark": "/"},
    {"UPN": "M999999922002", "Lesson": "Art", "Start time": "11:00", "Date": "2025-09-03", "Mark": "N"},
]


def test_marks_of_lesson_registers_are_refused(arbor: Arbor, tmp_path: Path) -> None:
    arbor.rows = LESSON
    assert "Only roll-call marks (AM and PM) are statutory" in stop_of(opened(arbor, tmp_path)).text()
    arbor.rows = [{**row, "Session": "AM"} for row in LESSON]
    assert "2 of 3 rows are a second mark for the same pupil" in stop_of(opened(arbor, tmp_path)).text()


def test_the_register_marks_of_graphql_are_refused(arbor: Arbor, tmp_path: Path) -> None:
    told = json.loads((DATA / "graphql_attendance_record.json").read_text(encoding="utf-8"))
    arbor.body = json.dumps(told).encode(), "application/json"
    assert "it is no list of rows" in stop_of(opened(arbor, tmp_path)).text()
    records = told["data"]["AttendanceRecord"]
    arbor.body = json.dumps(records).encode(), "application/json"
    assert "it holds lists or objects" in stop_of(opened(arbor, tmp_path)).text()
    flat = [
        {
            "Student ID": record["student"]["id"],
            "attendanceMark code": {"PRESENT": "/"}.get(code := record["attendanceMark"]["code"], code),
            "startDatetime": record["startDatetime"],
            "endDatetime": record["endDatetime"],
            "isRedundant": record["isRedundant"],
        }
        for record in records
    ]
    arbor.body = json.dumps(flat).encode(), "application/json"
    assert "Only roll-call marks (AM and PM) are statutory" in stop_of(opened(arbor, tmp_path)).text()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"[]", "is empty: there is no row in it"),
        (b"{}", "it is no list of rows"),
        (b'{"response": {"code": 422, "reason": "Validation failed"}}', "it is no list of rows"),
        (b'[{"UPN": "M9999', "cut off or is not JSON"),
        (b'[{"UPN": "", "Date": ""}]', "is empty"),
    ],
)
def test_what_is_no_report_or_an_empty_one_is_refused(arbor: Arbor, tmp_path: Path, body: bytes, says: str) -> None:
    arbor.body = body, "application/json"
    stop = stop_of(opened(arbor, tmp_path))
    assert says in stop.text()
    assert stop.now


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_a_refusal_of_arbor_is_told_in_words(arbor: Arbor, tmp_path: Path, status: int) -> None:
    arbor.status, arbor.body = status, ((DATA / "rest_error_422.json").read_bytes(), "application/json")
    stop = stop_of(opened(arbor, tmp_path))
    assert f"({status})" in stop.text()
    assert stop.now
    assert arbor.asked == 1, "asking again cannot help"


def test_a_feed_that_was_renewed_asks_for_its_new_address(arbor: Arbor, tmp_path: Path) -> None:
    stop = stop_of(opened(arbor, tmp_path, secrets={"Arbor feed address": arbor.address.replace("/id/7/", "/id/8/")}))
    assert "knows no report under the address" in stop.text()
    assert "halfday init" in stop.now


def test_a_wrong_password_is_told_and_shown_nowhere(arbor: Arbor, tmp_path: Path) -> None:
    stop = stop_of(opened(arbor, tmp_path, secrets={"Arbor password": "another"}))
    assert "(401)" in stop.text()


def test_a_log_in_page_is_told_as_one(arbor: Arbor, tmp_path: Path) -> None:
    arbor.body = LOGIN, "text/html"
    with pytest.raises(UnreachableError, match="a web page came back"):
        opened(arbor, tmp_path).pull(None)


def test_a_service_in_trouble_is_asked_again_and_then_left(arbor: Arbor, tmp_path: Path) -> None:
    arbor.status, arbor.body = 503, (b"", "text/plain")
    waits: list[float] = []
    with pytest.raises(UnreachableError):
        opened(arbor, tmp_path, waits=waits).pull(None)
    assert arbor.asked == len(waits) + 1 > 1


ADDRESSES = {
    "nothing": "is no address of a live feed",
    "ftp://school.uk.arbor.sc/data-export/x/format/json/": "",
    "http://school.uk.arbor.sc/data-export/h/4711abc/format/json/": "",
    "https://me:4711abc@school.uk.arbor.sc/data-export/format/json/": "holds a user name or a password",
    "https://school.uk.arbor.sc/data-export/h/4711abc/format/html/v/2/": "a format other than json or csv",
    "https://school.uk.arbor.sc": "is no address of a live feed",
}


@pytest.mark.parametrize("number", range(len(ADDRESSES)))
def test_an_address_that_cannot_be_a_feeds_is_refused_and_not_shown(tmp_path: Path, number: int) -> None:
    address, says = list(ADDRESSES.items())[number]
    source = opened(Arbor(), tmp_path, secrets={"Arbor feed address": address})
    with pytest.raises(SettingsError) as stop:
        source.pull(None)
    assert says in stop.value.text()
    assert "4711abc" not in stop.value.text() + repr(source)


def test_nothing_that_a_source_shows_of_itself_holds_a_secret(arbor: Arbor, tmp_path: Path) -> None:
    source = opened(arbor, tmp_path)
    shown = repr(source) + "".join(f"{look.title} {look.words}" for look in source.look())
    assert not [secret for secret in (KEY, USER, PASSWORD) if secret in shown]


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_mark_that_contradicts_itself_is_set_aside(arbor: Arbor, tmp_path: Path, kind: str) -> None:
    arbor.kind = kind
    arbor.rows.append({**arbor.rows[1], "Mark": "N"})
    got = opened(arbor, tmp_path).pull(None)
    (aside,) = got.set_aside
    assert aside.words == "Arbor gives / and N for 2 Sep 2025 AM. Neither was taken: say in the MIS which is right."
    key = (aside.pupil_id, aside.date, aside.session)
    assert marks(got) == {where: told for where, told in TRUE.items() if where != key}


def test_comments_stay_behind_unless_the_settings_ask_for_them(arbor: Arbor, tmp_path: Path) -> None:
    def comments(**more: Any) -> set[str]:
        return {mark.comment for mark in opened(arbor, tmp_path, **more).pull(None).register.marks()}

    assert comments() == {""}
    assert "Chickenpox" in comments(keep_comments=True)


def test_an_own_code_is_refused_until_the_mapping_file_says_what_it_means(arbor: Arbor, tmp_path: Path) -> None:
    arbor.rows[3]["Mark"] = "LATE"
    assert "the code is text of 4 characters, not a register code" in stop_of(opened(arbor, tmp_path)).problems[0]
    (tmp_path / "map.toml").write_text('[codes]\nLATE = "L"\n', encoding="utf-8")
    got = opened(arbor, tmp_path, mapping="map.toml").pull(None)
    assert ("L", None) in marks(got).values()


def test_the_whole_report_comes_each_time_and_a_since_is_handed_on(arbor: Arbor, tmp_path: Path) -> None:
    since = datetime(2025, 9, 10, tzinfo=UTC)
    got = opened(arbor, tmp_path).pull(since)
    assert got.since == since
    assert marks(got) == TRUE


def files(folder: Path, *names: str, **more: Any) -> Source:
    site = Site(folder, TODAY, NOW, list[float]().append, dict[str, str]().__getitem__)
    return open_source(completed({"kind": "arbor", "files": list(names), **more}), site)


def test_the_table_of_the_bi_connector_is_read_by_its_headings(tmp_path: Path) -> None:
    (tmp_path / "bi.csv").write_bytes((DATA / "bi_roll_call_attendance.csv").read_bytes())
    got = files(tmp_path, "bi.csv").pull(None)
    told = {code for code, _ in marks(got).values()}
    assert told == {told.code for told in true_marks()} - {"-", "#"}
    notes = " ".join(got.notes)
    assert "bi.csv: 'STUDENT_ID' → pupil_id" in notes
    assert "bi.csv: 'PERIOD' → session, since all" in notes
    assert "bi.csv: 'MARK_CODE' → code" in notes
    (tmp_path / "map.toml").write_text('[columns]\npupil_id = "STUDENT_UNIQUE_ID"\n', encoding="utf-8")
    mapped = files(tmp_path, "bi.csv", mapping="map.toml").pull(None)
    assert {pupil.pupil_id for pupil in mapped.pupils} == {f"example-primary_{one.pupil_id}" for one in got.pupils}


def test_exported_reports_complete_each_other_though_their_headings_differ(tmp_path: Path) -> None:
    (tmp_path / "pupils.csv").write_text(
        "Unique Pupil Number,Adm No,PP?\n"
        + "".join(f"{row['upn']},{row['adm']},Yes\n" for row in true_pupils().values()),
        encoding="utf-8",
    )
    (tmp_path / "marks.csv").write_bytes((DATA / "live_feed.csv").read_bytes())
    got = files(tmp_path, "*.csv").pull(None)
    assert {pupil.pupil_id for pupil in got.pupils} == {row["adm"] for row in true_pupils().values()}
    assert all(pupil.pupil_premium for pupil in got.pupils)


def test_a_workbook_that_arbor_exported_is_read_with_its_title_rows(tmp_path: Path) -> None:
    rows = recorded()
    with xlsxwriter.Workbook(tmp_path / "report.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Roll call attendance")
        for number, row in enumerate([dict(zip(rows[0], rows[0], strict=True)), *rows], 2):
            sheet.write_row(number, 0, list(row.values()))
    assert marks(files(tmp_path, "report.xlsx").pull(None)) == TRUE


@settings(deadline=None, max_examples=25)
@given(order=st.permutations(range(9)), renamed=st.sets(st.sampled_from(["UPN", "Date", "Roll call", "Mark"])))
def test_neither_the_order_of_columns_nor_odd_headings_change_what_is_read(order: list[int], renamed: set[str]) -> None:
    headings = list(recorded()[0])
    assert len(headings) == len(order)
    with TemporaryDirectory() as name, (Path(name) / "report.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"Spalte {at}" if headings[at] in renamed else headings[at] for at in order])
        writer.writerows([[row[headings[at]] for at in order] for row in recorded()])
        file.flush()
        assert marks(files(Path(name), "report.csv").pull(None)) == TRUE


def test_exported_reports_without_marks_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pupils.csv").write_text("UPN,Adm No\nM999999922002,1\n", encoding="utf-8")
    assert "there are no marks in it" in stop_of(files(tmp_path, "pupils.csv")).text()
    (tmp_path / "pupils.csv").write_bytes(b"")
    assert "there is nothing in these files" in stop_of(files(tmp_path, "pupils.csv")).text()
    (tmp_path / "pupils.csv").unlink()
    assert "No file in" in stop_of(files(tmp_path, "pupils.csv")).text()


NAMES = ("Okonkwo", "Ferreira", "Zebedee", "De La Cruz", "Coder", "Marko")
CELL = st.sampled_from(
    (
        *NAMES,
        "",
        "1",
        "001805",
        "M999999922002",
        "2025-09-03",
        "03/09/2025",
        "AM",
        "EV",
        "/",
        "N",
        "Q9",
        "Yes",
        "Year 3",
    )
)
HEADS = ("Student", "UPN", "Adm no", "Date", "Roll call", "Mark", "Form", "Comment", "Wann", "Lesson", "Pupil premium")


@settings(deadline=None, max_examples=150)
@given(
    heading=st.permutations(HEADS) | st.lists(CELL, min_size=len(HEADS), max_size=len(HEADS)),
    rows=st.lists(st.lists(CELL, min_size=len(HEADS), max_size=len(HEADS)), max_size=8),
    mapped=st.booleans(),
)
def test_a_report_full_of_rubbish_tells_no_name(heading: list[str], rows: list[list[str]], mapped: bool) -> None:  # noqa: FBT001
    with TemporaryDirectory() as name:
        folder = Path(name)
        text = "\n".join(",".join(row) for row in (heading, *rows))
        (folder / "report.csv").write_text(text, encoding="utf-8")
        (folder / "map.toml").write_text('[columns]\ncode = "Sign"\n', encoding="utf-8")
        source = files(folder, "report.csv", **({"mapping": "map.toml"} if mapped else {}))
        looks = list(source.look())
        told = [f"{look.words} {look.now}" for look in looks]
        try:
            told += source.pull(None).notes
            assert looks[-1].well
        except SourceError as stop:
            told.append(stop.text())
            assert not looks[-1].well
        assert not [word for word in NAMES if word in " ".join(told)]
