"""The declaration: what is declared, and lines for those who sign."""

from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Boxes, Sheet
from halfday_sync.referrals.profile import Profile

USUAL = ("What this pack says is right as far as the school knows, and a person has read all of it.",)
"""Declared where the form has no words of its own."""
SIGNED_BY = ("Headteacher",)


def sheet(case: Case, profile: Profile) -> Sheet:
    """What is declared. Nothing is signed or ticked by Halfday."""
    boxes = Boxes("What is declared", profile.statements or USUAL, profile.signed_by or SIGNED_BY)
    return Sheet("declaration", "Declaration", (boxes,))
