"""`halfday source`: what a school's IT learns of the way to the marks; and how far a long pull is."""

import fcntl
import io
import os
import pty
import re
import select
import struct
import termios
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.exports import import_file, rows_of
from tests.init_desk import Desk

from halfday.register import Mark, Pupil, Register
from halfday_sync.commands import source
from halfday_sync.commands.progress import Progress
from halfday_sync.errors import Exit, SettingsError, SourceError, UsageError
from halfday_sync.receiving.doubt import DoubtfulError
from halfday_sync.setting_up import days
from halfday_sync.setting_up.telling import carries_lines, flag_lines, look_lines, moment, read_lines, row_lines
from halfday_sync.source_kinds import kinds
from halfday_sync.sources.base import Carries, Look, SetAside, Snapshot
from halfday_sync.store import Store

FILES = '[source]\nkind = "tabular"\nfiles = ["export.csv"]\n'


@pytest.fixture
def folder(new_school: Path) -> Path:
    path = new_school / "halfday.toml"
    path.write_text(path.read_text(encoding="utf-8") + FILES, encoding="utf-8")
    import_file(new_school, [row for row in rows_of(5) if "15/09/2025" in row])
    return new_school


def test_it_says_when_marks_were_last_taken_in(folder: Path) -> None:
    desk = Desk()
    assert desk.run(source, "source", "test", "--school", folder) == Exit.DONE
    assert "Nothing was ever taken in." in desk.said
    with Store.open(folder / "halfday.db", school="New") as store:
        picture = Snapshot((Pupil("1"),), Register.from_marks([Mark("1", date(2025, 9, 12), "AM", "/")]))
        store.acknowledge(picture, recorded_at=datetime(2025, 9, 12, 8, 30, tzinfo=UTC), source="tabular")
    desk = Desk()
    assert desk.run(source, "source", "test", "--school", folder) == Exit.DONE
    assert f"Marks were last taken in on {moment(datetime(2025, 9, 12, 8, 30, tzinfo=UTC))}." in desk.said
    assert "The source can be read. Nothing was stored." in desk.said


def test_a_store_that_cannot_be_opened_does_not_keep_it_from_testing(folder: Path) -> None:
    (folder / "halfday.db").write_bytes(b"not a database at all, but long enough to look at")
    desk = Desk()
    assert desk.run(source, "source", "test", "--school", folder) == Exit.DONE
    assert "When marks were last taken in is not known" in desk.text


def test_a_school_without_a_source_is_told_so(new_school: Path) -> None:
    desk = Desk()
    assert desk.run(source, "source", "test", "--school", new_school) == Exit.DONE
    assert "no source" in desk.text


def test_a_failing_step_ends_it_with_the_exit_code_of_a_source(folder: Path) -> None:
    (folder / "export.csv").unlink()
    desk = Desk()
    with pytest.raises(SourceError) as stop:
        desk.run(source, "source", "test", "--school", folder)
    assert stop.value.code == Exit.SOURCE
    assert [line for line in desk.said if line.startswith("no  files: ")]
    with pytest.raises(SettingsError):
        Desk().run(source, "source", "test", "--school", folder / "nowhere")


def test_rows_are_shown_only_when_asked_for(folder: Path) -> None:
    plain, sample = Desk(), Desk()
    plain.run(source, "source", "test", "--school", folder)
    sample.run(source, "source", "test", "--school", folder, "--sample")
    assert len(sample.said) == len(plain.said) + 11


def test_every_kind_is_listed_with_its_settings_and_secrets() -> None:
    desk = Desk()
    assert desk.run(source, "source", "kinds") == Exit.DONE
    for kind in kinds().values():
        assert f"{kind.name}: {kind.title}" in desk.flowing
        for name in [one.key for one in kind.settings] + [f"secret '{one.name}'" for one in kind.secrets]:
            assert f"  {name}: " in desk.text
    one = Desk()
    one.run(source, "source", "kinds", "wonde")
    assert one.said[0].startswith("wonde: Wonde. ")
    assert max(map(len, desk.said)) <= 80
    with pytest.raises(UsageError, match="'wonder'"):
        Desk().run(source, "source", "kinds", "wonder")


def test_a_step_is_told_with_ok_or_no_first_and_each_line_once() -> None:
    said = list(look_lines(Look("name", well=False, words="It is not known.\nAsk IT.", now="Ask IT.")))
    assert said == ["no  name: It is not known.", "    Ask IT."]
    assert list(look_lines(Look("files", well=True, words="3 files"))) == ["ok  files: 3 files"]


def test_what_a_source_cannot_carry_is_said() -> None:
    all_of_it = list(carries_lines(Carries(changes=True, carers=True)))
    assert len(all_of_it) == 1
    poor = list(carries_lines(Carries(two_characters=False, minutes=False, flags=False)))
    assert poor[0] == "It can tell: marks only."
    assert sum(line.startswith("It cannot: ") for line in poor) == 4
    assert "It tells minutes late and flags of pupils where it has columns for them." in carries_lines(
        Carries(by_columns=True)
    )


def test_a_flag_is_shared_when_one_pupil_has_yes_or_no() -> None:
    told = list(flag_lines([Pupil("1", lac=False), Pupil("2", sen="K")]))
    assert told[0] == "Shared of pupils: looked after, SEN."
    assert "young carer" in told[1]


def test_a_name_in_the_place_of_an_id_or_a_class_is_not_shown() -> None:
    names = ("Mary Poppins", "Jack Sprat", "Bo Peep", "Tom Piper", "Simple Simon", "Miss Muffet", "Jack Horner")
    pupils = tuple(Pupil(name, class_name=name, year_group=name) for name in names)
    marks = [Mark(name, date(2025, 9, 12), "AM", "/") for name in names]
    said = "\n".join(row_lines(Snapshot(pupils, Register.from_marks(marks))))
    assert not [word for name in names for word in name.split() if word in said]
    assert said.count("Fri 12 Sep 2025") == 7


def test_a_class_is_shown_unless_it_is_a_pupils_name() -> None:
    pupils = (
        Pupil("1", surname="Elm", forename="Mary", class_name="3 Elm", year_group="3"),
        Pupil("2", surname="Holly", forename="Jack", class_name="Holly", year_group="R"),
    )
    marks = [Mark(one.pupil_id, date(2025, 9, 12), "AM", "/") for one in pupils]
    said = list(row_lines(Snapshot(pupils, Register.from_marks(marks))))
    assert ("3 Elm" in said[1], "(not shown)" in said[2], "Holly" in "".join(said)) == (True, True, False)
    assert said[-1] == "What is not shown is the same as a pupil's name."


def test_the_time_of_a_file_is_not_said_to_be_the_sources_own() -> None:
    told = Snapshot((), Register(), as_of=datetime(2025, 9, 12, 7, 0, tzinfo=UTC))
    assert [line for line in read_lines(told, "folder") if line.startswith("The newest file is of Fri 12 Sep 2025")]


def test_a_pull_without_marks_and_marks_set_aside_are_told() -> None:
    assert "There is no mark in it" in "\n".join(read_lines(Snapshot((Pupil("1"),), Register(("1",)))))
    aside = (SetAside("1", date(2025, 9, 12), "AM", "it says / and I"),)
    told = Snapshot((), Register(), as_of=datetime(2025, 9, 12, 7, 0, tzinfo=UTC), set_aside=aside)
    said = "\n".join(read_lines(told))
    assert "1 mark would not be taken" in said
    assert f"as at {moment(datetime(2025, 9, 12, 7, 0, tzinfo=UTC))}" in said


def test_days_of_closure_marks_only_are_no_school_days_and_a_half_closed_day_is_one() -> None:
    first = date(2025, 9, 8)
    week = [first + timedelta(days=n) for n in range(5)]
    marks = [Mark("1", day, session, "/") for day in week for session in ("AM", "PM")]
    planned = [Mark("1", week[1], session, "#") for session in ("AM", "PM")]
    half = [Mark("1", week[2], "PM", "Y4")]
    found = days.found(Register.from_marks([*marks, *planned, *half]), first)
    assert [(one.day, one.kind) for one in found if one.kind != "bank_holiday"] == [(week[1], "inset")]


def test_it_says_what_a_run_would_refuse_and_how_to_accept_it(folder: Path) -> None:
    path, at = folder / "halfday.db", datetime(2025, 9, 12, 8, 30, tzinfo=UTC)
    import_file(folder, rows_of(1))
    desk = Desk()
    with Store.open(path, school="New") as store:
        roll = tuple(Pupil(str(number)) for number in range(100, 110))
        marks = [Mark(one.pupil_id, date(2025, 9, 11), "AM", "/") for one in roll]
        store.acknowledge(Snapshot(roll, Register.from_marks(marks)), recorded_at=at, source="tabular")
    assert desk.run(source, "source", "test", "--school", folder) == Exit.DONE
    assert "ok  plausible: a run would take in what it gives now" in desk.said
    thirty = [row.replace(f"{100 + n % 10},", f"{200 + n},", 1) for n, row in enumerate(rows_of(3)[:60])]
    import_file(folder, [re.sub(r",[^,]*$", ",I", row) for row in thirty])
    before = path.read_bytes()
    refused = Desk()
    with pytest.raises(DoubtfulError) as stop:
        refused.run(source, "source", "test", "--school", folder)
    assert stop.value.code == Exit.SOURCE
    assert f"halfday run --school {folder} --accept " in stop.value.text()
    assert "The source can be read, but a run would not take in what it gives now:" in refused.said
    assert "The source can be read. Nothing was stored." not in refused.said
    assert path.read_bytes() == before
    with Store.open(path, school="New") as store:
        assert len(store.snapshots()) == 1


def test_a_line_that_is_said_while_a_bar_is_shown_stands_alone() -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with os.fdopen(theirs, "w") as stream:
        with Progress(stream) as progress:
            progress("pupils", 0, None)
            progress.before(lambda line: stream.write(f"{line}\n"))("ok  pupils: 8 came")
            stream.flush()
        shown = ""
        while select.select([ours], [], [], 0)[0]:
            shown += os.read(ours, 65536).decode()
    os.close(ours)
    last = [part for part in re.split(r"[\r\n]+", shown) if part.strip()][-1]
    assert last == "ok  pupils: 8 came"


def test_progress_is_quiet_where_nobody_looks_on() -> None:
    stream = io.StringIO()
    with Progress(stream) as progress:
        progress("pages of marks", 3, 798)
    assert stream.getvalue() == ""


def test_progress_shows_how_far_a_pull_is_and_goes_away() -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with os.fdopen(theirs, "w") as stream:
        with Progress(stream) as progress:
            for done in (1, 400, 798):
                progress("pages of marks", done, 798)
            progress("pages of pupils", 2, None)
            progress("pages of pupils", 1, None)
        stream.flush()
        shown = ""
        while select.select([ours], [], [], 0)[0]:
            shown += os.read(ours, 65536).decode()
    os.close(ours)
    assert "pages of marks" in shown
    assert "/798" in shown
    assert "pages of pupils" in shown
    assert re.split(r"[\r\n]+", shown.rstrip("\r\n"))[-1].strip() == "", "the bar is taken away"
