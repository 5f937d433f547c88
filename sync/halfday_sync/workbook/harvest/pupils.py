"""Which pupil an id means, whatever Excel or a hasty hand made of it."""

from collections.abc import Collection, Iterable, Mapping

from halfday_sync.workbook.update.seen import Value, key_text


class Ids:
    """The ids of a school. An id is found exactly, else without case, else as the number that Excel makes of it."""

    def __init__(self, pupils: Collection[str], moved: Mapping[str, str]) -> None:
        self._pupils, self._moved = frozenset(pupils), moved
        self._folded = _unique((pupil_id, pupil_id.casefold()) for pupil_id in sorted(pupils))
        self._numbers = _unique((pupil_id, number) for pupil_id in sorted(pupils) if (number := _number(pupil_id)))

    def found(self, value: Value) -> str:
        """The id in a cell as the roll spells it, be it one the pupil no longer has; empty where nobody has it."""
        text = key_text(value)
        if text in self._pupils:
            return text
        return self._folded.get(text.casefold()) or self._numbers.get(_number(text)) or ""

    def now(self, value: Value) -> str:
        """The id that the pupil in a cell has now; empty where nobody has it."""
        found = self.found(value)
        return self._moved.get(found, found)

    def key(self, key: str) -> str:
        """A row's key with its pupil's id as it is now: `P1|call|2026-01-05`."""
        pupil_id, bar, rest = key.partition("|")
        return f"{self._moved.get(pupil_id, pupil_id)}{bar}{rest}" if bar else key


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What stands for exactly one pupil."""
    found: dict[str, set[str]] = {}
    for pupil_id, spelling in pairs:
        found.setdefault(spelling, set()).add(pupil_id)
    return {spelling: next(iter(ids)) for spelling, ids in found.items() if len(ids) == 1}


def _number(text: str) -> str:
    """What is left of an id that Excel takes for a number: no leading zeros. Empty for other ids.

    >>> _number("0042"), _number("P42")
    ('42', '')
    """
    return (text.lstrip("0") or "0") if text.isascii() and text.isdecimal() else ""


def pupil_of(key: str) -> str:
    """The pupil in a key such as `P1|call|2026-01-05`; empty where the key names none."""
    pupil_id, bar, _rest = key.partition("|")
    return pupil_id if bar else ""
