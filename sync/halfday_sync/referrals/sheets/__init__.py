"""The sheets of a pack, by the ids that profiles name. Each is drawn from one child's case and a profile: pure."""

from collections.abc import Callable, Mapping

from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Sheet
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.sheets import (
    attachments,
    barriers,
    certificate,
    chronology,
    cover,
    declaration,
    family,
    figures,
    half_terms,
    letters,
    patterns,
    plans,
    send_review,
    support,
    threshold,
    transfer,
    voice,
)

SHEETS: Mapping[str, Callable[[Case, Profile], Sheet]] = {
    "cover": cover.sheet,
    "certificate": certificate.sheet,
    "threshold": threshold.sheet,
    "chronology": chronology.sheet,
    "letters": letters.sheet,
    "plans": plans.sheet,
    "support": support.sheet,
    "barriers": barriers.sheet,
    "voice": voice.sheet,
    "family": family.sheet,
    "declaration": declaration.sheet,
    "attachments": attachments.sheet,
    "figures": figures.sheet,
    "half_terms": half_terms.sheet,
    "patterns": patterns.sheet,
    "send_review": send_review.sheet,
    "transfer": transfer.sheet,
}
