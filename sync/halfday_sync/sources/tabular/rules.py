"""What a mark may be: its day, its code, and what is different where the tables come by themselves."""

from dataclasses import dataclass
from datetime import date

from halfday import codes
from halfday.school_year import year_of
from halfday_sync.sources.contradictions import cannot_be_at_weekend
from halfday_sync.sources.tabular.columns import Mapping
from halfday_sync.sources.wording import shown_value


@dataclass(frozen=True)
class Feed:
    """What is different where tables come by themselves every morning, and nobody sits in front of them.

    A row without an id is left out and told. Marks that contradict each other, or stand at a weekend, are set aside for
    a person to decide, and the others are taken. A pupil without a mark is told, no more. A mark of a later day is
    taken (leave may be agreed ahead); whether it can be right is judged where the snapshot is received.

    Attributes:
        name: what people call the source ("Arbor").
        begins: earlier marks are left out and counted.
        complete: whether a pupil who is not in the tables has left.
        now: what to do about problems; blank for the usual words.
    """

    name: str
    begins: date
    complete: bool = False
    now: str = ""


@dataclass(frozen=True)
class Rules:
    """What a mark may be: not after `as_of`, in one of these school years (by their first calendar year).

    For a `feed`, its own rules take the place of both.
    """

    as_of: date
    years: frozenset[int]
    mapping: Mapping
    feed: Feed | None = None

    def early(self, day: date) -> bool:
        """Whether a mark of this day is left out without a word but its count."""
        return self.feed is not None and day < self.feed.begins

    def against(self, day: date) -> str:
        """What is wrong with marks on a date, or a blank."""
        if self.feed:
            return ""
        if day > self.as_of:
            return f"{day} is after {self.as_of}, the day up to which marks are read"
        start = year_of(day)
        if start not in self.years:
            return f"{day} is in the school year {start}/{(start + 1) % 100:02}, which was not asked for"
        return ""


def against_weekend(code: str, day: date | None) -> str:
    """Why a code cannot stand on that day of the week, or a blank."""
    tidy = codes.tidy(code)
    if day is None or not cannot_be_at_weekend(tidy, day) or len(tidy) > 2 or tidy == "0":
        return ""
    return f"code {tidy!r} on {day:%A} {day}: only # and - can stand at a weekend"


def against_date(text: str, day: date | None) -> str:
    """Why a text is no date, or a blank."""
    return "" if day else f"the date is {shown_value(text)}, not a whole date with day, month and year"


def code_of(code: str, day: date | None, wrong: list[str]) -> int:
    """The id of a code on its day; `NO_ROW`, and the reason in `wrong`, where it is none."""
    tidy = codes.tidy(code)
    if tidy == "0":
        wrong.append("the code is '0': Excel makes that of -, but it may be O; write the code that was meant")
    elif len(tidy) > 2:
        wrong.append(f"the code is {shown_value(tidy)}, not a register code")
    elif day:
        try:
            return codes.code_id(tidy, day)
        except codes.UnknownCodeError as error:
            wrong.append(str(error))
    return codes.NO_ROW
