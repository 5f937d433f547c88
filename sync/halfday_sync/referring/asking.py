"""A child's list of questions beside the tracker: made where it is not there, read, and made anew with its answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from halfday.carer import Carer
from halfday_sync.errors import InUseError, SafetyError
from halfday_sync.referrals.case import Case
from halfday_sync.referrals.covering import Covering
from halfday_sync.referrals.profile import Profile
from halfday_sync.referrals.questions.asked import Child, groups
from halfday_sync.referrals.questions.page import questions
from halfday_sync.referrals.questions.reading import asked_before, kept_as, missing_questions, read
from halfday_sync.referring.folder import QUESTIONS, folder_of, make
from halfday_sync.whole_file import PRIVATE, put_new, put_whole
from halfday_sync.workbook.in_use import refuse_if_in_use

_LEFT = "If nobody has it open, delete the lock file beside it: ~$questions.xlsx or .~lock.questions.xlsx#."
_WHO = frozenset(
    (
        *("referrer_name", "referrer_role", "referrer_email", "la_officer", "head", "voice_by", "send_contact"),
        *("other_surname", "legal_name", "ethnicity", "home_language", "parent_language", "parent_email"),
        *("address", "parent_address", "new_school"),
    )
)
"""Fields in which people say who did something; and what else is often called after people: "12 Victoria Road"."""


@dataclass(frozen=True)
class Questions:
    """A child's list.

    Attributes:
        path: where it is, or belongs.
        answers: what people have answered so far, as they wrote it.
        data: the list that is there, byte by byte; none where it is still to be made.
    """

    path: Path
    answers: Mapping[str, str]
    data: bytes | None = field(default=None, repr=False)


def read_questions(folder: Path, ids: Sequence[str], carers: Sequence[Carer]) -> Questions:
    """What people have answered so far.

    Args:
        folder: the folder of all packs.
        ids: every id of the child, the present one last.
        carers: the child's, in the school's order.

    Raises:
        SourceError: the list cannot be read, or an answer is none; each is named by its row.
    """
    here = folder_of(folder, ids[-1]) / QUESTIONS
    there = next((path for one in reversed(ids) if (path := folder_of(folder, one) / QUESTIONS).is_file()), None)
    data = here.read_bytes() if here.is_file() else None  # before the answers: what is saved meanwhile is seen then
    return Questions(here, read(there, carers) if there else {}, data)


def covered(answers: Mapping[str, str], covering: Covering) -> dict[str, str]:
    """Answers with other children's names covered."""
    return {
        key: (covering.who if key.partition(".")[0] in _WHO else covering.words)(said) for key, said in answers.items()
    }


def keep_questions(found: Questions, profile: Profile, case: Case, known: Mapping[str, str]) -> str:
    """Makes the list where it is not there, or anew where this form asks what it does not; what was done, in words.

    No answer is ever lost: the old list is kept beside the new one, which holds its answers.

    Args:
        found: the list as it is.
        profile: what asks.
        case: the child's case.
        known: what Halfday knows, by key.

    Raises:
        HalfdayError: somebody has it open, or it cannot be written. It is as it was.
    """
    child = Child(case.pupil.pupil_id, case.name, case.made_on, case.carers, len(case.siblings))
    path = found.path
    if not path.is_file():
        _put(path, questions(profile, child, known, found.answers), before=None)
        return "A list of questions was made."
    if not missing_questions(path, profile, child):
        return ""
    try:
        refuse_if_in_use(path)
    except InUseError as stop:  # its words are about the tracker
        raise InUseError(
            "The list of questions is open, and this form asks more: new questions cannot be added.",
            done="No pack was made. The list is as it was.",
            now=f"Save and close {path.name}, then run this again. {_LEFT}",
        ) from stop
    answers = {**asked_before(path), **found.answers}  # what another form asked is asked still
    _put(path, questions(profile, child, known, answers), before=found.data, on=case.made_on)
    return "New questions were added to the list; the answers are in it, and the old list lies beside it."


def _put(path: Path, data: bytes, *, before: bytes | None, on: date = date.min) -> None:
    """Puts a list in place; `before` is the one that is there, as its answers were read."""
    try:
        make(path.parent)
        if before is not None:
            put_new(kept_as(path, on), before)
        is_put = put_whole(path, data, may=lambda: _bytes(path) == before, mode=PRIVATE)
    except OSError as fault:
        raise SafetyError(
            f"The list of questions cannot be written ({fault.strerror or type(fault).__name__}).",
            done="It is as it was.",
            now="See that nobody has it open and that there is room on the disk, then run this again.",
        ) from fault
    if not is_put:
        raise InUseError("Somebody saved the list of questions at this moment.", now="Run this again.")


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def has_questions(profile: Profile, case: Case) -> bool:
    """Whether this form asks people anything at all."""
    return bool(groups(profile, Child(case.pupil.pupil_id, case.name, date.min, case.carers, len(case.siblings))))
