"""What the commands tell of announcements."""

import json
from datetime import datetime

import pytest

from faq.commands import ask, check
from tests.faq.knowledge_files import SHOP, TODAY, write_folder

SNOW = """\
entries:
  - id: snow
    announce: 大雪のため、お届けが遅れています。
    topics: [配送]
    from: 2026-06-01T09:00
    until: 2026-06-20
    pause: [return-how]
    translations: {en: {announce: Snow delays deliveries.}}
"""
OPEN, EARLY = datetime(2026, 6, 1, 9), datetime(2026, 6, 1, 8, 59)


@pytest.fixture
def shop(tmp_path):
    return write_folder(tmp_path / "knowledge", kb=SHOP, snow=SNOW)


def asked(shop, capsys, text, now, **more):
    assert ask(text, shop, today=TODAY, now=now, **more) == 0
    return capsys.readouterr().out


def test_ask_shows_what_leads(shop, capsys):
    led = "\nannounced first (snow):\n大雪のため、お届けが遅れています。\n"
    instead = "\ninstead of the answer (snow):\n大雪のため、お届けが遅れています。\n"
    told = {
        text: asked(shop, capsys, text, OPEN)
        for text in ("送料", "返品方法", "返品期限", "配送ぬるぽ")
    }
    ends = {text: [out.endswith(end) for end in (led, instead)] for text, out in told.items()}
    assert ends == {
        "送料": [True, False],
        "返品方法": [False, True],
        "返品期限": [False, False],
        "配送ぬるぽ": [True, False],
    }
    assert "snow" not in asked(shop, capsys, "送料", EARLY) + asked(shop, capsys, "送料", None)


def test_ask_in_json_and_english(shop, capsys):
    row = json.loads(asked(shop, capsys, "送料", OPEN, lang="en", as_json=True))
    assert row["announcements"] == [{"id": "snow", "text": "Snow delays deliveries."}]


def test_check_counts_them(shop, capsys):
    assert check(shop, today=TODAY, lang="en") == 0
    told = capsys.readouterr()
    assert told.err.startswith("3 entries, 1 announcement(s): 0 errors, 0 warnings, ")
    assert check(shop, today=TODAY, lang="ja", form="json") == 0
    told = capsys.readouterr()
    assert told.err.startswith("3項目、お知らせ1件: ")
    assert json.loads(told.out)["announcements"] == 1


def test_check_finds_the_place(tmp_path, capsys):
    wrong = SNOW.replace("[配送]", "[配送, 配達]").replace(
        "until: 2026-06-20", "until: 2026-05-31"
    )
    wrong = wrong.replace("from: 2026-06-01T09:00", "owner: 物流")
    folder = write_folder(tmp_path / "k", kb=SHOP, snow=wrong)
    assert check(folder, today=TODAY, lang="en") == 1
    assert capsys.readouterr().out.splitlines() == [
        (
            "snow.yaml:4:18: error: snow: `topics` names `配達`, which is neither a category nor "
            "an entry; correct or delete it [announce-topic]"
        ),
        (
            "snow.yaml:6:12: warning: snow: the announcement was over at 2026-06-01 00:00; "
            "set a later `until` if it stays true, or delete it [announce-over]"
        ),
    ]
