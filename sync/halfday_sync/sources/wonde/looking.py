"""The way to a school's marks at Wonde, step by step, in words that a school's IT can act on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from halfday.printing import counted, date_in_words
from halfday_sync.errors import HalfdayError, UnreachableError
from halfday_sync.sources.base import Look, shared_words
from halfday_sync.sources.way import way_to
from halfday_sync.sources.wonde.contacts import contacts_of
from halfday_sync.sources.wonde.identity import Child
from halfday_sync.sources.wonde.marks import newest, updated_after
from halfday_sync.sources.wonde.pupils import shared
from halfday_sync.sources.wonde.reading import Reading, Roll
from halfday_sync.sources.wonde.school import the_school
from halfday_sync.sources.wonde.values import text

LAST_DAYS = timedelta(days=7)
"""How far back marks are looked at, to tell the newest."""


@dataclass
class Steps:
    """Tries one thing after another; after the first that fails there is no other."""

    reading: Reading
    _failed: bool = field(default=False, init=False)

    def all(self) -> Iterator[Look]:
        """Every step, until one fails."""
        yield from self._on_the_way()
        for step in (self._school, self._codes, self._pupils, self._marks):
            if self._failed:
                return
            yield from self._tried(step)

    def _on_the_way(self) -> Iterator[Look]:
        for look in way_to(self.reading.web):
            self._failed = self._failed or not look.well
            yield look

    def _tried(self, step: Callable[[], Iterator[Look]]) -> Iterator[Look]:
        try:
            yield from step()
        except HalfdayError as stop:
            self._failed = True
            title = "connection" if isinstance(stop, UnreachableError) else step.__name__.strip("_")
            yield Look.failed(title, stop)

    def _school(self) -> Iterator[Look]:
        found = the_school(self.reading.web, self.reading.settings["school_id"])
        yield Look("key", well=True, words="Wonde accepts the token.")
        system = text(found.get("mis"))
        fed = f", fed by {system}" if system else ""
        yield Look("school", well=True, words=f"{text(found.get('name')) or 'The school'}{fed}, at the right address.")

    def _codes(self) -> Iterator[Look]:
        yield Look("codes", well=True, words=f"{counted(len(self.reading.codes()), 'attendance code')}.")

    def _pupils(self) -> Iterator[Look]:
        roll = self.reading.roll(self.reading.site.now - LAST_DAYS)
        here = roll.here
        if roll.problems or not here:
            self._failed = True
            words = ". ".join(roll.problems) or "Wonde lists no pupil at all."
            yield Look("pupils", well=False, words=words, now=_APPROVE)
            return
        yield Look("pupils", well=True, words=f"{counted(len(here), 'pupil')} on roll.")
        yield _leavers(roll)
        counts = shared(here)
        told = [f"{words} is shared for {some:,} of {every:,}" for words, (some, every) in counts.items()]
        none = [words for words, (some, _) in counts.items() if not some]
        now = f"Not approved? Ask the school to approve at Wonde: {', '.join(none)}." if none else ""
        yield Look("flags", well=True, words=f"{'; '.join(told)}.", now=now)
        yield _contacts(here)

    def _marks(self) -> Iterator[Look]:
        site = self.reading.site
        rows, leavers = self.reading.marks(updated_after(site.now - LAST_DAYS, site.begins))
        if not leavers:
            yield Look("marks of leavers", well=True, words="They may not be read.", now=_APPROVE)
        latest = newest(rows)
        words = f"{counted(len(rows), 'mark')} changed in the last week."
        if latest is None:
            words = "None changed in the last week; that is right in holidays only."
        else:
            words += f" The newest is of {date_in_words(latest)}."
        yield Look("marks", well=True, words=words)


_APPROVE = "Ask whoever looks after Wonde at the school to approve it there."


def _contacts(here: list[Child]) -> Look:
    carers = contacts_of(here, [])
    if carers is None:
        return Look("contacts", well=True, words="They are not shared, so no number to ring is shown.", now=_APPROVE)
    return Look("contacts", well=True, words=f"{shared_words(carers, len(here)).capitalize()}.")


def _leavers(roll: Roll) -> Look:
    left = sum(child.left for child in roll.children)
    if roll.whole:
        return Look("leavers", well=True, words=f"{counted(left, 'leaver')}.")
    return Look("leavers", well=True, words="They may not be read, so nobody is taken to have left.", now=_APPROVE)
