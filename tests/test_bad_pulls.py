"""`halfday run` while the way to the marks is broken: it says so, leaves everything as it was, and catches up later.

Every fault is met after a good morning, while there is something new to bring. Here it is Wonde's; other ways to the
marks are in `test_bad_pulls_elsewhere.py`, feeds that arrive and cannot be right in `test_bad_feeds.py`.
"""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from tests.pull_office import NAME
from tests.pull_wonde import AtWonde, at_wonde
from tests.wonde_service import BREAK_OFF, CUT_OFF, HANG_UP, HTML, REDIRECT, TOKEN, Fault, Service

from halfday_sync import credentials
from halfday_sync.errors import Exit
from halfday_sync.sources.wonde.source import TOKEN as TOKEN_NAME

SHOWN = "the tracker goes on showing it."
TRIES = 5
"""So often it waits and asks again."""


@pytest.fixture
def school(tmp_path: Path) -> Iterator[AtWonde]:
    with at_wonde(tmp_path) as found:
        yield found


# Wonde: what the service answers, at any request

ANSWERS: dict[str, tuple[Fault, str, list[float]]] = {
    "401 the key is not accepted": (Fault(401), "does not accept the key that was given (401)", []),
    "404 not found": (Fault(404), "under this address (404)", []),
    "422 not understood": (Fault(422), "does not understand what we asked for", []),
    "429 too often": (Fault(429), "asks for a longer pause between requests (429)", [1, 2, 4, 8, 16]),
    "429 and seven seconds": (Fault(429, retry_after="7"), "asks for a longer pause", [7, 7, 7, 8, 16]),
    "429 and an hour": (Fault(429, retry_after="3600"), "asks for a longer pause", []),
    "500": (Fault(500), "has trouble of its own (500)", [1, 2, 4, 8, 16]),
    "502": (Fault(502), "has trouble of its own (502)", [1, 2, 4, 8, 16]),
    "503": (Fault(503), "has trouble of its own (503)", [1, 2, 4, 8, 16]),
    "hangs up": (HANG_UP, "broke off", [1, 2, 4, 8, 16]),
    "breaks off midway": (BREAK_OFF, "broke off", [1, 2, 4, 8, 16]),
    "JSON that is cut off": (CUT_OFF, "was cut off or is not JSON", [1, 2, 4, 8, 16]),
    "a web page": (HTML, "a log-on or blocking page", []),
    "a redirect to a log-on page": (REDIRECT, "a log-on or blocking page", []),
}


@pytest.mark.parametrize("fault", ANSWERS)
def test_what_the_service_answers_at_whichever_request_changes_nothing_and_the_next_pull_catches_up(
    fault: str, school: AtWonde
) -> None:
    answer, told, pauses = ANSWERS[fault]
    made, wonde = school.office, school.wonde
    assert made.run("--whole", "--dry-run")[0] == 0
    requests = len(wonde.asked)
    assert sum("attendance/session" in path for path in wonde.asked) > 2, "there are pages to break off between"
    for number in range(1, requests + 1):
        wonde.asked.clear()
        made.waits.clear()
        wonde.always = lambda _path, first=number: answer if len(wonde.asked) >= first else None  # type: ignore[misc]
        assert SHOWN in made.refused(Exit.SOURCE, told, "--whole")
        assert [pause <= waited < 2 * pause + 1 for pause, waited in zip(pauses, made.waits, strict=True)] == [
            True for _ in pauses
        ]
    wonde.always = lambda _path: None
    school.repaired()


def test_a_trouble_that_passes_is_waited_out_and_nobody_hears_of_it(school: AtWonde) -> None:
    school.wonde.faults = {2: Fault(503), 4: HANG_UP, 6: Fault(429, retry_after="30")}
    assert "503" not in school.repaired("--whole")
    assert len(school.office.waits) == 3
    assert school.office.waits[-1] == 30


@pytest.mark.parametrize("listed", ["students", "attendance/session", "attendance-codes"])
def test_a_list_that_is_needed_and_not_approved_is_named_and_changes_nothing(listed: str, school: AtWonde) -> None:
    school.wonde.forbidden = {listed}
    school.office.refused(Exit.SOURCE, "at the school to approve reading")
    school.wonde.forbidden.clear()
    school.repaired()


def test_a_key_that_is_taken_back_at_any_moment_changes_nothing(school: AtWonde) -> None:
    for number in range(1, 8):
        school.wonde.asked.clear()
        school.wonde.token = TOKEN
        school.wonde.before = {number: lambda: setattr(school.wonde, "token", None)}
        school.office.refused(Exit.SOURCE, "'halfday init'", "--whole")
    school.wonde.token = "another-token"
    school.office.refused(Exit.SOURCE, "does not accept the key")
    credentials.keep(NAME, TOKEN_NAME, "another-token")
    school.repaired()


def test_the_address_of_another_region_is_told_by_its_emptiness(school: AtWonde) -> None:
    school.wonde.wrong_region = True
    school.office.refused(Exit.SOURCE, "The school may be in another region")
    school.wonde.wrong_region = False
    school.repaired()


@pytest.mark.parametrize("words", [(), ("--whole",)], ids=["changes", "everything"])
def test_a_school_without_anybody_is_not_believed(words: tuple[str, ...], school: AtWonde) -> None:
    school.wonde.lists = {name: [] for name in ("students", "students-leaver")}
    school.office.refused(Exit.SOURCE, "Wonde lists no pupil at all", *words)
    school.wonde.lists.clear()
    school.repaired()


# Wonde: there is no way to it


def test_a_port_that_nobody_listens_on_changes_nothing(school: AtWonde) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    school.office.write_settings(address=f"http://127.0.0.1:{port}/v1.0/")
    school.office.refused(Exit.SOURCE, "cannot be reached.")
    assert len(school.office.waits) == TRIES
    school.office.write_settings()
    school.repaired()


def test_a_name_that_nobody_knows_changes_nothing(school: AtWonde, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    asked: list[str] = []

    def nobody(host: str, *_: Any, **__: Any) -> Any:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    school.office.write_settings(address="https://api.wonde.invalid/v1.0/")
    with monkeypatch.context() as offline:
        offline.setattr(socket, "getaddrinfo", nobody)
        said = school.office.refused(Exit.SOURCE, "Wonde (api.wonde.invalid) cannot be reached.")
    assert "Is this computer online?" in said
    assert set(asked) == {"api.wonde.invalid"}
    school.office.write_settings()
    school.repaired()


@pytest.mark.parametrize("certified", ["127.0.0.1", "filter.example"])
def test_a_certificate_that_is_not_trusted_changes_nothing_and_sends_nothing(
    certified: str, school: AtWonde, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours = certified == "127.0.0.1"
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(certified).configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    if not ours:  # this one's authority is trusted, but it speaks for somebody else
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with Service(school.wonde.school) as served:
        served._server.socket = tls.wrap_socket(served._server.socket, server_side=True)
        school.office.write_settings(address=f"https://{served.host}/v1.0/", per_page=200)
        said = school.office.refused(Exit.SOURCE, "is not trusted: its certificate does not fit.")
        assert "put the filter's certificate into the computer's store" in said
        assert (served.asked, school.office.waits) == ([], [])
        if ours:
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
            school.repaired()
            assert served.asked, "once the computer trusts it, it is asked"


# settings, secrets, the tracker


def test_a_secret_that_is_not_kept_here_is_asked_for_by_its_name(school: AtWonde) -> None:
    credentials.forget(NAME, TOKEN_NAME)
    school.office.refused(Exit.SETTINGS, TOKEN_NAME)
    assert school.wonde.asked == []
    credentials.keep(NAME, TOKEN_NAME, TOKEN)
    school.repaired()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"address": "http://api.wonde.com/v1.0/"}, "begins with http://"),
        ({"school_id": ""}, "source.school_id"),
        ({"adress": "https://api.wonde.com/v1.0/"}, "source.adress"),
        ({"per_page": "many"}, "source.per_page"),
        ({"kind": "wondle"}, "source.kind"),
    ],
    ids=["an unencrypted address", "no school", "a key with a slip", "a word for a number", "a kind with a slip"],
)
def test_a_wrong_setting_is_named(wrong: dict[str, Any], told: str, school: AtWonde) -> None:
    school.office.write_settings(**wrong)
    school.office.refused(Exit.SETTINGS, told)
    assert school.wonde.asked == []
    school.office.write_settings()
    school.repaired()


def test_an_open_tracker_waits_and_the_marks_do_not(school: AtWonde) -> None:
    lock = school.office.folder / "~$tracker.xlsx"
    lock.write_bytes(b"\x06Office")
    tracker = school.office.state().tracker
    code, said = school.office.run()
    assert code == Exit.IN_USE
    assert "The new marks are in the store, and the update will be made at the next run." in said
    assert (school.office.state().tracker, school.office.marks()) == (tracker, school.truth())
    lock.unlink()
    assert school.office.run()[0] == 0
