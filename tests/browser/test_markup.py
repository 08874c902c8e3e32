"""Markup from customers and admins stays text in every view: nothing runs, asks or is reported."""

# ruff: noqa: E501 - payloads stand in one line
# ruff: noqa: PLR0915 - said in the docstring

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Dialog, Page, expect
from stage import PHONE, WIDE, Stage, open_stage

from bot.clock import now_ms
from bot.events import Inbound
from bot.store import Tx
from handoff import accounts
from handoff.access import Role
from handoff.appkeys import DESK
from handoff.demo import PASSWORD
from handoff.staff import add_agent
from tests.hostile.texts import LINKS, MARKUP, as_shown

PAYLOADS = [as_shown(case.text) for case in (*MARKUP, *LINKS) if len(case.text) < 1_000]
#: Whatever ran, and whatever the policy had to stop, is counted here.
WATCH = """window.__reports = [];
document.addEventListener("securitypolicyviolation", (one) =>
  window.__reports.push(`${one.violatedDirective} ${one.blockedURI} ${one.sourceFile || ""}`));"""


#: Files with links to anything but https:, tel: and mailto: are not served at all.
SERVED = [one for one in PAYLOADS if "](" not in one or "](http" in one]


def chunks(most: int, payloads: list[str] = PAYLOADS) -> Iterator[str]:
    """All payloads in as few texts as their places take."""
    held = ""
    for payload in payloads:
        if held and len(held) + len(payload) >= most:
            yield held
            held = ""
        held += payload + "\n"
    yield held


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def marked(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """A house in which every text that somebody else writes is markup."""
    folder = tmp_path_factory.mktemp("marked")
    async with open_stage(browser, folder, chat={"burst": 1000}) as stage:
        _write_knowledge(folder / "knowledge")
        await stage.house.library.reload()
        await add_agent(
            stage.house.store, now_ms, login="odd", name=PAYLOADS[2][:60], role=Role.AGENT,
            password=PASSWORD,
        )  # fmt: skip
        for number, payload in enumerate(PAYLOADS):
            await _ask(stage, f"visitor-{number}", payload)
        yield stage


def _write_knowledge(folder: Path) -> None:
    entries = [
        {"id": f"markup-{number}", "question": text[:150].replace("\n", " ").strip(), "answer": text,
         "variants": [text[150:300].replace("\n", " ").strip() or "x" * (number + 3)],
         "owner": text[:60].replace("\n", " ").strip()}
        for number, text in enumerate(chunks(1_500, SERVED))
    ]  # fmt: skip
    head = {"lang": "ja", "category": PAYLOADS[0], "entries": entries}
    (folder / "markup.yaml").write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")


async def _ask(stage: Stage, customer: str, text: str, **fields: object) -> None:
    now = now_ms()
    key = f"{customer}-{now}-{len(fields)}"
    event = Inbound(
        **{"channel": "web", "event_key": key, "source_key": key, "customer_key": customer,
           "occurred_at": now, "kind": "message", "text": text, **fields}
    )  # fmt: skip
    await stage.house.intake.receive([event])


async def open_page(stage: Stage, size: dict[str, int] = WIDE) -> Page:
    """A page that tells on whatever runs."""
    page = await stage.page(size=size)
    await page.add_init_script(WATCH)
    page.on("dialog", lambda dialog: _complain_of(stage, dialog))
    page.on("popup", lambda popup: stage.complaints.append(f"popup {popup.url}"))
    return page


async def _complain_of(stage: Stage, dialog: Dialog) -> None:
    if dialog.type != "beforeunload":  # our own question about what is not saved yet
        stage.complaints.append(f"dialog {dialog.message}")
    await dialog.accept()


async def judge(stage: Stage, page: Page, name: str) -> None:
    """Nothing ran in the page or its frames, and nothing had to be stopped."""
    await page.wait_for_timeout(150)
    for frame in page.frames:
        found = await frame.evaluate("[window.__ran || 0, window.__reports || []]")
        if found != [0, []]:
            stage.complaints.append(f"{name}: {found}")


async def log_in(stage: Stage, login: str) -> Page:
    page = await open_page(stage)
    await page.goto(f"{stage.url}/login")
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk**")
    return page


async def test_the_watch_sees_what_runs(marked: Stage) -> None:
    page = await open_page(marked)
    await page.set_content("<img src=x onerror='window.__ran=(window.__ran||0)+1'>")
    await judge(marked, page, "open")
    assert marked.complaints == ["open: [1, []]"]
    marked.complaints.clear()
    await page.goto(f"{marked.url}/chat")
    # as if one of our own views had put it there
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=1>')")
    await page.evaluate("document.querySelector('img[src=x]').setAttribute('onclick', '1')")
    await judge(marked, page, "guarded")
    assert len(marked.complaints) == 1
    assert marked.complaints[0].startswith("guarded: [0, ['script-src")
    marked.complaints.clear()


async def test_customers_see_text(marked: Stage) -> None:
    chat = await open_page(marked, PHONE)
    await chat.goto(f"{marked.url}/chat")
    await chat.locator("#log li").first.wait_for()
    token = await chat.evaluate("localStorage.getItem('madoguchi.token')")
    async with aiohttp.ClientSession(headers={
        "Origin": marked.url, "Authorization": f"Bearer {token.strip(chr(34))}"
    }) as client:  # fmt: skip
        for number, payload in enumerate(PAYLOADS):
            sent = {"type": "send", "client_id": f"markup-{number:04}", "text": payload}
            async with client.post(f"{marked.url}/chat/send", json=sent) as answer:
                assert answer.status == 200, await answer.text()
    await expect(chat.locator("#log")).to_contain_text(PAYLOADS[-1][:30])
    await judge(marked, chat, "chat")
    await chat.reload()
    await expect(chat.locator("#log")).to_contain_text(PAYLOADS[-1][:30])
    await judge(marked, chat, "chat again")
    await chat.locator("#text").fill(next(chunks(3_500)))
    await judge(marked, chat, "suggestions")
    await chat.locator("#text").press("Enter")
    await judge(marked, chat, "typed")
    shop = await open_page(marked)
    await shop.goto(marked.shop_url)
    await shop.locator("[data-madoguchi] .launcher").click()
    inside = shop.frame_locator("[data-madoguchi] iframe")
    await inside.locator("#text").fill(next(chunks(3_500)))
    await inside.locator("#text").press("Enter")
    await expect(inside.locator("#log")).to_contain_text(PAYLOADS[0])
    await judge(marked, shop, "widget")
    for path in (
        "/chat/faq",
        *(f"/chat/faq/markup-{n}" for n, _ in enumerate(chunks(1_500, SERVED))),
    ):
        answer = await chat.goto(marked.url + path)
        assert answer is not None
        assert answer.status == 200
        await judge(marked, chat, path)
    await chat.goto(f"{marked.url}/chat/faq")
    await chat.get_by_role("link", name=PAYLOADS[0]).first.click()
    await judge(marked, chat, "category")
    phone = await open_page(marked, PHONE)
    await phone.goto(marked.phone_url)
    for text in chunks(3_500):
        await phone.locator("#words").fill(text)
        await phone.locator("#send").click()
    await phone.locator("#words").fill("担当者")
    await phone.locator("#send").click()
    await expect(phone.locator("#lines")).to_contain_text(PAYLOADS[0])
    await judge(marked, phone, "phone")
    assert marked.complaints == []


async def test_staff_see_text(marked: Stage) -> None:
    page = await log_in(marked, "sato")
    text = next(chunks(4_000))
    await _ask(marked, "waits", "担当者")
    for part in chunks(3_000):
        await _ask(marked, "waits", part)
    await page.goto(f"{marked.url}/desk")
    await page.locator("#presence").select_option("available")
    await page.locator("#filters button", has_text="待ち").click()
    await page.locator("#list li").first.click()
    await page.get_by_role("button", name="担当する", exact=True).click()
    await expect(page.get_by_role("button", name="解決にする")).to_be_visible()
    await page.locator("#field").fill(text)
    await page.locator("#send").click()
    await expect(page.locator("#talk")).to_contain_text(PAYLOADS[0])
    await page.locator("#mode-note").click()
    await page.locator("#field").fill(text)
    await page.locator("#send").click()
    await expect(page.locator("#talk .note").last).to_contain_text(PAYLOADS[0])
    await judge(marked, page, "conversation")
    await page.locator("#filters button").nth(2).click()
    await judge(marked, page, "list")
    for payload in PAYLOADS[::4]:
        await page.goto(f"{marked.url}/desk")
        await page.locator("input[type=search]").first.fill(payload[:200])
        await page.keyboard.press("Enter")
        await judge(marked, page, f"search {payload}")
    await page.context.close()
    admin = await log_in(marked, "admin")
    paths = ["callbacks", "results", "staff", "troubles", "account", "knowledge", "knowledge/new",
             "knowledge/history", "knowledge/gaps", "knowledge/gaps/picks", "knowledge/gaps/words",
             *(f"knowledge/e/markup-{n}{tail}" for n in range(3) for tail in ("", "/uses", "/history"))]  # fmt: skip
    for path in paths:
        await admin.goto(f"{marked.url}/{path}")
        await judge(marked, admin, path)
    rows = await marked.house.store.read(lambda tx: tx.all("SELECT id FROM gap LIMIT 10"))
    for row in rows:
        await admin.goto(f"{marked.url}/knowledge/gaps/{row['id']}")
        await judge(marked, admin, "gap")
    await _edit(marked, admin)
    assert marked.complaints == []


async def _edit(stage: Stage, page: Page) -> None:
    """Preview, problems, question and difference while an admin writes."""
    await page.goto(f"{stage.url}/knowledge/e/return-deadline")
    for text in chunks(3_000):
        await page.locator("#f-answer").fill(text)
        await page.locator("#f-answer").blur()
        await expect(page.locator("#preview-web")).to_contain_text(text.split("\n")[0][:8])
        await judge(stage, page, "preview")
    await page.locator("#try-question").fill(PAYLOADS[2])
    await page.keyboard.press("Enter")
    await judge(stage, page, "try")
    await page.locator("#mode-yaml").click()
    await judge(stage, page, "yaml")
    await page.goto(f"{stage.url}/knowledge/e/return-deadline")
    await judge(stage, page, "draft")


async def test_results_and_callbacks_show_text(marked: Stage) -> None:
    """Comments of surveys, and names beside numbers to call, wherever the staff read them."""
    spoken = await _score(marked, "scores")
    await marked.house.store.write(_fill_lists)
    admin = await log_in(marked, "admin")
    shown: set[str] = set()
    for query in ("", "page=1", "by=agent", "by=bot", "score=2", "channel=web", "answered=1"):
        await admin.goto(f"{marked.url}/results?{query}")
        await admin.evaluate(
            "document.querySelectorAll('details').forEach(one => one.open = true)"
        )
        shown |= await cells(admin)
        await judge(marked, admin, f"results {query}")
    assert [one for one in (*PAYLOADS, spoken) if flat(one) not in shown] == []
    # who answered, and which entry
    assert flat(PAYLOADS[2][:60]) in shown
    title = next(chunks(1_500, SERVED))[:150].replace("\n", " ").strip()
    assert title in shown, [one for one in shown if one.startswith(title[:8])]
    await admin.goto(f"{marked.url}/callbacks")
    shown = await cells(admin)
    assert [one for one in PAYLOADS if flat(one[:60]) not in shown] == []
    await judge(marked, admin, "callbacks")
    for payload in PAYLOADS[::4]:
        await admin.locator("input[name=q]").fill(payload[:100])
        await admin.keyboard.press("Enter")
        await judge(marked, admin, f"callbacks {payload}")
    await admin.goto(f"{marked.url}/desk")
    await admin.locator("#filters button", has_text="要確認").click()
    await judge(marked, admin, "review list")
    rows = await marked.house.store.read(
        lambda tx: tx.all("SELECT conversation_id AS id, comment FROM survey ORDER BY id DESC")
    )
    for row in rows[::5]:
        await admin.goto(f"{marked.url}/desk?c={row['id']}")
        first = row["comment"].split("\n")[0].strip()
        await expect(admin.locator("#card")).to_contain_text(first)
        await judge(marked, admin, f"card {first}")
    assert marked.complaints == []


async def _score(stage: Stage, customer: str) -> str:
    """A survey as it comes about; the comment that was left."""
    comment = next(chunks(1_900)).strip()
    for text in ("担当者", PAYLOADS[1][:40], "スキップ"):
        await _ask(stage, customer, text)
    desk = stage.house.app[DESK]
    [row] = await stage.house.store.read(
        lambda tx: tx.all(
            "SELECT c.id FROM conversation c JOIN customer k ON k.id = c.customer_id"
            " WHERE k.external_id = :who",
            who=customer,
        )
    )
    agent = await stage.house.store.read(accounts.get_agent, 1)
    await desk.claim(agent, row["id"])
    await desk.resolve(agent, row["id"])
    for text in ("1", comment):
        await _ask(stage, customer, text)
    return comment


def _fill_lists(tx: Tx) -> None:
    """A survey and a number to call for every other customer of the house, each with a payload."""
    rows = tx.all(
        "SELECT c.id, c.customer_id FROM conversation c JOIN customer k ON k.id = c.customer_id"
        " WHERE k.external_id LIKE 'visitor-%' ORDER BY c.id LIMIT :most",
        most=len(PAYLOADS),
    )
    [odd] = tx.all("SELECT id FROM agent WHERE login = 'odd'")
    now = now_ms()
    for number, (row, payload) in enumerate(zip(rows, PAYLOADS, strict=True)):
        tx.run(
            "UPDATE customer SET name = :n WHERE id = :id", n=payload[:60], id=row["customer_id"]
        )
        tx.run(
            "INSERT INTO callback (conversation_id, phone, from_at, until_at, state, created_at)"
            " VALUES (:id, '+819012345678', :now, :now + 3600000, 'due', :now)",
            id=row["id"],
            now=now,
        )
        person = number % 2 == 0
        tx.run(
            "INSERT INTO survey (conversation_id, round, channel, handled_by, agent_id, entry_id,"
            " state, score, comment, asked_at, answered_at) VALUES (:id, 90, 'web', :by, :agent,"
            " :entry, 'answered', :score, :comment, :now, :now)",
            id=row["id"],
            by="agent" if person else "bot",
            agent=odd["id"] if person else None,
            entry=None if person else "markup-0",
            score=number % 5 + 1,
            comment=payload,
            now=now,
        )
        tx.run("UPDATE conversation SET review = 1 WHERE id = :id", id=row["id"])


def flat(text: str) -> str:
    """A text as a page's nodes hold it between their edges."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


async def cells(page: Page) -> set[str]:
    found = await page.evaluate(
        "[...document.querySelectorAll('td, th')].map((one) => one.textContent)"
    )
    return {flat(one) for one in found}
