"""The safety promises, tried to be broken through the real command: nothing people made is changed, lost or wiped."""

import zipfile
from datetime import date
from pathlib import Path

import pytest
from tests.exports import Run, import_file, rows_of

from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.sample import sample_school
from halfday_sync.sources.tabular import write_contract
from halfday_sync.store import Store
from halfday_sync.templates import policy_path
from halfday_sync.workbook import build
from halfday_sync.workbook.dump import dump


def test_what_somebody_put_into_the_tracker_stays_to_the_byte(run: Run, school: Path) -> None:
    """Promise 1: the tracker is brought up to date where it stands, and nothing of theirs is touched."""
    tracker = school / "tracker.xlsx"
    with zipfile.ZipFile(tracker, "a") as package:
        package.writestr("xl/worksheets/theirs.txt", "typed by the admin")
    code, out, _err = run("run", "--school", school, "--as-of", "2025-12-08")
    assert code == 0
    assert "Brought up to date" in out
    with zipfile.ZipFile(tracker) as package:
        assert package.read("xl/worksheets/theirs.txt") == b"typed by the admin"
    assert [path.name for path in school.glob("*.xlsx")] == ["tracker.xlsx"]


@pytest.mark.parametrize("lock", ["~$tracker.xlsx", ".~lock.tracker.xlsx#"])
def test_a_workbook_in_use_is_not_written(run: Run, school: Path, lock: str) -> None:
    (school / lock).write_bytes(b",office,PC,05.12.2025 08:01,x;")
    before = (school / "tracker.xlsx").read_bytes()
    code, _out, err = run("run", "--school", school, "--as-of", "2025-12-05")
    assert code == 5
    assert "open" in err
    assert (school / "tracker.xlsx").read_bytes() == before


def test_what_was_typed_in_a_dated_copy_stays_too(run: Run, school: Path) -> None:
    """A morning of the past goes beside the tracker, and beside a copy of that morning in which somebody worked."""
    run("run", "--school", school, "--as-of", "2025-12-04")
    dated = school / "tracker 2025-12-04.xlsx"
    with zipfile.ZipFile(dated, "a") as package:
        package.writestr("xl/worksheets/theirs.txt", "typed by the admin")
    theirs = dated.read_bytes()
    code, out, _err = run("run", "--school", school, "--as-of", "2025-12-04")
    assert code == 0
    assert "tracker 2025-12-04 (2).xlsx" in out
    assert dated.read_bytes() == theirs


def test_a_look_back_neither_replaces_the_tracker_nor_the_memory(run: Run, school: Path) -> None:
    before = (school / "tracker.xlsx").read_bytes()
    with Store.open(school / "halfday.db") as store:
        shown = store.outcomes(date(2025, 12, 3))
    code, out, _err = run("run", "--school", school, "--as-of", "2025-12-04")
    assert code == 0
    assert "stays as it is" in out
    assert (school / "tracker.xlsx").read_bytes() == before
    assert (school / "tracker 2025-12-04.xlsx").exists()
    with Store.open(school / "halfday.db") as store:
        assert store.outcomes(date(2025, 12, 3)) == shown
        assert store.latest_outcome_day(date.max) == date(2025, 12, 4)


def test_the_demonstration_never_wipes_a_real_school_or_a_tracker_somebody_worked_in(
    run: Run, new_school: Path, school: Path
) -> None:
    export = import_file(new_school, rows_of(5))
    run("import", export, "--school", new_school, "--as-of", "2025-09-19")
    run("run", "--school", new_school, "--as-of", "2025-09-19")
    export.unlink()
    with zipfile.ZipFile(school / "tracker.xlsx", "a") as package:
        package.writestr("xl/worksheets/theirs.txt", "typed by the admin")
    for folder in (new_school, school):
        before = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".xlsx"}
        code, _out, err = run("demo", "--into", folder, "--pupils", "40")
        assert code == 2
        assert "untouched demonstration" in err
        assert before == {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".xlsx"}
        assert (folder / "halfday.db").exists()


def test_what_is_saved_while_the_workbook_is_built_stays(
    run: Run, school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 1, the race: somebody saves between the look and the replace."""
    tracker = school / "tracker.xlsx"
    saved: list[bytes] = []
    real = build.tracker_bytes

    def meanwhile(*args: object, **options: object) -> bytes:
        data = real(*args, **options)  # type: ignore[arg-type]
        if not saved:
            with zipfile.ZipFile(tracker, "a") as package:
                package.writestr("xl/worksheets/theirs.txt", "typed during the run")
        saved.append(tracker.read_bytes())
        return data

    monkeypatch.setattr(build, "tracker_bytes", meanwhile)
    code, out, _err = run("run", "--school", school, "--as-of", "2025-12-08")
    assert code == 0
    assert "Brought up to date" in out
    assert len(saved) == 2  # it was started again from what was saved
    with zipfile.ZipFile(tracker) as package:
        assert package.read("xl/worksheets/theirs.txt") == b"typed during the run"
    assert not list(school.glob(".halfday-*"))


def test_looking_makes_no_store(run: Run, new_school: Path) -> None:
    for words in (["run", "--dry-run"], ["why", "1"], ["check"]):
        code, _out, _err = run(*words, "--school", new_school)
        assert code in {3, 4}
        assert not (new_school / "halfday.db").exists()


def test_a_source_that_lost_half_the_roll_changes_nothing(run: Run, new_school: Path) -> None:
    export = import_file(new_school, rows_of(5))
    settings = new_school / "halfday.toml"
    settings.write_text(settings.read_text() + '[source]\nkind = "contract"\npupils = "p.csv"\nmarks = "m.csv"\n')
    made_up = sample_school(pupils=40, seed=5)
    for day, kept in ((date(2025, 10, 1), 40), (date(2025, 10, 2), 12)):
        known = made_up.as_known_on(day)
        write_contract(new_school, Snapshot(known.pupils, known.register))
        lines = (new_school / "pupils.csv").read_text(encoding="utf-8").splitlines()[: kept + 1]
        ids = {line.split(",")[0] for line in lines[1:]}
        (new_school / "p.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        marks = (new_school / "marks.csv").read_text(encoding="utf-8").splitlines()
        kept_marks = [marks[0], *(line for line in marks[1:] if line.split(",")[0] in ids)]
        (new_school / "m.csv").write_text("\n".join(kept_marks) + "\n", encoding="utf-8")
        code, _out, err = run("run", "--school", new_school, "--as-of", day)
        if kept == 40:
            assert code == 0, err
            before = (new_school / "tracker.xlsx").read_bytes()
    assert code == 4
    assert "roll" in err
    assert (new_school / "tracker.xlsx").read_bytes() == before
    assert export.exists()


def test_a_dry_run_changes_nothing(run: Run, school: Path) -> None:
    before = {path.name: path.read_bytes() for path in school.iterdir() if path.suffix in {".xlsx", ".toml"}}
    code, out, _err = run("run", "--school", school, "--as-of", "2025-12-05", "--dry-run")
    assert code == 0
    assert "Dry run" in out
    assert before == {path.name: path.read_bytes() for path in school.iterdir() if path.suffix in {".xlsx", ".toml"}}


def test_import_stores_nothing_when_something_is_wrong(run: Run, new_school: Path) -> None:
    rows = rows_of(5)
    rows[3] = rows[3].replace("\\", "Z9")
    rows[7] = rows[7].replace("/09/2025", "/09/2052")
    code, _out, err = run("import", import_file(new_school, rows), "--school", new_school, "--as-of", "2025-09-19")
    assert code == 4
    assert "row 5" in err
    assert "row 9" in err
    assert not (new_school / "halfday.db").exists()


def test_the_demonstration_never_touches_a_folder_of_somebody_else(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(b"mine")
    code, _out, err = run("demo", "--into", tmp_path)
    assert code == 2
    assert "letter.docx" in err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.docx"]


def test_another_policy_is_named_on_the_page_and_blamed_on_nobody(run: Run, school: Path) -> None:
    policy = school / "ours.toml"
    text = policy_path("stanton-road").read_text(encoding="utf-8")
    policy.write_text(text.replace("at_or_below = 96", "at_or_below = 99"), encoding="utf-8")
    settings = school / "halfday.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("stanton-road", "ours.toml"), encoding="utf-8")
    code, out, _err = run("run", "--school", school, "--as-of", "2025-12-08")
    assert code == 0
    assert "(0 because an old mark was changed)" in out
    assert "The policy changed since then" in dump(school / "tracker.xlsx")
