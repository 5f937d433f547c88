"""What `halfday refer` does. Loaded only when it is called."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from halfday.printing import counted, date_in_words
from halfday_sync.commands.opening import opened, outcome_of
from halfday_sync.commands.options import Said
from halfday_sync.commands.refer_password import ask_password
from halfday_sync.commands.saved import saved
from halfday_sync.errors import Exit, SafetyError, UsageError
from halfday_sync.pipeline import view_of
from halfday_sync.referrals import profiles
from halfday_sync.referrals.known.answers import known
from halfday_sync.referrals.profile import SUMMARY, Profile
from halfday_sync.referring.asking import has_questions, keep_questions
from halfday_sync.referring.folder import PAPER, WORKBOOK, Placed, digest
from halfday_sync.referring.gather import Wanted, siblings
from halfday_sync.referring.keeping import keep, log_of, placed, put_right
from halfday_sync.referring.making import Made, made
from halfday_sync.referring.preparing import Prepared, Site, of_nobody, prepare, remade
from halfday_sync.store import Store

_USUAL = "generic"


@contextmanager
def _site(args: argparse.Namespace) -> Iterator[Site]:
    """The school, alone, with all that people typed and saved so far; a dry run takes everything back."""
    with saved(args, dry_run=args.dry_run) as found:
        store = found.school.store
        if not args.dry_run:
            put_right(store, found.school.config.workbook.parent, at=args.now)
        yield Site(found.school.config, store, found.day)


# --- One child --------------------------------------------------------------------------------------------------------


def refer(args: argparse.Namespace, said: Said) -> Exit:
    """A child's pack; or a summary that names nobody, where the profile is of that kind."""
    with _site(args) as site:
        profile = _profile(args, site, said)
        if profile.kind == SUMMARY:
            return _summary(args, site, profile, said)
        if not args.pupil:
            raise UsageError(
                "Nobody is named.", done="Nothing was made.", now="halfday refer PUPIL, with a pupil id or UPN."
            )
        one = outcome_of(site.day, args.pupil)
        wanted = Wanted(
            args.as_of or args.today,
            _reason(args.reason, profile),
            " ".join(args.who.split()),
            siblings=args.siblings and profile.siblings,
        )
        found = prepare(site, one, profile, wanted)
        _tell_siblings(args, profile, len(siblings(site.day, one)), said)
        _tell_questions(args, found, said)
        _tell_lacks(args, found, said)
        _refuse_to_send(args, found)
        password = ask_password(args.aloud) if args.encrypt and not args.dry_run else ""
        pack = made(found.pack, found.privacy, reason=found.case.reason, password=password)
        _tell_covered(found, pack, said)
        _put(args, site, pack, found.case.pupil.pupil_id, found.case.reason, said)
    return Exit.DONE


def _profile(args: argparse.Namespace, site: Site, said: Said) -> Profile:
    """The profile that was named, else that of the settings, else the generic one; which is told."""
    name = args.profile or site.config.referrals.get("profile", "")
    found = profiles.load(profiles.find(name or _USUAL, site.config.folder))
    if not args.profile:
        whence = (
            "from [referrals] in the settings"
            if name
            else "none is set: --profile NAME, or [referrals] in the settings"
        )
        said(f"Profile: {found.id} ({whence}).")
    return found


def _reason(reason: str, profile: Profile) -> str:
    if reason and reason not in profile.reasons:
        known_ones = f"it takes {', '.join(profile.reasons)}" if profile.reasons else "it asks for none"
        raise UsageError(
            f"The profile {profile.id} has no reason {reason!r}: {known_ones}.",
            done="Nothing was made.",
            now="Choose one of these, or leave --reason out.",
        )
    return reason


def _tell_siblings(args: argparse.Namespace, profile: Profile, count: int, said: Said) -> None:
    if args.siblings and not profile.siblings:
        said(f"{profile.id} does not ask for brothers and sisters: none go into the pack.")
    elif args.siblings:
        said(f"Brothers and sisters in the pack, as you confirmed: {count}.")
    elif profile.siblings and count:
        said(
            f"The form asks for brothers and sisters; this school has {count}. None go into the pack unless somebody "
            "who may decide it says --siblings."
        )


def _tell_questions(args: argparse.Namespace, found: Prepared, said: Said) -> None:
    """Makes the list of questions, or adds to it; where it is."""
    if not has_questions(found.profile, found.case):
        return
    if args.dry_run:
        words = "" if found.questions.path.is_file() else "A list of questions would be made."
    else:
        bare = known(replace(found.case, answers={}, reason="", who=""))  # those two were said for this time only
        words = keep_questions(found.questions, found.profile, found.case, bare)
    if words:
        said(words)
    said(f"The list of questions that only people can answer: {found.questions.path}")


def _tell_lacks(args: argparse.Namespace, found: Prepared, said: Said) -> None:
    """What is missing. Without --draft there is no pack while something is that is needed."""
    if found.needed and not args.draft:
        raise SafetyError(
            f"The pack is not ready: {counted(len(found.needed), 'thing is', 'things are')} still missing.",
            problems=[f"{one.what} {one.where}" for one in found.needed],
            done=" ".join(filter(None, ("No pack was made.", _better(found)))),
            now="Put these right, save, and run this again; or make a draft, which says what is missing, with --draft.",
        )
    if args.draft and not found.needed:
        said("Nothing that is needed is missing, so this is no draft.")
    if found.needed:
        said(f"A draft: {counted(len(found.needed), 'thing is', 'things are')} still missing.")
    for one in found.needed or found.lacks:
        said(f"  {'needed' if one.is_needed else 'better to have'}: {one.what} {one.where}")
    if not found.needed:  # a draft has them on its first page
        for note in found.profile.notes:
            said(f"  good to know: {note}")
    elif _better(found):
        said(_better(found))


def _better(found: Prepared) -> str:
    """How much more would be good: the first page of a draft lists it, so that what is needed stands out here."""
    count = len(found.lacks) - len(found.needed)
    return (
        f"{counted(count, 'more thing', 'more things')} would be good to have: a draft lists them on its first page."
        if count
        else ""
    )


def _refuse_to_send(args: argparse.Namespace, found: Prepared) -> None:
    if args.encrypt and found.pack.is_draft:
        raise UsageError(
            "A draft is not to be sent, so none is encrypted.",
            done="No pack was made.",
            now="Leave --encrypt out, or put right what is missing first.",
        )


def _tell_covered(found: Prepared, pack: Made, said: Said) -> None:
    covered = found.case.covered
    if covered:
        said(f"Names of other children in people's words: covered in {counted(covered, 'place')}.")
    if pack.to_read:
        said(f"To be read by a person before it goes: {counted(pack.to_read, 'place')}, where a word may be a name.")
        for place in dict.fromkeys(one.in_words() for one in pack.proof.to_read):
            said(f"  {place}")


# --- Nobody by name ---------------------------------------------------------------------------------------------------


def _summary(args: argparse.Namespace, site: Site, profile: Profile, said: Said) -> Exit:
    """A summary for governors: it is about the school, and every child is another one."""
    from halfday_sync.referring.governors import pack_of_governors

    if args.pupil:
        raise UsageError(f"{profile.id} is about nobody by name.", done="Nothing was made.", now="Leave the pupil out.")
    pack = pack_of_governors(
        view_of(site.config, site.store, site.day, now=args.now, live=False),
        profile,
        site.config.mirror.get("benchmark", ""),
    )
    password = ask_password(args.aloud) if args.encrypt and not args.dry_run else ""
    _put(args, site, made(pack, of_nobody(site, profile), password=password), "", "", said)
    return Exit.DONE


# --- Putting in place -------------------------------------------------------------------------------------------------


def _put(args: argparse.Namespace, site: Site, pack: Made, pupil_id: str, reason: str, said: Said) -> None:
    """Puts a pack in place and logs it; what was done, and where it is."""
    where = placed(pack, site.beside, pupil_id)
    kind = "Draft" if pack.pack.is_draft else "Pack"
    about = f" about pupil {pupil_id}" if pupil_id else ""
    sheets = counted(len(pack.pack.sheets), "sheet")
    if args.dry_run:
        said(
            f"Dry run: the {kind.lower()}{about}, {sheets}, {'would be made' if where.is_new else 'is there'}. {_CLEAN}"
        )
        return
    key = keep(site.store, pack, where, log_of(pack, where, site.beside, pupil_id, reason), at=args.now)
    if not where.is_new:
        said(f"The same pack{about} is there already, to the byte: nothing was written. It is {key} in the log.")
    else:
        if where.beside:
            said(_beside(where))
        said(
            f"{kind}{about}, profile {pack.pack.profile}, marks up to {date_in_words(pack.pack.marks_until)}: {sheets}."
        )
        said(f"{_CLEAN} It is {key} in the log.")
        if not pack.pack.is_draft:
            said("Please read it through before it goes. Halfday sends nothing.")
    said(f"It is in {where.path}")


_CLEAN = "Every part of its files was opened and searched: nobody else is in them."


def _beside(where: Placed) -> str:
    return (
        f"Another one of this day is in {where.beside.name if where.beside else ''}, and stays as it is: something it "
        "says has changed since, or somebody changed its files."
    )


# --- What was made ----------------------------------------------------------------------------------------------------


def log(args: argparse.Namespace, said: Said) -> Exit:
    """The packs that were made, a line each; with a pupil, only those about that child."""
    config, _policy = opened(args.school)
    with Store.open(config.store, school=config.school) as store:
        rows = [one for one in store.referrals() if args.pupil.casefold() in ("", one.pupil_id.casefold())]
    for one in rows:
        whom = f"pupil {one.pupil_id}" if one.pupil_id else "nobody by name"
        draft = ", draft" if one.is_draft else ""
        digests = ", ".join(f"{name} {said_[:12]}" for name, said_ in one.files.items())
        said(f"{one.key}  {one.made_on}  {whom}  {one.profile}{draft}  {one.folder}  {digests}")
    if not rows:
        said("No pack was made yet.")
    return Exit.DONE


def again(args: argparse.Namespace, said: Said) -> Exit:
    """The files of a pack that was made, from what it said then; proven anew against everybody who is known now."""
    with _site(args) as site:
        one = next((row for row in site.store.referrals() if row.key.casefold() == args.again.casefold()), None)
        content = site.store.referral_content(one.key) if one else None
        if one is None or content is None:
            raise UsageError(
                f"There is no pack {args.again}.", done="Nothing was made.", now="'halfday refer --log' lists them."
            )
        password = ask_password(args.aloud) if args.encrypt and not args.dry_run else ""
        pack = remade(site, one, content, password)
        if any(one.files[name] != digest(pack.files[name]) for name in (WORKBOOK, PAPER)):
            said("Halfday draws packs in another way by now: this one says the same, in other bytes.")
        _put(args, site, pack, one.pupil_id, one.reason, said)
    return Exit.DONE
