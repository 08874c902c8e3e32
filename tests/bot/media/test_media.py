"""Files that LINE holds are fetched, or their fate is told; nothing is fetched twice."""

import asyncio

import pytest
from media_rows import NOW

from bot.attachments import (
    ATTEMPTS,
    erase_attachments,
    list_attachments,
    open_attachment,
    owe_attachment,
)
from bot.clock import DAY_MS, HOUR_MS
from bot.errors import NotFound, StoreUnavailable
from bot.events import Media
from bot.hints import DESK, Hint, customer_topic
from bot.media import ContentGone, ContentNotReady, ContentUnavailable, fetch_owed

JPEG = b"\xff\xd8\xff\xe0" + bytes(500)
MOST = 10_000


class Phone:
    """Content by source: bytes, or an error; `gate` holds it back, `asked` remembers."""

    def __init__(self, **content):
        self.content = content
        self.asked = []
        self.gate = None
        self.during = None

    async def read_content(self, source):
        self.asked.append(source)
        found = self.content[source]
        if isinstance(found, Exception):
            raise found
        yield found[:100]
        if self.during is not None:
            await self.during()
        yield found[100:]


@pytest.fixture
def fetch(store, shelf, hints, clock):
    async def fetch(phone):
        return await fetch_owed(store, shelf, phone, hints, most=MOST, now=clock.at)

    return fetch


async def owe(store, source="m1", **media):
    return await store.write(
        owe_attachment,
        customer_id=1,
        message_id=1,
        media=Media(source=source, **media),
        now=NOW,
    )


async def states(ask):
    return [row["state"] for row in await ask("SELECT state FROM attachment ORDER BY id")]


async def test_a_picture_is_fetched_and_everybody_who_watches_is_told(
    store, shelf, hints, fetch, ask
):
    key = await owe(store, name="写真.jpg")
    with hints.listen(DESK, customer_topic(1)) as listener:
        assert await fetch(Phone(m1=JPEG)) == 1
        told = await listener.next(0)

    held = await store.read(open_attachment, key)
    assert (held.name, held.content_type, held.size) == ("写真.jpg", "image/jpeg", len(JPEG))
    assert shelf.path(key).read_bytes() == JPEG
    assert told == [
        Hint(topic=topic, kind="conversation", conversation_id=101, seq=1)
        for topic in (DESK, customer_topic(1))
    ]
    assert await fetch(Phone()) == 0


async def test_a_page_sees_what_is_on_its_way(store):
    key = await owe(store, name="写真.jpg", size=7)
    assert [dict(row) for row in await store.read(list_attachments, 1)] == [
        {"key": key, "state": "owed", "name": "写真.jpg", "content_type": "", "size": 7}
    ]
    with pytest.raises(NotFound):
        await store.read(open_attachment, key)


@pytest.mark.parametrize(
    ("content", "state"), [(ContentGone(), "gone"), (bytes(MOST + 1), "too_large")]
)
async def test_what_we_shall_never_have_is_told(store, fetch, ask, content, state):
    await owe(store)
    assert await fetch(Phone(m1=content)) == 1
    assert await states(ask) == [state]
    assert await fetch(Phone()) == 0


async def test_what_is_announced_as_too_large_is_not_asked_for(store, fetch, ask):
    await owe(store, size=MOST + 1)
    phone = Phone()
    await fetch(phone)
    assert (await states(ask), phone.asked) == (["too_large"], [])


@pytest.mark.parametrize("error", [ContentNotReady(), ContentUnavailable(), OSError(28, "full")])
async def test_trouble_is_tried_again_each_time_a_little_later(store, fetch, clock, ask, error):
    await owe(store)
    delays = []
    for _ in range(4):
        assert await fetch(Phone(m1=error)) == 1
        (row,) = await ask("SELECT next_at FROM attachment")
        delays.append((row["next_at"] - clock.at) // 1000)
        clock.at = row["next_at"] - 1
        assert await fetch(Phone(m1=error)) == 0
        clock.at += 1
    assert delays == [5, 10, 20, 40]
    await fetch(Phone(m1=JPEG))
    assert await states(ask) == ["kept"]


async def test_after_a_day_of_trouble_it_is_given_up(store, fetch, clock, ask):
    await owe(store)
    for _ in range(ATTEMPTS):
        assert await fetch(Phone(m1=ContentUnavailable())) == 1
        clock.at += HOUR_MS
    assert await states(ask) == ["failed"]
    assert clock.at - NOW > DAY_MS


async def test_what_one_process_fetches_no_other_begins(store, fetch, clock, ask):
    await owe(store)
    phone = Phone(m1=JPEG)

    async def meanwhile():
        assert await fetch(Phone()) == 0

    phone.during = meanwhile
    await fetch(phone)
    assert (await states(ask), phone.asked) == (["kept"], ["m1"])


async def test_what_was_begun_by_a_process_that_died_is_fetched_after_its_lease(
    store, fetch, clock, ask
):
    await owe(store)
    with pytest.raises(KeyError):
        await fetch(Phone())
    assert await fetch(Phone(m1=JPEG)) == 0
    clock.at += 3 * 60_000
    assert await fetch(Phone(m1=JPEG)) == 1
    assert await states(ask) == ["kept"]


async def test_taken_back_while_on_its_way_it_is_not_kept(store, shelf, fetch, ask):
    key = await owe(store)
    phone = Phone(m1=JPEG)

    async def take_back():
        await store.write(erase_attachments, message_id=1)

    phone.during = take_back
    await fetch(phone)
    assert await states(ask) == ["erased"]
    assert not shelf.path(key).exists()


async def test_one_bad_file_costs_the_others_nothing(store, fetch, ask):
    for source in ("m1", "m2", "m3"):
        await owe(store, source)
    await fetch(Phone(m1=JPEG, m2=ContentUnavailable(), m3=JPEG))
    assert await states(ask) == ["kept", "owed", "kept"]


async def test_a_few_are_fetched_side_by_side(store, fetch, ask):
    for number in range(6):
        await owe(store, f"m{number}")
    together = asyncio.Barrier(4)
    phone = Phone(**{f"m{number}": JPEG for number in range(6)})
    phone.during = together.wait
    assert await fetch(phone) == 4
    phone.during = None
    assert await fetch(phone) == 2
    assert await states(ask) == ["kept"] * 6


async def test_a_store_that_is_away_leaves_the_file_owed(store, shelf, hints, monkeypatch, ask):
    await owe(store)

    class Away:
        read = store.read
        calls = 0

        async def write(self, fn, /, *args, **kwargs):
            self.calls += 1
            if self.calls > 1:
                raise StoreUnavailable
            return await store.write(fn, *args, **kwargs)

    assert await fetch_owed(Away(), shelf, Phone(m1=JPEG), hints, most=MOST, now=NOW) == 1
    assert await states(ask) == ["owed"]
