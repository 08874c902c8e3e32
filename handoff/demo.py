"""What `madoguchi demo` needs: a folder of its own, example staff and settings that are open."""

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.store import Store
from handoff import accounts
from handoff.access import Role
from handoff.staff import add_agent

SHOP_NAME = {"ja": "こもれび雑貨店", "en": "Komorebi Goods"}
EXAMPLE = Path(__file__).parent.parent / "faq" / "example"
#: public on purpose: these accounts exist in the demo's own folder alone, on this machine
PASSWORD = "hidamari-no-zakka"  # noqa: S105 - said above


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One of the demo's staff."""

    login: str
    name: str
    role: Role


STAFF = (
    Person(login="sato", name="佐藤", role=Role.AGENT),
    Person(login="suzuki", name="鈴木", role=Role.AGENT),
    Person(login="admin", name="管理者", role=Role.ADMIN),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoLine:
    """What the stand-in and our LINE door share."""

    channel_secret: str
    access_token: str


def make_folder(folder: Path) -> DemoLine:
    """Copy the example knowledge into the demo's folder; an edited copy stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    knowledge = folder / "knowledge"
    if not knowledge.exists():
        shutil.copytree(EXAMPLE, knowledge, ignore=shutil.ignore_patterns("__pycache__"))
    return DemoLine(channel_secret=secrets.token_hex(16), access_token=secrets.token_urlsafe(24))


def demo_settings(
    folder: Path, line: DemoLine, *, host: str, port: int, line_base: str, shop: str
) -> dict[str, Any]:
    """Settings that let everything be tried at any hour."""
    always = {"week": {"mon-sun": "0:00-24:00"}, "holidays": "as usual"}
    return {
        "host": host,
        "port": port,
        "data_dir": folder / "data",
        "knowledge": folder / "knowledge",
        "line": {
            "channel_secret": line.channel_secret,
            "channel_access_token": line.access_token,
            "api_base": line_base,
            "api_data_base": line_base,
        },
        # whatever repository the demo lies in is none of its business
        "knowledge_page": {"git": "off"},
        "chat": {"sites": [shop]},
        "talk": {
            "account_name": SHOP_NAME,
            "privacy_url": f"{shop}/#privacy",
        },
        "people": {
            "hours": {"chat": always, "phone": always},
            "teams": {
                "default": {"name": {"ja": "総合窓口", "en": "General support"}},
                "returns": {"name": {"ja": "返品係", "en": "Returns"}},
                "billing": {"name": {"ja": "お支払い係", "en": "Billing"}},
            },
            "phone": {"number": "0120-000-000"},
        },
    }


async def add_staff(store: Store, clock: Clock) -> None:
    """Add the demo's accounts; those that are there stay as they are."""
    for person in STAFF:
        known = await store.read(accounts.find_credentials, person.login)
        if known is None:
            await add_agent(
                store,
                clock,
                login=person.login,
                name=person.name,
                role=person.role,
                password=PASSWORD,
            )
