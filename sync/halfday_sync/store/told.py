"""People's words in the store: entries, edits, decisions, and the workbooks that they were typed in."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from halfday.policy.ladder import Decision
from halfday_sync.casework import Letter
from halfday_sync.casework.letter_events import Event
from halfday_sync.entries import Edit, Entry, Typed
from halfday_sync.store import decisions, entries, letters, mirror, roll, sent
from halfday_sync.store.file import StoreFile
from halfday_sync.store.letters import Happened
from halfday_sync.store.rows import Said, stamp


class ToldStore(StoreFile):
    """What people typed, decided and changed, and what Halfday sent them. Histories are only ever added to."""

    def note(
        self, said: Iterable[Entry], *, said_by: str = "", said_at: datetime | None = None, seen_at: datetime
    ) -> int:
        """Records the entries that say something else than the last time (a value of `None`: cleared); how many.

        Args:
            said: what people typed.
            said_by: who saved the workbook last, as far as the file tells, and `said_at` when.
            said_at: see there.
            seen_at: when the run read it.
        """
        told = entries.Told(said_by, stamp(said_at) if said_at else None, stamp(seen_at), self._run)
        with self.transaction():
            return entries.note(self._db, said, told)

    def entries(self, place: str | None = None) -> Mapping[tuple[str, str, str], Typed]:
        """What people typed and what still stands, by (place, key, column), rows in the order first recorded."""
        with self._reading() as db:
            return entries.standing(db, place)

    def entry_keys(self) -> frozenset[tuple[str, str]]:
        """Every (place, key) that was ever recorded, also of rows that are gone: keys are not given twice."""
        with self._reading() as db:
            return entries.keys(db)

    def entry_history(self, key: str, place: str | None = None) -> tuple[Said, ...]:
        """Everything that was ever typed in a row, oldest first."""
        with self._reading() as db:
            return entries.history(db, key, place)

    def entry_lines(self, place: str) -> tuple[Said, ...]:
        """Everything that was ever typed in a place, oldest first."""
        with self._reading() as db:
            return entries.lines(db, place)

    def withdraw(
        self,
        place: str,
        keys: Collection[str],
        *,
        said_by: str = "",
        said_at: datetime | None = None,
        seen_at: datetime,
    ) -> int:
        """Records that people deleted these rows; how many of them still stood. Their history stays.

        Args:
            place: the table they were in.
            keys: their keys.
            said_by: as in `note`, likewise `said_at` and `seen_at`.
            said_at: see there.
            seen_at: see there.
        """
        told = entries.Told(said_by, stamp(said_at) if said_at else None, stamp(seen_at), self._run)
        with self.transaction():
            return entries.withdraw(self._db, place, keys, told)

    def moved(self, on: date | None = None) -> Mapping[str, str]:
        """Pupils whose id changed in the MIS: the id they have now, by each id they had.

        Found by the UPN as the roll stands, on a date or else on that of the last snapshot; and those that were found
        before (`carry`), so that a UPN which is put right later takes nothing away.
        """
        with self._reading() as db:
            return roll.moved(roll.standing(db), roll.recorded_moves(db), on or roll.last_seen(db))

    def carry(self, *, seen_at: datetime, on: date | None = None) -> Mapping[str, str]:
        """Lets everything typed about pupils whose id changed count for the new id; the same as `moved`.

        To be called once a run, after `acknowledge` and before the workbook is harvested. Idempotent.
        """
        with self.transaction():
            moved = self.moved(on)
            roll.record_moves(self._db, moved, stamp(seen_at))
            entries.carry(self._db, moved, stamp(seen_at), self._run)
            mirror.carry(self._db, moved)
        return moved

    def edits(self) -> tuple[Edit, ...]:
        """The cells of Halfday's that people changed and that stand as they left them."""
        with self._reading() as db:
            return entries.edits(db)

    def keep_edits(
        self, edits: Iterable[Edit], *, said_by: str = "", said_at: datetime | None = None, seen_at: datetime
    ) -> int:
        """Makes exactly these the ones that stand; how many came or went. The others stay in the history.

        Args:
            edits: the cells as they stand.
            said_by: as in `note`, likewise `said_at` and `seen_at`.
            said_at: see there.
            seen_at: see there.
        """
        told = entries.Told(said_by, stamp(said_at) if said_at else None, stamp(seen_at), self._run)
        with self.transaction():
            return entries.keep_edits(self._db, edits, told)

    def decide(self, decision: Decision) -> bool:
        """Records a hold, an override or a review; False where the same decision is recorded already."""
        with self.transaction():
            return decisions.decide(self._db, decision)

    def settle_decisions(self, said: Mapping[str, Decision], *, at: datetime) -> int:
        """Makes the decisions that come from the workbook equal to these, by row key; how many came or went.

        Decisions that were recorded otherwise (`decide`) stay. A row that changed is closed and recorded anew.
        """
        with self.transaction():
            return decisions.settle(self._db, said, self.moved(), stamp(at))

    def decisions(self, pupil_id: str | None = None, on: date | None = None) -> tuple[Decision, ...]:
        """Decisions in the order recorded; for one pupil, and those in force on a date, where asked.

        A decision about a pupil whose id changed is given under the id that the pupil has now.
        """
        with self._reading() as db:
            found = decisions.standing(db, self.moved())
        return tuple(row for row in found if pupil_id in (None, row.pupil_id) and (on is None or row.in_force(on)))

    def letters(self) -> tuple[Letter, ...]:
        """Every letter that was ever proposed, as it is now; under the ids that pupils have now."""
        with self._reading() as db:
            return letters.letters(db, self.moved())

    def happen(self, events: Iterable[Event], *, day: date, at: datetime) -> int:
        """Records what happened to letters, all of it or nothing; how many events.

        Args:
            events: what happened, in order.
            day: the day of the page.
            at: when the run was.
        """
        with self.transaction():
            return letters.append(self._db, events, day, at, self._run, self.moved())

    def letter_history(self, key: str | None = None) -> tuple[Happened, ...]:
        """Everything that ever happened to a letter, or to all, oldest first."""
        with self._reading() as db:
            return letters.history(db, self.moved(), key)

    def keep_sent(self, sent_as: str, data: bytes, *, at: datetime) -> None:
        """Keeps a workbook as Halfday wrote it, under its stamp; the sixty newest stay, each with its `stamp/…`.

        To be called before the workbook is put in place: else a run killed in between could not tell its own words from
        a person's.
        """
        with self.transaction():
            sent.keep(self._db, sent_as, data, at)

    def sent(self, sent_as: str) -> bytes | None:
        """A workbook as Halfday wrote it; nothing where it is not known or was too long ago."""
        with self._reading() as db:
            return sent.read(db, sent_as)

    def sent_in_place(self, sent_as: str, *, at: datetime) -> None:
        """Records that the workbook with this stamp is in place now."""
        with self.transaction():
            sent.placed(self._db, sent_as, at)

    def is_older(self, sent_as: str) -> bool:
        """Whether a later workbook than the one with this stamp was put in place: an earlier copy was put back."""
        with self._reading() as db:
            return sent.is_older(db, sent_as)
