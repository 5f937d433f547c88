"""A pupil's story, gathered from the store and the day: what `chronology` tells, and a pack for others is made from."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from halfday.measures import Axis
from halfday.policy.outcome import Outcome
from halfday_sync.casework.noted import other_lines
from halfday_sync.chronology import Answered, Story, Ticked
from halfday_sync.decided import is_done, read_action_key, read_day, slt_key, text_of
from halfday_sync.entries import ACTIONS, TRACKER, Typed, by_row
from halfday_sync.pipeline import Day
from halfday_sync.store import Store
from halfday_sync.times import wall


def story_of(store: Store, day: Day, one: Outcome) -> Story:
    """All that is known of a pupil, for the chronology."""
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


def _noted(store: Store, pupil_id: str, today: date) -> Iterator[tuple[date, str]]:
    """The lines of the Notes on the Tracker that are no contacts, each with the day on which it was first read."""
    standing = other_lines(store.entries(TRACKER).get((TRACKER, pupil_id, "notes")), today)
    history = [row for row in store.entry_history(pupil_id, TRACKER) if row.column == "notes"]
    for line in standing:
        first = next((row for row in history if line in other_lines(row.value, today)), None)
        if first is not None:
            yield wall(first.said_at or first.seen_at).date(), line


def _ticked(store: Store, pupil_id: str) -> Iterator[Ticked]:
    """The pupil's ticked actions; where no date was typed, the day counts on which the tick was first read."""
    for key, typed in by_row(store.entries(ACTIONS), ACTIONS).items():
        done, action = typed.get("done"), read_action_key(key)
        if action is None or action.pupil_id != pupil_id or not is_done(done):
            continue
        history = [row for row in store.entry_history(key, ACTIONS) if row.column == "done" and is_done(row.value)]
        day = read_day(done) or (wall(history[-1].said_at or history[-1].seen_at).date() if history else action.due)
        who = history[-1].said_by if history else ""
        yield Ticked(action.action, action.due, day, text_of(typed.get("note")), who)


def _answered(store: Store, pupil_id: str) -> Iterator[Answered]:
    """What SLT decided in the Google copy, each decision once, and when it was ticked; also under ids of before.

    Where no date was typed, the day counts on which the answer was first read.
    """
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
