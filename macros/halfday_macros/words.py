"""What the agent's exit codes mean to somebody in a school office: a calm sentence, then the agent's own lines."""

from halfday_macros.desk import Answer, Stop, shown

_SENTENCES = {
    1: "Something in Halfday itself went wrong. It is not your fault. Please pass these lines on.",
    2: "The button and the Halfday program do not fit together: one of them is newer. Ask whoever installed Halfday.",
    3: "Something in the school's settings or policy needs putting right first. Nothing was changed.",
    4: "The marks could not be taken in, so nothing was changed. What you see is what was known before.",
    5: "A file that Halfday needs is in use just now, so it was left alone. Nothing is lost.",
    6: "Halfday stopped to be on the safe side, and changed nothing.",
}


def in_words(answer: Answer) -> str:
    """An answer that is not "done": the sentence, and what the agent says about it."""
    sentence = _SENTENCES.get(answer.code, "Halfday stopped without saying why. Please try again.")
    lines = answer.trouble or answer.lines
    return f"{sentence}\n\n{shown(lines)}" if lines else sentence


def refuse(answer: Answer) -> None:
    """Ends the button where the agent could not do it.

    Raises:
        Stop: it could not.
    """
    if answer.code:
        raise Stop(in_words(answer))
