"""The made-up school's calendar: 190 days on the pattern of a real one.

Pattern: Wath Central Primary 2025/26 (Rotherham), which for 2025 these rules give back day for day: 39, 35, 30, 25, 27
and 34 days, INSET on 1 September, 21 and 22 May, 17 and 20 July. The closure for snow is invented.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

PUPIL_DAYS = 190
"""Days a maintained school must open in a year (School Organisation regulations): 380 sessions."""
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class SchoolDays:
    """A school year, day by day.

    Attributes:
        kinds: kind of every weekday from 1 September to 31 July.
        days: the scheduled school days, in order; the closure is one of them.
        closure: the day the whole school was closed by snow.
    """

    kinds: dict[date, str]
    days: tuple[date, ...]
    closure: date

    @cached_property
    def half_terms(self) -> tuple[range, ...]:
        """Half terms as runs of positions in `days`, split where five or more weekdays have no school."""
        starts = [0]
        for index, (before, after) in enumerate(pairwise(self.days), start=1):
            # Only a gap with a whole week in it holds five weekdays: bank holidays and INSET days do not split.
            if (after - before).days > 7:
                starts.append(index)
        return tuple(range(a, b) for a, b in zip(starts, [*starts[1:], len(self.days)], strict=True))


def _nth_monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7 + 7 * (nth - 1))


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=last.weekday())


def _easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian computus.

    >>> _easter(2026), _easter(2027)
    (datetime.date(2026, 4, 5), datetime.date(2027, 3, 28))
    """
    century, of_century = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    month, day = divmod(epact + sunday - 7 * ((golden + 11 * epact + 22 * sunday) // 451) + 114, 31)
    return date(year, month, day + 1)


def next_weekday(day: date) -> date:
    """The day itself, or the Monday after it where it is at a weekend."""
    while day.weekday() > 4:
        day += _DAY
    return day


def bank_holidays(first_year: int) -> frozenset[date]:
    """Bank holidays in England between September and July, with the substitute days for those at a weekend."""
    christmas = next_weekday(date(first_year, 12, 25))
    boxing = next_weekday(date(first_year, 12, 26))
    if boxing == christmas:
        boxing = next_weekday(boxing + _DAY)
    spring = first_year + 1
    easter = _easter(spring)
    return frozenset(
        {
            christmas,
            boxing,
            next_weekday(date(spring, 1, 1)),
            easter - 2 * _DAY,
            easter + _DAY,
            _nth_monday(spring, 5, 1),
            _last_monday(spring, 5),
        }
    )


def _holidays(first_year: int) -> dict[date, int]:
    """Monday and length in weeks of each school holiday between September and July."""
    spring = first_year + 1
    christmas = date(first_year, 12, 25)
    april = date(spring, 4, 4)  # the Monday nearest to 1 April is the last one up to the 4th
    return {
        _last_monday(first_year, 10): 1,
        christmas - timedelta(days=christmas.weekday()): 2,
        _nth_monday(spring, 2, 3): 1,
        april - timedelta(days=april.weekday()): 2,
        _last_monday(spring, 5): 1,
    }


def school_days(first_year: int) -> SchoolDays:
    """The calendar of the school year that starts in September of `first_year`."""
    first, last = date(first_year, 9, 1), date(first_year + 1, 7, 31)
    banks = bank_holidays(first_year)
    off = {monday + n * _DAY for monday, weeks in _holidays(first_year).items() for n in range(7 * weeks)}
    whitsun = _last_monday(first_year + 1, 5)
    inset = {next_weekday(first), whitsun - 4 * _DAY, whitsun - 3 * _DAY}
    closure = _nth_monday(first_year + 1, 1, 3) + 2 * _DAY
    kinds: dict[date, str] = {}
    days: list[date] = []
    day, after = first, 0
    while day <= last:
        kind = "bank_holiday" if day in banks else "holiday" if day in off else "inset" if day in inset else "school"
        if kind == "school" and len(days) == PUPIL_DAYS:
            # The last two of the five INSET days follow the last day for pupils; then the summer holiday.
            after += 1
            kind = "inset" if after <= 2 else "holiday"
        if day.weekday() <= 4:
            kinds[day] = "closure" if day == closure else kind
            if kind == "school":
                days.append(day)
        day = next_weekday(day + _DAY)
    return SchoolDays(kinds, tuple(days), closure)
