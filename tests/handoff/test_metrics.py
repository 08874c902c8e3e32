"""/metrics: every name is documented, nothing about customers, and not for everybody."""

import asyncio
import re
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError

from bot.sqlite_store import SqliteStore
from faq.library import Library
from handoff.composition import open_house
from handoff.configuration import Settings, load_settings
from handoff.metrics import Metrics
from handoff.settings import MetricsSettings

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"
EXAMPLE = Path(__file__).parents[2] / "faq" / "example"
TOKEN = "sixteen letters at least"
RETURN = "返品はいつまでできますか？"


def parse(text):
    """Name and labels of each number."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
async def metrics(store, clock, tmp_path):
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "one.yaml").write_text(
        "lang: ja\nentries:\n  - {id: a, question: 営業時間は？, answer: 9時からです。}\n", "utf-8"
    )
    library = Library(tmp_path / "faq")
    await library.reload()
    made = Metrics(store, library, clock, version="1.2.3")
    await made.start()
    return made


async def look(metrics):
    return parse((await metrics.render()).decode())


async def test_what_happened_since_the_start_is_counted_once(metrics, story, clock):
    await story.say(RETURN)
    await story.say("ありがとう")
    clock.pass_time(90_000)
    found = [await look(metrics) for _ in range(2)]
    for numbers in found:
        assert {
            labels: value
            for (name, labels), value in numbers.items()
            if name == "madoguchi_events_received_total"
        } == {(("channel", "line"), ("kind", "message"), ("state", "done")): 2}
        turns = {
            dict(labels)["decision"]: value
            for (name, labels), value in numbers.items()
            if name == "madoguchi_bot_turns_total"
        }
        assert turns == {"answer": 1, "talk": 1, "suggest": 0, "fallback": 0, "chosen": 0}
        assert numbers["madoguchi_outbox_rows", (("state", "pending"),)] == 2
        assert numbers["madoguchi_outbox_oldest_seconds", ()] == 90
        assert numbers["madoguchi_knowledge_entries", ()] == 1
        assert numbers["madoguchi_build_info", (("version", "1.2.3"),)] == 1


async def test_the_queue_and_its_oldest_wait(metrics, story, clock):
    await story.tap("human")
    clock.pass_time(60_000)
    await story.tap("human", customer="U2")
    waiting = await look(metrics)
    await story.claim()
    claimed = await look(metrics)
    names = ("queue_length", "queue_oldest_seconds", "conversations_assigned")
    assert [waiting[f"madoguchi_{name}", ()] for name in names] == [2, 60, 0]
    assert [claimed[f"madoguchi_{name}", ()] for name in names] == [1, 0, 1]


async def test_without_a_database_the_rest_is_told(metrics, store):
    await look(metrics)
    await store.close()
    numbers = await look(metrics)
    assert numbers["madoguchi_knowledge_entries", ()] == 1


async def test_writes_are_measured(tmp_path, metrics):
    store = await SqliteStore.open(tmp_path / "other.db")
    store.on_commit = metrics.note_commit
    await store.write(lambda tx: tx.run("CREATE TABLE one (id INTEGER)"))
    await store.close()
    metrics.note_sent(1_500)
    numbers = await look(metrics)
    assert numbers["madoguchi_store_group_size_count", ()] == 1
    assert numbers["madoguchi_store_commit_seconds_count", ()] == 1
    assert numbers["madoguchi_delivery_seconds_sum", ()] == 1.5


async def test_names_are_documented_both_ways_and_no_customer_is_named(metrics, story):
    await story.say("私の名前は山田太郎、電話は090-1234-5678です")
    await story.tap("human")
    text = (await metrics.render()).decode()
    served = {family.name: family.type for family in text_string_to_metric_families(text)}
    rows = re.findall(r"^\| `([a-z_]+)` \| ([a-z]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert dict(rows) == served
    assert len(rows) == len(served)
    for secret in ("山田", "1234", "U1", "M-"):
        assert secret not in text


def test_a_token_is_long_enough():
    with pytest.raises(ValidationError):
        MetricsSettings(token="short")
    assert MetricsSettings(token=TOKEN).token.get_secret_value() == TOKEN


def test_the_token_comes_from_a_file(tmp_path, monkeypatch):
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    monkeypatch.setenv("MADOGUCHI_METRICS__TOKEN_FILE", str(tmp_path / "token"))
    settings: Settings = load_settings()
    assert settings.metrics.token.get_secret_value() == TOKEN


async def test_this_machine_and_the_token_alone_open_it(tmp_path, monkeypatch):
    settings = await asyncio.to_thread(
        load_settings, data_dir=tmp_path, knowledge=EXAMPLE, metrics=MetricsSettings(token=TOKEN)
    )
    async with open_house(settings) as house, TestClient(TestServer(house.app)) as client:

        async def status(**headers):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return (await client.get("/metrics", headers=named)).status

        here = await client.get("/metrics")
        assert here.status == 200
        assert here.headers["Cache-Control"] == "no-store"
        assert "madoguchi_loop_lag_seconds_bucket" in await here.text()
        # a proxy on this machine asks for somebody else
        assert await status(X_Forwarded_For="203.0.113.9") == 401
        assert await status(Forwarded="for=203.0.113.9") == 401
        monkeypatch.setattr("aiohttp.web.BaseRequest.remote", "203.0.113.9")
        assert await status() == 401
        assert await status(Authorization="Bearer wrong") == 401
        assert await status(Authorization=TOKEN) == 401
        assert await status(Authorization=f"Bearer {TOKEN}") == 200
        assert await status(Authorization=f"Bearer {TOKEN}", X_Forwarded_For="203.0.113.9") == 200


async def test_without_a_token_nobody_else_gets_in(tmp_path, monkeypatch):
    settings = await asyncio.to_thread(load_settings, data_dir=tmp_path, knowledge=EXAMPLE)
    async with open_house(settings) as house, TestClient(TestServer(house.app)) as client:
        monkeypatch.setattr("aiohttp.web.BaseRequest.remote", "203.0.113.9")
        for given in ("Bearer ", "Bearer", "Bearer x"):
            answer = await client.get("/metrics", headers={"Authorization": given})
            assert answer.status == 401
