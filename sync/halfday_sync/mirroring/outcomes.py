"""How a sync of the Google copy came out: the short word that is kept (`MirrorTry.outcome`), and words for people."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from halfday.printing import counted
from halfday_sync.errors import HalfdayError, SafetyError, UnreachableError
from halfday_sync.sheets.telling import UnknownOutcomeError
from halfday_sync.store import MirrorTry

if TYPE_CHECKING:
    from halfday_sync.sheets.connecting import Spent  # gspread only where Google is asked

WRITTEN, SAME, UNSAFE, STOPPED, UNREACHED, UNSURE, LEFT = (
    "written", "same", "unsafe", "stopped", "unreached", "unsure", "left",
)  # fmt: skip
"""Written; nothing differed; stopped for safety, such as by who has access; a setting, the key or the file is wrong;
Google was out of reach; sent, and whether it arrived is not known; looked at only, as the tracker was not written."""

WENT_WELL = (WRITTEN, SAME)
SHOWN = {
    WRITTEN: "brought up to date",
    SAME: "nothing was to be changed",
    UNSAFE: "stopped for safety",
    STOPPED: "could not be written",
    UNREACHED: "Google was out of reach, or busy",
    UNSURE: "sent, and no answer came",
    LEFT: "looked at only, as the tracker was not written",
}
"""The same for people."""

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


def try_of(at: datetime, outcome: str, words: str, spent: "Spent | None") -> MirrorTry:
    """How a sync went and what it cost, for keeping."""
    if spent is None:
        return MirrorTry(at, outcome, words)
    return MirrorTry(at, outcome, words, spent.calls, spent.sent, spent.received, spent.seconds + spent.waited)
