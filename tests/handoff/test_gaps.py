"""From questions that the bot failed to entries that answer them: whole stories."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import get_ident
from typing import Any

import pytest

from bot.clock import DAY_MS, MINUTE_MS
from bot.errors import NotFound
from faq.announcement import Announcement
from faq.entry import Entry
from faq.evaluate import Question
from faq.knowledge import Knowledge, build_knowledge
from handoff import gap_rows
from handoff.access import Agent, Role
from handoff.doors import Doors
from handoff.errors import NotAllowed
from handoff.gap_gathering import Gathering, read_harvest, write_harvest
from handoff.gap_values import AlreadyDecided, GapState, NothingChosen, TooManyVariants
from handoff.gaps import Gaps
from handoff.keeping_values import Draft, Edit, EditKind, Prefill
from handoff.labels import list_labels
from handoff.picks import Picks
from tests.handoff.gap_world import ENTRIES, GapWorld
from tests.handoff.people_world import SETTINGS, World


@dataclass
class FakeEditor:
    """Drafts as the knowledge page keeps them, published at once."""

    town: GapWorld
    drafts: list[tuple[str, EditKind, Any]] = field(default_factory=list)
    broken: bool = False

    async def prefill(
        self, agent: Agent, question: str, variants: Sequence[str] = (), answer: str = ""
    ) -> Prefill:
        values = {"question": question, "variants": list(variants), "answer": answer}
        return Prefill(entry_id="new-entry", file="new.yaml", values=values)

    async def save_draft(self, agent: Agent, edit: Edit, *, seen: int) -> Draft:
        return self._keep(agent, edit.entry_id, edit.kind, edit.values)

    async def add_variants(self, agent: Agent, entry_id: str, texts: Sequence[str]) -> Draft:
        if self.broken:
            raise OSError
        return self._keep(agent, entry_id, EditKind.EDIT, list(texts))

    def _keep(self, agent: Agent, entry_id: str, kind: EditKind, value: Any) -> Draft:
        self.drafts.append((entry_id, kind, value))
        return Draft(
            entry_id=entry_id,
            kind=kind,
            file="a.yaml",
            base_text="",
            text="",
            values=None,
            version=1,
            author_id=agent.id,
            author_name=agent.name,
            updated_at=0,
        )


@dataclass
class House:
    """A town with gaps."""

    town: GapWorld

    def __post_init__(self) -> None:
        self.editor = FakeEditor(self.town)
        self.open()

    def open(self) -> None:
        """A server starts."""
        store, clock = self.town.world.store, self.town.world.clock
        hours = Doors(SETTINGS).of_team(None)
        self.gathering = Gathering(store, self._knowledge, hours, clock)
        parts = (store, self._knowledge, self.gathering, self.editor, clock)
        self.gaps, self.picks = Gaps(*parts), Picks(*parts)

    def _knowledge(self) -> Knowledge:
        return self.town.knowledge

    def publish(self, *entries: Entry) -> None:
        self.town.knowledge = build_knowledge(entries, ())

    async def listed(self, agent: Agent, **wanted: Any) -> list[tuple[str, int, int]]:
        """Text, conversations and phrasings of each group."""
        page = await self.gaps.get_page(agent, **wanted)
        return [(one.text, one.conversations, one.phrasings) for one in page.gaps]

    async def first(self, agent: Agent) -> int:
        return (await self.gaps.get_page(agent)).gaps[0].mark.id


@pytest.fixture
async def house(world: World) -> House:
    return House(GapWorld(world))


@pytest.fixture
async def admin(world: World) -> Agent:
    return await world.agent("管理", Role.ADMIN)


WRAPPING = ("ギフト包装はできますか", "プレゼント用のギフト包装", "ギフト包装をお願いしたい")


async def test_an_answer_that_an_announcement_pauses_is_no_gap(house: House, admin: Agent):
    snow = Announcement(id="snow", text="大雪で遅れています。", pause=("refund-when",))
    house.town.knowledge = build_knowledge(ENTRIES, (), announcements=[snow])
    await house.town.say("A", "返金はいつ入りますか？")
    assert "大雪" in (await house.town.heard("A"))[-2][1]
    assert await house.listed(admin) == []


async def test_from_a_question_nobody_answered_to_one_that_the_bot_answers(
    house: House, admin: Agent
):
    town, sato = house.town, await house.town.world.agent("佐藤")
    await town.say("A", *WRAPPING[:2])
    await town.tap("A", "human")
    await town.handle(sato, "A", "ギフト包装は330円で承っております。", minutes=12)
    await town.say("B", WRAPPING[2])

    page = await house.gaps.get_page(admin)
    (gap,) = page.gaps
    assert (gap.conversations, gap.phrasings, gap.mark.state) == (2, 3, GapState.OPEN)
    assert (gap.cost.monthly, gap.cost.share, gap.cost.handling_ms) == (2.0, 0.5, 12 * MINUTE_MS)
    assert gap.cost.cost_ms == page.cost_ms == 12 * MINUTE_MS

    view = await house.gaps.get_gap(admin, gap.mark.id)
    assert sorted(one.text for one in view.phrasings) == sorted(WRAPPING)
    assert view.reply == "ギフト包装は330円で承っております。"

    draft = await house.gaps.add_variants(
        admin, gap.mark.id, "shipping-fee", [one.question_id for one in view.phrasings]
    )
    ((entry_id, kind, texts),) = house.editor.drafts
    assert (draft.entry_id, entry_id, kind) == ("shipping-fee", "shipping-fee", EditKind.EDIT)
    assert sorted(texts) == sorted(WRAPPING)
    assert await house.listed(admin) == []
    assert await house.listed(admin, decided=True) == [(gap.text, 2, 3)]

    house.publish(*ENTRIES[:2], replace(ENTRIES[2], variants=WRAPPING), ENTRIES[3])
    await town.say("C", WRAPPING[0])
    assert (await town.heard("C"))[1] == ("bot", "全国一律500円です。")
    assert await house.listed(admin) == []
    assert await house.listed(admin, decided=True) == [(gap.text, 2, 3)]
    labels = await town.world.store.read(list_labels, 0)
    assert {one.expect for one in labels} == {("shipping-fee",)}
    assert sorted(one.text for one in labels) == sorted(WRAPPING)


async def test_a_new_entry_begins_with_the_phrasings_and_what_the_agent_said(
    house: House, admin: Agent
):
    town, sato = house.town, await house.town.world.agent("佐藤")
    await town.say("A", *WRAPPING[:2])
    await town.tap("A", "human")
    await town.handle(sato, "A", "ギフト包装は330円で承っております。")
    await house.gaps.begin_entry(admin, await house.first(admin))
    ((entry_id, kind, values),) = house.editor.drafts
    assert (entry_id, kind) == ("new-entry", EditKind.NEW)
    assert values["answer"] == "ギフト包装は330円で承っております。"
    assert sorted([values["question"], *values["variants"]]) == sorted(WRAPPING[:2])
    (gap,) = (await house.gaps.get_page(admin, decided=True)).gaps
    assert (gap.mark.state, gap.mark.entry_id) == (GapState.ENTRY, "new-entry")


async def test_what_is_turned_down_or_handed_over_is_a_gap_too(house: House, admin: Agent):
    town = house.town
    await town.say("A", "返品期限は？")
    await town.tap("A", "unsolved")
    await town.say("B", "返金の時期")
    await town.tap("B", "human")
    await town.say("C", "返したいのですがいつ")
    await town.tap("C", "none")
    await house.gathering.run()
    rows = await town.world.rows("SELECT text, why, handed FROM gap_question ORDER BY id")
    assert rows == [
        {"text": "返品期限は？", "why": "rejected", "handed": 0},
        {"text": "返金の時期", "why": "escalated", "handed": 1},
        {"text": "返したいのですがいつ", "why": "rejected", "handed": 0},
    ]


async def test_who_calls_for_a_person_at_once_is_a_gap_by_what_they_then_write(
    house: House, admin: Agent
):
    town = house.town
    await town.say("A", "担当者", "注文した皿が割れて届きました")
    assert await house.listed(admin) == [("注文した皿が割れて届きました", 1, 1)]


@pytest.mark.parametrize(
    "story",
    [
        [("say", "返品期限は？"), ("tap", "solved")],
        [("say", "返品期限は？"), ("say", "ありがとうございました")],
        # the entry hands over by itself: that is how it was written
        [("say", "届いた商品が壊れていました")],
        [("say", "こんにちは")],
        [("say", "担当者")],
        [("say", "ふざけるな、責任者を出せ")],
        # no answer at first, found at last
        [("say", "返したいのですがいつ"), ("tap", "entry:return-deadline"), ("tap", "solved")],
    ],
)
async def test_what_the_knowledge_did_not_fail_is_no_gap(
    house: House, admin: Agent, story: list[tuple[str, str]]
):
    for act, what in story:
        await getattr(house.town, act)("A", what)
    assert await house.listed(admin) == []


async def test_the_form_and_telephone_numbers_are_no_gaps(house: House, admin: Agent):
    town = house.town
    await town.say("A", "ギフト包装はできますか 電話 090-1234-5678")
    await town.tap("A", "human")
    await town.tap("A", "callback")
    await town.say("A", "090-1234-5678")
    assert await house.listed(admin) == [("ギフト包装はできますか 電話 ***-****-5678", 1, 1)]


async def test_offers_that_nobody_picks_are_no_answer(house: House, admin: Agent):
    town = house.town
    await town.say("A", "返したいのですがいつ")
    assert await house.listed(admin) == [("返したいのですがいつ", 1, 1)]
    await town.tap("A", "entry:return-deadline")
    assert await house.listed(admin) == []
    await town.tap("A", "human")
    assert await house.listed(admin) == [("返したいのですがいつ", 1, 1)]


async def test_a_stop_before_the_grouping_loses_nothing(house: House, admin: Agent):
    await house.town.say("A", WRAPPING[0])
    store = house.town.world.store
    harvest = await store.read(read_harvest)
    assert harvest is not None
    await store.write(write_harvest, harvest)
    # somebody else read the same at the same time
    await store.write(write_harvest, harvest)
    house.open()
    assert await house.listed(admin) == [(WRAPPING[0], 1, 1)]


async def test_an_entry_that_was_renamed_while_it_was_written_is_found(house: House, admin: Agent):
    town = house.town
    await town.say("A", WRAPPING[0])
    await house.gaps.begin_entry(admin, await house.first(admin))
    assert await town.world.store.read(list_labels, 0) == ()
    house.publish(replace(ENTRIES[2], id="gifts", question=WRAPPING[0]))
    (gap,) = (await house.gaps.get_page(admin, decided=True)).gaps
    assert (gap.mark.entry_id, gap.mark.served_at) == ("gifts", town.world.clock())
    assert await town.world.store.read(list_labels, 0) == (
        Question(text=WRAPPING[0], expect=("gifts",)),
    )


async def test_groups_keep_their_identity_over_gatherings_and_restarts(house: House, admin: Agent):
    town = house.town
    await town.say("A", WRAPPING[0])
    before = await house.first(admin)
    house.open()
    await town.say("B", WRAPPING[1])
    await town.say("C", "駐車場はありますか")
    assert await house.listed(admin) == [(WRAPPING[1], 2, 2), ("駐車場はありますか", 1, 1)]
    assert await house.first(admin) == before
    assert await house.gathering.run() == 0


async def test_two_gatherings_at_once_keep_each_question_once(house: House, admin: Agent):
    for name in "ABCDE":
        await house.town.say(name, WRAPPING[0])
    other = House(house.town)
    await asyncio.gather(house.gathering.run(), other.gathering.run())
    assert await house.listed(admin) == [(WRAPPING[0], 5, 1)]


async def test_what_was_taken_back_is_gone_at_once(house: House, admin: Agent):
    town = house.town
    await town.say("A", WRAPPING[0])
    key = await town.say("B", WRAPPING[1])
    await house.gathering.run()
    await town.unsend("B", key)
    assert await town.world.rows("SELECT text FROM gap_question") == [{"text": WRAPPING[0]}]
    key = await town.say("C", "駐車場はありますか")
    await town.unsend("C", key)
    assert await house.listed(admin) == [(WRAPPING[0], 1, 1)]


async def test_what_an_erased_customer_asked_is_gone(house: House, admin: Agent):
    town = house.town
    await town.say("A", WRAPPING[0])
    await town.say("B", "駐車場はありますか")
    await house.gathering.run()
    rows = await town.world.rows("SELECT id FROM customer WHERE external_id = 'A'")
    erased = "UPDATE customer SET erased_at = :now WHERE id = :id"
    await town.world.run(erased, id=rows[0]["id"], now=town.world.clock.now)
    assert await house.listed(admin) == [("駐車場はありますか", 1, 1)]
    assert len(await town.world.rows("SELECT id FROM gap_question")) == 1
    assert await town.world.store.write(gap_rows.forget_customer, rows[0]["id"] + 1) == 1
    assert await town.world.rows("SELECT id FROM gap") == []


async def test_undecided_gaps_outlive_their_conversations(house: House, admin: Agent):
    town = house.town
    await town.say("A", WRAPPING[0])
    await house.gathering.run()
    for table in ("outbox", "message", "conversation"):
        await town.world.run(f"DELETE FROM {table}")
    town.world.clock.forward(ms=400 * DAY_MS)
    assert await house.listed(admin) == [(WRAPPING[0], 1, 1)]
    view = await house.gaps.get_gap(admin, await house.first(admin))
    assert [one.conversation_id for one in view.questions] == [None]
    await town.say("B", WRAPPING[1])
    assert await house.listed(admin) == [(WRAPPING[1], 2, 2)]


async def test_of_two_admins_one_decides(house: House, admin: Agent):
    other = await house.town.world.agent("もう一人", Role.ADMIN)
    await house.town.say("A", WRAPPING[0])
    gap_id = await house.first(admin)
    found = await asyncio.gather(
        house.gaps.put_out(admin, gap_id, "扱っていません"),
        house.gaps.put_out(other, gap_id, "対象外です"),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in found) == ["AlreadyDecided", "NoneType"]
    with pytest.raises(AlreadyDecided):
        await house.gaps.begin_entry(other, gap_id)
    assert house.editor.drafts == []


async def test_out_of_scope_stays_decided_and_can_be_taken_back(house: House, admin: Agent):
    town = house.town
    await town.say("A", WRAPPING[0])
    gap_id = await house.first(admin)
    await house.gaps.put_out(admin, gap_id, " 扱っていません ")
    for name in "BCDE":
        await town.say(name, WRAPPING[0])
    assert await house.listed(admin) == []
    (gap,) = (await house.gaps.get_page(admin, decided=True)).gaps
    assert (gap.conversations, gap.mark.reason, gap.mark.decided_by) == (
        5,
        "扱っていません",
        "管理",
    )
    assert await town.world.store.read(list_labels, 0) == (Question(text=WRAPPING[0], expect=()),)
    await house.gaps.undo(admin, gap_id)
    assert await house.listed(admin) == [(WRAPPING[0], 5, 1)]
    assert await town.world.store.read(list_labels, 0) == ()
    with pytest.raises(NotFound):
        await house.gaps.undo(admin, gap_id)


async def test_a_served_answer_that_does_not_help_opens_the_gap_again(house: House, admin: Agent):
    town = house.town
    await town.say("A", WRAPPING[0])
    gap_id = await house.first(admin)
    (question,) = (await house.gaps.get_gap(admin, gap_id)).questions
    await house.gaps.add_variants(admin, gap_id, "shipping-fee", [question.id])
    for name in "BCD":
        await town.say(name, WRAPPING[0])
    # only a draft so far: that they go on asking says nothing
    assert await house.listed(admin) == []
    house.publish(replace(ENTRIES[2], variants=(WRAPPING[0],)))
    await house.gathering.run()
    for name, still in (("E", []), ("F", []), ("G", [(WRAPPING[0], 7, 1)])):
        await town.say(name, WRAPPING[0])
        await town.tap(name, "unsolved")
        assert await house.listed(admin) == still
    (gap,) = (await house.gaps.get_page(admin)).gaps
    assert (gap.mark.id, gap.mark.reopened_at is not None) == (gap_id, True)


async def test_a_question_can_be_parted_and_groups_merged(house: House, admin: Agent):
    town = house.town
    await town.say("A", WRAPPING[0])
    await town.say("B", WRAPPING[1])
    gap_id = await house.first(admin)
    view = await house.gaps.get_gap(admin, gap_id)
    parted = await house.gaps.part(admin, view.questions[0].id)
    assert await house.listed(admin) == [(WRAPPING[0], 1, 1), (WRAPPING[1], 1, 1)]
    # it stays parted
    await town.say("C", "駐車場はありますか")
    assert len(await house.listed(admin)) == 3
    await house.gaps.merge(admin, parted, gap_id)
    assert (await house.listed(admin))[0] == (WRAPPING[1], 2, 2)
    for wrong in ((gap_id, gap_id), (gap_id, 999)):
        with pytest.raises(NotFound):
            await house.gaps.merge(admin, *wrong)


async def test_a_draft_that_cannot_be_written_decides_nothing(house: House, admin: Agent):
    await house.town.say("A", WRAPPING[0])
    gap_id = await house.first(admin)
    (question,) = (await house.gaps.get_gap(admin, gap_id)).questions
    house.editor.broken = True
    with pytest.raises(OSError):  # noqa: PT011 - the fake has nothing to say
        await house.gaps.add_variants(admin, gap_id, "shipping-fee", [question.id])
    assert await house.listed(admin) == [(WRAPPING[0], 1, 1)]


async def test_an_entry_keeps_thirty_variants_at_most(house: House, admin: Agent):
    house.publish(replace(ENTRIES[2], variants=tuple(f"送料{n}" for n in range(30))))
    await house.town.say("A", WRAPPING[0])
    gap_id = await house.first(admin)
    (question,) = (await house.gaps.get_gap(admin, gap_id)).questions
    with pytest.raises(TooManyVariants):
        await house.gaps.add_variants(admin, gap_id, "shipping-fee", [question.id])
    with pytest.raises(NotFound):
        await house.gaps.add_variants(admin, gap_id, "gone", [question.id])
    with pytest.raises(NothingChosen):
        await house.gaps.add_variants(admin, gap_id, "shipping-fee", [])


async def test_taps_become_variants_once_reviewed(house: House, admin: Agent):
    town, unclear = house.town, "返したいのですがいつ"
    for name in "AB":
        await town.say(name, unclear)
        await town.tap(name, "entry:return-deadline")
    await town.say("C", "返すのはいつ")
    await town.tap("C", "entry:return-deadline")

    async def shown(**wanted: str) -> list[tuple[str, list[str]]]:
        found = await house.picks.list_picks(admin, **wanted)
        return [(one.entry_id, [pick.text for pick in one.picks]) for one in found]

    assert await shown() == [("return-deadline", ["返すのはいつ", unclear])]
    (entry,) = await house.picks.list_picks(admin)
    wrong, right = entry.picks
    await house.picks.dismiss(admin, "return-deadline", [wrong.id])
    await house.picks.accept(admin, "return-deadline", [right.id])
    assert house.editor.drafts == [("return-deadline", EditKind.EDIT, [unclear])]
    assert (await shown(), await shown(state="added")) == ([], [("return-deadline", [unclear])])
    assert await town.world.store.read(list_labels, 0) == (
        Question(text=unclear, expect=("return-deadline",)),
    )
    with pytest.raises(NothingChosen):
        await house.picks.accept(admin, "return-deadline", [right.id])
    await house.picks.undo(admin, "return-deadline", [right.id], state="added")
    await house.picks.undo(admin, "return-deadline", [wrong.id], state="dismissed")
    assert await shown() == [("return-deadline", ["返すのはいつ", unclear])]
    # the entry knows it: there is nothing to propose
    house.publish(replace(ENTRIES[0], variants=(unclear,)))
    assert await shown() == [("return-deadline", ["返すのはいつ"])]


async def test_words_that_the_knowledge_lacks_are_proposed(house: House, admin: Agent):
    for name in "AB":
        await house.town.say(name, "ラッピングはできますか")
    await house.town.say("C", "領収書はありますか")
    await house.gathering.run()
    assert await house.gaps.list_words(admin) == [("ラッピング", 2)]


async def test_words_are_sought_beside_the_event_loop(
    house: House, admin: Agent, monkeypatch: pytest.MonkeyPatch
):
    threads = []

    def seek(_texts: Sequence[str], _known: str) -> list[tuple[str, int]]:
        threads.append(get_ident())
        return [("word", 2)]

    monkeypatch.setattr("handoff.gaps.unknown_words", seek)
    assert await house.gaps.list_words(admin) == [("word", 2)]
    assert get_ident() not in threads


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
async def test_only_admins_decide(house: House, world: World, role: Role):
    agent = await world.agent("誰か", role)
    await house.town.say("A", WRAPPING[0])
    gap_id = await house.first(agent)
    for refused in (
        house.gaps.put_out(agent, gap_id, "x"),
        house.gaps.add_variants(agent, gap_id, "shipping-fee", [1]),
        house.gaps.begin_entry(agent, gap_id),
        house.gaps.undo(agent, gap_id),
        house.gaps.part(agent, 1),
        house.gaps.merge(agent, gap_id, gap_id),
        house.picks.accept(agent, "shipping-fee", [1]),
        house.picks.dismiss(agent, "shipping-fee", [1]),
        house.picks.undo(agent, "shipping-fee", [1], state="added"),
    ):
        with pytest.raises(NotAllowed):
            await refused
    assert (await house.gaps.get_page(agent)).gaps[0].mark.state is GapState.OPEN


async def test_every_decision_is_audited(house: House, admin: Agent):
    await house.town.say("A", WRAPPING[0])
    gap_id = await house.first(admin)
    await house.gaps.put_out(admin, gap_id, "扱っていません")
    await house.gaps.undo(admin, gap_id)
    assert [action for _, action, _ in await house.town.world.audited()] == ["gap_out", "gap_undo"]
    rows = await house.town.world.rows("SELECT detail FROM audit_log")
    assert [row["detail"] for row in rows] == [
        f'{{"gap_id":{gap_id},"entry":null}}',
        f'{{"gap_id":{gap_id}}}',
    ]
