"""Whether a snapshot can be right. A source that breaks usually breaks in a big way; then nothing may be changed.

`check` is pure and only says what it sees; `taking_in` decides (exit 4, nothing changed). Each threshold stands beside
its reason. They are set so that an ordinary bad day passes: a bug going round, a class not marked, fifty corrections.
What may be right all the same has a key by which a person says so; another finding has another key.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from halfday import codes
from halfday.register import Pupil, Register
from halfday_sync.receiving.days import by_day, day_words, given, named_mark, odd_days
from halfday_sync.receiving.doubt import Doubt
from halfday_sync.receiving.laid_over import changed_marks, laid_over
from halfday_sync.receiving.new_ids import migration, new_ids, whose_upn
from halfday_sync.sources.base import Snapshot
from halfday_sync.store.facts import StoredFacts
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
JOIN_PARTS, JOIN_AT_LEAST, JOIN_ROLL = 5, 10, 20
"""A list of some pupils that brings more than one in five of the roll anew, at least ten, and knows less than half of
its pupils: another school's file, or the same children under other numbers. New classes come with others. Before
twenty pupils are on roll, the first lists are still coming in."""
TWICE_AT_LEAST = 3
"""Namesakes born on one day are rare; three pairs at once are the same children again."""
_NOTHING = codes.NO_MARK
IDS_NAMED = 10
"""So many ids are named; after these only how many more there are."""


def check(
    snapshot: Snapshot,
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
        *whose_upn(snapshot, before, as_of),
        *_joiners(snapshot, moving, before, as_of),
        *_twice(snapshot, moving, before),
        *_other_children(snapshot, before),
        *_no_marks(snapshot, before, as_of),
        *_future(snapshot.register, as_of),
        *_long_ago(snapshot.register, as_of, retention_years),
        *_rewritten(snapshot.register, {**before.moved, **moving}, before.register, as_of, rewritten_percent),
        *odd_days(snapshot, before, as_of),
    )


def _roll(snapshot: Snapshot, moving: Mapping[str, str], before: StoredFacts, as_of: date) -> Iterator[Doubt]:
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
        when = day_words(as_of)
        words = f"The source gives {len(snapshot.pupils):,} pupils, and not one of them is on roll on {when}."
        yield Doubt("nobody-on-roll", words)
    elif ROLL_PARTS * less > len(was) or (less >= ROWS_AT_LEAST and ROW_PARTS * less > len(was)):
        share = 20 if ROLL_PARTS * less > len(was) else 10
        words = f"The roll would shrink from {len(was):,} to {len(now):,} pupils, by more than {share} %, "
        yield Doubt("roll", words + "without leaving dates.", can_be_accepted=True, about=tuple(gone))
    elif len(gone) >= ROWS_AT_LEAST and 2 * len(gone) > len(was):
        words = f"{len(gone):,} of {len(was):,} pupils are not in the source, and others are in their place: another "
        tail = "school's file, or new IDs without UPNs? What is typed about them would stay with the old IDs."
        yield Doubt("other-pupils", words + tail, can_be_accepted=True, about=tuple(gone))


def _other_children(snapshot: Snapshot, before: StoredFacts) -> Iterator[Doubt]:
    """What is written in the tracker under an id would be read as about the child who has it now."""
    ids = sorted(others(snapshot.pupils, before.pupils))
    if ids:
        more = f" and {len(ids) - IDS_NAMED:,} more" if len(ids) > IDS_NAMED else ""
        words = f"These IDs belong to other children than before: {', '.join(ids[:IDS_NAMED])}{more}."
        yield Doubt("other-children", words)


def _no_marks(snapshot: Snapshot, before: StoredFacts, as_of: date) -> Iterator[Doubt]:
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
        words = f"{sum(wrong.values()):,} marks are in the future (after {day_words(as_of)}) "
        yield Doubt("future", f"{words}with codes that nobody can know before the day: {spelled}.")


def _long_ago(register: Register, as_of: date, years: int) -> Iterator[Doubt]:
    leap = as_of.month == 2 and as_of.day == 29
    horizon = as_of.replace(year=as_of.year - years, day=28 if leap else as_of.day)
    old = {when: len(row) for when, row in by_day(register).items() if when < horizon and row}
    if old:
        words = f"{sum(old.values()):,} marks are more than {years} years old (before {day_words(horizon)}), "
        yield Doubt("long-ago", f"{words}the earliest on {day_words(min(old))}.")


def _rewritten(
    incoming: Register, moved: Mapping[str, str], stored: Register, as_of: date, percent: int
) -> Iterator[Doubt]:
    days = sorted({when for when in stored.dates if when <= as_of})
    if len(days) <= RECENT_SCHOOL_DAYS or not incoming.sessions:
        return
    changed: dict[tuple[int, int], list[str]] = defaultdict(list)
    touched: dict[tuple[int, int], set[date]] = defaultdict(set)
    for key, who, old, new in changed_marks(laid_over(stored, incoming, moved.items())):
        if key.date < days[-RECENT_SCHOOL_DAYS] and old not in _NOTHING:
            month = (key.date.year, key.date.month)
            changed[month].append(named_mark(who, key, new))
            touched[month].add(key.date)
    known: dict[tuple[int, int], int] = defaultdict(int)
    for key, row in zip(stored.sessions, stored.rows, strict=True):
        known[key.date.year, key.date.month] += len(given(row))
    for month, marks in sorted(changed.items()):
        count = len(marks)
        few = count < REWRITE_AT_LEAST or len(touched[month]) < REWRITE_DAYS
        if not few and 100 * count > percent * known[month]:
            share, when = 100 * count // known[month], date(*month, 1)
            words = (
                f"{when:%B %Y} would be rewritten: {count:,} of its {known[month]:,} known marks differ ({share} %)."
            )
            yield Doubt(f"rewritten-{when:%Y-%m}", words, can_be_accepted=True, about=tuple(marks))


def _joiners(snapshot: Snapshot, moving: Mapping[str, str], before: StoredFacts, as_of: date) -> Iterator[Doubt]:
    """The size of a list of some pupils says nothing; how many of them are strangers does."""
    was, new = before.roll(as_of), _new(snapshot, moving, before)
    named = {pupil.pupil_id for pupil in snapshot.pupils} | {*snapshot.register.pupils}
    many = len(new) >= JOIN_AT_LEAST and JOIN_PARTS * len(new) > len(was) and 2 * len(new) > len(named)
    if len(was) >= JOIN_ROLL and many:
        words = f"{len(new):,} of the {len(named):,} pupils in the source are not known, and {len(was):,} are on roll: "
        tail = "another school's file, or the same children under other numbers? If they all joined, they are taken in."
        yield Doubt("joiners", words + tail, can_be_accepted=True, about=tuple(new))


def _twice(snapshot: Snapshot, moving: Mapping[str, str], before: StoredFacts) -> Iterator[Doubt]:
    new = _new(snapshot, moving, before)
    known = {_who(pupil): pupil.pupil_id for pupil in before.pupils if pupil.dob and pupil.surname}
    pairs = [
        f"{pupil.pupil_id} and {known[_who(pupil)]}"
        for pupil in snapshot.pupils
        if pupil.pupil_id in new and _who(pupil) in known
    ]
    if len(pairs) >= TWICE_AT_LEAST:
        words = f"{len(pairs):,} pupils have the name and the date of birth of one who is known by another number: "
        tail = f"{', '.join(pairs[:IDS_NAMED])}. They would be here twice: export the number that is known, or UPNs."
        yield Doubt("twice", words + tail, can_be_accepted=True, about=tuple(pairs))


def _new(snapshot: Snapshot, moving: Mapping[str, str], before: StoredFacts) -> set[str]:
    """Whom a list of some pupils brings anew; a whole list is judged by its size. Known UPNs are for `new_ids`."""
    if snapshot.complete or snapshot.back_fill:
        return set()
    upns = {pupil.upn for pupil in before.pupils if pupil.upn}
    held = {pupil.pupil_id for pupil in snapshot.pupils if pupil.upn in upns}
    named = {pupil.pupil_id for pupil in snapshot.pupils} | {*snapshot.register.pupils}
    return named - held - {pupil.pupil_id for pupil in before.pupils} - set(moving.values())


def _who(pupil: Pupil) -> tuple[str, str, date | None]:
    return pupil.surname.strip().casefold(), pupil.forename.strip().casefold(), pupil.dob
