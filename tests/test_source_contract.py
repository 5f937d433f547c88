"""Every source, whatever it reads from, keeps one contract. How a kind takes part: `source_contract.py`."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.source_contract import (
    CONTRADICTED,
    FAULTS,
    Prepared,
    cannot,
    names,
    pairs,
    prepared,
    true_field,
    true_marks,
    ways,
)

from halfday.register import FLAGS
from halfday_sync.errors import SettingsError, SourceError
from halfday_sync.source_kinds import faults, kinds
from halfday_sync.sources.base import Look, Snapshot

SINCE = datetime(2025, 9, 10, 12, 0, tzinfo=UTC)
BY_COLUMNS = {"contract", "tabular", "folder", "arbor", "sims"}
"""Kinds of which the columns decide what they tell."""
BAD = ("unknown code", "cut off", "empty", "gone")
"""Faults after which nothing may be believed."""


@pytest.fixture(params=list(ways()), ids=lambda pair: " ".join(pair).strip().replace(" ", "-"))
def ready(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    kind, way = request.param
    with prepared(kind, way, tmp_path) as it:
        yield it


@pytest.fixture
def spoilt(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Prepared, str]]:
    """A source to which something bad has happened, and what."""
    kind, way, fault = request.param
    with prepared(kind, way, tmp_path) as it:
        it.spoil[fault]()
        yield it, fault


def suffering(*faults: str) -> pytest.MarkDecorator:
    """Each kind and way, with each of these faults that can happen to it."""
    found = list(pairs(*faults))
    named = ["-".join(" ".join(one).split()) for one in found]
    return pytest.mark.parametrize("spoilt", found, ids=named, indirect=True)


def test_it_decodes_to_the_truth_but_for_its_stated_losses(ready: Prepared) -> None:
    assert marks(ready.open().pull(None)) == ready.marks()


def test_its_pupils_are_the_truth_and_what_it_does_not_tell_is_blank(ready: Prepared) -> None:
    assert {pupil.pupil_id: pupil for pupil in ready.open().pull(None).pupils} == ready.pupils()


def test_what_it_says_it_cannot_carry_is_really_not_there(ready: Prepared) -> None:
    carries, snapshot = ready.open().carries, ready.open().pull(None)
    codes = {code for code, _ in marks(snapshot).values()}
    minutes = {minutes for _, minutes in marks(snapshot).values()}
    flags = {getattr(pupil, flag) for pupil in snapshot.pupils for flag in FLAGS}
    assert carries.two_characters == ("Y4" in codes)
    assert carries.minutes == bool(minutes - {None})
    assert carries.flags == bool(flags - {None})
    assert carries.by_columns == (ready.settings["kind"] in BY_COLUMNS)
    carried = (carries.two_characters, carries.minutes, carries.flags, carries.carers)
    assert len(carries.losses()) == len(carried) - sum(carried)


def test_whom_to_ring_is_told_where_it_is_shared_and_changes_nothing_else(ready: Prepared) -> None:
    assert ready.open().carries.carers == (ready.contacts is not None)
    if ready.contacts is None:
        assert ready.open().pull(None).carers is None
        return
    ready.contacts(False)
    without = ready.open().pull(None)
    ready.contacts(True)
    told = ready.open().pull(None)
    assert without.carers is None, "not shared, which is not: nobody has any"
    assert sorted(told.carers or (), key=lambda one: (one.pupil_id, one.order)) == ready.carers()
    assert facts(told) == facts(without)
    words = " ".join((*told.notes, *said(list(ready.open().look()))))
    assert not [secret for secret in ("Contactson", "960701") if secret in words]


def test_a_comment_stays_behind(ready: Prepared) -> None:
    assert not {mark.comment for mark in ready.open().pull(None).register.marks()} - {""}


def test_a_time_that_the_data_is_from_has_a_zone(ready: Prepared) -> None:
    as_of = ready.open().pull(None).as_of
    assert as_of is None or as_of.tzinfo is not None


def test_pulling_twice_gives_the_same(ready: Prepared) -> None:
    source = ready.open()
    first, again, afresh = source.pull(None), source.pull(None), ready.open().pull(None)
    assert facts(first) == facts(again) == facts(afresh)


def test_a_pull_since_gives_all_that_is_newer_and_nothing_but_what_the_whole_has(ready: Prepared) -> None:
    whole, snapshot = ready.open().pull(None), ready.open().pull(SINCE)
    assert whole.since is None
    assert snapshot.since is None or snapshot.since <= SINCE
    newer = {key: told for key, told in marks(whole).items() if key[1] > SINCE.date()}
    assert newer.items() <= marks(snapshot).items() <= marks(whole).items()
    assert set(snapshot.pupils) <= set(whole.pupils)
    if snapshot.since is None:
        assert marks(snapshot) == marks(whole)


def test_only_who_knows_that_everything_is_here_says_so(ready: Prepared) -> None:
    """Files may be of one week: nobody who reads them can say that a mark which is not in them is nowhere."""
    source = ready.open()
    assert source.pull(None).whole == ready.whole
    changes = source.pull(SINCE)
    assert not changes.whole or ready.settings["kind"] == "contract"


def test_a_session_without_a_mark_is_never_a_mark(ready: Prepared) -> None:
    [gap] = [told for told in true_marks() if told.code == "-"]
    if gap.pupil in ready.ids:
        assert (ready.ids[gap.pupil], gap.date, gap.session) not in marks(ready.open().pull(None))


def test_notes_and_looks_name_nobody_and_no_secret(ready: Prepared) -> None:
    source = ready.open()
    snapshot = source.pull(None)
    aside = [mark.words for mark in snapshot.set_aside]
    discreet(ready, *snapshot.notes, *aside, *said(list(source.look())), repr(source))


def test_every_step_of_a_look_goes_well(ready: Prepared) -> None:
    looks = list(ready.open().look())
    assert looks
    assert all(look.well for look in looks), looks


def test_archiving_raises_nothing(ready: Prepared) -> None:
    source = ready.open()
    source.pull(None)
    source.archive()


def test_the_settings_are_right_and_every_secret_that_is_missing_is_named(ready: Prepared) -> None:
    assert not list(faults(ready.settings))
    kind = kinds()[ready.settings["kind"]]
    asked = {secret.name for secret in kind.secrets if secret.applies(ready.settings)}
    assert asked == ready.secrets.keys()
    for name in asked:
        with pytest.raises(SettingsError, match=re.escape(name)):
            ready.open(without=name).pull(None)


def test_every_fault_can_be_provoked_or_it_is_stated_why_not(ready: Prepared) -> None:
    never = cannot(ready.settings["kind"])
    assert ready.spoil.keys() | never.keys() == set(FAULTS)
    assert not ready.spoil.keys() & never.keys()
    assert all(len(why) > 20 for why in never.values())


def test_what_is_stated_as_told_otherwise_is_no_truth(ready: Prepared) -> None:
    assert all(value != true_field(*where) for where, value in ready.otherwise.items())


@suffering(*BAD)
def test_a_bad_feed_gives_no_snapshot_and_says_why(spoilt: tuple[Prepared, str]) -> None:
    ready, fault = spoilt
    with pytest.raises(SourceError) as stop:
        ready.open().pull(None)
    assert stop.value.now, "what to do now is missing"
    discreet(ready, stop.value.text())
    if fault == "unknown code":
        assert ready.unknown in stop.value.text()


@suffering(*FAULTS)
def test_looking_raises_nothing_and_ends_at_the_first_that_fails(spoilt: tuple[Prepared, str]) -> None:
    ready, fault = spoilt
    looks = list(ready.open().look())
    assert looks
    assert all(look.well for look in looks[:-1])
    assert looks[-1].well or looks[-1].words
    assert fault != "gone" or not looks[-1].well
    discreet(ready, *said(looks))


@suffering("contradiction")
def test_of_two_marks_that_contradict_each_other_neither_is_taken(spoilt: tuple[Prepared, str]) -> None:
    ready, _ = spoilt
    who, day, session = CONTRADICTED
    key = (ready.ids[who], day, session)
    snapshot = ready.open().pull(None)
    assert marks(snapshot) == {mark: told for mark, told in ready.marks().items() if mark != key}
    assert key in {(mark.pupil_id, mark.date, mark.session) for mark in snapshot.set_aside}
    discreet(ready, *(mark.words for mark in snapshot.set_aside))


@suffering("unshared")
def test_what_is_not_shared_is_unknown_and_never_no(spoilt: tuple[Prepared, str]) -> None:
    ready, _ = spoilt
    pupils = ready.open().pull(None).pupils
    assert pupils
    assert {getattr(pupil, flag) for pupil in pupils for flag in FLAGS} == {None}
    assert {pupil.sen for pupil in pupils} == {""}


def marks(snapshot: Snapshot) -> dict[tuple[str, date, str], tuple[str, int | None]]:
    """Code and minutes late by pupil id, date and session, without missing marks."""
    return {
        (mark.pupil_id, mark.date, mark.session): (mark.code, mark.minutes_late)
        for mark in snapshot.register.marks()
        if mark.code != "-"
    }


def facts(snapshot: Snapshot) -> tuple[object, ...]:
    """What must not change from one pull to the next, as long as the source does not."""
    return (snapshot.pupils, list(snapshot.register.marks()), snapshot.calendar, snapshot.set_aside, snapshot.complete)


def said(looks: list[Look]) -> list[str]:
    return [f"{look.title} {look.words} {look.now}" for look in looks]


def discreet(ready: Prepared, *texts: str) -> None:
    """No text has a word of a pupil's name, or a secret."""
    for text in texts:
        assert not {name for name in names() if re.search(rf"\b{re.escape(name)}\b", text)}
        assert not [name for name, secret in ready.secrets.items() if secret in text]


def test_every_kind_that_a_school_can_choose_takes_part() -> None:
    assert set(kinds()) == {kind for kind, _ in ways()}
