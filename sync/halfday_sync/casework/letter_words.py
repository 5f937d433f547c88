"""Letters in words: figures, why one was taken back, what stands in its way. No names: these words are kept."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from halfday import printing
from halfday.policy.ladder import HOLD, Decision
from halfday.policy.outcome import Outcome
from halfday.printing import Cut
from halfday_sync.casework.model import Child, Letter

Figures = tuple[int, int]
"""Sessions attended, and sessions possible."""


def percent(figures: Figures, cuts: Iterable[Cut]) -> str:
    """A figure as it is printed.

    >>> percent((142, 153), ()), percent((0, 0), ())
    ('92.8%', 'no sessions')
    """
    shown = printing.percent(*figures, cuts)
    return printing.NO_SESSIONS if shown is None else f"{shown}%"


def changed_figures(then: Mapping[str, Figures], now: Mapping[str, Figures], cuts: Sequence[Cut]) -> str:
    """Which figures are others for the same days now; nothing where all are the same.

    >>> changed_figures({"2101": (142, 153)}, {"2101": (143, 153)}, ())
    '92.8% then, 93.5% for the same days now'
    """
    changed = [pupil_id for pupil_id in then if now.get(pupil_id) != then[pupil_id]]
    said = []
    for pupil_id in changed:
        before, after = then[pupil_id], now.get(pupil_id, (0, 0))
        was, is_ = percent(before, cuts), percent(after, cuts)
        if was == is_:
            was, is_ = f"{before[0]} of {before[1]} sessions", f"{after[0]} of {after[1]} sessions"
        who = f" (pupil {pupil_id})" if len(then) > 1 else ""
        said.append(f"{was} then, {is_} for the same days now{who}")
    return "; ".join(said)


def frozen_changed(words: str) -> str:
    """Why an approved letter was withdrawn whose figures are others now."""
    return f"Marks changed: {words}."


def sent_changed(words: str) -> str:
    """What stands beside a letter that has gone."""
    return f"Marks changed after it went: {words}." if words else ""


def why_gone(child: Child, outcome: Outcome | None, actions: Iterable[str], cuts: Sequence[Cut], today: date) -> str:
    """Why a letter is not asked for any more.

    Args:
        child: whom it is about.
        outcome: what is said of the child now.
        actions: the ids of the policy's actions.
        cuts: the policy's thresholds.
        today: the day of the page.
    """
    if outcome is None or not outcome.pupil.on_roll(today):
        return "The child is no longer on roll."
    if child.action not in actions:
        return "The policy does not have this step any more."
    if outcome.decision is not None and outcome.decision.kind == HOLD:
        return on_hold(outcome.decision)
    if any(action == child.action for action, _due in outcome.done):
        return "The step was done in another way: see Plans and Actions."
    figure = percent((outcome.ytd.attended, outcome.ytd.possible), cuts)
    stage = f"Stage {outcome.stage}" if outcome.stage else "no stage"
    return f"The policy does not ask for it any more: attendance is {figure}, {stage}."


def on_hold(decision: Decision) -> str:
    """That a person decided that nothing is to happen for a while."""
    return f"On hold until {printing.date_in_words(decision.until)}."


RISEN = "The figure has risen above this stage: wait for the review."
DECIDED = "A decision of today changes the stage: it counts from tomorrow."
OVER = "Its time is over; the next one has a row of its own."
ANOTHER_FIRST = "It was about a child for whom it is not needed any more. The others have a row of their own."
OTHER_PEOPLE = "Somebody to whom it was addressed gets no letters about these children any more."
NOT_TOGETHER = "These children are not written to in one letter any more: each has a row of their own."
NAMED_NOW = "It was addressed to nobody by name; it is known now who gets letters about these children."
NOBODY = "Nobody is down to get letters about this child: ask who may, then write in your own words."
ANOTHER_OPEN = "There is another row for the same letter."
NOW_ADAPTED = "The family is on the adapted route now."
TAKEN_BACK = "The approval was taken back."
NOT_NEEDED = "Not needed, by the word of a person."


def in_own_words(decision: Decision) -> str:
    """What to do where the policy has no letter for a family on the adapted route."""
    return (
        "Not to be sent as it is: this family is on the adapted route (until "
        f"{printing.date_in_words(decision.until)}). Write in your own words, or ring."
    )


def no_word(typed: str) -> str:
    """What to do where Approve says something else."""
    return f"Approve says {typed!r}: choose Yes, Not yet or Not needed."


def at_later(day: date) -> str:
    """What is wrong with a day on which it cannot have gone."""
    return f"Sent on is {printing.date_in_words(day)}, which is still to come: put in the day on which it went."


def sent_earlier(day: date) -> str:
    """What is strange about a day on which nobody had asked for it yet."""
    return f"Sent on is {printing.date_in_words(day)}, before Halfday had asked for it: is the date right?"


def status_words(letter: Letter, *, answer: str, ticked: bool) -> str:
    """Where a letter is, and what to do next.

    Args:
        letter: the letter.
        answer: what Approve comes to: `yes`, `not needed` or nothing.
        ticked: its step is ticked as done on Actions.
    """
    if letter.sent is not None:
        sent = f"Sent on {printing.date_in_words(letter.sent)}."
        return " ".join(filter(None, [sent, letter.reason, letter.trouble]))
    if letter.withdrawn is not None:
        return f"Withdrawn on {printing.date_in_words(letter.withdrawn)}. {letter.reason}"
    if answer == NO:
        return "Not needed. The step counts as no longer needed."
    return _done_words(letter) if ticked else _open_words(letter)


def _done_words(letter: Letter) -> str:
    done = "Done without this letter: the step is ticked on Actions."
    return f"{done} If it went, fill in Sent on." if letter.approval else done


def _open_words(letter: Letter) -> str:
    if letter.approval is None:
        return letter.trouble or "To approve."
    who = f"Approved by {letter.approval.by}" if letter.approval.by else "Approved"
    if letter.trouble:
        return f"{who}. {letter.trouble}"
    if letter.files:
        return f"{who}, and made: read it, print it, sign it, send it; then fill in Sent on."
    return f"{who}. Halfday makes it on its next run."


YES, NO = "yes", "not needed"
"""What the column Approve comes to, where it is understood."""
