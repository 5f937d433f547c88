"""Conditions: one line each, such as `percent < 93` or `late.last_4_weeks >= 3`; read, tested, and said in English."""

import difflib
import operator
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from halfday import codes, printing
from halfday.policy.moment import Moment
from halfday.policy.quantities import QUANTITIES, Quantity

_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
_WORDS = {"<": "below", "<=": "at or below", ">": "above", ">=": "at least", "==": "exactly"}
_LINE = re.compile(
    r"^\s*(?P<name>[a-z_]+(?:\.[A-Za-z0-9_]+)*)\s*(?:(?P<op><=|>=|==|<|>)\s*(?P<value>-?\d+(?:\.\d+)?)\s*)?$"
)


_CODES = tuple(dict.fromkeys(code.code for code in codes.all_codes()))


class ConditionError(ValueError):
    """A condition that cannot be read; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Test:
    """One line of a condition. A flag (`cp`) has no operator and holds when the pupil has it."""

    text: str
    quantity: Quantity
    argument: str
    window: str
    op: str
    value: Fraction

    def holds(self, moment: Moment) -> bool:
        """Whether it is true of a pupil at a moment; an unknown figure (no sessions yet) never holds."""
        return self.holds_for(self.quantity.measure(moment, self.window, self.argument))

    def holds_for(self, found: tuple[int, int] | None) -> bool:
        """Whether it is true of a figure (numerator, denominator)."""
        if found is None:
            return False
        numerator, denominator = found
        if not self.op:
            return bool(numerator)
        return _OPERATORS[self.op](numerator * self.value.denominator, self.value.numerator * denominator)

    @property
    def is_of_the_year(self) -> bool:
        """Whether the year-to-date counts alone decide, so that a spell can be followed back on plain integers."""
        return self.quantity.name in {"percent", "percent_missed"} and self.window == "ytd"

    @property
    def only_begins(self) -> bool:
        """Once it holds, it holds for the rest of the school year."""
        return self.quantity.grows and self.window == "ytd" and self.op in {">", ">="}

    def on_counts(self, least: int) -> Callable[[int, int], bool]:
        """The test as a function of sessions attended and possible this year; `least` is the evidence it needs."""
        compare, hundred, cut = _OPERATORS[self.op], 100 * self.value.denominator, self.value.numerator
        if self.quantity.name == "percent":
            return lambda attended, possible: possible >= least and compare(hundred * attended, cut * possible)
        return lambda attended, possible: possible > 0 and compare(hundred * (possible - attended), cut * possible)

    def words(self, moment: Moment) -> str:
        """The arithmetic: what was found and what it is held against."""
        found = self.quantity.say(moment, self.window, self.argument)
        return f"{found}, {_WORDS[self.op]} {self.threshold}" if self.op else found

    @property
    def threshold(self) -> str:
        """The threshold as the policy writes it, with its unit."""
        return f"{printing.number(self.value)}{self.quantity.unit}"


@dataclass(frozen=True, slots=True)
class Condition:
    """All of some lines and, where there are any, at least one of others."""

    all: tuple[Test, ...] = ()
    any: tuple[Test, ...] = ()

    def holds(self, moment: Moment) -> bool:
        """Whether it is true of a pupil at a moment."""
        for test in self.all:  # no all(): it takes twice as long, and this is asked for every trigger and day
            if not test.holds(moment):
                return False
        return not self.any or any(test.holds(moment) for test in self.any)

    def first_of_spell(self, moment: Moment) -> Moment:
        """The first of the school days in a row, ending now, on which it held. It holds now."""
        if not self.any and all(test.only_begins for test in self.all):
            days = range(moment.at + 1)
            return moment.earlier(bisect_left(days, 1, key=lambda at: self.holds(moment.earlier(at))))
        if self.any or not all(test.is_of_the_year for test in self.all):
            while moment.at > 0 and self.holds(earlier := moment.earlier(moment.at - 1)):
                moment = earlier
            return moment
        lines = [test.on_counts(max(1, moment.min_possible)) for test in self.all]
        attended, possible = moment.sessions.attended_by_day, moment.sessions.possible_by_day
        at = moment.at
        while at > 0 and all(line(attended[at - 1], possible[at - 1]) for line in lines):
            at -= 1
        return moment.earlier(at)

    def words(self, moment: Moment) -> str:
        """The arithmetic of the lines that hold."""
        told = [test for test in (*self.all, *self.any) if test.holds(moment)]
        return "; ".join(test.words(moment) for test in told)

    @property
    def tests(self) -> tuple[Test, ...]:
        """Every line."""
        return (*self.all, *self.any)


def read(text: str) -> Test:
    """A condition line as a test.

    Raises:
        ConditionError: the line cannot be read, or names a measure, window or number that there is none of.

    >>> read("percent < 92").threshold, read("late.last_4_weeks >= 3").window
    ('92%', 'last_4_weeks')
    >>> read("percnt < 92")
    Traceback (most recent call last):
        ...
    halfday.policy.conditions.ConditionError: no measure 'percnt'; did you mean 'percent'?
    """
    match = _LINE.match(text)
    if not match:
        raise ConditionError(f"cannot read {text!r}; write for example 'percent < 92' or 'late.last_4_weeks >= 3'")
    name, *rest = match["name"].split(".")
    quantity = QUANTITIES.get(name)
    if quantity is None:
        raise ConditionError(f"no measure {name!r}{_did_you_mean(name, QUANTITIES)}")
    argument = rest.pop(0) if quantity.takes_argument and rest else ""
    window = rest.pop(0) if rest else "ytd"
    if rest or (quantity.takes_argument and not argument):
        raise ConditionError(f"cannot read {match['name']!r}; write for example 'code.N.last_4_weeks'")
    if window not in quantity.windows:
        raise ConditionError(f"{name!r} has no window {window!r}{_did_you_mean(window, quantity.windows)}")
    if argument and argument not in _CODES:
        raise ConditionError(f"there is no register code {argument!r}{_did_you_mean(argument.upper(), _CODES)}")
    op = match["op"] or ""
    if bool(op) == quantity.is_flag:
        example = quantity.name if quantity.is_flag else f"{quantity.name} >= 3"
        raise ConditionError(f"cannot read {text!r}; write {example!r}")
    return Test(text.strip(), quantity, argument, window, op, Fraction(match["value"] or 0))


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    options = sorted(known)
    close = difflib.get_close_matches(word, options, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(options)}"
