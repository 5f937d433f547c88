"""Whether a profile makes sense: what would be asked of nobody, told nowhere, or told twice. Pure."""

import difflib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from halfday.policy.lint import FAULT, NOTE, Finding
from halfday_sync.referrals.fields import PARENT, PERSON, SIBLING, all_fields
from halfday_sync.referrals.profile import FIELDS_OF_CHECK, NEEDED, REFERRAL, SUMMARY, Profile

_YEAR = timedelta(days=365)
COVER, CERTIFICATE, DECLARATION, FAMILY, ATTACHMENTS = "cover", "certificate", "declaration", "family", "attachments"
VOICE = "voice"
_REASON, _IN_TIME = "reason", "in_time"


@dataclass(frozen=True, slots=True)
class Known:
    """What a profile may name.

    Attributes:
        sheets: ids of the sheets.
        checks: ids of the checks of the readiness gate.
        letters: letter templates that come with Halfday.
    """

    sheets: Collection[str]
    checks: Collection[str]
    letters: Collection[str] = ()


def lint(profile: Profile, known: Known, today: date) -> tuple[Finding, ...]:
    """Everything to say about a profile that was read: faults to put right, and notes to know.

    Args:
        profile: the profile; that its keys and fields exist was seen to by `profiles.load`.
        known: what it may name.
        today: by it a profile is old.
    """
    found = [
        *_named(profile, known),
        *_twice(profile),
        *_parts(profile),
        *_checks(profile),
        *_sheets(profile),
        *_clock(profile, known),
        *_provenance(profile, today),
    ]
    return tuple(sorted(found, key=lambda finding: finding.level != FAULT))


def _fault(path: str, text: str) -> Finding:
    return Finding(FAULT, path, text)


def _note(path: str, text: str) -> Finding:
    return Finding(NOTE, path, text)


def _named(profile: Profile, known: Known) -> Iterator[Finding]:
    """Sheets and checks that there are not."""
    for path, said, there in (("sheets", profile.sheets, known.sheets), ("ready", profile.checks, known.checks)):
        for one in said:
            if one not in there:
                near = difflib.get_close_matches(one, there, 1)
                meant = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(there))}"
                yield _fault(path, f"there is no {one!r}; {meant}")


def _twice(profile: Profile) -> Iterator[Finding]:
    lists = {
        "part": [one.field for one in profile.asked],
        "sheets": profile.sheets,
        "reasons": profile.reasons,
        "attachments": profile.attachments,
        "statements": profile.statements,
    }
    for path, said in lists.items():
        yield from (_fault(path, f"{one!r} stands there twice") for one, times in Counter(said).items() if times > 1)


def _parts(profile: Profile) -> Iterator[Finding]:
    """What the form asks: of whom, and where it stands."""
    asked = {one.field for one in profile.asked}
    if profile.kind == SUMMARY and asked:
        yield _fault("part", "a summary names nobody and asks nothing about a child: leave the parts out")
    if asked and COVER not in profile.sheets:
        yield _fault("sheets", f"without {COVER!r}, what the parts ask stands nowhere")
    if COVER in profile.sheets and not asked:
        yield _fault("part", "the cover has no parts: write what the form asks")
    if _of(PARENT) & asked and "parent_name" not in asked:
        yield _fault("part", "asks about parents but not for 'parent_name': nobody can tell whose answers they are")
    siblings = (_of(SIBLING) | {"other_siblings"}) & asked
    if siblings and not profile.siblings:
        yield _fault("siblings", f"is not true, yet the parts ask for {', '.join(sorted(siblings))}")
    if profile.siblings and _of(SIBLING) & asked and "sibling_name" not in asked:
        yield _fault("part", "asks about brothers and sisters but not for 'sibling_name'")
    if profile.siblings and not siblings and FAMILY not in profile.sheets:
        yield _note("siblings", "is true, but no part and no sheet has a place for them")
    if profile.kind == REFERRAL and _REASON not in asked:
        yield _fault("part", f"a referral says why: ask for {_REASON!r}")


def _of(whose: str) -> set[str]:
    return {field.id for field in all_fields().values() if field.of == whose}


def _checks(profile: Profile) -> Iterator[Finding]:
    """Checks that can never be passed, since nobody is asked for what they look at."""
    asked = {one.field for one in profile.asked}
    for check, weight in profile.checks.items():
        for field in FIELDS_OF_CHECK.get(check, ()):
            if all_fields()[field].by == PERSON and field not in asked:
                said = f"{field!r} is in no part, so nobody is asked for it"
                yield _fault(f"ready.{check}", said) if weight == NEEDED else _note(f"ready.{check}", said)
    if _IN_TIME in profile.checks and profile.clock is None:
        yield _fault(f"ready.{_IN_TIME}", "there is no [clock] to be in time by")
    if profile.clock and _IN_TIME not in profile.checks:
        yield _note("ready", f"the clock is on Today, but the gate does not look at it: say {_IN_TIME!r}")
    if profile.kind == REFERRAL and not any(weight == NEEDED for weight in profile.checks.values()):
        yield _note("ready", "nothing is needed: every pack would count as ready")


def _sheets(profile: Profile) -> Iterator[Finding]:
    """What is said in the profile has a sheet to stand on."""
    if (profile.statements or profile.signed_by) and DECLARATION not in profile.sheets:
        yield _fault("sheets", f"without {DECLARATION!r}, statements and signatures stand nowhere")
    if profile.attachments and ATTACHMENTS not in profile.sheets:
        yield _fault("sheets", f"without {ATTACHMENTS!r}, the list of what to add stands nowhere")
    if VOICE in profile.sheets and VOICE not in {one.field for one in profile.asked}:
        yield _fault("part", f"there is a sheet for what the child says, but {VOICE!r} is in no part: nobody is asked")
    if profile.kind != REFERRAL:
        return
    if not profile.reasons:
        yield _fault("reasons", "a referral has at least one")
    if CERTIFICATE not in profile.sheets:
        yield _note("sheets", "there is no registration certificate")
    if not (profile.statements and profile.signed_by):
        yield _note("statements", "there is no declaration for anybody to sign")


def _clock(profile: Profile, known: Known) -> Iterator[Finding]:
    rule = profile.clock
    if rule is None:
        return
    if rule.working_days < 1:
        yield _fault("clock.working_days", "say within how many working days")
    if not rule.after:
        yield _fault("clock.after", "say which letter or plan starts it")
    if not rule.words:
        yield _fault("clock.words", "say the rule in a sentence, for staff")
    for one in rule.after:
        if one not in known.letters:
            yield _note("clock.after", f"{one!r} is no letter of ours; it must be a letter or a plan of your policy")


def _provenance(profile: Profile, today: date) -> Iterator[Finding]:
    """Whether anybody can tell where it comes from, and how old that is."""
    if profile.kind != REFERRAL:
        return
    if not profile.source:
        yield _fault("source", "say what was read, or that no form was found")
    if profile.checked is None:
        yield _fault("checked", "say on which day the form or the rules were read")
    elif profile.checked > today:
        yield _fault("checked", "is a day that is still to come")
    elif today - profile.checked > _YEAR:
        yield _note("checked", "over a year ago: look whether the form is still the same")
    if not profile.form_read:
        yield _note("form_read", "the form in use was not read: every pack says to check it against the current form")
