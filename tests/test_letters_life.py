"""The life of a letter: proposed by the marks, approved by a person, frozen, withdrawn before it went, noted after."""

from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.letter_world import MON, SHARED, World, answer_of, went

from halfday.policy.guard import NEXT_REVIEW
from halfday.policy.ladder import HOLD, OVERRIDE, Decision
from halfday_sync.casework.letter_events import APPROVED, PROPOSED, RECALLED, WITHDRAWN, Event
from halfday_sync.casework.letter_words import NO, YES, status_words
from halfday_sync.casework.letters import answer

KEY = "P1|warning|2026-01-12"
TUE = MON + timedelta(days=1)


@pytest.fixture
def world() -> World:
    found = World()
    found.ask("P1", "warning")
    found.run()
    return found


def kinds(events: list[Event]) -> list[tuple[str, str]]:
    return [(one.kind, one.key) for one in events]


def status(world: World, key: str = KEY) -> str:
    letter = world.letters[key]
    now = world.situation()
    return status_words(letter, answer=answer_of(world, letter), ticked=now.is_ticked(letter))


class TestProposed:
    def test_what_the_policy_asks_for_is_proposed_once(self, world: World) -> None:
        assert [*world.letters] == [KEY]
        assert status(world) == "To approve."
        assert world.run() == []

    def test_brothers_and_sisters_share_one_letter_until_it_is_approved(self, world: World) -> None:
        world.ask("P2", "warning", since=TUE)
        world.run()
        assert [one.pupil_ids for one in world.letters.values()] == [("P1", "P2")]
        world.type(KEY, approve="Yes", by="Jo")
        world.run()
        assert world.letters[KEY].approval is not None

    def test_a_sister_who_comes_after_the_approval_gets_her_own(self, world: World) -> None:
        world.type(KEY, approve="Yes", by="Jo")
        world.ask("P2", "warning")
        world.run()
        assert [one.pupil_ids for one in world.letters.values()] == [("P1",), ("P2",)]

    def test_a_letter_about_one_child_only_is_never_shared(self) -> None:
        world = World()
        world.ask("P1", "notice")
        world.ask("P2", "notice")
        world.run()
        assert [one.pupil_ids for one in world.letters.values()] == [("P1",), ("P2",)]

    def test_other_families_get_letters_of_their_own(self, world: World) -> None:
        world.ask("P3", "warning")
        world.run()
        assert len(world.letters) == 2

    @pytest.mark.parametrize("how", ["waits", "first"])
    def test_what_waits_or_comes_after_a_call_is_not_proposed(self, how: str) -> None:
        world = World()
        world.ask("P1", "warning")
        if how == "waits":
            world.waits.add(("P1", "warning"))
        else:
            world.first["P1", "warning"] = "Talk to the family"
        assert world.run() == []

    def test_one_that_was_proposed_and_waits_now_stays_and_cannot_be_approved(self, world: World) -> None:
        world.waits.add(("P1", "warning"))
        world.type(KEY, approve="Yes", by="Jo")
        assert world.run() == []
        assert status(world).startswith("Waits since Mon 5 Jan")
        world.waits.clear()
        assert kinds(world.run()) == [(APPROVED, KEY)]

    def test_nor_before_the_family_has_been_spoken_to(self, world: World) -> None:
        world.first["P1", "warning"] = "Talk to the family"
        world.type(KEY, approve="Yes")
        assert world.run() == []
        assert status(world) == "First: Talk to the family."

    def test_where_the_figure_has_risen_above_the_stage_it_waits_for_the_review(self, world: World) -> None:
        world.first["P1", "warning"] = NEXT_REVIEW
        world.type(KEY, approve="Yes", by="Jo")
        assert world.run() == []
        assert status(world) == "The figure has risen above this stage: wait for the review."
        world.first.clear()
        assert kinds(world.run()) == [(APPROVED, KEY)]
        world.first["P1", "warning"] = NEXT_REVIEW
        assert kinds(world.run()) == [(WITHDRAWN, KEY)]
        assert world.run() == []

    def test_a_child_who_waits_for_the_review_holds_up_no_sister(self, world: World) -> None:
        world.ask("P2", "warning")
        world.run()
        world.first["P2", "warning"] = NEXT_REVIEW
        world.run()
        assert [one.pupil_ids for one in world.open()] == [("P1",)]
        world.first = {("P1", "warning"): NEXT_REVIEW}
        world.run()
        assert [one.pupil_ids for one in world.open()] == [("P1",), ("P2",)]

    def test_where_nobody_gets_letters_about_a_child_none_is_written(self, world: World) -> None:
        world.nobody = True
        world.type(KEY, approve="Yes", by="Jo")
        assert world.run() == []
        assert status(world).startswith("Nobody is down to get letters about this child")
        world.nobody = False
        assert kinds(world.run()) == [(APPROVED, KEY)]
        world.nobody = True
        assert kinds(world.run())[0] == (WITHDRAWN, KEY)

    def test_one_addressed_to_nobody_by_name_goes_back_once_it_is_known_who_gets_letters(self, world: World) -> None:
        world.type(KEY, approve="Yes", by="Jo")
        world.run()
        world.carers = ("Mrs A Example",)
        assert kinds(world.run())[0] == (WITHDRAWN, KEY)

    def test_children_who_may_not_share_one_any_more_are_not_written_to_in_one(self, world: World) -> None:
        world.ask("P2", "warning")
        world.run()
        world.type(KEY, approve="Yes", by="Jo")
        world.run()
        world.apart = True
        world.run()
        assert status(world).endswith(
            "These children are not written to in one letter any more: each has a row of their own."
        )
        assert [one.pupil_ids for one in world.open()] == [("P1",), ("P2",)]

    def test_a_hold_that_begins_today_takes_it_back_today(self, world: World) -> None:
        world.type(KEY, approve="Yes", by="Jo")
        world.run()
        world.decided["P1"] = Decision("P1", HOLD, MON, date(2026, 2, 1), "Bereavement", "Head")
        world.run()
        assert status(world) == "Withdrawn on 5 Jan 2026. On hold until 1 Feb 2026."
        assert world.run() == []

    def test_a_stage_that_is_set_today_keeps_it_waiting_until_tomorrow(self, world: World) -> None:
        world.decided["P1"] = Decision("P1", OVERRIDE, MON, date(2026, 2, 1), "New at school", "Head")
        world.type(KEY, approve="Yes", by="Jo")
        assert world.run() == []
        assert status(world) == "A decision of today changes the stage: it counts from tomorrow."

    def test_a_mark_that_moves_the_day_on_which_it_was_asked_for_keeps_the_row(self, world: World) -> None:
        world.ask("P1", "warning", since=TUE)
        world.run()
        assert [*world.letters] == [KEY]
        assert world.letters[KEY].children[0].since == TUE

    def test_one_that_is_not_asked_for_any_more_is_withdrawn_and_comes_back_under_another_key(
        self, world: World
    ) -> None:
        due = world.asked.pop(("P1", "warning"))
        world.figures["P1"] = (150, 153)
        world.run()
        assert status(world) == (
            "Withdrawn on 5 Jan 2026. The policy does not ask for it any more: attendance is 98.0%, Stage 1."
        )
        world.asked["P1", "warning"] = due
        world.run()
        assert [*world.letters] == [KEY, "P1|warning~2|2026-01-12"]

    def test_where_the_first_child_drops_out_the_others_get_a_row_of_their_own(self, world: World) -> None:
        world.ask("P2", "warning")
        world.run()
        del world.asked["P1", "warning"]
        world.run()
        assert [(one.pupil_ids, one.is_open) for one in world.letters.values()] == [
            (("P1", "P2"), False),
            (("P2",), True),
        ]

    def test_a_leaver_gets_no_letter(self, world: World) -> None:
        world.left.add("P1")
        world.run()
        assert status(world).endswith("The child is no longer on roll.")

    def test_what_comes_round_is_proposed_for_each_time(self) -> None:
        world = World()
        for today, due in ((date(2026, 2, 9), date(2026, 2, 13)), (date(2026, 3, 23), date(2026, 3, 27))):
            world.ask("P1", "figure", due=due)
            world.today = today
            world.run()
        assert [(key, one.is_open) for key, one in world.letters.items()] == [
            ("P1|figure|2026-02-13", False),
            ("P1|figure|2026-03-27", True),
        ]

    def test_what_comes_round_is_not_proposed_weeks_before(self) -> None:
        world = World()
        world.ask("P1", "figure", due=date(2026, 2, 13))
        world.today = date(2026, 2, 5)
        world.run()
        assert not world.letters
        world.today = date(2026, 2, 6)
        world.run()
        assert list(world.letters) == ["P1|figure|2026-02-13"]


class TestApproved:
    @pytest.fixture
    def approved(self, world: World) -> World:
        world.type(KEY, approve="Yes", by="Jo", line="Thank you for ringing.")
        world.run()
        return world

    def test_all_that_it_says_is_frozen(self, approved: World) -> None:
        approval = approved.letters[KEY].approval
        assert approval is not None
        assert (approval.by, approval.as_of, approval.template) == ("Jo", MON - timedelta(days=1), "warning")
        assert (approval.figures, approval.line) == ({"P1": (142, 153)}, "Thank you for ringing.")
        approved.type(KEY, line="Other words", by="Bo")
        approved.today = TUE
        assert approved.run() == []
        assert approved.letters[KEY].approval == approval

    def test_without_a_name_it_is_whoever_saved_the_workbook_and_the_log_says_so(self, world: World) -> None:
        world.type(KEY, approve="yes please")
        (event,) = world.run()
        assert (event.by, event.words) == ("ann", "Approved by is empty: it is whoever saved the workbook.")

    def test_a_late_mark_takes_back_one_that_has_not_gone_and_it_is_proposed_anew(self, approved: World) -> None:
        approved.figures["P1"] = (143, 153)
        approved.run()
        assert status(approved) == ("Withdrawn on 5 Jan 2026. Marks changed: 92.8% then, 93.5% for the same days now.")
        again = approved.letters["P1|warning~2|2026-01-12"]
        assert again.approval is None

    def test_it_is_taken_back_when_nothing_asks_for_it_any_more(self, approved: World) -> None:
        del approved.asked["P1", "warning"]
        assert kinds(approved.run()) == [(WITHDRAWN, KEY)]

    def test_an_approval_that_is_emptied_is_taken_back_and_may_be_given_again(self, approved: World) -> None:
        approved.type(KEY, approve=None)
        approved.run()
        assert approved.letters[KEY].approval is None
        approved.type(KEY, approve="Yes")
        approved.run()
        assert approved.letters[KEY].approval is not None

    def test_not_needed_means_that_the_step_is_no_longer_needed(self, approved: World) -> None:
        approved.type(KEY, approve="Not needed")
        approved.run()
        assert status(approved) == "Not needed. The step counts as no longer needed."
        assert approved.outcomes()["P1"].checklist == ()
        approved.ask("P1", "warning", since=TUE)  # a new beginning, after a rise
        approved.today = TUE
        approved.run()
        assert [one.key for one in approved.open()] == ["P1|warning|2026-01-13"]

    def test_one_whose_step_is_ticked_on_actions_was_done_otherwise(self, world: World) -> None:
        world.ticked.add(("P1", "warning", date(2026, 1, 12)))
        assert world.run() == []
        assert status(world) == "Done without this letter: the step is ticked on Actions."

    def test_it_cannot_be_approved_while_its_template_is_broken(self, world: World) -> None:
        world.broken = True
        world.type(KEY, approve="Yes")
        assert world.run() == []
        assert status(world) == "It could not be made: the template."

    def test_other_words_in_approve_are_asked_back(self, world: World) -> None:
        world.type(KEY, approve="ask Jo")
        assert world.run() == []
        assert status(world) == "Approve says 'ask Jo': choose Yes, Not yet or Not needed."
        world.type(KEY, approve="Not yet")
        world.run()
        assert status(world) == "To approve."


class TestSent:
    @pytest.fixture
    def sent(self, world: World) -> World:
        world.type(KEY, approve="Yes", by="Jo")
        world.run()
        world.type(KEY, sent=MON)
        world.run()
        return world

    def test_its_step_is_done_for_all_its_children(self, world: World) -> None:
        world.ask("P2", "warning")
        world.run()
        world.type(KEY, approve="Yes", sent=MON)
        world.run()
        assert [world.outcomes()[one].checklist for one in ("P1", "P2")] == [(), ()]

    def test_marks_that_change_after_it_went_are_noted_and_it_stays(self, sent: World) -> None:
        sent.figures["P1"] = (143, 153)
        del sent.asked["P1", "warning"]
        sent.run()
        said = "Sent on 5 Jan 2026. Marks changed after it went: 92.8% then, 93.5% for the same days now."
        assert status(sent) == said
        sent.figures["P1"] = (142, 153)
        sent.run()
        assert status(sent) == "Sent on 5 Jan 2026."

    def test_nobody_gets_it_twice_because_a_mark_moved_the_day(self, sent: World) -> None:
        sent.ask("P1", "warning", since=MON - timedelta(days=3))
        assert sent.run() == []

    def test_a_new_beginning_after_it_went_asks_for_another(self, sent: World) -> None:
        sent.today = TUE
        sent.ask("P1", "warning", since=TUE)
        assert kinds(sent.run()) == [(PROPOSED, "P1|warning|2026-01-13")]

    def test_one_that_was_withdrawn_and_had_gone_after_all_counts_as_sent(self, world: World) -> None:
        world.type(KEY, approve="Yes")
        world.run()
        world.figures["P1"] = (143, 153)
        world.run()
        world.type(KEY, sent=MON)
        world.run()
        assert [(one.sent, one.withdrawn) for one in world.letters.values()] == [(MON, None), (None, MON)]
        assert world.open() == []

    def test_one_that_went_without_an_approval_here_counts_as_sent(self, world: World) -> None:
        world.type(KEY, sent=MON)
        world.run()
        assert (status(world), world.outcomes()["P1"].checklist) == ("Sent on 5 Jan 2026.", ())

    def test_a_day_that_is_still_to_come_does_not_count(self, world: World) -> None:
        world.type(KEY, sent=TUE)
        assert world.run() == []
        assert status(world).startswith("Sent on is 6 Jan 2026, which is still to come")

    def test_emptying_the_day_takes_it_back(self, sent: World) -> None:
        sent.type(KEY, sent=None)
        sent.run()
        assert sent.letters[KEY].sent is None
        assert sent.outcomes()["P1"].checklist != ()


class TestWhoGetsIt:
    def test_children_of_whom_other_people_get_letters_never_share_one(self, world: World) -> None:
        world.apart = True
        world.ask("P2", "warning")
        world.run()
        assert [one.pupil_ids for one in world.letters.values()] == [("P1",), ("P2",)]

    def test_one_that_they_share_is_parted_when_that_changes(self, world: World) -> None:
        world.ask("P2", "warning")
        world.run()
        world.apart = True
        world.run()
        assert [one.pupil_ids for one in world.letters.values()] == [("P1",), ("P2",)]

    def test_an_approved_one_is_taken_back_when_somebody_gets_no_letters_any_more(self, world: World) -> None:
        world.carers = ("Mrs A Example", "Mr B Example")
        world.type(KEY, approve="Yes")
        world.run()
        world.carers = ("Mrs A Example",)
        world.run()
        assert status(world).endswith(
            "Somebody to whom it was addressed gets no letters about these children any more."
        )
        world.type("P1|warning~2|2026-01-12", approve="Yes")
        world.run()
        world.carers = ("Mrs A Example", "Mr C Example")
        assert world.run() == []


class TestAdapted:
    def test_a_family_on_the_adapted_route_gets_the_adapted_letter(self, world: World) -> None:
        world.adapted.add("P2")  # a brother is enough: the letter is for the family
        world.type(KEY, approve="Yes")
        world.run()
        approval = world.letters[KEY].approval
        assert approval is not None
        assert (approval.template, approval.adapted) == ("adapted-concern", "Long illness")

    def test_where_the_policy_has_none_it_cannot_be_approved(self) -> None:
        world = World()
        world.adapted.add("P1")
        world.ask("P1", "notice")
        world.run()
        key = "P1|notice|2026-01-12"
        world.type(key, approve="Yes")
        assert world.run() == []
        assert status(world, key) == (
            "Not to be sent as it is: this family is on the adapted route (until 1 Jul 2026). Write in your own words, "
            "or ring."
        )

    def test_a_decision_that_ends_changes_nothing_that_is_frozen(self, world: World) -> None:
        world.adapted.add("P1")
        world.type(KEY, approve="Yes")
        world.run()
        world.adapted.clear()
        assert world.run() == []

    def test_one_that_begins_takes_back_the_plain_letter_that_has_not_gone(self, world: World) -> None:
        world.type(KEY, approve="Yes")
        world.run()
        world.adapted.add("P1")
        world.run()
        assert status(world).endswith("The family is on the adapted route now.")


days = st.integers(0, 6).map(lambda n: MON + timedelta(days=n))
pupils, actions = st.sampled_from(["P1", "P2", "P3"]), st.sampled_from(["warning", "notice", "figure"])


class LettersOnAnySchoolDays(RuleBasedStateMachine):
    """Anything may happen between runs; every run keeps its promises."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(figures=dict.fromkeys(("P1", "P2", "P3"), (142, 153)))

    @rule(pupil=pupils, action=actions, since=days, length=st.integers(1, 5))
    def asked_for(self, pupil: str, action: str, since: date, length: int) -> None:
        self.world.ask(pupil, action, since=since, due=since + timedelta(days=length))

    @rule(pupil=pupils, action=actions)
    def no_longer(self, pupil: str, action: str) -> None:
        self.world.asked.pop((pupil, action), None)

    @rule(pupil=pupils, attended=st.integers(140, 144))
    def marks_change(self, pupil: str, attended: int) -> None:
        self.world.figures[pupil] = (attended, 153)

    @rule(step=st.tuples(pupils, actions), what=st.sampled_from(["waits", "first", "risen", "neither"]))
    def comes_first(self, step: tuple[str, str], what: str) -> None:
        self.world.waits.discard(step)
        self.world.first.pop(step, None)
        if what == "waits":
            self.world.waits.add(step)
        elif what == "first":
            self.world.first[step] = "Talk to the family"
        elif what == "risen":
            self.world.first[step] = NEXT_REVIEW

    @rule(pupil=pupils, kind=st.sampled_from([HOLD, OVERRIDE, ""]))
    def decided(self, pupil: str, kind: str) -> None:
        self.world.decided.pop(pupil, None)
        if kind:
            self.world.decided[pupil] = Decision(pupil, kind, MON, date(2026, 7, 1), "Talked about", "Head")

    @rule(pupil=pupils, adapted=st.booleans())
    def route(self, pupil: str, adapted: bool) -> None:  # noqa: FBT001 - drawn
        (self.world.adapted.add if adapted else self.world.adapted.discard)(pupil)

    @rule(
        at=st.integers(0, 9),
        said=st.sampled_from(["Yes", "Not yet", "Not needed", None, "ask Jo"]),
        sent=st.none() | days,
    )
    def typed(self, at: int, said: str | None, sent: date | None) -> None:
        keys = [*self.world.letters]
        if keys:
            self.world.type(keys[at % len(keys)], approve=said, sent=sent)

    @rule(pupil=pupils, action=actions, since=days)
    def asked_for_and_approved(self, pupil: str, action: str, since: date) -> None:
        self.world.ask(pupil, action, since=since)
        self.morning()
        for letter in self.world.open():
            if pupil in letter.pupil_ids and not self.world.typed.get(letter.key):
                self.world.type(letter.key, approve="Yes")
        self.morning()

    @rule(at=st.integers(0, 9))
    def ticked(self, at: int) -> None:
        steps = [(*step, due) for step, (_since, due) in self.world.asked.items()]
        if steps:
            self.world.ticked.add(steps[at % len(steps)])

    @precondition(lambda self: len(self.world.letters) > 2)
    @rule()
    def other_people_get_letters(self) -> None:
        self.world.apart = True

    @rule(carers=st.sampled_from([(), ("Mrs A",), ("Mrs A", "Mr B")]))
    def carers_change(self, carers: tuple[str, ...]) -> None:
        self.world.carers = carers

    @rule()
    def a_day_passes(self) -> None:
        self.world.today += timedelta(days=1)

    @rule(pupil=pupils)
    def leaves_or_comes_back(self, pupil: str) -> None:
        self.world.left ^= {pupil}

    @rule()
    def morning(self) -> None:
        world = self.world
        before = {key: one.approval for key, one in world.letters.items() if one.approval}
        events = world.run()
        anew = {one.key for one in events if one.kind == APPROVED}
        for key, approval in before.items():
            assert world.letters[key].approval in (approval, None) or key in anew
        assert world.run() == [], "a second run of the same morning does nothing"
        self._promises()

    def _promises(self) -> None:
        world = self.world
        now = world.situation()
        for letter in world.letters.values():
            row = world.typed.get(letter.key, {})
            assert letter.sent == went(world, letter)
            assert letter.sent is None or letter.withdrawn is None
            assert letter.withdrawn is None or letter.reason
            template = next(one.template for one in world.policy.letters if one.id == letter.letter)
            assert template in SHARED or len(letter.pupil_ids) == 1
            if letter.is_open and letter.approval:
                assert answer(row) == YES
                assert letter.approval.figures == {one: world.figures[one] for one in letter.approval.figures}
                assert {*letter.approval.fields["carers"]} <= {*world.carers}
                assert letter.approval.adapted or not now.route(letter.letter, letter.pupil_ids)
                asked = [now.is_asked(letter, child) for child in letter.children]
                assert not any(one.is_risen for one in asked if one), "it waits for the review"
                assert not any(world.decided[one].kind == HOLD for one in letter.pupil_ids if one in world.decided)
        held = [
            (child.pupil_id, child.action)
            for letter in world.letters.values()
            if letter.is_open and answer_of(world, letter) != NO
            for child in letter.children
            if now.is_asked(letter, child)
        ]
        assert len(held) == len(set(held)), "nobody is in two letters about one thing"
        due = {step for step, one in now.asked.items() if not one.until}
        assert due <= set(held), "everything that is asked for is in a letter"
        recalled = {event.key for event, _day in world.history if event.kind == RECALLED}  # it keeps its own row
        undecided = [
            (letter.letter, now.family(letter.letter, letter.children[0].pupil_id))
            for letter in world.letters.values()
            if letter.is_open and letter.approval is None and not answer_of(world, letter) and not now.is_ticked(letter)
            if letter.key not in recalled
        ]
        assert world.apart or len(undecided) == len(set(undecided)), "a family has one letter of a kind to approve"

    @invariant()
    def the_history_tells_it(self) -> None:
        assert {event.key for event, _day in self.world.history} == {*self.world.letters}
        proposed = [event.key for event, _day in self.world.history if event.kind == PROPOSED]
        assert len(proposed) == len(set(proposed))


TestLettersOnAnySchoolDays = LettersOnAnySchoolDays.TestCase
TestLettersOnAnySchoolDays.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
