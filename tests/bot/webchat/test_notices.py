"""What is announced reaches open pages, leaves them, and speaks their language."""

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

import pytest
from factories import KNOWLEDGE, TOKYO

from bot.appkeys import LIBRARY, ZONE
from bot.channels.webchat.lobby import LOBBY
from bot.channels.webchat.notices import Notices
from bot.clock import MINUTE_MS
from bot.hints import Hint, customer_topic
from bot.transcript import find_customer_id
from faq.announcement import Announcement

#: the conftest's clock says 2027-01-15 17:00 in Tokyo
SNOW = Announcement(
    id="snow",
    text="お届けが**遅れて**います。",
    starts=datetime(2027, 1, 15, 17, 10),
    ends=datetime(2027, 1, 15, 18),
    translations={"en": "Deliveries are late."},
)
LINE_ONLY = Announcement(id="line", text="LINEだけ", channels=("line",))
TOLD = {
    "ja": [{"id": "snow", "text": "お届けが**遅れて**います。"}],
    "en": [{"id": "snow", "text": "Deliveries are late."}],
}


@pytest.fixture
def library():
    return SimpleNamespace(current=replace(KNOWLEDGE, announcements=(SNOW, LINE_ONLY)))


@pytest.fixture
def app(app, library):
    app[LIBRARY] = library
    app[ZONE] = TOKYO
    # the same as when the keys are there before the routes
    app[LOBBY].notices = Notices(app, "web")
    return app


async def look_again(visitor, store, hints):
    """As the page's timer does; the state that is told."""
    customer = await store.read(find_customer_id, "web", visitor.token.split(".")[1])
    hints.publish([Hint(topic=customer_topic(customer), kind="look")])
    return await visitor.frame("state")


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_it_comes_and_leaves_while_the_page_is_open(visitor, store, hints, clock, lang):
    await visitor.open(lang=lang)
    before = await visitor.frame("state")
    clock.now += 10 * MINUTE_MS
    during = await look_again(visitor, store, hints)
    clock.now += 50 * MINUTE_MS
    after = await look_again(visitor, store, hints)
    told = [state.get("announcements") for state in (before, during, after)]
    assert told == [None, TOLD[lang], None]


async def test_an_edit_reaches_an_open_page(visitor, store, hints, clock, library):
    clock.now += 10 * MINUTE_MS
    await visitor.open(lang="ja")
    assert (await visitor.frame("state"))["announcements"] == TOLD["ja"]
    later = replace(SNOW, text="解消しました。")
    library.current = replace(KNOWLEDGE, announcements=(later,))
    changed = await look_again(visitor, store, hints)
    assert changed["announcements"] == [{"id": "snow", "text": "解消しました。"}]


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_polling_tells_the_same(client, origin, clock, lang):
    clock.now += 10 * MINUTE_MS
    hello = {"type": "hello", "lang": lang}
    answer = await client.post("/chat/hello", json=hello, headers={"Origin": origin})
    token = (await answer.json())["token"]
    poll = await client.get(
        f"/chat/poll?lang={lang}", headers={"Authorization": f"Bearer {token}"}
    )
    assert (await poll.json())["state"]["announcements"] == TOLD[lang]


def test_a_page_looks_when_the_next_one_begins_or_ends(app, clock):
    notices = Notices(app, "web")
    rests = []
    for at in (0, 9 * MINUTE_MS + 48_000, 10 * MINUTE_MS - 1, 10 * MINUTE_MS, 61 * MINUTE_MS):
        clock.now = 1_800_000_000_000 + at
        rests.append(notices.rest(20))
    assert rests == [20, 12, 0.05, 20, 20]
