"""The engine against a second opinion that knows nothing of it (oracle.py), on random schools."""

import contextlib
import csv
import io
import json
import os
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.oracle import SCHOOLS, Threshold
from tests.strategies_school import School, schools

from halfday import national
from halfday.measures import Measures
from halfday.policy import evaluate as engine
from halfday.policy.bands import place_in_band
from halfday.policy.model import Policy
from halfday.printing import percent
from halfday.register import Mark, Pupil, Register
from halfday.school_year import Calendar
from halfday_sync.cli import main
from halfday_sync.templates import policy_path, usable_policy

Answer = list[dict[str, Any]]

HUNT = int(os.environ.get("HALFDAY_HUNT", "1"))
"""How many times the usual number of examples: `HALFDAY_HUNT=20 pytest tests/test_oracle.py` looks longer."""

names = st.sampled_from(sorted(SCHOOLS))


def profile(examples: int) -> settings:
    return settings(
        max_examples=examples * HUNT,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


@cache
def policy_of(name: str) -> Policy:
    return usable_policy(policy_path(name))


@cache
def oracle_policy(name: str) -> oracle.Policy:
    """The tuples of the oracle, and the percentages that the triggers of policy.toml compare with."""
    document = tomllib.loads(policy_path(name).read_text(encoding="utf-8"))
    tests = [
        words.split()
        for trigger in document["trigger"]
        for key in ("when", "all", "any")
        for words in ([trigger[key]] if isinstance(trigger.get(key), str) else trigger.get(key, []))
    ]
    found = tuple(Threshold(words[1], Fraction(words[2])) for words in tests if words[0] == "percent")
    return SCHOOLS[name]._replace(thresholds=found)


def by_oracle(name: str, school: School) -> Answer:
    return oracle.evaluate(oracle_policy(name), school.pupils, school.marks, school.kinds, school.as_of)


def compared(pupils: Answer) -> Answer:
    """What the oracle has an opinion on."""
    return [{k: v for k, v in row.items() if k not in {"stage_name", "triggers", "actions", "why"}} for row in pupils]


def by_engine(name: str, school: School) -> Answer:
    register = Register.from_marks(Mark(*mark) for mark in school.marks)
    outcomes = engine.evaluate(
        policy_of(name),
        [Pupil(p.pupil_id, dob=p.dob, start_date=p.start, end_date=p.end) for p in school.pupils],
        register,
        Calendar.told(school.kinds or {}, register.days_taught),
        school.as_of,
    )
    return compared([outcome.to_json() for outcome in outcomes])


def untidy(code: str, number: int) -> str:
    """A code as exports also write it: in lower case, with spaces, and blank for a missing mark."""
    written = (code, code.lower(), f" {code} ")[number % 3]
    return "" if code == "-" and number % 2 else written


def by_command(name: str, school: School, folder: Path) -> dict[str, Any]:
    def table(file: str, header: str, rows: list[tuple[object, ...]]) -> str:
        path = folder / file
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([header.split(","), *rows])
        return str(path)

    pupils = table("pupils.csv", "pupil_id,dob,start_date,end_date", [(*pupil,) for pupil in school.pupils])
    marks = table(
        "marks.csv",
        "pupil_id,date,session,code",
        [(*mark[:3], untidy(mark.code, n)) for n, mark in enumerate(school.marks)],
    )
    arguments = ["evaluate", "--policy", name, "--pupils", pupils, "--marks", marks, "--as-of", str(school.as_of)]
    if school.kinds is not None:
        arguments += ["--calendar", table("calendar.csv", "date,kind", list(school.kinds.items()))]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main([*arguments, "--json"])
    assert code == 0, out.getvalue()
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


@profile(150)
@given(name=names, school=schools())
def test_engine_and_oracle_agree(name: str, school: School) -> None:
    assert by_engine(name, school) == by_oracle(name, school)


@profile(25)
@given(name=names, school=schools(most_half_terms=3))
def test_the_command_and_the_oracle_agree(name: str, school: School) -> None:
    with tempfile.TemporaryDirectory() as folder:
        answer = by_command(name, school, Path(folder))
    stages = {row["number"]: row["name"] for row in tomllib.loads(policy_path(name).read_text("utf-8"))["stage"]}
    assert (answer["as_of"], answer["policy"]) == (school.as_of.isoformat(), name)
    assert compared(answer["pupils"]) == by_oracle(name, school)
    assert [row["stage_name"] for row in answer["pupils"]] == [stages.get(row["stage"]) for row in answer["pupils"]]


POSSIBLE = (*range(1, 61), 72, 73, 100, 110, 157, 190, 244, 257, 349, 350, 351, 357, 380, 400)


@pytest.mark.parametrize("name", sorted(SCHOOLS))
def test_every_figure_is_printed_and_placed_alike(name: str) -> None:
    """Every count of attended sessions out of some possible ones: two decimals and gaps are rare in random schools."""
    policy, other = policy_of(name), oracle_policy(name)
    for possible in POSSIBLE:
        for attended in range(possible + 1):
            figure = Fraction(100 * attended, possible)
            band, by_gap_rule = place_in_band(policy, Measures(attended=attended, authorised=possible - attended))
            told = (percent(attended, possible, policy.cuts), band and band.name, by_gap_rule)
            assert told == (oracle.printed(figure, other), *oracle.band_of(figure, other)), (attended, possible)


# --- The comparison is not vacuous: it sees each of these broken rules ------------------------------------------------


def _least_21(monkeypatch: pytest.MonkeyPatch) -> None:
    policies = {name: policy_of(name) for name in SCHOOLS}
    broken = {name: replace(it, rules=replace(it.rules, min_possible=21)) for name, it in policies.items()}
    monkeypatch.setattr(f"{__name__}.policy_of", broken.__getitem__)


def _no_review_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Calendar, "review_days", frozenset())


def _nine_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    law = national.value
    monkeypatch.setattr(national, "value", lambda name, on: law(name, on) - (name == "penalty_weeks"))


def _persistent_only_above_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "is_persistent", lambda absent, possible, _on: 10 * absent > possible or None)


def _one_gap_fits_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Calendar, "_splits", lambda _self, before, after: (after - before).days > 5)


@pytest.mark.parametrize(
    "break_rule", [_least_21, _no_review_days, _nine_weeks, _persistent_only_above_ten, _one_gap_fits_all]
)
def test_a_broken_rule_is_seen(
    break_rule: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    @settings(profile(400), derandomize=True, phases=[Phase.generate])
    @given(name=names, school=schools())
    def agree(name: str, school: School) -> None:
        assert by_engine(name, school) == by_oracle(name, school)

    break_rule(monkeypatch)
    with pytest.raises(AssertionError):
        agree()
