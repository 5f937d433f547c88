"""What a tab can show, by the names that `shows` has in `mirror.toml`; and any section of a page that may be shown."""

from collections.abc import Callable, Mapping

from halfday_sync.mirroring.actions import actions
from halfday_sync.mirroring.changes import changes
from halfday_sync.mirroring.content import Content, Of
from halfday_sync.mirroring.health import health
from halfday_sync.mirroring.section import section
from halfday_sync.mirroring.statutory import statutory
from halfday_sync.mirroring.summary import summary
from halfday_sync.mirroring.tracker import tracker

_LISTS: Mapping[str, Callable[[Of], Content]] = {
    "summary": summary,
    "changes": changes,
    "tracker": tracker,
    "actions": actions,
    "statutory": statutory,
    "health": health,
}


def content_of(of: Of) -> Content:
    """The rows of a tab."""
    return _LISTS.get(of.tab.shows, section)(of)
