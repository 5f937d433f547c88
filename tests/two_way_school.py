"""A school of eight in a folder, with its marks in the contract's files, for tests that let mornings go by."""

import contextlib
import io
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from halfday.register import Mark, Pupil, Register
from halfday_sync import cli
from halfday_sync.sources.base import Snapshot
from halfday_sync.sources.tabular.contract_write import write_contract

DATA = Path(__file__).parent / "data"
FIRST, BEGIN = date(2025, 9, 2), date(2025, 10, 13)
HOLIDAY = range(date(2025, 10, 27).toordinal(), date(2025, 11, 1).toordinal())
LAST = date(2026, 2, 27)
CODES = {"here": "/ \\", "ill": "I I", "why?": "N N", "late": "L \\", "holiday": "G G", "half": "/ N"}
_SETTINGS = """[school]
name = "Little Oak"
policy = "little/policy.toml"
[source]
kind = "contract"
pupils = "mis/pupils.csv"
marks = "mis/marks.csv"
calendar = "mis/calendar.csv"
"""


@dataclass
class School:
    """What the MIS knows: who is on roll, every day's marks, and ids by former id; and the folder of Halfday."""

    folder: Path
    today: date = BEGIN
    pupils: dict[str, Pupil] = field(default_factory=dict)
    marks: dict[tuple[str, date], str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)

    @property
    def tracker(self) -> Path:
        return self.folder / "tracker.xlsx"

    def open_its_doors(self, pupils: int = 8) -> None:
        """The folder, its settings, and marks since September."""
        (self.folder / "little").mkdir(parents=True)
        policy = (DATA / "workbook_policy.toml").read_text(encoding="utf-8")
        policy = policy.replace("weeks    = 6", 'weeks    = 6\nreview   = "every 4 school weeks"')
        (self.folder / "little" / "policy.toml").write_text(policy, encoding="utf-8")
        (self.folder / "halfday.toml").write_text(_SETTINGS, encoding="utf-8")
        for number in range(1, pupils + 1):
            self.join(f"P{number:02d}", f"A9990000000{number:02d}", "Ash" if number % 2 else "Birch")
        for day in school_days(FIRST, BEGIN):
            for number, pupil_id in enumerate(self.pupils):
                away = number and day.toordinal() % (number * 4) == 0
                self.marks[pupil_id, day] = "ill" if away else "here"
        self.marks["P02", BEGIN - timedelta(days=3)] = "why?"

    def join(self, pupil_id: str, upn: str = "", class_name: str = "Ash") -> None:
        """A pupil comes, or comes back."""
        was = self.pupils.get(pupil_id)
        self.pupils[pupil_id] = Pupil(
            pupil_id,
            upn=upn or (was.upn if was else f"B99900000{pupil_id[1:]:0>4}"),
            surname=f"Sur{pupil_id}",
            forename=f"Fore{pupil_id}",
            class_name=class_name,
            year_group="3",
        )

    def change_id(self, old: str, new: str) -> None:
        """The MIS gives a pupil another id; the UPN stays."""
        self.moved[old] = new
        self.pupils = {
            (new if key == old else key): (replace(pupil, pupil_id=new) if key == old else pupil)
            for key, pupil in self.pupils.items()
        }
        self.marks = {(new if key == old else key, day): word for (key, day), word in self.marks.items()}

    def go_on(self, words: Iterable[str], days: int = 1) -> None:
        """Days pass; each pupil's days are as these words say, in turn."""
        said = list(words) or ["here"]
        for _ in range(days):
            following = next(iter(school_days(self.today + timedelta(days=1), LAST)), None)
            if following is None:
                return
            self.today = following
            for number, pupil_id in enumerate(self.pupils):
                self.marks[pupil_id, following] = said[number % len(said)]

    def tell(self) -> None:
        """The MIS writes its files, as of the morning of today."""
        days = list(school_days(FIRST, LAST))
        told = [
            Mark(pupil_id, day, session, code)
            for (pupil_id, day), word in self.marks.items()
            if pupil_id in self.pupils and day <= self.today
            for session, code in zip(("AM", "PM"), CODES[word].split(), strict=True)
            if day < self.today or session == "AM"
        ]
        calendar = dict.fromkeys(days, "school")
        calendar |= {date.fromordinal(one): "holiday" for one in HOLIDAY}
        pupils = tuple(self.pupils.values())
        register = Register.from_marks(told, [pupil.pupil_id for pupil in pupils])
        write_contract(self.folder / "mis", Snapshot(pupils, register, calendar))

    def run(self) -> tuple[int, str]:
        """`halfday run` on the morning of today: its exit code and all it said."""
        return run(self.folder, self.today)

    def fresh(self, beside: Path) -> bytes:
        """The tracker as the same store would have it written anew, if nobody had one."""
        shutil.copytree(self.folder, beside)
        (beside / self.tracker.name).unlink()
        code, said = run(beside, self.today)
        assert code == 0, said
        data = (beside / self.tracker.name).read_bytes()
        shutil.rmtree(beside)
        return data


def school_days(first: date, last: date) -> Iterable[date]:
    """Mondays to Fridays outside the holiday, both ends in it."""
    for one in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(one)
        if day.weekday() < 5 and one not in HOLIDAY:
            yield day


def run(folder: Path, today: date) -> tuple[int, str]:
    """`halfday run` for a folder."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(["run", "--school", str(folder), "--as-of", today.isoformat()])
    return code, out.getvalue() + err.getvalue()


def a_morning_at(folder: Path) -> School:
    """A school of eight with yesterday's tracker, and this morning's marks in the MIS."""
    school = School(folder)
    school.open_its_doors()
    school.go_on(["here", "late"])
    school.tell()
    assert school.run()[0] == 0
    school.go_on(["here", "why?"])
    school.tell()
    return school
