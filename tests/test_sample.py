"""The made-up school behind `halfday demo`: whole, repeatable, plausible on every day, and nobody real."""

import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from functools import cache
from itertools import pairwise

import pytest

from halfday import codes
from halfday.register import Register
from halfday_sync.sources.sample import SampleSchool, sample_school
from halfday_sync.sources.sample.days import bank_holidays, school_days
from halfday_sync.sources.upn import LETTERS, check_letter

N = codes.ids("N")
DEMO_DAYS = (date(2025, 12, 5), date(2026, 2, 6))


@cache
def school(seed: int = 2025) -> SampleSchool:
    return sample_school(seed=seed)


def school_dates(made: SampleSchool) -> list[date]:
    return sorted(set(made.register.dates))


def digest(made: SampleSchool) -> str:
    parts = [*made.register.rows, repr(made.pupils).encode(), repr(made.amendments).encode()]
    parts += [repr(sorted(made.register.extras.items())).encode(), repr(made.calendar).encode()]
    return hashlib.sha256(b"".join(parts)).hexdigest()


# --- the calendar ---------------------------------------------------------------------------------------------------


def test_2025_is_the_published_calendar_it_is_patterned_on() -> None:
    days = school_days(2025)
    assert [len(run) for run in days.half_terms] == [39, 35, 30, 25, 27, 34]
    first_and_last = [(days.days[run[0]].isoformat(), days.days[run[-1]].isoformat()) for run in days.half_terms]
    assert first_and_last == [
        ("2025-09-02", "2025-10-24"),
        ("2025-11-03", "2025-12-19"),
        ("2026-01-05", "2026-02-13"),
        ("2026-02-23", "2026-03-27"),
        ("2026-04-13", "2026-05-20"),
        ("2026-06-01", "2026-07-16"),
    ]
    inset = [day.isoformat() for day, kind in days.kinds.items() if kind == "inset"]
    assert inset == ["2025-09-01", "2026-05-21", "2026-05-22", "2026-07-17", "2026-07-20"]


@pytest.mark.parametrize("first_year", range(2024, 2036))
def test_every_year_has_190_days_in_six_half_terms_and_every_weekday_a_kind(first_year: int) -> None:
    days = school_days(first_year)
    assert len(days.days) == 190
    assert len(days.half_terms) == 6
    kinds = Counter(days.kinds.values())
    assert (kinds["school"], kinds["closure"], kinds["inset"]) == (189, 1, 5)
    weekdays = [
        day
        for ordinal in range(date(first_year, 9, 1).toordinal(), date(first_year + 1, 8, 1).toordinal())
        if (day := date.fromordinal(ordinal)).weekday() < 5
    ]
    assert list(days.kinds) == weekdays
    assert days.kinds[days.closure] == "closure"
    assert days.closure.month == 1


def test_bank_holidays_are_the_published_ones() -> None:
    published = {
        2025: ["2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25"],
        2026: ["2026-12-25", "2026-12-28", "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31"],
        2027: ["2027-12-27", "2027-12-28", "2028-01-03", "2028-04-14", "2028-04-17", "2028-05-01", "2028-05-29"],
    }
    for first_year, days in published.items():
        assert sorted(day.isoformat() for day in bank_holidays(first_year)) == days


# --- the roll -------------------------------------------------------------------------------------------------------


def test_check_letters_agree_with_published_numbers() -> None:
    for upn in ("B801200005001", "P207000016049", "R674123101121", "M80120000500A", "C940200020001"):
        assert check_letter(upn[1:]) == upn[0]
    for wrong in ("A801200005001", "Q207000016049", "P473368326012"):
        assert check_letter(wrong[1:]) != wrong[0]


def test_nobody_is_real() -> None:
    made = school()
    upns = [pupil.upn for pupil in made.pupils]
    assert len(set(upns)) == 420
    for upn in upns:
        assert len(upn) == 13
        assert upn[0] in LETTERS
        assert upn[1:8] == "9999999"
        assert check_letter(upn[1:]) == upn[0]
    assert made.name == "Larkfield Primary School (made up)"


def test_the_roll_is_a_two_form_primary_school() -> None:
    pupils = school().pupils
    assert [pupil.pupil_id for pupil in pupils] == [f"P{number:04}" for number in range(1, 421)]
    assert Counter(pupil.year_group for pupil in pupils) == dict.fromkeys("R123456", 60)
    assert set(Counter(pupil.class_name for pupil in pupils).values()) == {30}
    assert len({pupil.class_name for pupil in pupils}) == 14
    assert len({pupil.house for pupil in pupils}) == 4
    assert len({pupil.surname for pupil in pupils}) > 90
    for pupil in pupils:
        assert pupil.dob is not None
        born = 2020 - ("R123456".index(pupil.year_group))
        assert date(born, 9, 1) <= pupil.dob <= date(born + 1, 8, 31)
    surnames = [pupil.surname for pupil in pupils]
    assert surnames != sorted(surnames)


@pytest.mark.parametrize("seed", [2025, 1, 2])
def test_the_roll_has_the_national_mix(seed: int) -> None:
    pupils = school(seed).pupils
    share = {
        "fsm": sum(bool(pupil.fsm) for pupil in pupils),
        "premium": sum(bool(pupil.pupil_premium) for pupil in pupils),
        "K": sum(pupil.sen == "K" for pupil in pupils),
        "E": sum(pupil.sen == "E" for pupil in pupils),
        "eal": sum(bool(pupil.eal) for pupil in pupils),
    }
    wanted = {"fsm": 26, "premium": 27.5, "K": 14, "E": 4, "eal": 20}
    for key, per_cent in wanted.items():
        assert abs(share[key] / 4.2 - per_cent) <= 1.0, key
    assert sum(bool(pupil.lac) for pupil in pupils) >= 2
    assert sum(bool(pupil.cp) for pupil in pupils) >= 3
    assert sum(bool(pupil.young_carer) for pupil in pupils) >= 3


def test_siblings_share_what_families_share() -> None:
    families: dict[str, list[int]] = {}
    pupils = school().pupils
    for index, pupil in enumerate(pupils):
        families.setdefault(pupil.family_id, []).append(index)
    several = [members for members in families.values() if len(members) > 1]
    assert sum(map(len, several)) > 150
    for members in several:
        group = [pupils[index] for index in members]
        for same in ("surname", "house", "fsm", "eal"):
            assert len({getattr(pupil, same) for pupil in group}) == 1
        births = sorted(pupil.dob for pupil in group if pupil.dob)
        assert all((later - earlier).days > 300 for earlier, later in pairwise(births))
        assert len({pupil.forename for pupil in group}) == len(group)


def test_joiners_come_last_and_nobody_has_marks_outside_their_time() -> None:
    made = school()
    first = made.register.dates[0]
    joiners = [pupil for pupil in made.pupils if pupil.start_date and pupil.start_date > first]
    leavers = [pupil for pupil in made.pupils if pupil.end_date]
    assert 11 <= len(joiners) <= 14
    assert 7 <= len(leavers) <= 9
    assert tuple(joiners) == made.pupils[-len(joiners) :]
    for pupil in made.pupils:
        for on, code in zip(made.register.dates, made.register.by_pupil[pupil.pupil_id], strict=True):
            assert (code != codes.NO_ROW) == pupil.on_roll(on)


# --- the marks ------------------------------------------------------------------------------------------------------


def test_marks_read_back_as_the_same_register() -> None:
    made = school().register
    assert len(made.sessions) == 380
    again = Register.from_marks(made.marks(), made.pupils)
    assert (again.rows, again.sessions, again.pupils) == (made.rows, made.sessions, made.pupils)
    assert again.extras == made.extras


def test_the_day_of_snow_is_y4_for_everyone_on_roll() -> None:
    made = school()
    closed = [day for day, kind in made.calendar.items() if kind == "closure"]
    assert closed == [date(2026, 1, 21)]
    y4 = codes.ids("Y4")
    for key, row in zip(made.register.sessions, made.register.rows, strict=True):
        seen = {code for code in row if code}
        assert (seen == y4) if key.date == closed[0] else seen.isdisjoint(y4)


def test_reception_starts_part_time_and_nobody_else_has_x() -> None:
    made = school()
    year_group = {pupil.pupil_id: pupil.year_group for pupil in made.pupils}
    found = [mark for mark in made.register.marks() if mark.code == "X"]
    assert {year_group[mark.pupil_id] for mark in found} == {"R"}
    assert max(mark.date for mark in found) == date(2025, 9, 10)
    assert {mark.session for mark in found} == {"PM"}


def test_part_time_timetables_are_for_compulsory_school_age() -> None:
    made = school()
    year_group = {pupil.pupil_id: pupil.year_group for pupil in made.pupils}
    found = [mark.pupil_id for mark in made.register.marks() if mark.code == "C2"]
    assert found
    assert "R" not in {year_group[pupil_id] for pupil_id in found}


def test_minutes_late_stand_beside_every_l_and_u_and_nothing_else() -> None:
    made = school().register
    for mark in made.marks():
        if mark.code == "L":
            assert mark.minutes_late is not None
            assert 1 <= mark.minutes_late < 30
        elif mark.code == "U":
            assert mark.minutes_late is not None
            assert mark.minutes_late > 30
        else:
            assert mark.minutes_late is None


def test_a_few_families_are_often_late() -> None:
    made = school().register
    lates = sorted((row.count(next(iter(codes.ids("L")))) for row in made.by_pupil.values()), reverse=True)
    assert lates[0] >= 20
    assert sum(lates[:42]) > 0.35 * sum(lates)
    assert lates[210] <= 4


# --- what was known when --------------------------------------------------------------------------------------------


def test_replaying_the_amendments_leads_to_the_final_register() -> None:
    made = school()
    final = made.as_known_on(date(2026, 7, 31))
    assert final.register == made.register
    assert final.pupils == made.pupils
    assert dict(final.calendar) == dict(made.calendar)


def test_each_day_differs_from_the_day_before_by_that_days_amendments_and_marks() -> None:
    made = school()
    days = school_dates(made)
    expected: dict[date, set[tuple[str, date, str, str, str]]] = {}
    for one in made.amendments:
        expected.setdefault(one.amended_on, set()).add((one.pupil_id, one.date, one.session, one.before, one.after))
    before = made.as_known_on(days[0])
    for day in days[1:80]:
        after = made.as_known_on(day)
        assert after.register.sessions[-2].date == day
        old, new = before.register, after.register
        changed = {
            (pupil_id, key.date, key.session, codes.by_id()[was].code, codes.by_id()[now].code)
            for key, row, then in zip(new.sessions, new.rows, old.rows, strict=False)
            if row != then
            for pupil_id, now, was in zip(new.pupils, row, then, strict=False)
            if now != was
        }
        assert changed == expected.get(day, set())
        before = after


def test_amendments_happen_after_their_session_and_only_to_pupils_with_marks() -> None:
    made = school()
    days = set(school_dates(made))
    assert len(made.amendments) > 1500
    assert list(made.amendments) == sorted(
        made.amendments, key=lambda one: (one.amended_on, one.pupil_id, one.date, one.session)
    )
    for one in made.amendments:
        assert one.amended_on > one.date
        assert one.amended_on in days
        assert one.before != one.after
        assert one.reason


def test_about_a_third_of_a_days_absence_is_unexplained_that_day_and_most_is_explained_within_five() -> None:
    made = school()
    absent = codes.ids("authorised", "unauthorised")
    gone = unexplained = 0
    position = {day: number for number, day in enumerate(school_dates(made))}
    for day in position:
        for row in made.as_known_on(day).register.rows[-2:]:
            gone += sum(code in absent for code in row)
            unexplained += sum(code in N for code in row)
    assert 0.24 <= unexplained / gone <= 0.36
    waits = [position[one.amended_on] - position[one.date] for one in made.amendments if one.before == "N"]
    assert min(waits) == 1
    assert 0.85 <= sum(wait <= 5 for wait in waits) / len(waits) < 1
    kinds = Counter((one.before, one.after) for one in made.amendments)
    for kind in (("N", "I"), ("N", "O"), ("N", "G"), ("N", "M"), ("N", "C"), ("O", "I"), ("/", "U"), ("-", "/")):
        assert kinds[kind] > 0, kind
    assert any(mark.code == "-" for mark in made.register.marks())


def test_joiners_appear_and_leavers_get_their_end_date_on_the_day() -> None:
    made = school()
    for pupil in made.pupils:
        if pupil.start_date and pupil.start_date > made.register.dates[0]:
            day = pupil.start_date
            eve = max(d for d in school_dates(made) if d < day)
            assert pupil.pupil_id not in made.as_known_on(eve).register.pupils
            assert pupil.pupil_id in made.as_known_on(day).register.pupils
        if pupil.end_date:
            later = min(d for d in school_dates(made) if d > pupil.end_date)
            eve = max(d for d in school_dates(made) if d < pupil.end_date)
            known = {one.pupil_id: one for one in made.as_known_on(later).pupils}
            assert known[pupil.pupil_id].end_date == pupil.end_date
            assert {one.pupil_id: one for one in made.as_known_on(eve).pupils}[pupil.pupil_id].end_date is None


def test_the_roll_looks_plausible_on_every_day() -> None:
    made = school()
    for day in school_dates(made):
        known = made.as_known_on(day)
        assert tuple(pupil.pupil_id for pupil in known.pupils) == known.register.pupils
        assert 395 <= sum(pupil.on_roll(day) for pupil in known.pupils) <= 420
        assert set(map(len, known.register.rows)) == {len(known.pupils)}


def test_nobody_knows_of_the_snow_before_it_falls() -> None:
    made = school()
    snow = date(2026, 1, 21)
    assert made.as_known_on(date(2026, 1, 20)).calendar[snow] == "school"
    assert made.as_known_on(snow).calendar[snow] == "closure"


def test_before_term_there_is_a_roll_and_no_marks() -> None:
    known = school().as_known_on(date(2025, 9, 1))
    assert len(known.pupils) > 395
    assert known.register.sessions == ()
    assert known.register.extras == {}


def test_extras_are_told_when_their_mark_is() -> None:
    made = school()
    known = made.as_known_on(DEMO_DAYS[0]).register
    names = codes.by_id()
    for (pupil_id, key), mark in known.extras.items():
        assert key.date <= DEMO_DAYS[0]
        row = known.rows[known.sessions.index(key)]
        assert names[row[known.pupils.index(pupil_id)]].code == mark.code


# --- a demonstration has something to show --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [2025, 1, 2, 3])
@pytest.mark.parametrize("day", DEMO_DAYS)
def test_a_demo_friday_has_the_cases_worth_showing(seed: int, day: date) -> None:
    made = school(seed)
    week_before = [d for d in school_dates(made) if d < day][-5]
    known, earlier = made.as_known_on(day), made.as_known_on(week_before).register.by_pupil
    marks = known.register.by_pupil
    crossed: Counter[int] = Counter()
    for pupil_id, row in marks.items():
        for threshold in (96, 92, 90, 86):
            crossed[threshold] += _share(earlier.get(pupil_id, row)) >= threshold > _share(row)
    assert all(crossed[threshold] >= 1 for threshold in (96, 92, 90, 86)), crossed

    penal = codes.ids(*codes.PENALTY)
    recent = [row[-100:] for row in marks.values()]
    assert any(sum(c in penal for c in row) >= 10 and sum(c in N for c in row) >= 2 for row in recent)
    assert any(sum(c in N for c in row[:-10]) for row in recent), "an N older than five school days"

    away = [pupil for pupil in known.pupils if set(marks[pupil.pupil_id][-2:]) == N]
    assert max(Counter(pupil.family_id for pupil in away).values()) >= 2
    assert any(pupil.cp and set(marks[pupil.pupil_id][-4:]) == N for pupil in known.pupils)


def _share(row: bytes) -> float:
    possible = sum(code in codes.ids(*codes.POSSIBLE) for code in row)
    return 100 * sum(code in codes.ids(*codes.ATTENDED) for code in row) / possible if possible else 100.0


# --- the same again, and fast ---------------------------------------------------------------------------------------


def test_the_same_arguments_give_the_same_school() -> None:
    assert digest(sample_school(seed=5)) == digest(sample_school(seed=5))
    assert digest(sample_school(seed=5)) != digest(sample_school(seed=6))


def test_the_school_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "import hashlib; from halfday_sync.sources.sample import sample_school; s = sample_school(pupils=90);"
        "print(hashlib.sha256(b''.join(s.register.rows) + repr((s.pupils, s.amendments)).encode()).hexdigest())"
    )
    seen = set()
    for hash_seed in ("0", "1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        seen.add(done.stdout)
    assert len(seen) == 1


def test_making_and_replaying_a_school_is_quick() -> None:
    start = time.perf_counter()
    made = sample_school(seed=99)
    assert time.perf_counter() - start < 1.5
    start = time.perf_counter()
    for day in school_dates(made)[:75]:
        made.as_known_on(day)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("pupils", [1, 2, 7, 30, 210])
def test_small_schools_work_too(pupils: int) -> None:
    made = sample_school(pupils=pupils, seed=pupils)
    assert len(made.pupils) == pupils
    assert made.as_known_on(date(2026, 7, 31)).register == made.register


@pytest.mark.parametrize("first_year", [2024, 2026, 2027, 2028])
def test_other_years_work_too(first_year: int) -> None:
    made = sample_school(pupils=60, first_year=first_year)
    assert made.register.dates[0].year == first_year
    assert len(made.register.sessions) == 380


def test_impossible_schools_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="1 to 6000 pupils, not 0"):
        sample_school(pupils=0)
    with pytest.raises(ValueError, match="1 to 6000 pupils, not 6001"):
        sample_school(pupils=6001)
    with pytest.raises(ValueError, match="August 2024, so not 2023"):
        sample_school(first_year=2023)
    with pytest.raises(ValueError, match="twelve characters"):
        check_letter("1")
