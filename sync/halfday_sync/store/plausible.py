"""Whether a snapshot can be right. A source that breaks usually breaks in a big way; then nothing may be changed.

`check` is pure and only says what it sees; the pipeline decides (exit 4, nothing changed). Each threshold stands beside
its reason. They are set so that an ordinary bad day passes: a bug going round, a class not marked, fifty corrections.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from halfday import codes
from halfday.register import Pupil, Register
from halfday_sync.store.columns import alignment, differences
from halfday_sync.store.rows import Picture
from halfday_sync.store.same_child import others

ROLL_PARTS = 5
"""A roll may shrink by one part in five. More is a filter left on, a lost class, or another school's file: where whole
year groups leave, others join, or the source gives leaving dates (and pupils with one do not count as lost)."""
SEEN_ON_THE_DAY = codes.ids("/", "\\", "L", "N", "U")
"""Codes that only the day itself can give: from the first one on, a later date is wrong. Every other code may stand in
the register ahead of time (agreed leave, a residential, an operation, `#`), and in most schools some do."""
RETENTION_YEARS = 6
"""Registers are kept for six years: an older mark would be purged at once, so its date is a slip (a day in 1926)."""
RECENT_SCHOOL_DAYS = 10
"""Codes of the last two school weeks are put right every day (N becomes I); only what is older counts as rewritten."""
REWRITE_PART = 20
"""A rewritten month: more than one in twenty of its known marks changed. In a school of 420 that is 800; a month's real
corrections are a few dozen."""
REWRITE_AT_LEAST = 20
"""… and at least twenty, since one in twenty of a school of ten is a single child's fortnight …"""
REWRITE_DAYS = 3
"""… on at least three days, since a snow day that is recoded Y4 afterwards is 5.3 % of a month of nineteen."""
THIN_PART = 10
"""A finished school day, new to the store, with less than a tenth of the marks of the median day: a cut-off export.
A staggered start passes (one year group of seven is a seventh)."""
THIN_DAYS = 10
"""It takes ten finished days to know what is normal."""
SAME_AT_LEAST = 20
"""A whole day, new to the store, of one and the same absence, from twenty marks on: a machine filled the registers in.
Below that it may be five children with chickenpox."""

IDS_NAMED = 10
"""So many ids are named; after these only how many more there are."""


@dataclass(frozen=True)
class StoredFacts:
    """What the store knew before a snapshot (`Store.facts()`); empty before the first.

    Attributes:
        unlisted: pupils whom an earlier complete snapshot already no longer named.
    """

    pupils: tuple[Pupil, ...] = ()
    register: Register = field(default_factory=Register)
    unlisted: frozenset[str] = frozenset()
    calendar: Mapping[date, str] = field(default_factory=dict)

    def roll(self, on: date) -> frozenset[str]:
        """Who was on roll on a date, as far as the store knew."""
        return frozenset(
            pupil.pupil_id for pupil in self.pupils if pupil.on_roll(on) and pupil.pupil_id not in self.unlisted
        )


def check(
    snapshot: Picture, *, before: StoredFacts, as_of: date, retention_years: int = RETENTION_YEARS
) -> tuple[str, ...]:
    """Everything about a snapshot that cannot be right, a sentence each, with counts, ids, no names; empty when it can.

    `as_of` is the day on which the snapshot was taken (not the settled day that a run evaluates).
    """
    return (
        *_roll(snapshot, before, as_of),
        *_other_children(snapshot, before),
        *_no_marks(snapshot, before, as_of),
        *_future(snapshot.register, as_of),
        *_long_ago(snapshot.register, as_of, retention_years),
        *_rewritten(snapshot.register, before.register, as_of),
        *_odd_days(snapshot, before, as_of),
    )


def _roll(snapshot: Picture, before: StoredFacts, as_of: date) -> Iterator[str]:
    """An incomplete snapshot lists part of the roll, so its size says nothing."""
    if not snapshot.complete:
        return
    if not snapshot.pupils:
        yield f"The source gives no pupils; {len(before.roll(as_of)):,} were on roll."
        return
    now = sum(pupil.on_roll(as_of) for pupil in snapshot.pupils)
    told = {pupil.pupil_id for pupil in snapshot.pupils if pupil.end_date is not None and pupil.end_date < as_of}
    was = len(before.roll(as_of) - told)
    if not now and not was and before.pupils:
        yield f"The source gives {len(snapshot.pupils):,} pupils, and not one of them is on roll on {_day(as_of)}."
    elif ROLL_PARTS * now < (ROLL_PARTS - 1) * was:
        yield f"The roll would shrink from {was:,} to {now:,} pupils, by more than 20 %, without leaving dates."


def _other_children(snapshot: Picture, before: StoredFacts) -> Iterator[str]:
    """What is written in the tracker under an id would be read as about the child who has it now."""
    ids = sorted(others(snapshot.pupils, before.pupils))
    if ids:
        more = f" and {len(ids) - IDS_NAMED:,} more" if len(ids) > IDS_NAMED else ""
        yield f"These IDs belong to other children than before: {', '.join(ids[:IDS_NAMED])}{more}."


def _no_marks(snapshot: Picture, before: StoredFacts, as_of: date) -> Iterator[str]:
    """No marks at all are right only up to the first school day of the snapshot's own calendar."""
    if snapshot.register.count() or not snapshot.complete:
        return
    days = [when for when, kind in snapshot.calendar.items() if kind == "school"]
    if not days or as_of > min(days):
        yield f"The source gives no marks at all; {before.register.count():,} are known."


def _future(register: Register, as_of: date) -> Iterator[str]:
    later = b"".join(row for key, row in zip(register.sessions, register.rows, strict=True) if key.date > as_of)
    wrong = {code: later.count(code) for code in SEEN_ON_THE_DAY if code in later}
    if wrong:
        spelled = ", ".join(sorted(codes.by_id()[code].code for code in wrong))
        yield (
            f"{sum(wrong.values()):,} marks are in the future (after {_day(as_of)}) "
            f"with codes that nobody can know before the day: {spelled}."
        )


def _long_ago(register: Register, as_of: date, years: int) -> Iterator[str]:
    leap = as_of.month == 2 and as_of.day == 29
    horizon = as_of.replace(year=as_of.year - years, day=28 if leap else as_of.day)
    old = {when: len(row) for when, row in _by_day(register).items() if when < horizon and row}
    if old:
        yield (
            f"{sum(old.values()):,} marks are more than {years} years old (before {_day(horizon)}), "
            f"the earliest on {_day(min(old))}."
        )


def _rewritten(incoming: Register, stored: Register, as_of: date) -> Iterator[str]:
    days = sorted({when for when in stored.dates if when <= as_of})
    if len(days) <= RECENT_SCHOOL_DAYS or not incoming.sessions:
        return
    changed, touched = _changed_by_month(incoming, stored, before=days[-RECENT_SCHOOL_DAYS])
    known: dict[tuple[int, int], int] = defaultdict(int)
    for key, row in zip(stored.sessions, stored.rows, strict=True):
        known[key.date.year, key.date.month] += len(_given(row))
    for month, count in sorted(changed.items()):
        few = count < REWRITE_AT_LEAST or len(touched[month]) < REWRITE_DAYS
        if not few and REWRITE_PART * count > known[month]:
            share = 100 * count // known[month]
            name = f"{date(*month, 1):%B %Y}"
            yield f"{name} would be rewritten: {count:,} of its {known[month]:,} known marks differ ({share} %)."


def _changed_by_month(
    incoming: Register, stored: Register, *, before: date
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], set[date]]]:
    """How many known marks of earlier days would change, and on which days, by month."""
    changed: dict[tuple[int, int], int] = defaultdict(int)
    touched: dict[tuple[int, int], set[date]] = defaultdict(set)
    columns = {pupil_id: index for index, pupil_id in enumerate(dict.fromkeys((*stored.pupils, *incoming.pupils)))}
    width, align = len(columns), alignment(incoming.pupils, columns)
    known = dict(zip(stored.sessions, stored.rows, strict=True))
    for key, row in zip(incoming.sessions, incoming.rows, strict=True):
        if key.date >= before or key not in known:
            continue
        was = known[key].ljust(width, b"\0")
        count = sum(1 for _, old, _ in differences(was, align(row, was)) if old)
        if count:
            month = (key.date.year, key.date.month)
            changed[month] += count
            touched[month].add(key.date)
    return changed, touched


def _odd_days(snapshot: Picture, before: StoredFacts, as_of: date) -> Iterator[str]:
    """Days that are new, or new like this: what has been acknowledged once must not stop every later run."""
    known, told = _by_day(before.register), _by_day(snapshot.register)
    if snapshot.complete:
        calendar = {**before.calendar, **snapshot.calendar}
        closed = {day for day in told if calendar.get(day, "school") != "school"}
        yield from _thin_days({day: len(row) for day, row in told.items() if day < as_of}, closed | known.keys())
    absences = codes.ids("authorised", "unauthorised")
    for when, row in told.items():
        if len(row) >= SAME_AT_LEAST and row[0] in absences and _all_same(row) and not _as_known(row, known.get(when)):
            yield f"All {len(row):,} marks of {_day(when)} are the same absence ({codes.by_id()[row[0]].code})."


def _thin_days(finished: Mapping[date, int], excused: Collection[date]) -> Iterator[str]:
    if len(finished) < THIN_DAYS:
        return
    normal = median(finished.values())
    for when, count in finished.items():
        if when not in excused and THIN_PART * count < normal:
            yield f"{_day(when)} has only {count:,} marks; a normal day has {normal:,.0f}."


def _by_day(register: Register) -> dict[date, bytes]:
    """The marks of each day, in calendar order."""
    days: dict[date, bytes] = {}
    for key, row in zip(register.sessions, register.rows, strict=True):
        days[key.date] = days.get(key.date, b"") + _given(row)
    return days


def _given(row: bytes) -> bytes:
    """A row without the gaps where there is no mark."""
    return row.replace(b"\0", b"")


def _all_same(row: bytes) -> bool:
    return row.count(row[0]) == len(row)


def _as_known(row: bytes, known: bytes | None) -> bool:
    return known is not None and known[:1] == row[:1] and _all_same(known)


def _day(when: date) -> str:
    return f"{when.day} {when:%b %Y}"
