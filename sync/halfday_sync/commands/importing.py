"""`halfday import`: pupils and marks out of exported files, into the store; and the years before out of CTF files."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands import pulling
from halfday_sync.commands.logged import logged
from halfday_sync.commands.options import Said, as_of_option, dry_run_option, school_option
from halfday_sync.errors import Exit, UsageError

if TYPE_CHECKING:
    from halfday_sync.config import Config
    from halfday_sync.sources.base import Snapshot
    from halfday_sync.store import Store

_MAPPING = """a mapping file is TOML; every key is optional:
  sheet = "Marks"             the only sheet to read of a workbook
  header_row = 4              the row of the headings, as a spreadsheet numbers it
  date_order = "day first"    or "month first", where the dates do not prove it
  keep_comments = false       true keeps comments; they may hold safeguarding notes
  [columns]                   our column = "their heading", e.g. pupil_id = "Pupil No."
  [codes]                     their code = "register code"; "" leaves such a mark out
  [sessions]                  their session = "AM" or "PM"

A list of contacts may be among the files, or alone: a row for each person to ring, with pupil_id, order, name,
relationship, phone, phone_2 and letters (yes or no), or the usual headings of an MIS. sync/README.md says more.

Common Transfer Files (XML) bring the marks of the years before, once the pupils are known: halfday import
999LLLL_CTF_*.xml --school-number 9999999. Of a mapping file, [codes] counts for them.
"""
_CTF = ".xml"
_NUMBER = 7


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `import`."""
    parser = parsers.add_parser(
        "import",
        help="take pupils and marks from exported files (CSV, TXT, XLSX; XML for the years before)",
        epilog=_MAPPING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the exported files")
    parser.add_argument("--mapping", type=Path, metavar="TOML", help="what the files' own headings and codes mean")
    parser.add_argument(
        "--year",
        type=int,
        action="append",
        metavar="YEAR",
        help="let in an earlier school year too, by its first year; of CTF files, take these years only",
    )
    parser.add_argument(
        "--school-number",
        metavar="NUMBER",
        help="for CTF files: the school's DfE number (LA and establishment, 7 digits); other schools' marks stay out",
    )
    school_option(parser)
    dry_run_option(parser)
    as_of_option(parser, "the day of the export; later marks are refused")
    pulling.accept_options(parser)
    parser.set_defaults(run=logged(run))


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Reads every file, checks everything, then stores in one go."""
    from halfday_sync import config as settings
    from halfday_sync.one_at_a_time import held
    from halfday_sync.sources.base import shared_words
    from halfday_sync.store import Store

    _files_of_one_sort(args)
    config = settings.load(args.school)
    at = pulling.moment(args, "halfday import …")
    snapshot = _back_fill(args, at) if _is_ctf(args.files[0]) else _exports(args, at)
    said(f"Read {snapshot.register.count():,} marks of {len(snapshot.pupils):,} pupils.")
    if snapshot.carers is not None:
        said(f"Read {shared_words(snapshot.carers)}.")
    snapshot = pulling.with_calendar(config, snapshot)
    if args.dry_run and not config.store.is_file():
        for note in snapshot.notes:
            said(note)
        said("Dry run: nothing was stored.")
        return Exit.DONE
    if args.dry_run:
        with Store.open(config.store, school=config.school) as store, pulling.tried(store):
            _take_in(config, store, snapshot, at, said, "It would be stored")
        said("Dry run: nothing was stored.")
        return Exit.DONE
    with held(config.store, at.now), Store.open(config.store, school=config.school) as store:
        _take_in(config, store, snapshot, at, said, "Stored")
    return Exit.DONE


def _is_ctf(path: Path) -> bool:
    return path.suffix.casefold() == _CTF


def _files_of_one_sort(args: argparse.Namespace) -> None:
    """Raises `UsageError` where CTF files and others are given together, or a CTF without the school's number."""
    ctf = [path for path in args.files if _is_ctf(path)]
    number = (args.school_number or "").replace("/", "")
    if not ctf and args.school_number is None:
        return
    if len(ctf) < len(args.files):
        raise UsageError(
            f"{len(ctf)} of the {len(args.files)} files are CTF files." if ctf else "--school-number is for CTF files.",
            now="Import CTF files (XML, with --school-number) and other exports one after the other.",
        )
    if len(number) != _NUMBER or not (number.isascii() and number.isdecimal()):
        raise UsageError(
            "CTF files need --school-number: a child's years at other schools are in them, too.",
            now="Give the school's DfE number, LA and establishment: --school-number 9999999.",
        )
    missing = [str(path) for path in ctf if "*" not in path.name and not path.is_file()]
    if missing:
        raise UsageError("Not every file is there.", problems=missing, now="Check their names.")
    args.school_number = number


def _exports(args: argparse.Namespace, at: pulling.Moment) -> "Snapshot":
    from halfday_sync.sources.tabular import read_mapping, read_table

    mapping = read_mapping(args.mapping) if args.mapping else None
    return read_table(args.files, as_of=at.today, mapping=mapping, years=tuple(args.year or ()))


def _back_fill(args: argparse.Namespace, at: pulling.Moment) -> "Snapshot":
    """The marks of the years before, or of those asked for."""
    from glob import escape

    from halfday_sync import credentials
    from halfday_sync.commands.progress import Progress
    from halfday_sync.sources.base import Site
    from halfday_sync.sources.ctf import open_source
    from halfday_sync.sources.tabular import read_mapping

    # Not every shell spells out a pattern; a file's name that looks like one is itself.
    files = [str(path.absolute() if "*" in path.name else escape(str(path.absolute()))) for path in args.files]
    own = read_mapping(args.mapping).codes if args.mapping else {}
    with Progress() as progress:
        site = Site(args.school, at.today, at.now, args.wait, credentials.reader(""), progress)
        source = open_source({"kind": "ctf", "files": files, "school": args.school_number, "codes": own}, site)
        snapshot = source.pull(None)
    return _of_years(snapshot, args.year) if args.year else snapshot


def _of_years(snapshot: "Snapshot", years: list[int]) -> "Snapshot":
    """What is of these school years, by their first years."""
    from dataclasses import replace

    from halfday.school_year import year_of

    register = snapshot.register
    kept = [at for at, key in enumerate(register.sessions) if year_of(key.date) in years]
    of_years = replace(
        register,
        sessions=tuple(register.sessions[at] for at in kept),
        rows=tuple(register.rows[at] for at in kept),
        extras={where: mark for where, mark in register.extras.items() if year_of(mark.date) in years},
    )
    aside = tuple(one for one in snapshot.set_aside if year_of(one.date) in years)
    return replace(snapshot, register=of_years, set_aside=aside)


def _take_in(config: "Config", store: "Store", snapshot: "Snapshot", at: pulling.Moment, said: Said, done: str) -> None:
    pulling.accept(store, at, said)
    source = "import of CTF files" if snapshot.back_fill else "import of files"
    changes = pulling.take_in(config, store, snapshot, at, source=source, said=said).changes
    said(
        f"{done}: {changes.added:,} new marks, {len(changes.amended):,} changed, "
        f"{len(changes.joined):,} pupils joined, {len(changes.left):,} left."
    )
