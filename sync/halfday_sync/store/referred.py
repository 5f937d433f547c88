"""The packs that were made for others, as the store remembers them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from halfday_sync.store import referrals
from halfday_sync.store.referrals import Referral
from halfday_sync.store.rows import stamp
from halfday_sync.store.told import ToldStore


class ReferredStore(ToldStore):
    """Packs for a local authority, another school or governors: what each of them said, and where it lies."""

    def begin_referral(self, one: Referral, content: Mapping[str, Any], *, at: datetime) -> str:
        """Records that a pack is about to be put in place, and all that it says; the key that it has from now on.

        To be called before its folder is there: else a run killed in between leaves a pack that nobody knows of.
        """
        with self.transaction():
            return referrals.begin(self._db, one, content, stamp(at))

    def referral_placed(self, key: str, *, at: datetime) -> None:
        """Records that a pack lies in its folder."""
        with self.transaction():
            referrals.placed(self._db, key, stamp(at))

    def referrals(self) -> tuple[Referral, ...]:
        """Every pack that was made, in that order; under the ids that pupils have now."""
        return tuple(one for one in self._referrals() if one.placed_at)

    def referrals_begun(self) -> tuple[Referral, ...]:
        """Packs of which it is not known whether their folder was put in place: the run that made them was stopped."""
        return tuple(one for one in self._referrals() if not one.placed_at)

    def referral_content(self, key: str) -> Mapping[str, Any] | None:
        """All that a pack says, as it was given to `begin_referral`; nothing where there is none of that key."""
        with self._reading() as db:
            return referrals.content(db, key)

    def known_as(self) -> tuple[tuple[str, str, str, str], ...]:
        """Id, UPN, surname and forename of everyone ever seen, also as they were before; those of now come first."""
        with self._reading() as db:
            return referrals.known_as(db)

    def _referrals(self) -> tuple[Referral, ...]:
        with self._reading() as db:
            return referrals.referrals(db, self.moved())
