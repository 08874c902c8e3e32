"""A knowledge folder with its page's service, over a real store."""

from dataclasses import dataclass
from pathlib import Path

from faq.library import Library
from handoff.access import Agent, Role
from handoff.keeping import Keeping
from handoff.settings import KnowledgePageSettings
from tests.handoff.people_world import World

RETURNS = """\
# 返品まわり
lang: ja
category: 返品
entries:
  # いちばん多い質問
  - id: return-deadline
    question: 返品はいつまでできますか？
    variants:
      - 返品期限   # よく来る
      - 何日以内なら返せますか
    answer: |
      商品到着後8日以内でしたら返品できます。
    expect: [返品の期限を教えて]
    owner: 受注チーム

  - id: refund-when
    question: 返金はいつ入りますか？
    variants: [返金の時期, 返金までの日数]
    answer: 返品の到着から5営業日です。
"""
SHIPPING = """\
category: 配送
entries:
- id: shipping-fee
  question: 送料はいくらですか？
  variants: [送料, 配送料金]
  answer: 全国一律500円です。
- id: shipping-days
  question: 何日で届きますか？
  variants: [配送日数, 到着予定日]
  answer: 2日から4日です。
"""


@dataclass
class KeepingWorld:
    world: World
    folder: Path
    library: Library
    keeping: Keeping
    admin: Agent
    other: Agent

    def text(self, name: str = "returns.yaml") -> str:
        return (self.folder / name).read_bytes().decode()

    def write(self, text: str, name: str = "returns.yaml") -> None:
        (self.folder / name).write_bytes(text.encode())


async def open_keeping(world: World, folder: Path, *, git: str = "off") -> KeepingWorld:
    folder.mkdir(exist_ok=True)
    (folder / "returns.yaml").write_bytes(RETURNS.encode())
    (folder / "shipping.yaml").write_bytes(SHIPPING.encode())
    library = Library(folder)
    await library.reload()
    settings = KnowledgePageSettings(git=git)
    return KeepingWorld(
        world=world,
        folder=folder,
        library=library,
        keeping=Keeping(world.store, world.hints, library, world.clock, settings),
        admin=await world.agent("管理 花子", Role.ADMIN),
        other=await world.agent("管理 次郎", Role.ADMIN),
    )
