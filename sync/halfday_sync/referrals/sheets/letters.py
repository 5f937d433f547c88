"""Letters, parent by parent: what went when, what it told, and to which parent it did not go."""

from collections.abc import Iterator

from halfday import printing
from halfday.carer import Carer
from halfday.contacted import LETTER
from halfday.printing import day_and_year
from halfday_sync.casework import Letter
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Block, Sheet, Table, Words
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.written import addressed_to, formal, not_written_to, title_of, told, went

SENT, NOT_SENT, NOT_KNOWN, NO_LETTERS = "Sent", "Not sent", "Not by name", "Gets no letters"
"""Whether a letter went to a parent; the last one is the school's decision, or a court's."""


def sheet(case: Case, profile: Profile) -> Sheet:
    """In short, who got which letter, what each one told, and letters that staff noted by hand."""
    blocks: list[Block] = [Words("In short", tuple(_findings(case)))]
    if went(case):
        blocks += [*([_parents(case)] if case.carers else []), _told(case)]
    blocks += _by_hand(case)
    return Sheet("letters", "Letters", tuple(blocks))


# --- In short ---------------------------------------------------------------------------------------------------------


def _findings(case: Case) -> Iterator[str]:
    sent = went(case)
    if not sent:
        by_hand = "Staff noted the letters below." if any(_by_hand(case)) else ""
        yield by_hand or f"No letter was sent up to {day_and_year(case.made_on)}."
        return
    were = "was" if len(sent) == 1 else "were"
    yield f"{printing.counted(len(sent), 'letter')} {were} sent up to {day_and_year(case.made_on)}."
    for letter in formal(case):
        missing = [one.name for one in not_written_to(case, letter)]
        if missing and addressed_to(letter):
            yield f"{_named(case, letter)} went to {told(case, letter)}, and not to {printing.in_a_row(missing)}."
        elif not addressed_to(letter):
            yield f"{_named(case, letter)} names no parent: it went to {told(case, letter)}."
    barred = [one.name for one in case.carers if not one.letters and one.name]
    if barred:
        yield f"School sends no letters to {printing.in_a_row(barred)}."
    yield "A copy of each letter belongs to this pack."


def _named(case: Case, letter: Letter) -> str:
    return f'"{title_of(case, letter)}", sent on {_day(letter)},'


def _day(letter: Letter) -> str:
    return day_and_year(letter.sent) if letter.sent else ""


# --- Tables -----------------------------------------------------------------------------------------------------------


def _parents(case: Case) -> Table:
    """A column a parent, so that a letter which did not go is seen."""
    names = tuple(one.name or one.relationship or f"Parent {at}" for at, one in enumerate(case.carers, 1))
    rows = tuple(
        (_day(letter), title_of(case, letter), *(_went_to(letter, one) for one in case.carers), _others(case, letter))
        for letter in went(case)
    )
    headings = ("Sent on", "Letter", *names, "Others")
    return Table("To whom", headings, rows, (3, 4, *(3 for _name in names), 3), "No letter was sent.")


def _went_to(letter: Letter, parent: Carer) -> str:
    named = {one.casefold() for one in addressed_to(letter)}
    if parent.name and parent.name.casefold() in named:
        return SENT
    if not parent.letters:
        return NO_LETTERS
    return NOT_SENT if named else NOT_KNOWN


def _others(case: Case, letter: Letter) -> str:
    """Those whom a letter names and who are no parent or carer in the MIS today; or how it was addressed."""
    known = {one.name.casefold() for one in case.carers}
    if not addressed_to(letter):
        return told(case, letter)
    return ", ".join(one for one in addressed_to(letter) if one.casefold() not in known)


def _told(case: Case) -> Table:
    rows = tuple(
        (_day(letter), title_of(case, letter), told(case, letter), _approved(letter), _figures(case, letter))
        for letter in went(case)
    )
    return Table(
        "What each letter told",
        ("Sent on", "Letter", "To", "Approved", "Attendance that it was approved with"),
        rows,
        (18, 19, 19, 19, 25),
        "No letter was sent.",
    )


def _approved(letter: Letter) -> str:
    one = letter.approval
    if one is None:
        return "not noted"
    return f"{day_and_year(one.day or one.at.date())}{f', {one.by}' if one.by else ''}"


def _figures(case: Case, letter: Letter) -> str:
    """The figures that were frozen at approval: no later mark changes them."""
    one = letter.approval
    counts = one.figures.get(case.pupil.pupil_id) if one else None
    if one is None or counts is None or not counts[1]:
        return "no figure"
    attended, possible = counts
    shown = printing.percent(attended, possible, case.policy.cuts)
    missed = f"{possible - attended} of {printing.counted(possible, 'session')} missed"
    return f"{shown}% ({missed}), up to {day_and_year(one.as_of)}"


def _by_hand(case: Case) -> Iterator[Table]:
    """Letters that were written without Halfday, where staff noted them in Contacts."""
    rows = tuple(
        (day_and_year(one.day), ". ".join(filter(None, (one.outcome.strip(), one.note.strip()))), one.who)
        for one in case.casework.contacts_of.get(case.pupil.pupil_id, ())
        if one.what.strip().casefold() == LETTER.casefold()
    )
    if rows:
        yield Table("Letters that staff noted in Contacts", ("Day", "What is noted", "By whom"), rows, (3, 8, 3))
