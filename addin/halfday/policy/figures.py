"""Groups, targets and rewards of a policy: figures of many pupils, sessions over sessions, never a mean of means."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from halfday.measures import Measures
from halfday.policy.model import Group, Policy, Reward, Target
from halfday.policy.outcome import Outcome

_FIELD = {"class": "class_name", "year": "year_group", "house": "house", "family": "family_id"}


@dataclass(frozen=True, slots=True)
class Figure:
    """Attendance of some pupils in one window: who they are, how many, and sessions attended of those possible."""

    name: str
    pupils: int
    attended: int
    possible: int

    @property
    def exact(self) -> Fraction:
        """Attendance in %, exact; there is at least one possible session."""
        return Fraction(100 * self.attended, self.possible)


@dataclass(frozen=True, slots=True)
class Gap:
    """A target, the figure it is held against, and how far above (+) or below (-) it the school is, in points."""

    target: Target
    figure: Fraction | None
    points: Fraction | None


def by_field(outcomes: Iterable[Outcome], field: str, window: str = "ytd") -> tuple[Figure, ...]:
    """The figure of each class, year, house, flag …: one per value of a pupil's field, in the order of the values.

    Pupils without the value, and groups without a possible session, have no figure.
    """
    found: dict[str, list[Measures]] = defaultdict(list)
    for outcome in outcomes:
        value = getattr(outcome.pupil, field)
        name = {True: "yes", False: "no", None: ""}.get(value, value) if not isinstance(value, str) else value
        measures = outcome.windows.get(window, Measures())
        if name and measures.possible:
            found[name].append(measures)
    return tuple(
        Figure(name, len(rows), sum(m.attended for m in rows), sum(m.possible for m in rows))
        for name, rows in sorted(found.items())
    )


def groups(policy: Policy, outcomes: Sequence[Outcome], window: str = "half_term") -> dict[Group, tuple[Figure, ...]]:
    """The figures of each group that the policy follows."""
    return {group: by_field(outcomes, group.by, window) for group in policy.groups}


def winners(reward: Reward, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Who earns a reward in its window: pupil ids, or the names of classes, years or houses.

    The best of a league can be several; a figure to reach is reached by all who do.
    """
    if reward.unit == "pupil":
        return tuple(outcome.pupil.pupil_id for outcome in outcomes if reward.id in outcome.rewards)
    if reward.unit not in _FIELD:
        return ()
    table = by_field(outcomes, _FIELD[reward.unit], reward.window)
    if reward.best:
        top = max((figure.exact for figure in table), default=None)
        return tuple(figure.name for figure in table if figure.exact == top)
    least = reward.at_least if reward.at_least is not None else Fraction(100)
    return tuple(figure.name for figure in table if figure.exact >= least)


def targets(policy: Policy, outcomes: Sequence[Outcome]) -> tuple[Gap, ...]:
    """The school's own targets and how far it is from each; no gap where the school has not said a figure."""
    return tuple(_gap(target, outcomes) for target in policy.targets)


def _gap(target: Target, outcomes: Sequence[Outcome]) -> Gap:
    here = [outcome for outcome in outcomes if outcome.ytd.possible]
    if not here:
        return Gap(target, None, None)
    if target.measure == "persistent_absence":
        figure = Fraction(100 * sum(bool(outcome.persistent_absence) for outcome in here), len(here))
    else:
        possible = sum(outcome.ytd.possible for outcome in here)
        figure = Fraction(100 * sum(outcome.ytd.attended for outcome in here), possible)
    if target.value is None:
        return Gap(target, figure, None)
    better = target.value - figure if target.measure == "persistent_absence" else figure - target.value
    return Gap(target, figure, better)
