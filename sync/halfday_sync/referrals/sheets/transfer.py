"""For the next school: where the child stands, what is open, and with whom the family was in touch. No opinions."""

from collections.abc import Iterator
from datetime import date

from halfday import printing
from halfday.policy.explain import why_for_others
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Cell, Fact, Facts, Sheet, Table, Words
from halfday_sync.referrals.counting import year_span, years
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.sheets.send_review import open_plans

_LEFT_OUT = (
    "This page holds figures, dates and what was agreed. Notes and opinions of staff are left out; "
    "safeguarding records go their own way."
)


def sheet(case: Case, profile: Profile) -> Sheet:
    """The stage and why, plans that are open, letters that went, contacts in brief."""
    blocks = (Words("What this is", (_LEFT_OUT,)), _standing(case), open_plans(case), _letters(case), _contacts(case))
    return Sheet("transfer", "For the next school", blocks)


def _standing(case: Case) -> Facts:
    """The stage of this school's policy: the next school's may be another."""
    one, policy = case.outcome, case.policy
    stage = f"Stage {one.stage}" if one.stage else "No stage"
    name = f"{stage} ({one.stage_name})" if one.stage_name and one.stage_name != stage else stage
    since = printing.day_and_year(one.stage_since) if one.stage_since else ""
    rows = [
        Fact("Stage of our policy", name, note=f"Policy: {policy.school.name}."),
        *([Fact("Since", since)] if since else []),
        Fact("Why", why_for_others(one)),
        *([Fact("Band", one.band)] if one.band else []),
        Fact("Sessions missed without leave", one.ytd.unauthorised, note="This school year."),
        Fact("Still without a reason (N)", one.unresolved),
    ]
    return Facts("Where things stand", tuple(rows))


def _since(case: Case) -> date:
    return year_span(years(case, 1)[0]).first


def _letters(case: Case) -> Table:
    titles = {one.id: one.title for one in case.policy.letters}
    sent = sorted((one.sent, titles.get(one.letter, one.letter)) for one in case.casework.letters if one.sent)
    rows = tuple((printing.day_and_year(day), title) for day, title in sent if day >= _since(case))
    return Table("Letters that went this school year", ("Day", "Letter"), rows, (2, 5), empty="No letter went.")


def _contacts(case: Case) -> Table:
    rows = tuple(_brief(case))
    headings = ("Day", "What", "What came of it", "Who")
    note = "In brief: what was said is not here."
    return Table("Contacts this school year", headings, rows, (3, 2, 4, 3), empty="No contact is noted.", note=note)


def _brief(case: Case) -> Iterator[tuple[Cell, ...]]:
    for one in case.casework.contacts_of.get(case.pupil.pupil_id, ()):
        if one.day >= _since(case):
            yield printing.day_and_year(one.day), one.what, one.outcome or "not noted", one.who
