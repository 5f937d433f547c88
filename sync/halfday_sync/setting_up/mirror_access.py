"""The step of `halfday mirror setup` that says who may see the copy."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from halfday_sync.setting_up.asking import Asking, Question
from halfday_sync.setting_up.mirror_words import role_of, shown
from halfday_sync.sheets.access import FileState, Permission
from halfday_sync.sheets.sharing import OWNING

_NOT = "no"
_ROLES = "Viewer, Commenter or Editor"


def ask_domain(asking: Asking, mirror: Mapping[str, Any], file: FileState, account: str) -> str | list[str]:
    """What stands after the @ in the school's addresses; what is set stays unless it is answered otherwise."""
    present = mirror.get("domain") or _guess(file, account)
    shown_now = ", ".join(present) if isinstance(present, list) else str(present)
    question = Question(
        "--domain",
        "What stands after the @ in the school's e-mail addresses",
        help="Put commas between several.",
        present=shown_now,
        needed=True,
        fault=_not_domains,
        wanted="write it as in our-school.example",
    )
    found = [part.strip().removeprefix("@").casefold() for part in asking.text(question).split(",") if part.strip()]
    return found[0] if len(found) == 1 else found


def ask_people(
    asking: Asking, mirror: Mapping[str, Any], given: Sequence[tuple[str, str]], file: FileState, account: str
) -> dict[str, str]:
    """Who may see it, by address; first those who were given, then those who have access, then others.

    Who has access and is of another domain is not asked about: they cannot be on the list, and the last step says so.
    """
    people = dict(mirror.get("people", {}))
    _take(people, given)
    if asking.nobody:
        return people
    for address, role in sorted(people.items()):
        asking.tell(f"   {address}: {shown(role)}")
    for one in _others(file, account, {*people, *mirror.get("groups", {})}):
        if one.address.rpartition("@")[2].casefold() not in _listed(mirror["domain"]):
            continue
        answer = asking.text(
            Question(
                "",
                f"{one.address} is {shown(one.role)} now. May they see it, and as what",
                help=f"{_ROLES}, or {_NOT}",
                present=shown(one.role) if one.role in OWNING else "",  # nobody else is let in by a mere Enter
                needed=True,
                fault=_no_role,
                wanted=f"write {_ROLES}, or {_NOT}",
            )
        )
        if role := role_of(answer):
            people[one.address.casefold()] = role
    while more := asking.text(
        Question(
            "",
            "Another address and role",
            help="for example head@our-school.example Commenter; Enter: no more",
            fault=lambda text: _no_pair(text, _listed(mirror["domain"])),
        )
    ):
        address, _, words = more.partition(" ")
        people[address.casefold()] = role_of(words)
    return people


def of_options(pairs: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Addresses with roles out of `ADDRESS=ROLE`, and what is wrong with them. `ADDRESS=no` takes one off.

    >>> of_options(["head@a.example=Commenter", "x@a.example=chief"])
    ([('head@a.example', 'commenter')], ['x@a.example=chief: write ADDRESS=Viewer, Commenter or Editor; or ADDRESS=no'])
    """
    found, wrong = [], []
    for pair in pairs:
        address, equals, words = pair.partition("=")
        role = role_of(words)
        if not equals or "@" not in address or not (role or words.strip().casefold() == _NOT):
            wrong.append(f"{pair}: write ADDRESS={_ROLES}; or ADDRESS={_NOT}")
        else:
            found.append((address.strip().casefold(), role))
    return found, wrong


def taken(present: Mapping[str, str], given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """A list of addresses after what was given on the command line."""
    found = dict(present)
    _take(found, given)
    return found


def _take(people: dict[str, str], given: Sequence[tuple[str, str]]) -> None:
    for address, role in given:
        for known in [known for known in people if known.casefold() == address]:
            del people[known]
        if role:
            people[address] = role


def _listed(domain: str | list[str]) -> list[str]:
    return [domain] if isinstance(domain, str) else domain


def _others(file: FileState, account: str, known: set[str]) -> Iterator[Permission]:
    listed = {address.casefold() for address in known} | {account.casefold()}
    for one in file.permissions or ():
        if one.type == "user" and one.address and one.address.casefold() not in listed and not one.deleted:
            yield one


def _guess(file: FileState, account: str) -> str:
    """The domain of whoever owns or shares the file."""
    found = [one.address.rpartition("@")[2].casefold() for one in _others(file, account, set())]
    return found[0] if found and len(set(found)) == 1 else ""


def _not_domains(text: str) -> str:
    parts = [part.strip().removeprefix("@") for part in text.split(",")]
    return "" if all("." in part and "@" not in part for part in parts) else "write it as in our-school.example"


def _no_role(text: str) -> str:
    return "" if role_of(text) or text.casefold() == _NOT else f"write {_ROLES}, or {_NOT}"


def _no_pair(text: str, domains: Sequence[str]) -> str:
    address, _, words = text.partition(" ")
    if "@" not in address or not role_of(words):
        return f"write the address, a space, and {_ROLES}"
    is_ours = address.rpartition("@")[2].casefold() in domains
    return "" if is_ours else f"only addresses at {' or '.join(domains)} can be on the list"
