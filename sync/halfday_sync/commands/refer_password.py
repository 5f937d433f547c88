"""The password of a pack that is sent: typed twice, unseen, or made. It is said once, and kept nowhere."""

import secrets
from collections.abc import Callable

from halfday_sync.commands.options import Said
from halfday_sync.errors import UsageError

LEAST, MOST = 12, 200
"""Letters: fewer are guessed, and Excel takes no more than 255."""
_LETTERS, _GROUPS, _EACH = "abcdefghjkmnpqrstuvwxyz", 4, 4
"""Small letters that nobody takes for another one or for a figure, in groups that can be read out on the telephone."""


def ask_password(said: Said, ask: Callable[[str], str] | None = None) -> str:
    """A password from the keyboard, asked for twice; where nothing is typed, one is made, and said this once.

    Raises:
        UsageError: it is too short, the two differ, or this window cannot hide what is typed.
    """
    ask = ask or _hidden
    typed = ask("Password for the file to send (Enter: one is made): ")
    if not typed:
        made = made_password()
        said(f"Password of the encrypted file: {made}")
        said("Write it down now: it is kept nowhere. Tell it by telephone, never in the message with the file.")
        return made
    if not LEAST <= len(typed) <= MOST:
        raise _refused(f"The password has {len(typed)} letters.", f"Take {LEAST} to {MOST}: four words do well.")
    if ask("The same once more: ") != typed:
        raise _refused("The two passwords are not the same.", "Run this again, or press Enter: one is made then.")
    return typed


def made_password(choose: Callable[[str], str] = secrets.choice) -> str:
    """A password that nobody guesses: sixteen letters, 72 bits.

    >>> made_password(lambda letters: letters[0])
    'aaaa-aaaa-aaaa-aaaa'
    """
    return "-".join("".join(choose(_LETTERS) for _ in range(_EACH)) for _ in range(_GROUPS))


def _hidden(words: str) -> str:
    """What is typed, not shown; refused where it would be."""
    import getpass
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(words)
        except (getpass.GetPassWarning, EOFError):
            raise _refused(
                "This window cannot hide what is typed, so no password was asked for.", "Run this in a terminal."
            ) from None


def _refused(what: str, now: str) -> UsageError:
    return UsageError(what, done="No pack was made.", now=now)
