"""The fixed words that a pack may hold: a name that stands in them is no leak. Nothing of it is about a child."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from halfday import codes, contacted
from halfday.policy.model import Policy
from halfday_sync.referrals.drawing.look import page_words
from halfday_sync.referrals.fields import all_fields
from halfday_sync.referrals.profile import REASONS, Profile

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def vocabulary(policy: Policy, profile: Profile, school: tuple[str, ...]) -> frozenset[str]:
    """Words and sentences of the profile, the fields, the policy, the codes, the calendar and the school itself.

    Args:
        policy: the school's.
        profile: what asks for the pack.
        school: its name, its address, whom to ring.
    """
    calendar = (*_DAYS, *_MONTHS, *(name[:3] for name in (*_DAYS, *_MONTHS)))
    meanings = (row.meaning for row in codes.all_codes())
    told = (
        *_texts(policy),
        *_texts(profile),
        *_texts(all_fields()),
        *_texts(REASONS),
        *contacted.NOT_REACHED,
        *page_words(),
    )
    return frozenset(text for text in (*told, *meanings, *calendar, *school) if text.strip())


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in (*value.keys(), *value.values()):
            yield from _texts(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _texts(getattr(value, one.name))
    elif isinstance(value, list | tuple | frozenset | set):
        for one in value:
            yield from _texts(one)
