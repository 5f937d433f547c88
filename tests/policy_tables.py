"""The tables of the Policy page, as a spreadsheet gives them to a function."""

from typing import Any

from halfday.policy.model import Policy


def tables(policy: Policy) -> tuple[list[list[Any]], ...]:
    """Bands, stages, triggers, general choices and actions."""
    titles = {action.id: action.title for action in policy.actions}

    def asked(ids: tuple[str, ...]) -> str:
        return "\n".join(titles[one] for one in ids)

    bands = [
        [
            b.name,
            "above" if b.above is not None else "at least",
            float(b.floor.value),
            "" if b.written_to is None else float(b.written_to),
            b.responsible,
            asked(b.actions),
        ]
        for b in policy.bands
    ]
    stages = [
        [
            s.number,
            s.name,
            "below" if s.ceiling.inclusive else "at or below",
            float(s.ceiling.value),
            s.responsible,
            asked(s.actions),
        ]
        for s in policy.stages
    ]
    triggers = [
        [
            t.id,
            t.title,
            " and ".join(x.text for x in t.condition.all),
            " or ".join(x.text for x in t.condition.any),
            t.kind,
            asked(t.actions),
        ]
        for t in policy.triggers
    ]
    actions = [[a.title, a.owner, a.cadence, a.due, "Yes" if a.needs_approval else "No"] for a in policy.actions]
    return bands, stages, triggers, [[policy.rules.min_possible], [policy.rules.step_down]], actions
