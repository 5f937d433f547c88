"""Who wrote to the sheet last, by its stamp: we, somebody else, or we in a version that was brought back. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from halfday_sync.errors import SafetyError

_BACK = "Nothing was written to the sheet."
_TAKE_OVER = "then run 'halfday mirror sync --take-over' once."


@dataclass(frozen=True, slots=True)
class Known:
    """The stamps that the store knows.

    Attributes:
        acknowledged: the last one that is known to have arrived; blank before the first.
        pending: those that were sent after it, with no word whether they arrived.
        earlier: older ones.
    """

    acknowledged: str = ""
    pending: Collection[str] = ()
    earlier: Collection[str] = ()

    @property
    def is_first(self) -> bool:
        """Whether nothing is known to have arrived ever."""
        return not self.acknowledged


OURS, LATE, NONE, EARLIER, ANOTHER = "ours", "late", "none", "earlier", "another"
"""What a stamp says: the last one of ours; one of ours that arrived although nobody told us; there is none; an earlier
version was brought back; another writer."""


def judged(stamp: str, known: Known, *, has_pages: bool) -> str:
    """What a sheet's stamp says.

    Args:
        stamp: the one that was read.
        known: those that the store knows.
        has_pages: whether any tab of Halfday's is there.

    >>> judged("halfday 2", Known("halfday 1", pending=["halfday 2"]), has_pages=True)
    'late'
    """
    if stamp and stamp in known.pending:
        return LATE
    if stamp == known.acknowledged and (stamp or not has_pages):
        return OURS
    if not stamp:
        # The first load stops between its calls: tabs without a stamp, and nothing that has arrived.
        return OURS if known.is_first and known.pending else NONE
    return EARLIER if stamp in known.earlier else ANOTHER


def check(stamp: str, known: Known, *, has_pages: bool, take_over: bool = False) -> str:
    """What a sheet's stamp says, where Halfday may go on: `OURS` or `LATE`; with `take_over` whatever it says.

    Raises:
        SafetyError: somebody else wrote to the sheet, or brought an earlier version back.
    """
    verdict = judged(stamp, known, has_pages=has_pages)
    if verdict in (OURS, LATE) or take_over:
        return verdict
    stop = _empty if verdict == NONE and not has_pages else _STOPS[verdict]
    raise stop()


def _none() -> SafetyError:
    return SafetyError(
        "The Google Sheet does not say any more which sync was the last one: its tabs were made anew, copied from "
        "another sheet, or a hidden cell was emptied.",
        done=_BACK,
        now=f"Look whether it is the right sheet. If it is and should be filled in from this tracker, {_TAKE_OVER}",
    )


def _empty() -> SafetyError:
    return SafetyError(
        "None of Halfday's tabs is in this Google Sheet: it is another one than before, or they were deleted.",
        done=_BACK,
        now="If it is the right sheet, run 'halfday mirror setup --again' once: it makes the tabs, with SLT's answers "
        "from the tracker.",
    )


def _earlier() -> SafetyError:
    return SafetyError(
        "An earlier version of the Google Sheet was brought back.",
        done=f"{_BACK} What SLT wrote after that version is in the tracker, as far as it had been read.",
        now=f"Bring back the newest version (File > Version history). If the earlier one should stay, {_TAKE_OVER} "
        "SLT's words that differ are then listed.",
    )


def _another() -> SafetyError:
    return SafetyError(
        "Another computer writes to this Google Sheet: its last sync was not made from here.",
        done=_BACK,
        now="Let one computer alone do it: take the sheet out of the other one's halfday.toml. If this one shall go "
        f"on, {_TAKE_OVER}",
    )


_STOPS = {NONE: _none, EARLIER: _earlier, ANOTHER: _another}
