"""`halfday import`: pupils and marks out of exported files, into the store."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands import pulling
from halfday_sync.commands.logged import logged
from halfday_sync.commands.options import Said, as_of_option, dry_run_option, school_option
from halfday_sync.errors import Exit

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
"""


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `import`."""
    parser = parsers.add_parser(
        "import",
        help="take pupils and marks from exported files (CSV, TXT, XLSX)",
        epilog=_MAPPING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the exported files")
    parser.add_argument("--mapping", type=Path, metavar="TOML", help="what the files' own headings and codes mean")
    parser.add_argument(
        "--year", type=int, action="append", metavar="YEAR", help="let in an earlier school year too, by its first year"
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
    from halfday_sync.sources.tabular import read_mapping, read_table
    from halfday_sync.store import Store

    config = settings.load(args.school)
    at = pulling.moment(args, "halfday import …")
    mapping = read_mapping(args.mapping) if args.mapping else None
    snapshot = read_table(args.files, as_of=at.today, mapping=mapping, years=tuple(args.year or ()))
    said(f"Read {snapshot.register.count():,} marks of {len(snapshot.pupils):,} pupils.")
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


def _take_in(config: "Config", store: "Store", snapshot: "Snapshot", at: pulling.Moment, said: Said, done: str) -> None:
    pulling.accept(store, at)
    changes = pulling.take_in(config, store, snapshot, at, source="import of files", said=said).changes
    said(
        f"{done}: {changes.added:,} new marks, {len(changes.amended):,} changed, "
        f"{len(changes.joined):,} pupils joined, {len(changes.left):,} left."
    )
