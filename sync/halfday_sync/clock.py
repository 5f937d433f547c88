"""The loop of `halfday watch`. The one door to `schedule`.

Three facts about that library shape it. An exception in a job ends its loop, so every job here is guarded. It does not
make up for runs that were missed, so `times.due` is asked at the start and after every gap in the clock. It reads the
computer's own local time, which is what a school means by 07:15.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import schedule

from halfday_sync.config import TIMES
from halfday_sync.errors import Exit, HalfdayError, InUseError, UnreachableError
from halfday_sync.logbook import ERROR, INFO, WARNING, Tell, words_of
from halfday_sync.times import due, next_run, wall

STEP = 60.0
"""Seconds to wait at most: a computer that slept wakes in the middle of a wait, and must notice soon."""
GAP = timedelta(minutes=5)
"""A clock that went on, or back, by this much more than was waited for: the computer slept, or its clock was set."""
UNREACHED_MINUTES, IN_USE_MINUTES = 5, 10


@dataclass(frozen=True)
class Plan:
    """When a school's runs are.

    Attributes:
        times: times of a school day, as `07:15`.
        kinds: the kind of each day that the calendar knows.
        last_good: when the last run began that came to its end, with its zone.
    """

    times: Sequence[str] = TIMES
    kinds: Mapping[date, str] = field(default_factory=dict)
    last_good: datetime | None = None


@dataclass(frozen=True)
class Watched:
    """One school as the loop needs it.

    Attributes:
        name: what to call it; not written into logs.
        plan: reads the plan afresh.
        run: one run; takes the speaker for its lines. Raises `HalfdayError` where it refuses.
        tell: writes to the school's log and to whoever looks on.
        news: what somebody has put there to be taken in, so that it need not wait for the next time; falsy: nothing.
    """

    name: str
    plan: Callable[[], Plan]
    run: Callable[[Callable[[str], None]], Exit]
    tell: Tell
    news: Callable[[], object] = bool


def watch(
    schools: Sequence[Watched],
    *,
    now: Callable[[], datetime],
    wait: Callable[[float], None],
    stop: Callable[[], bool],
) -> None:
    """Runs what is due, until it is told to stop; a run that has begun is finished first.

    Args:
        schools: one's trouble never touches another.
        now: the time, with its zone.
        wait: waits so many seconds, or less where it is told to stop meanwhile.
        stop: whether to stop.
    """
    jobs = [_School(one, now) for one in schools]
    for one in jobs:
        one.begin()
    before = now()
    while not stop():
        seconds = max(1.0, min([STEP, *(one.idle() for one in jobs)]))
        wait(seconds)
        if stop():
            return
        jumped = abs(now() - before - timedelta(seconds=seconds)) > GAP
        for one in jobs:
            if not stop():
                one.begin() if jumped else one.go_on()
        before = now()


def run_due(schools: Sequence[Watched], *, now: Callable[[], datetime]) -> Exit:
    """Runs once what is due in each school; how the first that failed came out."""
    codes = [_School(one, now).run_if_due() for one in schools]
    return next((code for code in codes if code is not Exit.DONE), Exit.DONE)


class _School:
    """The jobs of one school, and what is remembered between them."""

    def __init__(self, watched: Watched, now: Callable[[], datetime]) -> None:
        self._watched, self._now = watched, now
        self._jobs = schedule.Scheduler()
        self._known = Plan()
        self._tried: datetime | None = None  # the wall's time of the last try
        self._waiting: type[HalfdayError] | None = None  # what keeps the run from going through, where waiting helps
        self._told: set[str] = set()  # what was told since the last good run
        self._seen: object = None  # what was put there when it was last looked at: once looked at is enough

    def begin(self) -> None:
        """Sets up the jobs from now on, and makes up for what was missed."""
        self._jobs.clear()
        self._known = self._plan()
        for text in self._known.times:
            self._jobs.every().day.at(text).do(self.run_if_due)
        if self.run_if_due() is Exit.DONE and self._waiting:  # nothing was due, but a try is still owed
            self._try_again()

    def go_on(self) -> None:
        """Runs the jobs whose time has come."""
        before = self._known.times
        self._jobs.run_pending()
        if self._known.times != before:
            self.begin()
        news = self._watched.news()
        if news and news != self._seen:
            self._run()
        self._seen = news

    def idle(self) -> float:
        """Seconds until the next job."""
        return max(0.0, self._jobs.idle_seconds or 0.0)

    def run_if_due(self) -> Exit:
        """A run where a slot has come since the last one, tried or good."""
        self._known = plan = self._plan()
        moments = [moment for moment in (self._tried, wall(plan.last_good) if plan.last_good else None) if moment]
        if due(wall(self._now()), max(moments, default=None), plan.times, plan.kinds):
            return self._run()
        return Exit.DONE

    def _plan(self) -> Plan:
        """The plan; the last one known where it cannot be read now. The run itself will say why."""
        try:
            return self._watched.plan()
        except HalfdayError as stop:
            self._tell_once(ERROR, words_of(stop))
        except Exception as fault:  # noqa: BLE001 - whatever it is, the loop goes on
            self._tell_once(ERROR, words_of(fault))
        return self._known

    def _run(self) -> Exit:
        self._tried = wall(self._now())
        lines: list[str] = []
        try:
            code = self._watched.run(lines.append)
        except KeyboardInterrupt:
            raise
        except (UnreachableError, InUseError) as stop:
            return self._wait_for(stop)
        except BaseException as stop:  # noqa: BLE001 - a job that throws, even SystemExit, never ends the loop
            self._waiting = None
            self._tell_once(ERROR, words_of(stop))
            return stop.code if isinstance(stop, HalfdayError) else Exit.BUG
        if code is Exit.DONE:
            self._done()
        for line in lines:
            self._watched.tell(INFO, line)
        return code

    def _done(self) -> None:
        if self._waiting is UnreachableError:
            self._watched.tell(INFO, "The source can be reached again.")
        elif self._waiting:
            self._watched.tell(INFO, "The tracker is free again.")
        self._waiting = None
        self._told.clear()

    def _wait_for(self, stop: UnreachableError | InUseError) -> Exit:
        """One line at the first time; then quiet, until it works again."""
        kind = UnreachableError if isinstance(stop, UnreachableError) else InUseError
        self._waiting, before = kind, self._waiting
        minutes = self._try_again()
        if before is not kind:
            how = f"Tried again every {minutes} minutes, until the next run of the day or midnight."
            self._watched.tell(WARNING, f"{words_of(stop)}\n{how}")
        return stop.code

    def _try_again(self) -> int:
        """Asks again in some minutes, as long as it is today and no slot has come that asks anyway."""
        minutes = UNREACHED_MINUTES if self._waiting is UnreachableError else IN_USE_MINUTES
        now = wall(self._now())
        midnight = datetime.combine(now.date() + timedelta(days=1), time())
        coming = next_run(now, self._known.times, self._known.kinds)
        until = min(midnight, coming or midnight) - timedelta(seconds=1)
        if now + timedelta(minutes=minutes) < until:
            self._jobs.every(minutes).minutes.until(until).do(self._again)
        return minutes

    def _again(self) -> type[schedule.CancelJob]:
        """Another try, where nobody else has run it meanwhile; it asks for the next one itself."""
        last = self._plan().last_good
        if self._waiting and last and self._tried and wall(last) > self._tried:
            self._done()
        if self._waiting:
            self._run()
        return schedule.CancelJob

    def _tell_once(self, level: int, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            self._watched.tell(level, words)
