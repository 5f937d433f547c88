"""Wonde, over the emulator, as a source among the others."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.source_contract import CARERS, CONTRADICTED, UNKNOWN, Prepared, true_pupils
from tests.wonde_school import SCHOOL_ID, contact, little_school, wonde_id
from tests.wonde_service import CONTACTS, CUT_OFF, PLANS, TOKEN, Fault, Service

from halfday_sync.sources.wonde.source import TOKEN as NAME

FLAGS = {
    "premium_pupil_indicator",
    "free_school_meals",
    "free_school_meals_6",
    "in_lea_care",
    "ever_in_care",
    "english_as_additional_language",
    "sen_status",
    PLANS,
}


@contextmanager
def prepare(tmp: Path) -> Iterator[Prepared]:
    """The invented school at Wonde, three pages of marks and one of leavers' marks."""
    ids = {key: row["adm"] for key, row in true_pupils().items()}
    with Service(little_school()) as wonde:
        yield Prepared(
            folder=tmp,
            settings={"kind": "wonde", "school_id": SCHOOL_ID, "address": wonde.address, "per_page": 50},
            ids=ids,
            secrets={NAME: TOKEN},
            whole=True,
            minutes_lost=True,
            untold=frozenset({"young_carer"}),
            spoil={
                "unknown code": lambda: _unknown_code(wonde),
                "contradiction": lambda: _contradict(wonde),
                "unshared": lambda: wonde.hidden.update(FLAGS),
                "cut off": lambda: setattr(wonde, "always", _second_page_is_cut_off),
                "empty": lambda: wonde.lists.update({name: [] for name in LISTS}),
                "gone": wonde.stop,
            },
            contacts=lambda shared: _contacts(wonde, ids, shared=shared),
        )


LISTS = ("students", "students-leaver", "attendance/session", "attendance-leavers/session", "groups", "deletions")


def _p2(wonde: Service) -> str:
    adm = true_pupils()["p2"]["adm"]
    return next(
        id_ for id_, row in wonde.school.students.items() if row["education_details"]["data"]["admission_number"] == adm
    )


def _unknown_code(wonde: Service) -> None:
    school = wonde.school
    mark = school.mark(_p2(wonde), CONTRADICTED[1], "AM")
    school.codes[UNKNOWN] = wonde_id(f"code {UNKNOWN}")
    mark.code = UNKNOWN
    school.version += 1


def _contradict(wonde: Service) -> None:
    mark = wonde.school.mark(_p2(wonde), *CONTRADICTED[1:])
    again = wonde.school.marks[wonde_id("again")] = type(mark)(**{**vars(mark), "id": wonde_id("again"), "code": "I"})
    assert again.code != mark.code
    wonde.school.version += 1


def _contacts(wonde: Service, ids: Mapping[str, str], *, shared: bool) -> None:
    """`CARERS` at Wonde; not approved, they are refused."""
    (wonde.forbidden.discard if shared else wonde.forbidden.add)(CONTACTS[0])
    students = {row["education_details"]["data"]["admission_number"]: id_ for id_, row in wonde.school.students.items()}
    wonde.school.contacts.clear()
    for one in CARERS:
        id_ = students[ids[one.pupil_id]]
        phones = dict(zip(("primary", "mobile"), one.phones, strict=False))
        relation = {"priority": one.order, "parental_responsibility": one.letters}
        told = contact(f"{id_} {one.order}", one.name, one.relationship, phones=phones, **relation)
        wonde.school.contacts.setdefault(id_, []).append(told)


def _second_page_is_cut_off(path: str) -> Fault | None:
    return CUT_OFF if "attendance/session" in path and "page=2" in path else None
