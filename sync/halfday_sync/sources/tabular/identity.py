"""Which pupil a row is about: the admission number, or the UPN where there is none. Never the name.

Excel takes the zeros off 002101 and makes a number of a UPN. A zero is put back only where the import itself proves it:
the same number is there with its zeros, or all other numbers that begin with a zero have one and the same width.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from halfday.printing import counted
from halfday_sync.sources.upn import UpnKind, read_upn
from halfday_sync.sources.wording import listed, shown_pupil

IdPair = tuple[str, str]
"""Admission number and UPN of a row, as text; either may be blank."""


@dataclass
class Identities:
    """The pupils of an import.

    Attributes:
        pupil_ids: id by admission number and UPN as text. A pair that names nobody is not in it.
        upns: UPN by pupil id, where there is a right one.
        keyed_by_upn: ids that are UPNs.
        refused: pairs that a problem has been told about already.
    """

    pupil_ids: dict[IdPair, str] = field(default_factory=dict)
    upns: dict[str, str] = field(default_factory=dict)
    keyed_by_upn: set[str] = field(default_factory=set)
    refused: set[IdPair] = field(default_factory=set)


def identify(pairs: Mapping[IdPair, str], problems: list[str], notes: list[str]) -> Identities:
    """The pupils behind every pair of ids. Adds to `problems` and `notes`.

    Args:
        pairs: where each different pair was first seen, by pair.
        problems: gets what cannot be decided.
        notes: gets what was repaired or dropped.
    """
    upns = {text: read_upn(text) for _, text in pairs}
    ids = _admission_ids({number for number, _ in pairs if number}, problems, notes)
    holders: dict[str, set[str]] = {}
    for number, text in pairs:
        upn = upns[text][1]
        if upn and number:
            holders.setdefault(upn, set()).add(ids[number])
    result = Identities()
    for (number, text), where in pairs.items():
        upn = upns[text][1]
        owners = holders.get(upn, set()) if upn else set()
        if number:
            result.pupil_ids[number, text] = ids[number]
        elif len(owners) > 1:
            result.refused.add((number, text))
            whose = listed(sorted(map(shown_pupil, owners)))
            problems.append(f"{where}: there is no admission number, and the UPN belongs to {whose}")
        elif upn:
            result.pupil_ids[number, text] = next(iter(owners), upn)
            if not owners:
                result.keyed_by_upn.add(upn)
    _choose_upns(result, upns, holders, problems, notes)
    _note_dropped(result, upns, notes)
    everyone = set(result.pupil_ids.values())
    notes.append(f"{counted(len(everyone - result.keyed_by_upn), 'pupil')} known by admission number")
    if result.keyed_by_upn:
        notes.append(f"{counted(len(result.keyed_by_upn), 'pupil')} known by UPN, as there is no admission number")
    return result


def _admission_ids(numbers: Iterable[str], problems: list[str], notes: list[str]) -> dict[str, str]:
    """The id for every spelling of an admission number: the spelling with all its zeros."""
    forms: dict[str, set[str]] = {}
    for number in numbers:
        forms.setdefault(_bare(number), set()).add(number.lstrip("'"))
    ids: dict[str, str] = {}
    repaired: list[str] = []
    width = _zero_width(forms.values())
    for bare, spellings in forms.items():
        padded = sorted(form for form in spellings if form.startswith("0") and form.isdecimal())
        if len(padded) > 1:
            problems.append(
                f"admission numbers {listed(padded)}: they differ only in leading zeros; "
                "it cannot be told whether they are one pupil"
            )
        best = max(spellings, key=lambda form: (len(form), form))
        if not padded and width and best.isdecimal() and len(best) < width:
            best = best.zfill(width)
        if any(form != best for form in spellings) and best.isdecimal():
            repaired.append(best)
        ids[bare] = best
    if repaired:
        notes.append(f"leading zeros put back, as the files prove them: {listed(sorted(repaired))}")
    return {number: ids[_bare(number)] for number in numbers}


def _bare(number: str) -> str:
    """An admission number without what Excel or a person may change: case, a typed apostrophe, leading zeros."""
    text = number.lstrip("'").casefold()
    return (text.lstrip("0") or "0") if text.isdecimal() else text


def _zero_width(forms: Iterable[set[str]]) -> int:
    """The width of all admission numbers, if at least two begin with a zero and none speaks against it; else 0."""
    spellings = [max(group, key=len) for group in forms]
    numbers = [form for form in spellings if form.isdecimal()]
    padded = [form for form in numbers if form.startswith("0")]
    widths = {len(form) for form in padded}
    if len(padded) < 2 or len(widths) > 1 or len(numbers) < len(spellings):
        return 0
    width = widths.pop()
    return width if all(len(form) <= width for form in numbers) else 0


def _choose_upns(
    result: Identities,
    upns: Mapping[str, tuple[UpnKind, str]],
    holders: Mapping[str, set[str]],
    problems: list[str],
    notes: list[str],
) -> None:
    shared = sorted(upn for upn, owners in holders.items() if len(owners) > 1)
    notes.extend(
        f"UPN {upn} dropped, as more than one pupil has it: {listed(sorted(map(shown_pupil, holders[upn])))}"
        for upn in shared
    )
    kinds: dict[str, dict[str, UpnKind]] = {}
    for (_, text), pupil_id in result.pupil_ids.items():
        kind, upn = upns[text]
        if upn and upn not in shared:
            kinds.setdefault(pupil_id, {})[upn] = kind
    for pupil_id, found in kinds.items():
        permanent = [upn for upn, kind in found.items() if kind is UpnKind.PERMANENT]
        choice = permanent or list(found)
        if len(choice) > 1:
            problems.append(f"{shown_pupil(pupil_id)}: there are different UPNs: {listed(sorted(choice))}")
        elif len(found) > 1:
            notes.append(f"{shown_pupil(pupil_id)}: the permanent UPN was taken, not the temporary one")
        result.upns[pupil_id] = choice[0]


def _note_dropped(result: Identities, upns: Mapping[str, tuple[UpnKind, str]], notes: list[str]) -> None:
    dropped: dict[UpnKind, set[str]] = {}
    for (_, text), pupil_id in result.pupil_ids.items():
        kind, upn = upns[text]
        if not upn and kind is not UpnKind.BLANK:
            dropped.setdefault(kind, set()).add(shown_pupil(pupil_id))
    for kind, pupils in dropped.items():
        notes.append(f"UPN dropped, as it is {kind.value}: {listed(sorted(pupils))}")
