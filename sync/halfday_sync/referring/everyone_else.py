"""Who else there is: every other child that the school ever had, by all it could be known by; and who may be named."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from halfday.carer import Carer
from halfday.register import Pupil
from halfday_sync import entries
from halfday_sync.config import Config
from halfday_sync.decided import text_of
from halfday_sync.errors import HalfdayError
from halfday_sync.letters.settings import LetterSettings
from halfday_sync.pipeline import Day
from halfday_sync.referrals.covering.words import folded
from halfday_sync.referrals.others import Others, Own, Person
from halfday_sync.referrals.questions.reading import as_typed
from halfday_sync.referring.folder import QUESTIONS, folder_of
from halfday_sync.store import Store

_PLACES = (
    *(entries.TRACKER, entries.ACTIONS, entries.CONTACTS, entries.DECISIONS, entries.LETTERS, entries.PLANS),
    *(entries.MINUTES, entries.STATUTORY),
)
"""Where people write about one child."""
_ADDRESS, _NAME, _PHONE = ("address", "parent_address"), ("parent_name",), ("parent_phone",)
_NUMBER = re.compile(r"\+?\d[\d ()/-]{5,}\d")
_SURNAME, _LEGAL = "other_surname", "legal_name"
_STAFF = (
    *("referrer_name", "referrer_email", "la_officer", "voice_by", "social_worker", "head", "send_contact"),
    *("ethnicity", "home_language", "parent_language", "parent_email", "new_school"),
)
"""Fields of the list of questions: what their answers are. The last ones are often words that are names too."""

Answers = Mapping[str, str]


def others_of(store: Store, ids: Iterable[str], folder: Path) -> Others:
    """Every child but the one with these ids, those who left and those of before too.

    Args:
        store: the school's store.
        ids: every id of the child that a pack is about; none for a summary that is about nobody.
        folder: the folder of the packs: what people wrote on the lists of questions of others is looked for as well.
    """
    moved, carers, written, mine = store.moved(), store.carers(), _written(store), frozenset(ids)
    before: dict[str, list[str]] = {}
    for old, now in moved.items():
        before.setdefault(now, []).append(old)
    found, seen = [], set(mine)
    for pupil_id, upn, surname, forename in store.known_as():
        now = moved.get(pupil_id, pupil_id)
        if now in mine or pupil_id in mine:
            continue
        person = Person(now, tuple(before.get(now, ())), upn, forename, surname)
        if now in seen:
            found.append(person)
            continue
        seen.add(now)
        told = [answers for one in (now, *person.ids) if (answers := _answers(folder, one))]
        found += [_in_full(person, carers.get(now, ()), written, told), *_also(person, told)]
    return Others(tuple(found))


def _also(person: Person, told: Iterable[Answers]) -> Iterator[Person]:
    """A child by other names: those that people wrote on its list of questions."""
    for answers in told:
        if surname := answers.get(_SURNAME, "").strip():
            yield Person(person.pupil_id, forename=person.forename, surname=surname)
        *before, last = answers.get(_LEGAL, "").split() or [""]
        if last:
            yield Person(person.pupil_id, forename=" ".join(before), surname=last)


def _in_full(
    person: Person, carers: Iterable[Carer], written: Mapping[str, tuple[str, ...]], told: Sequence[Answers]
) -> Person:
    """A child with the grown-ups and with what was written; further names of the same child go without them."""
    ids = (person.pupil_id, *person.ids)
    return Person(
        person.pupil_id,
        person.ids,
        person.upn,
        person.forename,
        person.surname,
        carers=_unique([*(one.name for one in carers), *_of(told, _NAME)]),
        phones=_unique([*(number for one in carers for number in one.phones), *_of(told, _PHONE)]),
        addresses=_unique(_of(told, _ADDRESS)),
        notes=_unique(
            [*(text for one in ids for text in written.get(one, ())), *(t for a in told for t in a.values())]
        ),
    )


def own_of(store: Store, config: Config, day: Day, pupil: Pupil, answers: Answers, who: str) -> Own:
    """The child that a pack is about, and the grown-ups who may stand in it.

    Args:
        store: the school's store.
        config: its settings.
        day: what was worked out.
        pupil: the child.
        answers: what people wrote on the child's list of questions.
        who: who prepares the pack.
    """
    former = [old for old, now in store.moved().items() if now == pupil.pupil_id]
    carers = day.casework.carers.get(pupil.pupil_id, ())
    return Own(
        pupil.pupil_id,
        tuple(former),
        pupil.upn,
        pupil.forename,
        pupil.surname,
        carers=_unique([*(person.name for person in carers), *_of([answers], _NAME), *_written_to(day, pupil)]),
        phones=_unique(
            [*(number for person in carers for number in person.phones), *_of([answers], _PHONE), *_of_school(config)]
        ),
        addresses=_unique(_of([answers], _ADDRESS)),
        staff=staff_of(config, day, [who, *_of([answers], _STAFF), pupil.class_name, pupil.house]),
        also=_unique(_of([answers], (_SURNAME, _LEGAL))),
        notes=notes_of(store, (*former, pupil.pupil_id), answers),
    )


def _of_school(config: Config) -> Iterator[str]:
    """The school's own telephone numbers: a parent who works there may have given one of them."""
    letters = LetterSettings.of(config)
    for line in (letters.contact, *letters.address):
        yield from _NUMBER.findall(line)


def _written_to(day: Day, pupil: Pupil) -> Iterator[str]:
    """To whom letters about a child went: of one who has left, the store knows no carers any more."""
    for letter in day.casework.letters:
        if letter.approval and pupil.pupil_id in letter.pupil_ids:
            yield from map(str, letter.approval.fields.get("carers", ()))


def staff_of(config: Config, day: Day, more: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of staff: whoever stands as the one who did something, the head, whom to ring, roles of the policy.

    A pupil's full name in a row about a child makes nobody staff: somebody wrote there with whom they spoke.
    """
    work, letters = day.casework, LetterSettings.of(config)
    typed = [
        *(one.who for one in work.contacts),
        *(one.who for one in work.plans),
        *(one.owner for one in work.minutes),
    ]
    pupils = {name for one in day.outcomes for name in _in_either_order(one.pupil)}
    return _unique(
        [
            letters.sender,
            letters.contact,
            *(name for name in typed if folded(name) not in pupils),
            *(one.approval.by for one in work.letters if one.approval),
            *(one.who for one in day.decisions),
            *(one.owner for one in day.policy.actions),
            *more,
        ]
    )


def _in_either_order(pupil: Pupil) -> Iterator[tuple[str, ...]]:
    yield folded(f"{pupil.forename} {pupil.surname}")
    yield folded(f"{pupil.surname} {pupil.forename}")


def notes_of(store: Store, ids: Iterable[str], answers: Answers) -> tuple[str, ...]:
    """What people wrote about a child: in the tracker, whatever id it had, and on its list of questions."""
    written = _written(store)
    return _unique([*(text for own in ids for text in written.get(own, ())), *answers.values()])


def answers_of(folder: Path, ids: Iterable[str]) -> dict[str, str]:
    """What stands on a child's list of questions, as it was typed."""
    return {key: said for one in ids for key, said in _answers(folder, one).items()}


def _written(store: Store) -> dict[str, tuple[str, ...]]:
    """All that people ever typed about each child, by the id of then."""
    found: dict[str, list[str]] = {}
    for place in _PLACES:
        for line in store.entry_lines(place):
            pupil_id = line.pupil_id or line.key.partition("|")[0]
            if line.kind == "text" and pupil_id:
                found.setdefault(pupil_id, []).append(text_of(line.value))
    return {pupil_id: _unique(texts) for pupil_id, texts in found.items()}


def _answers(folder: Path, pupil_id: str) -> Answers:
    """What people wrote on a child's list of questions, right or wrong; one that cannot be opened says nothing."""
    path = folder_of(folder, pupil_id) / QUESTIONS
    if path.is_file():
        with suppress(HalfdayError, OSError):
            return as_typed(path)
    return {}


def _of(told: Iterable[Answers], fields: Iterable[str]) -> Iterator[str]:
    """The answers to these fields, of each parent where they are a parent's."""
    wanted = frozenset(fields)
    return (said for answers in told for key, said in answers.items() if key.partition(".")[0] in wanted)


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text.strip()))
