"""`halfday chronology PUPIL`: everything of one pupil in the order of days, as text to paste into a record."""

import argparse
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.commands.new_file import write_new
from halfday_sync.commands.opening import opened, outcome_of
from halfday_sync.commands.options import Said, as_of_option, iso_date, school_option
from halfday_sync.errors import Exit

if TYPE_CHECKING:
    from halfday.policy.outcome import Outcome
    from halfday_sync.chronology import Answered, Story, Ticked
    from halfday_sync.entries import Typed
    from halfday_sync.pipeline import Day
    from halfday_sync.store import Store


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


def story_of(store: "Store", day: "Day", one: "Outcome") -> "Story":
    """All that is known of a pupil, for the chronology."""
    from halfday.measures import Axis
    from halfday_sync.chronology import Story

    axis = Axis.of(day.register, day.calendar, day.settled)
    return Story(
        one.pupil.pupil_id,
        day.policy,
        day.casework,
        stages=[(axis.days[step.at], step.stage) for step in one.steps],
        triggers=[*one.triggers, *one.duties],
        ticked=tuple(_ticked(store, one.pupil.pupil_id)),
        answers=tuple(_answered(store, one.pupil.pupil_id)),
        decisions=day.decisions,
        noted=tuple(_noted(store, one.pupil.pupil_id, day.morning.today)),
        marks_until=day.settled,
    )


def _noted(store: "Store", pupil_id: str, today: date) -> Iterator[tuple[date, str]]:
    """The lines of the Notes on the Tracker that are no contacts, each with the day on which it was first read."""
    from halfday_sync.casework.noted import other_lines
    from halfday_sync.entries import TRACKER
    from halfday_sync.times import wall

    standing = other_lines(store.entries(TRACKER).get((TRACKER, pupil_id, "notes")), today)
    history = [row for row in store.entry_history(pupil_id, TRACKER) if row.column == "notes"]
    for line in standing:
        first = next((row for row in history if line in other_lines(row.value, today)), None)
        if first is not None:
            yield wall(first.said_at or first.seen_at).date(), line


def _ticked(store: "Store", pupil_id: str) -> Iterator["Ticked"]:
    """The pupil's ticked actions; where no date was typed, the day counts on which the tick was first read."""
    from halfday_sync.chronology import Ticked
    from halfday_sync.decided import is_done, read_action_key, read_day, text_of
    from halfday_sync.entries import ACTIONS, by_row
    from halfday_sync.times import wall

    for key, typed in by_row(store.entries(ACTIONS), ACTIONS).items():
        done, action = typed.get("done"), read_action_key(key)
        if action is None or action.pupil_id != pupil_id or not is_done(done):
            continue
        history = [row for row in store.entry_history(key, ACTIONS) if row.column == "done" and is_done(row.value)]
        day = read_day(done) or (wall(history[-1].said_at or history[-1].seen_at).date() if history else action.due)
        who = history[-1].said_by if history else ""
        yield Ticked(action.action, action.due, day, text_of(typed.get("note")), who)


def _answered(store: "Store", pupil_id: str) -> Iterator["Answered"]:
    """What SLT decided in the Google copy, each decision once, and when it was ticked; also under ids of before.

    Where no date was typed, the day counts on which the answer was first read.
    """
    from halfday_sync.chronology import Answered
    from halfday_sync.decided import is_done, read_day, slt_key, text_of
    from halfday_sync.entries import ACTIONS
    from halfday_sync.times import wall

    ids = [*(old for old, new in store.moved().items() if new == pupil_id), pupil_id]
    lines = [row for one in ids for row in store.entry_history(slt_key(one), ACTIONS) if row.kind != "moved"]
    row: dict[str, Typed] = {}
    told: tuple[str, str] = ("", "")
    for seen, together in groupby(lines, key=lambda line: line.seen_at):
        read = {line.column: line for line in together}
        row |= {column: line.value for column, line in read.items()}
        agreed, comment = text_of(row.get("slt_agreed")), text_of(row.get("slt_comment"))
        if (agreed or comment) and (agreed, comment) != told:
            told = agreed, comment
            yield Answered(
                read_day(row.get("slt_on")) or wall(seen).date(), agreed, comment, text_of(row.get("slt_by"))
            )
        if "done" in read and is_done(row["done"]):
            day = read_day(row["done"]) or wall(read["done"].said_at or seen).date()
            yield Answered(day, agreed, text_of(row.get("note")), read["done"].said_by, is_done=True)
