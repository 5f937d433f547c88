"""Saved reports of SIMS, run by a stand-in that behaves as CommandReporter does: what it is asked, and how it fails."""

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.command_reporter import calls, install
from tests.sims_files import NUMBERS, RANGE, SAMPLES, mark_records, pupil_records, super_star
from tests.source_contract import NOW, TODAY, names

from halfday_sync.errors import HalfdayError, SettingsError, SourceError, UnreachableError
from halfday_sync.source_kinds import completed, faults
from halfday_sync.sources.base import Site
from halfday_sync.sources.opening import open_source
from halfday_sync.sources.sims.parameters import with_days
from halfday_sync.sources.sims.program import CommandReporter
from halfday_sync.sources.sims.saved_reports import SavedReports

Told = list[tuple[str, int, int | None]]


class Sims:
    """A folder of reports, the stand-in that runs them, and a school that reads them."""

    def __init__(self, folder: Path) -> None:
        self.at, self.told = folder / "sims", []  # type: tuple[Path, Told]
        self.program = install(self.at)
        self.settings: dict[str, Any] = {
            "kind": "sims",
            "program": str(self.program),
            "pupils_report": "Halfday pupils",
            "marks_report": "Halfday marks",
        }
        self.report("Halfday pupils", super_star(pupil_records()))
        self.report("Halfday marks", super_star(mark_records()))
        self.site = Site(
            folder, TODAY, NOW, _never_wait, _no_secret, lambda what, done, of: self.told.append((what, done, of))
        )

    def report(self, name: str, text: str, parameters: str = "") -> None:
        (self.at / f"{name}.xml").write_text(text, encoding="utf-8")
        if parameters:
            (self.at / f"{name}.parameters.xml").write_text(parameters, encoding="utf-8")

    def does(self, what: str, words: str = "") -> None:
        (self.at / what).write_text(words, encoding="utf-8")

    def open(self, **settings: Any) -> SavedReports:
        source = open_source(completed({**self.settings, **settings}), self.site)
        assert isinstance(source, SavedReports)
        return source


def _never_wait(_seconds: float) -> None:
    raise AssertionError("it waited")


def _no_secret(name: str) -> str:
    raise AssertionError(f"the secret {name} was asked for")


@pytest.fixture
def sims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sims:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return Sims(tmp_path)


def stopped(does: Callable[[], object]) -> HalfdayError:
    with pytest.raises(HalfdayError) as stop:
        does()
    assert not [name for name in names() if name in stop.value.text()]
    assert stop.value.now
    return stop.value


def test_a_report_is_run_as_the_windows_user_with_each_option_one_argument(sims: Sims) -> None:
    sims.open(server=r"hill\sims", database="SIMS").pull(None)
    run = calls(sims.at)[-1]
    assert run[:4] == [r"/SERVERNAME:hill\sims", "/DATABASENAME:SIMS", "/TRUSTED", "/REPORT:Halfday marks"]
    assert run[4].startswith("/OUTPUT:")
    assert run[5:] == ["/QUIET"]


def test_no_user_and_no_password_can_be_set_let_alone_be_an_argument(sims: Sims) -> None:
    assert {fault.partition(":")[0] for fault in faults({**sims.settings, "user": "x", "password": "y"})} == {
        "source.user",
        "source.password",
    }
    sims.open().pull(None)
    options = {option.partition(":")[0] for call in calls(sims.at) for option in call}
    assert options == {"/TRUSTED", "/REPORT", "/OUTPUT", "/PARAMDEF", "/QUIET"}


def test_the_command_line_that_windows_sees_keeps_blanks_and_backslashes_together() -> None:
    path = Path(r"C:\Program Files (x86)\SIMS\SIMS .net\CommandReporter.exe")
    words = CommandReporter(path, "hill\\sims", "My SIMS").arguments("Halfday marks", "/OUTPUT:C:\\a b\\")
    assert subprocess.list2cmdline(words) == (
        r'"C:\Program Files (x86)\SIMS\SIMS .net\CommandReporter.exe" /SERVERNAME:hill\sims '
        r'"/DATABASENAME:My SIMS" /TRUSTED "/REPORT:Halfday marks" "/OUTPUT:C:\a b\\" /QUIET'
    )


def test_a_name_that_would_break_the_command_line_is_refused_before_anything_runs(sims: Sims) -> None:
    stop = stopped(lambda: sims.open(marks_report='x" /PASSWORD:"y', server="a\nb", minutes=0))
    assert isinstance(stop, SettingsError)
    assert [problem.partition(":")[0] for problem in stop.problems] == [
        "source.server",
        "source.marks_report",
        "source.minutes",
    ]
    assert not (sims.at / "calls.txt").exists()


def test_a_report_with_a_range_of_days_is_asked_for_the_window_only(sims: Sims) -> None:
    sims.report("Halfday marks", super_star(mark_records()), RANGE)
    since = datetime(2025, 9, 14, 9, 0, tzinfo=UTC)
    snapshot = sims.open().pull(since)
    asked = (sims.at / "asked.xml").read_text(encoding="utf-8")
    assert f"<Start>{TODAY - timedelta(days=28)}T00:00:00</Start><End>{TODAY}T23:59:59</End>" in asked
    assert 'id="mnz1"' in asked
    assert snapshot.since == since
    assert snapshot.as_of == NOW
    assert not snapshot.whole
    assert sims.open().pull(None).whole
    assert f"<Start>{sims.site.begins}T00:00:00</Start>" in (sims.at / "asked.xml").read_text(encoding="utf-8")


def test_a_report_without_days_among_its_parameters_runs_as_it_is_and_may_not_be_whole(sims: Sims) -> None:
    snapshot = sims.open().pull(NOW)
    assert snapshot.since == NOW
    assert not sims.open().pull(None).whole
    assert not [option for call in calls(sims.at) for option in call if option.startswith("/PARAMFILE")]


def test_an_effective_date_becomes_today_and_a_start_date_the_first_day() -> None:
    definition = (SAMPLES / "commandreporter_params.xml").read_text(encoding="utf-8")
    first, last = date(2025, 8, 1), date(2025, 9, 15)
    asked = with_days(f"Reading …\r\n{definition}\r\n", first, last)
    assert asked
    assert "<Date>15/09/2025 00:00:00</Date>" in asked
    assert 'bypass="TRUE"' in asked
    assert "<Date>01/08/2025 00:00:00</Date>" in str(
        with_days(definition.replace("EffectiveDate", "date_from"), first, last)
    )
    assert with_days("<ReportParameters/>", first, last) is None
    assert with_days("", first, last) is None


@pytest.mark.parametrize(
    "bad",
    ["<ReportParameters><Date></ReportParameters>", "<ReportParameters><!ENTITY a 'b'></ReportParameters>"],
)
def test_parameters_that_cannot_be_read_stop_the_run(sims: Sims, bad: str) -> None:
    sims.report("Halfday marks", super_star(mark_records()), bad)
    assert "parameters" in stopped(lambda: sims.open().pull(None)).text()


def test_an_error_element_with_exit_code_0_is_an_error_in_words(sims: Sims) -> None:
    sims.does("fails.txt", "Report could not be run for user 'HILL\\cjones'")
    stop = stopped(lambda: sims.open().pull(None))
    assert type(stop) is SourceError
    assert "CommandReporter says: Report could not be run for user …" in stop.text()
    assert "cjones" not in stop.text()
    assert "My Reports" in stop.now


def test_a_report_that_is_not_there_is_told_by_its_name(sims: Sims) -> None:
    stop = stopped(lambda: sims.open(marks_report="Halfday lost").pull(None))
    assert "'Halfday lost'" in stop.what
    assert "Report not found" in stop.text()


def test_an_error_that_may_pass_is_tried_again_later(sims: Sims) -> None:
    sims.does("fails.txt", "Cannot connect to the database")
    assert isinstance(stopped(lambda: sims.open().pull(None)), UnreachableError)


def test_an_error_on_the_screen_beside_half_a_file_is_an_error(sims: Sims) -> None:
    sims.does("to_screen")
    assert "The report stopped" in stopped(lambda: sims.open().pull(None)).text()


@pytest.mark.parametrize("how", ["silent", "crashes"])
def test_a_report_that_gives_nothing_is_an_error_whatever_the_exit_code(sims: Sims, how: str) -> None:
    sims.does(how)
    assert "gave nothing at all" in stopped(lambda: sims.open().pull(None)).text()


def test_a_report_that_hangs_is_stopped_and_tried_again_later(sims: Sims) -> None:
    sims.does("hangs")
    source = sims.open()
    stop = stopped(lambda: replace(source, program=replace(source.program, seconds=0.3)).pull(None))
    assert isinstance(stop, UnreachableError)
    assert "within 0.005 minutes" in stop.what


def test_the_usual_time_of_a_report_is_ten_minutes(sims: Sims) -> None:
    assert sims.open().program.seconds == 600
    assert sims.open(minutes=25).program.seconds == 1500


def test_a_program_that_is_not_there_is_told_with_its_path(sims: Sims) -> None:
    stop = stopped(lambda: sims.open(program=r"C:\SIMS\CommandReporter.exe").pull(None))
    assert isinstance(stop, SettingsError)
    assert r"C:\SIMS\CommandReporter.exe" in stop.text()
    sims.settings.pop("program")
    assert (
        r"C:\Program Files (x86)\SIMS\SIMS .net\CommandReporter.exe" in stopped(lambda: sims.open().pull(None)).text()
    )


def test_a_program_that_may_not_be_started_is_told_likewise(sims: Sims) -> None:
    sims.program.chmod(0o644)
    assert isinstance(stopped(lambda: sims.open().pull(None)), SettingsError)


@pytest.mark.parametrize("how", ["", "fails.txt", "hangs", "silent", "to_screen"])
def test_nothing_of_a_report_stays_on_the_disk_however_it_went(sims: Sims, how: str, tmp_path: Path) -> None:
    source = sims.open()
    if how:
        sims.does(how, "x")
        source = replace(source, program=replace(source.program, seconds=0.3 if how == "hangs" else 60))
        stopped(lambda: source.pull(None))
    else:
        source.pull(None)
    assert not list((tmp_path / "temporary").iterdir())


def test_what_a_killed_run_left_behind_goes_with_the_next(sims: Sims, tmp_path: Path) -> None:
    left = tmp_path / "temporary" / "halfday-sims-old"
    left.mkdir()
    (left / "report.xml").write_text("names", encoding="utf-8")
    later = datetime.fromtimestamp(left.stat().st_mtime, UTC) + timedelta(days=2)
    replace(sims.open(), site=replace(sims.site, now=later)).pull(None)
    assert not left.exists()


def test_the_folder_of_a_report_is_for_this_user_only(sims: Sims) -> None:
    script = sims.program.read_text(encoding="utf-8")
    sims.program.write_text(script.replace("exec", f'stat -c %a . >> "{sims.at}/modes"\nexec'), encoding="utf-8")
    sims.open().pull(None)
    assert set((sims.at / "modes").read_text(encoding="utf-8").split()) == {"700"}


def test_case_60_a_report_that_lost_a_column_for_want_of_permission_is_refused_and_names_the_column(
    sims: Sims,
) -> None:
    sims.report("Halfday marks", super_star({**record, "Mark": "", "Subcode": ""} for record in mark_records()))
    stop = stopped(lambda: sims.open().pull(None))
    assert "report 'Halfday marks': no row has a value for: mark" in stop.text()
    assert "permission" in stop.text()
    sims.report("Halfday marks", super_star({**record, "Adno": "", "primary_id": ""} for record in mark_records()))
    assert "admission number or UPN" in stopped(lambda: sims.open().pull(None)).text()


def test_case_60_marks_by_person_are_told_by_admission_number_and_need_a_report_with_both(sims: Sims) -> None:
    sims.report("Halfday marks", super_star({**record, "Adno": ""} for record in mark_records()))
    assert {pupil.pupil_id for pupil in sims.open().pull(None).pupils} == set(NUMBERS.values())
    sims.report("Halfday pupils", super_star({**record, "primary_id": ""} for record in pupil_records()))
    assert "put the report with the pupils beside it" in stopped(lambda: sims.open().pull(None)).text()


def test_a_report_without_records_is_an_error_and_not_a_school_without_pupils(sims: Sims) -> None:
    sims.report("Halfday pupils", super_star([]))
    assert "report 'Halfday pupils': it has no records" in stopped(lambda: sims.open().pull(None)).text()


def test_rows_multiplied_by_two_sub_lists_count_once(sims: Sims) -> None:
    multiplied = [{**record, "Contact": contact} for record in mark_records() for contact in ("1", "2")]
    once = sims.open().pull(None)
    sims.report("Halfday marks", super_star(multiplied))
    snapshot = sims.open().pull(None)
    assert list(snapshot.register.marks()) == list(once.register.marks())
    assert any("given again" in note for note in snapshot.notes)


def test_a_pupil_has_left_only_where_the_school_says_that_the_report_lists_the_whole_roll(sims: Sims) -> None:
    assert sims.open().pull(None).complete is False
    assert sims.open(whole_roll=True).pull(None).complete is True


def test_progress_is_told_report_by_report(sims: Sims) -> None:
    sims.open().pull(None)
    assert sims.told == [("reports of SIMS", 1, 2), ("reports of SIMS", 2, 2)]


def test_a_look_tells_the_program_the_columns_and_the_newest_day(sims: Sims) -> None:
    sims.report("Halfday marks", super_star(mark_records()), RANGE)
    looks = list(sims.open().look())
    assert all(look.well for look in looks)
    assert [look.title for look in looks] == [
        "CommandReporter",
        "report 'Halfday pupils'",
        "report 'Halfday marks'",
        "days",
        "marks",
    ]
    assert "pupil_id: 'Adno'" in looks[2].words
    assert looks[-1].words == "156 marks of 9 pupils; the newest are of Fri 12 Sep 2025"


def test_a_look_says_what_is_wrong_and_raises_nothing(sims: Sims) -> None:
    [look] = sims.open(program="nowhere.exe").look()
    assert not look.well
    assert look.now
    sims.does("fails.txt", "Report not found")
    *before, last = sims.open().look()
    assert all(look.well for look in before)
    assert not last.well
    assert "Report not found" in last.words
