"""What the register says to the questions of a form: attendance, the threshold, the weeks of a notice. Pure."""

from collections.abc import Mapping
from datetime import date

from halfday import printing
from halfday.printing import day_and_year
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.counting import (
    Span,
    between,
    day_words,
    figure,
    held,
    last_sessions,
    leave,
    marks,
    of_year,
    percent,
    reaches,
    span_words,
    year_name,
    year_span,
    years,
)
from halfday_sync.referrals.planned import notice_plan
from halfday_sync.referrals.threshold_window import threshold_of

LAST = 60
"""Possible sessions that the field `last_sessions` speaks of."""


def known_marks(case: Case) -> Mapping[str, str]:
    """The answers by field id, of the section "Attendance" of `fields.toml` and `notice_result`; empty: not known."""
    now = case.outcome.ytd
    return {
        "attendance": f"{figure(case, now)}, up to {day_and_year(case.as_of)}" if now.possible else "",
        "attendance_last_year": _last_year(case),
        "possible": str(now.possible),
        "authorised": str(now.authorised),
        "unauthorised": str(now.unauthorised),
        "late_before": str(now.late_before),
        "late_after": str(now.late_after),
        "holiday": _leave(case),
        "unresolved": _unresolved(case),
        **_threshold(case),
        "last_sessions": _last(case),
        "stage": stage_words(case),
        "notice_result": _notice(case),
    }


def stage_words(case: Case) -> str:
    """The stage of the school's policy as on the tracker, and since when."""
    one = case.outcome
    if not one.stage:
        return "No stage"
    name = one.stage_name or ""
    called = name if str(one.stage) in name else f"Stage {one.stage} ({name})" if name else f"Stage {one.stage}"
    return f"{called}, since {day_and_year(one.stage_since)}" if one.stage_since else called


def _last_year(case: Case) -> str:
    year = years(case, 2)[1]
    counts, found = of_year(case, year), held(case, year)
    if found is None or not counts.possible:
        return ""
    part = "" if reaches(case, year) else f", from {day_and_year(found.first)} on"
    return f"{figure(case, counts)}, {year_name(year)}{part}"


def _leave(case: Case) -> str:
    spells = leave(case, year_span(years(case, 1)[0]))
    if not spells:
        return "0"
    total = printing.counted(sum(one.sessions for one in spells), "session")
    return f"{total}: {', '.join(span_words(one.span) for one in spells)}"


def _unresolved(case: Case) -> str:
    """Of all years that are held: the law knows no end of year for it."""
    dates = [key.date for key, code in marks(case, Span(date.min, case.as_of)) if code == "N"]
    days = ", ".join(map(day_and_year, dict.fromkeys(dates)))
    return f"{len(dates)}: {days}" if dates else "0"


def _threshold(case: Case) -> dict[str, str]:
    found = threshold_of(case)
    count = len(found.sessions)
    open_ = f", {found.unresolved} of them N" if found.unresolved else ""
    return {
        "threshold": f"{count}{open_}",
        "threshold_window": span_words(found.span),
        "threshold_met": day_and_year(found.reached) if found.reached else f"Not met: {count} of {found.limit}",
        "unauthorised_dates": "; ".join(day_words(found.sessions)),
    }


def _last(case: Case) -> str:
    found = last_sessions(case, LAST)
    if found is None:
        return ""
    counts = found.counts
    fewer = "" if counts.possible == LAST else f"; only {counts.possible} are held"
    return f"{counts.attended} of {counts.possible} ({percent(case, counts)}), {span_words(found.span)}{fewer}"


# --- A notice to improve ----------------------------------------------------------------------------------------------


def _notice(case: Case) -> str:
    plan = notice_plan(case)
    if plan is None or plan.begins is None or plan.begins > case.as_of:
        return ""
    over = plan.ends is not None and plan.ends <= case.as_of
    counts = between(case, Span(plan.begins, plan.ends if plan.ends and over else case.as_of))
    so_far = "" if over else f"; so far, up to {day_and_year(case.as_of)}"
    attended = f"{counts.attended} of {counts.possible} ({percent(case, counts)})"
    return f"{attended}; {counts.unauthorised} unauthorised{so_far}"
