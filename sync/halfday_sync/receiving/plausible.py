"""Whether a snapshot can be right. A source that breaks usually breaks in a big way; then nothing may be changed.

`check` is pure and only says what it sees; `taking_in` decides (exit 4, nothing changed). Each threshold stands beside
its reason. They are set so that an ordinary bad day passes: a bug going round, a class not marked, fifty corrections.
What may be right all the same has a key by which a person says so; another finding has another key.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from statistics import median

from halfday import codes
from halfday.register import Register
from halfday_sync.receiving.doubt import Doubt, fingerprint
from halfday_sync.receiving.laid_over import changed_marks, laid_over
from halfday_sync.receiving.new_ids import migration, new_ids
from halfday_sync.store.facts import StoredFacts
from halfday_sync.store.rows import Picture
from halfday_sync.store.same_child import others

ROLL_PARTS = 5
"""A roll may shrink by one part in five. More is a filter left on, a lost class, or another school's file: where whole
year groups leave, others join, or the source gives leaving dates (and pupils with one do not count as lost)."""
ROW_PARTS, ROWS_AT_LEAST = 10, 6
"""… and by one part in ten where those are more than a handful: a report that ran without all its permissions."""
SEEN_ON_THE_DAY = codes.SEEN_ON_THE_DAY
"""Codes that only the day itself can give: from the first one on, a later date is wrong. Every other code may stand in
the register ahead of time (agreed leave, a residential, an operation, `#`), and in most schools some do."""
RETENTION_YEARS = 6
"""Registers are kept for six years: an older mark would be purged at once, so its date is a slip (a day in 1926)."""
RECENT_SCHOOL_DAYS = 10
"""Codes of the last two school weeks are put right every day (N becomes I); only what is older counts as rewritten."""
REWRITTEN_PERCENT = 5
"""A rewritten month: more than one in twenty of its known marks changed, if the school's settings say nothing else. In
a school of 420 that is 800; a month's real corrections are a few dozen."""
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

_NOTHING = codes.NO_MARK
IDS_NAMED = 10
"""So many ids are named; after these only how many more there are."""


def check(
    snapshot: Picture,
    *,
    before: StoredFacts,
    as_of: date,
    rewritten_percent: int = REWRITTEN_PERCENT,
    retention_years: int = RETENTION_YEARS,
) -> tuple[Doubt, ...]:
    """Everything about a snapshot that cannot be right, with counts, ids, no names; empty when it can.

    Args:
        snapshot: what the source gave.
        before: what the store knew.
        as_of: the day on which the snapshot was taken (not the settled day that a run evaluates).
        rewritten_percent: a month of which a larger share of the known marks would change is rewritten.
        retention_years: older marks are slips.
    """
    moving = new_ids(snapshot, before, as_of)
    return (
        *_roll(snapshot, moving, before, as_of),
        *migration(snapshot, before, as_of),
        *_other_children(snapshot, before),
        *_no_marks(snapshot, before, as_of),
        *_future(snapshot.register, as_of),
        *_long_ago(snapshot.register, as_of, retention_years),
        *_rewritten(snapshot.register, {**before.moved, **moving}, before.register, as_of, rewritten_percent),
        *_odd_days(snapshot, before, as_of),
    )


def _roll(snapshot: Picture, moving: Mapping[str, str], before: StoredFacts, as_of: date) -> Iterator[Doubt]:
    """An incomplete snapshot lists part of the roll, so its size says nothing."""
    if not snapshot.complete:
        return
    if not snapshot.pupils:
        yield Doubt("no-pupils", f"The source gives no pupils; {len(before.roll(as_of)):,} were on roll.")
        return
    now = {pupil.pupil_id for pupil in snapshot.pupils if pupil.on_roll(as_of)}
    told = {pupil.pupil_id for pupil in snapshot.pupils if pupil.end_date is not None and pupil.end_date < as_of}
    was = before.roll(as_of) - told
    gone = was - now - moving.keys()
    less = len(was) - len(now)
    if not now and not was and before.pupils:
        words = f"The source gives {len(snapshot.pupils):,} pupils, and not one of them is on roll on {_day(as_of)}."
        yield Doubt("nobody-on-roll", words)
    elif ROLL_PARTS * less > len(was) or (less >= ROWS_AT_LEAST and ROW_PARTS * less > len(was)):
        share = 20 if ROLL_PARTS * less > len(was) else 10
        words = f"The roll would shrink from {len(was):,} to {len(now):,} pupils, by more than {share} %, "
        yield Doubt(f"roll-{fingerprint(gone)}", words + "without leaving dates.", can_be_accepted=True)
    elif len(gone) >= ROWS_AT_LEAST and 2 * len(gone) > len(was):
        words = f"{len(gone):,} of {len(was):,} pupils are not in the source, and others are in their place: another "
        tail = "school's file, or new IDs without UPNs? What is typed about them would stay with the old IDs."
        yield Doubt(f"other-pupils-{fingerprint(gone)}", words + tail, can_be_accepted=True)


def _other_children(snapshot: Picture, before: StoredFacts) -> Iterator[Doubt]:
    """What is written in the tracker under an id would be read as about the child who has it now."""
    ids = sorted(others(snapshot.pupils, before.pupils))
    if ids:
        more = f" and {len(ids) - IDS_NAMED:,} more" if len(ids) > IDS_NAMED else ""
        words = f"These IDs belong to other children than before: {', '.join(ids[:IDS_NAMED])}{more}."
        yield Doubt("other-children", words)


def _no_marks(snapshot: Picture, before: StoredFacts, as_of: date) -> Iterator[Doubt]:
    """No marks at all are right up to the first school day of the snapshot's calendar, and where nothing changed."""
    if snapshot.register.count() or not snapshot.complete or snapshot.since is not None:
        return
    days = [when for when, kind in snapshot.calendar.items() if kind == "school"]
    if not days or as_of > min(days):
        yield Doubt("no-marks", f"The source gives no marks at all; {before.register.count():,} are known.")


def _future(register: Register, as_of: date) -> Iterator[Doubt]:
    later = b"".join(row for key, row in zip(register.sessions, register.rows, strict=True) if key.date > as_of)
    wrong = {code: later.count(code) for code in SEEN_ON_THE_DAY if code in later}
    if wrong:
        spelled = ", ".join(sorted(codes.by_id()[code].code for code in wrong))
        words = f"{sum(wrong.values()):,} marks are in the future (after {_day(as_of)}) "
        yield Doubt("future", f"{words}with codes that nobody can know before the day: {spelled}.")


def _long_ago(register: Register, as_of: date, years: int) -> Iterator[Doubt]:
    leap = as_of.month == 2 and as_of.day == 29
    horizon = as_of.replace(year=as_of.year - years, day=28 if leap else as_of.day)
    old = {when: len(row) for when, row in _by_day(register).items() if when < horizon and row}
    if old:
        words = f"{sum(old.values()):,} marks are more than {years} years old (before {_day(horizon)}), "
        yield Doubt("long-ago", f"{words}the earliest on {_day(min(old))}.")


def _rewritten(
    incoming: Register, moved: Mapping[str, str], stored: Register, as_of: date, percent: int
) -> Iterator[Doubt]:
    days = sorted({when for when in stored.dates if when <= as_of})
    if len(days) <= RECENT_SCHOOL_DAYS or not incoming.sessions:
        return
    changed: dict[tuple[int, int], int] = defaultdict(int)
    touched: dict[tuple[int, int], set[date]] = defaultdict(set)
    for key, _who, old, _new in changed_marks(laid_over(stored, incoming, moved.items())):
        if key.date < days[-RECENT_SCHOOL_DAYS] and old not in _NOTHING:
            month = (key.date.year, key.date.month)
            changed[month] += 1
            touched[month].add(key.date)
    known: dict[tuple[int, int], int] = defaultdict(int)
    for key, row in zip(stored.sessions, stored.rows, strict=True):
        known[key.date.year, key.date.month] += len(_given(row))
    for month, count in sorted(changed.items()):
        few = count < REWRITE_AT_LEAST or len(touched[month]) < REWRITE_DAYS
        if not few and 100 * count > percent * known[month]:
            share, when = 100 * count // known[month], date(*month, 1)
            words = (
                f"{when:%B %Y} would be rewritten: {count:,} of its {known[month]:,} known marks differ ({share} %)."
            )
            yield Doubt(f"rewritten-{when:%Y-%m}", words, can_be_accepted=True)


def _odd_days(snapshot: Picture, before: StoredFacts, as_of: date) -> Iterator[Doubt]:
    """Days that are new, or new like this: what has been acknowledged once must not stop every later run."""
    known, told = _by_day(before.register), _by_day(snapshot.register)
    if snapshot.complete:
        calendar = {**before.calendar, **snapshot.calendar}
        closed = {day for day in told if calendar.get(day, "school") != "school"}
        finished = {day: len(row) for day, row in told.items() if day < as_of}
        usual = finished if snapshot.since is None else {day: len(row) for day, row in known.items() if day < as_of}
        yield from _thin_days(finished, usual, closed | known.keys())
    absences = codes.ids("authorised", "unauthorised")
    for when, row in told.items():
        if snapshot.since is not None and not _all_same(known.get(when, row[:1])):
            continue  # of a day that is known, only what changed is told
        if len(row) >= SAME_AT_LEAST and row[0] in absences and _all_same(row) and not _as_known(row, known.get(when)):
            code = codes.by_id()[row[0]].code
            words = f"All {len(row):,} marks of {_day(when)} are the same absence ({code})."
            yield Doubt(f"all-{code}-{when}", words, can_be_accepted=True)


def _thin_days(finished: Mapping[date, int], usual: Mapping[date, int], excused: Collection[date]) -> Iterator[Doubt]:
    if len(usual) < THIN_DAYS:
        return
    normal = median(usual.values())
    for when, count in finished.items():
        if when not in excused and THIN_PART * count < normal:
            words = f"{_day(when)} has only {count:,} marks; a normal day has {normal:,.0f}."
            yield Doubt(f"few-marks-{when}", words, can_be_accepted=True)


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
    return not row.strip(row[:1])


def _as_known(row: bytes, known: bytes | None) -> bool:
    return known is not None and known[:1] == row[:1] and _all_same(known)


def _day(when: date) -> str:
    return f"{when.day} {when:%b %Y}"
