"""A start with an identity provider in the settings says plainly what is missing."""

import asyncio
import sys
from pathlib import Path

import pytest

from handoff.composition import open_house
from handoff.configuration import BadSettings, load_settings

EXAMPLE = Path(__file__).parents[2] / "faq" / "example"
ISSUER = "https://id.shop.example"


async def start(folder: Path, **oidc: object) -> None:
    settings = await asyncio.to_thread(
        load_settings,
        data_dir=folder,
        knowledge=EXAMPLE,
        public_url=oidc.pop("public_url", "https://desk.shop.example"),
        oidc={"issuer": ISSUER, "client_id": "desk", **oidc},
    )
    async with open_house(settings) as house:
        assert house.provider is not None


async def test_with_the_extra_it_starts_and_calls_nobody(tmp_path: Path):
    await start(tmp_path)


async def test_without_the_extra_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in [name for name in sys.modules if name.startswith("handoff.outside_")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "joserfc", None)
    with pytest.raises(BadSettings, match=r"pip install 'madoguchi\[oidc\]'"):
        await start(tmp_path)


async def test_the_way_back_must_be_known(tmp_path: Path):
    with pytest.raises(BadSettings, match="public_url"):
        await start(tmp_path, public_url="")


@pytest.mark.parametrize(
    ("oidc", "told"),
    [
        ({"client_id": ""}, "client_id"),
        ({"create": "agent"}, "domains"),
        ({"roles": {"x": "king"}}, "no role king"),
        ({"create": "king"}, "oidc.create"),
        ({"issuer": "http://id.shop.example"}, "oidc.issuer"),
        ({"issuer": "https://id.shop.example/?x=1"}, "oidc.issuer"),
        ({"scopes": "email"}, "oidc.scopes"),
    ],
)
async def test_what_cannot_be_is_told_at_once(tmp_path: Path, oidc: dict[str, object], told: str):
    with pytest.raises(BadSettings, match=told):
        await start(tmp_path, **oidc)


async def test_a_new_installation_has_no_account(tmp_path: Path):
    """The first administrator comes by the command line, and nobody before."""
    settings = await asyncio.to_thread(load_settings, data_dir=tmp_path, knowledge=EXAMPLE)
    async with open_house(settings) as house:
        rows = await house.store.read(lambda tx: tx.all("SELECT login FROM agent"))
    assert rows == []
