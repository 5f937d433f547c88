"""What `halfday mirror status` tells of the last syncs."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from halfday_sync.mirroring.settings import MirrorSettings
    from halfday_sync.store import MirrorTry


def status_lines(settings: "MirrorSettings", tries: "Sequence[MirrorTry]", now: datetime) -> Iterator[str]:
    """The copy, when it was last as it should be, and the syncs, the newest first."""
    from halfday_sync.doctor.finding import moment
    from halfday_sync.doctor.health import age
    from halfday_sync.mirroring.outcomes import SHOWN, WENT_WELL

    yield f"The copy: https://docs.google.com/spreadsheets/d/{settings.sheet}/edit"
    if not tries:
        yield "Never synced. The first time is a step of its own: halfday mirror sync"
        return
    good = next((one for one in tries if one.outcome in WENT_WELL), None)
    if good is None:
        yield f"None of the last {len(tries)} syncs went well."
    else:
        yield f"It is as of {moment(good.at, now)}, {age(good.at, now)}."
    for one in tries:
        yield f"  {moment(one.at, now)}  {SHOWN.get(one.outcome, one.outcome)}  {_cost(one)}"
        if one.words:
            yield f"      {one.words}"
    if tries[0].outcome not in WENT_WELL:
        yield "What to do: halfday mirror check"


def _cost(one: "MirrorTry") -> str:
    from halfday.printing import counted

    sizes = f"{one.bytes_sent:,} bytes sent, {one.bytes_received:,} received"
    return f"{counted(one.calls, 'call')}, {sizes}, {one.seconds:.1f} s"
