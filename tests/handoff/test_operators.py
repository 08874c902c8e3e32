"""Numbers and troubles are for this machine and the token's holder; others hear ready or not."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from handoff.composition import open_house
from handoff.configuration import load_settings
from handoff.settings import MetricsSettings

EXAMPLE = Path(__file__).parents[2] / "faq" / "example"
TOKEN = "sixteen letters at least"
DETAILS = {"ready": True, "missing": [], "notes": ["backup"]}
#: What a proxy on this machine sends along, or the name that it was asked for.
FORWARDED = (
    {"X-Forwarded-For": "203.0.113.9"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-For": ""},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Host": "chat.shop.example"},
    {"X-Real-IP": "203.0.113.9"},
    {"Forwarded": "for=203.0.113.9"},
    {"Via": "1.1 proxy"},
    {"Host": "chat.shop.example"},
    {"Host": "127.0.0.1.chat.shop.example"},
    {"Host": "[::1"},
)


@pytest.fixture
async def client(tmp_path):
    settings = await asyncio.to_thread(
        load_settings,
        data_dir=tmp_path / "data",
        knowledge=EXAMPLE,
        # there is no copy in it: something to tell
        backup_dir=tmp_path / "copies",
        metrics=MetricsSettings(token=TOKEN),
    )
    async with open_house(settings) as house, TestClient(TestServer(house.app)) as client:
        client.house = house
        yield client


async def ask(client, **headers):
    """What /readyz says, and whether /metrics opens."""
    ready = await client.get("/readyz", headers=headers)
    metrics = await client.get("/metrics", headers=headers)
    return ready.status, await ready.json(), metrics.status


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8080", "LOCALHOST", "[::1]:8080"])
async def test_this_machine_hears_what_is_wrong(client, host):
    assert await ask(client, Host=host) == (200, DETAILS, 200)


@pytest.mark.parametrize("headers", FORWARDED)
async def test_whom_a_proxy_asks_for_is_a_stranger(client, headers):
    assert await ask(client, **headers) == (200, {"ready": True}, 401)
    given = {**headers, "Authorization": f"Bearer {TOKEN}"}
    assert await ask(client, **given) == (200, DETAILS, 200)


async def test_a_proxy_that_was_told_nothing_asks_for_strangers(client):
    # its own words: HTTP/1.0, and where it connects to as the name
    heard = []
    for version in ("1.0", "1.1"):
        reader, writer = await asyncio.open_connection(client.server.host, client.server.port)
        asked = f"GET /readyz HTTP/{version}\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n\r\n"
        writer.write(asked.encode())
        heard.append((await reader.read()).rpartition(b"\r\n\r\n")[2])
        writer.close()
    assert heard == [json.dumps({"ready": True}).encode(), json.dumps(DETAILS).encode()]


async def test_from_elsewhere_the_token_alone_hears_it(client, monkeypatch):
    monkeypatch.setattr("aiohttp.web.BaseRequest.remote", "203.0.113.9")
    for given in ("", "Bearer", "Bearer wrong", TOKEN):
        assert await ask(client, Authorization=given) == (200, {"ready": True}, 401)
    assert await ask(client, Authorization=f"Bearer {TOKEN}") == (200, DETAILS, 200)


async def test_a_stranger_hears_that_it_is_not_ready_and_not_why(client):
    await client.house.store.close()
    assert await ask(client, Via="1.1 proxy") == (503, {"ready": False}, 401)
    assert (await ask(client))[:2] == (503, {**DETAILS, "ready": False, "missing": ["database"]})
