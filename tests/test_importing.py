"""`halfday import` of Common Transfer Files: the years before fill what is not known, and the next run sees them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.ctf_files import Told, write
from tests.exports import Run, import_file, rows_of

from halfday.register import Mark, Pupil, Register
from halfday_sync import config
from halfday_sync.errors import Exit
from halfday_sync.pipeline import only_mornings
from halfday_sync.sources.sample import sample_school
from halfday_sync.sources.sample.upn import ESTABLISHMENT, LA
from halfday_sync.sources.tabular.contract_write import write_contract
from halfday_sync.store import Store

SCHOOL = LA + ESTABLISHMENT
NUMBER = ("--school-number", SCHOOL)
MORNING = date(2025, 9, 15)
JULY = tuple(date(2025, 7, 7) + timedelta(days=step) for step in range(5))
MET = "10 unauthorised sessions in the last ten school weeks: the penalty threshold is met."
SETTINGS = """[school]
name = "Made-up"
policy = "stanton-road"
[source]
kind = "contract"
pupils = "mis/pupils.csv"
marks = "mis/marks.csv"
calendar = "mis/calendar.csv"
"""


@dataclass
class MadeUp:
    """The made-up school in its third week: its folder, and its last year as the MIS writes it into a CTF."""

    folder: Path
    ctf: Path
    pupils: tuple[Pupil, ...]
    last_year: dict[str, Told]

    @property
    def away(self) -> Pupil:
        """Who was on holiday in July."""
        return self.pupils[0]

    def store(self) -> Store:
        return Store.open(config.load(self.folder).store)

    def tell(self) -> None:
        write(self.ctf, self.last_year.values(), written="2025-09-10T16:00:00")

    def marks(self) -> dict[tuple[str, date, str], str]:
        with self.store() as store:
            return {(mark.pupil_id, mark.date, mark.session): mark.code for mark in store.register().marks()}


@pytest.fixture(scope="module")
def years() -> tuple[tuple[Pupil, ...], Register, dict[date, str], dict[str, Told]]:
    """Both years of the school: this one as its source gives it, the last one as a CTF has it."""
    now, before = sample_school(pupils=40), sample_school(pupils=60, first_year=2024)
    known = now.as_known_on(MORNING)
    this = only_mornings(replace(known, pupils=tuple(_without_dates(pupil) for pupil in known.pupils)), MORNING)
    register = before.register
    rows: dict[str, list[Mark]] = {pupil_id: [] for pupil_id in register.pupils}
    for mark in register.marks():
        rows[mark.pupil_id].append(mark)
    told = {}
    marked = sorted(rows.values(), key=len, reverse=True)
    for pupil, marks in zip((*this.pupils, *_leavers()), marked, strict=False):
        codes = {(mark.date, mark.session): mark.code for mark in marks}
        told[pupil.pupil_id] = Told(
            pupil.upn, pupil.surname, pupil.forename, f"{pupil.dob}", pupil.sex, codes, school=SCHOOL
        )
    holiday = told[this.pupils[0].pupil_id].marks
    holiday |= {(day, half): "G" for day in JULY for half in ("AM", "PM")}
    return this.pupils, this.register, dict(this.calendar), told


def _without_dates(pupil: Pupil) -> Pupil:
    return replace(pupil, start_date=None)


def _leavers() -> tuple[Pupil, ...]:
    """Three of last year's, whom this year's list does not have."""
    older = sample_school(pupils=300, seed=7, first_year=2024).pupils
    return tuple(replace(pupil, pupil_id=f"left-{at}") for at, pupil in enumerate(older[-3:]))


@pytest.fixture
def school(
    tmp_path: Path, run: Run, years: tuple[tuple[Pupil, ...], Register, dict[date, str], dict[str, Told]]
) -> MadeUp:
    """It has had its run of the morning; its CTF lies beside it."""
    pupils, register, calendar, told = years
    folder = tmp_path / "school"
    folder.mkdir()
    (folder / "halfday.toml").write_text(SETTINGS, encoding="utf-8")
    from halfday_sync.sources.base import Snapshot

    write_contract(folder / "mis", Snapshot(pupils, register, calendar))
    found = MadeUp(folder, tmp_path / f"{SCHOOL}_CTF_{SCHOOL}_001.xml", pupils, {**told})
    found.tell()
    code, _out, err = halfday(run, found, "run")
    assert code == 0, err
    return found


def halfday(run: Run, school: MadeUp, *words: object) -> tuple[int, str, str]:
    code, out, err = run(*words, "--school", school.folder, "--as-of", MORNING)
    assert not any(pupil.surname in f"{out}{err}" for pupil in school.pupils if len(pupil.surname) > 3)
    return code, out, err


def test_last_year_is_filled_in_and_the_penalty_window_reaches_over_the_summer(run: Run, school: MadeUp) -> None:
    before = school.marks()
    assert MET not in run("why", school.away.pupil_id, "--school", school.folder, "--as-of", MORNING)[1]
    with school.store() as store:
        roll = store.pupils()
    code, out, err = halfday(run, school, "import", school.ctf, *NUMBER)
    assert code == 0, err
    assert "3 pupils not known here by UPN were left out." in out
    assert f"{len(school.pupils)} pupils are known by another number here: joined by UPN." in out
    now = school.marks()
    assert {where: now[where] for where in before} == before
    told = {
        (pupil_id, day, half): code
        for pupil_id, one in school.last_year.items()
        for (day, half), code in one.marks.items()
        if not pupil_id.startswith("left-") and code[0] not in "CJY#"
    }
    assert {where: code for where, code in now.items() if where[1] < date(2025, 8, 1) and code != "#"} == told
    with school.store() as store:
        assert store.pupils() == roll, "a back-fill brings no pupils and changes none"
        aside = store.set_aside()
    assert aside
    assert f"{len(aside):,} marks of " in out
    assert out.count("it may be") <= 5, "they are counted"

    code, out, err = halfday(run, school, "run")
    assert code == 0, err
    assert MET in run("why", school.away.pupil_id, "--school", school.folder, "--as-of", MORNING)[1]
    with school.store() as store:
        assert store.set_aside() == aside, "this year's source says nothing of last year's marks"
        assert store.broken() == ()


def test_taken_in_twice_it_changes_nothing(run: Run, school: MadeUp) -> None:
    assert halfday(run, school, "import", school.ctf, *NUMBER)[0] == 0
    now = school.marks()
    code, out, _err = halfday(run, school, "import", school.ctf, *NUMBER)
    assert (code, school.marks()) == (0, now)
    assert "Stored: 0 new marks, 0 changed, 0 pupils joined, 0 left." in out


def test_what_is_known_stays_though_the_file_says_otherwise(run: Run, school: MadeUp) -> None:
    assert halfday(run, school, "import", school.ctf, *NUMBER)[0] == 0
    now, codes = school.marks(), school.last_year[school.away.pupil_id].marks
    school.last_year[school.away.pupil_id] = replace(
        school.last_year[school.away.pupil_id], marks=codes | {(JULY[0], "AM"): "I", (JULY[0], "PM"): "C"}
    )
    school.tell()
    code, out, _err = halfday(run, school, "import", school.ctf, *NUMBER)
    assert (code, school.marks()) == (0, now)
    assert "1 mark of days that are known differ" in out
    with school.store() as store:
        assert (school.away.pupil_id, JULY[0], "PM") not in {
            (one.pupil_id, one.date, one.session) for one in store.set_aside()
        }


def test_a_dry_run_stores_nothing(run: Run, school: MadeUp) -> None:
    before = school.marks()
    code, out, _err = halfday(run, school, "import", school.ctf, *NUMBER, "--dry-run")
    assert (code, "Dry run: nothing was stored." in out, school.marks()) == (0, True, before)


def test_only_the_years_that_are_asked_for(run: Run, school: MadeUp) -> None:
    before = school.marks()
    assert halfday(run, school, "import", school.ctf, *NUMBER, "--year", "2023")[0] == 0
    assert school.marks() == before
    assert halfday(run, school, "import", school.ctf, *NUMBER, "--year", "2024")[0] == 0
    assert len(school.marks()) > len(before)


def test_the_school_says_what_a_letter_means(run: Run, school: MadeUp) -> None:
    (school.folder / "ours.toml").write_text('[codes]\nC = "C"\nY = "Y2"\nJ = "J1"\n', encoding="utf-8")
    code, _out, err = halfday(run, school, "import", school.ctf, *NUMBER, "--mapping", school.folder / "ours.toml")
    assert code == 0, err
    with school.store() as store:
        assert store.set_aside() == ()


def test_a_pattern_that_the_shell_did_not_spell_out(run: Run, school: MadeUp) -> None:
    code, _out, err = halfday(run, school, "import", school.ctf.with_name(f"{SCHOOL}_CTF_*.xml"), *NUMBER)
    assert code == 0, err


def test_a_file_of_children_whom_nobody_knows_is_refused(run: Run, school: MadeUp) -> None:
    before = school.marks()
    school.last_year = {who: one for who, one in school.last_year.items() if who.startswith("left-")}
    school.tell()
    code, _out, err = halfday(run, school, "import", school.ctf, *NUMBER)
    assert (code, "Not one of its 3 pupils is known here by UPN" in err) == (Exit.SOURCE, True)
    assert school.marks() == before


def test_marks_of_more_than_six_years_ago_are_refused(run: Run, school: MadeUp) -> None:
    one = school.last_year[school.away.pupil_id]
    school.last_year = {school.away.pupil_id: replace(one, marks={(date(2018, 9, 3), "AM"): "/"})}
    school.tell()
    code, _out, err = halfday(run, school, "import", school.ctf, *NUMBER)
    assert (code, "more than 6 years old" in err) == (Exit.SOURCE, True)


def test_the_command_says_what_it_needs(run: Run, school: MadeUp) -> None:
    before = school.marks()
    export = import_file(school.folder, rows_of(5))
    for words, told in (
        ((school.ctf,), "CTF files need --school-number"),
        ((school.ctf, "--school-number", "99"), "CTF files need --school-number"),
        ((school.ctf, export, *NUMBER), "1 of the 2 files are CTF files."),
        ((export, school.ctf), "1 of the 2 files are CTF files."),
        ((export, *NUMBER), "--school-number is for CTF files."),
        ((school.ctf, school.ctf.with_name("gone.xml"), *NUMBER), "gone.xml"),
    ):
        code, _out, err = halfday(run, school, "import", *words)
        assert (code, told in err) == (Exit.USAGE, True), err
    assert school.marks() == before


def test_today_counts_many_marks_set_aside_by_pupil(run: Run, school: MadeUp) -> None:
    for who, one in school.last_year.items():
        codes = {(day, half): "C" for day in JULY for half in ("AM", "PM")}
        school.last_year[who] = replace(one, marks=one.marks | codes)
    school.tell()
    assert halfday(run, school, "import", school.ctf, *NUMBER)[0] == 0
    code, out, err = halfday(run, school, "run")
    assert code == 0, err
    assert "marks stand aside until somebody looks them up: Today lists them." in out
    with school.store() as store:
        from halfday.school_year import Calendar
        from halfday_sync.receiving.put_right import to_put_right

        calendar = Calendar.told(store.calendar(), store.register().days_taught)
        problems = [one for one in to_put_right(store, calendar, MORNING) if "taken" in one.words]
        later = to_put_right(store, calendar, date(2026, 2, 2))
    assert len(problems) == 21
    assert all(
        one.pupil_id and "marks were not taken (from" in one.words and "it may be C, C1 or C2" in one.words
        for one in problems[:20]
    )
    assert problems[20].words.startswith("And ")
    assert not [one for one in later if "taken" in one.words], "half a year later nothing rests on them"
