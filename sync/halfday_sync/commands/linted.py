"""Looking at several files for what is wrong in them: one that cannot be read must not hide what the others have."""

from collections.abc import Callable, Iterable

from halfday_sync.commands.options import Said
from halfday_sync.errors import Exit, SettingsError


def linted(names: Iterable[str], lint: Callable[[str], int], said: Said) -> Exit:
    """Lints each by its name; exit 3 when one has faults.

    Args:
        names: what to look at.
        lint: says what it finds in one, and gives how many faults there are.
        said: takes a line at a time.
    """
    code = Exit.DONE
    for name in names:
        try:
            faults = lint(name)
        except SettingsError as fault:
            said(fault.text())
            faults = 1
        if faults:
            code = Exit.SETTINGS
    return code
