"""What `halfday policy adopt --from` takes: the saved tracker, the text of ATT_POLICY however it was copied."""

from pathlib import Path

import pytest
import xlsxwriter  # noqa: TID251 - a workbook that Excel saved, in little
from tests.exports import Run
from tests.policy_tables import tables

from halfday.functions import ATT_POLICY
from halfday.policy.load import load
from halfday_sync.templates import policy_path, school_names

WATH = load(policy_path("wath-central").read_text(encoding="utf-8"), "wath-central")
MOVED = "Stage 1 (Monitored): below 96% → below 95.5%."


@pytest.fixture
def tried() -> str:
    found = [[list(row) for row in table] for table in tables(WATH)]
    found[1][0][3] = 95.5
    return str(ATT_POLICY(*found))


def look(run: Run, school: Path, file: Path) -> tuple[int, str, str]:
    return run("policy", "adopt", "--school", school, "--from", file, "--who", "AB", "--dry-run")


def tracker(path: Path, value: str, name: str = "PolicyText") -> Path:
    """A workbook whose cell of that name shows a value, as Excel saves it."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("The Policy")
        sheet.write_formula("C4", "=ATT_POLICY(1)", None, value)
        book.define_name(name, "='The Policy'!$C$4")
    return path


@pytest.mark.parametrize("name", school_names())
def test_a_policy_file_is_told_from_the_text_of_the_cells(run: Run, new_school: Path, name: str) -> None:
    code, out, err = look(run, new_school, policy_path(name))
    assert (code, out) == (2, "")
    assert "This is a policy file, not the text of ATT_POLICY." in err


@pytest.mark.parametrize("suffix", [".xlsx", ".XLSM"])
def test_the_tracker_that_was_saved_while_trying_is_taken(run: Run, new_school: Path, tried: str, suffix: str) -> None:
    code, out, _err = look(run, new_school, tracker(new_school / f"saved{suffix}", tried))
    assert (code, out.splitlines()[0]) == (0, MOVED)


def test_the_tracker_of_a_run_holds_the_policy_in_force(run: Run, school: Path) -> None:
    code, out, _err = look(run, school, school / "tracker.xlsx")
    assert code == 0
    assert out.startswith("Nothing differs from the policy in force")
    assert "only where its functions are live, and once it is saved." in out


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_that_came_over_the_clipboard_is_taken(run: Run, new_school: Path, tried: str, encoding: str) -> None:
    file = new_school / "copied.txt"
    doubled = tried.replace('"', '""')
    file.write_bytes(f'"{doubled}"\r\n'.encode(encoding))
    code, out, _err = look(run, new_school, file)
    assert (code, out.splitlines()[0]) == (0, MOVED)


def test_a_policy_page_with_faults_is_told_in_its_own_words(run: Run, new_school: Path) -> None:
    code, _out, err = look(run, new_school, tracker(new_school / "t.xlsx", "#Policy: 'Good' has no lower bound"))
    assert code == 3
    assert "The tried policy has faults.\n  - 'Good' has no lower bound\n" in err


def test_a_workbook_that_is_none_or_another_is_told(run: Run, new_school: Path, tried: str) -> None:
    (new_school / "t.xlsx").write_bytes(b"not a workbook")
    code, _out, err = look(run, new_school, new_school / "t.xlsx")
    assert (code, "The workbook t.xlsx cannot be read." in err) == (2, True)
    code, _out, err = look(run, new_school, new_school / "none.xlsx")
    assert (code, "The workbook none.xlsx cannot be read." in err) == (2, True)
    code, _out, err = look(run, new_school, tracker(new_school / "other.xlsx", tried, "Something"))
    assert (code, "other.xlsx has no cell named PolicyText." in err) == (2, True)
