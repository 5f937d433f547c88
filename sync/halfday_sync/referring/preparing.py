"""From a school's day to one child's pack as content: answers read, the case gathered, the gate asked. No writing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from halfday.policy.outcome import Outcome
from halfday_sync.config import Config
from halfday_sync.errors import SettingsError
from halfday_sync.pipeline import Day
from halfday_sync.referrals import profiles
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Pack
from halfday_sync.referrals.covering import Covering
from halfday_sync.referrals.others import Own
from halfday_sync.referrals.pack import pack_of
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.readiness import Lack, lacks
from halfday_sync.referring.asking import Questions, covered, read_questions
from halfday_sync.referring.everyone_else import answers_of, notes_of, others_of, own_of, staff_of
from halfday_sync.referring.folder import FOLDER, TO_SEND
from halfday_sync.referring.gather import Wanted, gather, ids_of, school_facts
from halfday_sync.referring.keeping import read_content
from halfday_sync.referring.making import Made, Privacy, made
from halfday_sync.referring.vocabulary import vocabulary
from halfday_sync.store import Referral, Store


@dataclass(frozen=True)
class Site:
    """A school whose tracker was read.

    Attributes:
        config: its settings.
        store: its store, open.
        day: what was worked out.
    """

    config: Config
    store: Store
    day: Day

    @property
    def beside(self) -> Path:
        """The folder of the tracker."""
        return self.config.workbook.parent

    @property
    def folder(self) -> Path:
        """The folder of all packs."""
        return self.beside / FOLDER


@dataclass(frozen=True)
class Prepared:
    """A child's pack, and what is missing in it.

    Attributes:
        case: all that is known of the child.
        profile: what asks.
        questions: the child's list of questions.
        lacks: what is missing, what is needed first.
        pack: what the pack says; a draft while something is missing that is needed.
        privacy: of whom it may tell.
        told: how many words were left that may be another child's name, for a person to read.
    """

    case: Case
    profile: Profile
    questions: Questions
    lacks: Sequence[Lack]
    pack: Pack
    privacy: Privacy
    told: int

    @property
    def needed(self) -> tuple[Lack, ...]:
        """What there is a draft for only."""
        return tuple(one for one in self.lacks if one.is_needed)


def prepare(site: Site, one: Outcome, profile: Profile, wanted: Wanted) -> Prepared:
    """A child's pack as content.

    Args:
        site: the school.
        one: the child's outcome.
        profile: what asks.
        wanted: what somebody asked for.

    Raises:
        SourceError: the list of questions cannot be read, or an answer is none.
    """
    store, day, pupil = site.store, site.day, one.pupil
    ids = ids_of(store, pupil.pupil_id)
    found = read_questions(site.folder, ids, day.casework.carers.get(pupil.pupil_id, ()))
    own = own_of(store, site.config, day, pupil, found.answers, wanted.who)
    others = others_of(store, ids, site.folder)
    covering = Covering(others, own)
    case = gather(site.config, store, day, one, covering, wanted)
    answers = covered(found.answers, covering)
    case = replace(case, answers=answers, covered=covering.covered)
    missing = lacks(case, profile)
    privacy = Privacy(others, own, words_of(site, profile), tuple(child.pupil.pupil_id for child in case.siblings))
    return Prepared(case, profile, found, missing, pack_of(case, profile, missing), privacy, covering.told)


def of_nobody(site: Site, profile: Profile) -> Privacy:
    """Of whom a summary may tell: of no child at all."""
    others = others_of(site.store, (), site.folder)
    return Privacy(others, Own("", staff=staff_of(site.config, site.day)), words_of(site, profile))


def remade(site: Site, one: Referral, content: Mapping[str, Any], password: str = "") -> Made:
    """A pack that was made before, from what it said then; proven against everybody who is known now.

    Args:
        site: the school.
        one: what the log says of it.
        content: what the log kept of it.
        password: with one, there is an encrypted workbook to send as well.

    Raises:
        SafetyError: somebody else is in it.
    """
    pack, manifest, own, siblings = read_content(content)
    ids = ids_of(site.store, one.pupil_id) if one.pupil_id else ()
    notes = notes_of(site.store, ids, answers_of(site.folder, ids))
    own = replace(own, pupil_id=one.pupil_id, ids=ids, notes=notes)
    moved = site.store.moved()
    confirmed = tuple(moved.get(child, child) for child in siblings)
    privacy = Privacy(others_of(site.store, ids, site.folder), own, words_of(site, _profile_of(site, one)), confirmed)
    is_same_kind = (TO_SEND in one.files) == bool(password)
    return made(pack, privacy, reason=one.reason, password=password, manifest=manifest if is_same_kind else b"")


def _profile_of(site: Site, one: Referral) -> Profile:
    """The profile of a pack, as far as there is one of that name today."""
    try:
        return profiles.load(profiles.find(one.profile, site.config.folder))
    except SettingsError:
        return Profile(one.profile, "", "")


def words_of(site: Site, profile: Profile) -> frozenset[str]:
    """The fixed words that a pack of this school may hold."""
    facts = school_facts(site.config)
    school = (facts.name, *facts.address, facts.contact, facts.head, facts.dfe_number)
    return vocabulary(site.day.policy, profile, school)
