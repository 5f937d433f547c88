"""The manifest says what a pack is, what its files are and what was proven, names nobody, and is the same each time."""

import hashlib
import tomllib

from tests.referral_leaks import NAME, OTHERS, OWN, VOCABULARY, clean, files, pack

from halfday_sync.referrals.manifest import PROVES, PROVES_NOT, manifest
from halfday_sync.referrals.proof import VERSION, Proof, prove


def proof(*more: str) -> Proof:
    return prove(files(*more) if more else clean(), OTHERS, OWN, VOCABULARY)


def test_it_says_what_the_files_are_and_what_was_proven() -> None:
    said = tomllib.loads(manifest(pack(), proof(), reason="unauthorised", encrypted=True).decode("utf-8"))
    assert (said["title"], said["profile"], said["reason"]) == ("Referral", "generic", "unauthorised")
    assert (said["made_on"].isoformat(), said["marks_until"].isoformat()) == ("2025-12-05", "2025-12-04")
    assert (said["draft"], said["encrypted_copy"]) == (False, True)
    held = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in clean().items()}
    assert {one["name"]: (one["bytes"], one["sha256"]) for one in said["file"]} == held
    proven = said["proof"]
    assert (proven["checker"], proven["leaks"], proven["faults"]) == (VERSION, 0, 0)
    assert (proven["proves"], proven["does_not_prove"]) == (PROVES, PROVES_NOT)
    assert proven["searched_for"]["upn"] == len(OTHERS.people)
    assert sum(proven["explained"].values()) > 0
    assert proven["to_read"] == sum(one["times"] for one in said["to_read"])


def test_it_names_nobody() -> None:
    said = manifest(pack(), proof("Grace came by. Mrs Threlkeld too."), reason="leave", encrypted=False)
    found = prove({"manifest.toml": said}, OTHERS, OWN, (*VOCABULARY, PROVES, PROVES_NOT))
    assert (found.leaks, found.faults) == ((), ())
    own = (OWN.forename, OWN.surname, OWN.upn, *OWN.carers, *OWN.staff, NAME, "Grace", "SR0504", "SR0503")
    assert not [at for at, one in enumerate(own) if one.encode() in said]


def test_the_same_pack_has_the_same_manifest() -> None:
    first, again = (manifest(pack(), proof(), reason="x", encrypted=False) for _ in range(2))
    assert first == again


def test_odd_words_in_a_title_are_still_toml() -> None:
    from dataclasses import replace

    title = 'A "title" \\ with\nlines, and = signs ]]'
    said = manifest(replace(pack(), title=title, is_draft=True), proof(), reason="", encrypted=False)
    read = tomllib.loads(said.decode("utf-8"))
    assert (read["title"], read["draft"]) == (title, True)
