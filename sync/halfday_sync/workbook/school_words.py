"""The whole school in a sentence."""

from halfday import printing
from halfday_sync.workbook.view import View


def school_words(view: View) -> str:
    """The school in a sentence: attendance is sessions over sessions, not the mean of pupils' figures."""
    here = [outcome for outcome in view.outcomes if not view.has_left(outcome.pupil)]
    attended, possible = (sum(getattr(one.ytd, name) for one in here) for name in ("attended", "possible"))
    told = printing.percent(attended, possible) or "no"
    settled = [one for one in here if not one.early]
    counts = ", ".join(
        f"{sum(map(bool, values))} {words}"
        for words, values in (
            ("persistently absent", [one.persistent_absence for one in settled]),
            ("of them severely", [one.severe_absence for one in settled]),
            ("at the penalty threshold", [one.penalty.is_met for one in here]),
        )
    )
    return f"{len(here)} pupils on roll, {told}% of sessions attended since September. {counts}."
