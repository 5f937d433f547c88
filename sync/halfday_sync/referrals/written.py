"""What letters went about a child, and to whom: by the words frozen at approval, else by what the policy says."""

from collections.abc import Collection
from datetime import date

from halfday.carer import Carer
from halfday.contacted import LETTER, Contacted
from halfday_sync.casework import Letter
from halfday_sync.referrals.case import Case

NOTICE, REFUSAL = "notice-to-improve", "leave-refused"
WARNINGS = ("warning", "intent", NOTICE)
"""Templates that warn of what comes next by law; the notice to improve holds a warning as well."""
_NOTED = {NOTICE: "notice to improve", "warning": "warning"}
"""What a row 'Letter' of Contacts says where such a letter went without Halfday: some policies have none of them."""
_FRIENDLY = frozenset(
    {"praise", "acknowledgement", "half-term-figure", "termly-letter", "adapted-half-term-figure"}
    | {"adapted-termly-letter"}
)
"""Templates of letters that every family gets, or that are good news: they prove nothing, and one parent may do."""


def title_of(case: Case, letter: Letter) -> str:
    """What the policy calls a letter."""
    return next((one.title for one in case.policy.letters if one.id == letter.letter), letter.letter)


def template_of(case: Case, letter: Letter) -> str:
    """The template a letter was written in: the one approved, else the policy's for it."""
    if letter.approval is not None and letter.approval.template:
        return letter.approval.template
    return next((one.template for one in case.policy.letters if one.id == letter.letter), letter.letter)


def went(case: Case) -> tuple[Letter, ...]:
    """The letters about the child that went by the day on the pack, the oldest first."""
    mine = (one for one in case.casework.letters if case.pupil.pupil_id in one.pupil_ids)
    return tuple(sorted((one for one in mine if _day(one) <= case.made_on), key=lambda one: (_day(one), one.key)))


def formal(case: Case) -> tuple[Letter, ...]:
    """Those of them that a referral rests on: no praise, and no figures that every family gets."""
    return tuple(one for one in went(case) if template_of(case, one) not in _FRIENDLY)


def last_of(case: Case, templates: Collection[str]) -> Letter | None:
    """The last letter that went in one of these templates."""
    return next((one for one in reversed(went(case)) if template_of(case, one) in templates), None)


def last_noted(case: Case, templates: Collection[str]) -> date | None:
    """The day of the last letter of these that went without Halfday, as staff noted it in Contacts."""
    words = [_NOTED[one] for one in templates if one in _NOTED]
    letters = ((one.day, f"{one.outcome} {one.note}".casefold()) for one in noted(case))
    return max((day for day, said in letters if any(word in said for word in words)), default=None)


def noted(case: Case) -> tuple[Contacted, ...]:
    """Letters that went without Halfday, as staff noted them in Contacts."""
    rows = (one for one in case.casework.contacts if one.pupil_id == case.pupil.pupil_id and one.day <= case.made_on)
    return tuple(one for one in rows if one.what.strip().casefold() == LETTER.casefold())


def addressed_to(letter: Letter) -> tuple[str, ...]:
    """The parents whom a letter names, as it was frozen; nobody where it names none."""
    frozen = letter.approval.fields if letter.approval is not None else {}
    return tuple(str(one) for one in frozen.get("carers", ()) if one)


def told(case: Case, letter: Letter) -> str:
    """To whom it went, in words. A letter that names nobody may name brothers and sisters: those words are not used."""
    return ", ".join(addressed_to(letter)) or f"parents and carers of {case.name}"


def not_written_to(case: Case, letter: Letter) -> tuple[Carer, ...]:
    """Parents who get letters about the child, and whom this one does not name.

    Where it names nobody, nobody can say: it is each of them.
    """
    named = {one.casefold() for one in addressed_to(letter)}
    return tuple(one for one in case.carers if one.letters and one.name and one.name.casefold() not in named)


def _day(letter: Letter) -> date:
    return letter.sent or date.max
