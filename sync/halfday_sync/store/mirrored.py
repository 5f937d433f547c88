"""The Google copy, as the store remembers it."""

from collections.abc import Mapping
from datetime import datetime

from halfday_sync.entries import Typed
from halfday_sync.store import mirror, roll
from halfday_sync.store.file import StoreFile
from halfday_sync.store.mirror import Answer, MirrorSent, MirrorTry
from halfday_sync.store.rows import stamp


class MirroredStore(StoreFile):
    """Answers that both sides held last, what the newest syncs wrote, and how they went."""

    def mirror_base(self) -> Mapping[Answer, Typed]:
        """The answers that the copy and the tracker held alike last, by (pupil_id, column).

        A cell that is not there was empty, or never seen. They are under the ids that pupils have now once `carry` was
        called, as every run does before it reads the workbook.
        """
        with self._reading() as db:
            return mirror.base(db)

    def keep_mirror_base(self, cells: Mapping[Answer, Typed], *, at: datetime) -> int:
        """Remembers what both sides hold now, of these cells (`None`: nothing); how many differ from before.

        To be called only once both do hold it: the workbook is written, or Google has acknowledged (that is
        `acknowledge_mirror`).
        """
        if not cells:
            return 0
        with self.transaction():
            return mirror.keep_base(self._db, cells, stamp(at))

    def keep_mirror_sent(
        self, sent_as: str, data: bytes, answers: Mapping[Answer, Typed] | None = None, *, at: datetime
    ) -> None:
        """Keeps what is about to be written to the copy, as pending. To be called before it is sent.

        The sixty newest stay, and the last one that arrived.

        Args:
            sent_as: the stamp that it carries.
            data: what is written.
            answers: the answers among it, by (pupil_id, column): both sides hold them once it has arrived.
            at: when.
        """
        with self.transaction():
            mirror.keep_sent(self._db, MirrorSent(sent_as, at, data), answers or {})

    def acknowledge_mirror(self, sent_as: str, *, at: datetime) -> bool:
        """Records that what was sent under a stamp has arrived, with its answers; False where that was known."""
        with self.transaction():
            return mirror.acknowledge(self._db, sent_as, stamp(at), roll.recorded_moves(self._db))

    def last_mirror_sent(self) -> MirrorSent | None:
        """What arrived last, as far as is known; nothing before the first time."""
        with self._reading() as db:
            return mirror.last_sent(db)

    def mirror_stamps(self) -> tuple[str, ...]:
        """The newest stamps, pending and acknowledged, in the order in which they were sent."""
        with self._reading() as db:
            return mirror.stamps(db)

    def note_mirror_try(self, tried: MirrorTry) -> None:
        """Keeps how a sync went; the two hundred newest stay."""
        with self.transaction():
            mirror.note_try(self._db, tried)

    def mirror_tries(self, most: int = 200) -> tuple[MirrorTry, ...]:
        """How the newest syncs went, the newest first."""
        with self._reading() as db:
            return mirror.tries(db, most)
