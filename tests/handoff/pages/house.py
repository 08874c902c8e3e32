"""The staff pages over a world of their own, and browsers that log in to them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import appkeys
from bot.intake import Receipt, Taken
from bot.settings import ChatSettings, TalkSettings
from bot.web import install
from faq.library import Library
from faq.loader import load_folder
from handoff import appkeys as people
from handoff import errors
from handoff.access import Agent, Role
from handoff.keeping import Keeping
from handoff.pages.routes import add_routes
from handoff.settings import KnowledgePageSettings
from handoff.staff import add_agent
from handoff.troubles import Troubles
from tests.handoff.people_world import World

PASSWORD = "seven green bicycles"
STATUSES = {errors.NotAllowed: 403, errors.WrongLogin: 403}


@dataclass
class FakeIntake:
    """Takes parked events again: what is asked for, and whether it works this time."""

    outcome: Taken = Taken.NEW
    retried: list[int] = field(default_factory=list)

    async def retry(self, inbox_id: int) -> Receipt:
        self.retried.append(inbox_id)
        return Receipt(event_key="e", taken=self.outcome)


def build(world: World, folder: Path, **more: Any) -> web.Application:
    app = web.Application()
    install(app, statuses=STATUSES)
    intake = FakeIntake()
    app[appkeys.INTAKE] = intake
    app[appkeys.STORE] = world.store
    app[appkeys.HINTS] = world.hints
    app[appkeys.CLOCK] = world.clock
    app[appkeys.CHAT] = ChatSettings()
    app[appkeys.TALK] = TalkSettings(account_name={"ja": "こもれび雑貨店", "en": "Komorebi"})
    app[appkeys.DATA_DIR] = folder
    app[appkeys.PUBLIC_URL] = more.get("public_url", "")
    app[appkeys.SECRET] = b"k" * 32
    knowledge = more.get("knowledge") or make_library(folder / "knowledge")
    app[appkeys.LIBRARY] = more.get("library", knowledge)
    app[people.KEEPING] = Keeping(
        world.store, world.hints, knowledge, world.clock, KnowledgePageSettings(git="off")
    )
    if "channel" in more:
        app[people.CHANNEL] = more["channel"]
    app[people.DESK] = world.desk
    app[people.LOGINS] = world.logins
    app[people.PRESENCE] = world.presence
    app[people.PEOPLE] = world.settings
    app[people.STAFF] = world.staff
    app[people.TROUBLES] = Troubles(world.store, world.hints, intake, world.clock, lambda: None)
    add_routes(app)
    return app


RETURNS = """\
lang: ja
category: 返品
entries:
  # the one everybody asks
  - id: return-deadline
    question: 返品はいつまでできますか
    variants:
      - 返品期限
      - 何日以内なら返せますか
    answer: |
      商品到着後**8日以内**でしたら返品できます。
    buttons:
      - {label: 返品を申し込む, url: "https://shop.example/returns"}
    translations:
      en: {question: How long can I return an item, answer: Within 8 days of delivery.}
    expect: [返品の期限を教えて]
    owner: 受注チーム
    reviewed: 2026-10-01

  - id: refund-when
    question: 返金はいつですか
    variants: [返金日]
    answer: 返品の到着から5日以内に返金いたします。
    owner: 経理チーム
    reviewed: 2024-01-15
"""
DELIVERY = """\
category: 配送
entries:
  - id: delivery-days
    question: 何日で届きますか
    variants: [配送日数]
    answer: ご注文から3日でお届けします。
    valid: {from: 2026-01-01, until: 2026-12-01}
"""


def make_library(folder: Path) -> Library:
    """A knowledge of three entries in two files; a folder that is there already stays."""
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / "returns.yaml").write_text(RETURNS, encoding="utf-8")
        (folder / "delivery.yaml").write_text(DELIVERY, encoding="utf-8")
    library = Library(folder)
    library._take(load_folder(folder))
    return library


class Browser:
    """One person's browser: cookies, the origin that browsers send, the page's token."""

    def __init__(self, server: TestServer) -> None:
        self.server = server
        self.client = TestClient(server)
        self.origin = f"http://{server.host}:{server.port}"
        self.token = ""

    async def log_in(self, login: str, password: str = PASSWORD, **fields: str) -> Any:
        answer = await self.client.post(
            "/login",
            data={"login": login, "password": password, **fields},
            headers={"Origin": self.origin},
            allow_redirects=False,
        )
        page = await (await self.client.get("/account")).text()
        if 'name="csrf" content="' in page:
            self.token = page.split('name="csrf" content="')[1].split('"')[0]
        return answer

    async def get(self, path: str, *, html: bool = True) -> Any:
        accept = "text/html" if html else "application/json"
        headers = {"Accept": accept, "Accept-Language": "ja"}
        return await self.client.get(path, headers=headers, allow_redirects=False)

    async def json(self, path: str) -> Any:
        answer = await self.get(path, html=False)
        assert answer.status == 200, await answer.text()
        return await answer.json()

    async def send(self, path: str, **body: Any) -> Any:
        """What the desk's scripts send."""
        headers = {
            "Origin": self.origin,
            "X-Madoguchi-Token": self.token,
            "Accept-Language": "ja",
        }
        return await self.client.post(path, json=body, headers=headers)

    async def form(self, path: str, **fields: Any) -> Any:
        """What a page's form sends."""
        return await self.client.post(
            path,
            data={"csrf": self.token, **fields},
            headers={"Origin": self.origin, "Accept": "text/html", "Accept-Language": "ja"},
            allow_redirects=False,
        )


async def staff(world: World, name: str, role: Role = Role.AGENT) -> Agent:
    """Somebody who can log in as `name` with PASSWORD."""
    added = await add_agent(
        world.store, world.clock, login=name, name=name, role=role, password=PASSWORD
    )
    return added.agent
