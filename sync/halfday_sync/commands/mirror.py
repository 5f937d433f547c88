"""`halfday mirror`: the copy in Google Sheets that SLT reads, and may answer in."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands import mirror_selfcheck, mirror_setup
from halfday_sync.commands.logged import logged
from halfday_sync.commands.mirror_setup import RUN
from halfday_sync.commands.opening import no_marks
from halfday_sync.commands.options import Said, as_of_option, dry_run_option, school_option, wrapped
from halfday_sync.errors import Exit, SettingsError, UsageError

if TYPE_CHECKING:
    from halfday_sync.config import Config
    from halfday_sync.mirroring.answers import Answers, Merged
    from halfday_sync.mirroring.settings import MirrorSettings
    from halfday_sync.store import Store
    from halfday_sync.workbook.view import View


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `mirror`."""
    parser = parsers.add_parser("mirror", help="the copy in Google Sheets that SLT reads: set it up, check it, sync it")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    mirror_setup.add(verbs)
    look = verbs.add_parser("check", help="look who has access and what a sync would write; changes nothing")
    school_option(look)
    look.set_defaults(run=run_check)
    sync = verbs.add_parser("sync", help="bring tracker and copy up to date now, without asking for new marks")
    school_option(sync)
    dry_run_option(sync)
    sync.add_argument(
        "--take-over",
        action="store_true",
        help="go on though another computer wrote to the copy last, or an earlier version of it was brought back",
    )
    sync.set_defaults(run=run_sync, **RUN)
    told = verbs.add_parser("status", help="how the last syncs went; asks nothing of Google")
    school_option(told)
    told.set_defaults(run=run_status)
    shown = verbs.add_parser("preview", help="write what would stand in the copy as a workbook, to look at first")
    shown.add_argument("file", type=Path, metavar="FILE.xlsx", help="a new file; it holds names, as the copy would")
    school_option(shown)
    as_of_option(shown, "the day of the pages")
    shown.set_defaults(run=run_preview)
    mirror_selfcheck.add(verbs)
    gone = verbs.add_parser("forget", help="take the Google key out of this computer's credential store")
    school_option(gone)
    gone.set_defaults(run=run_forget)


def run_sync(args: argparse.Namespace, said: Said) -> Exit:
    """Tracker and copy, brought up to date; the exit code is that of the copy.

    Raises:
        HalfdayError: the tracker could not be brought up to date, or the copy cannot be looked at.
    """
    from halfday_sync import config as settings
    from halfday_sync.commands import running

    if args.dry_run:
        return run_check(args, said)
    _settings(settings.load(args.school))  # not in the log: its faults name addresses
    return logged(running.run)(args, said)


def run_check(args: argparse.Namespace, said: Said) -> Exit:
    """Who has access, whose the copy is, and what a sync would write, in counts; nothing is changed or remembered.

    Raises:
        SafetyError: nothing may be written; every reason is named.
        HalfdayError: the copy cannot be looked at.
    """
    from halfday.printing import counted
    from halfday_sync.commands.pulling import tried
    from halfday_sync.mirroring.design import design
    from halfday_sync.mirroring.syncing import How, copy_of
    from halfday_sync.setting_up.mirror_words import of_locale

    said = wrapped(said)
    with _school(args) as (config, store), tried(store):
        copy = copy_of(config, store, How(args.now, args.wait, take_over=getattr(args, "take_over", False)))
        assert copy is not None, "the settings name a sheet, as _school has looked"
        with copy:
            copy.look()
            if copy.stop is not None:
                raise copy.stop
            assert copy.looked is not None, "looked at, or stopped"
            said("ok  access: as the school's list says")
            said(f"ok  last sync: {copy.looked.seen.stamp or 'none yet'}")
            if more := of_locale(copy.looked.seen.locale):
                said(f"see sheet: {more}")
            view, merged = _shown(config, store, args, copy.answers)
            plan = copy.plan(view, merged)
    title = {tab.id: tab.title for tab in design().tabs}
    for page, count in plan.changed.items():
        said(f"A sync would write {counted(count, 'cell')} on the tab {title.get(page, page)}.")
    if plan.is_empty:
        said("A sync would write nothing: the copy is as it should be.")
    for words in plan.sentences:
        said(words)
    if merged.conflicts:
        differ = counted(len(merged.conflicts), "answer differs", "answers differ")
        said(f"{differ} in copy and tracker: Today lists what to do after a run.")
    said("Nothing was changed.")
    return Exit.DONE


def run_status(args: argparse.Namespace, said: Said) -> Exit:
    """The newest syncs, from the store alone; 6 where the last one was stopped for safety."""
    from halfday_sync.commands.mirror_status import status_lines
    from halfday_sync.mirroring.outcomes import UNSAFE

    with _school(args) as (config, store):
        tries = store.mirror_tries(_TRIES)
        for line in status_lines(_settings(config), tries, args.now):
            said(line)
    return Exit.SAFETY if tries and tries[0].outcome == UNSAFE else Exit.DONE


_TRIES = 10


def run_preview(args: argparse.Namespace, said: Said) -> Exit:
    """What would stand in the copy, as a workbook of values; needs no sheet and no key."""
    from halfday_sync import config as settings
    from halfday_sync.commands.pulling import tried
    from halfday_sync.mirroring.pages import pages_of
    from halfday_sync.mirroring.preview import preview
    from halfday_sync.mirroring.settings import read_settings
    from halfday_sync.whole_file import put_new

    if args.file.suffix.casefold() != ".xlsx":
        raise UsageError("The file's name must end in .xlsx.")
    config = settings.load(args.school)
    wanted = read_settings(config.mirror)
    args.today = args.as_of or args.today
    with _opened(config) as store, tried(store):
        view, _merged = _shown(config, store, args, None)
        made = preview(pages_of(view, wanted), args.today)
    put_new(args.file, made)
    said(f"Written: {args.file}")
    said("It holds names, as the copy would: delete it when you have looked at it.")
    return Exit.DONE


def run_forget(args: argparse.Namespace, said: Said) -> Exit:
    """The key is taken out of the credential store; the copy and the settings stay as they are."""
    from halfday_sync import config as settings
    from halfday_sync import credentials
    from halfday_sync.mirroring.opening import KEY

    config = settings.load(args.school)
    if credentials.read(config.school, KEY) is None:
        said(f"No {KEY} of {config.school} is kept for this user on this computer.")
        return Exit.DONE
    credentials.forget_long(config.school, KEY)
    said(f"The {KEY} is not in this computer's credential store any more: nothing is written to the copy from here.")
    said("IT deletes the key in the Google Cloud console too (Service accounts, the account, Keys).")
    said("The Google Sheet stays as it is, with names and figures. If it is not to be kept, its owner deletes it, in")
    said("the bin too; and [mirror] is taken out of halfday.toml.")
    return Exit.DONE


@contextmanager
def _school(args: argparse.Namespace) -> "Iterator[tuple[Config, Store]]":
    """A school that has a copy, and its store.

    Raises:
        SettingsError: it has none.
        SourceError: there are no marks yet.
    """
    from halfday_sync import config as settings

    config = settings.load(args.school)
    _settings(config)
    with _opened(config) as store:
        yield config, store


@contextmanager
def _opened(config: "Config") -> "Iterator[Store]":
    from halfday_sync.store import Store

    if not config.store.is_file():
        raise no_marks()
    with Store.open(config.store, school=config.school) as store:
        yield store


def _settings(config: "Config") -> "MirrorSettings":
    from halfday_sync.mirroring.settings import read_settings

    settings = read_settings(config.mirror)
    if not settings.sheet:
        raise SettingsError(
            "halfday.toml names no Google Sheet.", now="Run 'halfday mirror setup': it walks you through making one."
        )
    return settings


def _shown(
    config: "Config", store: "Store", args: argparse.Namespace, answers: "Answers | None"
) -> "tuple[View, Merged]":
    """What a run would show now, with what people typed; the caller takes back what it does to the store."""
    from dataclasses import replace

    from halfday_sync.flavours import flavour_of
    from halfday_sync.mirroring.answers import Merged
    from halfday_sync.mirroring.taking import take
    from halfday_sync.morning_run import School, read_and_worked_out
    from halfday_sync.pipeline import view_of, work_out
    from halfday_sync.templates import policy_path, usable_policy

    policy = usable_policy(policy_path(config.policy, config.folder))
    school = School(config, store, policy, flavour_of(config), live=True)
    day, merged = read_and_worked_out(school, args.today, now=args.now), Merged()
    if answers is not None:
        merged = take(store, answers, args.today, at=args.now)
        day = work_out(store, policy, args.today)
    view = view_of(config, store, day, now=args.now, live=True)
    return replace(view, last_checked=store.snapshots()[-1].recorded_at.replace(microsecond=0)), merged
