"""For a review of special educational needs: what had to do with health, timetable or suspension, and what runs now."""

from collections.abc import Iterator, Sequence

from halfday import codes, printing
from halfday.policy.ladder import ADAPTED
from halfday_sync.casework.plan_kinds import title_of
from halfday_sync.casework.plan_state import state_of
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.content import Cell, Sheet, Table, Words
from halfday_sync.referrals.counting import held, of_year, years
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.sheets.figures import NOT_HERE, headings, ids_of

_LOOKED_AT = (
    ("Illness", ("I",)),
    ("Medical or dental appointments", ("M",)),
    ("Part-time timetable", ("C2",)),
    ("Suspended or excluded", ("E",)),
    ("Educated elsewhere", ("B", "K", "D")),
    ("Other leave that was authorised", ("C", "C1", "J1", "R", "S", "T", "F", "H")),
    ("Absent without leave", ("G", "N", "O", "U")),
)
"""What reviews ask about, by the codes of `codes.toml` that say so."""
_HEALTH, _PART_TIME, _SUSPENDED = ("I", "M"), ("C2",), ("E",)


def sheet(case: Case, profile: Profile) -> Sheet:
    """The findings, the reasons in counts, and the plans that are open."""
    blocks = (Words("In short", tuple(_findings(case))), _reasons(case), open_plans(case))
    return Sheet("send_review", "For the review", blocks)


# --- Reasons ----------------------------------------------------------------------------------------------------------


def _count(case: Case, year: int, named: Sequence[str]) -> int:
    wanted = codes.ids(*named)
    return sum(at in wanted for at in ids_of(case, year))


def _findings(case: Case) -> Iterator[str]:
    year = years(case, 1)[0]
    absent = of_year(case, year).absent
    if not absent:
        yield "No session was missed this school year."
        return
    missed = printing.counted(absent, "missed session")
    yield f"{_count(case, year, _HEALTH):,} of {missed} this school year: illness or appointments (I, M)."
    for named, words in ((_PART_TIME, "the part-time timetable that was agreed (C2)"), (_SUSPENDED, "suspension (E)")):
        if count := _count(case, year, named):
            yield f"{count:,} of {missed}: {words}. By law these count as absence."
    if any(one.kind == ADAPTED and one.in_force(case.as_of) for one in case.story.decisions):
        yield "Letters to this family are adapted, by a decision of school that is in force now."


def _reasons(case: Case) -> Table:
    shown = years(case, 2)
    rows = [(title, ", ".join(named), *(_cell(case, year, named) for year in shown)) for title, named in _LOOKED_AT]
    note = "Sessions. What each code means stands under 'Attendance in figures'."
    return Table("What reviews ask about", headings(("", "Codes"), shown), tuple(rows), (4, 3, 2, 2), note=note)


def _cell(case: Case, year: int, named: Sequence[str]) -> Cell:
    return _count(case, year, named) if held(case, year) else NOT_HERE


# --- Plans ------------------------------------------------------------------------------------------------------------


def open_plans(case: Case) -> Table:
    """The plans that have begun and are not over, with target and next review."""
    found = [state_of(case.policy, one, case.calendar, case.made_on) for one in case.casework.plans if one.begins]
    rows = [
        (
            title_of(case.policy, one.plan.plan),
            printing.day_and_year(one.plan.begins) if one.plan.begins else "",
            printing.day_and_year(one.ends) if one.ends else "open",
            one.plan.target,
            printing.day_and_year(one.review) if one.review else "not set",
            one.plan.support,
        )
        for one in found
        if one.is_open
    ]
    names = ("Plan", "Began", "Last day", "Target", "Next review", "Support")
    return Table("Plans that are open", names, tuple(rows), (4, 3, 3, 2, 3, 6), empty="No plan is open.")
