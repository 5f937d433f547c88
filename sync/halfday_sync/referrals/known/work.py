"""What the tracker says to the questions of a form: plans, meetings, support, barriers, letters that went. Pure."""

from collections.abc import Iterator, Mapping

from halfday import printing
from halfday.printing import day_and_year
from halfday_sync.casework import SupportPlan
from halfday_sync.referrals import written
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.planned import agreed_on, begun, ends_on, met, notice_plan, offered, supporting, title_of


def known_work(case: Case) -> Mapping[str, str]:
    """The answers by field id, of what was done with the family; empty: not known."""
    return {
        "barriers": "\n".join(dict.fromkeys(one.barriers.strip() for one in begun(case) if one.barriers.strip())),
        "support": "\n".join(_supports(case)),
        "meetings": "\n".join(_meetings(case)),
        "contract": "\n".join(_plan_words(case, one) for one in supporting(case)),
        **_letters(case),
        **_period(case),
    }


def _supports(case: Case) -> Iterator[str]:
    for one in begun(case):
        support = offered(one)
        if support and one.begins:
            came = f" ({one.outcome})" if one.outcome else ""
            yield f"Since {day_and_year(one.begins)}: {support}{came}"


def _meetings(case: Case) -> Iterator[str]:
    for day in met(case):
        agreed = "; ".join(agreed_on(case, day))
        yield f"{day_and_year(day)}: {agreed or 'what was agreed is not written down'}"


def _plan_words(case: Case, plan: SupportPlan) -> str:
    reviews = (
        [f"reviewed {printing.in_a_row(map(day_and_year, plan.reviewed))}"] if plan.reviewed else ["not reviewed yet"]
    )
    signed = [f"signed: {plan.signed}"] if plan.signed else []
    begins = [f"begun {day_and_year(plan.begins)}"] if plan.begins else []
    return f"{title_of(case, plan)}: {', '.join([*begins, *reviews, *signed])}"


def _letters(case: Case) -> dict[str, str]:
    found = {}
    for field, templates in (
        ("warning_sent", written.WARNINGS),
        ("notice_sent", (written.NOTICE,)),
        ("leave_refused_on", (written.REFUSAL,)),
    ):
        letter, noted = written.last_of(case, templates), written.last_noted(case, templates)
        if noted and not (letter and letter.sent and letter.sent >= noted):
            found[field] = f"{day_and_year(noted)}, as noted in Contacts"
        elif letter is not None and letter.sent is not None:
            title, names = written.title_of(case, letter), written.told(case, letter)
            found[field] = f"{day_and_year(letter.sent)} ({title}), to {names}"
    return found


def _period(case: Case) -> dict[str, str]:
    plan = notice_plan(case)
    if plan is None or plan.begins is None:
        return {}
    ends = ends_on(case, plan)
    last = day_and_year(ends) if ends else "no last day is written down"
    return {"notice_period": f"{day_and_year(plan.begins)} to {last}"}
