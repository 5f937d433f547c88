"""What a school's source gives, and taking it in: shared by the verbs that do."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from halfday_sync.commands.options import Said
from halfday_sync.errors import HalfdayError, SourceError, UsageError

if TYPE_CHECKING:
    from halfday_sync.config import Config
    from halfday_sync.receiving.taking_in import Taken
    from halfday_sync.sources.base import Snapshot, Source
    from halfday_sync.store import Store


NOBODY = "YOUR-NAME"
"""What a refusal writes in place of a name: nobody is called so."""


def accept_options(parser: argparse.ArgumentParser) -> None:
    """`--accept KEY --who NAME`: a person's word that something odd is right."""
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="KEY",
        help="what an earlier run refused is right all the same, this once; it gave the KEY",
    )
    parser.add_argument("--who", default="", metavar="NAME", help="who says so; it is kept")


def whole_option(parser: argparse.ArgumentParser) -> None:
    """`--whole`: everything again."""
    parser.add_argument("--whole", action="store_true", help="ask the source for everything again, not for changes")


class Moment(NamedTuple):
    """When and how a pull is made.

    Attributes:
        today: the school's day.
        now: the time.
        accept: the doubts that a person says are none.
        who: that person.
        command: the command, as it is to be given again.
        live: whether `today` is the real day.
    """

    today: date
    now: datetime
    accept: tuple[str, ...] = ()
    who: str = ""
    command: str = "halfday run"
    live: bool = True


def moment(args: argparse.Namespace, command: str) -> Moment:
    """The moment of a command line.

    Raises:
        UsageError: something is accepted by nobody, or the day has not come yet.
    """
    if args.accept and args.who.strip() in ("", NOBODY):
        raise UsageError("--accept needs --who.", now="Say who looked at it, by their own name: --who NAME.")
    if args.as_of and args.as_of > args.today:
        raise UsageError(
            f"--as-of {args.as_of} is later than today ({args.today}).",
            now="Give a day that has come, or leave --as-of out. If today is wrong, put the computer's clock right.",
        )
    folder = f'"{args.school}"' if " " in str(args.school) else str(args.school)
    school = "" if args.school == Path() else f" --school {folder}"
    today = args.as_of or args.today
    accept = tuple(dict.fromkeys(args.accept))
    return Moment(today, args.now, accept, args.who.strip(), f"{command}{school}", live=today == args.today)


def pulled(config: "Config", store: "Store", at: Moment, args: argparse.Namespace) -> "tuple[Source, Snapshot] | None":
    """The source and what is new in it. Changes nothing.

    Nothing where marks come in by `halfday import` only, and for a look back at an earlier morning: the marks of the
    days since would be in its future.

    Raises:
        SettingsError: a setting or a secret is missing or wrong.
        SourceError: the source could not be reached, or what it gave cannot be used. It says what is shown meanwhile.
    """
    from halfday_sync import credentials
    from halfday_sync.commands.progress import Progress
    from halfday_sync.sources.base import Site
    from halfday_sync.sources.opening import open_source

    if not config.source or _is_look_back(store, at):
        return None
    with Progress() as progress:
        secret = credentials.reader(config.school)
        source = open_source(config.source, Site(config.folder, at.today, at.now, args.wait, secret, progress))
        return source, _pull(config, store, source, at, whole=args.whole)


def _is_look_back(store: "Store", at: Moment) -> bool:
    """Whether a later morning has been shown already; the real day is never a look back."""
    from halfday_sync.pipeline import is_past

    try:
        return is_past(store, at.today, live=at.live)
    except SourceError:
        return False  # there are no marks yet


def _pull(config: "Config", store: "Store", source: "Source", at: Moment, *, whole: bool) -> "Snapshot":
    """What changed since the last time, or everything; with the school's own calendar."""
    from halfday_sync.receiving.asking import since

    kind = str(config.source["kind"])
    try:
        return with_calendar(config, source.pull(None if whole else since(store.snapshots(), kind, at.now)))
    except SourceError as fault:
        fault.done = " ".join(filter(None, [fault.done, shown_meanwhile(store)]))
        raise


def with_calendar(config: "Config", snapshot: "Snapshot") -> "Snapshot":
    """The snapshot with the school's own calendar before what the source says.

    Raises:
        SourceError: the calendar's file has faults.
    """
    from dataclasses import replace

    from halfday_sync.sources.tabular.contract import read_calendar

    if config.calendar is None:
        return snapshot
    return replace(snapshot, calendar={**snapshot.calendar, **read_calendar(config.calendar)})


def shown_meanwhile(store: "Store") -> str:
    """What staff should know while a source fails: from when the marks are that they see."""
    from halfday.printing import day

    last = store.snapshots()[-1:]
    if not last:
        return ""
    when = last[0].recorded_at.astimezone()
    return f"What is known is from {day(when.date())}, {when:%H:%M}, and the tracker goes on showing it."


def accept(store: "Store", at: Moment, said: Said) -> None:
    """Keeps what a person said, before the source is asked: it may not answer today.

    Raises:
        UsageError: something was never asked; nothing is kept.
    """
    known = store.asked(at.now) | {one.key for one in store.kept_flags()}
    if unknown := [key for key in at.accept if key not in known]:
        raise UsageError(
            f"Halfday asked nothing of the last 7 days with {', '.join(unknown)}.",
            now="Copy the key from the message, whole. After a dry run, do the run first: it asks again.",
        )
    for key in at.accept:
        if store.accept(key, at.who, at=at.now):
            said(f"Cleared, as somebody said: {key}.")


def take_in(config: "Config", store: "Store", snapshot: "Snapshot", at: Moment, *, source: str, said: Said) -> "Taken":
    """Takes a snapshot in, and says what was read, what it changed and what a person's word settled.

    Raises:
        SourceError: it cannot be right, or a person has to say so; nothing of it was stored.
    """
    from halfday_sync.receiving import taking_in
    from halfday_sync.receiving.doubt import DoubtfulError
    from halfday_sync.receiving.words import lines

    for note in snapshot.notes:
        said(note)
    try:
        taken = taking_in.take_in(
            store,
            snapshot,
            today=at.today,
            now=at.now,
            source=source,
            rewritten_percent=config.rewritten_percent,
            command=at.command,
        )
    except DoubtfulError as refused:
        store.ask({one.key: one.words for one in refused.answerable}, source, at.command, at=at.now)
        raise
    for line in (*taken.notes[len(snapshot.notes) :], *lines(taken.difference)):
        said(line)
    for key in taken.used:
        said(f"Taken in all the same, as somebody said: {key}.")
    for key in at.accept:
        if key not in taken.used and not key.startswith("flag-"):
            said(f"{key} was not asked about. What was said of it holds for a week.")
    return taken


def archive(source: "Source", said: Said) -> None:
    """Lets the source put away what was taken in; where it cannot, that is said, and the run goes on."""
    try:
        source.archive()
    except HalfdayError as fault:
        said(fault.text())


class _TakenBack(Exception):  # noqa: N818 - it is no error
    """Ends a transaction of the store without keeping anything of it."""


@contextmanager
def tried(store: "Store") -> Iterator[None]:
    """All that is done to the store in here is taken back at the end."""
    try:
        with store.transaction():
            yield
            raise _TakenBack  # noqa: TRY301 - there is no other way out that takes it back
    except _TakenBack:
        return
