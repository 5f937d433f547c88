"""Secrets: in the credential store of the operating system, and nowhere else. The one door to `keyring`."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from halfday_sync.errors import SettingsError

if TYPE_CHECKING:
    from types import ModuleType

SERVICE = "halfday"
LONGEST = 1280
"""Characters of a secret. Windows keeps 2,560 bytes in one entry, two a character (CRED_MAX_CREDENTIAL_BLOB_SIZE of
wincred.h, A); other systems keep more, but a school may change its computer."""
MOST_PARTS = 20
"""Parts of a long secret. The key of a Google service account (about 1,900 characters) takes three."""
_PART = LONGEST // 2
"""Characters of a part: each may take two of Windows' places."""
_NOW = "Run 'halfday init' as the user who runs Halfday; it asks for it and keeps it there."


def reader(school: str) -> Callable[[str], str]:
    """Reads the secrets of a school by name; raises `SettingsError` where one is not kept."""

    def secret(name: str) -> str:
        found = read(school, name)
        if not found:
            raise SettingsError(f"The {name} of {school} is not in this computer's credential store.", now=_NOW)
        return found

    return secret


def read(school: str, name: str) -> str | None:
    """A secret, or nothing where none is kept.

    Raises:
        SettingsError: this user has no credential store that can be opened.
    """
    with _store() as keyring:
        found: str | None = keyring.get_password(_entry(school, name), SERVICE)
        return found


def keep(school: str, name: str, value: str) -> None:
    """Keeps a secret, in place of the one that was kept.

    Raises:
        SettingsError: it is longer than a credential store keeps, or this user has none that can be written.
    """
    if fault := too_long(name, value):
        raise SettingsError(fault, now="Look whether more than the secret was copied. Ask whoever gave it for another.")
    with _store() as keyring:
        keyring.set_password(_entry(school, name), SERVICE, value)


def forget(school: str, name: str) -> None:
    """Forgets a secret; one that is not kept is forgotten already. Raises as `read`."""
    from keyring.errors import PasswordDeleteError  # noqa: PLC0415 - see below

    with _store() as keyring, suppress(PasswordDeleteError):
        keyring.delete_password(_entry(school, name), SERVICE)


def keep_long(school: str, name: str, value: str) -> None:
    """Keeps a secret of any length in parts, each an entry of its own, in place of the one that was kept.

    The entry under its name is written last: it says how many parts there are, and their digest.

    Raises:
        SettingsError: it is far too long, or as `keep`.
    """
    parts = [value[start : start + _PART] for start in range(0, len(value), _PART)]
    if len(parts) > MOST_PARTS:
        raise SettingsError(
            f"The {name} has {len(value):,} characters. At most {MOST_PARTS * _PART:,} are kept.",
            now="Look whether more than the secret was copied.",
        )
    for number, part in enumerate(parts, 1):
        keep(school, _part(name, number), part)
    keep(school, name, _head(parts))
    _forget_parts(school, name, len(parts) + 1)


def read_long(school: str, name: str) -> str | None:
    """A secret that was kept in parts, or nothing where none is kept.

    Raises:
        SettingsError: a part is missing or of another secret; or as `read`.
    """
    head = read(school, name)
    if head is None:
        return None
    count = head.partition(" ")[0]
    found = [read(school, _part(name, number)) for number in range(1, _number(count) + 1)]
    parts = [part for part in found if part is not None]
    if len(parts) != len(found) or _head(parts) != head:
        raise SettingsError(
            f"The {name} of {school} is not whole in this computer's credential store: keeping it was interrupted, or "
            "a part was taken out.",
            now="Give it once more.",
        )
    return "".join(parts)


def forget_long(school: str, name: str) -> None:
    """Forgets a secret that was kept in parts, and what is left of one. Raises as `read`."""
    _forget_parts(school, name, 1)
    forget(school, name)  # last: what an interrupted call leaves is seen as not whole


def _forget_parts(school: str, name: str, first: int) -> None:
    """Forgets the parts from a number on; a gap between them ends nothing."""
    for number in range(first, MOST_PARTS + 1):
        forget(school, _part(name, number))


def _part(name: str, number: int) -> str:
    return f"{name}, part {number}"


def _head(parts: list[str]) -> str:
    return f"{len(parts)} {hashlib.sha256(''.join(parts).encode()).hexdigest()}"


def _number(text: str) -> int:
    """How many parts; 0 where that is not said."""
    return min(int(text), MOST_PARTS) if text.isascii() and text.isdecimal() else 0


def too_long(name: str, value: str) -> str:
    """Why a secret cannot be kept, in words; blank where it can."""
    if len(value.encode("utf-16-le")) <= 2 * LONGEST:
        return ""
    return f"The {name} has {len(value):,} characters. A credential store keeps at most {LONGEST:,} (Windows)."


def _entry(school: str, name: str) -> str:
    """Each secret is an entry of its own: two users of one entry make Windows move what it kept about."""
    return f"{SERVICE}: {school}: {name}"


@contextmanager
def _store() -> "Iterator[ModuleType]":
    """The credential store; any trouble in words.

    Errors of the systems' own libraries come through `keyring` as they are (Windows: pywintypes.error, where a task
    runs without its user's session). Their texts may hold paths, so only the kind of trouble is told.
    """
    import keyring  # noqa: PLC0415 - 60 ms that only sources with a secret need

    try:
        yield keyring
    except Exception as fault:  # noqa: BLE001 - see above
        raise SettingsError(
            f"This computer's credential store cannot be opened ({type(fault).__name__}).",
            now="Log on as the user who runs Halfday, with their own session. On Linux, a keyring service (GNOME "
            "Keyring, KWallet) must be running and unlocked for that user.",
        ) from None
