"""Adopting a tried policy: the figures of the Policy page become the school's own policy file, as a recorded act."""

from halfday_sync.adopting.act import Adoption, carry_out, plan
from halfday_sync.adopting.day import first_day
from halfday_sync.adopting.edits import adopted_text
from halfday_sync.adopting.merge import Merged, merge
from halfday_sync.adopting.tried import from_clipboard, refuse_faults_of_the_page, refuse_policy_file
from halfday_sync.adopting.words import changes, still_said

__all__ = [
    "Adoption",
    "Merged",
    "adopted_text",
    "carry_out",
    "changes",
    "first_day",
    "from_clipboard",
    "merge",
    "plan",
    "refuse_faults_of_the_page",
    "refuse_policy_file",
    "still_said",
]
