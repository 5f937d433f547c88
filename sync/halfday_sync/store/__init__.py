"""The store: what was acknowledged, when, and every change since; and the check that stops an implausible source."""

from halfday_sync.store.plausible import StoredFacts, check
from halfday_sync.store.rows import (
    Amendment,
    Announcement,
    Changes,
    OutcomeRow,
    PupilVersion,
    Run,
    Said,
    SnapshotRow,
)
from halfday_sync.store.store import Store

__all__ = [
    "Amendment",
    "Announcement",
    "Changes",
    "OutcomeRow",
    "PupilVersion",
    "Run",
    "Said",
    "SnapshotRow",
    "Store",
    "StoredFacts",
    "check",
]
