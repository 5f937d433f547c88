"""Facts of a pupil that marks do not tell: dates, flags, what people decided, and what they have ticked off."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from halfday.cells.fault import CellTextError
from halfday.policy.ladder import Decision
from halfday.policy.model import Policy
from halfday.policy.outcome import Done, Outcome
from halfday.register import FLAGS, Pupil

PUPIL_ID = "pupil"


class Facts(NamedTuple):
    """What the facts in a cell say. Actions go by their titles, as they do in the text of the policy.

    `later` are actions that come after another step, each with that step.
    """

    pupil: Pupil
    decisions: tuple[Decision, ...] = ()
    done: tuple[Done, ...] = ()
    later: Mapping[str, str] = {}


def asked_about(policy: Policy) -> frozenset[str]:
    """The flags of a pupil that a policy asks about: no other one needs to stand in a workbook."""
    tests = [test for trigger in policy.triggers for test in trigger.condition.tests]
    return frozenset(
        "sen" if test.quantity.name == "ehcp" else test.quantity.name for test in tests if test.quantity.is_flag
    )


_ALL = frozenset({*FLAGS, "sen"})


def facts_text(
    pupil: Pupil,
    decisions: Iterable[Decision] = (),
    flags: Collection[str] = _ALL,
    done: Iterable[tuple[str, date]] = (),
    later: Mapping[str, str] | None = None,
) -> str:
    """What else a row function must know, a line each: dates, `flags` that the pupil has, what people decided and did.

    Where not all flags are written, a line says which are. `done` are actions by title and due date, `later` those
    that come after another step, by title, each with the title of that step.

    >>> print(facts_text(Pupil("7", dob=date(2016, 3, 1), end_date=date(2025, 11, 20), sen="K", cp=True)))
    born 2016-03-01
    left 2025-11-20
    sen K
    has cp
    >>> print(facts_text(Pupil("7"), done=[("Ring the family", date(2025, 10, 9))]))
    done Ring the family 2025-10-09
    >>> print(facts_text(Pupil("7"), later={"Write to the family": "Ring the family"}))
    later Write to the family || Ring the family
    """
    facts = [
        f"{word} {day}"
        for word, day in (("born", pupil.dob), ("joined", pupil.start_date), ("left", pupil.end_date))
        if day
    ]
    facts += [f"sen {_plain(pupil.sen)}"] if pupil.has("sen") and "sen" in flags else []
    has = [flag for flag in FLAGS if flag in flags and pupil.has(flag)]
    facts += [f"has {' '.join(has)}"] if has else []
    facts += [] if set(flags) >= _ALL else [" ".join(["carries", *sorted(flags)])]
    for d in decisions:
        stage = f" {d.stage}" if d.kind == "override" else ""
        facts.append(f"{d.kind}{stage} {d.from_} to {d.until} by {_plain(d.who)} because {_plain(d.reason)}")
    facts += sorted(f"done {_plain(title)} {due}" for title, due in done)
    facts += sorted(f"later {_plain(title)}{_AFTER}{_plain(first)}" for title, first in (later or {}).items())
    return "\n".join(facts)


_AFTER = " || "


def facts_told(
    policy: Policy, outcome: Outcome, decisions: Iterable[Decision] = (), flags: Collection[str] = _ALL
) -> str:
    """The facts of a pupil as the engine found them, so that the cell functions say just what it says."""
    done, later = done_by_title(policy, outcome.done), later_by_title(policy, outcome)
    return facts_text(outcome.pupil, decisions, flags, done, later)


def later_by_title(policy: Policy, outcome: Outcome) -> dict[str, str]:
    """The actions left to do that come after another step, by title; without those that the policy no longer has."""
    asked = (one.id for one in outcome.left if one.id in outcome.first and one.id in policy.action)
    return {policy.action[one].title: outcome.first[one] for one in asked}


def done_by_title(policy: Policy, done: Iterable[tuple[str, date]]) -> tuple[tuple[str, date], ...]:
    """Actions by title instead of id; without those that the policy no longer has."""
    return tuple((policy.action[one].title, due) for one, due in done if one in policy.action)


def _plain(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def read_facts(text: str) -> Facts:
    """The facts of a pupil in a cell.

    Raises:
        CellTextError: a fact cannot be read.
    """
    pupil: dict[str, Any] = {}
    decisions, done, later = [], [], {}
    for fact in filter(None, text.splitlines()):
        word, _, rest = fact.partition(" ")
        try:
            if word in _DATES:
                pupil[_DATES[word]] = date.fromisoformat(rest)
            elif word == "sen":
                pupil["sen"] = rest
            elif word == "has":
                pupil |= _flags(rest)
            elif word == "done":
                done.append(_done(rest))
            elif word == "later":
                title, _, first = rest.partition(_AFTER)
                later[title] = first
            elif word == "carries":
                continue
            else:
                decisions.append(_decision(word, rest))
        except ValueError as fault:
            raise CellTextError(f"Facts: cannot read {word!r}; write for example left 2025-11-20") from fault
    return Facts(Pupil(PUPIL_ID, **pupil), tuple(decisions), tuple(done), later)


def not_carried(text: str, policy: Policy) -> list[str]:
    """The flags that a policy asks about and that the facts were written without."""
    line = next((fact for fact in text.splitlines() if fact.split(" ")[0] == "carries"), None)
    return [] if line is None else sorted(asked_about(policy) - set(line.split()[1:]))


_DATES = {"born": "dob", "joined": "start_date", "left": "end_date"}


def _flags(words: str) -> dict[str, bool]:
    flags = dict.fromkeys(words.split(), True)
    if flags.keys() - set(FLAGS):
        raise ValueError(words)
    return flags


def _done(rest: str) -> Done:
    title, _, due = rest.rpartition(" ")
    return Done(PUPIL_ID, title, date.fromisoformat(due))


def _decision(kind: str, rest: str) -> Decision:
    if kind not in {"hold", "override", "review"}:
        raise ValueError(kind)
    dates, _, words = rest.partition(" by ")
    who, _, reason = words.partition(" because ")
    first, _, until = dates.partition(" to ")
    *stage, start = first.split()
    return Decision(
        PUPIL_ID, kind, date.fromisoformat(start), date.fromisoformat(until), reason, who, int(stage[0]) if stage else 0
    )
