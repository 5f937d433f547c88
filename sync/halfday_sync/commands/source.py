"""`halfday source`: `test` explains the way to the marks, step by step; `kinds` lists where they may come from."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said, as_of_option, school_option
from halfday_sync.errors import Exit

if TYPE_CHECKING:
    from halfday_sync.config import Config
    from halfday_sync.source_kinds import Kind


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `source`."""
    parser = parsers.add_parser("source", help="where the marks come from: test it, or list the kinds there are")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    test = verbs.add_parser("test", help="try the way to the marks, step by step; changes nothing")
    school_option(test)
    test.add_argument("--sample", action="store_true", help="show ten marks of those that were read")
    as_of_option(test, "the day of the pull (default: today)")
    test.set_defaults(run=run_test)
    listing = verbs.add_parser("kinds", help="list the kinds of source, their settings and secrets")
    listing.add_argument("kind", nargs="?", metavar="KIND", help="one kind only")
    listing.set_defaults(run=run_kinds)


def run_test(args: argparse.Namespace, said: Said) -> Exit:
    """Every step, what the source can tell, and what it told of the last days. Nothing is stored."""
    from halfday_sync import config as settings
    from halfday_sync import credentials
    from halfday_sync.commands.progress import Progress
    from halfday_sync.setting_up.telling import carries_lines, read_lines, row_lines
    from halfday_sync.setting_up.trying import reached, recently
    from halfday_sync.source_kinds import kinds
    from halfday_sync.sources.base import Site

    config = settings.load(args.school)
    if not config.source:
        said("This school has no source: its marks come in by 'halfday import'. 'halfday init' sets one up.")
        return Exit.DONE
    said(f"{config.school}: {kinds()[config.source['kind']].title}")
    for line in _last_pull(config):
        said(line)
    with Progress() as progress:
        site = Site(
            config.folder,
            args.as_of or args.today,
            args.now,
            args.wait,
            credentials.reader(config.school),
            progress,
        )
        source = reached(config.source, site, said)
        for line in carries_lines(source.carries):
            said(line)
        snapshot = source.pull(recently(site))
    for line in (*read_lines(snapshot), *(f"Note: {note}" for note in snapshot.notes)):
        said(line)
    for line in row_lines(snapshot) if args.sample else ():
        said(line)
    said("The source can be read. Nothing was stored.")
    return Exit.DONE


def _last_pull(config: "Config") -> Iterator[str]:
    """When marks were last taken in. A store that cannot be opened is the business of `halfday check`."""
    from halfday_sync.errors import HalfdayError
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
    yield (
        f"Marks were last taken in on {rows[-1].recorded_at:%d/%m/%Y %H:%M} UTC."
        if rows
        else ("Nothing was ever taken in.")
    )


def run_kinds(args: argparse.Namespace, said: Said) -> Exit:
    """Every kind, or one, as `halfday init` asks for it."""
    from halfday_sync.errors import UsageError
    from halfday_sync.source_kinds import kinds

    if args.kind and args.kind not in kinds():
        raise UsageError(f"There is no kind {args.kind!r}.", problems=[f"known: {', '.join(kinds())}"])
    for name, kind in kinds().items():
        if args.kind in (None, name):
            for line in _kind_lines(kind):
                said(line)
    return Exit.DONE


def _kind_lines(kind: "Kind") -> Iterator[str]:
    from halfday_sync.setting_up.values import how, shown

    yield f"{kind.name}: {kind.title}"
    for setting in kind.settings:
        usual = f" Usual: {shown(setting.usual)}." if setting.usual is not None else ""
        needed = " Needed." if setting.needed and setting.usual is None else ""
        more = f" {how(setting)}" if how(setting) else ""
        yield f"  {setting.key}: {setting.ask}.{more}{usual}{needed}"
    for secret in kind.secrets:
        yield f"  secret '{secret.name}': {secret.ask}{secret.when.replace('`', '')}"
