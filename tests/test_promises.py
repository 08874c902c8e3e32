"""Promises that no other folder guards: traced answers, nobody forgotten, safe floors."""

import re
import sqlite3
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

RETURN = "返品はいつまでできますか？"
PYPROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))
#: The least version without a known hole, for what meets strangers.
SAFE = {"aiohttp": (3, 14, 1), "jinja2": (3, 1, 6), "pyyaml": (6, 0, 3)}

#: Open, and nobody will ever look at it again.
ORPHANS = """SELECT id FROM conversation WHERE state <> 'closed' AND agent_id IS NULL
    AND due_at IS NULL"""
#: An answer from the knowledge that does not say from which.
UNTRACED = """SELECT id FROM message WHERE sender = 'bot' AND entry_id IS NOT NULL
    AND (knowledge_version IS NULL OR confidence IS NULL OR decision IS NULL)
    UNION ALL SELECT id FROM message WHERE sender = 'bot' AND decision IS NOT NULL
    AND (knowledge_version IS NULL OR json_extract(decision, '$.kind') IS NULL)"""


@pytest.mark.promise("P10")
async def test_every_answer_says_from_which_knowledge_it_came(tell):
    story = tell(channel="web", merge_ms=0)
    await story.follow()
    for text in (
        RETURN,
        "返金",
        "返品と送料について",
        "宇宙の果てには何がありますか",
        "ありがとう",
    ):
        await story.say(text)
    await story.tap("entry:shipping-fee")
    await story.tap("none")
    await story.say("届いた商品が壊れていました")
    answered = await story.rows("SELECT id FROM message WHERE entry_id IS NOT NULL")
    decided = await story.rows("SELECT id FROM message WHERE decision IS NOT NULL")
    assert len(answered) >= 3
    assert len(decided) >= 5
    assert await story.rows(UNTRACED) == []


@pytest.mark.promise("P09")
async def test_whatever_happens_nobody_is_forgotten(story, clock):
    async def look():
        assert await story.rows(ORPHANS) == []

    for text in (RETURN, "すみません", "ありがとう"):
        await story.say(text)
        await look()
    await story.tap("human")
    await look()
    await story.say("まだですか")
    await story.tap("back")
    await look()
    await story.tap("human")
    await story.claim()
    await look()
    await story.resolve()
    await look()
    await story.tap("score:1:1:5")
    await look()
    # left alone, everything that the bot has comes to its end by itself
    await story.wait(3 * 86_400_000)
    await story.wait(3 * 86_400_000)
    await look()
    assert [row["state"] for row in await story.rows("SELECT state FROM conversation")] == [
        "closed"
    ]


@pytest.mark.promise("P09")
async def test_the_database_itself_keeps_no_orphan(story, store):
    await story.say(RETURN)
    with pytest.raises(sqlite3.IntegrityError, match="ck_conversation_due"):
        await store.write(lambda tx: tx.run("UPDATE conversation SET due_at = NULL"))


def parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def floors() -> dict[str, tuple[int, ...]]:
    """The least version that may be installed, by package."""
    found = {}
    for wanted in PYPROJECT["project"]["dependencies"]:
        match = re.match(r"([A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?(?:>=([\d.]+))?", wanted)
        assert match is not None, wanted
        if match[2]:
            found[match[1].lower()] = parts(match[2])
    return found


@pytest.mark.promise("P43")
def test_what_meets_strangers_has_a_safe_floor():
    found = floors()
    assert {name: found[name] >= least for name, least in SAFE.items()} == dict.fromkeys(
        SAFE, True
    )


@pytest.mark.promise("P43")
def test_what_is_installed_is_not_older():
    older = {}
    for name, least in floors().items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "0"
        if parts(installed) < least:
            older[name] = installed
    assert older == {}
