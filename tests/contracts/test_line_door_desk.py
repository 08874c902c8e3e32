"""How LINE stands, as the desk sees it: banners, what is left, free replies, read marks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from bot.hints import DESK
from bot.standin.faults import ERROR_AFTER, ERROR_BEFORE, RATE_LIMIT
from bot.standin.platform import Platform
from bot.standin.values import Side
from bot.tokens import list_read
from handoff.access import Agent
from handoff.routine import count_pushes, mark_read
from tests.contracts.line_house import Clock, LineDoor, answered, open_door

FAILING = (
    "LINEに送信できない状態が続いています（10:00から）。"
    "送信はお預かりし、復旧しだい順番にお届けします。"
)
REFUSED = (
    "LINEにアクセストークンを受け付けてもらえず、送信できません（10:00から）。"
    "送信はお預かりしています。管理者は新しいチャネルアクセストークンを設定してください。"
)
FULL = (
    "今月の配信上限に達したため、お客様への送信を保留しています。上限の追加後、または翌月に"
    "順番にお届けします。お客様から届いた直後の返信は、これまでどおりお届けします。"
)
CARD = "4111111111111111"


class Staff:
    """Somebody logged in at the desk."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def look(self) -> Any:
        async with self.session.get("/desk/api/conversations?filter=all") as answer:
            return await answer.json()

    async def banners(self) -> list[tuple[str, str]]:
        return [(one["kind"], one["text"]) for one in (await self.look())["banners"]]

    async def page(self, path: str) -> str:
        async with self.session.get(path) as answer:
            return await answer.text()


@asynccontextmanager
async def at_desk(door: LineDoor) -> AsyncIterator[Staff]:
    base = URL(door.address).origin()
    jar = aiohttp.CookieJar(unsafe=True)
    session = aiohttp.ClientSession(base, cookie_jar=jar, headers={"Accept-Language": "ja"})
    async with session:
        form = {"login": "sato", "password": "seven green bicycles"}
        await session.post("/login", data=form, headers={"Origin": str(base)})
        yield Staff(session)


async def taken_over(door: LineDoor, who: str) -> tuple[Agent, int]:
    """The customer's conversation in an agent's hands, nothing owed any more."""
    agent = await door.agent()
    await door.ask(who, "担当者をお願いします")
    await door.settle()
    number = int((await door.conversation(who))["id"])
    await door.desk.claim(agent, number)
    await door.settle()
    return agent, number


async def reply(door: LineDoor, agent: Agent, number: int, text: str) -> None:
    (row,) = await door.rows("SELECT last_seq FROM conversation WHERE id = :id", id=number)
    key = text.encode().hex()[:60]
    await door.desk.reply(agent, number, text=text, client_id=key, seen_seq=row["last_seq"])
    await door.settle()


async def is_failing(door: LineDoor) -> bool:
    assert door.house.delivery is not None
    return door.house.delivery.health.failing_since is not None


# --- banners


async def test_while_line_fails_every_page_says_so_and_no_longer(door: LineDoor) -> None:
    hana, _ = door.customer(), await door.agent()
    now = door.clock()
    door.platform.faults.outage(from_at=now, until_at=now + 60_000, fault=RATE_LIMIT)
    async with at_desk(door) as staff:
        with door.house.hints.listen(DESK) as listener:
            await door.ask_price(hana, 0)
            assert await door.until(lambda: is_failing(door))
            assert await staff.banners() == []  # a hiccup is nobody's business
            await listener.next()
            door.clock.forward(seconds=6)
            door.wake()
            told = await heard(listener, "channel")
            assert (told, await staff.banners()) == (True, [("failing", FAILING)])
            assert FAILING in await staff.page("/callbacks")
            assert FAILING in await staff.page("/desk")
            assert "LINE cannot be reached (since 10:00)" in await staff.page("/results?lang=en")
            door.clock.forward(seconds=60)
            await door.settle()
            assert await heard(listener, "channel")
        assert await staff.banners() == []
        assert FAILING not in await staff.page("/callbacks?lang=ja")


async def heard(listener: Any, kind: str) -> bool:
    for _ in range(40):
        if any(hint.kind == kind for hint in await listener.next(timeout=0.2)):
            return True
    return False


async def test_a_failure_that_nothing_waits_for_any_more_is_not_told(door: LineDoor) -> None:
    """The bot's answer failed, and the agent who took over has said nothing yet."""
    hana, agent = door.customer(), await door.agent()
    now = door.clock()
    door.platform.faults.outage(from_at=now, until_at=now + 60_000, fault=RATE_LIMIT)
    await door.ask_price(hana, 0)
    assert await door.until(lambda: is_failing(door))
    await door.run("UPDATE outbox SET state = 'cancelled' WHERE state = 'pending'")
    door.clock.forward(seconds=10)

    async def works() -> bool:
        return not await is_failing(door)

    assert await door.until(works)
    assert agent.id


async def test_a_used_up_month_is_told_until_the_next_one(door: LineDoor) -> None:
    hana = door.customer()
    door.platform.quota.limit = 0
    await taken_over(door, hana)
    async with at_desk(door) as staff:
        assert await staff.banners() == [("quota", FULL)]
        assert (await staff.look())["pushes_left"] == 0
        door.platform.quota.limit = 1000
        door.clock.forward(minutes=11)

        async def is_free() -> bool:
            return await staff.banners() == []

        assert await door.until(is_free)
        await door.settle()
        assert (await staff.look())["pushes_left"] is None


async def test_a_refused_token_is_told_to_those_who_can_set_another(door: LineDoor) -> None:
    hana, _ = door.customer(), await door.agent()
    door.platform.revoke_token("line-token")
    await door.ask_price(hana, 0)
    assert await door.until(lambda: is_failing(door))
    door.clock.forward(seconds=6)
    async with at_desk(door) as staff:
        assert await staff.banners() == [("token", REFUSED)]
        door.platform.access_tokens.add("line-token")
        door.clock.forward(seconds=60)
        assert await door.seen_by(hana) == answered(0)
        assert await staff.banners() == []


async def test_a_token_from_a_file_is_read_again_when_it_is_refused(
    tmp_path: Path,
    empty_database: Path,
    line_platform: Platform,
    moving_clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "token"
    file.write_text("line-token\n")
    monkeypatch.setenv("MADOGUCHI_LINE__CHANNEL_ACCESS_TOKEN_FILE", str(file))
    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database
    ) as door:
        hana = door.customer()
        await door.ask_price(hana, 0)
        assert await door.seen_by(hana) == answered(0)
        # the operator has put the new one there before the old one was revoked
        file.write_text("fresh-token\n")
        line_platform.revoke_token("line-token")
        line_platform.access_tokens.add("fresh-token")
        await door.ask_price(hana, 1)
        assert await door.seen_by(hana) == answered(0, 1)
        assert not await is_failing(door)
        # and this time after it
        line_platform.revoke_token("fresh-token")
        line_platform.access_tokens.add("third-token")
        await door.ask_price(hana, 2)
        assert await door.until(lambda: is_failing(door))
        file.write_text("third-token")
        door.clock.forward(seconds=5)
        assert await door.seen_by(hana) == answered(0, 1, 2)
        # whoever asks questions has the new one too
        assert door.house.line is not None
        line_platform.quota.limit = 7
        line_platform.revoke_token("third-token")
        line_platform.access_tokens.add("last-token")
        file.write_text("last-token")
        assert await door.house.line.account.count_left() == 7
    assert line_platform.violations == []


async def test_a_bad_edit_of_the_knowledge_is_told_until_it_is_mended(
    door: LineDoor, tmp_path: Path
) -> None:
    await door.agent()
    file = tmp_path / "knowledge" / "prices.yaml"
    good = file.read_text(encoding="utf-8")
    async with at_desk(door) as staff:
        with door.house.hints.listen(DESK) as listener:
            file.write_text(good + "  - id: price-0\n    question: [\n", encoding="utf-8")
            assert await heard(listener, "knowledge")
            ((kind, told),) = await staff.banners()
            assert (kind, "直すところが1件あります（prices.yaml:" in told) == ("knowledge", True)
            file.write_text(good, encoding="utf-8")
            assert await heard(listener, "knowledge")
        assert await staff.banners() == []


# --- pushes that are left


async def test_below_the_floor_the_desk_says_how_many_are_left(
    tmp_path: Path, empty_database: Path, line_platform: Platform, moving_clock: Clock
) -> None:
    line_platform.quota.limit = 21
    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database
    ) as door:
        await count_pushes(door.house)
        hana = door.customer()
        agent, number = await taken_over(door, hana)
        async with at_desk(door) as staff:
            assert (await staff.look())["pushes_left"] is None
            await reply(door, agent, number, "はい。")
            assert (await staff.look())["pushes_left"] == 19
            async with staff.session.get(f"/desk/api/conversations/{number}") as answer:
                # that somebody answers now, and the answer
                assert (await answer.json())["conversation"]["pushes"] == 2
            # somebody else uses the account as well
            line_platform.quota.used = 18
            await count_pushes(door.house)
            assert (await staff.look())["pushes_left"] == 19
            door.clock.forward(minutes=10)
            await count_pushes(door.house)
            assert (await staff.look())["pushes_left"] == 3
        delivery = door.house.delivery
        assert delivery is not None
        assert not delivery.wants_count()
        delivery.health.pushes_since = 100
        assert delivery.wants_count()
    assert line_platform.violations == []


# --- free replies


async def test_an_agent_answers_a_fresh_message_for_free(door: LineDoor) -> None:
    hana = door.customer()
    agent, number = await taken_over(door, hana)
    await door.ask(hana, "届きません")
    door.clock.forward(seconds=40)
    await reply(door, agent, number, "お調べします。")
    await reply(door, agent, number, "明日届きます。")
    await door.ask(hana, "ありがとう")
    door.clock.forward(seconds=51)
    await reply(door, agent, number, "どういたしまして。")
    assert [route for _, route in await door.states()][-3:] == ["reply", "push", "push"]
    shown = ["お調べします。", "明日届きます。", "どういたしまして。"]
    assert (await door.seen_by(hana))[-3:] == shown
    row = await door.conversation(hana)
    assert (row["reply_token"], row["token_at"]) == (None, None)


async def test_a_free_reply_arrives_in_a_used_up_month(door: LineDoor) -> None:
    hana = door.customer()
    agent, number = await taken_over(door, hana)
    door.platform.quota.limit = door.platform.quota.used = 1
    await reply(door, agent, number, "ご用件をどうぞ。")
    await door.ask(hana, "届きません")
    await reply(door, agent, number, "お調べします。")
    assert (await door.states())[-2:] == [("blocked_quota", None), ("sent", "reply")]


async def test_a_lost_answer_to_a_free_reply_doubles_nothing(door: LineDoor) -> None:
    hana = door.customer()
    agent, number = await taken_over(door, hana)
    await door.ask(hana, "届きません")
    before = len(await door.seen_by(hana))
    door.platform.faults.script("reply", ERROR_AFTER)
    await reply(door, agent, number, "お調べします。")
    assert (await door.seen_by(hana))[before:] == ["お調べします。"]


async def test_the_notice_of_a_masked_number_uses_the_token_up(door: LineDoor) -> None:
    hana = door.customer()
    agent, number = await taken_over(door, hana)
    await door.ask(hana, f"カードは{CARD}です")
    await door.settle()
    await reply(door, agent, number, "承知しました。")
    assert [route for _, route in await door.states()][-2:] == ["reply", "push"]


# --- read marks


def unread(door: LineDoor, who: str) -> list[str]:
    lines = [line for line in door.platform.lines_of(who) if line.side is Side.CUSTOMER]
    return [line.message["text"] for line in lines if not line.read]


async def test_what_the_bot_answered_or_an_agent_saw_is_marked_as_read(door: LineDoor) -> None:
    hana = door.customer()
    await knows_itself(door)
    agent, number = await taken_over(door, hana)
    await mark_read(door.house)
    assert unread(door, hana) == []
    await door.ask(hana, "届きません")
    await door.ask(hana, "急いでいます")
    await mark_read(door.house)
    assert unread(door, hana) == ["届きません", "急いでいます"]
    row = await door.conversation(hana)
    await door.desk.mark_seen(agent, number, row["last_seq"] - 1)
    await mark_read(door.house)
    assert unread(door, hana) == ["届きません", "急いでいます"]
    await door.desk.mark_seen(agent, number, row["last_seq"])
    await mark_read(door.house)
    assert unread(door, hana) == []
    assert (await door.conversation(hana))["read_token"] is None


async def knows_itself(door: LineDoor) -> None:
    async def known() -> bool:
        return door.house.line is not None and door.house.line.account.known is not None

    assert await door.until(known)


async def test_a_read_mark_is_tried_once(door: LineDoor) -> None:
    hana = door.customer()
    await knows_itself(door)
    agent, number = await taken_over(door, hana)
    await mark_read(door.house)
    await door.ask(hana, "届きません")
    door.platform.faults.script("mark_as_read", ERROR_BEFORE)
    await door.desk.mark_seen(agent, number, (await door.conversation(hana))["last_seq"])
    await mark_read(door.house)
    await mark_read(door.house)
    assert unread(door, hana) == ["届きません"]
    assert len(door.platform.faults.drawn) == 1


async def test_an_account_that_marks_by_itself_is_left_alone(
    tmp_path: Path, empty_database: Path, line_platform: Platform, moving_clock: Clock
) -> None:
    line_platform.chat_mode = "bot"
    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database
    ) as door:
        await knows_itself(door)
        hana = door.customer()
        await door.ask_price(hana, 0)
        await door.settle()
        await mark_read(door.house)
        assert (await door.conversation(hana))["read_token"] is not None
    # a call would have been one
    assert line_platform.violations == []


async def test_whom_to_mark_and_what_to_remove_is_found_without_a_walk(door: LineDoor) -> None:
    erased = await door.rows(
        "EXPLAIN QUERY PLAN SELECT key FROM attachment"
        " WHERE state = 'erased' AND next_at IS NOT NULL LIMIT 500"
    )
    assert "ix_attachment_erased" in erased[0]["detail"]
    seen: list[str] = []

    class Watching:
        def all(self, sql: str, **values: Any) -> list[Any]:
            seen.append(sql)
            return []

    list_read(Watching(), limit=1)  # type: ignore[arg-type]  # it only reads
    plan = await door.rows("EXPLAIN QUERY PLAN " + seen[0], limit=1)
    assert "ix_conversation_unread" in plan[0]["detail"]


# --- what is stored


async def test_card_numbers_in_names_and_places_are_stored_nowhere(door: LineDoor) -> None:
    hana = door.customer()
    await door.send(door.events.file(hana, name=f"カード{CARD}.pdf"))
    await door.send(door.events.location(hana, title=CARD, address=f"東京都 {CARD}"))
    quoted = "500000000000000000"
    await door.send(door.events.text(hana, "これです", quotedMessageId=quoted))
    await door.settle()
    assert CARD not in door.stored_texts()
    (file,) = await door.rows("SELECT name FROM attachment")
    assert file == {"name": "カード************1111.pdf"}
    assert quoted in door.stored_texts()
    told = [text for text in await door.seen_by(hana) if "カード番号" in text]
    assert len(told) == 2
