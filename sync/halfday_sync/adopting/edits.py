"""Tried figures into the text of a policy file: changed values are replaced, comments, order and quotes stay.

The door of tomlkit, which reads and writes TOML without losing how it was written.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import tomlkit
from tomlkit.items import Array, Item

from halfday.cells import exact
from halfday.policy.model import Action, Band, Earlier, Policy, Stage, Trigger
from halfday_sync.adopting.merge import Merged, Origin
from halfday_sync.adopting.pieces import Piece, ended, join, marked, put, split

Value = str | int | bool | Fraction | tuple[str, ...] | None
_OTHER_WORD = {"from": "above", "above": "from", "below": "at_or_below", "at_or_below": "below"}


class NotInTablesError(ValueError):
    """The file writes something in another way than this can edit; the message says what, and what to write."""


def adopted_text(text: str, old: Policy, merged: Merged, *, on: date, note: str = "") -> str:
    """The text of the policy file with everything of `merged` in it, in force from a date, with a note beside it.

    `text` is the file as it is, and `old` is what it says.

    Raises:
        NotInTablesError: tables are not written with their own headers.
    """
    mark, text = marked(text)
    ends = "\r\n" if "\r\n" in text else "\n"
    pieces = split(text.replace("\r\n", "\n"))
    new = merged.policy
    pieces = _rows(pieces, "band", [_band(r) for r in old.bands], [_band(r) for r in new.bands], merged.origin)
    pieces = _rows(pieces, "stage", [_stage(r) for r in old.stages], [_stage(r) for r in new.stages], merged.origin)
    pieces = _rows(
        pieces, "trigger", [_trigger(r) for r in old.triggers], [_trigger(r) for r in new.triggers], merged.origin
    )
    pieces = _rows(
        pieces, "action", [_action(r) for r in old.actions], [_action(r) for r in new.actions], merged.origin
    )
    pieces = _rules(pieces, old, new)
    pieces = _earlier(pieces, new.earlier[len(old.earlier) :])
    pieces = (_dated(pieces[0], on, note), *pieces[1:])
    return mark + join(pieces).replace("\n", ends)


def with_policy_named(settings: str, policy: str) -> str:
    """The text of `halfday.toml` with another policy in it."""
    mark, text = marked(settings)
    document = tomlkit.parse(text)
    document["school"]["policy"] = policy
    return mark + tomlkit.dumps(document)


# --- what a row says, by key of the file; none where it says nothing --------------------------------------------------


def _band(row: Band) -> dict[str, Value]:
    return {
        "name": row.name,
        "from": row.from_,
        "above": row.above,
        "written_to": row.written_to,
        "actions": row.actions,
    }


def _stage(row: Stage) -> dict[str, Value]:
    return {
        "number": row.number,
        "name": row.name,
        "below": row.below,
        "at_or_below": row.at_or_below,
        "actions": row.actions,
    }


def _trigger(row: Trigger) -> dict[str, Value]:
    lines = row.condition
    return {
        "id": row.id,
        "title": row.title,
        "all": tuple(test.text for test in lines.all),
        "any": tuple(test.text for test in lines.any),
        "actions": row.actions,
    }


def _action(row: Action) -> dict[str, Value]:
    return {
        "id": row.id,
        "title": row.title,
        "owner": row.owner,
        "cadence": row.cadence,
        "due": row.due,
        "needs_approval": row.needs_approval,
    }


# --- rows ------------------------------------------------------------------------------------------------------------


def _rows(
    pieces: tuple[Piece, ...],
    name: str,
    before: Sequence[Mapping[str, Value]],
    after: Sequence[Mapping[str, Value]],
    origin: Mapping[str, Origin],
) -> tuple[Piece, ...]:
    bodies = [piece.body for piece in pieces if piece.name == name]
    places = origin[name]
    if list(before) == list(after) and places == tuple(range(len(before))):
        return pieces
    if len(bodies) != len(before):
        raise NotInTablesError(f"{name}: write each one under its own [[{name}]]")
    return put(
        pieces,
        name,
        [
            _new(name, row) if at is None else _edited(bodies[at], name, before[at], row)
            for at, row in zip(places, after, strict=True)
        ],
    )


def _new(name: str, row: Mapping[str, Value]) -> str:
    said = {key: value for key, value in row.items() if value not in (None, (), "")}
    width = max(map(len, said))
    lines = [f"{key:<{width}} = {_item(value).as_string()}" for key, value in said.items()]
    return "\n".join([f"[[{name}]]", *lines, ""])


def _edited(body: str, name: str, before: Mapping[str, Value], after: Mapping[str, Value]) -> str:
    changed = {key: value for key, value in after.items() if value != before[key]}
    if name == "trigger" and changed.keys() & {"all", "any"}:
        body, changed = _condition(body, after, changed)
    for key, other in _OTHER_WORD.items():
        if changed.get(key) is not None and changed.get(other, 0) is None:
            body = _renamed(body, other, key)
            del changed[other]
    for key, value in changed.items():
        body = _set(body, name, key, value)
    return body


def _renamed(body: str, key: str, other: str) -> str:
    """Another key in the place of one, with the equals sign where it was if there is room."""

    def put_in(match: re.Match[str]) -> str:
        return f"{match[1]}{other:<{max(len(other) + 1, len(match[2]))}}="

    return re.sub(rf"^([ \t]*)({key}[ \t]*)=", put_in, body, count=1, flags=re.MULTILINE)


def _condition(body: str, after: Mapping[str, Value], changed: dict[str, Value]) -> tuple[str, dict[str, Value]]:
    """A condition may be written as `when`, one line; it stays so while it is one line."""
    table = _table(body, "trigger")
    every, some = after["all"], after["any"]
    assert isinstance(every, tuple)
    rest = {key: value for key, value in changed.items() if key not in {"all", "any"}}
    if "when" in table and "all" not in table and len(every) == 1 and not some:
        return body, rest | {"when": every[0]} | ({"any": None} if "any" in table else {})
    if "when" in table:
        changed = changed | {"all": every, "when": None}
    return body, {key: value if value != () else None for key, value in changed.items()}


def _table(body: str, name: str) -> Any:
    found: Any = tomlkit.parse(body)
    return found[name][0] if body.lstrip().startswith("[[") else found[name]


def _set(body: str, name: str, key: str, value: Value) -> str:
    """One value of a table replaced, taken out (none), or added at its end."""
    document: Any = tomlkit.parse(body)
    table = document[name][0] if body.lstrip().startswith("[[") else document[name]
    if value is None:
        if key in table:
            return _without(document, table, key)
    elif key not in table:
        return _added(body, key, value)
    elif isinstance(value, tuple) and isinstance(table[key], Array):
        _relist(table[key], value)
    else:
        table[key] = _item(value)
    return tomlkit.dumps(document)


def _without(document: Any, table: Any, key: str) -> str:
    """A table without a key; the comment beside it stays, on a line of its own."""
    comment = table[key].trivia.comment
    table.remove(key)
    return ended(tomlkit.dumps(document)) + (f"{comment}\n" if comment else "")


def _added(body: str, key: str, value: Value) -> str:
    signs = [len(match[1]) for match in re.finditer(r"^([a-z_]+ *)=", body, flags=re.MULTILINE)]
    width = max([len(key) + 1, *signs[-1:]])
    return f"{ended(body)}{key:<{width}}= {_item(value).as_string()}\n"


def _relist(array: Array, wanted: tuple[str, ...]) -> None:
    """A list with other items: those that stay keep their place in the text."""
    for at in reversed(range(len(array))):
        if str(array[at]) not in wanted:
            del array[at]
    for one in wanted:
        if one not in array:
            array.append(one)
    if tuple(map(str, array)) != wanted:  # another order
        array.clear()
        array.extend(wanted)


def _item(value: Value) -> Item:
    if isinstance(value, Fraction):
        return tomlkit.value(exact(value))
    return tomlkit.item(list(value) if isinstance(value, tuple) else value)


# --- what stands apart -----------------------------------------------------------------------------------------------


def _rules(pieces: tuple[Piece, ...], old: Policy, new: Policy) -> tuple[Piece, ...]:
    changed: dict[str, Value] = {
        key: getattr(new.rules, key)
        for key in ("min_possible", "step_down")
        if getattr(new.rules, key) != getattr(old.rules, key)
    }
    if not changed:
        return pieces
    at = next((at for at, piece in enumerate(pieces) if piece.name == "rules"), None)
    if at is not None:
        body = pieces[at].body
        for key, value in changed.items():
            body = _set(body, "rules", key, value)
        return (*pieces[:at], Piece("rules", body, pieces[at].tail), *pieces[at + 1 :])
    top: Any = tomlkit.parse(pieces[0].body)
    if "rules" in top:
        for key, value in changed.items():
            top["rules"][key] = _item(value)
        return (Piece("", tomlkit.dumps(top), pieces[0].tail), *pieces[1:])
    lines = "".join(f"{key} = {_item(value).as_string()}\n" for key, value in changed.items())
    top_tail = pieces[0].tail or "\n"
    return (Piece("", pieces[0].body, "\n"), Piece("rules", f"[rules]\n{lines}", top_tail), *pieces[1:])


def _earlier(pieces: tuple[Piece, ...], added: Sequence[Earlier]) -> tuple[Piece, ...]:
    """Ladders of before, each a table of its own, the newest last."""
    bodies = [piece.body for piece in pieces if piece.name == "earlier"]
    return put(pieces, "earlier", [*bodies, *map(_ladder, added)]) if added else pieces


def _ladder(row: Earlier) -> str:
    lines = [
        "[[earlier]]  # the ladder of before: stages up to this day stay as they were decided",
        f"until        = {row.until.isoformat()}",
        f"min_possible = {row.min_possible}",
        f"step_down    = {_item(row.step_down).as_string()}",
        "stage        = [",
    ]
    for rung in row.stage:
        word, figure = ("below", rung.below) if rung.below is not None else ("at_or_below", rung.at_or_below)
        said = f"number = {rung.number}, name = {_item(rung.name).as_string()}"
        lines.append(f"  {{{said}, {word} = {_item(figure).as_string()}}},")
    return "\n".join([*lines, "]", ""])


def _dated(top: Piece, on: date, note: str) -> Piece:
    """`valid_from`, with a comment beside it that says who adopted the policy."""
    line = f"valid_from = {on.isoformat()}{f'  # {note}' if note else ''}\n"
    before, found, after = _line_of("valid_from", top.body)
    if found:
        return Piece("", f"{before}{line}{after}", top.tail)
    return Piece("", f"{ended(top.body)}{line}", top.tail)


def _line_of(key: str, body: str) -> tuple[str, str, str]:
    """What stands before the line of a key, the line, and what stands after it."""
    match = re.search(rf"^[ \t]*{key}[ \t]*=.*\n?", body, flags=re.MULTILINE)
    return (body[: match.start()], match[0], body[match.end() :]) if match else (body, "", "")
