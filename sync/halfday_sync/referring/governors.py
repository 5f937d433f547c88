"""The governors' summary: the school's attendance on a few pages, and nobody's.

Made from the same morning as the tracker. It names no child, gives no id, and no count of fewer than ten children
(`referring.headcounts`): minutes of governors are public. How many children had too few sessions for a figure of
persistent absence is no figure of attendance, and is told.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from halfday import printing
from halfday_sync.errors import SafetyError
from halfday_sync.mirroring import findings
from halfday_sync.mirroring.figures import measures
from halfday_sync.mirroring.groups import OTHERS, YEARS, GroupFigure, Named
from halfday_sync.mirroring.suppression import LEAST
from halfday_sync.referrals.content import Cell, Pack, Sheet, Table, Words
from halfday_sync.referrals.counting import year_name
from halfday_sync.referrals.profile import Profile
from halfday_sync.referring import governors_school, governors_work
from halfday_sync.referring.governors_page import SMALL, Governed, attendance, points, share
from halfday_sync.referring.headcounts import DOWN, UP, Key, absent_key, group_key
from halfday_sync.workbook.view import View

_TITLES = {YEARS: "Year groups", OTHERS: "Other groups"}


def pack_of_governors(view: View, profile: Profile, benchmark: str = "") -> Pack:
    """The summary of a morning.

    Args:
        view: the morning, as the tracker shows it.
        profile: which pages, in which order.
        benchmark: whose figures stand beside the school's; empty: England's, of the school's phase.

    Raises:
        SafetyError: there are fewer than ten children: whatever it said would be of single ones.
    """
    of = Governed.of(view, benchmark)
    if len(of.figures.here) < LEAST:
        raise SafetyError(
            f"There are fewer than {LEAST} children on roll: a summary of so few tells of single children.",
            done="Nothing was made.",
            now="Tell the governors in person what they need to know.",
        )
    year = year_name(view.calendar.year(view.marks_until))
    return Pack(
        profile=profile.id,
        title=profile.title,
        school=view.school,
        about=f"School year {year}, up to {printing.day_and_year(view.marks_until)}",
        made_on=view.today,
        marks_until=view.marks_until,
        sheets=tuple(SHEETS[one](of) for one in profile.sheets),
    )


# --- Stages and bands -------------------------------------------------------------------------------------------------


def _levels(of: Governed) -> Sheet:
    policy = of.view.policy
    rungs = [(str(one.number), f"Stage {one.number}", one.name) for one in policy.stages]
    stages = [_level(of, ("stage", key), title, name) for key, title, name in (("0", "No stage", ""), *rungs)]
    bands = [_level(of, ("band", one.name), one.name, one.responsible) for one in policy.bands]
    blocks: list[Words | Table] = [
        Words("In short", (*_moved(of), SMALL)),
        Table("Stages of our policy", ("Stage", "What it is", "Children", "Share"), tuple(stages), (2, 5, 2, 2)),
        Table("Bands", ("Band", "Responsible", "Children", "Share"), tuple(bands), (3, 4, 2, 2)),
    ]
    kept = tuple(one for one in blocks if not isinstance(one, Table) or one.rows)
    return Sheet("levels", "Stages and bands", kept)


def _level(of: Governed, key: Key, title: str, words: str) -> tuple[Cell, ...]:
    count = of.counts.count(key)
    return title, words, of.counts.words(key), "" if count is None else share(count, len(of.figures.here))


def _moved(of: Governed) -> Iterator[str]:
    day = of.counts.last_review
    if day is None:
        yield "This is the first half term of the year: there is no earlier one to compare with."
        return
    since = f"Since the half term before ended on {printing.day_and_year(day)}"
    yield f"{since}: {of.children(UP)} went up a stage, {of.children(DOWN)} came down."


# --- Groups -----------------------------------------------------------------------------------------------------------


def _groups(of: Governed) -> Sheet:
    ytd = of.figures.of("ytd")
    school = Fraction(100 * ytd.attended, ytd.possible) if ytd.possible else None
    named = [one for one in of.counts.groups if one.is_listed]
    shown = {one.title: _figure(one) for one in named if of.counts.count(group_key(one)) and one.block == YEARS}
    blocks: list[Words | Table] = [Words("In short", (findings.of_years(shown.values(), school) + ".", SMALL))]
    names = ("Group", "Children", "This year", "This half term", "Beside the school", "Persistently absent")
    for block, title in _TITLES.items():
        rows = tuple(_group(of, one, school) for one in named if one.block == block)
        if rows:
            blocks.append(Table(title, names, rows, (8, 5, 4, 4, 6, 5)))
    return Sheet("groups", "Groups", tuple(blocks))


def _figure(one: Named) -> GroupFigure:
    return GroupFigure(one.block, one.title, len(one.members), measures(one.members, "ytd"))


def _group(of: Governed, one: Named, school: Fraction | None) -> tuple[Cell, ...]:
    if not of.counts.count(group_key(one)):
        return one.title, of.counts.words(group_key(one)), "", "", "", ""
    year, half_term = (measures(one.members, window) for window in ("ytd", "half_term"))
    beside = ""
    if year.possible and school is not None:
        beside = points(Fraction(100 * year.attended, year.possible) - school)
    return (
        one.title,
        of.counts.words(group_key(one)),
        attendance(year),
        attendance(half_term),
        beside,
        of.counts.words(absent_key(one)),
    )


SHEETS: Mapping[str, Callable[[Governed], Sheet]] = {
    "school": governors_school.sheet,
    "levels": _levels,
    "groups": _groups,
    "work": governors_work.sheet,
}
"""The pages, by id."""
