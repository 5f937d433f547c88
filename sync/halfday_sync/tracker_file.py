"""The tracker as a file: read once, brought up to date in place, never over something that a person saved meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from halfday_sync.errors import SafetyError
from halfday_sync.store import Store
from halfday_sync.workbook import generations, place
from halfday_sync.workbook.in_use import refuse_if_in_use
from halfday_sync.workbook.keyed import keyed_tables, placed
from halfday_sync.workbook.lint import lint
from halfday_sync.workbook.package import Package
from halfday_sync.workbook.update.loose import loose, open_columns
from halfday_sync.workbook.update.own_page import OwnPage
from halfday_sync.workbook.update.plan import Plan
from halfday_sync.workbook.update.planning import Wishes
from halfday_sync.workbook.update.reading import opened, seen
from halfday_sync.workbook.update.seen import Seen, key_text
from halfday_sync.workbook.update.sent import digest_of
from halfday_sync.workbook.update.updating import Sent, Updated, stamped, updated

_BESIDE = "/file"
"""Added to a stamp: what the store keeps beside the fresh workbook of that stamp."""


@dataclass(frozen=True)
class Found:
    """The tracker as it was found.

    Attributes:
        path: where it is.
        data: its bytes.
        stamp: what the file was at that moment.
        package: its parts, and `seen` what stands in it.
        sent: what was sent last; None where the store does not know.
    """

    path: Path
    data: bytes
    stamp: place.Stamp
    package: Package
    seen: Seen
    sent: Sent | None

    @classmethod
    def of(cls, path: Path, data: bytes, stamp: place.Stamp, store: Store) -> "Found":
        """The tracker, read.

        Raises:
            SafetyError: it cannot be read, or not be changed with certainty.
        """
        package = opened(data, path.name)
        there = seen(package)
        return cls(path, data, stamp, package, there, remembered(store, there.stamp))

    @cached_property
    def sent_seen(self) -> Seen | None:
        """What was sent last."""
        return self.sent.seen if self.sent else None

    def keys(self, table: str) -> frozenset[str]:
        """The keys of the rows of one of the tables whose rows belong to people."""
        return _keys(self.seen, self.sent_seen, table)

    def deleted(self, table: str) -> frozenset[str]:
        """The keys of rows that were sent and are there no more."""
        sent = self.sent_seen
        return _keys(sent, sent, table) - self.keys(table) if sent and table in self.seen.tables else frozenset()

    def loose(self, titles: Collection[str]) -> tuple[str, ...]:
        """Words that people typed on these pages, on which no cell is theirs: laying them out takes them away."""
        sent, before = self.sent, self.sent_seen
        if sent is None or before is None:
            return ()
        found: list[str] = []
        for title in titles:
            there, was = self.seen.sheets.get(title), before.sheets.get(title)
            if there and was:
                keys = OwnPage(sent.fresh, title).key_column
                found += loose(there, was, open_columns(sent.fresh, title), key_column=keys)
        return tuple(dict.fromkeys(found))

    def updated(self, fresh: bytes, wishes: Wishes) -> "Update":
        """What the tracker becomes, beside a fresh one. Nothing is written.

        Raises:
            SafetyError: something must be put right first; or it was made by a newer Halfday.
        """
        package = opened(fresh)
        design = seen(package).design
        if self.seen.design > design:
            raise SafetyError(
                f"The workbook {self.path.name} was made by a newer Halfday (design {self.seen.design}; this one knows "
                f"{design}).",
                now="Update Halfday on this computer.",
            )
        return Update(fresh, design, updated(self.package, package, self.sent, wishes))


def _keys(there: Seen, sent: Seen | None, name: str) -> frozenset[str]:
    keyed = next(one for one in keyed_tables() if one.name == name)
    table = there.tables.get(name)
    at = placed(keyed, there, sent).get(keyed.key.key) if table else None
    if table is None or at is None:
        return frozenset()
    sheet = there.sheets[table.sheet]
    return frozenset(key for row in table.rows if (key := key_text(sheet.at(row, at.at).value)))


@dataclass(frozen=True)
class Update:
    """An update, ready to be put in place: the fresh workbook, its design, and what the tracker becomes."""

    fresh: bytes
    design: int
    made: Updated

    @property
    def plan(self) -> Plan:
        """What it changes."""
        return self.made.plan


def find(path: Path, store: Store) -> Found | None:
    """The tracker, read once; nothing where there is none.

    Raises:
        SafetyError: it cannot be read, or not be changed with certainty.
        InUseError: it is being saved at this moment.
    """
    if not path.exists():
        return None
    data, stamp = place.read(path)
    return Found.of(path, data, stamp, store)


def found_open(path: Path, data: bytes, store: Store) -> Found:
    """The tracker as it stands in this person's Excel, as Excel would save it now.

    Raises:
        SafetyError: it cannot be read, or not be changed with certainty.
    """
    return Found.of(path, data, place.Stamp(len(data), 0, 0, ""), store)


def remembered(store: Store, stamp: str) -> Sent | None:
    """What was sent under a stamp, where the store still knows it."""
    fresh, noted = (store.sent(stamp), store.sent(stamp + _BESIDE)) if stamp else (None, None)
    return Sent(opened(fresh), noted) if fresh is not None and noted is not None else None


def remember(store: Store, stamp: str, fresh: bytes, noted: bytes, at: datetime) -> None:
    """Keeps what is being sent. Before the file is put in place: a run killed after that must know its own words."""
    with store.transaction():
        store.keep_sent(stamp, fresh, at=at)
        store.keep_sent(stamp + _BESIDE, noted, at=at)


@dataclass(frozen=True)
class Writing:
    """What writing the tracker needs besides the views: the store that remembers it, and the time."""

    store: Store
    now: datetime
    wall: datetime


def begin(path: Path, fresh: bytes, writing: Writing) -> None:
    """Puts a fresh tracker where none is.

    Raises:
        Changed: one has come there meanwhile.
        InUseError, SafetyError: it could not be written.
    """
    _put_fresh(path, fresh, writing, None)


def begin_anew(path: Path, fresh: bytes, writing: Writing) -> None:
    """Puts a fresh tracker in place of one in which nobody has worked (`untouched`), or where none is.

    Raises:
        InUseError, SafetyError: it could not be written, or somebody works in it.
    """
    expected = place.read(path)[1] if path.exists() else None
    place.start_again(path, lambda: _put_fresh(path, fresh, writing, expected))


def _put_fresh(path: Path, fresh: bytes, writing: Writing, expected: place.Stamp | None) -> None:
    data, stamp, noted = stamped(fresh)
    remember(writing.store, stamp, fresh, noted, writing.now)
    place.put(path, data, expected=expected, prove=_whole, keep=lambda _there: None)
    writing.store.sent_in_place(stamp, at=writing.now)


def untouched(path: Path, store: Store) -> bool:
    """Whether nothing is there, or what is there is as Halfday wrote it."""
    if not path.exists():
        return True
    try:
        found = find(path, store)
    except SafetyError:
        return False
    if found is None or found.sent is None:
        return found is None
    return found.stamp.sha256 == digest_of(found.sent.noted)


def bring_up_to_date(found: Found, update: Update, writing: Writing) -> None:
    """Puts an update in place; what people made in the tracker stays to the byte.

    Raises:
        Changed: somebody saved it meanwhile; nothing of theirs was touched.
        InUseError: somebody has it open.
        SafetyError: it could not be proved, or not be written; it is as it was.
    """
    made = update.made
    remember(writing.store, made.stamp, update.fresh, made.noted, writing.now)
    before = f"design {update.design}" if found.seen.design < update.design else ""
    folder = generations.earlier_folder(writing.store.path)

    def keep(there: bytes) -> None:
        generations.keep(folder, found.path.name, there, at=writing.wall, before=before)

    place.put(
        found.path,
        made.data,
        expected=found.stamp,
        prove=lambda data: made.prove(found.package, data),
        keep=keep,
        before_replace=lambda: refuse_if_in_use(found.path),
    )
    writing.store.sent_in_place(made.stamp, at=writing.now)


def _whole(data: bytes) -> None:
    """Stops unless a file is a workbook without faults."""
    if findings := lint(data):
        raise SafetyError(
            "The tracker could not be read back as it was written.",
            problems=findings,
            now="Check the disk, and run again.",
        )
