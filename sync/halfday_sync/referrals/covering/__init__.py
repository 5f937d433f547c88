"""Other children in people's own words, covered before a pack is made from them."""

from halfday_sync.referrals.covering.names import FAMILY, Covering
from halfday_sync.referrals.covering.words import COVER

__all__ = ["COVER", "FAMILY", "Covering"]
