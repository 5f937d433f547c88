"""Old steps off the lists: somebody asks for it on the command line, and the next run writes it into their rows.

A row that stands in the workbook is people's: what a run finds there counts. So it is the run that writes, once it has
read what they typed; and it writes again where the run before did not come to its end.
"""

from collections.abc import Callable
from datetime import date, datetime

from halfday_sync.casework.clearing import entries_of, to_clear
from halfday_sync.casework.steps import Steps
from halfday_sync.entries import ACTIONS, CLEARED, Entry
from halfday_sync.store import Store

_ASKED = "asked"


def ask(store: Store, until: date, who: str, *, at: datetime) -> None:
    """Asks the next run to take the steps that were due before a date off the lists."""
    store.note([_request(f"{until}|{who}", _ASKED)], said_by=who, seen_at=at)


def clear(store: Store, steps: Callable[[], Steps], *, at: datetime) -> int:
    """Does what was asked for; how many steps were taken off.

    Args:
        store: the school's store.
        steps: the steps as they stand, once what people typed has been read.
        at: when this is.
    """
    requests = {key: state for (_place, key, _column), state in store.entries(CLEARED).items()}
    if not requests:
        return 0
    runs = {f"run {run.id}": run for run in store.runs()}
    now = next(reversed(runs), _ASKED)
    count = 0
    for key, state in requests.items():
        run = runs.get(str(state))
        if run is not None and run.exit_code == 0:
            store.note([_request(key, None)], seen_at=at)
            continue
        until, _, who = key.partition("|")
        rows = to_clear(steps(), date.fromisoformat(until))
        noted = frozenset((row, column) for _place, row, column in store.entries(ACTIONS))
        store.note(entries_of(rows, who, noted), said_by=who, seen_at=at)
        store.note([_request(key, now)], said_by=who, seen_at=at)
        count += len(rows)
    return count


def _request(key: str, state: str | None) -> Entry:
    return Entry(CLEARED, key, "state", "", state)
