"""What pulls left behind in the store, for the office to look at and to answer."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from halfday.carer import Carer
from halfday_sync.store import carers, pulls, roll
from halfday_sync.store.file import StoreFile
from halfday_sync.store.rows import Aside, KeptFlag, NotShared, OpenDoubt, Vanished, stamp


class PulledStore(StoreFile):
    """Marks set aside, pupils and fields that the source no longer gives, and what a person accepted."""

    def set_aside(self) -> tuple[Aside, ...]:
        """Marks that were not taken, as the source contradicts itself about them, and still does; by date."""
        with self._reading() as db:
            return pulls.asides(db)

    def vanished(self) -> tuple[Vanished, ...]:
        """Pupils whom the last complete list does not name, without a leaving date or another id: where are they?"""
        with self._reading() as db:
            moved = roll.moved(roll.standing(db), roll.recorded_moves(db), roll.last_seen(db))
            return tuple(one for one in roll.vanished(db) if one.pupil_id not in moved)

    def shared_upns(self) -> tuple[tuple[str, ...], ...]:
        """Ids on roll that have one UPN between them."""
        with self._reading() as db:
            return roll.shared_upns(db)

    def not_shared(self) -> tuple[NotShared, ...]:
        """Fields of pupils that nobody has in the source any more; what was known counts on."""
        with self._reading() as db:
            return pulls.not_shared(db)

    def tell_not_shared(self, fields: Mapping[str, int], *, at: datetime) -> None:
        """Makes exactly these fields the ones that are no longer shared, each with for how many pupils it is known."""
        with self.transaction():
            pulls.tell_not_shared(self._db, fields, stamp(at))

    def carers(self) -> Mapping[str, tuple[Carer, ...]]:
        """Whom to ring and to write to by pupil id, in that order; of a pupil whose id changed, under the id of now."""
        with self._reading() as db:
            moved = roll.moved(roll.standing(db), roll.recorded_moves(db), roll.last_seen(db))
            return carers.carers(db, moved)

    def carers_told_by(self) -> str:
        """The kind of source that told the carers last; blank where none ever did."""
        with self._reading() as db:
            return carers.told_by(db)

    def accept(self, key: str, who: str, *, at: datetime) -> bool:
        """Records that a person said of a doubt, by its key, that the source is right. It holds for a week.

        The key of a flag that is kept (`kept_flags`) says that it is over: then it is cleared at once. Whether it was.
        """
        with self.transaction():
            pulls.accept(self._db, key, who, at)
            flags = [one for one in pulls.kept_flags(self._db) if one.key == key]
            for one in flags:
                roll.clear_flag(self._db, one.pupil_id, one.field, stamp(at))
                pulls.close_flag(self._db, one, stamp(at))
            if flags:
                pulls.spend(self._db, [key], at)
        return bool(flags)

    def ask(self, doubts: Mapping[str, str], source: str, command: str, *, at: datetime) -> None:
        """Records what a refused pull asks: words by key, in place of what an earlier one of this source asked."""
        with self.transaction():
            pulls.ask(self._db, doubts, source, command, stamp(at))

    def no_longer_asked(self, source: str, *, at: datetime) -> None:
        """Records that a pull of this source was taken in: nothing of it is asked any more."""
        with self.transaction():
            pulls.no_longer_asked(self._db, source, stamp(at))

    def asked(self, on: datetime) -> frozenset[str]:
        """Every key that was asked within the last week."""
        with self._reading() as db:
            return pulls.asked(db, on)

    def open_doubts(self) -> tuple[OpenDoubt, ...]:
        """What pulls asked that was not answered yet, in the order asked."""
        with self._reading() as db:
            return pulls.open_doubts(db)

    def kept_flags(self) -> tuple[KeptFlag, ...]:
        """Flags that count though the source does not tell them any more."""
        with self._reading() as db:
            return pulls.kept_flags(db)

    def keep_flags(self, kept: Collection[pulls.FlagKey], told: Collection[pulls.FlagKey], *, at: datetime) -> None:
        """Records which flags are kept though they are not told, and which are told again."""
        with self.transaction():
            pulls.keep_flags(self._db, kept, told, stamp(at))

    def take_back_leaving(self, pupils: Collection[str], *, at: datetime) -> None:
        """Takes the leaving dates of these pupils away: they are back."""
        with self.transaction():
            for pupil_id in sorted(pupils):
                roll.take_back_leaving(self._db, pupil_id, stamp(at))

    def came_back(self, since: datetime) -> tuple[tuple[str, date], ...]:
        """Pupils whose leaving date was taken back since a moment, with that date."""
        with self._reading() as db:
            return roll.came_back(db, stamp(since))

    def note_moves(self, moved: Mapping[str, str], *, at: datetime) -> None:
        """Records ids that the source itself gave another of: the new one by the old one."""
        with self.transaction():
            roll.record_moves(self._db, moved, stamp(at))

    def flags_ended(self, since: datetime) -> tuple[KeptFlag, ...]:
        """Flags that were yes of a pupil and are not any more, since a moment."""
        with self._reading() as db:
            return roll.flags_ended(db, stamp(since))

    def accepted(self, on: datetime) -> frozenset[str]:
        """The doubts that a person answered within the last week, and that no snapshot has used yet."""
        with self._reading() as db:
            return pulls.accepted(db, on)

    def spend(self, keys: Collection[str], *, at: datetime) -> None:
        """Records that a snapshot was taken in by these words; the next one like it asks again."""
        with self.transaction():
            pulls.spend(self._db, keys, at)
