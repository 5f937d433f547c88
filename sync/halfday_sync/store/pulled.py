"""What pulls left behind in the store, for the office to look at and to answer."""

from collections.abc import Collection, Mapping
from datetime import datetime

from halfday_sync.store import pulls, roll
from halfday_sync.store.file import StoreFile
from halfday_sync.store.rows import Aside, NotShared, Vanished, stamp


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

    def accept(self, key: str, who: str, *, at: datetime) -> None:
        """Records that a person said of a doubt, by its key, that the source is right. It holds for a week."""
        with self.transaction():
            pulls.accept(self._db, key, who, at)

    def accepted(self, on: datetime) -> frozenset[str]:
        """The doubts that a person answered within the last week, and that no snapshot has used yet."""
        with self._reading() as db:
            return pulls.accepted(db, on)

    def spend(self, keys: Collection[str], *, at: datetime) -> None:
        """Records that a snapshot was taken in by these words; the next one like it asks again."""
        with self.transaction():
            pulls.spend(self._db, keys, at)
