"""The command line keeps its contract: the right exit code, every problem at once, nothing changed when it stops."""

import json
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.exports import Run, import_file, rows_of

from halfday_sync import config
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.sample import sample_school
from halfday_sync.sources.tabular import write_contract
from halfday_sync.store import Store

PUPIL_KEYS = [
    "pupil_id", "windows", "percent", "band", "by_gap_rule", "stage", "stage_name", "stage_since",
    "persistent_absence", "severe_absence", "penalty", "triggers", "actions", "why",
]  # fmt: skip
COUNTS = ["possible", "attended", "authorised", "unauthorised", "late_before", "late_after", "missing"]
WINDOWS = ["ytd", "half_term", "term", "week", "last_4_weeks"]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contract's files of a made-up school."""
    folder = tmp_path_factory.mktemp("files")
    made_up = sample_school(pupils=30, seed=3)
    write_contract(folder, Snapshot(made_up.pupils, made_up.register, made_up.calendar))
    return folder


def contract(files: Path) -> tuple[object, ...]:
    return ("--pupils", files / "pupils.csv", "--marks", files / "marks.csv", "--calendar", files / "calendar.csv")


def test_evaluate_gives_the_json_of_the_contract(run: Run, files: Path) -> None:
    code, out, err = run("evaluate", "--policy", "rivington", *contract(files), "--as-of", "2026-02-06", "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert list(found) == ["as_of", "policy", "pupils"]
    assert (found["as_of"], found["policy"]) == ("2026-02-06", "rivington")
    ids = [pupil["pupil_id"] for pupil in found["pupils"]]
    assert ids == sorted(ids)
    for pupil in found["pupils"]:
        assert list(pupil) == PUPIL_KEYS
        assert list(pupil["windows"]) == WINDOWS
        assert all(list(counts) == COUNTS for counts in pupil["windows"].values())
        assert list(pupil["penalty"]) == ["count", "met", "first_met", "unresolved_n"]
        assert all(list(trigger) == ["id", "since", "why"] for trigger in pupil["triggers"])
        assert all(list(action) == ["id", "title", "owner", "due", "needs_approval"] for action in pupil["actions"])


def test_evaluate_takes_a_policy_file_and_speaks_plainly_without_json(run: Run, files: Path, tmp_path: Path) -> None:
    policy = tmp_path / "ours.toml"
    policy.write_text('[school]\nname = "Ours"\n[[band]]\nname = "All"\nfrom = 0\n', encoding="utf-8")
    code, out, _err = run("evaluate", "--policy", policy, *contract(files), "--as-of", "2026-02-06")
    assert code == 0
    assert out.startswith("Ours, as of 06/02/2026")


def test_evaluate_without_a_date_is_a_usage_error(run: Run, files: Path) -> None:
    code, _out, err = run("evaluate", "--policy", "rivington", *contract(files))
    assert code == 2
    assert "--as-of" in err


def test_words_that_are_no_command_are_a_usage_error(run: Run) -> None:
    for words in (["evalute"], ["evaluate", "--as-of", "6 Feb"]):
        with pytest.raises(SystemExit) as stop:
            run(*words)
        assert stop.value.code == 2
    code, _out, err = run()
    assert code == 2
    assert all(name in err for name in ("demo", "run", "import", "evaluate", "why", "policy", "check"))


def test_an_unknown_policy_names_those_there_are(run: Run, files: Path) -> None:
    code, _out, err = run("evaluate", "--policy", "stanton", *contract(files), "--as-of", "2026-02-06")
    assert code == 3
    assert "stanton-road" in err


def test_a_policy_with_faults_decides_about_nobody(run: Run, files: Path, tmp_path: Path) -> None:
    policy = tmp_path / "ours.toml"
    policy.write_text('[school]\nname = "Ours"\n[[band]]\nname = "Top"\nfrom = 90\n', encoding="utf-8")
    code, out, err = run("evaluate", "--policy", policy, *contract(files), "--as-of", "2026-02-06")
    assert (code, out) == (3, "")
    assert "from = 0" in err


def test_every_wrong_row_is_told_at_once(run: Run, files: Path, tmp_path: Path) -> None:
    marks = tmp_path / "marks.csv"
    marks.write_text(
        "pupil_id,date,session,code\nP0001,2025-09-03,AM,Q9\nP0001,2025-13-03,AM,/\nP0001,2025-09-03,EVE,/\nP9,2025-09-03,AM,/\n",
        encoding="utf-8",
    )
    code, out, err = run(
        "evaluate", "--policy", "rivington", "--pupils", files / "pupils.csv", "--marks", marks, "--as-of", "2026-02-06"
    )
    assert (code, out) == (4, "")
    for row in ("row 2", "row 3", "row 4", "row 5"):
        assert row in err


def test_a_file_that_is_not_there_is_a_source_that_cannot_be_reached(run: Run, files: Path, tmp_path: Path) -> None:
    code, _out, err = run(
        "evaluate", "--policy", "rivington", "--pupils", files / "pupils.csv", "--marks", tmp_path / "none.csv",
        "--as-of", "2026-02-06",
    )  # fmt: skip
    assert code == 4
    assert "none.csv" in err


def test_a_folder_without_settings_says_what_to_do(run: Run, tmp_path: Path) -> None:
    for words in (["run"], ["check"], ["why", "P0001"], ["import", tmp_path / "x.csv"]):
        code, _out, err = run(*words, "--school", tmp_path)
        assert code == 3
        assert "halfday.toml" in err


def test_settings_tell_all_their_faults(run: Run, tmp_path: Path) -> None:
    (tmp_path / "halfday.toml").write_text('[school]\nnme = "x"\npolicy = 3\n[sauce]\na = 1\n', encoding="utf-8")
    code, _out, err = run("check", "--school", tmp_path)
    assert code == 3
    for word in ("school.nme", "school.policy", "school.name", "sauce"):
        assert word in err


def test_the_demonstration_tells_a_morning_and_can_be_made_again(run: Run, made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    first = run("demo", "--into", folder, "--pupils", "40")
    second = run("demo", "--into", folder, "--pupils", "40")
    assert first == second
    assert 8 <= len(first[1].splitlines()) <= 12
    assert zipfile.is_zipfile(folder / "tracker.xlsx")
    assert (folder / "tracker.xlsx").read_bytes() == (made / "tracker.xlsx").read_bytes()


def test_a_run_writes_the_tracker_again(run: Run, school: Path) -> None:
    """Brought up to date where one is, made where there is none."""
    before = (school / "tracker.xlsx").read_bytes()
    code, out, _err = run("run", "--school", school, "--as-of", "2025-12-05")
    assert code == 0
    assert "Brought up to date" in out
    assert len((school / "tracker.xlsx").read_bytes()) == pytest.approx(len(before), rel=0.05)
    (school / "tracker.xlsx").unlink()
    code, out, _err = run("run", "--school", school, "--as-of", "2025-12-05")
    assert code == 0
    assert "Written" in out
    assert zipfile.is_zipfile(school / "tracker.xlsx")


def test_why_tells_the_whole_story(run: Run, school: Path) -> None:
    code, out, _err = run("why", "P0001", "--school", school, "--as-of", "2025-12-04")
    assert code == 0
    for words in ("Pupil P0001, as of Thu 4 Dec 2025", "possible session", "Codes:", "Band:"):
        assert words in out
    code, _out, err = run("why", "P9999", "--school", school)
    assert code == 2
    assert "P9999" in err


def test_policy_lint_finds_no_fault_in_the_policies_that_come_with_halfday(run: Run) -> None:
    code, out, _err = run("policy", "lint")
    assert code == 0
    assert out.count("0 faults") == out.count("all worked examples agree") == 5


def test_policy_lint_tells_faults_and_failing_examples(run: Run, tmp_path: Path) -> None:
    policy = tmp_path / "ours" / "policy.toml"
    policy.parent.mkdir()
    policy.write_text('[school]\nname = "Ours"\n[[band]]\nname = "All"\nfrom = 0\n[[action]]\nid = "a"\ntitle = "A"\n')
    policy.with_name("worked_examples.toml").write_text(
        "[[example]]\nname = 'x'\ncounts = { attended = 9, possible = 10 }\nexpect = { percent = '91.0' }\n"
    )
    code, out, _err = run("policy", "lint", policy)
    assert code == 3
    assert "no owner" in out
    assert "percent is '90.0', expected '91.0'" in out


def test_check_looks_at_everything_and_changes_nothing(run: Run, school: Path) -> None:
    code, out, _err = run("check", "--school", school)
    assert code == 0
    assert [line.split(":")[0] for line in out.splitlines() if ":" in line and "to know" not in line] == [
        "policy", "store", "workbook", "next run",
    ]  # fmt: skip
    assert re.search(r", last taken in \w{3} \d{1,2} \w{3}( \d{4})?, \d\d:\d\d$", out, re.MULTILINE)
    (school / "halfday.db").write_bytes(b"not a database at all, but long enough to look at")
    (school / "tracker.xlsx").write_bytes(b"PK broken")
    code, out, _err = run("check", "--school", school)
    assert code == 3
    assert "store" in out
    assert "workbook" in out


def test_import_then_run_from_nothing(run: Run, new_school: Path) -> None:
    export = import_file(new_school, rows_of(5))
    code, out, _err = run("import", export, "--school", new_school, "--as-of", "2025-09-19", "--dry-run")
    assert (code, "nothing was stored" in out) == (0, True)
    assert not (new_school / "halfday.db").exists()
    code, out, _err = run("import", export, "--school", new_school, "--as-of", "2025-09-19")
    assert code == 0
    assert "100 new marks" in out
    code, out, _err = run("run", "--school", new_school, "--as-of", "2025-09-19")
    assert code == 0
    assert (new_school / "tracker.xlsx").exists()


def test_a_bug_is_told_without_what_it_held(run: Run, school: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("Ann Archer's mark")

    monkeypatch.setattr("halfday_sync.morning_run.work_out", broken)
    code, out, err = run("run", "--school", school)
    assert code == 1
    assert "RuntimeError" in err
    assert "Archer" not in out + err


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ('school = "x"', "school: write [school]"),
        ('[school]\nname = "x"\npolicy = "rivington"\n[source]\nkind = "contract"\n', "source.pupils: is missing"),
        ('[school]\nname = "x"\npolicy = "rivington"\n[source]\nkind = "wonder"\n', "source.kind"),
        ('[school]\nname = "x"\npolicy = "rivington"\nworkbook = "tracker.xls"\n', "school.workbook"),
        ('[school]\nname = "x"\npolicy = "rivington"\nfunctions = "excel"\n', "school.functions: write one of office,"),
        (
            '[school]\nname = "x"\npolicy = "rivington"\nfunctions = "libreoffice"\nworkbook = "tracker.xlsm"\n',
            "LibreOffice takes an .xlsx",
        ),
        ('[school]\nname = "x"\npolicy = "rivington"\n[addin]\naddress = "http://x"\n', "addin.address"),
        ('[school]\nname = "x"\npolicy = "rivington"\n[addin]\nstore = "Somewhere"\n', "addin.store: write one of"),
        ('[school]\nname = "x"\npolicy = "rivington"\n[addin]\nadress = "https://x"\n', "known: address, store"),
        ('[school]\nname = "x\n', "TOML"),
    ],
)
def test_wrong_settings_are_told_and_are_no_bug(run: Run, tmp_path: Path, settings: str, word: str) -> None:
    (tmp_path / "halfday.toml").write_text(settings, encoding="utf-8")
    for verb in ("run", "check"):
        code, _out, err = run(verb, "--school", tmp_path)
        assert code == 3
        assert word in err


def test_settings_say_which_flavour_the_workbook_has(tmp_path: Path) -> None:
    settings = tmp_path / "halfday.toml"
    settings.write_text('[school]\nname = "x"\npolicy = "rivington"\n', encoding="utf-8")
    plain = config.load(tmp_path)
    assert (plain.workbook.name, plain.functions, plain.addin_address, plain.addin_store) == (
        "tracker.xlsx", "office", "", "EXCatalog",
    )  # fmt: skip
    settings.write_text(
        '[school]\nname = "x"\npolicy = "rivington"\nworkbook = "tracker.xlsm"\n'
        '[addin]\naddress = "https://addin.example/halfday"\nstore = "Registry"\n',
        encoding="utf-8",
    )
    desktop = config.load(tmp_path)
    assert (desktop.workbook.suffix, desktop.addin_store) == (".xlsm", "Registry")
    assert desktop.addin_address == "https://addin.example/halfday"


def test_why_agrees_with_the_tracker_and_can_look_at_what_was_believed(run: Run, school: Path) -> None:
    with Store.open(school / "halfday.db") as store:
        changed = next(row for row in store.amendments() if row.before in "NO" and row.after == "I")
        last = store.latest_outcome_day(date.max)
        row = next(row for row in store.outcomes(date(2025, 12, 4)) if row.pupil_id == changed.pupil_id)
    assert last == date(2025, 12, 4)
    _code, now, _err = run("why", changed.pupil_id, "--school", school)
    assert f"{row.possible} possible sessions, {row.attended} attended" in now
    before = (changed.recorded_at - timedelta(days=1)).date()
    code, then, _err = run("why", changed.pupil_id, "--school", school, "--as-of", before, "--believed-on", before)
    assert code == 0
    assert then != now


def test_an_export_of_last_year_is_one_problem_with_its_remedy(run: Run, new_school: Path) -> None:
    rows = rows_of(5)
    rows[3] = rows[3].replace("\\", "Z9")
    export = import_file(new_school, rows)
    code, _out, err = run("import", export, "--school", new_school, "--as-of", "2026-09-18")
    assert code == 4
    assert err.count("not asked for") <= 4
    assert "--year 2025" in err
    assert "'Z9'" in err
    fixed = import_file(new_school, rows_of(5))
    code, _out, err = run("import", fixed, "--school", new_school, "--as-of", "2026-09-18", "--year", "2025")
    assert (code, err) == (0, "")


def test_days_with_marks_in_a_holiday_are_told_beside_the_answer(run: Run, files: Path, tmp_path: Path) -> None:
    calendar = tmp_path / "calendar.csv"
    text = (files / "calendar.csv").read_text(encoding="utf-8")
    calendar.write_text(text.replace("2025-11-04,school", "2025-11-04,holiday"), encoding="utf-8")
    code, out, err = run(
        "evaluate", "--policy", "rivington", "--pupils", files / "pupils.csv", "--marks", files / "marks.csv",
        "--calendar", calendar, "--as-of", "2025-12-05", "--json",
    )  # fmt: skip
    assert code == 0
    assert json.loads(out)["pupils"]
    assert "2025-11-04" in err


def test_a_source_may_be_named_by_a_whole_path(run: Run, new_school: Path) -> None:
    export = import_file(new_school, rows_of(5))
    settings = new_school / "halfday.toml"
    first = settings.read_text(encoding="utf-8")
    settings.write_text(f'{first}[source]\nkind = "tabular"\nfiles = ["{export}"]\n', encoding="utf-8")
    assert run("run", "--school", new_school, "--as-of", "2025-09-22")[0] == 0
    settings.write_text(f'{first}[source]\nkind = "tabular"\nfiles = ["nothing/*.csv"]\n', encoding="utf-8")
    code, _out, err = run("run", "--school", new_school, "--as-of", "2025-09-22")
    assert code == 4
    assert "nothing/*.csv" in err
    settings.write_text(f'{first}[source]\nkind = "tabular"\nfiles = [3, ""]\n', encoding="utf-8")
    assert run("run", "--school", new_school, "--as-of", "2025-09-22")[0] == 3


def test_a_demonstration_into_a_file_or_below_one_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("mine", encoding="utf-8")
    for into in (file, file / "demo"):
        code, _out, err = run("demo", "--into", into)
        assert code == 2
        assert f"{file} is a file; name a folder." in err
    assert file.read_text(encoding="utf-8") == "mine"


def test_an_extension_by_another_name_is_refused_with_its_ending(run: Run, tmp_path: Path) -> None:
    code, _out, err = run("addin", "libreoffice", tmp_path / "demo")
    assert code == 2
    assert "An extension's name must end in .oxt" in err


def test_check_says_whether_the_next_run_could_bring_the_tracker_up_to_date(run: Run, school: Path) -> None:
    code, out, _err = run("check", "--school", school)
    assert (code, "next run: tracker.xlsx can be brought up to date" in out, "All is well." in out) == (0, True, True)
    before = (school / "tracker.xlsx").read_bytes()
    (school / "~$tracker.xlsx").write_bytes(bytes([6]) + b"J Okoy".ljust(54))
    code, out, _err = run("check", "--school", school)
    assert (code, "J Okoy has it open" in out, "Put the above right" in out) == (5, True, True)
    assert (school / "tracker.xlsx").read_bytes() == before
