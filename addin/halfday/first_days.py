"""The first days of an absence without a reason: what to do today, by the marks, the policy and what came of calls.

The marks alone count the days, and the policy's contact days alone bring a visit sooner. Contacts only choose the
words: whom nobody could reach is rung again, whose family named a day back is left in peace until then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from halfday import printing
from halfday.contacted import NOT_REACHED, REASON, Contacted
from halfday.morning import Unexplained
from halfday.policy.model import Contact
from halfday.school_year import Calendar

RING, RING_AGAIN, VISIT_AT_HOME, KNOWN, AMEND = "ring", "ring again", "visit", "known", "amend"
"""What is asked: a first call, another one, a visit, nothing until the expected day, a mark to put right in the MIS."""

ILL, FOUND, CALL_BACK, SEEN, PASSED_ON = "ill", "reason found", "will call back", "child seen and safe", "passed on"
NOT_NEEDED = "not needed after all"
"""What outcomes begin with or are, in small letters."""

NO_VISIT_FOR = 2
"""School days after the child was seen and safe for which no visit is asked for. Halfday's choice."""
FAR = 10
"""A day back that is more school days away than this is not waited for: somebody rings. Halfday's choice."""
REASON_HOLDS = 1
"""School days for which a reason without a day back is taken to hold. Halfday's choice."""

_TRIED = frozenset(words.casefold() for words in NOT_REACHED) - {NOT_NEEDED}


@dataclass(frozen=True, slots=True)
class Prompt:
    """What to do today about one child who is away without a reason.

    Attributes:
        kind: one of the words above.
        words: the same in a sentence or two, with whom the policy names.
        step: the policy's step of this contact day; none where it has none.
        can_wait: no call is asked for, since a reason or a day back is known. Nobody is told not to ring otherwise.
        tries: calls, messages and visits since anybody was reached in this absence.
        last: the last contact about this absence.
    """

    kind: str
    words: str
    step: Contact | None
    can_wait: bool = False
    tries: int = 0
    last: Contacted | None = None

    @property
    def is_visit(self) -> bool:
        """Whether somebody goes to the child's home today."""
        return self.kind == VISIT_AT_HOME


def prompt(
    row: Unexplained,
    history: Sequence[Contacted],
    calendar: Calendar,
    today: date,
    family: Sequence[Contacted] = (),
) -> Prompt:
    """What to do today about a child who is away.

    Args:
        row: the absence, with the policy's step of the day.
        history: all contacts about the child, in any order. Those before the absence count where they name a day back
            in it.
        calendar: the school's calendar.
        today: the day of the page.
        family: contacts about brothers and sisters. One call is for the whole family: a try counts for each child. What
            was said of one child is no reason for another, but is worth knowing.
    """
    beside = [one for one in _about(row, family, today) if one.day >= row.since]
    told = sorted([*_about(row, history, today), *(one for one in beside if _is_try(one))], key=_place)
    heard = _heard(told, today)
    tries = [one for one in told if _is_try(one) and (heard is None or _place(one) > _place(heard))]
    last = told[-1] if told else None
    spoken = next((one for one in reversed(beside) if _is_heard(one)), None) if heard is None else None
    kind, words, can_wait = _found(row, heard, spoken, tries, calendar, today)
    if heard and tries and not can_wait:
        words = f"{words} {_nobody(tries, today)}"
    if can_wait:
        return Prompt(kind, words, row.contact, can_wait=True, tries=len(tries), last=last)
    seen = seen_safe(told, calendar, today)
    if seen is not None and is_visit(row.contact):
        rest = (
            f"{_seen_words(seen, today)}: no visit needed. {words if heard is not seen else 'Still no reason: ring.'}"
        )
        return Prompt(RING_AGAIN, rest, row.contact, tries=len(tries), last=last)
    if is_visit(row.contact):
        return Prompt(VISIT_AT_HOME, _and_step(row, words), row.contact, tries=len(tries), last=last)
    return Prompt(kind, _and_step(row, words), row.contact, tries=len(tries), last=last)


def is_visit(step: Contact | None) -> bool:
    """Whether a step of the policy is a visit at home: a later day's step whose words say so.

    >>> is_visit(Contact(3, "Home visit")), is_visit(Contact(1, "Text, ring or visit")), is_visit(None)
    (True, False, False)
    """
    return step is not None and step.day > 1 and "visit" in step.title.casefold()


def step_words(step: Contact | None) -> str:
    """A step of the policy with whom it names.

    >>> step_words(Contact(3, "Visit at home", "Attendance lead")), step_words(None)
    ('Visit at home (Attendance lead)', '')
    """
    if step is None:
        return ""
    return f"{step.title} ({step.owner})" if step.owner else step.title


def contact_words(one: Contacted) -> str:
    """A contact in a few words.

    >>> contact_words(Contacted("7", date(2026, 3, 3), "Call", "No answer", who="Jo Bell"))
    'Tue 3 Mar: no answer (JB)'
    """
    said = one.outcome.strip() or one.note.strip() or one.what.strip()
    who = f" ({initials(one.who)})" if one.who.strip() else ""
    return f"{printing.day(one.day)}: {said[:1].lower()}{said[1:]}{who}"


def initials(name: str) -> str:
    """Initials of a name; a single word, as some computers know their people, is left as it is.

    >>> initials("Jo Bell"), initials("office")
    ('JB', 'office')
    """
    parts = name.split()
    return "".join(part[0] for part in parts).upper() if len(parts) > 1 else "".join(parts)


def seen_safe(told: Sequence[Contacted], calendar: Calendar, today: date) -> Contacted | None:
    """The contact that found the child safe in these days, after which no visit is asked for."""
    seen = [one for one in told if _said(one) == SEEN and one.is_talk]
    return max((one for one in seen if _since(calendar, one.day, today) <= NO_VISIT_FOR), key=_place, default=None)


# --- which contacts count --------------------------------------------------------------------------------------------


def _about(row: Unexplained, history: Sequence[Contacted], today: date) -> list[Contacted]:
    """The contacts about this absence, the oldest first."""
    found = [
        one
        for one in history
        if one.day <= today and _counts(one, today) and (one.day >= row.since or _names_a_day(one, row.since))
    ]
    return sorted(found, key=_place)


def _names_a_day(one: Contacted, since: date) -> bool:
    return one.back_on is not None and one.back_on >= since


def _counts(one: Contacted, today: date) -> bool:
    """Whether a contact says something of the child's absence: no letter, nobody told; a reason for its own day."""
    if one.what.strip().casefold() == REASON.casefold():
        return one.day == today and bool(one.outcome.strip()) and _said(one) not in {NOT_NEEDED, *_TRIED}
    filled = one.outcome.strip() or one.note.strip() or one.back_on
    return (one.is_talk or one.back_on is not None) and bool(filled) and _said(one) != NOT_NEEDED


def _is_try(one: Contacted) -> bool:
    """Whether somebody tried and reached nobody, or nobody said whom."""
    return not _is_heard(one)


def _is_heard(one: Contacted) -> bool:
    """Whether something was heard: somebody was reached, or a reason or a day back is known."""
    if _said(one) in _TRIED:
        return False
    is_known = one.back_on is not None or one.what.strip().casefold() == REASON.casefold()
    return one.reached or _said(one) == PASSED_ON or is_known


def _heard(told: Sequence[Contacted], today: date) -> Contacted | None:
    """The newest contact that says something; a day back still to come holds after a visit or a message passed on."""
    heard = [one for one in reversed(told) if _is_heard(one)]
    if heard and _said(heard[0]) in {SEEN, PASSED_ON}:
        return next((one for one in heard if one.back_on is not None and one.back_on > today), heard[0])
    return heard[0] if heard else None


def _said(one: Contacted) -> str:
    return " ".join(one.outcome.split()).casefold()


def _place(one: Contacted) -> tuple[date, str, int]:
    """In the order of days; in a day the rows that people began (C7) come in their order, after those of Today."""
    begun = one.key[1:] if "|" not in one.key else ""
    return one.day, "" if "|" in one.key else "begun", int(begun) if begun.isdigit() else 0


def _since(calendar: Calendar, day: date, today: date) -> int:
    return calendar.school_days_between(day, today)


# --- what they come to -----------------------------------------------------------------------------------------------

_Found = tuple[str, str, bool]


def _found(
    row: Unexplained,
    heard: Contacted | None,
    spoken: Contacted | None,
    tries: Sequence[Contacted],
    calendar: Calendar,
    today: date,
) -> _Found:
    if heard is not None:
        return _of_heard(row, heard, calendar, today)
    if spoken is not None:
        return RING_AGAIN, _of_family(spoken), False
    return _of_tries(row, tries, today)


def _of_family(spoken: Contacted) -> str:
    said = contact_words(replace(spoken, who=""))
    return (
        f"The family was spoken to about a brother or sister ({said}). If that is the reason here too, put it into the "
        "MIS; if not, ring."
    )


def _of_tries(row: Unexplained, tries: Sequence[Contacted], today: date) -> _Found:
    """Nobody has been reached in this absence."""
    if tries:
        return RING_AGAIN, _nobody(tries, today), False
    return RING, "No call is noted yet." if row.day > 1 else "", False


def _nobody(tries: Sequence[Contacted], today: date) -> str:
    """That nobody was reached, how often it was tried, and to try another number."""
    when = "Ring again" if tries[-1].day < today else "Try again later today"
    refused = " The visit was refused." if _said(tries[-1]) == "visit refused" else ""
    if len(tries) == 1:
        return f"{when}, another number.{refused}"
    return f"{when}, another number: {len(tries)} tries, nobody reached since {printing.day(tries[0].day)}.{refused}"


def _of_heard(row: Unexplained, heard: Contacted, calendar: Calendar, today: date) -> _Found:
    """Somebody of the family was reached, or left word."""
    if heard.back_on is not None:
        return _of_day_back(row, heard, heard.back_on, calendar, today)
    said, day = _said(heard), printing.day(heard.day)
    if _is_ill(said) or said == FOUND or heard.what.strip().casefold() == REASON.casefold():
        return _of_reason(heard, calendar, today)
    is_today = heard.day == today
    if said == CALL_BACK:
        called = "They said they would call back. If they do not this morning, ring again."
        return RING_AGAIN, called if is_today else f"On {day} they said they would call back: ring again.", False
    if said == PASSED_ON:
        return RING_AGAIN, f"Passed on ({day}): ask what came of it, and ring if there is still no reason.", False
    if said == SEEN:
        return RING_AGAIN, f"{_seen_words(heard, today)}. Still no reason: ring.", False
    again = "try again later today" if is_today else "ring"
    return RING_AGAIN, f"Spoken to on {day}. If the reason is known, put it into the MIS; if not, {again}.", False


def _is_ill(said: str) -> bool:
    """Whether an outcome begins with the word ill."""
    return said == ILL or (said.startswith(ILL) and not said[len(ILL)].isalpha())


def _of_reason(heard: Contacted, calendar: Calendar, today: date) -> _Found:
    """The family gave a reason, and no day back."""
    day = printing.day(heard.day)
    if _is_ill(_said(heard)):
        if heard.day == today:
            return AMEND, "Ill, the family says: put it into the MIS. Ask which day they expect to be back.", True
        return RING_AGAIN, f"Ill since {day}, no day back named: ring and ask how things are.", False
    if _since(calendar, heard.day, today) <= REASON_HOLDS:
        return AMEND, f"Reason known since {day}: put it into the MIS. If it is not today's reason, ring.", True
    return RING_AGAIN, f"A reason was given on {day}; still away: ring and ask how things are.", False


def _seen_words(seen: Contacted, today: date) -> str:
    return f"Seen and safe {'today' if seen.day == today else f'on {printing.day(seen.day)}'}"


def _of_day_back(row: Unexplained, heard: Contacted, back: date, calendar: Calendar, today: date) -> _Found:
    """The family named a day."""
    ill = "ill, " if _is_ill(_said(heard)) else ""
    if back > today:
        if back > calendar.add_school_days(max(heard.day, row.since), FAR):
            words = f"The family says: {ill}back {printing.day(back)}. That is far off: ring and ask how things are."
            return RING_AGAIN, words, False
        return KNOWN, f"The family says: {ill}back {printing.day(back)}. Put the reason into the MIS.", True
    when = {0: "today", 1: "yesterday"}.get((today - back).days, f"on {printing.day(back)}")
    return RING_AGAIN, f"Was expected back {when} and is not here: ring again.", False


def _and_step(row: Unexplained, words: str) -> str:
    """The policy's step beside what the contacts say; a visit stands first.

    On the first day a call after a call needs no second sentence.
    """
    step = step_words(row.contact)
    if not words or not step:
        return step or words
    if is_visit(row.contact):
        return f"{step}. {words}"
    again = row.contact is not None and row.contact.day > 1
    return f"{words} By the policy: {step}" if again or words.startswith("No call") else words
