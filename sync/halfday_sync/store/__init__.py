"""The store: what was acknowledged, when, and every change since."""

from halfday_sync.store.facts import StoredFacts
from halfday_sync.store.mirror import MirrorSent, MirrorTry
from halfday_sync.store.referrals import Referral
from halfday_sync.store.rows import (
    Amendment,
    Announcement,
    Aside,
    Changes,
    KeptFlag,
    NotShared,
    OpenDoubt,
    OutcomeRow,
    PupilVersion,
    Run,
    Said,
    SnapshotRow,
    Vanished,
)
from halfday_sync.store.store import Store

__all__ = [
    "Amendment",
    "Announcement",
    "Aside",
    "Changes",
    "KeptFlag",
    "MirrorSent",
    "MirrorTry",
    "NotShared",
    "OpenDoubt",
    "OutcomeRow",
    "PupilVersion",
    "Referral",
    "Run",
    "Said",
    "SnapshotRow",
    "Store",
    "StoredFacts",
    "Vanished",
]
