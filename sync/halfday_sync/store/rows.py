"""The rows that the store gives and takes, and how times and dates are spelled in the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol

from halfday.carer import Carer
from halfday.register import Pupil, Register
from halfday_sync.entries import Typed


class AsideTold(Protocol):
    """A mark that a source contradicts itself about (`sources.base.SetAside` is one)."""

    @property
    def pupil_id(self) -> str:
        """Whose mark."""

    @property
    def date(self) -> date:
        """Its date."""

    @property
    def session(self) -> str:
        """`AM` or `PM`."""

    @property
    def words(self) -> str:
        """A sentence without names: what the source says, and what to do."""


class Picture(Protocol):
    """What the store needs of a snapshot (`sources.base.Snapshot` is one; the store does not import the sources)."""

    @property
    def pupils(self) -> tuple[Pupil, ...]:
        """The roll as the source tells it."""

    @property
    def register(self) -> Register:
        """Every mark it tells."""

    @property
    def calendar(self) -> Mapping[date, str]:
        """Kind of day by date; empty when not told."""

    @property
    def as_of(self) -> datetime | None:
        """When the source says its data is from."""

    @property
    def complete(self) -> bool:
        """Whether a pupil who is not here has left."""

    @property
    def since(self) -> datetime | None:
        """Since when changes were asked for; none: for everything."""

    @property
    def whole(self) -> bool:
        """Whether every mark that the source has is here."""

    @property
    def set_aside(self) -> Sequence[AsideTold]:
        """Marks that were not taken."""

    @property
    def carers(self) -> tuple[Carer, ...] | None:
        """Whom to ring and to write to; none where the source does not share that."""


_NO_MARK = ("", "-")


@dataclass(frozen=True, slots=True)
class Amendment:
    """A mark that changed after it was first acknowledged. `before` is empty when there was none.

    Attributes:
        before: the code that stood there; `-` where it had been noted that there is no mark yet.
    """

    pupil_id: str
    date: date
    session: str
    before: str
    after: str
    recorded_at: datetime

    @property
    def is_late(self) -> bool:
        """Whether a mark arrived late: nobody's word was changed."""
        return self.before in _NO_MARK and self.after not in _NO_MARK

    @property
    def is_gap(self) -> bool:
        """Whether it only says that there is no mark yet."""
        return self.before == "" and self.after in _NO_MARK


@dataclass(frozen=True, slots=True)
class Changes:
    """What acknowledging a snapshot changed.

    Attributes:
        added: marks acknowledged for the first time (new sessions, and the marks that came together with a new pupil).
        amended: marks of known sessions and known pupils that changed or arrived late.
        joined: pupils newly on the list, or back on it.
        left: pupils whom a complete snapshot no longer lists.
        unchanged: nothing at all differed, neither marks nor roll, details, calendar, minutes, comments or carers.
    """

    added: int = 0
    amended: tuple[Amendment, ...] = ()
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    unchanged: bool = True


@dataclass(frozen=True, slots=True)
class PupilVersion:
    """What was believed about a pupil between two instants (`until` is open for the present row)."""

    pupil: Pupil
    since: datetime
    until: datetime | None
    listed: bool


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One acknowledged snapshot: when, from where, how much, and what of it was new.

    `since` is what was asked for: marks that changed since then, or (none) every mark. `began` is told only where the
    clock said an earlier time than that of the snapshot before; `recorded_at` is that one's then.
    """

    id: int
    recorded_at: datetime
    source: str
    run: int | None
    as_of: datetime | None
    complete: bool
    since: datetime | None
    pupils: int
    sessions: int
    marks: int
    added: int
    amended: int
    digest: str
    began: datetime | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A mark that stands aside: the source contradicts itself, and a person has to say in the MIS which is right."""

    pupil_id: str
    date: date
    session: str
    words: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Vanished:
    """A pupil whom the source no longer names, without a leaving date; `since` is the day on which that was seen."""

    pupil_id: str
    since: date


@dataclass(frozen=True, slots=True)
class NotShared:
    """A field that nobody has in the source any more; what was known of so many pupils counts on."""

    field: str
    pupils: int
    since: date


@dataclass(frozen=True, slots=True)
class KeptFlag:
    """A flag that was yes of a pupil and is not told any more; it counts on until the source or a person says no."""

    pupil_id: str
    field: str
    since: date

    @property
    def key(self) -> str:
        """By which a person says that it is over.

        >>> KeptFlag("2101", "cp", date(2026, 3, 3)).key
        'flag-cp-2101'
        """
        return f"flag-{self.field}-{self.pupil_id}"


@dataclass(frozen=True, slots=True)
class OpenDoubt:
    """What a refused pull asked and nobody has answered yet.

    Attributes:
        key: what a person accepts.
        words: a sentence with counts and ids, no names.
        source: the kind of source.
        command: the command that asked, to be given again with the answer.
        at: when it was asked last.
    """

    key: str
    words: str
    source: str
    command: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What a settled day came to for one pupil, and the fingerprint of the policy that said so."""

    pupil_id: str
    attended: int
    possible: int
    band: str | None
    stage: int
    stage_since: date | None
    policy: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something put in front of people, and the day on which it first was."""

    kind: str
    pupil_id: str
    key: str
    on: date


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the history of what people typed.

    Attributes:
        kind: `text`, `number`, `bool` or `date`; `cleared` (the cell was emptied), `withdrawn` (the row was deleted) or
            `moved` (it counts for the row of the pupil's new id since).
        value: what it said; nothing for the last three.
        said_by, said_at: who saved the workbook, and when, as far as the file tells.
        seen_at: when a run read it.
    """

    place: str
    key: str
    column: str
    pupil_id: str
    kind: str
    value: Typed
    said_by: str
    said_at: datetime | None
    seen_at: datetime
    run: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """One line of the run log. `finished` is empty when the run was stopped from outside. Counts only, never names."""

    id: int
    started: datetime
    finished: datetime | None
    as_of: date | None
    exit_code: int | None
    counts: Mapping[str, int] = field(default_factory=dict)


def stamp(when: datetime) -> str:
    """A time as the file spells it: UTC with microseconds, so that the order of the text is the order of time.

    >>> stamp(datetime(2026, 3, 3, 8, tzinfo=UTC))
    '2026-03-03T08:00:00.000000+00:00'
    """
    if when.tzinfo is None:
        raise ValueError("the store takes times with a zone only: give an aware datetime")
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str | None) -> datetime | None:
    """A time read back, or nothing."""
    return datetime.fromisoformat(text) if text else None


def day(text: str | None) -> date | None:
    """A date read back, or nothing."""
    return date.fromisoformat(text) if text else None


def iso(when: date | datetime | None) -> str | None:
    """A date, or a time in the source's own zone, as text."""
    return when.isoformat() if when is not None else None
