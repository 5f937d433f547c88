"""The figures as a small table: medians, and ratios of medians of one run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Times = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Line:
    """One piece of work: whose times are ours, the peers beside it, and the goal."""

    work: str
    ours: str
    peers: Mapping[str, str]
    goal: str = ""


def shown(seconds: float) -> str:
    """Seconds or milliseconds, with as many figures as a noisy machine allows.

    >>> shown(5.678), shown(0.1234), shown(0.00061)
    ('5.68 s', '123 ms', '0.61 ms')
    """
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.2f} ms"


def lines(wanted: Sequence[Line], times: Times) -> Iterator[str]:
    """The table; a ratio is the peer's median over ours, so that more is better for us."""
    row = "{:<50} {:>8}  {:<28} {:>8} {:>7}  {}"
    yield row.format("work", "ours", "peer", "peer", "ratio", "goal")
    yield "-" * 124
    for line in wanted:
        ours = median(times[line.ours])
        if not line.peers:
            yield row.format(line.work, shown(ours), "", "", "", line.goal).rstrip()
        for place, (name, key) in enumerate(line.peers.items()):
            theirs = median(times[key])
            first = (line.work, shown(ours)) if not place else ("", "")
            goal = "" if place else line.goal
            yield row.format(*first, name, shown(theirs), f"{theirs / ours:.1f}x", goal).rstrip()
