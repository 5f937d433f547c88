"""Earlier copies of the workbook as people left it: what is kept, for how long, and under which names.

They hold pupils' data, so only this user may read them, they stay on the disk of the store, and they go after a while:
every copy of the last two days, the last one of each of 14 days and 8 weeks, and one for a year from before each
change of the workbook's design. Days and weeks without a copy do not count.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, count
from pathlib import Path

from halfday_sync.errors import SafetyError
from halfday_sync.whole_file import put_whole
from halfday_sync.workbook.strays import clear_up

DAYS, WEEKS = 14, 8
_ALL, _UPGRADE, _RESTORE = timedelta(days=1), timedelta(days=365), timedelta(days=14)
BEFORE_RESTORE = "going back"
_NAME = re.compile(
    r"(?P<stem>.*) (?P<day>\d{4}-\d\d-\d\d) (?P<time>\d{4})(?: before (?P<before>.+?))?(?: \((?P<number>\d+)\))?"
)


@dataclass(frozen=True, order=True)
class Copy:
    """One earlier copy.

    Attributes:
        at: when it was kept, by the clock on the wall.
        number: from 2 on where several were kept in one minute; 1 otherwise.
        before: what it was kept before, `design 2` or `going back`; empty for a copy of every day.
        path: where it is.
    """

    at: datetime
    number: int
    before: str
    path: Path

    @property
    def why(self) -> str:
        """Why it was kept, as words: what was about to happen to the workbook."""
        return f"before {self.before}" if self.before else "before an update"


def earlier_folder(store: Path) -> Path:
    """Where the copies of a school's workbook are: beside its store, on a local disk; stores may share a folder."""
    return store.parent / "earlier" / store.stem


def copies(folder: Path, workbook: str) -> tuple[Copy, ...]:
    """The earlier copies of a workbook, the newest first; a file with another name is nobody's copy."""
    stem = Path(workbook).stem
    found = (_copy(file) for file in folder.iterdir()) if folder.is_dir() else ()
    return tuple(sorted((one for one in found if one and _stem(one.path) == stem), reverse=True))


def keep(folder: Path, workbook: str, data: bytes, *, at: datetime, before: str = "") -> Path | None:
    """Keeps a copy, unless the newest one is the same, kept for the same reason; then removes those that are due to go.

    Content that was kept some time ago is kept again: that copy may go before its day comes.

    Args:
        folder: where the copies are; made where it is not there.
        workbook: the file name of the workbook.
        data: its content.
        at: now, by the clock on the wall.
        before: what is about to happen, where that is more than an update: `design 2`.

    Returns:
        Where it is; None where the newest copy is the same.

    Raises:
        SafetyError: it cannot be kept, so the workbook must not be replaced.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = copies(folder, workbook)
        if there and there[0].before == before and _same(there[0].path, data):
            return None
        path = _free(folder, workbook, at, before)
        put_whole(path, data, mode=0o600)
        for one in set(there) - set(to_keep(there, at.date())):
            one.path.unlink(missing_ok=True)
    except OSError as fault:
        raise SafetyError(
            f"An earlier copy of {workbook} could not be kept in {folder}: {fault.strerror or fault}.",
            done="The workbook is as it was: it is never replaced before a copy of it is kept.",
            now="Make room on that disk, or ask for the right to write in that folder; then run again.",
        ) from fault
    return path


def put_right(workbook: Path, store: Path, *, now: datetime) -> int:
    """Clears up after runs that were ended in the middle, beside the workbook and among its earlier copies.

    Args:
        workbook: where it is, or should be.
        store: the file of the school's store.
        now: the time of this run, with its zone.

    Returns:
        How many files of ended runs there were.

    Raises:
        SafetyError: what a person may have saved in the last instant cannot be kept.
    """
    folder = earlier_folder(store)

    def kept(data: bytes) -> None:
        keep(folder, workbook.name, data, at=now.astimezone().replace(tzinfo=None))

    return sum(clear_up(path, now=now, keep=kept) for path in (workbook, folder / workbook.name))


def to_keep(there: Iterable[Copy], today: date) -> Mapping[Copy, str]:
    """Which copies stay, each with the reason in words. Pure: the clock is an argument."""
    newest = sorted(there, reverse=True)
    kept: dict[Copy, str] = {}
    for one in newest:
        age = today - one.at.date()
        if one.before == BEFORE_RESTORE and age < _RESTORE:
            kept[one] = "stays for two weeks"
        elif one.before and one.before != BEFORE_RESTORE and age < _UPGRADE:
            kept[one] = "stays for a year"
        elif age <= _ALL:
            kept[one] = "stays today and tomorrow"
    recent = [one for one in newest if today - one.at.date() < _UPGRADE]
    by_day = {one.at.date(): one for one in reversed(recent)}
    by_week = {one.at.isocalendar()[:2]: one for one in reversed(recent)}
    for one in sorted(by_day.values(), reverse=True)[:DAYS]:
        kept.setdefault(one, f"the last of its day: stays for {DAYS} days with a copy")
    for one in sorted(by_week.values(), reverse=True)[:WEEKS]:
        kept.setdefault(one, f"the last of its week: stays for {WEEKS} weeks with a copy")
    return kept


def _free(folder: Path, workbook: str, at: datetime, before: str) -> Path:
    stem, suffix = Path(workbook).stem, Path(workbook).suffix
    name = f"{stem} {at:%Y-%m-%d %H%M}" + (f" before {before}" if before else "")
    names = chain([name], (f"{name} ({number})" for number in count(2)))
    return next(path for one in names if not (path := folder / f"{one}{suffix}").exists())


def _copy(file: Path) -> Copy | None:
    name = _NAME.fullmatch(file.stem)
    if name is None or not file.is_file():
        return None
    try:
        at = datetime.strptime(f"{name['day']} {name['time']}", "%Y-%m-%d %H%M")  # noqa: DTZ007 - the wall's clock
    except ValueError:
        return None
    return Copy(at, int(name["number"] or 1), name["before"] or "", file)


def _stem(path: Path) -> str:
    name = _NAME.fullmatch(path.stem)
    return name["stem"] if name else ""


def _same(path: Path, data: bytes) -> bool:
    if path.stat().st_size != len(data):
        return False
    return hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(data).digest()
