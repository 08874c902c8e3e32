"""What the desk shows: lists, search, one conversation with everything around it."""

from typing import Any

import pytest

from bot.errors import NotFound
from handoff import audit, callbacks, queries, view_queries
from handoff.access import Agent, Role
from handoff.errors import NotAllowed, NotOpen
from handoff.settling import CallOutcome
from handoff.viewing import Lines, Shelf, Wanted
from tests.handoff.people_world import MORNING, World, add_survey


async def lines(world: World, viewer: Agent, shelf: Shelf = Shelf.ALL, **wanted: Any) -> Lines:
    asked = Wanted(shelf=shelf, **wanted)
    return await world.store.read(queries.list_lines, asked, viewer_id=viewer.id)


async def ids(world: World, viewer: Agent, shelf: Shelf = Shelf.ALL, **wanted: Any) -> list[int]:
    return [line.id for line in (await lines(world, viewer, shelf, **wanted)).lines]


@pytest.fixture
async def sato(world: World) -> Agent:
    """Six conversations, one in each state; conversation 3 is Sato's and 4 Suzuki's."""
    sato, suzuki = await world.agent("佐藤"), await world.agent("鈴木")
    await world.open("ボットと話しています", name="一郎")
    await world.waiting("待っています", name="二郎")
    for agent, text in ((sato, "佐藤のお客様"), (suzuki, "鈴木のお客様")):
        one = await world.waiting(text, team="returns", name="三郎")
        await world.desk.claim(agent, one.id)
    resolved = await world.waiting("解決した件")
    await world.desk.claim(sato, resolved.id)
    await world.desk.resolve(sato, resolved.id)
    await world.open("終わった件: 100%_返金 Order ＡＢＣ", channel="line")
    await world.run("UPDATE conversation SET state = 'closed', closed_at = 1 WHERE id = 6")
    return sato


async def test_each_shelf_holds_its_own_and_counts_are_told(world: World, sato: Agent):
    await world.run("UPDATE conversation SET review = 1 WHERE id IN (5, 6)")
    found = {shelf: sorted(await ids(world, sato, shelf)) for shelf in Shelf}
    assert found == {
        Shelf.WAITING: [2],
        Shelf.MINE: [3],
        Shelf.ASSIGNED: [3, 4],
        Shelf.BOT: [1],
        Shelf.RESOLVED: [5],
        Shelf.CLOSED: [6],
        Shelf.OPEN: [1, 2, 3, 4, 5],
        Shelf.REVIEW: [5, 6],
        Shelf.TROUBLE: [],
        Shelf.ALL: [1, 2, 3, 4, 5, 6],
    }
    counts = (await lines(world, sato)).counts
    assert counts == {
        shelf: len(found[shelf]) for shelf in Shelf if shelf not in {Shelf.CLOSED, Shelf.ALL}
    }


async def test_lists_are_narrowed_by_team_and_agent(world: World, sato: Agent):
    assert sorted(await ids(world, sato, team="returns")) == [3, 4]
    assert sorted(await ids(world, sato, team="default")) == [1, 2, 5, 6]
    assert await ids(world, sato, team="returns", agent_id=sato.id) == [3]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("佐藤のお客", [3]),
        ("三郎", [3, 4]),
        ("M-7KQ2", [2]),
        ("お問い合わせ番号は m7kq2 です", [2]),
        ("100%", [6]),
        ("oRDER", [6]),
        ("ＡＢＣ", [6]),
        ("%_", [6]),
        ("_", [6]),
        ("\\", []),
        ("' OR 1=1 --", []),
        ("   ", [1, 2, 3, 4, 5, 6]),
        ("無い" * 500, []),
    ],
)
async def test_search_finds_words_names_and_references_as_typed(
    world: World, sato: Agent, typed: str, expected: list[int]
):
    assert sorted(await ids(world, sato, text=typed)) == expected


async def test_the_queue_is_read_from_its_front(world: World, sato: Agent):
    world.clock.forward(minutes=1)
    later = await world.waiting("あと")
    complaint = await world.waiting("苦情", urgent=True)
    assert await ids(world, sato, Shelf.WAITING) == [complaint.id, 2, later.id]


async def test_pages_follow_one_another_without_gap(world: World, sato: Agent):
    pages = [await lines(world, sato, page=page, page_size=4) for page in (0, 1, 2)]
    assert [[len(page.lines), page.more] for page in pages] == [[4, True], [2, False], [0, False]]
    shown = [line.id for page in pages for line in page.lines]
    assert sorted(shown) == [1, 2, 3, 4, 5, 6]


async def test_a_line_tells_what_the_list_needs(world: World, sato: Agent):
    [line] = (await lines(world, sato, Shelf.MINE)).lines
    assert (line.reference, line.customer_name, line.agent_name, line.team) == (
        "M-7KQ3",
        "三郎",
        "佐藤",
        "returns",
    )
    # what it is about, not what we said last
    assert (line.last_sender, line.last_text) == ("customer", "佐藤のお客様")
    assert (line.unanswered, line.unread) == (True, True)
    await world.desk.reply(sato, 3, text="はい", client_id="f1", seen_seq=2)
    [line] = (await lines(world, sato, Shelf.MINE)).lines
    assert (line.unanswered, line.unread, line.last_text) == (False, False, "佐藤のお客様")
    assert line == await world.store.read(queries.find_line, 3, viewer_id=sato.id)


async def test_a_line_shows_written_words_before_taps_and_taps_before_ours(world: World):
    one = await world.waiting("返品したいです")
    await world.bot_says(one.id, "お名前を教えてください。")
    await world.says(one.id, "スキップ")
    await world.run(
        """UPDATE message SET body = '{"choice":"skip"}' WHERE text = 'スキップ'""",
    )
    [line] = (await lines(world, await world.agent("佐藤"))).lines
    assert line.last_text == "返品したいです"
    await world.run("UPDATE message SET sender = 'system' WHERE text = '返品したいです'")
    [line] = (await lines(world, await world.agent("鈴木"))).lines
    assert line.last_text == "スキップ"
    await world.run(
        "UPDATE message SET sender = 'system' WHERE text = 'スキップ'",
    )
    await world.run("UPDATE conversation SET customer_seq = 0")
    [line] = (await lines(world, await world.agent("高橋"))).lines
    assert (line.last_sender, line.last_text) == ("system", "スキップ")


@pytest.mark.parametrize("more", [0, 30])
async def test_the_number_of_queries_does_not_grow_with_the_list(
    world: World, sato: Agent, more: int
):
    for _ in range(more):
        await world.waiting()
    count = 0

    def counted(tx: Any) -> None:
        class Counting:
            def one(self, sql: str, **values: Any) -> Any:
                nonlocal count
                count += 1
                return tx.one(sql, **values)

            def all(self, sql: str, **values: Any) -> Any:
                nonlocal count
                count += 1
                return tx.all(sql, **values)

        queries.list_lines(Counting(), Wanted(), viewer_id=sato.id)  # type: ignore[arg-type] - reads only

    await world.store.read(counted)
    assert count == 2


async def test_one_conversation_shows_what_the_bot_answered_and_what_was_withheld(world: World):
    agent = await world.agent("佐藤")
    asked = await world.open("返品したい", channel="line")
    await world.bot_says(
        asked.id,
        "8日以内でしたら返品できます。",
        entry_id="return-deadline",
        confidence=91.5,
        knowledge_version="v1",
        decision={"why": "variant"},
    )
    await world.run(
        "UPDATE conversation SET talk = :talk, form = :form",
        talk='{"rejected":["refund-when"]}',
        form='{"order":"A-1"}',
    )
    await world.escalate(asked.id)
    await world.desk.claim(agent, asked.id)
    await world.desk.note(agent, asked.id, text="常連の方", client_id="n1")

    view = await world.store.read(view_queries.get_view, asked.id)

    answer = view.messages[1]
    assert (answer.entry_id, answer.confidence, answer.knowledge_version, answer.decision) == (
        "return-deadline",
        91.5,
        "v1",
        {"why": "variant"},
    )
    assert [(said.sender, said.delivery) for said in view.messages] == [
        ("customer", ""),
        ("bot", "cancelled"),
        ("system", "pending"),
    ]
    assert (view.rejected, view.form) == (("refund-when",), {"order": "A-1"})
    assert [(note.agent_name, note.text, note.after_seq) for note in view.notes] == [
        ("佐藤", "常連の方", 3)
    ]
    assert [(held.agent_name, held.came, held.went) for held in view.held] == [
        ("佐藤", "claimed", None)
    ]
    assert (view.agent_name, view.position, view.more) == ("佐藤", 0, False)


async def test_older_messages_are_read_page_by_page_and_new_ones_behind_a_cursor(world: World):
    one = await world.open("1")
    for number in range(2, 8):
        await world.says(one.id, str(number))
    view = await world.store.read(view_queries.get_view, one.id, limit=3)
    older = await world.store.read(
        view_queries.list_messages, one.id, before_seq=view.messages[0].seq, limit=3
    )
    newer = await world.store.read(view_queries.list_messages, one.id, after_seq=5)
    assert view.more
    assert [[said.text for said in part] for part in (older, view.messages, newer)] == [
        ["2", "3", "4"],
        ["5", "6", "7"],
        ["6", "7"],
    ]


async def test_the_card_shows_earlier_conversations_on_every_channel(world: World):
    agent = await world.agent("佐藤")
    first = await world.waiting("最初の件", channel="line")
    await world.desk.claim(agent, first.id)
    await world.run("UPDATE conversation SET state = 'closed', agent_id = NULL, closed_at = 1")
    await world.store.write(add_survey, first.id, state="answered", score=2)
    again = await world.open_again(first.customer_id, "また同じ件", channel="line")
    web = await world.open("ウェブから")
    stranger = await world.open("別の人")
    for conversation_id in (again.id, web.id):
        await world.store.write(
            callbacks.book,
            conversation_id,
            phone="+819012345678",
            from_at=MORNING,
            until_at=MORNING + 1,
            now=MORNING,
        )

    view = await world.store.read(view_queries.get_view, again.id)

    earlier = {one.id: one for one in view.card.earlier}
    assert set(earlier) == {first.id, web.id}
    assert stranger.id not in earlier
    assert (earlier[first.id].score, earlier[first.id].agent_name) == (2, "佐藤")
    assert (earlier[first.id].first_text, earlier[first.id].by_phone) == ("最初の件", False)
    assert (earlier[web.id].channel, earlier[web.id].by_phone) == ("web", True)


async def test_a_conversation_that_is_not_there_is_not_found(world: World):
    with pytest.raises(NotFound):
        await world.store.read(view_queries.get_view, 1)


async def test_what_did_not_go_through_is_on_a_list_of_its_own(world: World):
    agent = await world.agent("佐藤")
    for state in ("failed", "in_doubt", "blocked_quota", "pending"):
        one = await world.open(channel="line")
        await world.bot_says(one.id, "返事")
        await world.run(
            "UPDATE outbox SET state = :state WHERE conversation_id = :id", state=state, id=one.id
        )
    troubles = await world.store.read(queries.list_troubles)
    assert [(one.conversation_id, one.state) for one in troubles] == [
        (3, "blocked_quota"),
        (2, "in_doubt"),
        (1, "failed"),
    ]
    assert sorted(await ids(world, agent, Shelf.TROUBLE)) == [1, 2, 3]
    assert (await lines(world, agent)).counts[Shelf.TROUBLE] == 3


async def book(world: World, conversation_id: int, from_at: int) -> int:
    return await world.store.write(
        callbacks.book,
        conversation_id,
        phone="+819012345678",
        from_at=from_at,
        until_at=from_at + 1,
        now=MORNING,
    )


async def test_callbacks_are_listed_by_time_found_by_reference_and_done_once(world: World):
    agent, colleague = await world.agent("佐藤"), await world.agent("鈴木")
    late = await book(world, (await world.waiting()).id, MORNING + 2)
    early = await book(world, (await world.waiting()).id, MORNING + 1)
    due = await world.store.read(callbacks.list_due)
    assert [one.id for one in due] == [early, late]
    found = await world.store.read(callbacks.find_by_reference, "m-7kqr の件")
    assert [one.id for one in found] == [late]

    await world.desk.callback_done(agent, early, outcome=CallOutcome.NO_ANSWER)
    for settle in (
        world.desk.callback_done(colleague, early, outcome=CallOutcome.REACHED),
        world.desk.callback_cancel(colleague, early),
    ):
        with pytest.raises(NotOpen):
            await settle
    world.clock.forward(minutes=1)
    await world.desk.callback_cancel(agent, late)

    assert await world.store.read(callbacks.list_due) == []
    settled = await world.store.read(callbacks.list_settled)
    assert [(one.id, one.state, one.done_by, one.outcome) for one in settled] == [
        (late, "cancelled", "佐藤", None),
        (early, "done", "佐藤", "no_answer"),
    ]


async def test_the_audit_log_is_read_from_its_end_and_by_conversation(world: World):
    boss = await world.agent("責任者", Role.SUPERVISOR)
    for _ in range(2):
        await world.desk.claim(boss, (await world.waiting()).id)
    newest = await world.store.read(audit.list_entries, limit=3)
    assert [(one.action, one.agent_name, one.reference) for one in newest] == [
        ("claim", "責任者", "M-7KQ2"),
        ("escalate", None, "M-7KQ2"),
        ("claim", "責任者", "M-7KQR"),
    ]
    older = await world.store.read(audit.list_entries, before_id=newest[-1].id)
    assert [one.action for one in older] == ["escalate"]
    wanted = audit.AuditWanted(conversation_id=1, agent_id=boss.id)
    own = await world.store.read(audit.list_entries, wanted)
    assert [one.action for one in own] == ["claim"]
    with pytest.raises(NotAllowed):
        await world.desk.review_done(await world.agent("佐藤"), 1)


async def test_a_conversation_is_found_by_its_reference_however_it_is_typed(
    world: World, sato: Agent
):
    typed = ("M-7KQ2", "ｍ－７ｋｑ２", "m 7kq2", "M-7KQ9", "二郎", "")
    found = [await world.store.read(queries.find_by_reference, text) for text in typed]
    assert found == [2, 2, 2, None, None, None]
    assert await world.store.read(callbacks.find_by_reference, "二郎") == []


async def test_a_callback_that_is_not_there_is_not_found(world: World):
    with pytest.raises(NotFound):
        await world.desk.callback_done(await world.agent("佐藤"), 1, outcome=CallOutcome.REACHED)


async def test_a_name_given_to_the_form_is_shown_where_the_account_has_none(world: World):
    sato = await world.agent("佐藤")
    one = await world.waiting("写真のことで")
    await world.run('UPDATE customer SET name = NULL, known = \'{"name":"山田"}\'')
    await world.store.write(
        callbacks.book, one.id, phone="+81901234567", from_at=1, until_at=2, now=1
    )
    [line] = (await lines(world, sato)).lines
    [call] = await world.store.read(callbacks.list_due)
    card = await world.store.read(view_queries.get_card, line.customer_id)
    assert [line.customer_name, call.customer_name, card.name] == ["山田"] * 3
    await world.run("UPDATE customer SET name = '山田花子'")
    [line] = (await lines(world, sato)).lines
    assert line.customer_name == "山田花子"
