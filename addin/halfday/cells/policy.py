"""The policy as one text, and back."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from halfday.policy.conditions import Condition
from halfday.policy.load import load
from halfday.policy.model import Action, Band, Earlier, Policy, Stage, Trigger

HEAD = 'school = {name = "as on the Policy page"}'
"""The first line of a policy's text. Whose policy it is makes no difference to a figure."""


def policy_text(policy: Policy) -> str:
    """What bands, stages, triggers and actions need of a policy, as a small `policy.toml`.

    Actions go by their titles here, as they do on the Policy page.
    """
    lines = [
        HEAD,
        f"rules = {{min_possible = {policy.rules.min_possible}, step_down = {quoted(policy.rules.step_down)}}}",
        *_table("band", (_band(policy, band) for band in policy.bands)),
        *_table("stage", (_stage(policy, stage) for stage in policy.stages)),
        *_table("trigger", (_trigger(policy, trigger) for trigger in policy.triggers)),
        *_table("action", map(_action, policy.actions)),
    ]
    return "\n".join([*lines, *filter(None, [earlier_text(policy)])])


def earlier_text(policy: Policy) -> str:
    """The ladders that were in force before, a line each; empty where there were none."""
    return "\n".join(_table("earlier", (_earlier(policy, old) for old in policy.earlier)))


def _earlier(policy: Policy, old: Earlier) -> str:
    rules = f"min_possible = {old.min_possible}, step_down = {quoted(old.step_down)}"
    stages = ", ".join(f"{{{_stage(policy, stage)}}}" for stage in old.stage)
    return f"until = {old.until}, {rules}, stage = [{stages}]"


def quoted(text: str) -> str:
    r"""A text as TOML writes it, on one line.

    >>> print(quoted('the "Head\'s" list'))
    "the \"Head's\" list"
    """
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _table(name: str, rows: Iterable[str]) -> list[str]:
    found = list(rows)
    return [f"{name} = [", *(f"  {{{row}}}," for row in found), "]"] if found else []


def _band(policy: Policy, band: Band) -> str:
    word = "above" if band.above is not None else "from"
    end = f", written_to = {exact(band.written_to)}" if band.written_to is not None else ""
    return f"name = {quoted(band.name)}, {word} = {exact(band.floor.value)}{end}{_asks(policy, band.actions)}"


def _stage(policy: Policy, stage: Stage) -> str:
    word = "below" if stage.ceiling.inclusive else "at_or_below"
    figure = f"{word} = {exact(stage.ceiling.value)}"
    return f"number = {stage.number}, name = {quoted(stage.name)}, {figure}{_asks(policy, stage.actions)}"


def _trigger(policy: Policy, trigger: Trigger) -> str:
    words = f"id = {quoted(trigger.id)}, title = {quoted(trigger.title)}, {condition_text(trigger.condition)}"
    return f"{words}{_asks(policy, trigger.actions)}"


def _asks(policy: Policy, ids: Iterable[str]) -> str:
    asked = ", ".join(quoted(policy.action[one].title) for one in ids if one in policy.action)
    return f", actions = [{asked}]" if asked else ""


def _action(action: Action) -> str:
    title = quoted(action.title)
    approval = ", needs_approval = true" if action.needs_approval else ""
    when = f"cadence = {quoted(action.cadence)}, due = {action.due}"
    return f"id = {title}, title = {title}, owner = {quoted(action.owner)}, {when}{approval}"


def exact(value: Fraction) -> str:
    """A figure of a policy with all its decimals.

    >>> exact(Fraction(92)), exact(Fraction(925, 10)), exact(Fraction(9212345, 100000))
    ('92', '92.5', '92.12345')
    """
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def condition_text(condition: Condition) -> str:
    """A condition as a policy writes it."""
    parts = [
        f"{key} = [{', '.join(quoted(test.text) for test in tests)}]"
        for key, tests in (("all", condition.all), ("any", condition.any))
        if tests
    ]
    return ", ".join(parts)


@lru_cache(maxsize=8)
def read_policy(text: str) -> Policy:
    """The policy in a cell. Raises `halfday.policy.load.PolicyError` with every problem."""
    return load(text, "in the cell")
