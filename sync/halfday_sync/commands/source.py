"""`halfday source`: `test` explains the way to the marks, step by step; `kinds` lists where they may come from."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said, as_of_option, school_option, wrapped
from halfday_sync.errors import Exit

if TYPE_CHECKING:
    from halfday_sync.config import Config
    from halfday_sync.source_kinds import Kind
    from halfday_sync.sources.base import Source
    from halfday_sync.store import Store


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `source`."""
    parser = parsers.add_parser("source", help="where the marks come from: test it, or list the kinds there are")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    test = verbs.add_parser("test", help="try the way to the marks, step by step; changes nothing")
    school_option(test)
    test.add_argument("--sample", action="store_true", help="show ten marks of those that were read")
    as_of_option(test, "the day of the pull (default: today)")
    test.set_defaults(run=run_test, accept=(), who="")
    listing = verbs.add_parser("kinds", help="list the kinds of source, their settings and secrets")
    listing.add_argument("kind", nargs="?", metavar="KIND", help="one kind only")
    listing.set_defaults(run=run_kinds)


def run_test(args: argparse.Namespace, said: Said) -> Exit:
    """Every step, what the source can tell, what it told of the last days, and whether a run would take it in.

    Nothing is stored.

    Raises:
        SourceError: the source cannot be read, or a run would refuse what it gives.
    """
    from halfday_sync import config as settings
    from halfday_sync import credentials
    from halfday_sync.commands.progress import Progress
    from halfday_sync.setting_up.telling import carries_lines, read_lines, row_lines
    from halfday_sync.setting_up.trying import reached, recently
    from halfday_sync.source_kinds import kinds
    from halfday_sync.sources.base import Site

    said = wrapped(said)
    config = settings.load(args.school)
    if not config.source:
        said("This school has no source: its marks come in by 'halfday import'. 'halfday init' sets one up.")
        return Exit.DONE
    said(f"{config.school}: {kinds()[config.source['kind']].title}")
    for line in _last_pull(config):
        said(line)
    told: list[str] = []
    with Progress() as progress:
        said, say = progress.before(said), said
        site = Site(
            config.folder,
            args.as_of or args.today,
            args.now,
            args.wait,
            credentials.reader(config.school),
            progress,
        )
        source = reached(config.source, site, _both(told.append, said))
        for line in carries_lines(source.carries):
            said(line)
        snapshot = source.pull(recently(site))
        new = [note for note in snapshot.notes if not any(note in line for line in told)]
        for line in (*read_lines(snapshot, config.source["kind"]), *(f"Note: {note}" for note in new)):
            said(line)
        for line in row_lines(snapshot) if args.sample else ():
            said(line)
        _would_be_taken(config, source, args, said)
    say("The source can be read. Nothing was stored.")
    return Exit.DONE


def _both(one: Said, other: Said) -> Said:
    def say(line: str) -> None:
        one(line)
        other(line)

    return say


def _would_be_taken(config: "Config", source: "Source", args: argparse.Namespace, said: Said) -> None:
    """Takes in what the next run would ask for, and takes that back. Needs a store: else nothing is known to compare.

    Raises:
        DoubtfulError: a run would refuse it; its lines say how to accept what is right all the same.
    """
    from halfday_sync.commands import pulling
    from halfday_sync.receiving.asking import since
    from halfday_sync.receiving.doubt import DoubtfulError
    from halfday_sync.receiving.taking_in import take_in

    at, kind = pulling.moment(args, "halfday run"), str(config.source["kind"])
    with _store_of(config) as store:
        if store is None or not store.snapshots():
            return
        snapshot = pulling.with_calendar(config, source.pull(since(store.snapshots(), kind, at.now)))
        percent = config.rewritten_percent
        try:
            with pulling.tried(store):
                take_in(
                    store,
                    snapshot,
                    today=at.today,
                    now=at.now,
                    source=kind,
                    rewritten_percent=percent,
                    command=at.command,
                )
        except DoubtfulError:
            said("The source can be read, but a run would not take in what it gives now:")
            raise
    said("ok  plausible: a run would take in what it gives now")


@contextmanager
def _store_of(config: "Config") -> "Iterator[Store | None]":
    """The store; None where there is none, or where it cannot be opened, which was told."""
    from halfday_sync.errors import HalfdayError
    from halfday_sync.store import Store

    try:
        store = Store.open(config.store, school=config.school) if config.store.is_file() else None
    except HalfdayError:
        store = None
    if store is None:
        yield None
        return
    with store:
        yield store


def _last_pull(config: "Config") -> Iterator[str]:
    """When marks were last taken in. A store that cannot be opened is the business of `halfday check`."""
    from halfday_sync.errors import HalfdayError
    from halfday_sync.setting_up.telling import moment
    from halfday_sync.store import Store

    if not config.store.is_file():
        yield "Nothing was ever taken in."
        return
    try:
        with Store.open(config.store, school=config.school) as store:
            rows = store.snapshots()
    except HalfdayError as stop:
        yield f"When marks were last taken in is not known: {stop.what}"
        return
    yield f"Marks were last taken in on {moment(rows[-1].recorded_at)}." if rows else "Nothing was ever taken in."


def run_kinds(args: argparse.Namespace, said: Said) -> Exit:
    """Every kind, or one, as `halfday init` asks for it."""
    from halfday_sync.errors import UsageError
    from halfday_sync.source_kinds import kinds

    said = wrapped(said)
    wanted = args.kind.casefold() if args.kind else None
    if wanted and wanted not in kinds():
        raise UsageError(f"There is no kind {args.kind!r}.", problems=[f"known: {', '.join(kinds())}"])
    for name, kind in kinds().items():
        if wanted in (None, name):
            for line in _kind_lines(kind):
                said(line)
    return Exit.DONE


def _kind_lines(kind: "Kind") -> Iterator[str]:
    from halfday_sync.setting_up.values import how, shown

    yield f"{kind.name}: {kind.title}. {kind.help}".rstrip()
    for setting in kind.settings:
        usual = f" Usual: {shown(setting.usual)}." if setting.usual is not None else ""
        needed = " Needed." if setting.needed and setting.usual is None else ""
        more = f" {how(setting)}" if how(setting) else ""
        yield f"  {setting.key}: {setting.ask}.{more}{usual}{needed}"
    for secret in kind.secrets:
        yield f"  secret '{secret.name}': {secret.ask}{secret.when.replace('`', '')}"
