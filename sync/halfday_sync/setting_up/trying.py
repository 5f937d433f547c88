"""A source is tried before its settings are written: the way to it, then a look at what it gives."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from halfday_sync.errors import HalfdayError, SourceError
from halfday_sync.setting_up.asking import Asking, Question
from halfday_sync.setting_up.telling import look_lines, read_lines, row_lines
from halfday_sync.source_kinds import completed, kinds
from halfday_sync.sources.base import Look, Site, Snapshot, Source
from halfday_sync.sources.opening import open_source

RECENT_DAYS = 7
AGAIN, CHANGE, KEEP = "again", "change", "keep"


class NotReachedError(SourceError):
    """A step on the way to a source failed, and was told already: `look`."""

    def __init__(self, look: Look) -> None:
        super().__init__(f"The source cannot be read: {look.title} (see above).")
        self.look = look


def reached(settings: Mapping[str, Any], site: Site, said: Callable[[str], None]) -> Source:
    """The source, once every step on the way to it went well; each is told as it goes.

    Raises:
        SettingsError: a setting or a secret is missing or wrong.
        NotReachedError: a step failed. It was told already.
    """
    source = open_source(completed(settings), site)
    for look in source.look():
        for line in look_lines(look):
            said(line)
        if not look.well:
            raise NotReachedError(look)
    return source


def recently(site: Site) -> datetime:
    """A week before the day of the pull."""
    return datetime.combine(site.today, site.now.timetz()) - timedelta(days=RECENT_DAYS)


def tried(asking: Asking, settings: Mapping[str, Any], site: Site, *, whole: bool) -> Snapshot:
    """What a source gives, told to the person.

    Raises:
        HalfdayError: it cannot be read; what is wrong was told where somebody is there.
    """
    try:
        source = reached(settings, site, asking.said)
        snapshot = source.pull(None if whole else recently(site))
    except HalfdayError as stop:
        if not asking.nobody:
            _tell(asking, stop)
        elif is_about_date_order(settings, stop):
            stop.now = f'{stop.now} By options: --set "date_order=day first" (or month first).'.strip()
        raise
    for line in (*read_lines(snapshot, str(settings["kind"])), *row_lines(snapshot)):
        asking.said(line)
    return snapshot


def what_now(asking: Asking) -> str:
    """Whether to try again, to change an answer, or to keep the answers as they are."""
    words = "Try again (Enter), change an answer, or keep them as they are"
    return asking.text(Question("", words, present=AGAIN, fault=_not_a_choice)).casefold()


def is_about_date_order(settings: Mapping[str, Any], stop: HalfdayError) -> bool:
    """Whether a refusal says that dates can be read in two ways, and a setting can tell which is meant."""
    kind = kinds()[str(settings["kind"])]
    return "date_order" in said_of(stop) and any(setting.key == "date_order" for setting in kind.settings)


def said_of(stop: HalfdayError) -> str:
    """All that a refusal says, with the step that failed."""
    return f"{stop.look.words}\n{stop.look.now}" if isinstance(stop, NotReachedError) else stop.text()


def _tell(asking: Asking, stop: HalfdayError) -> None:
    """What is wrong, once: a step that failed was told as it went."""
    if not isinstance(stop, NotReachedError):
        for line in stop.text(most=20).splitlines():
            if line != stop.done:
                asking.said(line)


def _not_a_choice(text: str) -> str:
    return "" if text.casefold() in (AGAIN, CHANGE, KEEP) else f"write {AGAIN}, {CHANGE} or {KEEP}"
