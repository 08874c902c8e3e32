"""Announcements in a knowledge folder: read, told off, and found by time, place and matter."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from faq.announcement import Announcement
from faq.checking import check_folder
from faq.entry import Silence, Translation
from faq.lint import lint_knowledge
from faq.loader import load_folder
from faq.schema import json_schema
from tests.faq.knowledge_files import SHOP, entry, knowledge, write_folder

TOKYO = ZoneInfo("Asia/Tokyo")
SNOW = """\
entries:
  - id: snow-delay
    announce: 大雪のため、北海道へのお届けが2〜3日遅れています。
    topics: [配送, return-how, 配送]
    from: 2026-01-10T09:00
    until: 2026-01-12 18:00
    pause: [delivery-fee]
    translations: {en: {announce: "Snow delays parcels to Hokkaido by 2 to 3 days."}}
    channels: [web, line]
    owner: 物流チーム
    silence: [{rule: announce-over, reason: 見本のため}]
"""
READ = Announcement(
    id="snow-delay",
    text="大雪のため、北海道へのお届けが2〜3日遅れています。",
    lang="ja",
    topics=("配送", "return-how"),
    starts=datetime(2026, 1, 10, 9),
    ends=datetime(2026, 1, 12, 18),
    pause=("delivery-fee",),
    channels=("web", "line"),
    translations={"en": "Snow delays parcels to Hokkaido by 2 to 3 days."},
    owner="物流チーム",
)
#: the item in a file beside the shop's, the column in its second line, what is told
HOSTILE = [
    ("{announce: x}", 5, "the announcement has no `id`"),
    ("{id: a, announce: }", 5, "the announcement has no `announce`"),
    ("{id: a, announce: [x]}", 23, "`announce` must be a text"),
    ("{id: a, announce: {ja: x}}", 23, "`announce` must be a text"),
    ("{id: a, announce: x, from: '10:00'}", 32, "`from` cannot be `10:00`"),
    ("{id: a, announce: x, until: 2026-02-30}", 33, "`until` cannot be `2026-02-30`"),
    ("{id: a, announce: x, until: 9999-12-31}", 33, "`until` cannot be `9999-12-31`"),
    (
        "{id: a, announce: x, until: '2026-01-10T24:00'}",
        33,
        "`until` cannot be `2026-01-10T24:00`",
    ),
    ("{id: a, announce: x, from: '２０２６-01-10'}", 32, "`from` cannot be `２０２６-01-10`"),
    ("{id: a, announce: x, from: [2026-01-10]}", 32, "`from` must be a text"),
    (
        "{id: a, announce: x, from: 2026-01-10, until: 2026-01-09}",
        51,
        "the announcement ends before it begins",
    ),
    ("{id: a, announce: x, topics: 配送}", 34, "`topics` must be a list"),
    ("{id: a, announce: x, pause: true}", 33, "`pause` must be a list"),
    ("{id: a, announce: x, channels: [tv]}", 37, "`channels` cannot be `tv`"),
    ("{id: a, announce: x, question: y}", 26, "unknown key `question`"),
    ("{id: a, anounce: x, question: y, answer: z}", 13, "unknown key `anounce`"),
    ("{id: a, announce: x, translations: [en]}", 40, "`translations` must hold languages"),
    ("{id: a, announce: x, translations: {en: {}}}", 45, "the translation has no `announce`"),
    (
        "{id: a, announce: x, translations: {ja: {announce: y}}}",
        41,
        "the announcement itself is in `ja`",
    ),
    ("{id: a, announce: x, translations: {EN: {announce: y}}}", 41, "`EN` is no language"),
    ("{id: return-how, announce: x}", 5, "the id `return-how` is taken by kb.yaml:11"),
    (
        "{id: a, announce: '[x](javascript:y)'}",
        23,
        "`announce` holds a link that starts with `javascript:`",
    ),
    (f"{{id: a, announce: {'x' * 1001}}}", 23, "`announce` is longer than 1000 characters"),
]


def loaded(folder, **files):
    return load_folder(write_folder(folder, kb=SHOP, **files))


def test_every_key_is_read(tmp_path):
    result = loaded(tmp_path / "k", snow=SNOW)
    assert (result.problems, result.knowledge.announcements) == ((), (READ,))
    assert result.knowledge.announcements[0].silence[0].reason == "見本のため"
    assert [(each.file, each.node.line) for each in result.announcements] == [("snow.yaml", 2)]


def test_a_day_alone_ends_with_itself(tmp_path):
    text = "entries:\n  - {id: a, announce: x, from: 2026-01-10, until: 2026-01-10}\n"
    (read,) = loaded(tmp_path / "k", x=text).knowledge.announcements
    assert (read.starts, read.ends) == (datetime(2026, 1, 10), datetime(2026, 1, 11))


@pytest.mark.parametrize(("item", "column", "what"), HOSTILE)
def test_what_is_wrong_is_told_with_its_place(tmp_path, item, column, what):
    result = loaded(tmp_path / "k", x=f"entries:\n  - {item}\n")
    told = [(each.file, each.line, each.column, each.what) for each in result.problems]
    assert told == [("x.yaml", 2, column, what)]
    assert len(result.knowledge.entries) >= 3


def test_what_is_wrong_is_told_in_japanese_too(tmp_path):
    untold = []
    for place, (item, *_) in enumerate(HOSTILE):
        folder = write_folder(tmp_path / str(place), kb=SHOP, x=f"entries:\n  - {item}\n")
        found = [
            each.ja
            for each in check_folder(folder, date(2026, 1, 1)).findings
            if each.file == "x.yaml"
        ]
        untold += [
            told for told in found if "ファイルを読めません" in told.what or told.how.isascii()
        ]
    assert untold == []


def test_a_folder_of_announcements_alone_serves_nothing(tmp_path):
    result = load_folder(write_folder(tmp_path / "k", snow=SNOW))
    assert result.knowledge is None
    assert [problem.what for problem in result.problems] == ["the folder holds no entries"]


def test_no_more_than_a_hundred_are_kept(tmp_path):
    items = "".join(f"  - {{id: a-{n}, announce: x}}\n" for n in range(101))
    result = loaded(tmp_path / "k", many=f"entries:\n{items}")
    assert [problem.what for problem in result.problems] == ["more than 100 announcements"]
    assert len(result.knowledge.announcements) == 100


def test_a_changed_announcement_is_another_version(tmp_path):
    plain = loaded(tmp_path / "plain").knowledge.version
    snow = loaded(tmp_path / "snow", snow=SNOW).knowledge.version
    later = loaded(tmp_path / "later", snow=SNOW.replace("18:00", "19:00")).knowledge.version
    assert len({plain, snow, later}) == 3


def test_the_schema_knows_both_kinds_of_items():
    item = json_schema()["properties"]["entries"]["items"]
    assert item["if"] == {"required": ["announce"]}
    assert item["then"]["required"] == ["id", "announce"]
    assert item["then"]["properties"]["translations"]["additionalProperties"]["required"] == [
        "announce"
    ]


# --- found by time, place and matter

KNOWN = replace(
    knowledge(
        entry("fee", "送料はいくら", category="配送"),
        entry("days", "何日で届く", category="配送"),
        entry("return", "返品したい", category="返品"),
    ),
    announcements=(
        Announcement(id="all", text="全部"),
        Announcement(id="delivery", text="配送", topics=("配送",), channels=("web",)),
        Announcement(id="days", text="日数", pause=("days",), topics=("days",)),
        Announcement(
            id="new-year",
            text="年末",
            topics=("返品",),
            starts=datetime(2026, 12, 31, 9),
            ends=datetime(2027, 1, 4),
        ),
    ),
)  # fmt: skip
JUNE = datetime(2026, 6, 1, 12, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("entry_id", "channel", "ids"),
    [
        ("fee", "web", ["delivery", "all"]),
        ("fee", "line", ["all"]),
        ("days", "web", ["days", "delivery", "all"]),
        ("return", "web", ["all"]),
        ("days", None, ["days", "delivery", "all"]),
    ],
)
def test_the_closest_comes_first(entry_id, channel, ids):
    found = KNOWN.announcements_for(KNOWN.entries[entry_id], channel=channel, now=JUNE)
    assert [each.id for each in found] == ids


@pytest.mark.parametrize(
    ("now", "ids"),
    [
        (datetime(2026, 12, 31, 8, 59, tzinfo=TOKYO), ["all", "days"]),
        (datetime(2026, 12, 31, 9, 0, tzinfo=TOKYO), ["all", "days", "new-year"]),
        (datetime(2027, 1, 3, 23, 59, tzinfo=TOKYO), ["all", "days", "new-year"]),
        (datetime(2027, 1, 4, 0, 0, tzinfo=TOKYO), ["all", "days"]),
    ],
)
def test_they_begin_and_end_by_the_clock_on_the_wall(now, ids):
    assert [each.id for each in KNOWN.announcements_on(channel="line", now=now)] == ids


def test_the_next_switch_is_the_next_beginning_or_end():
    times = [
        datetime(2026, 12, 1, tzinfo=TOKYO),
        datetime(2026, 12, 31, 9, tzinfo=TOKYO),
        datetime(2027, 1, 4, tzinfo=TOKYO),
    ]
    assert [KNOWN.next_switch(time) for time in times] == [
        datetime(2026, 12, 31, 9),
        datetime(2027, 1, 4),
        None,
    ]


def test_a_text_that_nothing_fits_may_still_name_a_topic():
    june = KNOWN.announcements_on(channel="web", now=JUNE)
    named = {
        text: [each.id for each in KNOWN.announcements_named(text, june)]
        for text in ("配送どうなってる", "ぬるぽ")
    }
    assert named == {"配送どうなってる": ["all", "delivery"], "ぬるぽ": ["all"]}


# --- the check


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, []),
        ({"topics": ("配送", "fee", "nothing")}, [("announce-topic", ("topics", 2))]),
        ({"pause": ("fee", "配送")}, [("announce-pause", ("pause", 1))]),
        ({"ends": None}, [("announce-no-until", ())]),
        ({"ends": datetime(2026, 6, 1)}, [("announce-over", ("until",))]),
        ({"ends": datetime(2026, 6, 1, 0, 1)}, [("announce-ends-soon", ("until",))]),
        ({"ends": datetime(2026, 6, 3)}, [("announce-ends-soon", ("until",))]),
        ({"ends": datetime(2026, 6, 3, 0, 1)}, []),
        ({"translations": {}}, [("announce-translation", ("translations",))]),
        ({"text": "長" * 170}, []),
        ({"text": "長" * 171}, [("announce-length", ("announce",))]),
        ({"text": "長" * 300, "channels": ("web",)}, []),
        ({"text": "[詳しく](https://shop.example/" + "x" * 300 + ")"}, []),
        (
            {"translations": {"en": "x" * 301}},
            [("announce-length", ("translations", "en", "announce"))],
        ),
        (
            {"ends": None, "silence": (Silence(rule="announce-no-until", reason="常時"),)},
            [],
        ),
        (
            {"silence": (Silence(rule="announce-no-until", reason="常時"),)},
            [("idle-silence", ("silence", 0))],
        ),
        ({"silence": (Silence(rule="x", reason="y"),)}, [("bad-silence", ("silence", 0))]),
    ],
)
def test_what_is_told_of_an_announcement(changes, told):
    good = Announcement(
        id="snow",
        text="大雪です。",
        topics=("配送",),
        ends=datetime(2026, 6, 20),
        translations={"en": "Snow."},
    )
    english = {"en": Translation(question="Fee?", answer="500 yen.")}
    known = knowledge(entry("fee", "送料はいくら", category="配送", translations=english))
    known = replace(known, announcements=(replace(good, **changes),))
    found = [
        (each.rule, each.path)
        for each in lint_knowledge(known, date(2026, 6, 1))
        if each.entry_id == "snow"
    ]
    assert found == told
