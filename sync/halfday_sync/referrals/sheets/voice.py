"""The voice of the child: in the child's words, who wrote them down, and when."""

from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Fact, Facts, Sheet
from halfday_sync.referrals.fields import all_fields
from halfday_sync.referrals.known.answers import known
from halfday_sync.referrals.profile import Profile

FIELDS = ("voice", "voice_by", "voice_on")


def sheet(case: Case, profile: Profile) -> Sheet:
    """What the child says; lines to write on where nobody has asked yet."""
    told, table = known(case), all_fields()
    rows = tuple(Fact(table[name].label, told.get(name, ""), by_hand=name not in told) for name in FIELDS)
    return Sheet("voice", "Voice of the child", (Facts("What the child says", rows),))
