"""Whatever pupils are called, a pack can be made: no fixed word of any profile's pages is a leak as a child's name."""

import re
from collections.abc import Iterable
from functools import cache

import pytest
from tests.little_school import little_school
from tests.referral_case import FATHER, MOTHER, SCHOOL, case, ready_case

from halfday_sync.referrals import profiles
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Pack
from halfday_sync.referrals.others import Others, Own, Person
from halfday_sync.referrals.pack import pack_of
from halfday_sync.referrals.profile import SUMMARY, Profile
from halfday_sync.referrals.proof import prove
from halfday_sync.referrals.proof.tokens import tokens
from halfday_sync.referrals.readiness import lacks
from halfday_sync.referring.governors import pack_of_governors
from halfday_sync.referring.making import Privacy, made
from halfday_sync.referring.vocabulary import vocabulary

PROFILES = {name: profiles.load(profiles.find(name, None)) for name in profiles.names(None)}
CASES = {"ready": ready_case, "open": case}
NAMED = ("Ode", "Quay", "Mill", "Rowan")
"""Names that stand in what staff wrote of this child."""


@cache
def the(name: str) -> Case:
    return CASES[name]()


def pack_for(profile: Profile, of: str) -> Pack:
    return pack_of(the(of), profile, lacks(the(of), profile))


def own_of(one: Case) -> Own:
    work = one.casework
    story = one.story
    told = [*(row.who for row in work.contacts), *(row.who for row in work.plans), *(row.owner for row in work.minutes)]
    done = [*(row.who for row in story.decisions), *(row.who for row in story.ticked)]
    staff = {one.who, SCHOOL.head, *told, *done, *(row.who for row in story.answers)}
    approved = {row.approval.by for row in work.letters if row.approval}
    answers = {said for key, said in one.answers.items() if key not in ("reason_words", "voice")}
    names = tuple(sorted(filter(None, staff | approved | answers)))
    pupil = one.pupil
    carers, phones = (MOTHER.name, FATHER.name), (*MOTHER.phones, *FATHER.phones)
    return Own(
        pupil.pupil_id, (), pupil.upn, pupil.forename, pupil.surname, carers=carers, phones=phones, staff=names,
    )  # fmt: skip


def words_of(texts: Iterable[str], own: Own) -> list[str]:
    """Every word of a page but names and numbers."""
    names = (own.forename, own.surname, *own.carers, SCHOOL.name, *SCHOOL.address, SCHOOL.head, *NAMED)
    left_out = {word.stem for name in names for word in tokens(name)} - {"school", "the", "head", "headteacher"}
    found = {word.stem for text in texts for word in tokens(text)}
    return sorted(word for word in found - left_out if re.fullmatch(r"[^\W\d]{2,}", word))


def called(words: Iterable[str]) -> Others:
    """Children each of whom has one of these words as forename, as surname, or as the plural of it."""
    both = {one for word in words for one in (word, word.removesuffix("s")) if len(one) > 1}
    people = [Person(f"Z{number:05}Q", surname=word.title()) for number, word in enumerate(sorted(both))]
    return Others((*people, *(Person(f"{one.pupil_id}F", forename=one.surname) for one in people)))


def leaking(texts: Iterable[str], own: Own, fixed: frozenset[str]) -> set[str]:
    """The words of a page that would stop it."""
    said = list(texts)
    others = called(words_of(said, own))
    found = prove({"page.txt": "\n".join(said).encode()}, others, own, fixed)
    named = {one.pupil_id: one.surname or one.forename for one in others.people}
    return {named[pupil_id] for leak in found.leaks for pupil_id in leak.whose}


def fixed_of(profile: Profile, one: Case) -> frozenset[str]:
    return vocabulary(one.policy, profile, (SCHOOL.name, *SCHOOL.address, SCHOOL.contact, SCHOOL.head))


@pytest.mark.parametrize("of", CASES)
@pytest.mark.parametrize("name", [name for name, one in PROFILES.items() if one.kind != SUMMARY])
def test_no_word_of_a_pack_stops_it(name: str, of: str) -> None:
    one = the(of)
    assert leaking(pack_for(PROFILES[name], of).texts(), own_of(one), fixed_of(PROFILES[name], one)) == set()


def test_no_word_of_the_governors_summary_stops_it() -> None:
    view, (profile,) = little_school(), [one for one in PROFILES.values() if one.kind == SUMMARY]
    pack = pack_of_governors(view, profile)
    assert leaking(pack.texts(), Own(""), vocabulary(view.policy, profile, (view.school,))) == set()


def test_nor_does_a_word_of_the_files_themselves() -> None:
    """Headers, properties, bookmarks and the manifest are proven as well."""
    profile, one = PROFILES["generic"], the("open")
    pack, own = pack_for(profile, "open"), own_of(one)
    fixed = fixed_of(profile, one)
    files = made(pack, Privacy(Others(), own, fixed), reason="unauthorised").files
    manifest = files["manifest.toml"].decode()
    others = called(words_of((*pack.texts(), re.sub(r"[0-9a-f]{64}", "", manifest)), own))
    named = {one.pupil_id: one.surname or one.forename for one in others.people}
    leaks = prove(files, others, own, fixed).leaks
    assert {named[pupil_id] for leak in leaks for pupil_id in leak.whose} == set()
