"""Ten sessions coded G, N, O or U in any ten school weeks meet the threshold, over holidays and years; no others do."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfday.measures import Axis, Sessions
from halfday.penalty import Penalty, penalty, running
from halfday.register import AM, PM, Mark, Pupil, Register
from halfday.school_year import Calendar, monday

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # nothing here depends on the clock


def d(text: str) -> date:
    return date.fromisoformat(text)


def days(first: str, last: str, but: str = "") -> list[date]:
    span = (d(first) + timedelta(days=n) for n in range((d(last) - d(first)).days + 1))
    return [day for day in span if day.weekday() < 5 and str(day) not in but.split()]


# Wath Central 2025/26, as published, and the beginning of the year after it.
SCHOOL_DAYS = [
    *days("2025-09-02", "2025-10-24"),
    *days("2025-11-03", "2025-12-19"),
    *days("2026-01-05", "2026-02-13"),
    *days("2026-02-23", "2026-03-27"),
    *days("2026-04-13", "2026-05-20", but="2026-05-04"),
    *days("2026-06-01", "2026-07-16"),
    *days("2026-09-02", "2026-10-23"),
]
CALENDAR = Calendar.from_kinds(dict.fromkeys(SCHOOL_DAYS, "school"))


def found(week_codes: Mapping[str, str], as_of: str = "2026-10-23", pupil: Pupil | None = None) -> Penalty:
    """The penalty of a pupil with these codes, two a day from the first school day of each named week on."""
    return penalty(sessions(week_codes, as_of, pupil))


def sessions(week_codes: Mapping[str, str], as_of: str, pupil: Pupil | None = None) -> Sessions:
    marks = []
    for start, codes in week_codes.items():
        keys = [(day, session) for day in SCHOOL_DAYS if day >= d(start) for session in (AM, PM)]
        marks += [Mark("1", day, session, code) for (day, session), code in zip(keys, codes, strict=False)]
    pupil = pupil or Pupil("1")
    register = Register.from_marks(marks, ["1"])
    return Sessions.of(pupil, Axis.of(register, CALENDAR, d(as_of)), register.by_pupil["1"])


WINDOW = [  # codes by week, largest count, first met
    ({"2025-10-20": "OOOO", "2025-12-15": "UUUUUU"}, 10, "2025-12-17"),  # 8 school weeks, 9 on the wall calendar
    ({"2025-09-02": "OOOOO", "2025-11-10": "OOOOO"}, 10, "2025-11-12"),  # weeks 1 and 10
    ({"2025-09-02": "OOOOO", "2025-11-17": "OOOOO"}, 5, None),  # weeks 1 and 11
    ({"2026-07-13": "GG", "2026-09-02": "OOOOOOOO"}, 10, "2026-09-07"),  # summer and autumn
    ({"2026-06-01": "OOOOO", "2026-09-14": "OOOOO"}, 10, "2026-09-16"),  # weeks 1 and 10 over the summer
    ({"2026-06-01": "OOOOO", "2026-09-21": "OOOOO"}, 5, None),
    ({"2025-09-02": "GNOUGNOUG"}, 9, None),
    ({"2025-09-02": "GNOUGNOUGN"}, 10, "2025-09-08"),  # any mix
    ({"2025-09-02": "G/N/O/U/G/N/O/U/G/N/"}, 10, "2025-09-15"),  # need not be in a row
    ({"2025-09-02": "IIIIIIIIIIIIEEMMC"}, 0, None),  # authorised
    ({"2025-09-02": "LLLLLLLLLLLL"}, 0, None),  # late before registers close is present
    ({"2025-09-02": "----------"}, 0, None),  # no mark is not an absence
    ({"2025-09-02": "OOOOOOOOOOOO"}, 12, "2025-09-08"),
    ({"2025-09-02": "OOOOOOOOOO", "2026-01-05": "OOOOOOOOOOO"}, 11, "2025-09-08"),  # largest later, first met first
]


@pytest.mark.parametrize(("codes", "count", "first_met"), WINDOW, ids=[str(codes) for codes, _n, _met in WINDOW])
def test_ten_in_ten_school_weeks(codes: dict[str, str], count: int, first_met: str | None) -> None:
    got = found(codes)
    assert (got.count, got.first_met, got.met) == (count, first_met and d(first_met), first_met is not None)
    assert len(got.sessions) == count


def test_a_week_of_one_day_is_a_school_week_and_a_week_of_none_is_not() -> None:
    weeks = [date(2025, 9, 1) + timedelta(weeks=n) for n in range(12)]
    with_one_day = {
        day: "school" for n, week in enumerate(weeks) for day in (week, week + timedelta(days=1))[: 2 - n % 2]
    }
    marks = [Mark("1", weeks[0] + timedelta(days=n // 2), (AM, PM)[n % 2], "O") for n in range(4)]
    marks += [Mark("1", weeks[10], session, "O") for session in (AM, PM)]
    for kinds, count in ((with_one_day, 4), ({d: k for d, k in with_one_day.items() if monday(d) != weeks[3]}, 6)):
        register = Register.from_marks(marks)
        axis = Axis.of(register, Calendar.from_kinds(kinds), weeks[-1])
        assert penalty(Sessions.of(Pupil("1"), axis, register.by_pupil["1"])).count == count


AGES = [  # born, count of ten O from Monday 5 January 2026 (five days)
    (None, 10),  # not shared: counted
    (d("2018-05-01"), 10),
    (d("2020-12-31"), 10),  # five on 31 December: compulsory from that day
    (d("2021-01-01"), 0),  # from 31 March
    (d("2021-03-31"), 0),
    (d("2020-02-29"), 10),
]


@pytest.mark.parametrize(("born", "count"), AGES, ids=str)
def test_compulsory_school_age_only(born: date | None, count: int) -> None:
    assert found({"2026-01-05": "O" * 10}, pupil=Pupil("1", dob=born)).count == count


def test_it_counts_from_the_first_day_of_compulsory_age_to_the_last() -> None:
    calendar = Calendar.from_kinds(dict.fromkeys(days("2026-03-23", "2026-07-03"), "school"))

    def count(born: str, first: str) -> int:
        marks = [Mark("1", day, session, "O") for day in days(first, "2026-07-03")[:4] for session in (AM, PM)]
        register = Register.from_marks(marks)
        one = Sessions.of(Pupil("1", dob=d(born)), Axis.of(register, calendar, d("2026-07-03")), register.by_pupil["1"])
        return penalty(one).count

    assert count("2021-03-31", "2026-03-30") == 6  # from Tuesday 31 March on
    assert count("2010-08-31", "2026-06-25") == 4  # to Friday 26 June


ROLL = [
    (Pupil("1", start_date=d("2025-09-03")), "2026-10-23", 8),
    (Pupil("1", end_date=d("2025-09-03")), "2026-10-23", 4),
    (Pupil("1"), "2025-09-03", 4),
    (Pupil("1"), "2025-09-01", 0),
]


@pytest.mark.parametrize(("pupil", "as_of", "count"), ROLL)
def test_only_marks_on_roll_and_up_to_the_as_of_date_count(pupil: Pupil, as_of: str, count: int) -> None:
    assert found({"2025-09-02": "O" * 10}, as_of, pupil).count == count


UNRESOLVED = [
    ({"2025-09-02": "NNOO"}, 2),
    ({"2025-09-02": "NNNN", "2025-12-15": "OOOOO"}, 0),  # outside the largest window
    ({"2025-09-02": "NNNN", "2025-10-20": "OOOOO"}, 4),
    ({"2025-09-02": "OOOO"}, 0),
]


@pytest.mark.parametrize(("codes", "count"), UNRESOLVED)
def test_unresolved_marks_of_the_largest_window(codes: dict[str, str], count: int) -> None:
    got = found(codes)
    assert got.unresolved_n == count == sum(code == "N" for _key, code in got.sessions)


def test_two_windows_of_the_same_size() -> None:
    got = found({"2025-09-02": "O" * 10, "2026-01-05": "G" * 10})
    assert (got.count, got.first_met) == (10, d("2025-09-08"))
    assert [code for _key, code in got.sessions] in (["O"] * 10, ["G"] * 10), "one window, not a mixture"


def test_the_running_count_forgets_and_the_largest_does_not() -> None:
    codes = {"2025-09-02": "O" * 10}
    assert [found(codes, as_of).current for as_of in ("2025-09-08", "2025-11-07", "2025-11-17", "2025-11-24")] == [
        10,
        10,
        2,
        0,
    ]
    assert [found(codes, as_of).count for as_of in ("2025-09-08", "2025-11-07", "2025-11-17", "2025-11-24")] == [10] * 4


MARKS = st.dictionaries(
    st.tuples(st.sampled_from(SCHOOL_DAYS[60:110]), st.sampled_from([AM, PM])), st.sampled_from("GNOU/I"), max_size=60
)


@given(MARKS, st.sampled_from(SCHOOL_DAYS[60:130]))
@UNHURRIED
def test_it_is_the_same_as_counting_every_window_by_hand(cells: dict[tuple[date, str], str], as_of: date) -> None:
    register = Register.from_marks([Mark("1", day, session, code) for (day, session), code in cells.items()], ["1"])
    one = Sessions.of(Pupil("1"), Axis.of(register, CALENDAR, as_of), register.by_pupil["1"])
    weeks = sorted({monday(day) for day in SCHOOL_DAYS})
    bad = [day for (day, _session), code in cells.items() if code in "GNOU" and day <= as_of]

    def ending(day: date) -> int:
        """The count in the ten school weeks that end with a day, up to that day."""
        window = [week for week in weeks if week <= day][-10:]
        return sum(window[0] <= one_day <= day for one_day in bad)

    got, until = penalty(one), [day for day in SCHOOL_DAYS if day <= as_of]
    assert got.count == max(map(ending, until))
    assert got.first_met == next((day for day in until if ending(day) >= 10), None)
    assert got.current == running(one, as_of) == ending(as_of)
    assert got.count == len(got.sessions)
