"""Knowledge folders for tests."""

from datetime import date
from pathlib import Path

from faq.entry import Entry
from faq.knowledge import Knowledge, build_knowledge
from faq.readings import plain_readings

TODAY = date(2026, 6, 1)

SHOP = """\
lang: ja
category: 返品・交換
entries:
  - id: return-deadline
    question: 返品はいつまでできますか？
    variants: [返品期限, 何日以内なら返せますか]
    answer: 商品到着後8日以内でしたら返品できます。
    next: [return-how]
    translations:
      en: {question: "How long can I return an item?", answer: "Within 8 days.", category: Returns}
  - id: return-how
    question: 返品の手続きを教えてください
    variants: [返品方法, 返品の申し込み]
    answer: マイページの注文履歴からお申し込みください。
  - id: delivery-fee
    question: 送料はいくらですか
    category: 配送
    variants: [配送料, 送料無料の条件]
    answer: 全国一律500円です。5,000円以上のお買い上げで無料です。
"""


def write_folder(path: Path, **files: str) -> Path:
    """A folder with these files; `kb` becomes `kb.yaml`."""
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        (path / f"{name}.yaml").write_text(text, "utf-8")
    return path


def entry(entry_id: str, question: str, *variants: str, answer: str = "回答", **more) -> Entry:
    """An entry with what a test cares about."""
    return Entry(id=entry_id, question=question, variants=variants, answer=answer, **more)


def knowledge(*entries: Entry, synonyms=()) -> Knowledge:
    """A knowledge that decides the same with and without a dictionary installed."""
    return build_knowledge(entries, synonyms, readings=plain_readings())


def decide(known: Knowledge, text: str, *, channel: str = "web", today: date = TODAY, **more):
    """A decision with the usual frame."""
    return known.decide(text, lang=None, channel=channel, today=today, **more)
