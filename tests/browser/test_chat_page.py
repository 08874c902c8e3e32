"""The chat page when things go wrong or twice: reloads, tabs, dead lines, files, hostile words."""

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, WebSocketRoute, expect
from stage import Stage, shoot
from steps import come_in, leave_note, reply, resolve, said, say, take

ANSWER = "8日以内"


def png(width: int = 40, height: int = 30) -> bytes:
    """A green picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    rows = (b"\0" + b"\x0b\x6e\x4f" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        )
    )


@dataclass
class Line:
    """The way between a page and the server, to cut and to mend."""

    is_cut: bool = False
    no_sockets: bool = False
    sockets: list[WebSocketRoute] = field(default_factory=list)

    async def lay(self, page: Page) -> None:
        await page.route_web_socket("**/chat/ws", self._socket)
        await page.route("**/chat/*", self._request)

    async def _socket(self, socket: WebSocketRoute) -> None:
        if self.is_cut or self.no_sockets:
            await socket.close(code=1011)
        else:
            socket.connect_to_server()
            self.sockets.append(socket)

    async def _request(self, route: Route) -> None:
        if self.is_cut and "/static/" not in route.request.url:
            await route.abort()
        else:
            await route.continue_()

    async def cut(self) -> None:
        self.is_cut = True
        await self.drop()

    async def drop(self) -> None:
        """The server's end of every socket goes, as at a restart."""
        while self.sockets:
            await self.sockets.pop().close(code=1012)


async def open_with(stage: Stage, line: Line) -> Page:
    """The chat over a line of ours."""
    page = await stage.page()
    await line.lay(page)
    await page.goto(f"{stage.url}/chat")
    await page.locator("#log li").first.wait_for()
    return page


async def test_a_reload_shows_the_history_once(scene: Stage) -> None:
    chat = await scene.chat()
    await say(chat, "返品期限")
    await expect(chat.locator("#quick button").first).to_have_text("解決した")
    before = await chat.locator("#log li.message .bubble").all_inner_texts()
    await chat.reload()
    await expect(chat.locator("#quick button").first).to_have_text("解決した")
    assert await chat.locator("#log li.message .bubble").all_inner_texts() == before
    assert len(await said(chat, "返品期限").all()) == 1


async def test_a_short_line_stays_one_line(scene: Stage) -> None:
    chat = await scene.chat()
    await say(chat, "返品期限")
    await expect(chat.locator("#log")).to_contain_text(ANSWER)
    height = "one => one.getBoundingClientRect().height"
    bubble = said(chat, "返品期限").locator(".words")
    marked = await bubble.evaluate(height)
    await chat.locator(".read-mark").evaluate_all("all => all.forEach(one => one.remove())")
    assert await bubble.evaluate(height) == marked
    assert marked < 30  # one line of 15 px words


async def test_two_tabs_follow_each_other(scene: Stage) -> None:
    first = await scene.chat()
    second = await first.context.new_page()
    await second.goto(f"{scene.url}/chat")
    await second.locator("#log li").first.wait_for()
    await say(first, "返品期限")
    await expect(second.locator("#log")).to_contain_text(ANSWER)
    await expect(said(second, "返品期限")).to_have_count(1)
    await say(second, "送料はいくらですか")
    await expect(said(first, "送料はいくらですか")).to_have_count(1)
    await expect(second.locator("#quick button").first).to_have_text("解決した")
    texts = [await one.locator("#log .bubble").all_inner_texts() for one in (first, second)]
    assert texts[0] == texts[1]


async def test_what_is_written_offline_goes_once_when_the_line_is_back(scene: Stage) -> None:
    chat = await scene.chat()
    await chat.context.set_offline(True)
    await say(chat, "返品期限")
    await expect(chat.locator(".pending .foot")).to_have_text("未送信・再送しています")
    await expect(chat.locator("#offline")).to_be_visible()
    await shoot(chat, "chat-offline")
    await chat.context.set_offline(False)
    await expect(chat.locator("#log")).to_contain_text(ANSWER)
    await expect(chat.locator("#offline")).to_be_hidden()
    await expect(chat.locator(".pending")).to_have_count(0)
    await expect(said(chat, "返品期限")).to_have_count(1)
    await expect(chat.locator("#log li", has_text=ANSWER)).to_have_count(1)


async def test_what_is_written_offline_outlives_a_reload(scene: Stage) -> None:
    line = Line()
    chat = await open_with(scene, line)
    await line.cut()
    await say(chat, "返品期限")
    await expect(chat.locator(".pending .foot")).to_have_text("未送信・再送しています")
    await chat.reload()
    await expect(chat.locator(".pending")).to_contain_text("返品期限")
    await expect(chat.locator(".pending .foot")).to_have_text("未送信・再送しています")
    line.is_cut = False
    await chat.evaluate("dispatchEvent(new Event('online'))")
    await expect(chat.locator("#log")).to_contain_text(ANSWER)
    await expect(chat.locator("#log .customer")).to_have_count(1)
    await expect(chat.locator("#log li", has_text="こもれび雑貨店").first).to_be_visible()


async def test_closed_sockets_come_back_without_a_gap(scene: Stage) -> None:
    line = Line()
    chat = await open_with(scene, line)
    other = await chat.context.new_page()  # the same visitor; its line stays
    await other.goto(f"{scene.url}/chat")
    await other.locator("#log li").first.wait_for()
    line.no_sockets = True
    await line.drop()
    await say(other, "返品期限")
    await expect(other.locator("#quick button").first).to_have_text("解決した")
    line.no_sockets = False
    await expect(chat.locator("#quick button").first).to_have_text("解決した", timeout=60_000)
    texts = [await one.locator("#log .bubble").all_inner_texts() for one in (chat, other)]
    assert texts[0] == texts[1]


async def test_without_websockets_the_chat_works_all_the_same(scene: Stage) -> None:
    line = Line(no_sockets=True)
    chat = await scene.page()
    await line.lay(chat)
    await chat.goto(f"{scene.url}/chat")
    await expect(chat.locator("#log")).to_contain_text("こもれび雑貨店", timeout=60_000)
    await say(chat, "担当者")
    await expect(chat.locator("#log")).to_contain_text("番目")
    await say(chat, "ソケットなしの相談")
    desk = await scene.desk("sato")
    await take(desk, "ソケットなしの相談")
    await reply(desk, "届いております。")
    await expect(said(chat, "届いております。")).to_have_count(1)
    await expect(said(chat, "ソケットなしの相談")).to_have_count(1)
    await resolve(desk)


async def test_a_picture_and_a_pdf_reach_the_desk(scene: Stage) -> None:
    desk = await scene.desk("sato")
    chat = await come_in(scene, "写真を送ります")
    await take(desk, "写真を送ります")
    await chat.locator("#file").set_input_files(
        [
            {"name": "割れた皿.png", "mimeType": "image/png", "buffer": png()},
            {
                "name": "領収書.pdf",
                "mimeType": "application/pdf",
                "buffer": b"%PDF-1.4\n%%EOF\n" * 4,
            },
        ]
    )
    await expect(chat.locator("#tray li")).to_have_count(2)
    await chat.locator("#tray li", has_text="領収書").get_by_role("button").click()
    await expect(chat.locator("#tray li")).to_have_count(1)
    await chat.locator("#file").set_input_files(
        {"name": "領収書.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n" * 4}
    )
    await shoot(chat, "chat-tray")
    await chat.get_by_role("button", name="送信", exact=True).click()
    await expect(chat.locator("#log .picture canvas")).to_be_visible()
    await expect(chat.locator("#log .file-name")).to_have_text(["割れた皿.png", "領収書.pdf"])
    await expect(chat.locator(".pending")).to_have_count(0)
    picture = desk.locator("#talk img.picture")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 40
    paper = desk.locator("#talk a[download]")
    await expect(paper).to_contain_text("領収書.pdf")
    async with desk.expect_download() as waiting:
        await paper.click()
    download = await waiting.value
    assert download.suggested_filename == "領収書.pdf"
    assert Path(await download.path()).read_bytes().startswith(b"%PDF-")
    await shoot(desk, "desk-files")
    await chat.locator("#log .picture").click()
    await expect(chat.locator("#viewer")).to_be_visible()
    await chat.keyboard.press("Escape")
    await expect(chat.locator("#viewer")).to_be_hidden()
    await resolve(desk)


GIVE_FILE = """(field, [name, type, size]) => {
  const given = new DataTransfer();
  given.items.add(new File([new Uint8Array(size)], name, { type }));
  field.files = given.files;
  field.dispatchEvent(new Event("change"));
}"""


@pytest.mark.parametrize(
    ("name", "kind", "size", "told"),
    [
        ("setup.exe", "application/x-msdownload", 100, "setup.exeは送れません。画像"),
        ("大きい.png", "image/png", 10 * 1024 * 1024 + 1, "10MBまで"),
    ],
)
async def test_what_cannot_be_sent_is_told_before(
    scene: Stage, name: str, kind: str, size: int, told: str
) -> None:
    chat = await scene.chat()
    await chat.locator("#file").evaluate(GIVE_FILE, [name, kind, size])
    await expect(chat.locator("#notice")).to_contain_text(told)
    await expect(chat.locator("#tray li")).to_have_count(0)


async def test_a_file_in_disguise_is_refused_and_can_be_discarded(scene: Stage) -> None:
    chat = await scene.chat()
    page = b"<script>alert(1)</script>" * 4
    await chat.locator("#file").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": page}
    )
    await chat.get_by_role("button", name="送信", exact=True).click()
    await expect(chat.locator(".pending .foot")).to_contain_text("送信できませんでした")
    await chat.get_by_role("button", name="取り消す").click()
    await expect(chat.locator(".pending")).to_have_count(0)


@pytest.mark.parametrize("sign", [{"isComposing": True}, {"keyCode": 229}])
async def test_enter_that_ends_a_conversion_sends_nothing(
    scene: Stage, sign: dict[str, object]
) -> None:
    chat = await scene.chat()
    text = chat.locator("#text")
    await text.fill("へんぴん")
    await text.dispatch_event("keydown", {"key": "Enter", "bubbles": True, **sign})
    await expect(text).to_have_value("へんぴん")
    await expect(chat.locator("#log .customer")).to_have_count(0)
    await text.press("Shift+Enter")
    await expect(text).to_have_value("へんぴん\n")
    await text.press("Enter")
    await expect(chat.locator("#log .customer")).to_have_count(1)
    await expect(text).to_have_value("")


async def test_each_side_sees_the_other_write(scene: Stage) -> None:
    desk = await scene.desk("sato")
    chat = await come_in(scene, "入力中を見せます")
    await take(desk, "入力中を見せます")
    await chat.locator("#text").press_sequentially("えっと")
    await expect(desk.locator("#viewers")).to_contain_text("お客様が入力")
    await chat.locator("#text").fill("")
    await expect(desk.locator("#viewers")).not_to_contain_text("お客様が入力")
    await chat.locator("#text").press_sequentially("えっと")
    await expect(desk.locator("#viewers")).to_contain_text("お客様が入力")
    await chat.locator("#text").press("Enter")
    await expect(desk.locator("#talk")).to_contain_text("えっと")
    await expect(desk.locator("#viewers")).to_be_empty(timeout=3000)
    await expect(desk.locator("#list a[aria-current] .count")).to_have_count(0)  # read by now
    await desk.locator("#field").press_sequentially("はい")
    await expect(chat.locator("#typing")).to_be_visible()
    await reply(desk, "はい、どうぞ。")
    await expect(said(chat, "はい、どうぞ。")).to_have_count(1)
    await expect(chat.locator("#typing")).to_be_hidden()
    await resolve(desk)


async def test_quick_replies_go_with_the_next_message(scene: Stage) -> None:
    chat = await scene.chat()
    await say(chat, "返品期限")
    await expect(chat.locator("#quick button").first).to_have_text("解決した")
    await say(chat, "あああああ")
    # gone at once, before anybody answers
    assert await chat.locator("#quick button").count() == 0
    await expect(said(chat, "あああああ")).to_have_count(1)


HOSTILE = (
    "山田<img src=x onerror=\"document.title='hacked';alert(1)\">",
    "\"><script>document.title='hacked';alert(1)</script>です",
    "javascript:alert(document.title='hacked') [こちら](javascript:alert(1))",
    "\u202eですgnp.exe\u2066</b>",
)
TRACES = """() => ({
  title: document.title.includes('hacked'),
  images: document.querySelectorAll('img[src="x"]').length,
  links: document.querySelectorAll('a[href^="javascript" i]').length,
  scripts: [...document.scripts].filter(one => !one.src).length,
})"""
CLEAN = {"title": False, "images": 0, "links": 0, "scripts": 0}


async def be_hostile(chat: Page) -> None:
    """Everything that a customer can write before somebody answers."""
    await say(chat, "担当者")
    await expect(chat.locator("#quick")).to_contain_text("スキップ")
    await say(chat, HOSTILE[0])  # as the name
    await expect(chat.locator("#log")).to_contain_text("ご注文番号")
    for text in HOSTILE[1:]:
        await say(chat, text)
        await expect(said(chat, text)).to_have_count(1)
    await chat.locator("#log").get_by_role("button", name="折り返し電話を希望").click()
    await chat.locator("#quick button").first.click()
    await say(chat, "090-1234-5678")
    await expect(chat.locator("#log")).to_contain_text("へお電話いたします")
    await say(chat, HOSTILE[3])
    await expect(said(chat, HOSTILE[3])).to_have_count(2)


async def test_hostile_words_are_only_words(scene: Stage) -> None:
    desk = await scene.desk("admin")
    chat = await scene.chat()
    dialogs: list[str] = []
    for page in (chat, desk):
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await be_hostile(chat)
    assert await chat.evaluate(TRACES) == CLEAN
    for path, shown in ((f"callbacks?q={HOSTILE[1]}", "探す"), ("callbacks", "山田<img")):
        await desk.goto(f"{scene.url}/{path}")
        await expect(desk.locator("main")).to_contain_text(shown)
        assert await desk.evaluate(TRACES) == CLEAN
    await desk.goto(f"{scene.url}/desk")
    await expect(desk.locator("#list")).to_contain_text("gnp.exe")
    await desk.locator("#search").fill(HOSTILE[1])
    await expect(desk.locator("#list li")).to_have_count(1)
    await desk.locator("#search").fill("")
    await take(desk, "gnp.exe")
    for text in HOSTILE:
        await leave_note(desk, text)
        await desk.locator("#mode-reply").click()
        await reply(desk, text)
    await expect(said(chat, "</script>").last).to_be_visible()
    assert [await page.evaluate(TRACES) for page in (desk, chat)] == [CLEAN, CLEAN]
    await shoot(desk, "desk-hostile")
    await resolve(desk)
    await chat.get_by_role("button", name="5 とても満足").click()
    await say(chat, HOSTILE[1])
    await expect(chat.locator("#log")).to_contain_text("ご回答ありがとうございました")
    await desk.goto(f"{scene.url}/results")
    await expect(desk.locator("main")).to_contain_text("</script>")
    assert await desk.evaluate(TRACES) == CLEAN
    assert dialogs == []
