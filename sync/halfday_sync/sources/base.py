"""What every source gives: one whole, dated picture of a school; and what the world gives a source."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from halfday.carer import Carer
from halfday.printing import counted
from halfday.register import Pupil, Register
from halfday.school_year import year_of
from halfday_sync.errors import HalfdayError

LOOK_BACK_DAYS = 120
"""A whole pull reaches at least this far back: ten school weeks (the penalty window) over a summer holiday."""
PROBLEMS_SHOWN = 10
"""So many problems are told of a step that failed; a whole pull tells every one."""
WINDOW_DAYS = 28
"""A source that cannot be asked for what changed is asked for so many days again, every time."""


@dataclass(frozen=True)
class SetAside:
    """A mark that was not taken, since the source contradicts itself about it: a person has to say which is right.

    `words` is a sentence without names: what the source says, and what to do.
    """

    pupil_id: str
    date: date
    session: str
    words: str


@dataclass(frozen=True)
class Snapshot:
    """Pupils and marks as a source tells them, and what kind of day each date is where it says.

    Attributes:
        calendar: kind of day by date (`school`, `inset`, `holiday`, `bank_holiday`, `closure`); empty when not told.
        as_of: when the source says its data is from.
        complete: whether a pupil who is not here has left. Of marks it says nothing: none that is not here is deleted.
        notes: sentences for a person about what was read and repaired; ids and rows only, no names.
        since: what was asked for: the marks that changed since then; None where everything was, though what came may be
            a week's export.
        whole: every mark of the school year that the source has is here, so one that is not here is not there. Only
            what was asked for everything, and knows that this is all, says so; files that somebody exported never do.
        set_aside: marks that were not taken, as the source contradicts itself about them.
        every_session: the source has a row for every mark there is, so a session without one has no mark yet.
        back_fill: marks of the years before, once: only what is not known counts, and only of pupils who are known.
        formerly: by an id that the source gave a child before (or would have), the id of now, where it knows of both.
        off_roll: the first and the last day between two stays at the school, by pupil id.
        carers: whom to ring and to write to. None where the source does not share them: what is known stays. In a
            complete list they are all there are; in a list of some pupils, all there are of the pupils they name.
    """

    pupils: tuple[Pupil, ...]
    register: Register
    calendar: Mapping[date, str] = field(default_factory=dict)
    as_of: datetime | None = None
    complete: bool = True
    notes: tuple[str, ...] = ()
    since: datetime | None = None
    whole: bool = False
    set_aside: tuple[SetAside, ...] = ()
    every_session: bool = False
    back_fill: bool = False
    formerly: Mapping[str, str] = field(default_factory=dict)
    off_roll: Mapping[str, tuple[tuple[date, date], ...]] = field(default_factory=dict)
    carers: tuple[Carer, ...] | None = None


@dataclass(frozen=True)
class Carries:
    """What a source can carry; where it cannot, that is said wherever a figure rests on it.

    Attributes:
        two_characters: codes of two characters (Y4, C2, J1). Without them, Y4 would arrive as Y.
        minutes: minutes late.
        changes: can be asked for what changed since a moment; else a window of days is read again.
        flags: pupil premium, SEN, in care and the like, where the school shares them.
        carers: whom to ring and to write to, where the school shares that.
        by_columns: minutes and flags are there as far as whoever made the export or the report has put columns into it;
            before it is read, nobody knows.
    """

    two_characters: bool = True
    minutes: bool = True
    changes: bool = False
    flags: bool = True
    carers: bool = False
    by_columns: bool = False

    def losses(self) -> tuple[str, ...]:
        """What it cannot carry, a sentence each, for a person."""
        said = (
            (self.two_characters, "Codes of two characters (Y4, C2, J1) arrive as one: use it for past years only."),
            (self.minutes, "It does not tell how many minutes late a pupil was."),
            (self.flags, "It does not tell pupil premium, SEN, in care and the like."),
            (self.carers, "It does not tell whom to ring: 'halfday import contacts.csv' can bring that."),
        )
        return tuple(words for carried, words in said if not carried)


Progress = Callable[[str, int, int | None], None]
"""Told as a long pull goes on: of what, how many so far, how many in all where that is known."""


def unseen(_what: str, _done: int, _total: int | None) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True)
class Site:
    """What the world gives a source.

    Attributes:
        folder: the school's folder; names in the settings are relative to it.
        today: the day of the pull; later marks may not be there yet.
        now: the time, with its zone.
        wait: waits so many seconds.
        secret: a secret by its name, out of the credential store of the computer; raises `SettingsError` without it.
        progress: is told how far a long pull is.
    """

    folder: Path
    today: date
    now: datetime
    wait: Callable[[float], None]
    secret: Callable[[str], str]
    progress: Progress = unseen

    @property
    def begins(self) -> date:
        """The first day a whole pull asks for: of this school year, and at least ten school weeks ago."""
        return min(date(year_of(self.today), 8, 1), self.today - timedelta(days=LOOK_BACK_DAYS))

    def window(self, since: datetime | None) -> date:
        """The first day to ask for, where a source cannot be asked for changes."""
        if since is None:
            return self.begins
        return max(self.begins, min(since.date(), self.today - timedelta(days=WINDOW_DAYS)))


@dataclass(frozen=True)
class Look:
    """One thing that was tried on the way to a source, and how it went, in words for a school's IT."""

    title: str
    well: bool
    words: str
    now: str = ""

    @classmethod
    def failed(cls, title: str, stop: HalfdayError) -> "Look":
        """What stopped it: the first problems, and what to do now."""
        words = HalfdayError(stop.what, problems=stop.problems, done="").text(most=PROBLEMS_SHOWN)
        return cls(title, well=False, words=words, now=stop.now)


def look_at_files(pull: Callable[[], Snapshot]) -> Iterator[Look]:
    """Whether files are there and can be read, where reading them is all there is to try."""
    try:
        snapshot = pull()
    except HalfdayError as stop:
        yield Look.failed("files", stop)
        return
    words = f"{counted(snapshot.register.count(), 'mark')} of {counted(len(snapshot.pupils), 'pupil')}"
    yield Look("files", well=True, words=words)
    if snapshot.carers is not None:
        yield Look("contacts", well=True, words=shared_words(snapshot.carers))


def shared_words(carers: Iterable[Carer], pupils: int | None = None) -> str:
    """Of how many pupils contacts are shared (of so many), and for how many there is a number to ring, in words."""
    carers = tuple(carers)
    named = len({one.pupil_id for one in carers})
    rung = len({one.pupil_id for one in carers if one.phones})
    of = counted(named, "pupil") if pupils is None else f"{named:,} of {counted(pupils, 'pupil')}"
    return f"contacts of {of}, with a number to ring for {rung:,}"


class Source(Protocol):
    """Somewhere marks come from."""

    @property
    def carries(self) -> Carries:
        """What it can carry."""

    def pull(self, since: datetime | None) -> Snapshot:
        """Everything that changed since then (or everything). Raises `SourceError`, telling all problems at once."""

    def look(self) -> Iterator[Look]:
        """The way to the source, step by step, ending at the first that fails. Changes nothing; raises nothing."""

    def archive(self) -> None:
        """Called once what was pulled is acknowledged: files may be archived now. Does nothing for most."""
