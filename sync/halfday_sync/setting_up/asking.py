"""Questions and their answers: from a person at the keyboard, or from what the command line gave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from halfday_sync.errors import UsageError

Ask = Callable[[str], str]
"""Puts a question and gives the line that was typed; raises `EOFError` where nobody types any more."""
CLEAR = "-"


def nothing_wrong(_text: str) -> str:
    """Any answer will do."""
    return ""


@dataclass(frozen=True)
class Question:
    """A question.

    Attributes:
        option: how the command line answers it, for example `--name`.
        words: the question.
        help: one more sentence; it stands in brackets behind the question.
        present: what counts now; Enter keeps it.
        needed: it must have an answer.
        fault: what is wrong with an answer, as advice; blank where nothing is.
        wanted: what to write, told where nothing was answered.
    """

    option: str
    words: str
    help: str = ""
    present: str = ""
    needed: bool = False
    fault: Callable[[str], str] = nothing_wrong
    wanted: str = ""

    @property
    def prompt(self) -> str:
        """The question as it is put, with what counts now."""
        more = f" ({self.help.removesuffix('.')})" if self.help else ""
        return f"{self.words}{more}{f' [{self.present}]' if self.present else ''}: "


class Asking:
    """Asks a person, as long as one is there; else takes what was given, and collects what is missing.

    Attributes:
        problems: what is missing or wrong of what was given, a line each.
    """

    def __init__(
        self,
        said: Callable[[str], None],
        *,
        given: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        ask: Ask | None = None,
        hidden: Ask | None = None,
        stop: str = "",
    ) -> None:
        self.said = said
        self.problems: list[str] = []
        self._given, self._secrets = dict(given or {}), dict(secrets or {})
        self._ask, self._hidden, self._stop = ask, hidden, stop or _STOP

    @property
    def nobody(self) -> bool:
        """Whether there is nobody to ask."""
        return self._ask is None

    def has(self, option: str) -> bool:
        """Whether the command line answers this."""
        return option in self._given

    def forget(self, *options: str) -> None:
        """From now on these are asked for, whatever the command line said: it was tried, and it was wrong."""
        for option in options:
            self._given.pop(option, None)

    def tell(self, line: str = "") -> None:
        """A line for the person who answers; not for a log."""
        if not self.nobody:
            self.said(line)

    def text(self, question: Question) -> str:
        """An answer that has no fault; where nobody is there, faults are collected in `problems`."""
        if question.option in self._given:
            return self._checked(question, self._given[question.option].strip())
        if self._ask is None:
            return self._checked(question, question.present)
        while True:
            typed = self._ask(question.prompt).strip()
            answer = "" if typed == CLEAR else typed or question.present
            if question.needed and not answer:
                self.said(f"  {_sentence(question.wanted or 'this needs an answer')} {self._stop}")
            elif answer and (fault := question.fault(answer)):
                self.said(f"  {_sentence(fault)}")
            else:
                return answer

    def yes(self, words: str, *, usual: bool = True) -> bool:
        """Yes or no; what is usual where nobody is there."""
        if self._ask is None:
            return usual
        return self.text(Question("", words, present="yes" if usual else "no", fault=not_yes_or_no)).casefold() in _YES

    def secret(self, name: str, words: str, *, kept: bool, fault: Callable[[str], str]) -> str:
        """A secret, typed without being shown; blank where the one that is kept stays."""
        if name in self._secrets:
            value = self._secrets[name]
            if wrong := fault(value):
                self.problems.append(wrong)
            return value
        if self._hidden is None:
            if not kept:
                self.problems.append(f"{name}: is missing; give a line '{name}: …' with --secrets-from-stdin")
            return ""
        while True:
            typed = self._hidden(f"{words} (not shown{'; Enter keeps the one that is kept' if kept else ''}): ").strip()
            if not typed and not kept:
                self.said(f"  Type or paste it, though nothing is shown, and press Enter. {self._stop}")
            elif typed and (wrong := fault(typed)):
                self.said(f"  {_sentence(wrong)}")
            else:
                return typed

    def unknown(self, kind: str, options: set[str], secrets: set[str]) -> None:
        """Collects what was given and is no answer to any question of this kind of source."""
        for option in sorted(self._given.keys() - options):
            self.problems.append(f"{option}: not a setting of {kind}; known: {', '.join(sorted(options)) or 'none'}")
        if self._secrets.keys() - secrets:  # the name that was given is not repeated: it may be the secret itself
            needed = ", ".join(f"'{name}'" for name in sorted(secrets)) or "none"
            self.problems.append(f"standard input names a secret that {kind} does not need; it needs {needed}")

    def stop_if_wanting(self) -> None:
        """Everything that is missing or wrong of what was given, at once.

        Raises:
            UsageError: something is.
        """
        if self.problems:
            raise UsageError(
                "Nobody is there to ask, and these answers are missing or wrong."
                if self.nobody
                else "What the command line says is wrong.",
                problems=dict.fromkeys(self.problems),
                now="Give them on the command line (--help lists them), or run it at a keyboard without --yes."
                if self.nobody
                else "Put it right, or leave it out: then it is asked for.",
            )

    def _checked(self, question: Question, answer: str) -> str:
        answer = "" if answer == CLEAR else answer
        if question.needed and not answer:
            self.problems.append(f"{question.option}: is missing ({question.words})")
        elif answer and (fault := question.fault(answer)):
            self.problems.append(f"{question.option}: {fault}")
        return answer


_STOP = "Ctrl+C stops, and nothing is changed."
_YES, _NO = ("yes", "y", "true"), ("no", "n", "false")


def not_yes_or_no(text: str) -> str:
    """What is wrong with an answer that should be yes or no."""
    return "" if text.casefold() in (*_YES, *_NO) else "write yes or no"


def is_yes(text: str) -> bool:
    """Whether an answer says yes."""
    return text.casefold() in _YES


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"
