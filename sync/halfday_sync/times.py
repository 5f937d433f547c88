"""When a school's runs are due: pure, from times of the day and the calendar.

All times here are what the clock on the wall shows, without a zone: 07:15 is 07:15 in summer and in winter.
A slot is one time of one school day. Whoever has moments with a zone turns them by `wall`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Protocol

NO_SCHOOL = frozenset({"holiday", "inset", "bank_holiday"})
"""Kinds of day without a run. A closure (snow) has one: what was planned for that day still changes."""
_FAR = 100
"""Days to look back or ahead: longer than any holiday."""
_SLACK = timedelta(days=1)
"""A last run that lies further ahead than this was made while the computer's clock was wrong: it says nothing."""


def wall(moment: datetime) -> datetime:
    """What the clock on the wall of this computer shows at a moment; the result has no zone."""
    return moment.astimezone().replace(tzinfo=None)


class RunLine(Protocol):
    """What is needed of a line of the run log (`store.Run` is one)."""

    @property
    def started(self) -> datetime:
        """When it began, with its zone."""

    @property
    def as_of(self) -> date | None:
        """The day it was for."""

    @property
    def exit_code(self) -> int | None:
        """How it ended; nothing where it was stopped from outside."""


def last_good(runs: Sequence[RunLine]) -> datetime | None:
    """When the newest run began that came to its end; a run for another day (`--as-of`) does not count.

    The newest is the last one written down: the computer's clock may have been wrong in between.
    """
    good = (run.started for run in reversed(runs) if run.exit_code == 0 and run.as_of == wall(run.started).date())
    return next(good, None)


def runs_on(day: date, kinds: Mapping[date, str]) -> bool:
    """Whether there are runs on a day. A day that the calendar does not know is a school day from Monday to Friday.

    >>> friday = date(2025, 12, 5)
    >>> runs_on(friday, {}), runs_on(friday + timedelta(days=1), {}), runs_on(friday, {friday: "inset"})
    (True, False, False)
    """
    kind = kinds.get(day)
    return day.weekday() < 5 if kind is None else kind not in NO_SCHOOL


def slots(day: date, times: Sequence[str], kinds: Mapping[date, str]) -> tuple[datetime, ...]:
    """The slots of a day, the earliest first; none on a day without a run. `times` are as `07:15`."""
    if not runs_on(day, kinds):
        return ()
    return tuple(datetime.combine(day, time.fromisoformat(text)) for text in sorted(times))


def last_slot(now: datetime, times: Sequence[str], kinds: Mapping[date, str]) -> datetime | None:
    """The newest slot that has come, or nothing where there was none in the last hundred days."""
    for back in range(_FAR):
        passed = [slot for slot in slots(now.date() - timedelta(days=back), times, kinds) if slot <= now]
        if passed:
            return passed[-1]
    return None


def due(now: datetime, last: datetime | None, times: Sequence[str], kinds: Mapping[date, str]) -> bool:
    """Whether a slot has come since the last run: one run makes up for every slot that was missed.

    Args:
        now: the wall's time.
        last: the wall's time of the last run, or nothing where there was none: then one is due.
        times: the times of a school day, as `07:15`.
        kinds: the kind of each day that the calendar knows.

    >>> monday, slot = datetime(2025, 12, 8, 9, 0), datetime(2025, 12, 8, 7, 15)
    >>> due(monday, datetime(2025, 12, 5, 13, 45), ["07:15"], {}), due(monday, slot, ["07:15"], {})
    (True, False)
    """
    slot = last_slot(now, times, kinds)
    if slot is None:
        return False
    return last is None or last < slot or last > now + _SLACK


def next_run(now: datetime, times: Sequence[str], kinds: Mapping[date, str]) -> datetime | None:
    """The next slot after now, or nothing where the calendar knows of none in the next hundred days."""
    for ahead in range(_FAR):
        coming = [slot for slot in slots(now.date() + timedelta(days=ahead), times, kinds) if slot > now]
        if coming:
            return coming[0]
    return None


def page_due(times: Sequence[str]) -> time:
    """By when the page of a school day should be that day's: an hour after the first run, or the end of the day.

    >>> page_due(["09:30", "07:15"]), page_due(["23:10"]) == time.max
    (datetime.time(8, 15), True)
    """
    first = time.fromisoformat(min(times))
    return time(first.hour + 1, first.minute) if first.hour < 23 else time.max
