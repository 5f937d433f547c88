"""Marks, from Wonde's two lists: of children on roll, and of those who have left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from halfday.printing import counted
from halfday_sync.errors import SourceError
from halfday_sync.sources.assembly import Assembly
from halfday_sync.sources.wonde.values import Record, day, number, reference, text

OVERLAP = timedelta(days=1)
"""Asked for again each time: Wonde's times may be UTC or London's, and Wonde is hours behind the school's system."""
EARLIER = timedelta(days=31)
"""A whole reading goes so far back before the first day, for marks that were written ahead (INSET days in July)."""
_UTC = ZoneInfo("UTC")
_NOT_ON_ROLL = "Z"


def updated_after(since: datetime | None, begins: date) -> str:
    """What to ask for, as Wonde writes times.

    >>> updated_after(datetime(2025, 9, 15, 7, 15, tzinfo=ZoneInfo("Europe/London")), date(2025, 8, 1))
    '2025-09-14 06:15:00'
    >>> updated_after(None, date(2025, 8, 1))
    '2025-07-01 00:00:00'
    """
    if since is None:
        moment_ = datetime.combine(begins, time(), _UTC) - EARLIER
    else:
        moment_ = (since if since.tzinfo else since.replace(tzinfo=_UTC)).astimezone(_UTC) - OVERLAP
    return f"{moment_:%Y-%m-%d %H:%M:%S}"


@dataclass
class MarkReader:
    """Gives the marks to an assembly.

    Attributes:
        codes: register code by Wonde's id of it.
        pupils: our pupil id by Wonde's.
        deleted: Wonde's ids of children that it has deleted, and lists no more.
        whole: whether everybody should be in a list; if not, marks of children who are in none are left out.
    """

    codes: Mapping[str, str]
    pupils: Mapping[str, str]
    deleted: frozenset[str] = frozenset()
    whole: bool = True
    _left_out: int = 0
    _odd: dict[str, int] = field(default_factory=dict)

    def give(self, rows: Iterable[Record], assembly: Assembly) -> None:
        """Every mark. What cannot be read is a problem of the assembly's, told with counts."""
        for row in rows:
            self._one(row, assembly)
        for what, count in sorted(self._odd.items()):
            assembly.problems.append(f"{counted(count, 'mark')} {what}")
        if self._left_out:
            assembly.notes.append(f"{counted(self._left_out, 'mark')} of children who are in no list were left out")

    def _one(self, row: Record, assembly: Assembly) -> None:
        when, who = day(row.get("date")), reference(row.get("student"))
        if when is None:
            return self._say("without a date that can be read")
        if not who:
            return self._say("without a pupil")
        code = self._code(row)
        if code is None:
            return self._say("with an attendance code that is not in the school's list of codes")
        if who not in self.pupils and (not self.whole or who in self.deleted or code.upper() == _NOT_ON_ROLL):
            self._left_out += 1  # has left, was deleted or is still to come; what is held of it stays
            return None
        assembly.mark(
            self.pupils.get(who, who),
            when,
            text(row.get("session")),
            code,
            minutes=number(row.get("minutes_late")),
            comment=text(row.get("comment")),
        )
        return None

    def _code(self, row: Record) -> str | None:
        named = row.get("attendance_code")
        if named is None:
            return ""
        inside = named.get("data", named) if isinstance(named, Mapping) else {}
        if isinstance(inside, Mapping) and text(inside.get("code")):
            return text(inside.get("code"))
        return self.codes.get(reference(named))

    def _say(self, what: str) -> None:
        self._odd[what] = self._odd.get(what, 0) + 1


def code_list(rows: Iterable[Record]) -> dict[str, str]:
    """Register codes by Wonde's id of them.

    Raises:
        SourceError: there is none, so that no mark could be read.
    """
    found = {text(row.get("id")): text(row.get("code")) for row in rows}
    if not found:
        raise SourceError(
            "Wonde gives no attendance codes for this school, so no mark can be read.",
            now="Ask whoever looks after Wonde at the school to approve reading attendance codes.",
        )
    return found


def newest(rows: Iterable[Record]) -> date | None:
    """The latest date that any of the marks is of."""
    return max((found for found in (day(row.get("date")) for row in rows) if found), default=None)
