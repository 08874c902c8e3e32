"""What the desk page reads and does, as its scripts see it."""

from typing import Any

from handoff.access import Role
from tests.handoff.pages.house import Browser
from tests.handoff.people_world import World

DRAFT = "d" * 32


def path_of(conversation_id: int, act: str = "") -> str:
    return f"/desk/api/conversations/{conversation_id}{'/' + act if act else ''}"


async def act(browser: Browser, conversation_id: int, name: str, **body: Any) -> Any:
    return await browser.send(f"/desk/api/conversations/{conversation_id}/{name}", **body)


async def test_the_list_names_who_waits_longest_and_complaints_first(
    agent: Browser, world: World
) -> None:
    first = await world.waiting("領収書をください", name="山田")
    world.clock.forward(minutes=3)
    urgent = await world.waiting("責任者を出せ", name="田中", urgent=True)
    found = await agent.json("/desk/api/conversations?filter=waiting")
    rows = [(row["id"], row["urgent"], row["unread"], row["excerpt"]) for row in found["rows"]]
    assert rows == [
        (urgent.id, True, 1, "責任者を出せ"),
        (first.id, False, 1, "領収書をください"),
    ]
    assert found["counts"] == {
        "waiting": 2,
        "mine": 0,
        "all": 2,
        "review": 0,
        "trouble": 0,
        "unread": 0,
    }


async def test_a_search_looks_on_every_shelf(agent: Browser, world: World) -> None:
    await world.waiting("領収書をください")
    bot = await world.open("返品の方法", name="佐々木")
    by_text = await agent.json("/desk/api/conversations?filter=waiting&q=返品")
    by_name = await agent.json("/desk/api/conversations?filter=mine&q=佐々木")
    by_reference = await agent.json(f"/desk/api/conversations?q={bot.reference.lower()}")
    found = [[row["id"] for row in one["rows"]] for one in (by_text, by_name, by_reference)]
    assert found == [[bot.id]] * 3


async def test_unknown_filters_and_numbers_are_refused(agent: Browser) -> None:
    answers = [
        (await agent.get(f"/desk/api/conversations?{query}", html=False)).status
        for query in ("filter=secret", "limit=x", "limit=-1", "filter=review")
    ]
    assert answers == [400, 400, 400, 403]


async def test_a_claim_tells_who_has_it(browsers: dict[Role, Browser], world: World) -> None:
    waits = await world.waiting()
    won = await act(browsers[Role.AGENT], waits.id, "claim")
    lost = await act(browsers[Role.SUPERVISOR], waits.id, "claim")
    assert await won.json() == {"already": False, "withheld": 0, "in_flight": []}
    assert (lost.status, await lost.json()) == (
        409,
        {
            "error": {
                "code": "already_claimed",
                "message": "agentさんがすでに担当しています。",
            },
            "owner": "agent",
        },
    )


async def test_a_reply_to_old_news_is_refused_with_the_news(agent: Browser, world: World) -> None:
    waits = await world.waiting("届きません")
    await act(agent, waits.id, "claim")
    seen = (await world.get(waits.id)).last_seq
    newest = await world.says(waits.id, "やっぱりキャンセルします")
    refused = await act(
        agent, waits.id, "reply", text="発送しました。", client_id=DRAFT, seen_seq=seen
    )
    assert (refused.status, await refused.json()) == (
        409,
        {
            "error": {
                "code": "newer_messages",
                "message": "新しいメッセージが届いています。確認のうえ送信してください。",
            },
            "owner": "",
            "messages": [
                {
                    "seq": newest,
                    "sender": "customer",
                    "agent_name": "",
                    "kind": "text",
                    "text": "やっぱりキャンセルします",
                    "at": world.clock(),
                }
            ],
        },
    )
    sent = await act(
        agent, waits.id, "reply", text="承知しました。", client_id=DRAFT, seen_seq=newest
    )
    assert await sent.json() == {"seq": newest + 1, "repeated": False}


async def test_a_form_sent_twice_says_it_once(agent: Browser, world: World) -> None:
    waits = await world.waiting()
    await act(agent, waits.id, "claim")
    body = {
        "text": "お調べします。",
        "client_id": DRAFT,
        "seen_seq": (await world.get(waits.id)).last_seq,
    }
    first = await (await act(agent, waits.id, "reply", **body)).json()
    again = await (await act(agent, waits.id, "reply", **body)).json()
    other = await act(agent, waits.id, "reply", **{**body, "text": "別の文"})
    assert again == {"seq": first["seq"], "repeated": True}
    assert (other.status, (await other.json())["error"]["code"]) == (409, "already_used")
    texts = [text for sender, text in await world.texts(waits.id) if sender == "agent"]
    assert texts == ["お調べします。"]


async def test_a_reply_without_the_conversation_names_its_owner(
    browsers: dict[Role, Browser], world: World
) -> None:
    waits = await world.waiting()
    await act(browsers[Role.AGENT], waits.id, "claim")
    refused = await act(
        browsers[Role.ADMIN], waits.id, "reply", text="a", client_id=DRAFT, seen_seq=0
    )
    body = await refused.json()
    assert (refused.status, body["error"]["code"], body["owner"]) == (409, "not_yours", "agent")


async def test_bodies_are_typed_and_bounded(agent: Browser, world: World) -> None:
    waits = await world.waiting()
    await act(agent, waits.id, "claim")
    good = {"text": "a", "client_id": DRAFT, "seen_seq": 1}
    bad: list[dict[str, Any]] = [
        {},
        {**good, "text": ""},
        {**good, "text": 7},
        {**good, "text": "x" * 20_001},
        {**good, "client_id": "short"},
        {**good, "client_id": "'; DROP TABLE message; --"},
        {**good, "seen_seq": "1"},
        {**good, "seen_seq": -1},
        {**good, "seen_seq": 99},
        {**good, "agent_id": 1},
    ]
    answers = [(await act(agent, waits.id, "reply", **body)).status for body in bad]
    assert answers == [400] * len(bad)
    headers = {"Origin": agent.origin, "X-Madoguchi-Token": agent.token}
    path = f"/desk/api/conversations/{waits.id}/reply"
    plain = await agent.client.post(path, data=b"{}", headers=headers)
    huge = await agent.client.post(path, json={"text": "x" * 70_000}, headers=headers)
    assert (plain.status, huge.status) == (415, 413)


async def test_a_conversation_shows_talk_notes_and_rights(agent: Browser, world: World) -> None:
    waits = await world.waiting("届きません", channel="line")
    await act(agent, waits.id, "claim")
    await act(agent, waits.id, "note", text="要注意", client_id=DRAFT)
    seen = (await world.get(waits.id)).last_seq
    await act(agent, waits.id, "reply", text="お調べします。", client_id=DRAFT, seen_seq=seen)
    await world.run("UPDATE outbox SET state = 'in_doubt' WHERE sender = 'agent'")
    found = await agent.json(path_of(waits.id))
    said = [
        (item["type"], item.get("sender", ""), item["text"], item.get("trouble", ""))
        for item in found["items"]
    ]
    assert said == [
        ("message", "customer", "届きません", ""),
        ("message", "system", "担当のagentがお答えします。", "pending"),
        ("note", "", "要注意", ""),
        ("message", "agent", "お調べします。", "in_doubt"),
    ]
    assert found["may"] == {
        "claim": False,
        "reply": True,
        "transfer": True,
        "release": True,
        "resolve": True,
        "reopen": False,
        "review_done": False,
        "erase_message": False,
        "export_customer": False,
        "erase_customer": False,
    }
    assert found["seen_seq"] == found["conversation"]["last_seq"]


async def test_what_a_customer_took_back_is_gone(agent: Browser, world: World) -> None:
    waits = await world.waiting("秘密です")
    await world.run(
        "UPDATE message SET text = NULL, erased_at = 1, erased_how = 'unsent'"
        " WHERE conversation_id = :id",
        id=waits.id,
    )
    answer = await agent.get(path_of(waits.id), html=False)
    text = await answer.text()
    [item] = (await answer.json())["items"]
    assert (item["text"], item["erased"], item["erased_how"]) == ("", True, "unsent")
    assert "秘密です" not in text


async def test_the_bots_answer_is_explained_and_a_withheld_one_marked(
    agent: Browser, world: World
) -> None:
    talks = await world.open("領収書", channel="line")
    decision = {
        "kind": "answer",
        "margin": 30.0,
        "candidates": [{"id": "receipt", "confidence": 91.0, "variant": "領収書 宛名"}],
    }
    await world.bot_says(
        talks.id,
        "購入履歴からどうぞ。",
        entry_id="receipt",
        confidence=91.0,
        knowledge_version="v1",
        decision=decision,
    )
    await act(agent, talks.id, "claim")
    found = await agent.json(path_of(talks.id))
    bot = next(item for item in found["items"] if item.get("sender") == "bot")
    assert bot["withheld"]
    assert bot["why"] == {
        "entry": "receipt",
        "confidence": 91,
        "candidates": [
            {"id": "receipt", "question": "receipt", "confidence": 91.0, "rejected": False}
        ],
        "facts": [
            {"name": "decision", "value": "answer"},
            {"name": "variant", "value": "領収書 宛名"},
            {"name": "margin", "value": "30.0"},
            {"name": "version", "value": "v1"},
        ],
    }


async def test_the_next_one_is_taken_until_nobody_waits(agent: Browser, world: World) -> None:
    waits = await world.waiting()
    taken = [await (await agent.send("/desk/api/next")).json() for _ in range(2)]
    assert taken == [{"conversation_id": waits.id}, {"conversation_id": None}]


async def test_presence_shows_to_colleagues(browsers: dict[Role, Browser]) -> None:
    await browsers[Role.AGENT].send("/desk/api/presence", presence="away")
    wrong = await browsers[Role.AGENT].send("/desk/api/presence", presence="asleep")
    found = await browsers[Role.ADMIN].json("/desk/api/conversations")
    presences = {one["name"]: one["presence"] for one in found["colleagues"]}
    assert presences["agent"] == "away"
    assert sorted(presences) == ["admin", "agent", "supervisor"]
    assert wrong.status == 400


async def test_the_whole_way_through(agent: Browser, world: World) -> None:
    waits = await world.waiting()
    statuses = []
    for name, body in (
        ("claim", {}),
        ("release", {}),
        ("claim", {}),
        ("transfer", {"to_team": "returns"}),
        ("claim", {}),
        ("resolve", {"ask_survey": False}),
        ("reopen", {}),
        ("seen", {"seq": 1}),
    ):
        statuses.append((await act(agent, waits.id, name, **body)).status)
    assert statuses == [200] * 8
    state = await world.get(waits.id)
    assert (state.state.value, state.team) == ("assigned", "returns")


async def test_an_act_that_does_not_exist_is_not_found(agent: Browser, world: World) -> None:
    waits = await world.waiting()
    assert (await act(agent, waits.id, "erase_all")).status == 404
    assert (await act(agent, 9999, "claim")).status == 404


async def test_a_reply_that_failed_is_sent_again_in_place(agent: Browser, world: World) -> None:
    waits = await world.waiting(channel="line")
    await act(agent, waits.id, "claim")
    seen = (await world.get(waits.id)).last_seq
    await act(agent, waits.id, "reply", text="お調べします。", client_id=DRAFT, seen_seq=seen)
    await world.run("UPDATE outbox SET state = 'failed' WHERE sender = 'agent'")
    failed = (await agent.json(path_of(waits.id)))["items"][-1]
    again = await act(agent, waits.id, "send_again", outbox_id=failed["outbox_id"])
    twice = await act(agent, waits.id, "send_again", outbox_id=failed["outbox_id"])
    sent = (await agent.json(path_of(waits.id)))["items"][-1]
    assert (failed["trouble"], again.status, twice.status) == ("failed", 200, 404)
    assert (sent["trouble"], sent["outbox_id"]) == ("pending", None)
