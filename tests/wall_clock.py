"""A computer's clock for tests of the watch: waiting moves it, and it may sleep, or be set wrong, at given moments."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine

LONDON = ZoneInfo("Europe/London")


def london(text: str) -> datetime:
    """A moment by the wall in London, as `2025-12-08 07:15`."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@dataclass
class WallClock:
    """The clock. In `jumps`, the wait that would pass a moment ends so much later (or earlier) instead."""

    traveller: time_machine.Traveller
    jumps: dict[datetime, timedelta] = field(default_factory=dict)

    def now(self) -> datetime:
        """The time."""
        return datetime.fromtimestamp(time.time(), UTC)

    def wait(self, seconds: float) -> None:
        """Time goes by."""
        self.traveller.shift(seconds)
        for moment in [one for one in self.jumps if one <= self.now()]:
            self.traveller.shift(self.jumps.pop(moment))

    def after(self, until: datetime) -> Callable[[], bool]:
        """Whether a moment has come: for the loop to stop."""
        return lambda: self.now() >= until

    def wall(self) -> str:
        """What the clock on the wall shows, as `2025-12-08 07:15`."""
        return f"{self.now().astimezone(LONDON):%Y-%m-%d %H:%M}"


@contextmanager
def wall_clock(start: datetime, jumps: Mapping[datetime, timedelta] | None = None) -> Iterator[WallClock]:
    """A computer in London whose clock moves by waiting only."""
    with time_machine.travel(start.astimezone(LONDON), tick=False) as traveller:
        yield WallClock(traveller, dict(jumps or {}))
