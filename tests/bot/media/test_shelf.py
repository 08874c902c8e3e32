"""Bytes are kept whole, unreadable for others, or not at all."""

import os
import stat

import pytest
from media_rows import NOW

from bot.attachments import (
    add_upload,
    attach_upload,
    erase_attachments,
    erase_upload,
    new_key,
    open_attachment,
)
from bot.clock import HOUR_MS
from bot.errors import NotFound, TooLarge
from bot.shelf import Kept, drop_erased, sweep_shelf

PNG = b"\x89PNG\r\n\x1a\n" + bytes(1000)
MOST = 10_000


async def pieces(*parts, error=None):
    for part in parts:
        yield part
    if error is not None:
        raise error


def files(tmp_path):
    folder = tmp_path / "media"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


async def test_what_was_put_lies_there_for_us_alone(shelf, tmp_path):
    kept = await shelf.put(PNG, most=MOST)

    path = shelf.path(kept.key)
    assert kept == Kept(key=kept.key, size=len(PNG), content_type="image/png")
    assert path.read_bytes() == PNG
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert files(tmp_path) == [kept.key]


async def test_pieces_become_one_file_however_they_come(shelf):
    body = PNG + os.urandom(600_000)
    for step in (1, 7, 100_000):
        parts = [body[at : at + step] for at in range(0, 40 if step < 10 else len(body), step)]
        kept = await shelf.keep(new_key(), pieces(*parts), most=10**6)
        assert shelf.path(kept.key).read_bytes() == b"".join(parts)
        assert kept.content_type == "image/png"


async def test_too_much_leaves_nothing(shelf, tmp_path):
    with pytest.raises(TooLarge):
        await shelf.put(bytes(MOST + 1), most=MOST)
    assert files(tmp_path) == []
    assert (await shelf.put(bytes(MOST), most=MOST)).size == MOST


async def test_an_end_in_the_middle_leaves_nothing(shelf, tmp_path):
    with pytest.raises(ConnectionError):
        await shelf.keep(new_key(), pieces(PNG, error=ConnectionError()), most=MOST)
    assert files(tmp_path) == []


async def test_a_part_left_by_a_crash_is_written_anew(shelf):
    key = new_key()
    await shelf.put(b"x", most=MOST)
    shelf.path(key).with_suffix(".part").write_bytes(b"half")
    await shelf.keep(key, pieces(PNG), most=MOST)
    assert shelf.path(key).read_bytes() == PNG


@pytest.mark.parametrize("key", ["", "../madoguchi.db", "a" * 31, "A" * 32, "0" * 32 + "\n"])
def test_only_a_key_leads_to_a_file(shelf, key):
    with pytest.raises(NotFound):
        shelf.path(key)


async def upload(store, shelf):
    kept = await shelf.put(PNG, most=MOST)
    return await store.write(
        add_upload,
        customer_id=1,
        key=kept.key,
        name="写真.png",
        content_type=kept.content_type,
        size=kept.size,
        now=NOW,
    )


async def test_an_upload_belongs_to_one_message_of_its_own_customer(store, shelf):
    key = await upload(store, shelf)

    assert not await store.write(attach_upload, key, customer_id=2, message_id=1)
    assert await store.write(attach_upload, key, customer_id=1, message_id=1)
    assert not await store.write(attach_upload, key, customer_id=1, message_id=1)

    held = await store.read(open_attachment, key)
    assert (held.customer_id, held.message_id, held.name, held.content_type, held.size) == (
        1,
        1,
        "写真.png",
        "image/png",
        len(PNG),
    )


async def test_what_is_erased_goes_with_its_bytes(store, shelf, tmp_path, ask):
    keys = [await upload(store, shelf) for _ in range(3)]
    await store.write(attach_upload, keys[0], customer_id=1, message_id=1)

    assert await store.write(erase_attachments, message_id=1) == [keys[0]]
    await store.write(erase_upload, keys[1])
    await store.write(erase_upload, keys[0])

    assert await drop_erased(store, shelf) == 2
    assert await drop_erased(store, shelf) == 0
    assert files(tmp_path) == [keys[2]]
    with pytest.raises(NotFound):
        await store.read(open_attachment, keys[0])
    assert await ask("SELECT name, size, state FROM attachment WHERE key = :key", key=keys[0]) == [
        {"name": "", "size": 0, "state": "erased"}
    ]


async def test_a_person_is_erased_with_all_their_files(store, shelf, tmp_path):
    keys = {await upload(store, shelf) for _ in range(2)}
    assert set(await store.write(erase_attachments, customer_id=1)) == keys
    assert await store.write(erase_attachments, customer_id=1) == []
    await drop_erased(store, shelf)
    assert files(tmp_path) == []


async def test_the_sweep_takes_old_files_that_nobody_owns(store, shelf, tmp_path):
    assert await sweep_shelf(store, shelf, now=NOW) == 0
    owned = await upload(store, shelf)
    orphan = (await shelf.put(PNG, most=MOST)).key
    young = (await shelf.put(PNG, most=MOST)).key
    part = shelf.path(orphan).with_suffix(".part")
    part.write_bytes(b"half")
    for path in (shelf.path(owned), shelf.path(orphan), part):
        os.utime(path, ns=((NOW - 2 * HOUR_MS) * 10**6,) * 2)
    os.utime(shelf.path(young), ns=((NOW - HOUR_MS // 2) * 10**6,) * 2)

    assert await sweep_shelf(store, shelf, now=NOW) == 2

    assert files(tmp_path) == sorted([owned, young])
