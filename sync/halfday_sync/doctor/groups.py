"""Every check, in the order in which they are told: the computer first, then Excel, the add-ins and the school."""

from collections.abc import Callable
from importlib.metadata import version

from halfday_sync.addins.officejs.manifest import addin_id, version_of
from halfday_sync.addins.officejs.metadata import function_ids
from halfday_sync.addins.officejs.pyodide import pin
from halfday_sync.doctor.agent import Look, agent
from halfday_sync.doctor.finding import Group
from halfday_sync.doctor.google import GOOGLE
from halfday_sync.doctor.health import SOURCE
from halfday_sync.doctor.interpreter import PYTHON
from halfday_sync.doctor.libreoffice import LIBREOFFICE
from halfday_sync.doctor.server import SERVER
from halfday_sync.doctor.trust import TRUST
from halfday_sync.doctor.watching import watching
from halfday_sync.doctor.website import AddIn, website


def every_group(policy: Look, store: Look, workbook: Look, is_installed: Callable[[], bool]) -> tuple[Group, ...]:
    """All checks. Those of policy, store and workbook are of `halfday check`; a service knows what is installed."""
    wasm = f"pyodide-{pin().version}/pyodide.asm.wasm"
    addin = AddIn(addin_id(), version_of(version("halfday")), frozenset(function_ids()), wasm)
    school = (agent(policy, store, workbook), SOURCE, watching(is_installed), GOOGLE)
    return (PYTHON, SERVER, TRUST, website(addin), LIBREOFFICE, *school)
