"""The headline: the figures a head is asked for, the school's own target, how far away it is, and others' figures."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from halfday import national, printing
from halfday.measures import Measures
from halfday.policy.figures import Gap, targets
from halfday.policy.outcome import Outcome
from halfday_sync.mirroring.actions import overdue
from halfday_sync.mirroring.benchmarks import ATTENDANCE, PERSISTENT, SEVERE, Benchmark, benchmarks, usual_place
from halfday_sync.mirroring.changes import stage_moves
from halfday_sync.mirroring.content import row
from halfday_sync.mirroring.figures import Figures, Period, share
from halfday_sync.sheets.model import Row, Value

_WINDOWS = (
    ("ytd", "Attendance this year"),
    ("half_term", "Attendance this half term"),
    ("last_4_weeks", "Attendance, last four weeks"),
    ("week", "Attendance this week"),
)
_SAID = {ATTENDANCE: "attendance", PERSISTENT: "persistently absent", SEVERE: "severely absent"}
_MEASURE = {"percent": ATTENDANCE, "persistent_absence": PERSISTENT}
_UNITS = ("school", "pupil")
"""Whose target it is: one for each pupil is a pupil's own, and no figure of the school."""


@dataclass(frozen=True)
class Headline:
    """What the headline rests on: the figures, the school's targets by measure, others' figures by measure."""

    figures: Figures
    targets: Mapping[str, Gap]
    elsewhere: Mapping[str, Benchmark]

    @classmethod
    def of(cls, figures: Figures, place: str) -> "Headline":
        """That of a view; without a place the usual one."""
        gaps: dict[str, Gap] = {}
        for gap in targets(figures.view.policy, figures.here):
            if gap.target.unit == _UNITS[0] and gap.target.value is not None:
                gaps.setdefault(_MEASURE[gap.target.measure], gap)
        usual = place or usual_place({one.pupil.year_group for one in figures.here})
        return cls(figures, gaps, benchmarks(usual, figures.view.today))

    @property
    def target(self) -> Fraction | None:
        """The school's target for attendance, in %."""
        gap = self.targets.get(ATTENDANCE)
        return gap.target.value if gap else None

    def rows(self) -> list[Row]:
        """The rows, top to bottom."""
        roll = row("headline:roll", {"label": "Children on roll", "children": len(self.figures.here)})
        return [roll, *self._attendance(), *self._absent(), *self._work(), *self._marks()]

    def _attendance(self) -> Iterator[Row]:
        for window, title in _WINDOWS:
            found = self.figures.of(window)
            values: dict[str, Value] = {"label": title, "figure": share(found.attended, found.possible)}
            if window == "ytd":
                said = f"{found.attended:,} of {found.possible:,} sessions"
                values |= {"words": said, **self._beside(ATTENDANCE)}
            elif window == "half_term":
                values["words"] = _since_last(self.figures.half_terms)
            yield row(f"headline:{window}", values)

    def _beside(self, measure: str) -> dict[str, Value]:
        """The target, the gap, and others' figure, where there are any."""
        found: dict[str, Value] = {}
        if gap := self.targets.get(measure):
            found |= {"target": _part(gap.target.value), "gap": _number(gap.points)}
        if one := self.elsewhere.get(measure):
            found["compare"] = _part(one.value)
        return found

    def _absent(self) -> Iterator[Row]:
        settled, early = self.figures.settled, self.figures.early
        persistent, severe = _count(settled, _is_persistent), _count(settled, _is_severe)
        words = f"10% or more missed, of {printing.counted(len(settled), 'child', 'children')}"
        if not settled and early:
            words = "Too early: nobody has had 60 sessions"
        yield self._of_children("persistent", "Persistently absent", persistent, PERSISTENT, words)
        words = "50% or more missed; counted above too"
        yield self._of_children("severe", "Severely absent", severe, SEVERE, words)
        if early:
            so_far = _count(early, _is_persistent)
            words = f"Under 60 sessions, not counted; {so_far} at 10%"
            yield row("headline:early", {"label": "Too early to tell", "children": len(early), "words": words})

    def _of_children(self, key: str, label: str, count: int, measure: str, words: str) -> Row:
        """Children out of those of whom it can be told; the gap is that of the share that is shown."""
        settled, beside = len(self.figures.settled), self._beside(measure)
        values: dict[str, Value] = {"label": label, "figure": share(count, settled), "children": count, "words": words}
        gap = self.targets.get(measure)
        if gap is not None and gap.target.value is not None and settled:
            beside["gap"] = float(gap.target.value - Fraction(100 * count, settled))
        return row(f"headline:{key}", {**values, **beside})

    def _work(self) -> Iterator[Row]:
        view = self.figures.view
        moved, since = len(stage_moves(view)), view.morning.previous
        words = f"Since {printing.day(since)}" if since else ""
        yield row("headline:changes", {"label": "Stage changes", "children": moved, "words": words})
        words = "Steps whose day has passed"
        yield row("headline:overdue", {"label": "Actions overdue", "children": len(overdue(view)), "words": words})

    def _marks(self) -> Iterator[Row]:
        ytd, morning = self.figures.of("ytd"), self.figures.view.morning
        late = ytd.late_before + ytd.late_after
        words = f"Marks L and U, {ytd.late_after:,} of them U"
        yield row("headline:late", _of_sessions("Late", late, ytd, words))
        words = "Sessions without leave, U included"
        yield row("headline:unauthorised", _of_sessions("Unauthorised absence", ytd.unauthorised, ytd, words))
        met = sum(one.penalty.is_met for one in self.figures.here)
        limit = national.value("penalty_sessions", self.figures.view.marks_until)
        words = f"{limit} such sessions or more in ten weeks"
        yield row("headline:penalty", {"label": "Penalty threshold met", "children": met, "words": words})
        days = national.value("unresolved_n_days", self.figures.view.today)
        words = f"Sessions still N after {days} school days"
        yield row("headline:old_n", {"label": "Old marks, no reason", "children": len(morning.old_n), "words": words})

    def notes(self) -> Iterator[str]:
        """Where the figures of others are from, and what the targets are called."""
        of_source: dict[str, list[str]] = {}
        for measure, one in self.elsewhere.items():
            published = printing.day_and_year(one.published)
            source = f"{one.place}, {one.period}. {one.source}, published {published}."
            of_source.setdefault(source, []).append(_SAID[measure])
        for source, measures in of_source.items():
            yield f"Elsewhere ({printing.in_a_row(measures)}): {source}"
        yield from (f"Target: {gap.target.title}." for gap in self.targets.values())
        if not self.targets:
            yield "The school's policy names no figure as its target, so there is no gap."


def _of_sessions(label: str, count: int, of: Measures, words: str) -> dict[str, Value]:
    return {"label": label, "figure": share(count, of.possible), "children": count, "words": words}


def _is_persistent(one: Outcome) -> bool:
    return bool(one.persistent_absence)


def _is_severe(one: Outcome) -> bool:
    return bool(one.severe_absence)


def _count(outcomes: tuple[Outcome, ...], test: Callable[[Outcome], bool]) -> int:
    return sum(map(test, outcomes))


def _part(percent: Fraction | None) -> float | None:
    return None if percent is None else float(percent / 100)


def _number(points: Fraction | None) -> float | None:
    return None if points is None else float(points)


def _since_last(half_terms: tuple[Period, ...]) -> str:
    known = [one.percent for one in half_terms if one.percent is not None]
    return f"{printing.half_up(known[-2], 1)}% the half term before" if len(known) > 1 else ""
