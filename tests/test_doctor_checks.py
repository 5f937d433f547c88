"""Every check of the doctor: what is right, what is not, and what cannot be seen, each told as what it is."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.doctor_site import (
    ADDIN,
    CHECKS,
    ENVIRONMENT,
    FILES,
    NOW,
    PLACES,
    Change,
    all_right,
    asked,
    on,
    probing,
    set_up,
    without,
)

from halfday.register import Mark, Pupil, Register
from halfday_sync.doctor.finding import Level, Site
from halfday_sync.doctor.machine import CertificateRefusedError, Reply
from halfday_sync.doctor.server import RUN
from halfday_sync.errors import Exit, SettingsError
from halfday_sync.sources.base import SetAside, Snapshot
from halfday_sync.store import Store

EXCEL = r"HKCU\Software\Policies\Microsoft\Office\16.0\Excel\Security"
ASR = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
INTUNE = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Policy Manager"
CHILDREN, WIN32 = "d4f940ab-401b-4efc-aadc-ad5f3c50688a", "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return all_right(tmp_path)


def python(site: Site, **facts: object) -> Site:
    return replace(site, machine=replace(site.machine, python=replace(site.machine.python, **facts)))  # type: ignore[arg-type]


def dll(folder: str, name: str) -> Change:
    def change(site: Site) -> Site:
        (site.machine.python.prefix / "xlwings64-0.37.8.dll").unlink()
        place = site.machine.python.prefix / folder
        place.mkdir(exist_ok=True)
        (place / name).touch()
        return site

    return change


def run(days: int, code: int | None) -> Change:
    """One more run, some days before now."""

    def change(site: Site) -> Site:
        assert site.config
        with Store.open(site.config.store) as store:
            number = store.start_run(started=site.machine.now)
            if code is not None:
                store.finish_run(number, finished=site.machine.now, exit_code=code, counts={})
        return on(now=site.machine.now + timedelta(days=days))(site)

    return change


def failed(*codes: int) -> Change:
    """Runs after the last good one that came out so, an hour apart."""

    def change(site: Site) -> Site:
        assert site.config
        with Store.open(site.config.store) as store:
            for hours, code in enumerate(codes, 1):
                when = site.machine.now + timedelta(hours=hours)
                store.finish_run(store.start_run(started=when), finished=when, exit_code=code, counts={})
        return site

    return change


def pulled(**facts: Any) -> Change:
    """One more snapshot."""

    def change(site: Site) -> Site:
        assert site.config
        picture = Snapshot(**{"pupils": (Pupil("P1"),), "register": Register(), **facts})
        with Store.open(site.config.store) as store:
            store.acknowledge(picture, recorded_at=site.machine.now + timedelta(minutes=1), source="wonde")
        return site

    return change


def marked(day: date, code: str) -> Change:
    return pulled(register=Register.from_marks([Mark("P1", day, "AM", code)]))


def refused(site: Site) -> Site:
    """The run after the last good one had two things to ask."""
    assert site.config
    doubts = {"gone-ab12": "40 of 400 pupils are gone.", "june-cd34": "All marks of June changed."}
    with Store.open(site.config.store) as store:
        store.ask(doubts, "wonde", "halfday run --school x", at=site.machine.now)
    return failed(Exit.SOURCE)(site)


ANSWER = "right:\nhalfday run --school x --accept gone-ab12 --accept june-cd34 --who YOUR-NAME\nIf not, put it right"
ASIDE = SetAside("P1", date(2025, 12, 4), "AM", "It says N and I.")
ALL_HOLIDAY = {date(2025, 12, 5) + timedelta(days=n): "holiday" for n in range(110)}
SUMMER = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


def file(name: str, reply: Reply | Exception) -> Change:
    return probing(files={name: reply})


@dataclass(frozen=True)
class Case:
    """What one check says after a change: its level, and words of the fact and of the next step."""

    check: str
    change: Change
    level: Level
    what: str
    now: str = ""


def same(site: Site) -> Site:
    return site


FINE, NOTE, WRONG, OUT = Level.FINE, Level.NOTE, Level.WRONG, Level.LEFT_OUT
OPEN = {"access-control-allow-origin": "*"}
UNTRUSTED = without(PLACES)
MARKED = probing(mark="[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=https://mail.example/\r\n")
CASES = [
    Case("python", same, FINE, "3.12.4, 64 bit"),
    Case("python", lambda site: python(site, version=(3, 10, 2)), WRONG, "too old", "python.org"),
    Case("python", lambda site: python(site, bits=32), NOTE, "32 bit", "64-bit"),
    Case("python-store", same, FINE, "ordinary"),
    Case(
        "python-store",
        lambda site: python(site, executable=r"C:\Users\x\AppData\Local\Microsoft\WindowsApps\python.exe"),
        WRONG,
        "Microsoft Store",
        "python.org",
    ),
    Case("python-store", on(system="Darwin"), OUT, "not on this system"),
    Case("xlwings", same, FINE, "0.37.8"),
    Case("xlwings", probing(packages={}), WRONG, "not installed", "pip install"),
    Case("xlwings-match", same, FINE, "both have 0.37.8"),
    Case("xlwings-match", probing(packages={"xlwings": "0.36.0"}), WRONG, "asks for xlwings 0.37.8", "halfday run"),
    Case("xlwings-match", probing(packages={}), WRONG, "and none is installed", "halfday run"),
    Case("xlwings-match", set_up(workbook=Path("none.xlsm")), NOTE, "no tracker with macros yet", "halfday run"),
    Case("xlwings-match", set_up(workbook=Path("none.xlsx")), OUT, "no macros"),
    Case("xlwings-dll", same, FINE, "xlwings64-0.37.8.dll is beside"),
    Case("xlwings-dll", dll("Scripts", "xlwings64-0.37.8.dll"), FINE, "beside"),
    Case("xlwings-dll", dll("Scripts", "xlwings64-0.36.0.dll"), WRONG, "is missing", "virus scanner"),
    Case(
        "xlwings-dll",
        probing(keys={r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration": {"platform": "x86"}}),
        WRONG,
        "xlwings32-0.37.8.dll is missing",
    ),
    Case("xlwings-dll", probing(keys={ENVIRONMENT: {}}), WRONG, "another folder", "halfday addin desktop logon"),
    Case("pywin32", same, FINE, "311"),
    Case("pywin32", probing(packages={"xlwings": "0.37.8"}), WRONG, "not installed", "pip install"),
    Case("interpreter", same, FINE, "names it"),
    Case("interpreter", probing(keys={ENVIRONMENT: {}}), WRONG, "no HALFDAY_PYTHON", "halfday addin desktop logon"),
    Case(
        "interpreter",
        probing(keys={ENVIRONMENT: {"halfday_python": "/none/pythonw.exe"}}),
        WRONG,
        "not there",
        "halfday addin desktop logon",
    ),
    Case("com-server", same, FINE, "after an update of Halfday, log off and on"),
    Case("com-server", probing(server=False), WRONG, "does not answer", "halfday addin desktop"),
    Case("com-server", on(system="Linux"), OUT, "not on this system"),
    Case("log-on", same, FINE, "starts with Windows"),
    Case("log-on", without(RUN), WRONG, "does not start", "halfday addin desktop logon"),
    Case(
        "log-on",
        probing(keys={RUN: {"halfday": r'"C:\Old\pythonw.exe" -m halfday_sync addin desktop serve'}}),
        WRONG,
        "another Python",
        "halfday addin desktop logon",
    ),
    Case("asr-child-processes", same, FINE, "no policy"),
    Case("asr-child-processes", probing(keys={ASR: {CHILDREN: "1"}}), FINE, "does not need it off"),
    Case("asr-child-processes", probing(keys={ASR: {CHILDREN: "2"}}), FINE, "only records"),
    Case(
        "asr-child-processes", probing(keys={INTUNE: {"asrrules": f"{WIN32}=0|{CHILDREN}=1"}}), FINE, "Defender blocks"
    ),
    Case(
        "asr-child-processes",
        lambda site: without(RUN)(probing(keys={ASR: {CHILDREN.upper().casefold(): 1}})(site)),
        WRONG,
        "not started at log-on",
        "Leave the rule as it is",
    ),
    Case("asr-win32-macros", same, FINE, "no policy"),
    Case("asr-win32-macros", probing(keys={ASR: {WIN32: "0"}}), FINE, "off"),
    Case("asr-win32-macros", probing(keys={INTUNE: {"asrrules": f"{WIN32}=6"}}), NOTE, "warns", "tracker.xlsx"),
    Case("trusted-location", same, FINE, "is one"),
    Case("trusted-location", UNTRUSTED, NOTE, "is not one", "Trusted Location by policy"),
    Case("mark-of-the-web", same, FINE, "has none"),
    Case("mark-of-the-web", MARKED, FINE, "its folder is trusted"),
    Case("mark-of-the-web", lambda site: MARKED(UNTRUSTED(site)), WRONG, "Excel blocks its macros", "Unblock"),
    Case("mark-of-the-web", lambda site: probing(mark="ZoneId=1")(UNTRUSTED(site)), FINE, "tracker.xlsm has none"),
    Case(
        "mark-of-the-web",
        lambda site: probing(keys={EXCEL: {"blockcontentexecutionfrominternet": 0}})(MARKED(UNTRUSTED(site))),
        NOTE,
        "a policy lets it ask",
        "Unblock",
    ),
    Case("macro-policy", same, FINE, "its macros run"),
    Case("macro-policy", UNTRUSTED, NOTE, "Excel asks", "Enable Content"),
    Case(
        "macro-policy",
        lambda site: probing(keys={EXCEL: {"vbawarnings": 4}})(UNTRUSTED(site)),
        WRONG,
        "no macros run (by policy)",
        "Trusted Location",
    ),
    Case(
        "macro-policy",
        lambda site: probing(keys={r"HKCU\Software\Microsoft\Office\16.0\Excel\Security": {"vbawarnings": 3}})(
            UNTRUSTED(site)
        ),
        WRONG,
        "only signed macros run",
        "Trusted Location",
    ),
    Case(
        "macro-policy",
        lambda site: probing(keys={EXCEL: {"vbawarnings": 1}})(UNTRUSTED(site)),
        NOTE,
        "all macros run",
        "Safer",
    ),
    Case("addin-manifest", same, FINE, "1.0.1.0"),
    Case("addin-manifest", set_up(addin_address=""), OUT, "no address"),
    Case("addin-manifest", set_up(addin_address="http://a.example"), WRONG, "https", "halfday.toml"),
    Case(
        "addin-manifest", file("manifest.xml", Reply(404, "text/html", b"")), WRONG, "not there", "halfday addin build"
    ),
    Case(
        "addin-manifest", file("manifest.xml", Reply(302, "text/html", b"")), WRONG, "302", "without a page to log in"
    ),
    Case("addin-manifest", file("manifest.xml", Reply(200, "text/html", b"<p>Hello")), WRONG, "not a manifest"),
    Case(
        "addin-manifest",
        file("manifest.xml", Reply(200, "text/xml", FILES["manifest.xml"].body.replace(b"3093", b"4093"))),
        WRONG,
        "another add-in",
    ),
    Case(
        "addin-manifest",
        file("manifest.xml", Reply(200, "text/xml", FILES["manifest.xml"].body.replace(b"1.0.1", b"1.0.0"))),
        NOTE,
        f"version 1.0.0.0 is there, and Halfday here is {ADDIN.version}",
        "halfday addin build",
    ),
    Case("addin-manifest", file("manifest.xml", TimeoutError("slow")), WRONG, "cannot be reached", "proxy"),
    Case("addin-manifest", file("manifest.xml", CertificateRefusedError("x")), WRONG, "certificate", "authority"),
    Case("addin-pane", same, FINE, "there"),
    Case("addin-pane", file("taskpane.html", Reply(200, "text/plain", b"")), WRONG, "text/plain", "text/html"),
    Case(
        "addin-pane",
        file("taskpane.html", Reply(200, "text/html", b"", {"x-frame-options": "DENY"})),
        WRONG,
        "forbids",
        "X-Frame-Options",
    ),
    Case(
        "addin-pane",
        file("taskpane.html", Reply(200, "text/html", b"", {"content-security-policy": "frame-ancestors 'self'"})),
        WRONG,
        "forbids other pages",
        "frame-ancestors",
    ),
    Case("addin-functions", same, FINE, "2 functions"),
    Case(
        "addin-functions",
        file("functions.json", Reply(200, "text/plain", b"{}")),
        WRONG,
        "text/plain",
        "application/json",
    ),
    Case(
        "addin-functions", file("functions.json", Reply(200, "application/json", b"{}")), WRONG, "web", "Allow-Origin"
    ),
    Case(
        "addin-functions", file("functions.json", Reply(200, "application/json", b"{}", OPEN)), WRONG, "cannot be read"
    ),
    Case(
        "addin-functions",
        file("functions.json", Reply(200, "application/json", b'{"functions": [{"name": "ATT_BAND"}]}', OPEN)),
        WRONG,
        "without ATT_WHY",
        "halfday addin build",
    ),
    Case("addin-wasm", same, FINE, "application/wasm"),
    Case("addin-wasm", file("python/a.wasm", Reply(200, "text/plain", b"\0asm")), WRONG, "text/plain", ".wasm as"),
    Case("addin-wasm", file("python/a.wasm", Reply(200, "application/wasm", b"<!--")), WRONG, "not WebAssembly"),
    Case("addin-engine", same, FINE, "of one build"),
    Case("addin-policy", same, FINE, "may reach"),
    Case("libreoffice", same, FINE, "program"),
    Case("libreoffice", probing(programs={}), OUT, "not installed"),
    Case(
        "libreoffice",
        lambda site: set_up(functions="libreoffice")(probing(programs={})(site)),
        NOTE,
        "the tracker is for it",
        "Install it",
    ),
    Case("libreoffice-python", same, FINE, "3.12"),
    Case("libreoffice-extension", same, FINE, "0.1.0"),
    Case(
        "libreoffice-extension", lambda site: replace(site, version="0.2.0"), WRONG, "0.1.0 is installed", "Extension"
    ),
    Case("settings", same, FINE, "Ours"),
    Case(
        "settings",
        lambda site: replace(site, config=None, fault=SettingsError("No.", problems=["a: wrong"], now="Do this.")),
        WRONG,
        "No. a: wrong",
        "Do this.",
    ),
    Case("settings", lambda site: replace(site, config=None), OUT, "no school"),
    Case("policy", same, FINE, "as it should be"),
    Case("store", same, FINE, "as it should be"),
    Case("workbook", same, FINE, "as it should be"),
    Case("last-run", same, FINE, "Fri 5 Dec, 08:00"),
    Case("last-run", run(0, 4), WRONG, "a source that could not be used", "halfday run"),
    Case("last-run", run(0, 9), WRONG, "a fault", "halfday run"),
    Case("last-run", run(0, None), NOTE, "stopped before its end", "halfday run"),
    Case("last-run", run(5, 0), NOTE, "none since", "every morning"),
    Case("last-run", run(4, 0), FINE, "08:00"),
    Case("last-run", set_up(store=Path("none.db")), NOTE, "never", "halfday run"),
    Case("disk", same, FINE, "50.0 GB"),
    Case("disk", probing(space=1_900_000_000), NOTE, "1.9 GB", "Make room"),
    Case("disk", probing(space=100_000_000), WRONG, "0.1 GB", "Make room"),
    Case("writable", same, FINE, "may write"),
    Case("writable", probing(refused=frozenset({"halfday.db"})), WRONG, "halfday.db", "right to change"),
    Case("writable", probing(refused=frozenset({"school"})), WRONG, "the folder", "right to change"),
    Case("store-place", same, FINE, "on this computer"),
    Case("store-place", set_up(store=Path("/x/OneDrive - School/halfday.db")), WRONG, "cloud", "halfday.toml"),
    Case("workbook-place", same, FINE, "ordinary"),
    Case("workbook-place", set_up(workbook=Path("/x/OneDrive - School/tracker.xlsm")), NOTE, "cloud", "Close it"),
    Case("source", same, FINE, "wonde: Fri 5 Dec, 08:00, just now, 1 pupil"),
    Case("source", on(now=NOW + timedelta(days=3)), FINE, "3 days ago"),
    Case(
        "source",
        failed(4, 4),
        NOTE,
        "2 runs since could not use it, the last on Fri 5 Dec, 10:00",
        "test",
    ),
    Case("source", failed(5, 6), FINE, "wonde"),
    Case("source", set_up(store=Path("none.db")), NOTE, "nothing was taken in yet", "halfday run"),
    Case("source", pulled(pupils=()), FINE, "wonde: Fri 5 Dec, 08:01, in the future, nothing new"),
    Case("question", same, FINE, "none"),
    Case("question", refused, WRONG, "40 of 400 pupils are gone. All marks of June changed.", ANSWER),
    Case("last-run", refused, WRONG, "ended with a question to you: 40 of 400 pupils", ANSWER),
    Case("source", refused, NOTE, "1 run since could not use it", ANSWER),
    Case("doubts", same, FINE, "none"),
    Case("doubts", pulled(set_aside=(ASIDE,)), NOTE, "1 mark set aside", "Today"),
    Case("doubts", pulled(pupils=(Pupil("P2", surname="Other"),)), NOTE, "1 pupil no longer named", "MIS"),
    Case("doubts", set_up(store=Path("none.db")), FINE, "non"),
    Case("ahead", same, FINE, "none"),
    Case("ahead", marked(NOW.date(), "/"), FINE, "non"),
    Case("ahead", marked(date(2025, 12, 8), "C"), FINE, "no"),
    Case("ahead", marked(date(2025, 12, 8), "/"), NOTE, "there are marks of Mon 8 Dec", "clock"),
    Case("zone", same, FINE, "London"),
    Case("zone", on(offset=timedelta(hours=1)), NOTE, "1 hour ahead of", "London"),
    Case("zone", on(offset=-timedelta(hours=5, minutes=30)), NOTE, "5 hours 30 minutes behind", "London"),
    Case("zone", on(now=SUMMER, offset=timedelta(hours=1)), FINE, "the time of London"),
    Case("zone", on(now=SUMMER), NOTE, "1 hour behind", "summer time"),
    Case("clock", same, FINE, "goes on from"),
    Case("clock", on(now=NOW.replace(year=2021)), WRONG, "the year 2021", "Set the clock"),
    Case("clock", on(now=NOW - timedelta(hours=1)), WRONG, "marks were taken in on Fri 5 Dec, 08:00", "Set the clock"),
    Case("clock", set_up(store=Path("none.db")), FINE, "can be"),
    Case("next-run", same, FINE, "Fri 5 Dec, 09:30"),
    Case("next-run", on(now=SUMMER, offset=timedelta(hours=1)), FINE, "Wed 1 Jul, 13:45"),
    Case("next-run", set_up(store=Path("none.db"), times=("07:00",)), FINE, "Mon 8 Dec, 07:00"),
    Case("next-run", pulled(calendar=ALL_HOLIDAY), WRONG, "no school day", "calendar"),
    Case("watch", same, FINE, "starts it"),
    Case("log", same, FINE, "halfday.log can be written"),
    Case("log", probing(refused=frozenset({"school"})), WRONG, "cannot be written", "right to change"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check}: {case.what}")
def test_a_check_says_what_is_so_and_what_to_do(case: Case, site: Site) -> None:
    found = asked(case.check, site, case.change)
    assert (found.level, case.what in found.what, case.now in found.now) == (case.level, True, True), found
    assert bool(found.now) == (found.level in {NOTE, WRONG})


def test_every_check_has_a_case_in_which_it_is_fine_and_one_in_which_it_is_not() -> None:
    fine = {case.check for case in CASES if case.level is FINE}
    faulty = {case.check for case in CASES if case.level in {WRONG, NOTE}} | {
        "policy", "store", "workbook", "libreoffice-python",  # in test_doctor_unseen.py
        "addin-engine", "addin-policy",  # in test_doctor_halves.py
        "watch",  # in test_doctor_bundle.py
    }  # fmt: skip
    assert fine == faulty == set(CHECKS)
