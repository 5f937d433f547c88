"""What a sentence may say to those who read the copy: nothing of a child but attendance, and no name that is not shown.

Sentences come from the policy's own titles and from the engine. Those that tell of a flag, of health or of what a
person decided are left out; what they are known by stands in `[discreet]` of `mirror.toml`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from halfday.policy.conditions import Condition
from halfday.policy.explain import why_for_others
from halfday.policy.model import Policy
from halfday.policy.outcome import Outcome
from halfday.register import Pupil
from halfday_sync.mirroring.design import HIDE, INITIAL, Discreet
from halfday_sync.workbook.view import View, name_of

_TELLING = 3
"""So many words of a reason in a row are no accident."""
_SENTENCES = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Discretion:
    """What is left out of the sentences of a view; `names` says what happens to children's names in them."""

    view: View
    said: Discreet
    names: str = ""

    def text(self, words: str) -> str:
        """Words without the sentences that tell too much, line by line; none where a decision's reason is told."""
        if any(reason in words for reason in self._reasons):
            return self.said.instead
        return "\n".join(filter(None, (self._line(line) for line in words.split("\n"))))

    def name(self, pupil: Pupil) -> str:
        """A child, named as the tab names children; its ID where none is named."""
        return f"Pupil {pupil.pupil_id}" if self.names == HIDE else self._with_names(name_of(pupil))

    def why(self, outcome: Outcome) -> str:
        """The why of a pupil: that a person decided, and until when, but not who and for what reason."""
        return self.text(why_for_others(outcome))

    def _line(self, line: str) -> str:
        sentences = _SENTENCES.split(line)
        kept = [self._with_names(one) for one in sentences if not self.tells(one)]
        return " ".join([*kept, *[self.said.instead] * (len(kept) < len(sentences))])

    def step(self, title: str, owner: str) -> tuple[str, str]:
        """A step and who takes it; neither where the two of them tell too much."""
        return (self.said.instead, "") if self.tells(f"{title} ({owner})") else (self._with_names(title), owner)

    def tells(self, sentence: str) -> bool:
        """Whether a sentence says more of a child than its attendance."""
        for words in self._usual:
            sentence = sentence.replace(words, "")
        return bool(self._words.search(sentence)) or any(title in sentence for title in self._titles)

    @cached_property
    def _usual(self) -> tuple[str, ...]:
        """Steps that every child at a stage or in a band has, with who takes them: they tell the stage and no more."""
        actions = self.view.policy.action
        asked = [actions[one] for one in sorted(usual_actions(self.view.policy)) if one in actions]
        named = [f"{one.title} ({one.owner}" for one in asked if one.owner] + [one.title for one in asked]
        return tuple(sorted(named, key=len, reverse=True))

    @cached_property
    def _words(self) -> re.Pattern[str]:
        each = [word if word.upper() == word else f"(?i:{word})" for word in self.said.words]
        return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(each)})(?![^\W\d_])")

    @cached_property
    def _reasons(self) -> frozenset[str]:
        """Why people decided about stages, as sentences quote it. It does not come here; this is the last gate.

        Reasons of a word or two are left to the words above: they stand in sentences that tell nothing.
        """
        each = [one.reason.split() for one in self.view.decisions]
        return frozenset(" ".join(words).rstrip(".") for words in each if len(words) >= _TELLING)

    @cached_property
    def _titles(self) -> tuple[str, ...]:
        return tuple(sensitive_titles(self.view.policy, self.said.codes))

    def _with_names(self, sentence: str) -> str:
        if self.names not in (INITIAL, HIDE):
            return sentence
        return self._known.sub(lambda found: self._shown[found.group()], sentence)

    @cached_property
    def _shown(self) -> dict[str, str]:
        """What stands for the name of each child, the longest names first: one may begin like another."""
        names = sorted({name_of(pupil) for pupil in (*self.view.pupils, *self.view.guests)}, key=len, reverse=True)
        return {name: initials(name) if self.names == INITIAL else "a pupil" for name in names}

    @cached_property
    def _known(self) -> re.Pattern[str]:
        names = "|".join(map(re.escape, self._shown)) or r"(?!)"
        return re.compile(rf"(?<!\w)(?:{names})(?!\w)")


def initials(name: str) -> str:
    """A name as initials.

    >>> initials("Ada de la Mare"), initials("Zoë Ash-Bell"), initials("")
    ('A. d. l. M.', 'Z. A.', '')
    """
    return " ".join(f"{part[0]}." for part in name.split())


def sensitive_titles(policy: Policy, plain_codes: Iterable[str]) -> Iterator[str]:
    """Titles that tell what a child is: of triggers that ask for a flag or a telling code, and of their own actions."""
    plain = frozenset(plain_codes)
    telling = [trigger for trigger in policy.triggers if _tells(trigger.condition, plain)]
    yield from (trigger.title for trigger in telling)
    others = {action for trigger in policy.triggers if trigger not in telling for action in trigger.actions}
    others |= usual_actions(policy)
    for action_id in {action for trigger in telling for action in trigger.actions} - others:
        if action_id in policy.action:
            yield policy.action[action_id].title


def usual_actions(policy: Policy) -> frozenset[str]:
    """The ids of actions that a stage or a band asks for, of everybody in it."""
    of_stages = {action for rung in policy.stages for action in rung.actions}
    return frozenset(of_stages | {action for band in policy.bands for action in band.actions})


def _tells(condition: Condition, plain: frozenset[str]) -> bool:
    tests = (*condition.all, *condition.any)
    return any(test.quantity.is_flag or (test.argument and test.argument not in plain) for test in tests)
