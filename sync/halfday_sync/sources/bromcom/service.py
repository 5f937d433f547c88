"""Bromcom's Partner API."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from halfday.printing import counted
from halfday_sync.errors import HalfdayError, SourceError
from halfday_sync.sources.assembly import Assembly, Rules
from halfday_sync.sources.base import Carries, Look, Site, Snapshot
from halfday_sync.sources.bromcom.rows import BY_WEEK, PUPILS, Reading, Row, folded, mondays
from halfday_sync.sources.web import Web

_FULL = 1000
"""A page is full at 100,000 rows. Should that ever be fewer, it will be a round number: then the next page is asked."""
_SPAN = timedelta(days=28)
"""So much of `BasicAttendance` is asked for at once."""
_START, _END = "enrolmentstartDate", "enrolmentendDate"
"""What the filter calls the ends of an enrolment."""


@dataclass(frozen=True)
class Service:
    """The source of the kind `bromcom`; `secrets` are the headers that let us in."""

    settings: Mapping[str, Any]
    site: Site
    secrets: Mapping[str, str] = field(repr=False)

    @property
    def carries(self) -> Carries:
        """Everything but minutes late; what changed cannot be asked for."""
        return Carries(minutes=False)

    def pull(self, since: datetime | None) -> Snapshot:
        """Pupils, with those who left since the first day that is asked for, and the marks of the weeks.

        Raises:
            UnreachableError: the service could not be reached; the same may work later.
            SourceError: it refused, or what it gave contradicts itself; every problem at once.
        """
        first = self.site.window(since)
        assembly = Assembly("Bromcom", self._rules(first))
        reading = Reading(assembly, self.settings["pupil_id"])
        with self._web() as web:
            reading.pupils(self._pupils(web))
            reading.leavers(self._leavers(web))
            if self.settings["entity"] == BY_WEEK:
                self._weeks(web, reading, first)
            else:
                self._basic(web, reading, first)
        reading.finish()
        whole = first == self.site.begins
        return assembly.finish(
            as_of=self.site.now,
            every_session=True,
            since=None if whole or since is None else min(since, datetime.combine(first, time(), UTC)),
            whole=whole,
        )

    def look(self) -> Iterator[Look]:
        """Whether it lets us read pupils, and then marks of this week and the last."""
        reading = Reading(Assembly("Bromcom", self._rules(self.site.begins)), self.settings["pupil_id"])
        with self._web() as web:
            yield (pupils := _tried("pupils", lambda: self._look_at_pupils(web, reading)))
            if pupils.well:
                yield _tried("marks", lambda: self._look_at_marks(web))

    def archive(self) -> None:
        """Nothing to do: the service forgets nothing."""

    def _look_at_pupils(self, web: Web, reading: Reading) -> str:
        rows = list(self._pupils(web))
        reading.pupils(rows)
        reading.finish()
        if reading.assembly.problems:
            raise SourceError("The list cannot be used.", problems=reading.assembly.problems)
        return f"{counted(len({row.get('studentid') for row in rows}), 'pupil')}."

    def _look_at_marks(self, web: Web) -> str:
        first = self.site.today - timedelta(days=7)
        if self.settings["entity"] == BY_WEEK:
            rows = [row for monday in mondays(first, self.site.today) for row in self._week(web, monday)]
        else:
            rows = list(self._days(web, first, self.site.today))
        return f"{counted(len(rows), 'row')} of {self.settings['entity']}, of this week and the last."

    def _weeks(self, web: Web, reading: Reading, first: date) -> None:
        every = list(mondays(first, self.site.today))
        for done, monday in enumerate(every):
            self.site.progress("weeks of marks", done, len(every))
            reading.weeks(self._week(web, monday), monday)
        self.site.progress("weeks of marks", len(every), len(every))

    def _basic(self, web: Web, reading: Reading, first: date) -> None:
        while first <= self.site.today:
            last = min(first + _SPAN - timedelta(days=1), self.site.today)
            reading.basic(self._days(web, first, last))
            first = last + timedelta(days=1)
            self.site.progress("days of marks", (last - self.site.begins).days, None)

    def _pupils(self, web: Web) -> Iterator[Row]:
        """Everybody who is on roll today."""
        today = self.site.today
        return self._rows(web, PUPILS, f"{_START}<='{today}' and ({_END}>='{today}' or isnull({_END},'')='')")

    def _leavers(self, web: Web) -> Iterator[Row]:
        """Everybody who left within the time that a whole pull asks for."""
        return self._rows(web, PUPILS, f"{_END}>='{self.site.begins}' and {_END}<'{self.site.today}'")

    def _week(self, web: Web, monday: date) -> Iterator[Row]:
        noon = f"{monday + timedelta(days=2)}T12:00:00"  # of Wednesday: inside the week, however long it is
        return self._rows(web, BY_WEEK, f"startDate<='{noon}' and endDate>='{noon}'")

    def _days(self, web: Web, first: date, last: date) -> Iterator[Row]:
        day = "calendarStartDate"
        return self._rows(web, "BasicAttendance", f"{day}>='{first}T00:00:00' and {day}<='{last}T23:59:59'")

    def _rows(self, web: Web, entity: str, wanted: str) -> Iterator[Row]:
        page = 0
        while True:
            asked = quote(f"{wanted}{{page:{page}}}", safe="")
            told = web.json(f"{entity}?schoolId={self.settings['school_id']}&entityFilter={asked}", asked=entity)
            rows = _data(told, entity)
            yield from map(folded, rows)
            page += 1
            if not rows or len(rows) % _FULL:
                return

    def _rules(self, first: date) -> Rules:
        return Rules(
            self.site.today,
            first,
            codes=self.settings.get("codes", {}),
            keep_comments=bool(self.settings.get("keep_comments")),
        )

    def _web(self) -> Web:
        return Web(
            "Bromcom",
            self.settings["address"],
            wait=self.site.wait,
            now=self.site.now,
            headers=self.secrets,
        )


def _data(told: Any, entity: str) -> list[Mapping[Any, Any]]:
    """The rows of an answer, once it says that it went well."""
    if not isinstance(told, dict) or told.get("success") is not True:
        raise SourceError(
            f"Bromcom says that it could not give {entity}.",
            now="Is source.school_id in halfday.toml right, and may this application see that school?",
        )
    rows = told.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceError(f"What Bromcom sent for {entity} is not a list of rows.", now="Tell us: it has changed.")
    return rows


def _tried(title: str, ask: Callable[[], str]) -> Look:
    try:
        return Look(title, well=True, words=ask())
    except HalfdayError as stop:
        return Look.failed(title, stop)
