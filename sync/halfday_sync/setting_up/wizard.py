"""`halfday init`, step by step: name, source, a look at it, calendar, policy, times. Writes nothing; gives a plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from halfday_sync import credentials
from halfday_sync.errors import HalfdayError
from halfday_sync.setting_up.answers import Answers, Present
from halfday_sync.setting_up.asking import Asking
from halfday_sync.setting_up.calendar_step import ask_calendar, wants_calendar
from halfday_sync.setting_up.changing import ask_change
from halfday_sync.setting_up.inbox_step import NO_INBOX, Inbox, ask_inbox, waiting_words
from halfday_sync.setting_up.keeping import Plan, planned
from halfday_sync.setting_up.questions import (
    ask_date_order,
    ask_name,
    ask_policy,
    ask_secrets,
    ask_source,
    ask_times,
    secrets_of,
)
from halfday_sync.setting_up.trying import CHANGE, KEEP, is_about_date_order, tried, what_now
from halfday_sync.sources.base import Site, Snapshot


@dataclass(frozen=True)
class Ways:
    """How to go about it.

    Attributes:
        try_source: whether the source is tried.
        find_calendar: whether a calendar is looked for in the marks.
        clock: the time, for each time that a person tries again; that of the site where it is not given.
    """

    try_source: bool = True
    find_calendar: bool = True
    clock: Callable[[], datetime] | None = None


@dataclass
class _Found:
    """What is known of the source so far."""

    source: dict[str, Any]
    typed: dict[str, str]
    inbox: Inbox = NO_INBOX
    snapshot: Snapshot | None = None
    whole: bool = False
    tries: int = 0
    orders_asked: int = 0


def set_up(asking: Asking, present: Present, site: Site, ways: Ways) -> Plan:
    """Asks everything and tries the source.

    Raises:
        UsageError: nobody is there, and answers are missing; every one is named.
        HalfdayError: nobody is there, and the source cannot be read.
    """
    name = ask_name(asking, present)
    source = ask_source(asking, present.answers.source, fresh=present.text is None)
    name = _of_its_own(asking, present, name, source)
    secrets_are = _Secrets(name, present.answers.name)
    typed = ask_secrets(asking, source, secrets_are.has)
    _no_other_school(asking, present, secrets_are, source, typed)
    rest = None
    if asking.nobody:  # all that is missing is told at once, before anything is tried
        rest = _ask_rest(asking, present, site)
    asking.stop_if_wanting()
    found = _Found(source, typed)
    _look_at(found, asking, present, site, ways, secrets_are)
    named, calendar = ask_calendar(asking, present.answers, site, found.snapshot if found.whole else None)
    policy, times = rest or _ask_rest(asking, present, site)
    asking.stop_if_wanting()
    secrets = secrets_are.moved(found.source) | found.typed
    answers = Answers(name, policy, found.source, named, times, secrets)
    return planned(site.folder, present, answers, calendar, found.inbox)


def _look_at(found: _Found, asking: Asking, present: Present, site: Site, ways: Ways, secrets: "_Secrets") -> None:
    """Tries the source, as often as a person wants; what they change meanwhile is in `found`."""
    while found.source:
        known = dict(present.answers.source) == found.source
        found.inbox = ask_inbox(asking, found.source, site, known=known)
        if found.inbox.waits:
            asking.said(waiting_words(found.inbox))
        if found.inbox.waits or not ways.try_source:
            return
        if not found.tries and ways.find_calendar:
            found.whole = wants_calendar(asking, present.answers, site.folder)
        asking.tell()
        now = ways.clock() if found.tries and ways.clock else site.now
        at = replace(site, now=now, secret=secrets.reader(found.typed))
        found.tries += 1
        try:
            found.snapshot = tried(asking, found.source, at, whole=found.whole)
        except HalfdayError as stop:
            if asking.nobody:
                raise
            if _has_decided(found, asking, secrets, stop):
                return
        else:
            return


def _has_decided(found: _Found, asking: Asking, secrets: "_Secrets", stop: HalfdayError) -> bool:
    """Asks what to do about a source that cannot be read; whether it is to be kept as it is."""
    if found.orders_asked < _ORDERS and is_about_date_order(found.source, stop):
        found.orders_asked += 1
        found.source = ask_date_order(asking, found.source)
        return False
    choice = what_now(asking)
    if choice == CHANGE:
        found.source, found.typed = ask_change(asking, found.source, found.typed, secrets.has, stop)
    return choice == KEEP


_ORDERS = 2
"""So often the order of the dates is asked for: there are two of them."""


def _of_its_own(asking: Asking, present: Present, name: str, source: Mapping[str, Any]) -> str:
    """A name under which no other school's secrets are kept, where a person is there to give one."""
    while not asking.nobody and _is_taken(present, name, source) and not asking.has("--name"):
        asking.said(f"Secrets of a school named {name} are kept on this computer already.")
        if asking.yes("Is it this very school, set up anew (yes or no)", usual=False):
            return name
        asking.said("Then give this one another name: secrets are kept under it.")
        name = ask_name(asking, present)
    return name


def _no_other_school(
    asking: Asking, present: Present, secrets: "_Secrets", source: Mapping[str, Any], typed: Mapping[str, str]
) -> None:
    """Two folders must not share secrets by a name; who gives the very secrets that are kept means that school."""
    asked = not asking.nobody and not asking.has("--name")
    same = all(typed.get(one.name) == secrets.kept(one.name) for one in secrets_of(source))
    if not asked and not same and _is_taken(present, secrets.name, source):
        asking.problems.append(
            "--name: secrets of a school of this name are kept on this computer already. Give this one another name; "
            "if it is the same school, set up anew, give the same secrets, or run this at a keyboard without --name"
        )


def _is_taken(present: Present, name: str, source: Mapping[str, Any]) -> bool:
    """Whether secrets are kept under this name, though this folder has no settings of that name."""
    if not name or name == present.answers.name:
        return False
    return any(credentials.read(name, one.name) for one in secrets_of(source))


def _ask_rest(asking: Asking, present: Present, site: Site) -> tuple[str, tuple[str, ...]]:
    return ask_policy(asking, present.answers.policy, site.folder), ask_times(asking, present.answers.times)


@dataclass(frozen=True)
class _Secrets:
    """The secrets that are kept already, under the school's name of now or of before."""

    name: str
    before: str

    def kept(self, secret: str) -> str | None:
        """A secret; nothing where none is kept."""
        found = credentials.read(self.name, secret) if self.name else None
        if not found and self.before and self.before != self.name:
            found = credentials.read(self.before, secret)
        return found

    def has(self, secret: str) -> bool:
        """Whether it is kept."""
        return bool(self.kept(secret))

    def reader(self, typed: dict[str, str]) -> Callable[[str], str]:
        """Reads what was typed, else what is kept."""
        kept = credentials.reader(self.name)
        return lambda secret: typed.get(secret) or self.kept(secret) or kept(secret)

    def moved(self, source: dict[str, Any]) -> dict[str, str]:
        """The secrets that are kept under the name of before only."""
        if self.before in ("", self.name) or not source:
            return {}
        names = [secret.name for secret in secrets_of(source)]
        return {name: found for name in names if not credentials.read(self.name, name) and (found := self.kept(name))}
