"""Letters as far as they are about one child. One that brothers and sisters shared says nothing of the others here.

What stays is a list of what may; whatever else a letter says, or will say one day, is left behind.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from halfday import printing
from halfday.policy.ladder import ADAPTED, Decision
from halfday.register import Pupil
from halfday_sync.casework import Approval, Letter
from halfday_sync.decided import action_key
from halfday_sync.letters.child_fields import name_of
from halfday_sync.referrals.covering import Covering

_OF_ALL = ("school", "date", "as_of")
"""What a letter says that is the same for every child in it (`letters.toml`)."""
_FOR_ANOTHER = "for this family"
"""Why an adapted letter went, where the reason is not this child's."""


def letters_of_one(
    letters: Iterable[Letter],
    pupil: Pupil,
    ids: Collection[str],
    decisions: Sequence[Decision],
    covering: Covering,
) -> Iterator[Letter]:
    """The letters that are about a child, as if they were about that child only.

    Args:
        letters: all letters; under the ids that pupils have now.
        pupil: the child.
        ids: every id that the child has or had: what was frozen keeps the id of then.
        decisions: those about the child, covered.
        covering: covers the names of others in people's own words.
    """
    for letter in letters:
        mine = tuple(child for child in letter.children if child.pupil_id == pupil.pupil_id)
        if not mine:
            continue
        alone = len(letter.pupil_ids) == 1
        said = letter.approval
        yield replace(
            letter,
            key=action_key(pupil.pupil_id, mine[0].action, mine[0].due),
            children=mine,
            approval=replace(
                said,
                by=covering.who(said.by),
                adapted=_adapted(said, decisions, covering, alone=alone) if said.adapted else "",
                fields=_fields(said.fields, pupil, ids),
                figures={pupil_id: row for pupil_id, row in said.figures.items() if pupil_id == pupil.pupil_id},
                line="",  # written for the family, and often about all of its children
            )
            if said
            else None,
            reason=covering.words(letter.reason) if alone else "",
            files=(),  # their names hold those of children
            begun=(),
            digests={},
            trouble="",
        )


def _adapted(said: Approval, decisions: Sequence[Decision], covering: Covering, *, alone: bool) -> str:
    """Why the adapted letter went, in the words of the decision: another child's decision is not told."""
    words = covering.words(said.adapted)
    own = {one.reason for one in decisions if one.kind == ADAPTED}
    return words if alone or words in own else _FOR_ANOTHER


def _fields(frozen: Mapping[str, Any], pupil: Pupil, ids: Collection[str]) -> dict[str, Any]:
    """What the letter said of this child, and to whom it went."""
    own = next((dict(row) for row in frozen.get("children", ()) if row.get("pupil_id") in ids), {})
    carers = [str(name) for name in frozen.get("carers", ()) if name]
    if own:
        own["pupil_id"] = pupil.pupil_id
    return {
        **own,
        **{key: frozen[key] for key in _OF_ALL if key in frozen},
        "children": [own] if own else [],
        "several": False,
        "carers": carers,
        "parents": printing.in_a_row(carers) or f"Parents and carers of {name_of(pupil)}",
    }
