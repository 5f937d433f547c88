"""`halfday watch`: runs by itself at the times of the school day; and has the computer start it."""

import argparse
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said, dry_run_option
from halfday_sync.errors import Exit, HalfdayError, UsageError

if TYPE_CHECKING:
    from halfday_sync.clock import Plan, Watched
    from halfday_sync.config import Config

_ACTIONS = ("install", "remove", "show")
_KINDS = ("task", "systemd", "launchd")
_SLICE = 1.0
"""Seconds: how soon a wait notices that it is told to stop."""
_FRESH = timedelta(minutes=30)
"""Marks that are no older need not be asked for again while the tracker is open and tried every ten minutes."""


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `watch`."""
    parser = parsers.add_parser("watch", help="run by itself at the times of the school day, for one school or several")
    parser.add_argument(
        "action",
        nargs="?",
        choices=_ACTIONS,
        help="install: have this computer start it for this user, for these schools beside those it watches; "
        "remove: no longer for these, or for none; show: what is there now",
    )
    parser.add_argument(
        "--school",
        type=Path,
        action="append",
        metavar="DIR",
        help="a school's folder; may be given several times (default: here)",
    )
    parser.add_argument("--once", action="store_true", help="run what is due now, and stop")
    parser.add_argument("--kind", choices=_KINDS, help="how it is started (default: as this system does it)")
    parser.add_argument(
        "--text", action="store_true", help="with install --dry-run: also the text that is handed to the system"
    )
    dry_run_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Watches until it is told to stop, or does what the action says."""
    _fits(args)
    named = list(dict.fromkeys(folder.resolve() for folder in args.school or []))
    if args.action:
        from halfday_sync.commands.watch_service import start_by_itself
        from halfday_sync.services import real_runner

        return start_by_itself(args, named, said, real_runner)
    return watch(args, named or [Path.cwd()], said)


def _fits(args: argparse.Namespace) -> None:
    """Refuses an option that would do nothing: somebody meant something by it.

    Raises:
        UsageError: there is one.
    """
    faults = []
    if args.once and args.action:
        faults.append(f"--once runs what is due now; 'watch {args.action}' runs nothing.")
    if args.kind and not args.action:
        faults.append("--kind is for install, remove and show.")
    if args.text and not (args.action == "install" and args.dry_run):
        faults.append("--text is for install --dry-run.")
    if faults:
        raise UsageError("These options do not go together.", problems=faults, now="Leave one out.")


# --- the loop --------------------------------------------------------------------------------------------------------


def watch(args: argparse.Namespace, folders: list[Path], said: Said) -> Exit:
    """Watches these schools. The clock is `args.clock`, and `args.wait` waits.

    Raises:
        HalfdayError: none of the schools can be watched: its settings are wrong, or another watch is on it.
    """
    from halfday_sync import clock

    with ExitStack() as stack, _told_to_stop() as stop:
        schools = _schools(args, folders, said, stack)
        if args.dry_run:
            for line in _coming(schools, args.clock()):
                said(line)
            return Exit.DONE
        if args.once:
            return clock.run_due(schools, now=args.clock)
        for line in _coming(schools, args.clock()):
            said(line)
        with suppress(KeyboardInterrupt):  # a second Ctrl+C: the run is dropped where it is, which harms nothing
            clock.watch(schools, now=args.clock, wait=_in_slices(args.wait, stop), stop=stop)
        said("Stopped.")
    return Exit.DONE


def _schools(args: argparse.Namespace, folders: list[Path], said: Said, stack: ExitStack) -> "list[Watched]":
    """Those that can be watched. One whose settings are wrong is watched too where others are right: it may be mended.

    The loop tells what is wrong with it; what nobody else will tell is told here.

    Raises:
        HalfdayError: none of them can be watched.
    """
    from halfday_sync import config as settings
    from halfday_sync.errors import InUseError
    from halfday_sync.one_at_a_time import WATCH, held

    schools, stops = list["Watched"](), list[tuple[str, HalfdayError]]()
    for folder in folders:
        name = folder.name
        try:
            config = settings.load(folder)
            name = config.school
            if not args.dry_run:
                stack.enter_context(held(config.store, args.clock(), what=WATCH))
        except HalfdayError as stop:
            stops.append((name, stop))
            if isinstance(stop, InUseError):
                continue
        schools.append(_watched(folder, name, args, said))
    none = len(stops) == len(folders)
    for name, fault in stops[none:]:  # the first of them is raised
        if none or args.dry_run or isinstance(fault, InUseError):
            said(f"{name}: {fault.text()}")
    if none:
        raise stops[0][1]
    return schools


def _watched(folder: Path, name: str, args: argparse.Namespace, said: Said) -> "Watched":
    from halfday_sync import config as settings
    from halfday_sync.clock import Watched
    from halfday_sync.logbook import open_log

    def tell(level: int, words: str) -> None:
        if (folder / settings.FILE).is_file():  # no log where no school is
            with open_log(folder) as log:
                log(level, words)
        with suppress(OSError):  # nobody looks on any more
            said(f"{args.clock().astimezone():%d/%m/%Y %H:%M} {name}: {words}")

    def one_run(speak: Said) -> Exit:
        return run_as_by_hand(folder, args.clock(), args.wait, speak)

    return Watched(name, lambda: plan_of(folder), one_run, tell, lambda: put_there(folder, args.clock()))


def put_there(folder: Path, now: datetime) -> object:
    """The exports that lie in a school's inbox; nothing where its marks come otherwise."""
    from halfday_sync import config as settings
    from halfday_sync.sources.folder.inbox import lying

    try:
        config = settings.load(folder)
    except HalfdayError:
        return None  # the next run says why
    return lying(folder / config.source["inbox"], now) if config.source.get("kind") == "folder" else None


def run_as_by_hand(folder: Path, now: datetime, wait: Callable[[float], None], said: Said) -> Exit:
    """What `halfday run --school DIR` does at that moment."""
    from halfday_sync.commands import running
    from halfday_sync.times import wall

    parser = argparse.ArgumentParser()
    running.add(parser.add_subparsers())
    args = parser.parse_args(["run", "--school", str(folder)])
    args.now, args.today, args.wait = now, wall(now).date(), wait
    args.pull = bool(put_there(folder, now)) or not _just_pulled(folder, now)
    return running.run(args, said)


def _just_pulled(folder: Path, now: datetime) -> bool:
    """Whether the marks are in already, and only the tracker is still to be written: it was open at the last run.

    A time of the day that has come since then asks again: it is when registers are in.

    Raises:
        HalfdayError: the settings or the store cannot be used.
    """
    from halfday_sync import config as settings
    from halfday_sync.store import Store
    from halfday_sync.times import due, wall

    config = settings.load(folder)
    if not config.store.is_file():
        return False
    with Store.open(config.store, school=config.school) as store:
        runs, snapshots, kinds = store.runs()[-1:], store.snapshots()[-1:], store.calendar()
    if not runs or not snapshots or runs[0].exit_code != Exit.IN_USE:
        return False
    pulled = snapshots[0].recorded_at
    fresh = timedelta() <= now - pulled < _FRESH
    return fresh and not due(wall(now), wall(pulled), config.times, kinds)


def plan_of(folder: Path) -> "Plan":
    """When a school's runs are, by its settings, its calendar and its run log.

    Raises:
        HalfdayError: its settings or its store cannot be used.
    """
    from halfday_sync import config as settings
    from halfday_sync.clock import Plan
    from halfday_sync.store import Store
    from halfday_sync.times import last_good

    config: Config = settings.load(folder)
    if not config.store.is_file():
        return Plan(config.times)
    with Store.open(config.store, school=config.school) as store:
        return Plan(config.times, store.calendar(), last_good(store.runs()))


def _coming(schools: "list[Watched]", now: datetime) -> Iterator[str]:
    """When each school's next run is."""
    from halfday_sync.times import next_run, wall

    for one in schools:
        try:
            plan = one.plan()
        except HalfdayError:
            continue  # told already
        coming = next_run(wall(now), plan.times, plan.kinds)
        when = f"{coming:%A} {coming.day} {coming:%B, %H:%M}" if coming else "not within a hundred days"
        yield f"{one.name}: runs at {', '.join(plan.times)} on school days. The next: {when}."


@contextmanager
def _told_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether somebody asked to stop: by Ctrl+C (a second one stops at once), or by ending the process."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_slices(wait: Callable[[float], None], stop: Callable[[], bool]) -> Callable[[float], None]:
    """Waits a second at a time, so that it ends soon where it is told to stop."""

    def waits(seconds: float) -> None:
        while seconds > 0 and not stop():
            wait(min(_SLICE, seconds))
            seconds -= _SLICE

    return waits
