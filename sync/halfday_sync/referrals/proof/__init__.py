"""The proof that nobody else is in a pack: every part of every file is opened and searched for every other child."""

from halfday_sync.referrals.proof.prove import VERSION, prove
from halfday_sync.referrals.proof.said import Leak, Place, Proof, Proven

__all__ = ["VERSION", "Leak", "Place", "Proof", "Proven", "prove"]
