"""Letters on a run: what the policy asks for and people approved is settled in the store, and Word files are made."""

from halfday_sync.posting.everyone import to_everyone
from halfday_sync.posting.files import Folder
from halfday_sync.posting.picture import Picture, situation
from halfday_sync.posting.settling import Posted, settle, title_of

__all__ = ["Folder", "Picture", "Posted", "settle", "situation", "title_of", "to_everyone"]
