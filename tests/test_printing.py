"""A printed figure is rounded half up, once, and never on the wrong side of a threshold that two decimals can show."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfday.printing import Cut, counted, day, half_up, number, percent

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # nothing here depends on the clock

HALF_UP = [
    (Fraction(9625, 100), 1, "96.3"),
    (Fraction(9575, 100), 1, "95.8"),
    (Fraction(9624999, 100000), 1, "96.2"),
    (Fraction(1, 20), 1, "0.1"),  # Python's own round() says 0.0 here
    (Fraction(5, 2), 0, "3"),
    (Fraction(7, 2), 0, "4"),
    (Fraction(100), 1, "100.0"),
    (Fraction(0), 1, "0.0"),
    (Fraction(2, 3), 2, "0.67"),
    (Fraction(1005, 1000), 2, "1.01"),
    (Fraction(-5, 100), 1, "-0.1"),
    (Fraction(99999, 1000), 1, "100.0"),
    (Fraction(907, 100), 1, "9.1"),
]


@pytest.mark.parametrize(("exact", "places", "text"), HALF_UP)
def test_halves_go_up(exact: Fraction, places: int, text: str) -> None:
    assert half_up(exact, places) == text


@given(st.fractions(0, 1000), st.integers(0, 3))
@UNHURRIED
def test_the_rounded_figure_is_the_nearest(exact: Fraction, places: int) -> None:
    off = Fraction(half_up(exact, places)) - exact
    half = Fraction(1, 2 * 10**places)
    assert -half < off <= half


PA, SA = Cut(Fraction(90), inclusive=False), Cut(Fraction(50), inclusive=False)
FROM_92, ABOVE_96, FROM_98 = (
    Cut(Fraction(92), inclusive=True),
    Cut(Fraction(96), inclusive=False),
    Cut(Fraction(98), inclusive=True),
)
PRINTED = [  # attended, possible, cuts, printed
    (384, 400, [ABOVE_96], "96.0"),
    (385, 400, [ABOVE_96], "96.3"),
    (383, 400, [ABOVE_96], "95.8"),
    (337, 351, [ABOVE_96], "96.01"),
    (239, 244, [], "98.0"),
    (239, 244, [FROM_98], "97.95"),
    (343, 350, [FROM_98], "98.0"),
    (92, 100, [FROM_92], "92.0"),
    (367, 399, [FROM_92], "91.98"),
    (315, 350, [PA], "90.0"),
    (316, 351, [PA], "90.03"),
    (316, 351, [], "90.0"),
    (314, 349, [PA], "90.0"),
    (314, 349, [Cut(Fraction(90), inclusive=True)], "89.97"),
    (36, 72, [SA], "50.0"),
    (37, 73, [SA], "50.7"),
    (1, 1, [PA, SA], "100.0"),
    (0, 5, [PA, SA], "0.0"),
    (0, 0, [PA], None),
]


@pytest.mark.parametrize(("attended", "possible", "cuts", "text"), PRINTED)
def test_one_decimal_or_two_where_one_would_mislead(
    attended: int, possible: int, cuts: list[Cut], text: str | None
) -> None:
    assert percent(attended, possible, cuts) == text


SESSIONS = st.integers(1, 760).flatmap(lambda possible: st.tuples(st.integers(0, possible), st.just(possible)))
CUTS = st.lists(
    st.builds(Cut, st.fractions(0, 100, max_denominator=2) | st.integers(85, 100).map(Fraction), st.booleans()),
    max_size=5,
)


@given(SESSIONS, CUTS)
@UNHURRIED
def test_never_on_the_wrong_side_where_two_decimals_suffice(sessions: tuple[int, int], cuts: list[Cut]) -> None:
    attended, possible = sessions
    exact = Fraction(100 * attended, possible)
    shown = percent(attended, possible, cuts)
    assert shown is not None

    def right(text: str) -> bool:
        return all(cut.above(Fraction(text)) == cut.above(exact) for cut in cuts)

    assert shown in {half_up(exact, 1), half_up(exact, 2)}
    if right(half_up(exact, 2)):
        assert right(shown)
    if right(half_up(exact, 1)):
        assert shown == half_up(exact, 1), "one decimal is enough"


WORDS = [
    (number(Fraction(92)), "92"),
    (number(Fraction(975, 10)), "97.5"),
    (number(Fraction(0)), "0"),
    (number(Fraction(100)), "100"),
    (day(date(2026, 3, 3)), "Tue 3 Mar"),
    (day(date(2025, 12, 25)), "Thu 25 Dec"),
    (counted(0, "session"), "0 sessions"),
    (counted(1, "child", "children"), "1 child"),
    (counted(2, "child", "children"), "2 children"),
    (counted(157320, "mark"), "157,320 marks"),
]


@pytest.mark.parametrize(("said", "expected"), WORDS)
def test_numbers_and_dates_as_staff_read_them(said: str, expected: str) -> None:
    assert said == expected
