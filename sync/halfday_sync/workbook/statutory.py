"""The Statutory page: what the law asks a school to consider, pupil by pupil, with the paragraph it comes from."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from halfday import national, printing
from halfday.penalty import Penalty
from halfday.policy.outcome import Fired, Outcome
from halfday_sync.casework.referral_clock import ROW
from halfday_sync.entries import STATUTORY
from halfday_sync.workbook.freshness import freshness
from halfday_sync.workbook.layout import document, grid, number, section_columns
from halfday_sync.workbook.pupil_words import figure, link_to, percent_format
from halfday_sync.workbook.referral_words import due_words, rule_notes, running, started_words
from halfday_sync.workbook.school_words import school_words
from halfday_sync.workbook.sections import Line, Section, draw
from halfday_sync.workbook.sheet import Sheet
from halfday_sync.workbook.tick_rows import row_of
from halfday_sync.workbook.view import View

NEAR = 7
"""Sessions from which a pupil is listed as near the penalty threshold."""
_LAST = 7


def write(sheet: Sheet, view: View) -> None:
    """The Statutory sheet."""
    sheet.widths(grid("statutory"))
    key_at = number(document("layout")["statutory"]["key"])
    sheet.ws.set_column(key_at, key_at, 12, None, {"hidden": True})
    sheet.ws.hide_gridlines(2)
    sheet.say("Statutory: what the school must consider or report", "title", tall=30)
    freshness(sheet, view, _LAST)
    sheet.say(
        "These lists are for a person to consider, case by case. Halfday decides nothing and sends nothing.", "quiet"
    )
    sheet.say(school_words(view))
    sheet.say("WTISA is the statutory guidance: Working together to improve school attendance.", "quiet")
    sheet.skip(10)
    for section in (*sections(view), *_referrals(view)):
        draw(sheet, section, _LAST, key_at)
    sheet.ws.print_area(0, 0, sheet.row, _LAST)
    sheet.protect()


OVER_TIME = frozenset({"persistent-absence", "severe-absence"})
"""Measures over time: the DfE gives none for a day or a week, and Halfday waits for 60 possible sessions."""


def sections(view: View) -> Iterator[Section]:
    """A section for each national duty that follows from marks, and one for pupils near the penalty threshold."""
    here = [outcome for outcome in view.ordered if not view.has_left(outcome.pupil)]
    for duty in national.document()["duty"]:
        found = [(outcome, fired) for outcome in here for fired in outcome.duties if fired.id == duty["id"]]
        early = [row for row in found if row[0].early and duty["id"] in OVER_TIME]
        lines = [
            _line(view, outcome, fired.id, fired.since, f"{_figures(outcome, fired)}{_waits(outcome, fired)}")
            for outcome, fired in found
            if (outcome, fired) not in early
        ]
        notes = [duty["action"], f"Source: {duty['source']}."]
        if early:
            notes.append(f"Besides, {len(early)} with fewer than 60 possible sessions so far: too early to tell.")
        yield _section(duty["title"], lines, notes)
        if duty["id"] == "penalty-threshold":
            yield _near(view, here)


def _section(title: str, lines: Sequence[Line], notes: Sequence[str]) -> Section:
    heading = f"{title} ({len(lines)})"
    return Section(heading, section_columns("statutory", "duty"), lines, notes, empty="Nobody now.")


def _near(view: View, here: Sequence[Outcome]) -> Section:
    limit = national.value("penalty_sessions", view.marks_until)
    lines = [
        _line(view, outcome, "near-penalty", None, penalty_words(outcome.penalty))
        for outcome in here
        if not outcome.penalty.is_met and NEAR <= outcome.penalty.current < limit
    ]
    note = f"{NEAR} to {limit - 1} sessions coded G, N, O or U in the last ten school weeks. A talk now may be enough."
    return _section("Near the penalty threshold", lines, (note,))


def _referrals(view: View) -> Iterator[Section]:
    """By when the local authority wants a referral; no section where its clock runs for nobody.

    It is no duty, and stays out of `sections`: the copy in Google Sheets is made from those.
    """
    lines = [
        _line(
            view,
            view.outcome[one.pupil_id],
            ROW,
            one.started,
            f"{started_words(view, one)}. Due on {due_words(view, one)}.",
        )
        for one in running(view)
        if one.pupil_id in view.outcome
    ]
    if lines:
        yield _section("Referral to the local authority: by when", lines, rule_notes(view))


def duty_key(pupil_id: str, duty: str, since: date | None) -> str:
    """How a row of Statutory is known: the pupil, the duty, and since when it has held without a break."""
    return f"{pupil_id}|{duty}|{since or '-'}"


def _line(view: View, outcome: Outcome, duty: str, since: date | None, figures: str) -> Line:
    pupil = outcome.pupil
    return row_of(
        view,
        STATUTORY,
        duty_key(pupil.pupil_id, duty, since),
        section_columns("statutory", "duty"),
        {
            "pupil_id": pupil.pupil_id,
            "pupil": link_to(pupil),
            "class": pupil.class_name,
            "attendance": figure(outcome),
            "since": since,
            "figures": figures,
        },
        {"attendance": percent_format(outcome)},
    )


def _figures(outcome: Outcome, fired: Fired) -> str:
    ytd = outcome.ytd
    if fired.id == "penalty-threshold":
        met = outcome.penalty.first_met
        earlier = met is not None and met < fired.since
        first = f"Met before, first on {printing.day(met)}. " if met and earlier else ""
        return first + penalty_words(outcome.penalty)
    if fired.id in {"persistent-absence", "severe-absence"}:
        early = " Early: fewer than 60 possible sessions so far." if outcome.early else ""
        return f"{ytd.absent} of {printing.counted(ytd.possible, 'session')} missed.{early}"
    return f"{fired.why[:1].upper()}{fired.why[1:]}."


def _waits(outcome: Outcome, fired: Fired) -> str:
    if fired.id not in outcome.waits.duties:
        return ""
    marks = printing.counted(outcome.waits.marks, "missing mark")
    return f" Wait for {marks}: with {'it' if outcome.waits.marks == 1 else 'them'} this might not hold."


def penalty_words(penalty: Penalty) -> str:
    """The sessions of the last ten school weeks, day by day: `8 sessions (1 still N): Mon 3 Nov O O, Tue 4 Nov N`."""
    days = [
        f"{printing.day(day)} {' '.join(code for _key, code in rows)}"
        for day, rows in groupby(penalty.recent, key=lambda row: row[0].date)
    ]
    unresolved = sum(code == "N" for _key, code in penalty.recent)
    open_ = f" ({unresolved} still N)" if unresolved else ""
    return f"{printing.counted(penalty.current, 'session')}{open_}: {', '.join(days)}."
