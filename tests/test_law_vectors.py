"""The vectors of the law notes (sections 2, 3 and 7), put to the engine and to the oracle alike."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

import pytest
from tests import oracle
from tests.oracle import DAY, SCHOOLS, Threshold

from halfday.policy.evaluate import evaluate
from halfday.policy.model import Policy
from halfday.printing import percent
from halfday.register import Mark, Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.templates import policy_path, usable_policy

BELOW_93 = Threshold("<", Fraction(93))
"""The one percentage of a trigger (the warning letter) at which a vector would be printed otherwise: Rivington's."""


def weekdays(spans: Iterable[str], closed: Iterable[str] = ()) -> tuple[date, ...]:
    found = []
    for span in spans:
        first, last = map(date.fromisoformat, span.split(" to "))
        found += [day for n in range((last - first).days + 1) if (day := first + n * DAY).weekday() < 5]
    return tuple(day for day in found if day.isoformat() not in closed)


WATH_2025 = weekdays(
    (
        "2025-09-02 to 2025-10-24",
        "2025-11-03 to 2025-12-19",
        "2026-01-05 to 2026-02-13",
        "2026-02-23 to 2026-03-27",
        "2026-04-13 to 2026-05-20",
        "2026-06-01 to 2026-07-16",
    ),
    closed=("2026-05-04",),
)
PARK_2026 = weekdays(
    (
        "2026-09-02 to 2026-10-23",
        "2026-11-02 to 2026-12-18",
        "2027-01-05 to 2027-02-12",
        "2027-02-22 to 2027-03-25",
        "2027-04-12 to 2027-05-28",
        "2027-06-07 to 2027-07-16",
    ),
    closed=("2027-05-03",),
)
WATH_OTHER = {
    "2025-09-01": "inset",
    "2026-05-04": "bank_holiday",
    "2026-05-21": "inset",
    "2026-05-22": "inset",
    "2026-05-25": "bank_holiday",
    "2026-07-17": "inset",
    "2026-07-20": "inset",
}
WATH_KINDS = dict.fromkeys(WATH_2025, "school") | {date.fromisoformat(day): kind for day, kind in WATH_OTHER.items()}


@cache
def policy_of(name: str) -> Policy:
    return usable_policy(policy_path(name))


def ask(
    name: str, codes: dict[tuple[date, str], str], kinds: dict[date, str], as_of: date, dob: date | None = None
) -> dict[str, Any]:
    """What engine and oracle both say of one pupil; it fails where they differ."""
    register = Register.from_marks(Mark("P1", day, session, code) for (day, session), code in codes.items())
    calendar = Calendar.told(kinds, register.days_taught)
    told = evaluate(policy_of(name), [Pupil("P1", dob=dob)], register, calendar, as_of)[0].to_json()
    policy = SCHOOLS[name]._replace(thresholds=(BELOW_93,) if name == "rivington" else ())
    marks = [oracle.Mark("P1", day, session, code) for (day, session), code in codes.items()]
    other = oracle.evaluate(policy, [oracle.Pupil("P1", dob)], marks, kinds, as_of)[0]
    assert {key: told[key] for key in other} == other
    return told


def counted(attended: int, possible: int) -> dict[tuple[date, str], str]:
    """So many sessions of a long year, the absences last, so that the figure only ever falls."""
    year = weekdays(["2025-09-01 to 2026-07-31"])
    sessions = [(day, session) for day in year for session in ("AM", "PM")][:possible]
    return {key: "/" if number < attended else "I" for number, key in enumerate(sessions)}


def figures(name: str, attended: int, possible: int) -> dict[str, Any]:
    codes = counted(attended, possible)
    year = dict.fromkeys(weekdays(["2025-09-01 to 2026-07-31"]), "school")
    return ask(name, codes, year, max((day for day, _ in codes), default=date(2025, 9, 1)))


# --- Section 2 --------------------------------------------------------------------------------------------------------


class Vector(NamedTuple):
    attended: int
    possible: int
    prints: str
    persistent: bool
    severe: bool
    stanton_stage: int
    by_gap_rule: bool
    """Stanton: the row says "(gap)"."""
    rivington_band: str
    below_96: bool
    below_92: bool


A, B, D, E = "A 98-100%", "B 95-97.9%", "D 90-91.9%", "E below 90%"
NO, YES = False, True

VECTORS = [
    Vector(384, 400, "96.0", NO, NO, 1, NO, B, NO, NO),
    Vector(385, 400, "96.3", NO, NO, 0, NO, B, NO, NO),
    Vector(383, 400, "95.8", NO, NO, 1, NO, B, YES, NO),
    Vector(239, 244, "98.0", NO, NO, 0, NO, B, NO, NO),
    Vector(343, 350, "98.0", NO, NO, 0, NO, A, NO, NO),
    Vector(92, 100, "92.0", NO, NO, 1, NO, "C 92-94.9%", YES, NO),
    Vector(183, 200, "91.5", NO, NO, 2, YES, D, YES, YES),
    Vector(172, 200, "86.0", YES, NO, 2, NO, E, YES, YES),
    Vector(171, 200, "85.5", YES, NO, 3, YES, E, YES, YES),
    Vector(158, 185, "85.4", YES, NO, 3, YES, E, YES, YES),
    Vector(315, 350, "90.0", YES, NO, 2, NO, D, YES, YES),
    Vector(316, 351, "90.0", NO, NO, 2, NO, D, YES, YES),
    Vector(314, 349, "90.0", YES, NO, 2, NO, E, YES, YES),
    Vector(36, 72, "50.0", YES, YES, 3, NO, E, YES, YES),
    Vector(37, 73, "50.7", YES, NO, 3, NO, E, YES, YES),
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector.attended}/{vector.possible}")
def test_the_table_of_section_2(vector: Vector) -> None:
    stanton, rivington, wath = (
        figures(name, vector.attended, vector.possible) for name in ("stanton-road", "rivington", "wath-central")
    )
    assert percent(vector.attended, vector.possible) == vector.prints
    for found in (stanton, rivington, wath):
        assert (found["persistent_absence"], found["severe_absence"]) == (vector.persistent, vector.severe)
    assert (stanton["stage"], stanton["by_gap_rule"]) == (vector.stanton_stage, vector.by_gap_rule)
    assert rivington["band"] == vector.rivington_band
    assert wath["stage"] == vector.below_96 + vector.below_92


TWO_DECIMALS = [
    ("stanton-road", 316, 351, "90.03"),
    ("stanton-road", 314, 349, "90.0"),  # persistently absent at 90 and below: the same side
    ("rivington", 314, 349, "89.97"),
    ("stanton-road", 337, 351, "96.01"),
    ("stanton-road", 239, 244, "98.0"),
    ("rivington", 239, 244, "97.95"),
    ("rivington", 343, 350, "98.0"),
    ("wath-central", 316, 351, "90.03"),
    ("wath-central", 337, 351, "96.0"),
]


@pytest.mark.parametrize(("name", "attended", "possible", "prints"), TWO_DECIMALS)
def test_two_decimals_where_one_would_be_on_the_wrong_side(
    name: str, attended: int, possible: int, prints: str
) -> None:
    assert figures(name, attended, possible)["percent"] == prints


@pytest.mark.parametrize("name", sorted(SCHOOLS))
def test_no_possible_sessions_are_no_result(name: str) -> None:
    found = figures(name, 0, 0)
    nothing = dict.fromkeys(("percent", "band", "stage_name", "stage_since", "persistent_absence", "severe_absence"))
    assert {key: found[key] for key in nothing} == nothing
    assert (found["stage"], found["by_gap_rule"]) == (0, False)


PERSISTENT = {50: 5, 60: 6, 72: 8, 73: 8, 110: 11, 190: 19, 380: 38}
SEVERE = {72: 36, 73: 37, 380: 190}


@pytest.mark.parametrize(("possible", "absent"), PERSISTENT.items())
def test_the_fewest_absences_that_make_persistent_absence(possible: int, absent: int) -> None:
    assert figures("wath-central", possible - absent, possible)["persistent_absence"] is True
    assert figures("wath-central", possible - absent + 1, possible)["persistent_absence"] is False


@pytest.mark.parametrize(("possible", "absent"), SEVERE.items())
def test_the_fewest_absences_that_make_severe_absence(possible: int, absent: int) -> None:
    found, one_less = (figures("wath-central", possible - a, possible) for a in (absent, absent - 1))
    assert (found["severe_absence"], one_less["severe_absence"]) == (True, False)
    assert (found["persistent_absence"], one_less["persistent_absence"]) == (True, True)


# --- Section 3 --------------------------------------------------------------------------------------------------------


def missed(*spells: tuple[str, str], year: tuple[date, ...] = WATH_2025) -> dict[tuple[date, str], str]:
    """Present all year, but for spells: the Monday of a week, and codes from its first session on."""
    codes = {(day, session): "/" for day in year for session in ("AM", "PM")}
    for week, text in spells:
        first = date.fromisoformat(week)
        keys = [key for key in sorted(codes) if first <= key[0] < first + 7 * DAY]
        codes |= dict(zip(keys, text, strict=False))
    return codes


PENALTY = [
    # name, spells, as of, count, first met, unresolved
    ("weeks 8 and 15", [("2025-10-20", "OOOO"), ("2025-12-15", "UUUUUU")], "2025-12-19", 10, "2025-12-17", 0),
    ("one session before that", [("2025-10-20", "OOOO"), ("2025-12-15", "UUUUUU")], "2025-12-16", 8, None, 0),
    ("weeks 1 and 10", [("2025-09-01", "OOOOO"), ("2025-11-10", "OOOOO")], "2025-11-14", 10, "2025-11-12", 0),
    ("weeks 1 and 11", [("2025-09-01", "OOOOO"), ("2025-11-17", "OOOOO")], "2025-12-19", 5, None, 0),
    ("G, N, O and U together", [("2025-09-08", "GGNNN"), ("2025-10-06", "OOUUU")], "2025-10-10", 10, "2025-10-08", 3),
    ("other absence is not counted", [("2025-09-08", "IMCERSTIIIII")], "2025-10-10", 0, None, 0),
    ("it stays met", [("2025-09-08", "OOOOOOOOOO")], "2026-07-16", 10, "2025-09-12", 0),
]


@pytest.mark.parametrize(
    ("spells", "as_of", "count", "first_met", "unresolved"),
    [row[1:] for row in PENALTY],
    ids=[row[0] for row in PENALTY],
)
def test_the_penalty_threshold_on_wath_s_calendar(
    spells: list[tuple[str, str]], as_of: str, count: int, first_met: str | None, unresolved: int
) -> None:
    found = ask("wath-central", missed(*spells), WATH_KINDS, date.fromisoformat(as_of))
    expected = {"count": count, "met": count >= 10, "first_met": first_met, "unresolved_n": unresolved}
    assert found["penalty"] == expected


COMPULSORY_AGE = [
    # born, a day, whether it counts: section 1, "31 Dec, 31 Mar, 31 Aug on or after the 5th birthday"
    ("2020-08-31", "2025-09-01", True),
    ("2020-09-01", "2025-12-30", False),
    ("2020-12-31", "2025-12-30", False),
    ("2020-12-31", "2025-12-31", True),
    ("2021-01-01", "2025-12-31", False),
    ("2021-03-31", "2026-03-30", False),
    ("2021-03-31", "2026-03-31", True),
    ("2021-04-01", "2026-07-31", False),
    # "ends last Friday of June of Year 11"
    ("2010-08-31", "2026-06-26", True),
    ("2010-08-31", "2026-06-29", False),
    ("2009-09-01", "2026-06-29", False),
    ("2010-09-01", "2026-06-29", True),
]


@pytest.mark.parametrize(("born", "day", "counts"), COMPULSORY_AGE)
def test_the_penalty_threshold_is_for_compulsory_school_age(born: str, day: str, counts: bool) -> None:  # noqa: FBT001
    year = weekdays(["2025-09-01 to 2026-07-31"])
    codes = {(when, "AM"): "O" if when.isoformat() == day else "/" for when in year}
    found = ask("wath-central", codes, dict.fromkeys(year, "school"), year[-1], date.fromisoformat(born))
    assert found["penalty"]["count"] == int(counts)


def test_the_ten_weeks_run_on_over_the_summer() -> None:
    """Law notes 3: "may span terms and school years (e.g. 2 in summer + 8 in autumn)"."""
    codes = missed(("2026-07-13", "OO"), ("2026-09-07", "OOOOOOOO"), year=WATH_2025 + PARK_2026)
    found = ask("wath-central", codes, WATH_KINDS | dict.fromkeys(PARK_2026, "school"), date(2026, 9, 11))
    assert found["penalty"] == {"count": 10, "met": True, "first_met": "2026-09-10", "unresolved_n": 0}


# --- Section 7: the calendars that these vectors stand on ------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "kinds", "in_days", "in_weeks"),
    [
        (WATH_2025, WATH_KINDS, [39, 35, 30, 25, 27, 34], [8, 7, 6, 5, 6, 7]),
        (WATH_2025, {}, [39, 35, 30, 25, 27, 34], [8, 7, 6, 5, 6, 7]),
        (PARK_2026, {}, [38, 35, 29, 24, 34, 30], [8, 7, 6, 5, 7, 6]),
    ],
    ids=["Wath Central 2025/26", "Wath Central from the marks", "Park Primary 2026/27"],
)
def test_the_published_calendars(
    days: tuple[date, ...], kinds: dict[date, str], in_days: list[int], in_weeks: list[int]
) -> None:
    calendar = Calendar.told(kinds, days)
    places = {
        day: number for number, half in enumerate(calendar.half_terms) for day in days if half.start <= day <= half.end
    }
    assert [*Counter(places.values()).values()] == in_days
    weeks = {oracle.monday(day): number for day, number in places.items()}
    assert [*Counter(weeks.values()).values()] == in_weeks
    assert len(days) == 190
    other = oracle.calendar_of([oracle.Mark("P1", day, "AM", "/") for day in days], kinds or None)
    assert [(half.begins, len(half.days)) for half in other.half_terms] == [
        (oracle.monday(half.start), count) for half, count in zip(calendar.half_terms, in_days, strict=True)
    ]
