"""What people do about a child's attendance, read from what they typed: contacts, letters, plans, minutes."""

from halfday_sync.casework.model import Approval, Casework, Child, Letter, Minute, SupportPlan

__all__ = ["Approval", "Casework", "Child", "Letter", "Minute", "SupportPlan"]
