"""Earlier copies are kept as long as they should be and no longer, and any of them can be put back."""

import io
import stat
import sys
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook  # noqa: TID251 - the staff's Excel
from tests.exports import Run
from tests.little_school import OFFICE, little_school
from tests.place_jobs import NOTES, part, with_part
from tests.two_way_school import School

from halfday_sync.errors import SafetyError
from halfday_sync.workbook.build import tracker_bytes
from halfday_sync.workbook.generations import BEFORE_RESTORE, DAYS, WEEKS, Copy, copies, earlier_folder, keep, to_keep

EIGHT = datetime(2025, 12, 5, 8, 0)  # noqa: DTZ001 - the clock on the wall of a made-up school


def copy(at: datetime, before: str = "", number: int = 1) -> Copy:
    return Copy(at, number, before, Path(f"tracker {at:%Y-%m-%d %H%M} {before} {number}.xlsx"))


class TestNames:
    def test_say_when_and_before_what(self, tmp_path: Path) -> None:
        keep(tmp_path, "tracker.xlsx", b"1", at=EIGHT)
        keep(tmp_path, "tracker.xlsx", b"2", at=EIGHT)
        keep(tmp_path, "tracker.xlsx", b"3", at=EIGHT, before="design 2")
        assert sorted(one.name for one in tmp_path.iterdir()) == [
            "tracker 2025-12-05 0800 (2).xlsx",
            "tracker 2025-12-05 0800 before design 2.xlsx",
            "tracker 2025-12-05 0800.xlsx",
        ]
        assert [(one.number, one.before) for one in copies(tmp_path, "tracker.xlsx")] == [
            (2, ""),
            (1, "design 2"),
            (1, ""),
        ]

    def test_of_other_workbooks_and_of_people_are_left_alone(self, tmp_path: Path) -> None:
        theirs = [
            "notes.xlsx",
            "old tracker 2025-12-05 0800.xlsx",
            "tracker 2025-13-05 0800.xlsx",
            "tracker 2025-12-05.xlsx",
        ]
        for name in theirs:
            (tmp_path / name).write_bytes(b"theirs")
        keep(tmp_path, "tracker.xlsx", b"1", at=EIGHT + timedelta(days=4000))
        assert {one.name for one in tmp_path.iterdir()} > set(theirs)
        assert len(copies(tmp_path, "tracker.xlsx")) == 1


class TestKeeping:
    def test_only_this_user_may_read_them(self, tmp_path: Path) -> None:
        path = keep(tmp_path / "earlier", "tracker.xlsx", b"1", at=EIGHT)
        assert path
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def test_the_same_content_once_for_each_reason(self, tmp_path: Path) -> None:
        assert keep(tmp_path, "tracker.xlsx", b"1", at=EIGHT)
        assert keep(tmp_path, "tracker.xlsx", b"1", at=EIGHT + timedelta(days=1)) is None
        assert keep(tmp_path, "tracker.xlsx", b"1", at=EIGHT, before="design 2")
        assert keep(tmp_path, "tracker.xlsx", b"1", at=EIGHT, before="design 2") is None

    def test_content_that_comes_back_is_kept_on_its_own_day(self, tmp_path: Path) -> None:
        days = [EIGHT + timedelta(days=number) for number in range(24)]
        for number, at in enumerate(days):
            keep(tmp_path, "tracker.xlsx", b"put back by hand" if number in {0, 10} else b"%d" % number, at=at)
        there = {one.at: one.path.read_bytes() for one in copies(tmp_path, "tracker.xlsx")}
        assert there[days[10]] == b"put back by hand"

    def test_one_that_cannot_be_kept_stops_the_run(self, tmp_path: Path) -> None:
        (tmp_path / "earlier").write_bytes(b"a file where the folder should be")
        with pytest.raises(SafetyError, match="could not be kept"):
            keep(tmp_path / "earlier", "tracker.xlsx", b"1", at=EIGHT)

    def test_a_year_of_mornings_leaves_few(self, tmp_path: Path) -> None:
        mornings = [EIGHT + timedelta(days=number) for number in range(365)]
        for at in mornings:
            if at.weekday() < 5:
                keep(tmp_path, "tracker.xlsx", str(at).encode(), at=at)
        left = [one.at.date() for one in copies(tmp_path, "tracker.xlsx")]
        assert left[0] == mornings[-1].date()
        assert DAYS < len(left) <= DAYS + WEEKS
        assert (left[0] - left[-1]).days in range(7 * (WEEKS - 1) - 4, 7 * WEEKS + 1)


class TestWhatStays:
    moments = st.datetimes(datetime(2024, 1, 1), datetime(2025, 12, 5, 23))  # noqa: DTZ001
    before = st.sampled_from(["", "", "", "design 2", BEFORE_RESTORE])
    there = st.lists(st.builds(copy, moments, before, st.integers(1, 3)), unique=True, max_size=120)
    today = date(2025, 12, 5)

    @given(there)
    def test_by_the_rule(self, there: list[Copy]) -> None:
        kept = to_keep(there, self.today)
        ages = {one: (self.today - one.at.date()).days for one in there}
        days = sorted({one.at.date() for one in there if ages[one] < 365}, reverse=True)
        last = {day: max(one for one in there if one.at.date() == day) for day in days}
        assert {one for one in there if ages[one] <= 1} <= set(kept)
        assert {last[day] for day in days[:DAYS]} <= set(kept)
        assert {one for one in there if one.before == "design 2" and ages[one] < 365} <= set(kept)
        assert {one for one in there if one.before == BEFORE_RESTORE and ages[one] < 14} <= set(kept)
        assert all(ages[one] < 365 for one in kept)
        others = [one for one in kept if not one.before and ages[one] > 1]
        assert len(others) <= DAYS + WEEKS
        assert len({one.at.date() for one in others}) == len(others)

    @given(there)
    def test_keeping_twice_is_keeping_once(self, there: list[Copy]) -> None:
        kept = to_keep(there, self.today)
        assert to_keep(kept, self.today) == kept

    @given(there)
    def test_at_least_as_many_weeks_as_promised(self, there: list[Copy]) -> None:
        weeks = {one.at.isocalendar()[:2] for one in there if (self.today - one.at.date()).days < 365}
        kept = {one.at.isocalendar()[:2] for one in to_keep(there, self.today)}
        assert len(kept) >= min(len(weeks), WEEKS)


class TestRestore:
    @pytest.fixture
    def school(self, new_school: Path) -> Path:
        (new_school / "tracker.xlsx").write_bytes(tracker_bytes(little_school(), OFFICE))
        return new_school

    @pytest.fixture
    def earlier(self, school: Path) -> list[bytes]:
        """Two copies beside the store, and a tracker of today that differs from both."""
        now = (school / "tracker.xlsx").read_bytes()
        books = [with_part(now, NOTES, text) for text in ("Thursday", "Friday", "today")]
        keep(earlier_folder(school / "halfday.db"), "tracker.xlsx", books[0], at=datetime(2025, 12, 4, 8, 0))  # noqa: DTZ001
        keep(earlier_folder(school / "halfday.db"), "tracker.xlsx", books[1], at=EIGHT, before="design 2")
        (school / "tracker.xlsx").write_bytes(books[2])
        return books

    def notes(self, school: Path) -> str:
        return part((school / "tracker.xlsx").read_bytes(), NOTES)

    def test_lists_them_with_size_and_reason(self, run: Run, school: Path, earlier: list[bytes]) -> None:
        for words in (["--list"], []):
            code, out, _ = run("restore", "--school", school, *words)
            assert code == 0
            lines = [line for line in out.splitlines() if line.startswith("  ")]
            assert ["2025-12-05 0800" in lines[0], "2025-12-04 0800" in lines[1]] == [True, True]
            assert f"{len(earlier[1]) / 1024:,.0f} KB" in lines[0]
            assert "before design 2" in lines[0]
        assert self.notes(school) == "today"

    def test_says_so_where_there_is_none(self, run: Run, school: Path) -> None:
        code, out, _ = run("restore", "--school", school)
        assert (code, "no earlier copy" in out) == (0, True)

    @pytest.mark.parametrize("chosen", ["2025-12-04", "2025-12-04 08:00", "tracker 2025-12-04 0800.xlsx"])
    def test_puts_one_back_and_keeps_the_one_it_replaces(
        self, run: Run, school: Path, earlier: list[bytes], chosen: str
    ) -> None:
        code, out, _ = run("restore", "--school", school, "--from", chosen, "--yes")
        assert code == 0
        assert "Thursday 4 December 2025, 08:00" in out
        assert (school / "tracker.xlsx").read_bytes() == earlier[0]
        kept = [
            one for one in copies(earlier_folder(school / "halfday.db"), "tracker.xlsx") if one.before == BEFORE_RESTORE
        ]
        assert [one.path.read_bytes() for one in kept] == [earlier[2]]
        assert kept[0].path.name in out

    def test_and_forward_again(self, run: Run, school: Path, earlier: list[bytes]) -> None:
        run("restore", "--school", school, "--from", "2025-12-04", "--yes")
        kept = next(
            one for one in copies(earlier_folder(school / "halfday.db"), "tracker.xlsx") if one.before == BEFORE_RESTORE
        )
        code, _, _ = run("restore", "--school", school, "--from", kept.path.name, "--yes")
        assert code == 0
        assert (school / "tracker.xlsx").read_bytes() == earlier[2]

    def test_a_deleted_tracker_comes_back(self, run: Run, school: Path, earlier: list[bytes]) -> None:
        (school / "tracker.xlsx").unlink()
        assert run("restore", "--school", school, "--from", "2025-12-04", "--yes")[0] == 0
        assert (school / "tracker.xlsx").read_bytes() == earlier[0]

    @pytest.mark.usefixtures("earlier")
    def test_a_dry_run_changes_nothing(self, run: Run, school: Path) -> None:
        code, out, _ = run("restore", "--school", school, "--from", "2025-12-04", "--dry-run")
        assert (code, "nothing was changed" in out) == (0, True)
        assert self.notes(school) == "today"
        assert len(copies(earlier_folder(school / "halfday.db"), "tracker.xlsx")) == 2

    @pytest.mark.usefixtures("earlier")
    @pytest.mark.parametrize(("answer", "then"), [("yes\n", "Thursday"), ("no\n", "today"), ("\n", "today")])
    def test_asks_at_the_keyboard(
        self, run: Run, school: Path, monkeypatch: pytest.MonkeyPatch, answer: str, then: str
    ) -> None:
        keyboard = io.StringIO(answer)
        monkeypatch.setattr(keyboard, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", keyboard)
        assert run("restore", "--school", school, "--from", "2025-12-04")[0] == 0
        assert self.notes(school) == then

    @pytest.mark.usefixtures("earlier")
    @pytest.mark.parametrize(
        ("words", "code", "told"),
        [
            (["--from", "2025-12-04"], 2, "Nobody is there to ask"),
            (["--from", "2025-11-01", "--yes"], 2, "no earlier copy"),
            (["--from", "2025", "--yes"], 2, "no earlier copy"),
        ],
    )
    def test_stops_where_it_is_not_clear_what_is_meant(
        self, run: Run, school: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, told: str
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        found, _, err = run("restore", "--school", school, *words)
        assert (found, told in err) == (code, True)
        assert self.notes(school) == "today"

    def test_asks_which_where_a_day_has_several(self, run: Run, school: Path, earlier: list[bytes]) -> None:
        keep(earlier_folder(school / "halfday.db"), "tracker.xlsx", earlier[0] + b" ", at=EIGHT + timedelta(hours=1))
        code, _, err = run("restore", "--school", school, "--from", "2025-12-05", "--yes")
        assert code == 2
        assert "tracker 2025-12-05 0900.xlsx" in err
        assert "tracker 2025-12-05 0800 before design 2.xlsx" in err

    @pytest.mark.usefixtures("earlier")
    def test_stops_where_the_workbook_is_open(self, run: Run, school: Path) -> None:
        (school / "~$tracker.xlsx").write_bytes(b"\x06Office")
        code, _, err = run("restore", "--school", school, "--from", "2025-12-04", "--yes")
        assert (code, "Office has it open" in err) == (5, True)
        assert self.notes(school) == "today"

    @pytest.mark.usefixtures("earlier")
    def test_stops_at_a_damaged_copy(self, run: Run, school: Path) -> None:
        path = copies(earlier_folder(school / "halfday.db"), "tracker.xlsx")[1].path
        path.write_bytes(path.read_bytes()[:-99])
        code, _, err = run("restore", "--school", school, "--from", "2025-12-04", "--yes")
        assert (code, "damaged" in err) == (6, True)
        assert self.notes(school) == "today"

    def test_stops_at_a_copy_of_another_kind(self, run: Run, school: Path, earlier: list[bytes]) -> None:
        keep(earlier_folder(school / "halfday.db"), "tracker.xlsm", earlier[0] + b" ", at=EIGHT + timedelta(days=1))
        code, _, err = run("restore", "--school", school, "--from", "2025-12-06", "--yes")
        assert (code, ".xlsm" in err) == (6, True)
        assert zipfile.is_zipfile(school / "tracker.xlsx")


class TestSchoolsThatShareAFolder:
    @pytest.fixture
    def two(self, tmp_path: Path) -> dict[str, School]:
        """Two schools whose stores are in one folder, each with a note of its own in a tracker of the same name."""
        schools = {}
        for name in ("Ash", "Birch"):
            school = schools[name] = School(tmp_path / name)
            school.open_its_doors()
            settings = school.folder / "halfday.toml"
            text = settings.read_text(encoding="utf-8").replace("Little Oak", name)
            settings.write_text(text.replace("[source]", f'store = "../stores/{name}.db"\n[source]'), encoding="utf-8")
            (tmp_path / "stores").mkdir(exist_ok=True)
            school.tell()
            assert school.run()[0] == 0
            book = opened_by_staff(school.tracker, "AA2", f"a note of {name}")
            school.tracker.write_bytes(book)
            assert school.run()[0] == 0
        return schools

    def test_see_their_own_copies_only(self, run: Run, two: dict[str, School], tmp_path: Path) -> None:
        for name, school in two.items():
            kept = copies(earlier_folder(tmp_path / "stores" / f"{name}.db"), "tracker.xlsx")
            assert len(kept) == 1
            code, out, _ = run("restore", "--school", school.folder, "--list")
            assert (code, out.count("kept before")) == (0, 1)
            assert f"/{name}" in out

    def test_do_not_get_the_tracker_of_another_school(self, run: Run, two: dict[str, School], tmp_path: Path) -> None:
        stores = tmp_path / "stores"
        (theirs,) = copies(earlier_folder(stores / "Birch.db"), "tracker.xlsx")
        at = EIGHT + timedelta(days=1)
        assert keep(earlier_folder(stores / "Ash.db"), "tracker.xlsx", theirs.path.read_bytes(), at=at)
        before = two["Ash"].tracker.read_bytes()
        code, _, err = run("restore", "--school", two["Ash"].folder, "--from", f"{at:%Y-%m-%d}", "--yes")
        assert (code, "is the tracker of Birch" in err) == (6, True)
        assert two["Ash"].tracker.read_bytes() == before

    def test_get_their_own_from_before_they_had_another_name(self, run: Run, two: dict[str, School]) -> None:
        settings = two["Ash"].folder / "halfday.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace('name = "Ash"', 'name = "Ash Primary"'), encoding="utf-8")
        (one,) = copies(earlier_folder(two["Ash"].folder.parent / "stores" / "Ash.db"), "tracker.xlsx")
        code, _, err = run("restore", "--school", two["Ash"].folder, "--from", one.path.name, "--dry-run")
        assert (code, err) == (0, "")


def opened_by_staff(path: Path, cell: str, text: str) -> bytes:
    """A tracker after a person typed into a cell of the Tracker and saved."""
    book, saved = load_workbook(path), io.BytesIO()
    book["Tracker"][cell] = text
    book.save(saved)
    return saved.getvalue()
