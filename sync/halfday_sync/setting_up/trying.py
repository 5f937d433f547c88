"""A source is tried before its settings are written: the way to it, then a look at what it gives."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from halfday_sync.errors import HalfdayError, SourceError
from halfday_sync.setting_up.asking import Asking, Question
from halfday_sync.setting_up.telling import look_lines, read_lines, row_lines
from halfday_sync.source_kinds import completed
from halfday_sync.sources.base import Site, Snapshot, Source
from halfday_sync.sources.opening import open_source

RECENT_DAYS = 7
_AGAIN, _CHANGE, _KEEP = "again", "change", "keep"


def reached(settings: Mapping[str, Any], site: Site, said: Callable[[str], None]) -> Source:
    """The source, once every step on the way to it went well; each is told as it goes.

    Raises:
        SettingsError: a setting or a secret is missing or wrong.
        SourceError: a step failed. It was told already.
    """
    source = open_source(completed(settings), site)
    for look in source.look():
        for line in look_lines(look):
            said(line)
        if not look.well:
            raise SourceError(f"The source cannot be read: {look.title}.", now=look.now)
    return source


def recently(site: Site) -> datetime:
    """A week before the day of the pull."""
    return datetime.combine(site.today, site.now.timetz()) - timedelta(days=RECENT_DAYS)


def tried(asking: Asking, settings: Mapping[str, Any], site: Site, *, whole: bool) -> tuple[Snapshot | None, bool]:
    """What a source gives, and whether the settings stand.

    A person may try again, change the answers (then they do not stand) or keep them as they are (then there is no
    snapshot). Where nobody is there, the first failure ends it.

    Raises:
        HalfdayError: it failed, and nobody is there to say what now.
    """
    while True:
        try:
            source = reached(settings, site, asking.said)
            snapshot = source.pull(None if whole else recently(site))
        except HalfdayError as stop:
            if asking.nobody:
                raise
            asking.said(stop.text(most=20))
            words = "Try again, change the answers, or keep them as they are"
            choice = asking.text(Question("", words, present=_AGAIN, fault=_not_a_choice))
            if choice != _AGAIN:
                return None, choice == _KEEP
            continue
        for line in (*read_lines(snapshot), *row_lines(snapshot)):
            asking.said(line)
        return snapshot, True


def _not_a_choice(text: str) -> str:
    return "" if text in (_AGAIN, _CHANGE, _KEEP) else f"write {_AGAIN}, {_CHANGE} or {_KEEP}"
