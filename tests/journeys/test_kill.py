"""kill -9 between all steps of the story: it goes on as if nothing had been.

tests/crash kills under load and at every failpoint.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp.test_utils import TestServer

from bot.clock import now_ms
from bot.sqlite_store import SqliteStore
from bot.standin.platform import Platform
from bot.standin.sender import WebhookSender
from bot.standin.web import create_standin
from handoff.access import Role
from handoff.staff import add_agent
from tests.contracts.line_house import price, question, write_knowledge
from tests.journeys.kill_server import (
    PASSWORD,
    DeskPage,
    Phone,
    Server,
    Tab,
    until,
    without_reference,
)

RETURNS = """lang: ja
category: 返品
entries:
  - id: return-fee
    question: 返品の送料は誰が払いますか？
    variants: [返品の送料, 返品するときの送料]
    answer: 返品の送料は当店が払います。
  - id: return-limit
    question: 返品の期限はいつまでですか？
    variants: [返品の期限, 返品できる期限]
    answer: 返品の期限は8日です。
"""
PRICES = frozenset(price(number) for number in range(10))


@dataclass
class Scene:
    """Everybody who plays."""

    server: Server
    phone: Phone
    tab: Tab
    desk: DeskPage
    sender: WebhookSender
    client: aiohttp.ClientSession

    def conversation(self, channel: str) -> int:
        rows = self.server.rows(
            f"SELECT id FROM conversation WHERE channel = '{channel}' ORDER BY id DESC LIMIT 1"
        )
        return int(rows[0][0])

    def last_seq_of(self, number: int) -> int:
        rows = self.server.rows(f"SELECT last_seq FROM conversation WHERE id = {number}")
        return int(rows[0][0])

    @property
    def seen(self) -> tuple[list[str], list[tuple[str, str]]]:
        """What both customers have before them."""
        return (
            [without_reference(text) for text in self.phone.seen],
            [(sender, without_reference(text)) for sender, text in self.tab.seen],
        )


@asynccontextmanager
async def play(folder: Path, empty_database: Path) -> AsyncIterator[Scene]:
    """A folder with a database and an agent, a platform, and nobody served yet."""
    platform = Platform("line-secret", "line-token")
    folder.mkdir(parents=True)
    (folder / "data").mkdir()
    shutil.copy(empty_database, folder / "data" / "madoguchi.db")
    store = await SqliteStore.open(folder / "data" / "madoguchi.db")
    await add_agent(store, now_ms, login="sato", name="佐藤", role=Role.AGENT, password=PASSWORD)
    await store.close()
    knowledge = write_knowledge(folder / "knowledge")
    (knowledge / "returns.yaml").write_text(RETURNS, encoding="utf-8")
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(TestServer(create_standin(platform, phone=False)))
        server = Server(folder, platform, str(line.make_url("/")), knowledge)
        server.write_settings()
        assert await server.start()
        stack.push_async_callback(server.kill)
        jar = aiohttp.CookieJar(unsafe=True)
        client = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        sender = await stack.enter_async_context(WebhookSender(platform))
        hana = platform.add_customer("山田 花子").chat_id
        tab = await stack.enter_async_context(Tab(server, client))
        scene = Scene(server, Phone(server, sender, hana), tab, DeskPage(server, client), sender,
                      client)  # fmt: skip
        yield scene


Step = Callable[[Scene], Awaitable[object]]


def both(act: str, text: str) -> Step:
    """The same words or the same tap on the phone and in the browser."""

    async def step(scene: Scene) -> None:
        await getattr(scene.phone, act)(text)
        await getattr(scene.tab, act)(text)

    return step


def agent(act: str) -> Step:
    async def step(scene: Scene) -> None:
        for channel in ("line", "web"):
            body: dict[str, object] = {}
            if act == "reply":
                text = f"{channel}のお客様、お調べしました。"
                seen = scene.last_seq_of(scene.conversation(channel))
                body = {"text": text, "client_id": f"draft-{channel}", "seen_seq": seen}
            await scene.desk.act(scene.conversation(channel), act, **body)

    return step


STORY: tuple[Step, ...] = (
    both("say", question(0)),
    both("say", "返品について"),
    both("tap", "返品の期限"),
    both("say", "ほげほげふがふが"),
    both("say", "むにゃむにゃぽよぽよ"),
    both("tap", "担当者"),
    both("say", "山田花子です"),
    both("say", "A-1234"),
    lambda scene: scene.desk.log_in("sato"),
    agent("claim"),
    agent("reply"),
    both("say", "色は青がいいです"),
    agent("resolve"),
    both("tap", "5"),
    both("say", "とても親切な対応でした"),
)


async def _come_to_rest(scene: Scene) -> None:
    """Until nothing new has come for a while."""
    quiet = 0
    before = scene.seen
    while quiet < 5:
        await asyncio.sleep(0.1)
        quiet = quiet + 1 if scene.seen == before else 0
        before = scene.seen


async def test_the_story_is_the_same_with_a_kill_after_every_step(
    tmp_path: Path, empty_database: Path
):
    marks = []
    async with play(tmp_path / "calm", empty_database) as calm:
        for step in STORY:
            await step(calm)
            await _come_to_rest(calm)
            marks.append(tuple(len(part) for part in calm.seen))
        expected = calm.seen
        states = calm.server.rows("SELECT channel, state, closed_how FROM conversation")
    # the story went all the way
    assert set(states) == {("line", "closed", "survey"), ("web", "closed", "survey")}
    assert expected[0][-1].startswith("ご回答ありがとうございました。")

    async with play(tmp_path / "killed", empty_database) as scene:
        for number, step in enumerate(STORY):
            await step(scene)
            # the step is acknowledged, its answer perhaps not yet on its way
            await scene.server.kill_and_start()
            far = marks[number]
            came = await until(lambda far=far: tuple(map(len, scene.seen)) >= far, 60)
            assert came, (number, scene.seen)
        await _come_to_rest(scene)
        assert scene.seen[0] == expected[0]
        assert scene.seen[1] == expected[1]
        assert scene.tab.wrong == []
        assert [event["seq"] for event in scene.tab.events] == [*range(1, scene.tab.last + 1)]
        assert await scene.tab.load_afresh() == scene.tab.events
        assert scene.server.rows("SELECT channel, state, closed_how FROM conversation") == states
        surveys = "SELECT channel, score, comment FROM survey ORDER BY channel"
        assert scene.server.rows(surveys) == [
            ("line", 5, "とても親切な対応でした"),
            ("web", 5, "とても親切な対応でした"),
        ]
        forms = scene.server.rows("SELECT form FROM conversation ORDER BY id")
        assert forms == [('{"name":"山田花子です","order":"A-1234"}',)] * 2
        _assert_sound(scene.server)
        assert scene.server.platform.violations == []


def _assert_sound(server: Server) -> None:
    assert server.rows("PRAGMA integrity_check") == [("ok",)]
    assert server.rows("PRAGMA foreign_key_check") == []
    assert server.rows("SELECT id FROM outbox WHERE state NOT IN ('sent', 'cancelled')") == []
    assert server.rows("SELECT id FROM inbox WHERE state = 'parked'") == []
    orphans = (
        "SELECT id FROM conversation WHERE state NOT IN ('assigned', 'closed') AND due_at IS NULL"
    )
    assert server.rows(orphans) == []


async def _drain(server: Server, tabs: list[Tab]) -> None:
    """Until nothing is owed and every page has been told everything."""
    owed = "SELECT 1 FROM outbox WHERE state IN ('pending', 'sending') LIMIT 1"
    assert await until(lambda: not server.rows(owed), 30), "stuck"

    def all_told() -> bool:
        return all(tab.last == _newest(server, tab) for tab in tabs)

    assert await until(all_told, 20)


def _newest(server: Server, tab: Tab) -> int:
    """The newest seq of this visitor, from the database."""
    visitor = (tab.token or "").split(".")[1]
    rows = server.rows(f"SELECT last_seq FROM customer WHERE external_id = '{visitor}'")
    return int(rows[0][0]) if rows else -1


async def test_an_orderly_stop_finishes_its_work_and_a_second_server_is_refused(
    tmp_path: Path, empty_database: Path
):
    async with play(tmp_path / "stop", empty_database) as scene:
        second = Server(
            scene.server.folder, scene.server.platform, scene.server.line_base,
            scene.server.knowledge,
        )  # fmt: skip
        assert not await second.start()
        assert second.process is not None
        assert second.process.returncode == 2
        await both("say", question(0))(scene)
        assert scene.server.process is not None
        scene.server.process.terminate()
        async with asyncio.timeout(60):
            assert await scene.server.wait() == 0
        assert await scene.server.start()
        await both("say", question(1))(scene)
        await _drain(scene.server, [scene.tab])
        prices = [price(0), price(1)]
        assert [text for text in scene.seen[0] if text in PRICES] == prices
        assert [text for _, text in scene.seen[1] if text in PRICES] == prices
        assert scene.tab.wrong == []
        _assert_sound(scene.server)
