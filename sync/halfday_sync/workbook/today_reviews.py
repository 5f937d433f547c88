"""The half-term review when it is near, and people's decisions about a stage that end about now."""

from collections.abc import Iterator
from datetime import date

from halfday import printing
from halfday.morning import REVIEW_NEAR, Review
from halfday.policy.ladder import ADAPTED, OVERRIDE, REVIEW, Decision
from halfday_sync.workbook.pupil_words import link_to, stage_text
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import Words, listed
from halfday_sync.workbook.view import View


def reviews(view: View) -> Iterator[Section]:
    """One section; none where no review is near and no decision ends."""
    near = view.morning.review
    ending = sorted(
        {(one.pupil_id, one.kind, one.until): one for one in _ending(view)}.values(),
        key=lambda one: (one.until, one.pupil_id),
    )
    said = [_review_words(near)] if near else []
    if not said and not ending:
        return
    yield listed(
        "reviews",
        Words(
            "Reviews, and decisions that end",
            said if ending else (),
            "on Decisions.",
            "" if ending else said[0],
            "" if ending and not near else str(len(ending) + 1),
        ),
        ending,
        lambda _n, decision: _line(view, decision),
    )


def _review_words(review: Review) -> str:
    days = printing.counted(review.school_days, "school day")
    when = f"in {days}, on {printing.day(review.day)}" if review.school_days else "today"
    if not review.down:
        return f"The half-term review is {when}. As the marks stand, nobody would come down a stage."
    could = printing.counted(len(review.down), "pupil")
    return f"The half-term review is {when}. As the marks stand, {could} would come down a stage that day."


def _ending(view: View) -> Iterator[Decision]:
    """Holds, overrides and adapted routes that ended since the last school day, or end in a few school days."""
    first = view.calendar.last_school_day(view.today) or view.today
    last = view.calendar.add_school_days(view.today, REVIEW_NEAR)
    for decision in view.decisions:
        pupil = view.pupil.get(decision.pupil_id)
        if decision.kind == REVIEW or pupil is None or view.has_left(pupil):
            continue
        if first <= decision.until <= last and not _goes_on(view, decision):
            yield decision


def _goes_on(view: View, decision: Decision) -> bool:
    """Whether another decision of the same sort takes over: about the stage, or about which letters fit the family."""
    about_letters = decision.kind == ADAPTED
    return any(
        other.kind != REVIEW
        and (other.kind == ADAPTED) == about_letters
        and other.until > decision.until
        and other.from_ <= _after(view, decision.until)
        for other in view.decided[decision.pupil_id]
    )


def _after(view: View, day: date) -> date:
    return view.calendar.add_school_days(day, 1)


def _line(view: View, decision: Decision) -> Line:
    pupil = view.pupil[decision.pupil_id]
    outcome = view.outcome.get(decision.pupil_id)
    kind = {OVERRIDE: f"Override to {stage_text(decision.stage, 'no stage')}", ADAPTED: "Adapted route"}.get(
        decision.kind, decision.kind.title()
    )
    end = printing.day(decision.until)
    is_adapted = decision.kind == ADAPTED
    again = "Letters are the plain ones again." if is_adapted else "The policy's ladder counts again."
    over = f"It ended on {end}. {again}"
    then = " Letters are the plain ones then." if is_adapted else ""
    ends = f"It ends on {end}.{then} Renew it on Decisions, or let it end."
    return Line(
        {
            "pupil": link_to(pupil),
            "class": pupil.class_name,
            "what": f"{kind} until {end}",
            "stage": stage_text(outcome.stage if outcome else 0),
            "reason": f"{decision.reason} ({decision.who})",
            "now": over if decision.until < view.today else ends,
        },
        key=f"{decision.pupil_id}|{decision.kind}|{decision.until}",
    )
