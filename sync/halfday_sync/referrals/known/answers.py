"""What goes into the fields of a form: people's answers first, then what Halfday knows. Words, as they are printed."""

from collections.abc import Iterator, Mapping
from datetime import date

from halfday import printing
from halfday.carer import Carer
from halfday.register import Pupil
from halfday_sync.referrals.case import Case, Sibling
from halfday_sync.referrals.fields import DATE, PARENT, SIBLING, Field, all_fields
from halfday_sync.referrals.known.marks import known_marks
from halfday_sync.referrals.known.work import known_work
from halfday_sync.referrals.profile import REASONS, Profile

_SEN = {"N": "None", "K": "SEN support", "E": "Education, health and care plan"}
_SEX = {"M": "Male", "F": "Female"}
_YES: Mapping[bool | None, str] = {True: "Yes", False: "No", None: ""}
"""A flag that the source did not share is not no."""
_ADDED = frozenset({"barriers", "support"})
"""Fields in which an answer is added to what is known, and does not take its place."""


def known(case: Case) -> Mapping[str, str]:
    """Everything that is known, by key: `dob`, `parent_name.1`. What nobody knows is not in it."""
    found = {**known_marks(case), **_known(case)}
    for key, value in _answers(case):
        before = found.get(key, "") if key in _ADDED else ""
        found[key] = "\n".join(filter(None, (value, before)))
    return {key: value for key, value in found.items() if value}


def parents(case: Case) -> int:
    """How many parents a form is filled in for: those of the MIS, or as many as people wrote about; at least one."""
    numbers = [_number(key) for key, value in case.answers.items() if key.startswith("parent_") and value.strip()]
    return max(len(case.carers), *numbers, 1)


def siblings(case: Case, profile: Profile) -> tuple[Sibling, ...]:
    """Those that may be in the pack: only where the form asks for them; that a person confirmed it, the case says."""
    return case.siblings if profile.siblings else ()


def keys(field: Field, case: Case, profile: Profile) -> Iterator[str]:
    """The keys under which a field stands: one, or one for each parent or sibling."""
    if field.of == PARENT:
        yield from (f"{field.id}.{number}" for number in range(1, parents(case) + 1))
    elif field.of == SIBLING:
        yield from (f"{field.id}.{number}" for number in range(1, len(siblings(case, profile)) + 1))
    else:
        yield field.id


def reason_of(case: Case) -> str:
    """The id of the reason: as people wrote it on the list of questions, else as it was said. Own words stay."""
    said = case.answers.get("reason", "").strip()
    return next((name for name, words in REASONS.items() if said.casefold() in (name, words.casefold())), said) or (
        case.reason
    )


def _number(key: str) -> int:
    end = key.rpartition(".")[2]
    return int(end) if end.isascii() and end.isdigit() else 0


def _answers(case: Case) -> Iterator[tuple[str, str]]:
    """Answers to what people are asked; days as they are printed. What only Halfday fills in is not overwritten."""
    table = all_fields()
    for key, said in case.answers.items():
        field, value = table.get(key.partition(".")[0]), said.strip()
        if field is None or not field.asked or not value or bool(field.of) != bool(_number(key)):
            continue
        yield key, _as_printed(case, field, value)


def _as_printed(case: Case, field: Field, value: str) -> str:
    """An answer in the form's words: a day as it is printed, a reason as the form says it."""
    if field.id == "reason":
        return REASONS.get(reason_of(case), value)
    return _day(value) if field.kind == DATE else value


def _day(value: str) -> str:
    """A day that people wrote, as it is printed; other words as they are."""
    try:
        return printing.date_in_words(date.fromisoformat(value))
    except ValueError:
        return value


def day_of(case: Case, key: str) -> date | None:
    """The day that people wrote in answer to a question; nothing where it is no day."""
    try:
        return date.fromisoformat(case.answers.get(key, "").strip())
    except ValueError:
        return None


# --- by the MIS, the settings and the tracker ------------------------------------------------------------------------


def _known(case: Case) -> dict[str, str]:
    return {**_referral(case), **_child(case), **_people(case), **known_work(case)}


def _referral(case: Case) -> dict[str, str]:
    school = case.school
    return {
        "made_on": printing.date_in_words(case.made_on),
        "reason": REASONS.get(case.reason, case.reason),
        "referrer_name": case.who,
        "referrer_phone": school.contact,
        "school": school.name,
        "school_address": "\n".join(school.address),
        "dfe_number": school.dfe_number,
        "head": school.head,
    }


def _child(case: Case) -> dict[str, str]:
    pupil = case.pupil
    return {
        "surname": pupil.surname,
        "forename": pupil.forename,
        "legal_name": " ".join(filter(None, (pupil.forename, pupil.surname))),
        "dob": _written(pupil.dob),
        "sex": _SEX.get(pupil.sex, pupil.sex),
        "year_group": pupil.year_group,
        "class": pupil.class_name,
        "upn": pupil.upn,
        "on_roll_since": _written(pupil.start_date),
        "last_day": _written(pupil.end_date),
        "english_first": _YES[None if pupil.eal is None else not pupil.eal],
        "lac": _YES[pupil.lac],
        "cp": _YES[pupil.cp],
        "young_carer": _YES[pupil.young_carer],
        "sen": _SEN.get(pupil.sen, pupil.sen),
        "pupil_premium": _premium(pupil),
    }


def _premium(pupil: Pupil) -> str:
    flags = {"pupil premium": pupil.pupil_premium, "free school meals": pupil.fsm}
    said = [words for words, has in flags.items() if has]
    if said:
        return f"Yes: {printing.in_a_row(said)}"
    return "No" if False in flags.values() else ""


def _written(day: date | None) -> str:
    return printing.date_in_words(day) if day else ""


def _people(case: Case) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, carer in enumerate(case.carers, 1):
        found |= {f"{name}.{number}": value for name, value in _carer(carer).items()}
    for number, one in enumerate(case.siblings, 1):
        found |= {f"{name}.{number}": value for name, value in _sibling(one).items()}
    return found


def _carer(carer: Carer) -> dict[str, str]:
    return {
        "parent_name": carer.name,
        "parent_relationship": carer.relationship,
        "parent_phone": ", ".join(carer.phones),
    }


def _sibling(one: Sibling) -> dict[str, str]:
    pupil = one.pupil
    return {
        "sibling_name": " ".join(filter(None, (pupil.forename, pupil.surname))),
        "sibling_dob": _written(pupil.dob),
        "sibling_year": pupil.year_group,
        "sibling_attendance": f"{one.percent}%" if one.percent else printing.NO_SESSIONS,
    }
