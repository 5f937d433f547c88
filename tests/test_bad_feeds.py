"""`halfday run` over feeds that arrive and cannot be right: words, nothing changed, and a good feed repairs it.

Ways to the marks that are broken are in `test_bad_pulls.py`, oddities that are put right in `test_odd_feeds.py`.
"""

import copy
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.contracts.tabular import IDS, Exports
from tests.pull_office import Marks, Office, office, office_of
from tests.sims_files import mark_records, pupil_records, super_star
from tests.source_contract import names, prepared, true_marks
from tests.wonde_school import SCHOOL_ID, big_school
from tests.wonde_service import TOKEN, Service

from halfday_sync.errors import Exit
from halfday_sync.sources.sample import sample_school
from halfday_sync.sources.wonde.source import TOKEN as TOKEN_NAME

YESTERDAY, TODAY = date(2025, 10, 20), date(2025, 10, 21)
SAMPLE = sample_school(pupils=40, seed=2025)
SAMPLE_NAMES = {pupil.surname for pupil in SAMPLE.pupils} - {"Holly", "Rowan", "Ash", "Hazel", "May", "Grace", "Day"}


class Big:
    """Forty pupils at Wonde since September, known by the numbers of the MIS, and a day that is new this morning."""

    def __init__(self, made: Office, wonde: Service) -> None:
        self.office, self.wonde = made, wonde

    @property
    def pupils(self) -> list[str]:
        return sorted(self.wonde.school.students)

    def day(self, code: str = "", *, pupils: int = 1000) -> None:
        """Yesterday's registers come in: present, or one code, for so many pupils."""
        for student in self.pupils[:pupils]:
            for session, present in (("AM", "/"), ("PM", "\\")):
                self.wonde.school.write(student, YESTERDAY, session, code or present, self.office.on.now())

    def truth(self) -> Marks:
        school = self.wonde.school
        numbers = {id_: row["mis_id"] for id_, row in {**school.students, **school.leavers}.items()}
        return {(numbers[who], day, half): code for (who, day, half), code in school.true_marks().items()}


@pytest.fixture
def big(tmp_path: Path) -> Iterator[Big]:
    with Service(big_school(SAMPLE, YESTERDAY - timedelta(days=3))) as wonde:
        settings = {"kind": "wonde", "school_id": SCHOOL_ID, "address": wonde.address, "pupil_id": "mis_id"}
        with office(tmp_path, settings, {TOKEN_NAME: TOKEN}, SAMPLE_NAMES, at="2025-10-20 07:15") as made:
            code, said = made.run()
            found = Big(made, wonde)
            assert (code, made.marks() == found.truth()) == (0, True), said
            made.on.traveller.shift(timedelta(days=1))
            yield found


def unknown_code(big: Big) -> None:
    big.day()
    big.wonde.school.write(big.pupils[0], TODAY, "AM", "Q9", big.office.on.now())


def smaller_roll(big: Big) -> None:
    for student in big.pupils[: len(big.pupils) // 5 + 2]:
        del big.wonde.school.students[student]
    big.day()


def rewritten_month(big: Big) -> None:
    big.day()
    early = [mark for mark in big.wonde.school.marks.values() if mark.day.month == 9 and mark.code == "/"]
    for mark in early[:300]:
        big.wonde.school.amend(mark.id, "L", big.office.on.now())


def new_ids(big: Big) -> None:
    big.day()
    big.wonde.school.migrate()


def the_future(big: Big) -> None:
    big.day()
    big.wonde.school.write(big.pupils[0], TODAY + timedelta(days=1), "AM", "/", big.office.on.now())


def thin_day(big: Big) -> None:
    big.day(pupils=2)


def the_same_absence(big: Big) -> None:
    big.day("I")


def twice_the_same_id(big: Big) -> None:
    big.day()
    first, second = big.pupils[:2]
    big.wonde.school.students[second]["mis_id"] = big.wonde.school.students[first]["mis_id"]


BAD: dict[str, tuple[Callable[[Big], None], str, str]] = {
    "62 a code of the school's own": (unknown_code, "Q9", ""),
    "60 a roll that is a fifth smaller": (smaller_roll, "The roll would shrink", "roll-"),
    "4 a month that is rewritten": (rewritten_month, "September 2025 would be rewritten", "rewritten-2025-09"),
    "29 every id is another": (new_ids, "have new IDs, by their UPNs", "new-ids-"),
    "58 a mark of tomorrow": (the_future, "in the future", ""),
    "a day with hardly a mark": (thin_day, "a normal day has", "few-marks-"),
    "the same absence for everybody": (the_same_absence, "are the same absence (I)", "all-I-"),
    "two children with one number": (twice_the_same_id, "two different pupils have one id: pupil ", ""),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_feed_that_cannot_be_right_changes_nothing_until_it_is_or_somebody_says_so(fault: str, big: Big) -> None:
    spoil, told, key = BAD[fault]
    before = copy.deepcopy(big.wonde.school)
    spoil(big)
    said = big.office.refused(Exit.SOURCE, told)
    assert said == big.office.refused(Exit.SOURCE, told), "the next run says the same, and changes as little"
    assert (f"--accept {key}" in said) == bool(key)
    big.wonde.school = before
    big.wonde._cache.clear()
    big.day()
    code, said = big.office.run()
    assert (code, big.office.marks() == big.truth()) == (0, True), said


# exports in a folder


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[tuple[Office, Exports]]:
    """A school whose exports were taken in; since then somebody saved new ones, with a mark put right."""
    folder = tmp_path / "school"
    folder.mkdir()
    with office(tmp_path, {"kind": "folder", "inbox": "inbox"}, {}, names(), files=folder / "inbox") as made:
        exports = Exports(folder / "inbox")
        code, said = made.run()
        assert (code, made.marks()) == (0, true(exports)), said
        exports._monday()["Mark"] = "I"
        exports.save()
        yield made, exports


def true(exports: Exports) -> Marks:
    known = {(IDS[told.pupil], told.date, told.session): told.code for told in true_marks() if told.code != "-"}
    return known | {(IDS["p2"], date(2025, 9, 8), "AM"): _monday(exports)}


def _monday(exports: Exports) -> str:
    wanted = (IDS["p2"], "AM")
    rows = [row for row in exports.marks if (row["Adno"], row["Session"]) == wanted and row["Date"].startswith("08-")]
    return rows[0]["Mark"]


def dates(written: Callable[[date], str]) -> Callable[[Exports], None]:
    def spoil(exports: Exports) -> None:
        for row, told in zip(exports.marks, true_marks(), strict=True):
            row["Date"] = written(told.date)
        exports.save()

    return spoil


def _first_days(exports: Exports) -> None:
    """Only days up to the twelfth, in numbers: nobody can tell the day from the month."""
    dates(lambda day: f"{day:%m/%d/%Y}")(exports)


def _code(exports: Exports) -> None:
    exports._monday()["Mark"] = "Q9"
    exports.save()


def _tomorrow(exports: Exports) -> None:
    exports.marks.append({**exports._monday(), "Date": "16-Sep-2025", "Mark": "/"})
    exports.save()


EXPORTS: dict[str, tuple[Callable[[Exports], None], str]] = {
    "37 day or month first": (_first_days, "marks.csv"),
    "38 dates without a year": (dates(lambda day: f"{day:%d-%b}"), "year"),
    "62 a code of the school's own": (_code, "Q9"),
    "58 a mark of tomorrow": (_tomorrow, "in the future"),
    "a file that ends in the middle": (lambda exports: exports.spoil["cut off"](), "marks.csv"),
}


@pytest.mark.parametrize("fault", EXPORTS)
def test_an_export_that_cannot_be_right_stays_where_it_is_and_changes_nothing(
    fault: str, inbox: tuple[Office, Exports]
) -> None:
    made, exports = inbox
    good = [dict(row) for row in exports.marks]
    spoil, told = EXPORTS[fault]
    spoil(exports)
    made.refused(Exit.SOURCE, told)
    exports.marks = good
    exports.save()
    code, said = made.run()
    assert (code, made.marks()) == (0, true(exports)), said
    assert [path for path in made.source_files.rglob("marks.csv") if path.parent == made.source_files] == []


def test_an_export_that_lost_a_column_is_not_read_and_is_named_where_it_lies(inbox: tuple[Office, Exports]) -> None:
    made, exports = inbox
    headings, known = list(exports.headings), made.marks()
    exports.headings.remove("Mark")
    exports.marks, good = [{key: row[key] for key in exports.headings} for row in exports.marks], exports.marks
    exports.save()
    code, said = made.run()
    assert (code, made.marks()) == (0, known)
    assert "marks.csv: it holds neither pupils nor marks. It was left in the inbox" in said
    exports.marks, exports.headings = good, headings
    exports.save()
    assert made.run()[0] == 0
    assert made.marks() == true(exports)


# SIMS


def test_case_60_a_report_that_lost_a_column_is_refused_and_so_is_a_code_of_the_schools_own(tmp_path: Path) -> None:
    folder = tmp_path / "school"
    folder.mkdir()
    with prepared("sims", "saved reports", folder) as sims, office_of(sims, tmp_path, names()) as made:
        assert made.run()[0] == 0
        known = made.marks()
        marks, pupils = folder / "sims" / "Halfday marks.xml", folder / "sims" / "Halfday pupils.xml"
        good = marks.read_bytes(), pupils.read_bytes()
        for without in ("Mark", "Session"):
            rows = [{key: value for key, value in row.items() if key != without} for row in mark_records()]
            marks.write_text(super_star(rows), encoding="utf-8")
            assert without.casefold() in made.refused(Exit.SOURCE, "report 'Halfday marks'").casefold()
        marks.write_text(super_star(mark_records(p2_20250908_AM="7")), encoding="utf-8")
        made.refused(Exit.SOURCE, "7")
        marks.write_bytes(good[0])
        pupils.write_text(super_star([{**row, "Adno": ""} for row in pupil_records()]), encoding="utf-8")
        code, said = made.run()
        assert (code, made.marks()) == (0, known), said
        assert "8 pupils are known by another number here: joined by UPN." in said
        pupils.write_bytes(good[1])
        assert made.run()[0] == 0
        assert made.marks() == known
