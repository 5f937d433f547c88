"""Figures and dates as staff read them. Rounding happens here and nowhere else."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

NO_SESSIONS = "no sessions"


def half_up(exact: Fraction, places: int) -> str:
    """A number with a fixed number of decimals, halves up (as the DfE rounds).

    >>> half_up(Fraction(38500, 400), 1), half_up(Fraction(91975, 1000), 2), half_up(Fraction(-5, 100), 1)
    ('96.3', '91.98', '-0.1')
    """
    sign = "-" if exact < 0 else ""
    scaled = (abs(exact) * 10**places * 2 + 1) // 2
    whole, part = divmod(scaled, 10**places)
    return f"{sign}{whole}.{part:0{places}d}" if places else f"{sign}{whole}"


class Cut(NamedTuple):
    """A threshold in %: the upper side begins at the value (`inclusive`) or just above it."""

    value: Fraction
    inclusive: bool

    def above(self, exact: Fraction) -> bool:
        """Whether a figure is on the upper side."""
        return self.reached(exact.numerator, exact.denominator)

    def reached(self, top: int, bottom: int) -> bool:
        """The same of a figure given as a ratio of whole numbers (a positive `bottom`)."""
        left, right = top * self.value.denominator, self.value.numerator * bottom
        return left >= right if self.inclusive else left > right


def percent(attended: int, possible: int, cuts: Iterable[Cut] = ()) -> str | None:
    """Attendance for print: one decimal; two where one would put the figure on the wrong side of one of the `cuts`.

    No possible sessions have no percentage: `None`.

    >>> absent = Cut(Fraction(90), inclusive=False)  # persistently absent at 90% and below
    >>> percent(316, 351, [absent]), percent(315, 350, [absent]), percent(0, 0)
    ('90.03', '90.0', None)
    """
    if not possible:
        return None
    tenths = (2000 * attended + possible) // (2 * possible)
    if any(cut.reached(tenths, 10) != cut.reached(100 * attended, possible) for cut in cuts):
        return half_up(Fraction(100 * attended, possible), 2)
    return f"{tenths // 10}.{tenths % 10}"


def number(exact: Fraction) -> str:
    """A threshold as a policy writes it: without needless decimals.

    >>> number(Fraction(92)), number(Fraction(925, 10))
    ('92', '92.5')
    """
    return f"{float(exact):g}"


def day(when: date) -> str:
    """A date as staff read it: `Tue 3 Mar`.

    >>> day(date(2026, 3, 3))
    'Tue 3 Mar'
    """
    return f"{when:%a} {when.day} {when:%b}"


def day_and_year(when: date) -> str:
    """A date as a record keeps it: `Tue 3 Mar 2026`.

    >>> day_and_year(date(2026, 3, 3))
    'Tue 3 Mar 2026'
    """
    return f"{day(when)} {when.year}"


def date_in_words(when: date) -> str:
    """A date with its year: `3 Mar 2026`.

    >>> date_in_words(date(2026, 3, 3))
    '3 Mar 2026'
    """
    return f"{when.day} {when:%b %Y}"


def date_in_full(when: date) -> str:
    """A date as a letter writes it: `Tuesday 3 March 2026`.

    >>> date_in_full(date(2026, 3, 3))
    'Tuesday 3 March 2026'
    """
    return f"{when:%A} {when.day} {when:%B %Y}"


def days(sessions: int) -> str:
    """Sessions as days: two are one.

    >>> days(19), days(1), days(2), days(0)
    ('9½', '½', '1', '0')
    """
    whole, half = divmod(sessions, 2)
    return f"{whole or ''}½" if half else f"{whole:,}"


def missed_in_words(sessions: int) -> str:
    """School missed, as parents would say it.

    >>> [missed_in_words(count) for count in (0, 1, 2, 3, 19)]
    ['no days', 'half a school day', '1 school day', '1½ school days', '9½ school days']
    """
    if sessions < 2:
        return "half a school day" if sessions else "no days"
    return f"{days(sessions)} school day{'' if sessions == 2 else 's'}"


def lessons_in_words(sessions: int, lessons_a_day: int) -> str:
    """The same in lessons; nothing where the school does not count in them, or none was missed.

    >>> lessons_in_words(19, 4), lessons_in_words(1, 5), lessons_in_words(2, 1), lessons_in_words(19, 0)
    ('38 lessons', '2½ lessons', '1 lesson', '')
    """
    halves = sessions * lessons_a_day
    if not halves:
        return ""
    return f"{days(halves)} lesson{'' if halves in (1, 2) else 's'}"


def in_a_row(words: Iterable[str]) -> str:
    """Several things in a sentence.

    >>> in_a_row(["Ava"]), in_a_row(["Ava", "Ben"]), in_a_row(["Ava", "Ben", "Cy"]), in_a_row([])
    ('Ava', 'Ava and Ben', 'Ava, Ben and Cy', '')
    """
    *first, last = [*words] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def first_few(items: Iterable[object], most: int = 10) -> str:
    """The first of many, and how many more there are.

    >>> first_few([3, 5, 9]), first_few(range(1204), 2)
    ('3, 5, 9', '0, 1 and 1,202 more')
    """
    words = [str(item) for item in items]
    return ", ".join(words[:most]) + (f" and {len(words) - most:,} more" if len(words) > most else "")


def counted(count: int, thing: str, things: str = "") -> str:
    """A count with its noun.

    >>> counted(1, "session"), counted(2, "session"), counted(0, "child", "children")
    ('1 session', '2 sessions', '0 children')
    """
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"
