"""The local authority's clock on Today: for whom it runs, what started it, and by when a referral would have to go."""

from collections.abc import Iterator

from halfday_sync.casework.referral_clock import Clock
from halfday_sync.entries import STATUTORY
from halfday_sync.workbook.pupil_words import link_to
from halfday_sync.workbook.referral_words import due_words, next_words, rule_notes, running, started_words
from halfday_sync.workbook.sections import Line, Section
from halfday_sync.workbook.tick_rows import Words, columns_of, listed, row_of
from halfday_sync.workbook.view import View

_DECIDES = "A person decides. A day or a decision typed here takes the row off."
_HOW = "The pack, and what is still missing in it: Prepare referral, or the command 'halfday refer'."


def referrals(view: View) -> Iterator[Section]:
    """One section; none where no clock runs that nobody has thought about."""
    found = running(view)
    open_ = [one for one in found if not _considered(view, one)]
    if not open_:
        return
    notes = [*rule_notes(view), _DECIDES, _HOW]
    if len(found) > len(open_):
        notes.append(f"{len(found) - len(open_)} considered already: on Statutory.")
    words = Words("Referral to the local authority", notes, "on Statutory.")
    yield listed("referrals", words, open_, lambda _n, one: _line(view, one))


def _considered(view: View, one: Clock) -> bool:
    return any(view.staff.get((STATUTORY, one.key, column)) not in (None, "") for column in ("considered", "decision"))


def _line(view: View, one: Clock) -> Line:
    pupil = view.pupil[one.pupil_id]
    return row_of(
        view,
        STATUTORY,
        one.key,
        columns_of("referrals"),
        {
            "pupil": link_to(pupil),
            "class": pupil.class_name,
            "due": due_words(view, one),
            "since": one.started,
            "started": started_words(view, one),
            "then": next_words(view, one),
        },
    )
