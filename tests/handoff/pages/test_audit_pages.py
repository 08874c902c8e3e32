"""The audit log's page: who changed what, newest first, narrowed by a form."""

import re
from html import unescape
from typing import Any

import pytest

from bot.clock import DAY_MS
from bot.messages import compact
from bot.store import Tx
from handoff import audit
from handoff.access import Agent, Role
from handoff.desk import CallOutcome
from tests.handoff.pages.house import Browser
from tests.handoff.people_world import MORNING, World

ADD = """INSERT INTO audit_log (at, agent_id, action, conversation_id, detail)
VALUES (:at, :agent_id, :action, NULL, :detail)"""


async def add(world: World, action: str, *, at: int, agent_id: int | None = None, **detail: Any):
    await world.run(ADD, at=at, agent_id=agent_id, action=action, detail=compact(detail))


def rows_of(text: str) -> list[tuple[str, ...]]:
    """The cells of every row, as they are read."""
    body = text.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0] if "<tbody>" in text else ""
    cells = [
        re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in body.split("</tr>")[:-1]
    ]
    return [
        tuple(unescape(re.sub(r"<[^>]+>", "", re.sub("</div>", ";", cell))) for cell in row)
        for row in cells
    ]


async def look(browser: Browser, query: str = "", *, lang: str = "ja") -> list[tuple[str, ...]]:
    answer = await browser.get(f"/audit?lang={lang}&{query}")
    assert answer.status == 200
    return rows_of(await answer.text())


@pytest.fixture
async def worked(world: World, admin: Browser) -> Agent:
    """Somebody took a conversation over, passed it on, and was switched off."""
    await world.run("UPDATE agent SET presence = 'offline'")
    sato = await world.agent("佐藤<b>")
    await world.open("送料は？")
    found = await world.waiting("秘密の用件です", team="returns")
    world.clock.forward(minutes=3)
    await world.desk.claim(sato, found.id)
    world.clock.forward(minutes=1)
    suzuki = await world.agent("鈴木")
    await world.desk.transfer(sato, found.id, to_agent=suzuki.id)
    await world.run("UPDATE agent SET active = 0 WHERE id = :id", id=sato.id)
    return sato


async def test_who_did_what_is_told_with_names_and_links(admin: Browser, worked: Agent) -> None:
    told = await look(admin)
    assert told[:3] == [
        ("11/24(火) 10:04", "佐藤<b>", "会話を転送した", "M-7KQ2",
         "前の担当者：佐藤<b>;転送先の担当者：鈴木;"),
        ("11/24(火) 10:03", "佐藤<b>", "会話を担当した", "M-7KQ2",
         "お待たせした時間：3分;取りやめた自動応答：0;"),
        ("11/24(火) 10:00", "システム・コマンド", "担当者の待ち順に入れた", "M-7KQ2",
         "チーム：返品窓口;理由：担当者との会話をご希望です。;至急：いいえ;"),
    ]  # fmt: skip
    assert {row[2] for row in told[3:]} == {"ログインした", "担当者を追加した"}
    text = await (await admin.get("/audit")).text()
    assert '<a class="reference" href="/desk?c=2">M-7KQ2</a>' in text
    assert '<time title="2026-11-24 10:04:00">' in text
    assert f'<option value="{worked.id}">佐藤&lt;b&gt;（利用停止）</option>' in text
    assert "佐藤<b>" not in text
    assert "秘密の用件" not in text


async def test_it_speaks_english(admin: Browser, worked: Agent) -> None:
    assert (await look(admin, lang="en"))[:3] == [
        ("11/24(Tue) 10:04", "佐藤<b>", "Transferred the conversation", "M-7KQ2",
         "from: 佐藤<b>;to: 鈴木;"),
        ("11/24(Tue) 10:03", "佐藤<b>", "Took the conversation", "M-7KQ2",
         "waited: 3 min;answers of the bot withheld: 0;"),
        ("11/24(Tue) 10:00", "System / command line", "Put into the queue for people", "M-7KQ2",
         "team: Returns;cause: Asked for a person.;urgent: no;"),
    ]  # fmt: skip


async def test_the_filters_narrow_it_together(admin: Browser, worked: Agent) -> None:
    asked = {
        f"agent={worked.id}": ["会話を転送した", "会話を担当した"],
        f"agent={worked.id}&act=claim": ["会話を担当した"],
        "agent=system": ["担当者の待ち順に入れた", *["担当者を追加した"] * 3],
        "act=group-conversation": ["会話を転送した", "会話を担当した", "担当者の待ち順に入れた"],
        "act=group-gap": [],
        "reference=%EF%BD%8D-7kq2&act=transfer": ["会話を転送した"],
        "reference=M-7KQR": [],
        "agent=999999": [],
        "agent=&act=escalate&reference=&from=&until=": ["担当者の待ち順に入れた"],
    }
    assert {query: [row[2] for row in await look(admin, query)] for query in asked} == asked


async def test_days_are_those_of_the_settings_zone(admin: Browser, world: World) -> None:
    midnight = MORNING - 10 * 3_600_000
    for at, entry in ((midnight - 1, "a"), (midnight, "b"), (midnight + DAY_MS, "c")):
        await add(world, "knowledge_edit", at=at, entry=entry)

    async def entries(query: str) -> list[str]:
        return [row[4] for row in await look(admin, f"act=knowledge_edit&{query}")]

    assert await entries("from=2026-11-24&until=2026-11-24") == ["項目：b;"]
    assert await entries("until=2026-11-23") == ["項目：a;"]
    assert await entries("from=2026-11-25") == ["項目：c;"]
    assert await entries("from=0001-01-01&until=9999-12-30") == [
        "項目：c;",
        "項目：b;",
        "項目：a;",
    ]


async def test_older_ones_follow_a_page_at_a_time(admin: Browser, world: World) -> None:
    # three of one moment at the edge of the page, and the clock set back once
    times = [MORNING + min(at, 105) for at in range(108)] + [MORNING + 50]
    for number, at in enumerate(times):
        await add(world, "gap_part", at=at, gap_id=number)
    seen: list[str] = []
    path = "/audit?act=gap_part"
    pages = 0
    while path:
        text = await (await admin.get(path)).text()
        seen += [row[4] for row in rows_of(text)]
        pages += 1
        older = re.search(r'href="([^"]+)" rel="next"', text)
        path = unescape(older[1]) if older else ""
    expected = sorted(range(109), key=lambda n: (times[n], n), reverse=True)
    assert (pages, seen) == (2, [f"まとまりの番号：{n};" for n in expected])
    assert 'href="/audit?act=gap_part&amp;">いちばん新しいものへ' in text


async def test_what_this_version_does_not_know_stands_as_it_is(
    admin: Browser, world: World
) -> None:
    await add(
        world, "moved_<i>", at=MORNING, agent_id=4711, by="<s>", role="king", of="x", cause=3
    )
    await add(world, "reply", at=MORNING - 400 * DAY_MS, first_response_ms=None, seq=4)
    last = await look(admin, "until=2026-11-23")
    assert last == [("2025/10/20(月) 10:00", "システム・コマンド", "返信した", "",
                     "メッセージの順番：4;")]  # fmt: skip
    assert (await look(admin, "agent=4711")) == [
        (
            "11/24(火) 10:00",
            "担当者 4711",
            "moved_<i>",
            "",
            "by：<s>;役割：king;対象の人：x;理由：3;",
        )
    ]
    assert "moved_&lt;i&gt;" in await (await admin.get("/audit")).text()


async def test_spans_times_and_outcomes_are_told_in_words(admin: Browser, world: World) -> None:
    at = MORNING + 1
    await add(world, "claim", at=at, waited_ms=119_999, first_response_ms=3 * DAY_MS)
    await add(world, "callback_book", at=at, from_at=MORNING)
    await add(world, "callback_done", at=at, outcome=CallOutcome.NO_ANSWER.value)
    await add(world, "presence", at=at, presence="away", role="admin", added=1, to_team="gone")
    assert [row[4] for row in await look(admin)][:4] == [
        "在席状況：離席中;役割：管理者;追加された担当者：agent;転送先のチーム：gone;",
        "結果：応答なし;",
        "お電話の時間：2026-11-24 10:00;",
        "お待たせした時間：119秒;最初の返信まで：3日;",
    ]


async def test_an_export_is_found_by_the_reference_it_names(admin: Browser, world: World) -> None:
    await add(world, "export_customer", at=MORNING, reference="M-7K2Q", login="root")
    await add(world, "export_customer", at=MORNING, reference="M-7K2R", login="root")
    await add(world, "note", at=MORNING, reference="M-7K2Q")
    assert [row[2:] for row in await look(admin, "reference=M-7K2Q")] == [
        ("お客様の情報を書き出した", "", "お問い合わせ番号：M-7K2Q;実行した人のログイン名：root;")
    ]


async def test_nothing_found_says_so_and_offers_the_way_back(admin: Browser) -> None:
    text = await (await admin.get("/audit?act=erase_customer")).text()
    assert "この条件の操作はありません。" in text
    assert '<option value="erase_customer" selected>お客様の情報を消去した</option>' in text
    assert '<a class="button" href="/audit">条件を解除する</a>' in text
    assert "条件を解除する" not in await (await admin.get("/audit")).text()


async def test_what_cannot_be_meant_is_refused_and_says_how_to_mend_it(admin: Browser) -> None:
    asked = {
        "agent=nobody": "「操作した人」は一覧から選んでください。",
        "agent=-1": "「操作した人」は一覧から選んでください。",
        "agent=1234567890123": "「操作した人」は一覧から選んでください。",
        "act=nothing": "「操作」は一覧から選んでください。",
        "act=group-nothing": "「操作」は一覧から選んでください。",
        "reference=%3Cb%3E": "お問い合わせ番号は M-7K2Q のように入力してください。",
        "from=yesterday": "日付は 2026-04-01 のように入力してください。",
        "until=9999-12-31": "日付は 2026-04-01 のように入力してください。",
        "from=2026-11-24&until=2026-11-23": "終了日が開始日より前です。",
        "before=x": "「before」は記録の番号です。",
        "before=%D9%A1": "「before」は記録の番号です。",
        "before=9999999999999": "「before」は記録の番号です。",
    }
    said = {}
    for query, message in asked.items():
        answer = await admin.get(f"/audit?{query}")
        text = await answer.text()
        assert (answer.status, rows_of(text), "<b>" in text) == (400, [], False), query
        found = re.search(r'role="alert">入力内容をご確認ください。(.*?)</p>', text)
        said[query] = message if found and found[1].startswith(message) else text
    assert said == asked
    english = await (await admin.get("/audit?lang=en&from=2026-11-24&until=2026-11-23")).text()
    assert "The last day is before the first." in english
    assert 'name="from" value="2026-11-24"' in english


async def test_supervisors_look_and_agents_do_not(browsers: dict[Role, Browser]) -> None:
    found = {role: (await browser.get("/audit")).status for role, browser in browsers.items()}
    assert found == {Role.AGENT: 403, Role.SUPERVISOR: 200, Role.ADMIN: 200}
    menu = 'href="/audit"'
    assert menu in await (await browsers[Role.SUPERVISOR].get("/desk")).text()
    assert menu not in await (await browsers[Role.AGENT].get("/desk")).text()


async def test_a_page_reads_by_the_index_of_times(world: World) -> None:
    """With a million entries a page must neither sort nor walk through those it does not show."""

    def plans(tx: Tx) -> list[str]:
        seen: list[str] = []

        class Watching:
            def all(self, sql: str, /, **values: Any) -> Any:
                seen.extend(row["detail"] for row in tx.all(f"EXPLAIN QUERY PLAN {sql}", **values))
                return tx.all(sql, **values)

            def one(self, sql: str, /, **values: Any) -> Any:
                return next(iter(self.all(sql, **values)), None)

        wanted = audit.AuditWanted(from_at=1, until_at=MORNING, actions=("claim", "reply"))
        audit.list_entries(Watching(), wanted, before_id=5)
        return seen

    await add(world, "claim", at=MORNING)
    assert await world.store.read(plans) == [
        "SEARCH audit_log USING INTEGER PRIMARY KEY (rowid<?)",
        "SEARCH a USING INDEX ix_audit_log_at (at>? AND at<?)",
        "SEARCH agent USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
        "SEARCH c USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
    ]
