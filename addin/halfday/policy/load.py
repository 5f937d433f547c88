"""`policy.toml` to `Policy`: every problem at once, each with the key path and what to write instead."""

import difflib
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_type_hints

from halfday.policy import conditions, model

_TABLES: dict[str, tuple[str, type]] = {
    "band": ("bands", model.Band),
    "stage": ("stages", model.Stage),
    "trigger": ("triggers", model.Trigger),
    "action": ("actions", model.Action),
    "routine": ("routines", model.Routine),
    "plan": ("plans", model.Plan),
    "meeting": ("meetings", model.Meeting),
    "reward": ("rewards", model.Reward),
    "target": ("targets", model.Target),
    "group": ("groups", model.Group),
    "contact": ("contacts", model.Contact),
    "letter": ("letters", model.Letter),
    "notice": ("notices", model.Notice),
    "earlier": ("earlier", model.Earlier),
}
_PLAIN = {"school": model.School, "rules": model.Rules}


class PolicyError(ValueError):
    """A policy that cannot be used. `problems` has one line for each fault: key path, what was read, what to write."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self.name, self.problems = name, tuple(problems)
        super().__init__("\n".join([f"policy {name}: {len(problems)} to put right", *problems]))


def load(text: str, name: str) -> model.Policy:
    """A policy from the text of its file.

    Raises:
        PolicyError: with every problem found.
    """
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        raise PolicyError(name, [f"the file cannot be read as TOML: {fault}"]) from fault
    problems: list[str] = []
    known = {"id", "valid_from", "priority", *_PLAIN, *_TABLES}
    problems += [f"{key}: not a key of a policy{_instead(key, known)}" for key in document if key not in known]
    values: dict[str, Any] = {"id": name, "fingerprint": hashlib.sha256(text.encode()).hexdigest()[:12]}
    for key, hint in (("id", str), ("valid_from", date), ("priority", tuple[str, ...])):
        if key in document:
            values[key] = _value(document[key], hint, key, problems)
    for key, kind in _PLAIN.items():
        row = document.get(key, {})
        if not isinstance(row, dict):
            problems.append(f"{key}: write [{key}], and its keys below it")
        elif key == "school" or row:
            values[key] = _read(kind, row, key, problems)
    for key, (target, kind) in _TABLES.items():
        rows = document.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            problems.append(f"{key}: write [[{key}]], with two brackets: there can be several")
            rows = []
        values[target] = tuple(_read(kind, row, f"{key}[{n}]", problems) for n, row in enumerate(rows, 1))
    problems += _same_id_twice(values)
    if problems:
        raise PolicyError(name, problems)
    return model.Policy(**values)


def _read(kind: type, row: Mapping[str, Any], path: str, problems: list[str]) -> Any:
    """One table as its frozen value; faults are added to `problems` and a gap is left as `None`."""
    hints = get_type_hints(kind)
    known = {item.name.rstrip("_"): item for item in fields(kind)}
    spare = {"when", "all", "any"} if "condition" in known else set()
    allowed = known.keys() - {"condition"} | spare
    problems += [f"{path}.{key}: not a key here{_instead(key, allowed)}" for key in row if key not in allowed]
    values: dict[str, Any] = {}
    for key, item in known.items():
        if key == "condition":
            values[item.name] = read_condition(row, path, problems)
        elif key in row:
            values[item.name] = _value(row[key], hints[item.name], f"{path}.{key}", problems)
        elif _required(item):
            problems.append(f"{path}: {key!r} is missing")
            values[item.name] = None  # the problem is told, and nothing is built
    return kind(**values)


def _required(item: "Field[Any]") -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def read_condition(row: Mapping[str, Any], path: str, problems: list[str]) -> conditions.Condition:
    """The condition of a table: `when` (one line), or `all` and `any` (lists of lines)."""
    if not {"when", "all", "any"} & row.keys():
        problems.append(f'{path}: no condition; write for example when = "percent < 92"')
    found: dict[str, list[conditions.Test]] = {"all": [], "any": []}
    for key, target in (("when", "all"), ("all", "all"), ("any", "any")):
        if key not in row:
            continue
        lines = row[key] if isinstance(row[key], list) else [row[key]]
        if not (lines and all(isinstance(line, str) for line in lines)):
            problems.append(f'{path}.{key}: read {row[key]!r}; write lines in quotes, for example "percent < 92"')
            continue
        for number, line in enumerate(lines, 1):
            try:
                found[target].append(conditions.read(line))
            except conditions.ConditionError as fault:
                problems.append(f"{path}.{key}[{number}]: {fault}")
    return conditions.Condition(tuple(found["all"]), tuple(found["any"]))


def _value(raw: Any, hint: Any, path: str, problems: list[str]) -> Any:
    if hint in _LISTS:
        return _list(raw, hint, path, problems)
    if hint in (Fraction, Fraction | None):
        if isinstance(raw, int | Decimal) and not isinstance(raw, bool) and Decimal(raw).is_finite():
            return Fraction(raw)
        problems.append(f"{path}: read {raw!r}; write a number, for example 92 or 97.5")
        return None
    wanted = {str: "words in quotes", int: "a whole number", bool: "true or false", date: "a date, 2026-09-01"}
    if isinstance(raw, hint) and not (hint is int and isinstance(raw, bool)):
        return raw
    problems.append(f"{path}: read {raw!r}; write {wanted[hint]}")
    return None


_LISTS = (tuple[str, ...], tuple[model.Stage, ...])


def _list(raw: Any, hint: Any, path: str, problems: list[str]) -> Any:
    rows = raw if isinstance(raw, list) else [None]
    if hint == tuple[str, ...] and all(isinstance(item, str) for item in rows):
        return tuple(rows)
    if hint == tuple[model.Stage, ...] and all(isinstance(item, dict) for item in rows):
        return tuple(_read(model.Stage, row, f"{path}[{n}]", problems) for n, row in enumerate(rows, 1))
    wanted = "a list of words" if hint == tuple[str, ...] else "a list of stages"
    example = '["one", "two"]' if hint == tuple[str, ...] else '[{number = 1, name = "Stage 1", below = 95}]'
    problems.append(f"{path}: read {raw!r}; write {wanted}, for example {example}")
    return ()


def _same_id_twice(values: Mapping[str, Any]) -> list[str]:
    problems = []
    for key, (target, _kind) in _TABLES.items():
        seen: set[str] = set()
        for name in (row.id for row in values[target] if getattr(row, "id", None)):
            if name in seen:
                problems.append(f"{key}: id {name!r} is there twice; give each its own")
            seen.add(name)
    return problems


def _instead(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(known))}"
