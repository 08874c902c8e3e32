"""Files of visitors: what is taken, and who may see it."""

import io
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.attachments import Attachment
from bot.channels.webchat.uploads import file_headers, parse_name
from bot.intake import Receipt, Taken

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n" + b"x" * 40


@pytest.fixture
async def page(visitor, client, origin):
    await visitor.open()
    await visitor.until(1)

    async def upload(body, client_id="client-01", name="写真.png", token=None):
        return await client.post(
            "/chat/upload",
            data=body,
            headers={
                "Origin": origin,
                "Authorization": f"Bearer {token or visitor.token}",
                "X-Client-Id": client_id,
                "X-File-Name": quote(name),
            },
        )

    visitor.upload = upload
    return visitor


async def _files(page):
    return [event["files"] for event in page.events if event.get("files")]


def _bytes_kept(tmp_path):
    return sorted(len(path.read_bytes()) for path in Path(tmp_path, "media").glob("*"))


async def test_a_picture_becomes_a_message(page, client):
    answer = await page.upload(PNG)
    assert await answer.json() == {"type": "ack", "client_id": "client-01", "seq": 2}
    event = (await page.until(2))[1]
    (kept,) = event["files"]
    assert (event["kind"], kept["name"], kept["type"], kept["size"], kept["state"]) == (
        "image",
        "写真.png",
        "image/png",
        len(PNG),
        "kept",
    )
    fetched = await client.get(
        f"/chat/file/{kept['key']}", headers={"Authorization": f"Bearer {page.token}"}
    )
    assert await fetched.read() == PNG
    assert fetched.headers["Content-Type"] == "image/png"
    assert fetched.headers["Content-Disposition"] == (
        "attachment; filename=\"__.png\"; filename*=UTF-8''%E5%86%99%E7%9C%9F.png"
    )
    assert fetched.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")


async def test_a_document_is_a_file(page):
    assert (await page.upload(PDF, name="領収書.pdf")).status == 200
    assert (await page.until(2))[1]["kind"] == "file"


async def test_nobody_else_gets_it(page, second_tab, client):
    await page.upload(PNG)
    key = (await page.until(2))[1]["files"][0]["key"]
    await second_tab.open()
    foreign = {"Authorization": f"Bearer {second_tab.token}"}
    assert (await client.get(f"/chat/file/{key}", headers=foreign)).status == 404
    assert (await client.get(f"/chat/file/{'0' * 32}", headers=foreign)).status == 404
    assert (await client.get("/chat/file/..%2fchat.db", headers=foreign)).status == 404
    assert (await client.get(f"/chat/file/{key}")).status == 401


async def test_the_same_upload_again_is_one_message_and_one_file(page, tmp_path):
    first = await (await page.upload(PNG)).json()
    again = await (await page.upload(PNG)).json()
    assert first == again
    assert len(await page.until(2)) == 2
    assert _bytes_kept(tmp_path) == [len(PNG)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x89PNG",
        b"<html><script>alert(1)</script></html>" * 3,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
        b"MZ" + b"\0" * 100,
        b"PK\x03\x04" + b"\0" * 100,
        b"ID3" + b"\0" * 100,
    ],
)
async def test_only_pictures_and_pdf_are_taken(page, body, tmp_path):
    assert (await page.upload(body)).status == 415
    assert _bytes_kept(tmp_path) == []


async def test_a_file_has_a_largest_size(page, tmp_path):
    large = io.BytesIO(PNG + b"\0" * (10 * 1024 * 1024))
    assert (await page.upload(large)).status == 413

    async def without_length():
        for _ in range(11):
            yield PNG + b"\0" * (1024 * 1024)

    assert (await page.upload(without_length())).status == 413
    assert _bytes_kept(tmp_path) == []


async def test_a_refused_message_leaves_no_file(page, intake, tmp_path):
    intake.outage = 1
    answer = await page.upload(PNG)
    assert (answer.status, (await answer.json())["type"]) == (503, "retry")
    assert _bytes_kept(tmp_path) == []


async def test_files_leave_room_for_messages(page, tmp_path, monkeypatch):
    monkeypatch.setattr("bot.shelf.RESERVE", 2**62)
    assert (await page.upload(PNG)).status == 503
    assert _bytes_kept(tmp_path) == []
    monkeypatch.undo()
    assert (await page.upload(PNG)).status == 200


async def test_uploads_are_counted(page):
    statuses = [(await page.upload(PNG, client_id=f"client-{n:02d}")).status for n in range(12)]
    assert statuses == [200] * 10 + [429] * 2


async def test_the_bytes_wait_with_a_message_that_is_parked(page, intake, monkeypatch, tmp_path):
    """An admin has it taken again, and then it has its picture."""
    parked = []

    async def park(events):
        parked.extend(events)
        return [Receipt(event_key=event.event_key, taken=Taken.PARKED) for event in events]

    with monkeypatch.context() as broken:
        broken.setattr(intake, "receive", park)
        answer = await page.upload(PNG)
    assert await answer.json() == {"type": "ack", "client_id": "client-01", "seq": None}
    (kept,) = [path.name for path in Path(tmp_path, "media").glob("*")]
    await intake.receive(parked)
    assert (await page.until(2))[1]["files"][0]["key"] == kept


@pytest.mark.parametrize("client_id", ["", "short", "x" * 65, "with space", "日本語日本語日本"])
async def test_an_upload_has_an_id(page, client, origin, client_id):
    headers = {
        "Origin": origin,
        "Authorization": f"Bearer {page.token}",
        "X-Client-Id": quote(client_id),
    }
    assert (await client.post("/chat/upload", data=PNG, headers=headers)).status == 400


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("photo.png", "photo.png"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\r\nSet-Cookie: x", "a__Set-Cookie: x"),
        ("evil\u202egnp.exe", "evil_gnp.exe"),
        ("x" * 300 + ".png", "x" * 96 + ".png"),
        ("", ""),
        ("カード4111111111111111.png", "カード************1111.png"),
    ],
)
def test_a_name_is_made_harmless(sent, name):
    assert parse_name(quote(sent)) == name


def test_a_name_cannot_leave_its_header():
    held = Attachment(
        key="k",
        customer_id=1,
        message_id=1,
        name='a"; filename=b.exe; x="',
        content_type="image/png",
        size=1,
    )
    assert file_headers(held)["Content-Disposition"] == (
        'attachment; filename="a___filename_b.exe__x__"; '
        "filename*=UTF-8''a%22%3B%20filename%3Db.exe%3B%20x%3D%22"
    )
