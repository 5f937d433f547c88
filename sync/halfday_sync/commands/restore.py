"""`halfday restore`: lists the earlier copies of the workbook, and puts one of them back."""

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands.options import Said, dry_run_option, school_option
from halfday_sync.errors import Exit

if TYPE_CHECKING:
    from halfday_sync.config import Config
    from halfday_sync.workbook.generations import Copy

_CORE, _TITLE = "docProps/core.xml", "{http://purl.org/dc/elements/1.1/}title"
_AFTER_SCHOOL = ": attendance tracker"
"""How the title of every tracker ends, after the school's name."""


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `restore`."""
    parser = parsers.add_parser("restore", help="list earlier copies of the tracker, or put one back")
    school_option(parser)
    parser.add_argument("--list", action="store_true", help="list the earlier copies (so does restore by itself)")
    parser.add_argument(
        "--from",
        dest="chosen",
        metavar="COPY",
        help="the copy to put back: its day (2025-12-05), day and time ('2025-12-05 0800'), or file name",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask again")
    dry_run_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Lists; or keeps what is there, then puts a copy in its place."""
    from halfday_sync import config as settings
    from halfday_sync.workbook.generations import copies, earlier_folder, put_right

    config = settings.load(args.school)
    there = copies(earlier_folder(config.store), config.workbook.name)
    if args.list or args.chosen is None:
        for line in _listed(config, there, args.now.astimezone()):
            said(line)
        return Exit.DONE
    copy = choose(there, args.chosen)
    _refuse(config, copy)
    for line in _what_it_would_do(config, copy):
        said(line)
    if args.dry_run:
        said("Dry run: nothing was changed.")
        return Exit.DONE
    if not (args.yes or _agreed()):
        said("Nothing was changed.")
        return Exit.DONE
    put_right(config.workbook, config.store, now=args.now)
    kept = put_back(config, copy, at=args.now.astimezone())
    said(f"Done. {config.workbook.name} is the copy of {_when(copy.at)} again.")
    if kept:
        said(f"The one it replaces is kept as well: {kept.name}")
    said("What was typed in the copy counts from the next 'halfday run', which also brings its marks up to date.")
    return Exit.DONE


def choose(there: "tuple[Copy, ...]", wanted: str) -> "Copy":
    """The copy that a person means: by file name, by day and time, or by day where there is one of that day.

    Raises:
        UsageError: none is meant, or several are.
    """
    from halfday_sync.errors import UsageError

    wanted = wanted.strip()
    found = [one for one in there if wanted in {one.path.name, one.path.stem}]
    found = found or [one for one in there if _moment(one).startswith(wanted.replace(":", "")) and len(wanted) >= 10]
    exact = [one for one in found if _moment(one) == wanted.replace(":", "")]
    found = exact if len(exact) == 1 else found
    if len(found) == 1:
        return found[0]
    what = f"There are {len(found)} copies of {wanted}." if found else f"There is no earlier copy {wanted!r}."
    raise UsageError(
        what,
        problems=[one.path.name for one in found],
        now="Say which by its file name." if found else "See them all: halfday restore --list",
    )


def put_back(config: "Config", copy: "Copy", *, at: datetime) -> Path | None:
    """Keeps the workbook that is there, and puts the copy in its place; where the kept one is, if there was one.

    Raises:
        InUseError: the workbook is open.
        SafetyError: the copy is damaged, or it could not be put in place.
    """
    from halfday_sync.one_at_a_time import held
    from halfday_sync.workbook import generations, place

    data = copy.path.read_bytes()
    folder, kept = generations.earlier_folder(config.store), list[Path | None]()

    def keep(present: bytes) -> None:
        name = config.workbook.name
        kept.append(generations.keep(folder, name, present, at=at, before=generations.BEFORE_RESTORE))

    def attempt() -> None:
        try:
            _, stamp = place.read(config.workbook)
        except FileNotFoundError:
            stamp = None
        place.put(config.workbook, data, expected=stamp, prove=lambda found: _whole(found, copy), keep=keep)

    with held(config.store, at):
        place.start_again(config.workbook, attempt)
    return kept[-1] if kept else None


def _refuse(config: "Config", copy: "Copy") -> None:
    """Stops before anything is asked, where the copy cannot be put back."""
    from halfday_sync.errors import InUseError, SafetyError
    from halfday_sync.workbook.in_use import refuse_if_in_use

    if copy.path.suffix.lower() != config.workbook.suffix.lower():
        raise SafetyError(
            f"The copy ends in {copy.path.suffix} and the workbook in {config.workbook.suffix}.",
            now=f"Put a name that ends in {copy.path.suffix} into halfday.toml first, or choose another copy.",
        )
    data = copy.path.read_bytes()
    _whole(data, copy)
    if other := _other_school(config, data):
        raise SafetyError(
            f"The copy {copy.path.name} is the tracker of {other}; this school is {config.school}.",
            now="Choose another copy: halfday restore --list",
        )
    try:
        refuse_if_in_use(config.workbook)
    except InUseError as stop:
        raise InUseError(stop.what, done="Nothing was changed.", now=stop.now) from stop


def _other_school(config: "Config", data: bytes) -> str:
    """The school that a copy is of, where that is told; one that was sent from this store is this school's."""
    from halfday_sync.store import Store
    from halfday_sync.workbook.update.reading import opened, seen

    package = opened(data)
    title = package.trees[_CORE].findtext(_TITLE, "") if _CORE in package.trees else ""
    school, ending, _rest = title.partition(_AFTER_SCHOOL)
    stamp = seen(package).stamp
    if not ending or not stamp or school == config.school:
        return ""
    if config.store.exists():
        with Store.open(config.store) as store:
            return "" if store.sent(stamp) else school
    return school


def _whole(data: bytes, copy: "Copy") -> None:
    """Stops where a copy is not a whole workbook."""
    import zipfile
    from io import BytesIO

    from halfday_sync.errors import SafetyError

    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            damaged = package.testzip() or ("xl/workbook.xml" not in package.namelist())
    except (zipfile.BadZipFile, EOFError, OSError):
        damaged = True
    if damaged:
        raise SafetyError(f"The copy {copy.path.name} is damaged.", now="Choose another copy: halfday restore --list")


def _listed(config: "Config", there: "tuple[Copy, ...]", now: datetime) -> list[str]:
    from halfday_sync.workbook.generations import earlier_folder, to_keep

    if not there:
        return [
            f"There is no earlier copy of {config.workbook.name} yet.",
            "One is kept each time Halfday is about to write into a tracker that people have changed.",
        ]
    reasons = to_keep(there, now.date())
    return [
        f"Earlier copies of {config.workbook.name}, the newest first, in {earlier_folder(config.store)}:",
        *(
            f"  {_moment(one)}  {_size(one.path):>8}  kept {one.why}; "
            f"{reasons.get(one, 'goes with the next copy')}  ({one.path.name})"
            for one in there
        ),
        f"To put one back: halfday restore --from '{_moment(there[0])}'. The tracker that is there now is kept too.",
    ]


def _what_it_would_do(config: "Config", copy: "Copy") -> list[str]:
    lines = [f"The copy of {_when(copy.at)} ({_size(copy.path)}, kept {copy.why}) would become {config.workbook.name}."]
    if config.workbook.exists():
        saved = datetime.fromtimestamp(config.workbook.stat().st_mtime).astimezone()
        return [
            *lines,
            f"The one that is there now, saved on {_when(saved)} ({_size(config.workbook)}), is kept too.",
            "So nothing is lost, and you can go forward again the same way.",
        ]
    return [*lines, "There is no workbook in its place now, so nothing is replaced."]


def _agreed() -> bool:
    from halfday_sync.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("Nobody is there to ask.", now="Add --yes to put it back, or --dry-run to look only.")
    return input("Put this copy back? (yes or no) ").strip().casefold() in {"y", "yes"}


def _moment(copy: "Copy") -> str:
    return f"{copy.at:%Y-%m-%d %H%M}"


def _when(at: datetime) -> str:
    return f"{at:%A} {at.day} {at:%B %Y}, {at:%H:%M}"


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1024:,.0f} KB"
