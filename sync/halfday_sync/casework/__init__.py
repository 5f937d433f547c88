"""What people do about a child's attendance, read from what they typed: contacts, letters, plans, minutes."""

from halfday_sync.casework.model import Approval, Casework, Child, Letter, Minute, SupportPlan
from halfday_sync.casework.reading import plans_read, read_casework

__all__ = ["Approval", "Casework", "Child", "Letter", "Minute", "SupportPlan", "plans_read", "read_casework"]
