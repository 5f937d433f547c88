"""When each spell of absence falls: by season and weekday, siblings often together, never two codes in one session."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from halfday_sync.sources.sample.days import SchoolDays
from halfday_sync.sources.sample.draws import DayPicker
from halfday_sync.sources.sample.figures import figures
from halfday_sync.sources.sample.roll import Roll
from halfday_sync.sources.sample.spells import Spell

KIND = {"I": "illness", "G": "holiday"}
"""Which season a code follows; all others follow `other`."""
_TRIES = 40


@dataclass(frozen=True)
class Placed:
    """A spell and the sessions (positions in the year) it took."""

    spell: Spell
    sessions: tuple[int, ...]


def _order(spell: Spell) -> tuple[bool, bool, int, int]:
    return (not spell.reason_after, spell.at is None, -spell.sessions, spell.pupil)


class Placer:
    """Puts spells into the pupils' years.

    `rows[pupil]` holds one code id per session of the year, and `ids` gives the code ids. Sessions that hold `/` or a
    backslash are free, those that hold Y4 or X are stepped over, and 0 (not on roll) is no place for a spell.
    """

    def __init__(self, rng: Random, days: SchoolDays, rows: Sequence[bytearray], ids: Mapping[str, int]) -> None:
        self._rng, self._days, self._rows, self._ids = rng, days, rows, ids
        self._picker = DayPicker(rng, days)
        self._free = frozenset((ids["/"], ids["\\"]))
        self._over = frozenset((ids["Y4"], ids["X"]))

    def place_all(self, roll: Roll, spells: Sequence[Spell], span: Sequence[tuple[int, int]]) -> list[Placed]:
        """Place every spell: scripted, settled, then the longest first, since a long gap is the hardest to find."""
        family = {pupil: number for number, members in enumerate(roll.families) for pupil in members}
        starts: dict[int, list[int]] = {}
        parts = self._parts(spells)
        placed = []
        for spell in sorted(spells, key=_order):
            near = starts.setdefault(family[spell.pupil], [])
            # A pupil's illnesses are spread over the year: chance alone would bunch them more than real ones are.
            part = parts[spell.pupil].pop() if spell.code == "I" else (0, 1)
            done = self._place(spell, span[spell.pupil], near, part)
            placed += [done] if done is not None else self._scatter(spell, span[spell.pupil])
            if spell.code == "I" and done is not None:
                near.append(done.sessions[0] // 2)
        return placed

    def _parts(self, spells: Sequence[Spell]) -> dict[int, list[tuple[int, int]]]:
        """For each pupil, as many equal parts of the year as there are illnesses, in any order."""
        illnesses = Counter(spell.pupil for spell in spells if spell.code == "I")
        parts = {pupil: [(number, count) for number in range(count)] for pupil, count in illnesses.items()}
        for order in parts.values():
            self._rng.shuffle(order)
        return parts

    def _place(self, spell: Spell, span: tuple[int, int], near: Sequence[int], part: tuple[int, int]) -> Placed | None:
        first, last = span
        length = (spell.sessions + 1) // 2
        for attempt in range(_TRIES):
            if spell.at is not None and attempt == 0:
                start = spell.at
            else:
                # After some misses in that part of the year, anywhere will do.
                narrow = part if attempt < _TRIES // 4 else (0, 1)
                day = self._near(spell, span, near)
                if day is None:
                    kind = KIND.get(spell.code, "other")
                    day = self._picker.pick(kind, length, first, max(first, last - length + 1), narrow)
                start = 2 * day + self._half(spell)
            taken = self._fits(self._rows[spell.pupil], start, spell)
            if taken:
                self._write(spell, taken)
                return Placed(spell, taken)
        return None

    def _near(self, spell: Spell, span: tuple[int, int], near: Sequence[int]) -> int | None:
        """A day on which a sibling fell ill, or one of the two after it; None where the pupil falls ill alone."""
        if spell.code == "I" and near and self._rng.random() < figures().rates["sibling_together"]:
            day = self._rng.choice(near) + self._rng.choice((0, 0, 0, 1, 2))
            if span[0] <= day <= span[1]:
                return day
        return None

    def _half(self, spell: Spell) -> int:
        """0 to start in the morning, 1 in the afternoon (sent home ill, or an afternoon appointment)."""
        if spell.afternoons:
            return 1
        if spell.code == "U":
            return 0
        if spell.sessions == 1:
            return int(self._rng.random() < 0.5)
        return spell.sessions % 2 if self._rng.random() < 0.95 else 1

    def _fits(self, row: bytearray, start: int, spell: Spell) -> tuple[int, ...]:
        taken: list[int] = []
        position, step = start, 2 if spell.afternoons else 1
        while len(taken) < spell.sessions:
            if position >= len(row):
                return ()
            if row[position] in self._free:
                taken.append(position)
            elif row[position] not in self._over:
                return ()
            position += step
        return tuple(taken)

    def _scatter(self, spell: Spell, span: tuple[int, int]) -> list[Placed]:
        """A spell with no gap long enough: broken up over whatever is free, so that the pupil's year still adds up."""
        row = self._rows[spell.pupil]
        free = [position for position in range(2 * span[0], 2 * span[1] + 2) if row[position] in self._free]
        offset = self._rng.randint(0, max(0, len(free) - spell.sessions))
        taken = tuple(free[offset : offset + spell.sessions])
        self._write(spell, taken)
        return [Placed(spell, taken)] if taken else []

    def _write(self, spell: Spell, taken: Sequence[int]) -> None:
        row = self._rows[spell.pupil]
        for position in taken:
            row[position] = self._ids[spell.code]
