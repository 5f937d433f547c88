"""`halfday chronology PUPIL`: everything of one pupil in the order of days, as text to paste into a record."""

import argparse
from datetime import timedelta
from pathlib import Path

from halfday_sync.commands.new_file import write_new
from halfday_sync.commands.opening import opened, outcome_of
from halfday_sync.commands.options import Said, as_of_option, iso_date, school_option
from halfday_sync.errors import Exit


def add(parsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of `chronology`."""
    parser = parsers.add_parser("chronology", help="everything of one pupil by date, as text to paste")
    parser.add_argument("pupil", metavar="PUPIL", help="a pupil id or UPN")
    school_option(parser)
    as_of_option(parser, "the last day whose marks count (default: that of the last run)")
    parser.add_argument("--since", type=iso_date, metavar="DATE", help="only from this day on")
    parser.add_argument("--out", type=Path, metavar="FILE", help="into a new text file instead of onto the screen")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, said: Said) -> Exit:
    """Finds the pupil and tells everything. The text is about a child: it holds what staff wrote, names too."""
    from halfday.printing import day_and_year
    from halfday_sync.chronology import as_text, chronology
    from halfday_sync.pipeline import work_out
    from halfday_sync.store import Store
    from halfday_sync.stories import story_of

    config, policy = opened(args.school)
    with Store.open(config.store, school=config.school) as store:
        today = args.as_of + timedelta(days=1) if args.as_of else store.morning_shown() or args.today
        day = work_out(store, policy, today)
        one = outcome_of(day, args.pupil)
        story = story_of(store, day, one)
    events = chronology(story, args.since)
    since = f" from {day_and_year(args.since)}" if args.since else ""
    until = f"marks up to {day_and_year(day.settled)}, {config.school}"
    head = f"Attendance chronology of pupil {one.pupil.pupil_id}{since} ({until})"
    lines = [head, *(as_text(events) or ["Nothing is noted."])]
    if args.out is None:
        for line in lines:
            said(line)
        return Exit.DONE
    write_new(args.out, lines)
    said(f"{len(events)} entries of pupil {one.pupil.pupil_id} written. The file is about a child: keep it as such.")
    return Exit.DONE
