"""The pages of questions without an answer: what they show, and every decision on them."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from handoff.access import Agent, Role
from handoff.appkeys import KEEPING
from handoff.keeping_values import Draft, Edit, EditKind, Prefill
from tests.handoff.gap_world import GapWorld
from tests.handoff.pages.house import Browser, staff
from tests.handoff.people_world import World

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}を包装"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;{{7*7}}を包装"
WRAPPING = ("ギフト包装はできますか", "プレゼント用のギフト包装")
PATH = "/knowledge/gaps"


class Drafts:
    """What the knowledge page would keep."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Any]] = []

    async def prefill(
        self, agent: Agent, question: str, variants: Sequence[str] = (), answer: str = ""
    ) -> Prefill:
        values = {"question": question, "variants": list(variants), "answer": answer}
        return Prefill(entry_id="gift-wrapping", file="gifts.yaml", values=values)

    async def save_draft(self, agent: Agent, edit: Edit, *, seen: int) -> Draft:
        return self._keep(agent, edit.entry_id, edit.kind, edit.values)

    async def add_variants(self, agent: Agent, entry_id: str, texts: Sequence[str]) -> Draft:
        return self._keep(agent, entry_id, EditKind.EDIT, list(texts))

    def _keep(self, agent: Agent, entry_id: str, kind: EditKind, value: Any) -> Draft:
        self.kept.append((entry_id, value))
        return Draft(
            entry_id=entry_id,
            kind=kind,
            file="",
            base_text="",
            text="",
            values=None,
            version=1,
            author_id=agent.id,
            author_name=agent.name,
            updated_at=0,
        )


@pytest.fixture
def drafts(server: TestServer, monkeypatch: pytest.MonkeyPatch) -> Drafts:
    found = Drafts()
    for name in ("prefill", "save_draft", "add_variants"):
        monkeypatch.setattr(server.app[KEEPING], name, getattr(found, name))
    return found


@pytest.fixture
def town(world: World) -> GapWorld:
    return GapWorld(world)


async def page_of(browser: Browser, path: str = PATH) -> str:
    answer = await browser.get(path)
    assert answer.status == 200
    return await answer.text()


def shown(page: str) -> list[str]:
    """Texts of the listed groups."""
    return re.findall(r'class="asked" href="[^"]*" lang="\w+">([^<]*)</a>', page)


async def asked(town: GapWorld) -> int:
    """Two customers ask, one was answered by a person; the group's id."""
    sato = await staff(town.world, "sato", Role.AGENT)
    await town.say("A", WRAPPING[0])
    await town.tap("A", "human")
    await town.handle(sato, "A", "ギフト包装は330円で承っております。", minutes=12)
    await town.say("B", WRAPPING[1])
    return 1


async def test_the_list_says_what_an_answer_would_save(admin: Browser, town: GapWorld) -> None:
    assert "✓ 未対応の質問はありません" in await page_of(admin)
    await asked(town)
    await town.say("C", "駐車場はありますか")
    page = await page_of(admin)
    assert shown(page) == [WRAPPING[1], "駐車場はありますか"]
    assert "書けば月2件・約12分" in page
    assert "書けば月3件・約12分" in page
    assert "Answer" not in page
    english = await page_of(admin, f"{PATH}?lang=en")
    assert "2 a month, about 12 min" in english


async def test_one_group_shows_wordings_conversations_and_the_reply(
    admin: Browser, town: GapWorld
) -> None:
    await asked(town)
    await page_of(admin)
    page = await page_of(admin, f"{PATH}/1")
    assert all(text in page for text in WRAPPING)
    assert "ギフト包装は330円で承っております。" in page
    references = [
        row["reference"]
        for row in await town.world.rows("SELECT reference FROM conversation ORDER BY id")
    ]
    links = re.findall(r'href="/desk\?c=(\d+)">([^<]+)<', page)
    assert sorted(links) == [("1", references[0]), ("2", references[1])]


async def test_an_entry_begins_with_what_was_asked_and_answered(
    admin: Browser, town: GapWorld, drafts: Drafts
) -> None:
    gap_id = await asked(town)
    await page_of(admin)
    answer = await admin.form(f"{PATH}/{gap_id}/entry")
    assert answer.headers["Location"] == "/knowledge/e/gift-wrapping?said=gaps.said.draft"
    ((_, values),) = drafts.kept
    assert values["answer"] == "ギフト包装は330円で承っております。"
    assert shown(await page_of(admin)) == []
    decided = await page_of(admin, f"{PATH}?show=decided")
    assert shown(decided) == [WRAPPING[1]]
    assert "項目を作成" in decided


async def test_wordings_become_variants_of_an_entry_that_was_searched(
    admin: Browser, town: GapWorld, drafts: Drafts
) -> None:
    gap_id = await asked(town)
    await page_of(admin)
    found = await page_of(admin, f"{PATH}/{gap_id}?find=何日で届き")
    assert 'name="entry" value="delivery-days"' in found
    ids = re.findall(r'name="q" value="(\d+)"', found)
    nothing = await admin.form(f"{PATH}/{gap_id}/variants", entry="delivery-days")
    assert (nothing.status, "言い方を1つ以上" in await nothing.text()) == (400, True)
    answer = await admin.form(f"{PATH}/{gap_id}/variants", entry="delivery-days", q=ids[0])
    assert answer.headers["Location"] == "/knowledge/e/delivery-days?said=gaps.said.draft"
    ((entry_id, texts),) = drafts.kept
    assert (entry_id, len(texts)) == ("delivery-days", 1)


async def test_out_of_scope_and_back_again(admin: Browser, town: GapWorld) -> None:
    gap_id = await asked(town)
    await page_of(admin)
    refused = await admin.form(f"{PATH}/{gap_id}/out", reason=" ")
    assert refused.status == 400
    answer = await admin.form(f"{PATH}/{gap_id}/out", reason="扱っていません")
    assert answer.headers["Location"] == f"{PATH}?said=gaps.said.out"
    again = await admin.form(f"{PATH}/{gap_id}/out", reason="もう一度")
    text = await again.text()
    assert (again.status, "先に決めました" in text, "扱っていません" in text) == (409, True, True)
    answer = await admin.form(f"{PATH}/{gap_id}/undo")
    assert answer.headers["Location"] == f"{PATH}/{gap_id}?said=gaps.said.undo"
    assert shown(await page_of(admin)) == [WRAPPING[1]]


async def test_parting_and_merging(admin: Browser, town: GapWorld) -> None:
    gap_id = await asked(town)
    await page_of(admin)
    (row,) = await town.world.rows("SELECT MAX(id) AS id FROM gap_question")
    answer = await admin.form(f"{PATH}/questions/{row['id']}/part")
    assert answer.headers["Location"] == f"{PATH}/2?said=gaps.said.part"
    assert sorted(shown(await page_of(admin))) == sorted(WRAPPING)
    answer = await admin.form(f"{PATH}/2/merge", into=str(gap_id))
    assert answer.headers["Location"] == f"{PATH}/1?said=gaps.said.merge"
    assert shown(await page_of(admin)) == [WRAPPING[1]]


async def test_picks_are_reviewed(admin: Browser, town: GapWorld, drafts: Drafts) -> None:
    for name, text in (("A", "返したいのですがいつ"), ("B", "返すのはいつ")):
        await town.say(name, text)
        await town.tap(name, "entry:return-deadline")
    page = await page_of(admin, f"{PATH}/picks")
    first, second = re.findall(r'name="q" value="(\d+)"', page)
    answer = await admin.form(f"{PATH}/picks/accept", entry="return-deadline", q=first)
    assert answer.headers["Location"] == "/knowledge/e/return-deadline?said=gaps.said.draft"
    assert drafts.kept == [("return-deadline", ["返すのはいつ"])]
    answer = await admin.form(f"{PATH}/picks/dismiss", entry="return-deadline", q=second)
    assert answer.headers["Location"] == f"{PATH}/picks?said=gaps.said.dismiss"
    again = await admin.form(f"{PATH}/picks/dismiss", entry="return-deadline", q=second)
    assert again.status == 400
    wrong = await admin.form(f"{PATH}/picks/undo", entry="return-deadline", q=second, state="x")
    assert wrong.status == 400
    back = {"entry": "return-deadline", "q": second, "state": "dismissed"}
    answer = await admin.form(f"{PATH}/picks/undo", **back)
    assert answer.headers["Location"] == f"{PATH}/picks?said=gaps.said.pick_undo"
    assert "追加済み" in await page_of(admin, f"{PATH}/picks")


async def test_agents_may_look_and_see_no_button(agent: Browser, town: GapWorld) -> None:
    await asked(town)
    await page_of(agent)
    page = await page_of(agent, f"{PATH}/1")
    assert "決められるのは管理者です" in page
    assert re.findall(r'method="post" action="([^"]+)"', page) == ["/logout"]
    await page_of(agent, f"{PATH}/words")


async def test_hostile_questions_stay_text(admin: Browser, town: GapWorld) -> None:
    for name in "AB":
        await town.say(name, HOSTILE)
    for path in (PATH, f"{PATH}/1"):
        page = await page_of(admin, path)
        assert ESCAPED in page
        assert "<script>alert" not in page
        assert not [
            mark for mark in (" onclick=", " style=", "<style", "<script>") if mark in page
        ]


async def test_a_form_without_its_token_decides_nothing(admin: Browser, town: GapWorld) -> None:
    await asked(town)
    await page_of(admin)
    answer = await admin.client.post(
        f"{PATH}/1/out",
        data={"reason": "x"},
        headers={"Origin": admin.origin},
        allow_redirects=False,
    )
    assert answer.status == 403
    assert shown(await page_of(admin)) == [WRAPPING[1]]


@pytest.mark.parametrize(
    "query", ["days=7", "days=99999999999999", "days=x", "page=5", "page=-1", "show=nothing"]
)
async def test_any_query_is_answered(admin: Browser, town: GapWorld, query: str) -> None:
    await asked(town)
    await page_of(admin, f"{PATH}?{query}")


@pytest.mark.parametrize("path", [f"{PATH}/999", f"{PATH}/0"])
async def test_what_is_not_there_is_not_found(admin: Browser, path: str) -> None:
    assert (await admin.get(path)).status == 404
