"""The clock of the local authority that a school refers to, on one morning: its rule, and for whom it runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

from halfday.policy.model import Policy
from halfday.school_year import Calendar
from halfday_sync.casework import Casework
from halfday_sync.casework.referral_clock import Clock, ClockRule, clocks
from halfday_sync.config import Config
from halfday_sync.entries import Problem
from halfday_sync.errors import SettingsError

if TYPE_CHECKING:

    class Made(Protocol):
        """What is needed of a line of the log of packs (`store.Referral` is one)."""

        @property
        def pupil_id(self) -> str:
            """About whom, under the id of now."""

        @property
        def profile(self) -> str:
            """What asked for it."""

        @property
        def made_on(self) -> date:
            """The day on it."""

        @property
        def is_draft(self) -> bool:
            """Whether something was missing."""

    class _Store(Protocol):
        def referrals(self) -> Iterable[Made]:
            """Every pack that was made."""
            ...


@dataclass(frozen=True)
class Found:
    """The rule of the school's local authority, the clocks that run by it, and what is to be put right in it."""

    rule: ClockRule = field(default_factory=ClockRule)
    running: tuple[Clock, ...] = ()
    problems: Sequence[Problem] = ()


def clocks_now(
    config: Config, store: "_Store", policy: Policy, casework: Casework, calendar: Calendar, today: date
) -> Found:
    """The clocks of a morning; none where the settings name no local authority, or it sets no such day.

    A profile with faults stops nobody's morning: it is told as something to put right.
    """
    name = config.referrals.get("profile", "")
    if not name:
        return Found()
    from halfday_sync.referrals import profiles  # noqa: PLC0415 - most schools name no profile

    try:
        profile = profiles.load(profiles.find(name, config.folder))
    except SettingsError as fault:
        return Found(problems=(Problem(_cannot(fault)),))
    if profile.clock is None:
        return Found()
    made = last_made(store.referrals(), profile.id, today)
    return Found(profile.clock, clocks(profile.clock, casework, calendar, today, made, policy=policy))


def last_made(packs: "Iterable[Made]", profile: str, today: date) -> Mapping[str, date]:
    """The last day up to today on which a pack of a profile was made that is no draft, by pupil id."""
    found: dict[str, date] = {}
    for pack in packs:
        if pack.profile == profile and not pack.is_draft and pack.made_on <= today:
            found[pack.pupil_id] = max(pack.made_on, found.get(pack.pupil_id, pack.made_on))
    return found


def _cannot(fault: SettingsError) -> str:
    return (
        f"The referral profile that the settings name cannot be used: {fault.what} So this page cannot say by when "
        "the local authority wants a referral. 'halfday refer --lint' says what to put right."
    )
