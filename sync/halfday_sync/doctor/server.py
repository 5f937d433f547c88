r"""Whether the Python that answers the tracker's cells is running, starts at log-on, and is left alone by Defender.

Excel finds it by one fixed class id, that of `xlwings.com_server.serve`; it is in no registry, only in the table of
running programs, so asking for it starts nothing. The log-on entry is a value below `Run`, as in Microsoft's "Run and
RunOnce Registry Keys".

Defender, from Microsoft Learn ("Attack surface reduction rules reference", "Enable attack surface reduction rules"):
the rules of a group policy are values below `Windows Defender Exploit Guard\ASR\Rules`, those of Intune are one text
`ASRRules` below `Policy Manager`, as `id=state|id=state`. States: 0 off, 1 block, 2 audit, 6 warn.
"""

from collections.abc import Mapping

from halfday_sync.addins.desktop import RUN_KEY, VALUE_NAME, command_line
from halfday_sync.doctor.finding import Check, Found, Group, Site, fine, note, wrong
from halfday_sync.doctor.interpreter import only_with_macros
from halfday_sync.doctor.machine import Machine

CLSID = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
RUN = rf"HKCU\{RUN_KEY}"
_DEFENDER = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender"
CHILD_PROCESSES = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
WIN32_FROM_MACROS = "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b"
_STATES = {"0": "off", "1": "blocks", "2": "only records", "6": "warns"}
_ACTS = {"blocks", "warns"}


def _running(site: Site) -> Found:
    if site.machine.probes.com_server(CLSID):
        return fine("it answers; after an update of Halfday, log off and on once, or it stays the old one")
    return wrong("it does not answer", "Log off and on again. To try it at once: halfday addin desktop serve")


def _log_on(site: Site) -> Found:
    command = _entry(site.machine)
    if command is None:
        return wrong("it does not start by itself", "Run: halfday addin desktop logon")
    if command.casefold() != command_line(site.machine.python.executable).casefold():
        return wrong(
            "another Python, or an older Halfday, is started", "Run with this Python: halfday addin desktop logon"
        )
    return fine("it starts with Windows, for this user")


def _entry(machine: Machine) -> str | None:
    row = machine.probes.registry(RUN) or {}
    found = row.get(VALUE_NAME.casefold())
    return found if isinstance(found, str) else None


def rule_state(machine: Machine, rule: str) -> str:
    """What Defender does by policy about one rule, in a word; empty where no policy says anything."""
    policy = machine.probes.registry(rf"{_DEFENDER}\Windows Defender Exploit Guard\ASR\Rules") or {}
    managed = machine.probes.registry(rf"{_DEFENDER}\Policy Manager") or {}
    states = {**_from_intune(managed), **{name.casefold(): str(value).strip() for name, value in policy.items()}}
    return _STATES.get(states.get(rule, ""), "")


def _from_intune(row: Mapping[str, object]) -> dict[str, str]:
    """The rules of a text such as `id=1|id=2`."""
    pairs = (part.partition("=") for part in str(row.get("asrrules", "")).split("|"))
    return {name.strip().strip("{}").casefold(): state.strip() for name, _, state in pairs}


def _child_processes(site: Site) -> Found:
    state = rule_state(site.machine, CHILD_PROCESSES)
    if state in _ACTS and _entry(site.machine) is None:
        return wrong(
            f"Defender {state} programs that Excel starts, and Python is not started at log-on",
            "Run: halfday addin desktop logon. Leave the rule as it is.",
        )
    if state in _ACTS:
        return fine(
            f"Defender {state} programs that Excel starts; Halfday is started at log-on and does not need it off"
        )
    return fine(f"the rule {state}" if state else "no policy says anything")


def _calls_from_macros(site: Site) -> Found:
    state = rule_state(site.machine, WIN32_FROM_MACROS)
    if state in _ACTS:
        return note(
            f"Defender {state} macros that call Windows, and those of xlwings do",
            "Where Defender takes the tracker away, use tracker.xlsx with the Excel 365 add-in, or except the "
            "tracker's folder from this one rule (92e97fa1…, 'Block Win32 API calls from Office macros').",
        )
    return fine(f"the rule {state}" if state else "no policy says anything")


SERVER = Group(
    "Live cells in Excel on Windows",
    (
        Check("com-server", "Python for Excel", "live cells wait for it", _running, need=only_with_macros),
        Check(
            "log-on", "Start at log-on", "nobody should have to start it in the morning", _log_on, need=only_with_macros
        ),
        Check(
            "asr-child-processes",
            "Defender on child processes",
            "Halfday works with this rule on, as long as Excel need not start Python",
            _child_processes,
            need=only_with_macros,
            unsure="Ask whoever looks after Defender for the state of rule d4f940ab-401b-4efc-aadc-ad5f3c50688a.",
        ),
        Check(
            "asr-win32-macros",
            "Defender on Win32 calls",
            "this rule may stop the tracker's macros altogether",
            _calls_from_macros,
            need=only_with_macros,
            unsure="Ask whoever looks after Defender for the state of rule 92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b.",
        ),
    ),
)
