"""What Wonde says it deleted: for a person to know. Nothing that is held is deleted for it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from halfday.printing import counted, date_in_words
from halfday_sync.sources.wonde.marks import OVERLAP
from halfday_sync.sources.wonde.reading import Roll
from halfday_sync.sources.wonde.values import Record, day, text
from halfday_sync.sources.wording import shown_pupil


def deletion_notes(roll: Roll, since: datetime | None) -> Iterator[str]:
    """A note for each child that is listed all the same, and counts of the others.

    A child who is taken off roll is deleted from the list of pupils, and then is among the leavers: that is no news.
    """
    earliest = (since - OVERLAP).date() if since else date.min
    here = {text(record.get("id")): child for child in roll.children for record in child.records}
    others: Counter[str] = Counter()
    for record in roll.deletions:
        when = day(record.get("deleted_at"))
        if record.get("restored_at") is not None or (when is not None and when < earliest):
            continue
        child = here.get(text(record.get("id")))
        if child is not None and not child.left:
            on = f" on {date_in_words(when)}" if when else ""
            yield f"Wonde says that {shown_pupil(child.pupil_id)} was deleted{on}, and lists it all the same: it stays"
        elif text(record.get("id")) not in roll.ids and _matters(record):
            others[text(record.get("type"))[:30]] += 1
    for kind, count in sorted(others.items()):
        yield f"Wonde says that it deleted {counted(count, 'record')} of type {kind}: what is held of that stays"


def _matters(record: Record) -> bool:
    kind = text(record.get("type")).casefold()
    return "student" in kind or "attendance" in kind
