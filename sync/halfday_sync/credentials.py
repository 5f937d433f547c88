"""Secrets: in the credential store of the operating system, and nowhere else. The one door to `keyring`."""

from collections.abc import Callable

from halfday_sync.errors import SettingsError

SERVICE = "halfday"
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
    import keyring  # noqa: PLC0415 - 60 ms that only sources with a secret need
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        return keyring.get_password(SERVICE, f"{school}: {name}")
    except KeyringError as fault:
        raise _closed(fault) from None


def keep(school: str, name: str, value: str) -> None:
    """Keeps a secret, in place of the one that was kept.

    Raises:
        SettingsError: this user has no credential store that can be written.
    """
    import keyring  # noqa: PLC0415 - see above
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        keyring.set_password(SERVICE, f"{school}: {name}", value)
    except KeyringError as fault:
        raise _closed(fault) from None


def forget(school: str, name: str) -> None:
    """Forgets a secret; one that is not kept is forgotten already."""
    import keyring  # noqa: PLC0415 - see above
    from keyring.errors import KeyringError, PasswordDeleteError  # noqa: PLC0415

    try:
        keyring.delete_password(SERVICE, f"{school}: {name}")
    except PasswordDeleteError:
        return
    except KeyringError as fault:
        raise _closed(fault) from None


def _closed(fault: Exception) -> SettingsError:
    """The store cannot be used. The library's own words may hold paths, never the secret; its kind is enough."""
    return SettingsError(
        f"This computer's credential store cannot be opened ({type(fault).__name__}).",
        now="Log on as the user who runs Halfday, with their own session. On Linux, a keyring service (GNOME Keyring, "
        "KWallet) must be running for that user.",
    )
