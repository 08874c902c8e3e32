"""The shop's page with our launcher: open, close, unread, focus, phones, other sites."""

from aiohttp import web
from playwright.async_api import FrameLocator, Locator, Page, expect
from stage import PHONE, Stage, shoot

from handoff.serving import listening


async def visit(stage: Stage, path: str = "/", **more: object) -> Page:
    """The shop's page, with the launcher there."""
    page = await stage.page(**more)
    await page.goto(stage.shop_url + path)
    await launcher(page).wait_for()
    return page


def launcher(page: Page) -> Locator:
    return page.locator("[data-madoguchi] .launcher")


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("[data-madoguchi] iframe")


async def ask(page: Page, text: str) -> None:
    """Write in the open widget."""
    await frame(page).locator("#text").fill(text)
    await frame(page).locator("#text").press("Enter")


async def call(page: Page, verb: str) -> None:
    """Call the widget's own interface, as the shop's scripts would."""
    await page.evaluate("verb => window.Madoguchi[verb]()", verb)


async def test_it_opens_answers_and_closes_with_the_mouse(scene: Stage) -> None:
    shop = await visit(scene)
    await expect(launcher(shop)).to_have_accessible_name("チャットで相談する")
    await expect(launcher(shop)).to_have_attribute("aria-expanded", "false")
    assert await shop.locator("[data-madoguchi] iframe").count() == 0
    await launcher(shop).click()
    await expect(launcher(shop)).to_have_accessible_name("チャットを閉じる")
    await expect(launcher(shop)).to_have_attribute("aria-expanded", "true")
    await ask(shop, "返品期限")
    await expect(frame(shop).locator("#log")).to_contain_text("8日以内")
    await shoot(shop, "widget-open")
    await launcher(shop).click()
    await expect(shop.locator("[data-madoguchi] .panel")).to_be_hidden()
    await expect(launcher(shop)).to_be_focused()


async def test_the_keyboard_alone_opens_writes_and_closes(scene: Stage) -> None:
    shop = await visit(scene)
    await launcher(shop).focus()
    await shop.keyboard.press("Enter")
    await expect(frame(shop).locator("#text")).to_be_focused()
    await shop.keyboard.type("返品期限")
    await shop.keyboard.press("Enter")
    await expect(frame(shop).locator("#log")).to_contain_text("8日以内")
    await expect(frame(shop).locator("#text")).to_be_focused()
    await shop.keyboard.press("Escape")
    await expect(shop.locator("[data-madoguchi] .panel")).to_be_hidden()
    await expect(launcher(shop)).to_be_focused()
    await shop.keyboard.press("Space")
    await expect(frame(shop).locator("#text")).to_be_focused()
    await launcher(shop).focus()
    await shop.keyboard.press("Escape")
    await expect(shop.locator("[data-madoguchi] .panel")).to_be_hidden()


async def test_the_close_button_inside_gives_the_focus_back(scene: Stage) -> None:
    shop = await visit(scene)
    await launcher(shop).click()
    await frame(shop).get_by_role("button", name="チャットを閉じる").click()
    await expect(shop.locator("[data-madoguchi] .panel")).to_be_hidden()
    await expect(launcher(shop)).to_be_focused()


async def test_an_answer_to_the_closed_widget_is_counted(scene: Stage) -> None:
    shop = await visit(scene)
    await launcher(shop).click()
    await ask(shop, "担当者")
    await expect(frame(shop).locator("#log")).to_contain_text("番目")
    await call(shop, "close")
    desk = await scene.desk("sato")
    await desk.locator("#take-next").click()
    await desk.locator("#field").fill("お待たせしました。")
    await desk.locator("#send").click()
    badge = shop.locator("[data-madoguchi] .badge")
    await expect(badge).to_have_text("2")  # the colleague's name, then the words
    await expect(launcher(shop)).to_have_accessible_name("チャットで相談する (未読2件)")
    await launcher(shop).click()
    await expect(badge).to_be_hidden()
    await expect(frame(shop).locator("#log")).to_contain_text("お待たせしました。")
    await call(shop, "close")
    await expect(badge).to_be_hidden()


async def test_a_reload_of_the_shop_brings_the_history_back_once(scene: Stage) -> None:
    shop = await visit(scene)
    await launcher(shop).click()
    await ask(shop, "返品期限")
    await expect(frame(shop).locator("#quick button").first).to_have_text("解決した")
    await shop.reload()
    await launcher(shop).click()
    await expect(frame(shop).locator("#log .customer")).to_have_count(1)
    await expect(frame(shop).locator("#log")).to_contain_text("8日以内")
    await shop.goto(f"{scene.shop_url}/en")
    await launcher(shop).click()
    await expect(frame(shop).locator("#log .customer")).to_have_count(1)


async def test_the_interface_opens_closes_toggles_and_forgets(scene: Stage) -> None:
    shop = await visit(scene)
    panel = shop.locator("[data-madoguchi] .panel")
    for verb, seen in (
        ("open", True),
        ("open", True),
        ("toggle", False),
        ("toggle", True),
        ("close", False),
        ("close", False),
        ("open", True),
    ):
        await call(shop, verb)
        await expect(panel).to_be_visible(visible=seen)
    await ask(shop, "返品期限")
    await expect(frame(shop).locator("#log")).to_contain_text("8日以内")
    kept = "Object.keys(localStorage).filter(name => name.startsWith('madoguchi')).length"
    assert await shop.evaluate(kept) > 0
    await call(shop, "reset")
    await expect(panel).to_be_hidden()
    assert await shop.evaluate(kept) == 0
    await call(shop, "open")
    await expect(frame(shop).locator("#log")).to_contain_text("こもれび雑貨店")
    await expect(frame(shop).locator("#log .customer")).to_have_count(0)


async def test_the_english_shop_speaks_english(scene: Stage) -> None:
    shop = await visit(scene, "/en", lang="ja-JP")
    await expect(launcher(shop)).to_have_accessible_name("Chat with us")
    await launcher(shop).click()
    await expect(frame(shop).locator("#log")).to_contain_text("Hello, this is Komorebi Goods.")
    await expect(frame(shop).locator("#human")).to_have_text("Talk to a person")


async def test_on_a_phone_it_fills_the_screen(scene: Stage) -> None:
    shop = await visit(scene, size=PHONE, has_touch=True, is_mobile=True)
    button = await launcher(shop).bounding_box()
    assert button is not None
    assert min(button["width"], button["height"]) >= 44
    await launcher(shop).tap()
    # the launcher's animation ends where the screen ends
    await expect(frame(shop).locator("#log li").first).to_be_visible()
    await expect(shop.locator("[data-madoguchi] .panel")).to_have_css("transform", "none")
    box = await shop.locator("[data-madoguchi] .panel").bounding_box()
    assert box == {"x": 0, "y": 0, **PHONE}
    await expect(launcher(shop)).to_be_hidden()
    # the on-screen keyboard would cover what one came to read
    await expect(frame(shop).locator("#name")).to_be_focused()
    await shoot(shop, "widget-phone")
    await frame(shop).get_by_role("button", name="チャットを閉じる").tap()
    await expect(launcher(shop)).to_be_visible()


async def test_a_site_that_is_not_named_gets_no_frame(scene: Stage) -> None:
    async def show(request: web.Request) -> web.Response:
        script = f'<script src="{scene.url}/widget.js" async></script>'
        return web.Response(text=f"<title>x</title><body>{script}", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", show)
    async with listening(app, "127.0.0.1", 0) as stranger:
        page = await scene.page()
        refusals: list[str] = []
        page.on("console", lambda said: refusals.append(said.text))
        await page.goto(stranger.url)
        await launcher(page).click()
        await expect(page.locator("[data-madoguchi] iframe")).to_be_visible()
        for _ in range(100):
            if any("frame-ancestors" in text for text in refusals):
                break
            await page.evaluate("() => new Promise(requestAnimationFrame)")
        assert any("frame-ancestors" in text for text in refusals)
        await expect(frame(page).locator("#text")).to_have_count(0)
        scene.complaints = [one for one in scene.complaints if stranger.url not in one]
