"""A letter to every family, such as the termly one: made once, when a person says so. It has no rows on Letters."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from halfday.policy.ladder import ADAPTED
from halfday.policy.model import Letter
from halfday.policy.outcome import Outcome
from halfday_sync.casework import Letter as Posted
from halfday_sync.errors import SettingsError
from halfday_sync.letters import catalogue
from halfday_sync.letters.fields import fields, goes_to_nobody, may_share
from halfday_sync.posting.picture import Picture, Typing, language_of


@dataclass(frozen=True)
class ToFamily:
    """A family's letter: whom it is about, its template, what it says, and the language that the family reads."""

    pupil_ids: tuple[str, ...]
    template: str
    fields: Mapping[str, Any]
    language: str = ""


def to_everyone(
    seen: Picture, letter_id: str, typed: Typing, have: Collection[str] = ()
) -> tuple[Letter, list[ToFamily], list[str]]:
    """A letter of the policy for every family with a child on roll, by class and name.

    A family on the adapted route gets the adapted one. Where the policy has none, or none of the carers gets letters,
    there is no letter: the pupils' ids come last, for somebody to write in their own words. `typed` is what people
    typed on the Tracker; `have` are the ids of pupils who have this letter of their own on Letters.

    Raises:
        SettingsError: the policy has no such letter, or it is one that is written because of a child's marks.
    """
    letter = _general(seen, letter_id)
    adapted = {one.pupil_id: one.reason for one in seen.decisions if one.kind == ADAPTED and one.in_force(seen.today)}
    found: list[ToFamily] = []
    by_hand: list[str] = []
    for family in _families(seen, letter.template, have):
        ids = tuple(one.pupil.pupil_id for one in family)
        reason = next((adapted[one] for one in ids if one in adapted), "")
        template = letter.adapted if reason else letter.template
        if not template or goes_to_nobody(seen.casework.carers, ids):
            by_hand += ids
            continue
        said = fields(seen.occasion(letter, catalogue.template(template), family, adapted=reason))
        found.append(ToFamily(ids, template, said, language_of(typed, ids)))
    return letter, found, by_hand


def _general(seen: Picture, letter_id: str) -> Letter:
    asked = {one.letter for one in seen.policy.actions}
    known = {
        one.id: one for one in seen.policy.letters if one.id not in asked or catalogue.template(one.template).for_all
    }
    if letter_id not in known:
        raise SettingsError(
            f"There is no letter to every family called {letter_id!r}.",
            problems=[f"letters of the policy that may go to all: {', '.join(known) or 'none'}"],
            now="Letters that a step asks for are proposed on the page Letters, child by child.",
        )
    return known[letter_id]


def having(seen: Picture, letter_id: str, letters: Sequence[Posted]) -> frozenset[str]:
    """The ids of pupils who have a letter of their own: one that is not sent yet, or went in this half term."""
    begun = seen.calendar.windows(seen.as_of).get("half_term", seen.today)
    own = [one for one in letters if one.letter == letter_id and (one.is_open or (one.sent and one.sent >= begun))]
    return frozenset(pupil_id for one in own for pupil_id in one.pupil_ids)


def _families(seen: Picture, template: str, have: Collection[str]) -> Iterator[Sequence[Outcome]]:
    """Children on roll, brothers and sisters together where one letter may be about all of them."""
    here = [one for one in seen.outcomes if one.pupil.on_roll(seen.today) and one.ytd.possible]
    here = [one for one in here if one.pupil.pupil_id not in have]
    is_shared = catalogue.template(template).shared
    families: dict[str, list[Outcome]] = {}
    for one in sorted(here, key=lambda one: (one.pupil.class_name, one.pupil.surname, one.pupil.forename)):
        family = one.pupil.family_id if is_shared else ""
        families.setdefault(f"family {family}" if family else f"pupil {one.pupil.pupil_id}", []).append(one)
    for family_of in families.values():
        if may_share(seen.casework.carers, [one.pupil.pupil_id for one in family_of]):
            yield family_of
        else:
            yield from ([one] for one in family_of)
