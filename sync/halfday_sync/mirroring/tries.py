"""How a sync of the Google copy came out: as a short word that is kept, and in words for the lines of a run."""

import re
from datetime import datetime

from halfday.printing import counted
from halfday_sync.errors import HalfdayError, SafetyError, UnreachableError
from halfday_sync.mirroring.outcomes import STOPPED, UNREACHED, UNSAFE, UNSURE
from halfday_sync.sheets.connecting import Spent
from halfday_sync.sheets.telling import UnknownOutcomeError
from halfday_sync.store.mirror import MirrorTry

_NOT = "The Google copy was not brought up to date."
_ADDRESS = re.compile(r"[a-z0-9.-]+@[a-z0-9.-]+\.gserviceaccount\.com")


def outcome_of(stop: HalfdayError) -> str:
    """The short word for what stopped a sync."""
    if isinstance(stop, UnknownOutcomeError):
        return UNSURE
    if isinstance(stop, UnreachableError):
        return UNREACHED
    return UNSAFE if isinstance(stop, SafetyError) else STOPPED


def words_of(stop: HalfdayError) -> str:
    """What stopped it, for the lines of a run and its log: addresses stand on Today and in `halfday mirror check`."""
    if isinstance(stop, SafetyError) and stop.problems:
        return f"{_NOT} {stop.what} {counted(len(stop.problems), 'reason')}: run 'halfday mirror check'."
    return _ADDRESS.sub("Halfday's account", " ".join(filter(None, (_NOT, stop.what, stop.now))))


def fault_of(fault: Exception) -> HalfdayError:
    """A fault of Halfday's own, without what it held."""
    return HalfdayError(f"A fault in Halfday ({type(fault).__name__}).", now="Please report this.")


def try_of(at: datetime, outcome: str, words: str, spent: Spent | None) -> MirrorTry:
    """How a sync went and what it cost, for keeping."""
    if spent is None:
        return MirrorTry(at, outcome, words)
    return MirrorTry(at, outcome, words, spent.calls, spent.sent, spent.received, spent.seconds + spent.waited)
