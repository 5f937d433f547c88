"""`halfday init`, step by step: name, source, a look at it, calendar, policy, times. Writes nothing; gives a plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from halfday_sync import credentials
from halfday_sync.setting_up.answers import Answers, Present
from halfday_sync.setting_up.asking import Asking
from halfday_sync.setting_up.calendar_step import ask_calendar, wants_calendar
from halfday_sync.setting_up.keeping import Plan, planned
from halfday_sync.setting_up.questions import ask_name, ask_policy, ask_secrets, ask_source, ask_times
from halfday_sync.setting_up.trying import tried
from halfday_sync.source_kinds import kinds
from halfday_sync.sources.base import Site


@dataclass(frozen=True)
class Ways:
    """How to go about it: whether the source is tried, and whether a calendar is looked for in the marks."""

    try_source: bool = True
    find_calendar: bool = True


def set_up(asking: Asking, present: Present, site: Site, ways: Ways) -> Plan:
    """Asks everything and tries the source.

    Raises:
        UsageError: nobody is there, and answers are missing; every one is named.
        HalfdayError: nobody is there, and the source cannot be read.
    """
    name = ask_name(asking, present)
    secrets_of = _Secrets(name, present.answers.name)
    source, typed = _ask_source(asking, present.answers.source, secrets_of, fresh=present.text is None)
    rest = None
    if asking.nobody:  # all that is missing is told at once, before anything is tried
        rest = _ask_rest(asking, present, site)
        asking.stop_if_wanting()
    snapshot, stands = None, not source or not ways.try_source
    whole = not stands and ways.find_calendar and wants_calendar(asking, present.answers, site.folder)
    while not stands:
        asking.tell()
        at = replace(site, secret=secrets_of.reader(typed))
        snapshot, stands = tried(asking, source, at, whole=whole)
        if not stands:
            source, typed = _ask_source(asking, source, secrets_of, fresh=False)
            stands = not source
    named, calendar = ask_calendar(asking, present.answers, site, snapshot if whole else None)
    policy, times = rest or _ask_rest(asking, present, site)
    answers = Answers(name, policy, source, named, times, secrets_of.moved(source) | typed)
    return planned(site.folder, present, answers, calendar)


def _ask_source(
    asking: Asking, now: Mapping[str, Any], secrets: "_Secrets", *, fresh: bool
) -> tuple[dict[str, Any], dict[str, str]]:
    source = ask_source(asking, now, fresh=fresh)
    return source, ask_secrets(asking, source, lambda name: bool(secrets.kept(name)))


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

    def reader(self, typed: dict[str, str]) -> Callable[[str], str]:
        """Reads what was typed, else what is kept."""
        kept = credentials.reader(self.name)
        return lambda secret: typed.get(secret) or self.kept(secret) or kept(secret)

    def moved(self, source: dict[str, Any]) -> dict[str, str]:
        """The secrets that are kept under the name of before only."""
        if self.before in ("", self.name) or not source:
            return {}
        names = [secret.name for secret in kinds()[source["kind"]].secrets if secret.applies(source)]
        return {name: found for name in names if not credentials.read(self.name, name) and (found := self.kept(name))}
