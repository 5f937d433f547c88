"""Excel held still for a moment, and let go again whatever happens."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from halfday_sync.workbook.live.patience import Patience

if TYPE_CHECKING:
    import xlwings.main as xw

_SAYS = "Halfday is bringing the tracker up to date …"


@contextmanager
def quiet(app: "xw.App", patience: Patience, **settings: object) -> Iterator[None]:
    """Sets properties of Excel, and sets each of them back, even where another one cannot be."""
    with ExitStack() as back:
        for name, value in settings.items():
            _held(app, name, value, patience, back)
        yield


@contextmanager
def still(app: "xw.App", patience: Patience) -> Iterator[None]:
    """Excel neither draws, calculates, asks nor runs macros, and does not fill whole columns for us; it says why.

    What is not switched off is the keyboard (`interactive`): if this process were ended half-way, nobody could type any
    more. Whoever begins to type in between is waited for.
    """
    with ExitStack() as back:
        back.enter_context(quiet(app, patience, screen_updating=False, enable_events=False, display_alerts=False))
        # A formula written into one cell of a table would otherwise go into the whole column.
        _held(app.api.AutoCorrect, "AutoFillFormulasInLists", False, patience, back)
        back.enter_context(quiet(app, patience, status_bar=_SAYS, calculation="manual"))
        yield


def _held(thing: Any, name: str, value: object, patience: Patience, back: ExitStack) -> None:
    before = patience(getattr, thing, name)
    back.callback(at_last, patience, setattr, thing, name, before)
    patience(setattr, thing, name, value)


def at_last(patience: Patience, work: Callable[..., object], *args: object) -> None:
    """Something that must be put back: asked for again, once, even after a fault."""
    try:
        patience(work, *args)
    except Exception:  # noqa: BLE001 - the second answer counts
        patience(work, *args)
