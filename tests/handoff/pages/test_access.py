"""Who may open what: every route of the staff, every role, and nobody without a login."""

import asyncio
import re
from urllib.parse import quote

import pytest
from aiohttp.test_utils import TestServer

from handoff.access import Role
from handoff.auth import PUBLIC_PATHS, PUBLIC_PREFIXES
from handoff.pages import desk_acts
from tests.handoff.pages.house import Browser
from tests.handoff.people_world import World

EVERYBODY = {Role.AGENT, Role.SUPERVISOR, Role.ADMIN}
LEADERS = {Role.SUPERVISOR, Role.ADMIN}
ADMINS = {Role.ADMIN}

#: Who may use a page; the whole truth is docs/reference/access.md, tried by tests/access.
MATRIX = {
    ("POST", "/logout"): EVERYBODY,
    ("GET", "/account"): EVERYBODY,
    ("POST", "/account/password"): EVERYBODY,
    ("POST", "/account/logins/end"): EVERYBODY,
    ("POST", "/account/logins/{id}/end"): EVERYBODY,
    ("POST", "/account/outside/bind"): EVERYBODY,
    ("POST", "/account/outside/unbind"): EVERYBODY,
    ("GET", "/account/second-factor"): EVERYBODY,
    ("GET", "/account/second-factor/qr.svg"): EVERYBODY,
    ("POST", "/account/second-factor/begin"): EVERYBODY,
    ("POST", "/account/second-factor/confirm"): EVERYBODY,
    ("POST", "/account/second-factor/codes"): EVERYBODY,
    ("POST", "/account/second-factor/remove"): EVERYBODY,
    ("GET", "/desk"): EVERYBODY,
    ("GET", "/desk/ws"): EVERYBODY,
    ("GET", "/desk/file/{key}"): EVERYBODY,
    ("GET", "/desk/api/start"): EVERYBODY,
    ("GET", "/desk/api/banners"): EVERYBODY,
    ("GET", "/desk/api/conversations"): EVERYBODY,
    ("GET", "/desk/api/conversations/{id}"): EVERYBODY,
    ("GET", "/desk/api/conversations/{id}/messages/{message}/why"): EVERYBODY,
    ("POST", "/desk/api/conversations/{id}/{act}"): EVERYBODY,
    ("GET", "/desk/conversations/{id}/customer.zip"): ADMINS,
    ("POST", "/desk/api/next"): EVERYBODY,
    ("POST", "/desk/api/presence"): EVERYBODY,
    ("GET", "/callbacks"): EVERYBODY,
    ("POST", "/callbacks/{id}/done"): EVERYBODY,
    ("POST", "/callbacks/{id}/cancel"): EVERYBODY,
    ("GET", "/results"): EVERYBODY,
    ("GET", "/results.csv"): LEADERS,
    ("GET", "/knowledge"): EVERYBODY,
    ("GET", "/knowledge/new"): ADMINS,
    ("GET", "/knowledge/history"): EVERYBODY,
    ("GET", "/knowledge/e/{entry}"): EVERYBODY,
    ("GET", "/knowledge/e/{entry}/uses"): EVERYBODY,
    ("GET", "/knowledge/e/{entry}/history"): EVERYBODY,
    ("POST", "/knowledge/api/{act}"): ADMINS,
    ("POST", "/knowledge/changes/{id}/undo"): ADMINS,
    ("GET", "/knowledge/gaps"): EVERYBODY,
    ("GET", "/knowledge/gaps/picks"): EVERYBODY,
    ("POST", "/knowledge/gaps/picks/{act}"): ADMINS,
    ("GET", "/knowledge/gaps/words"): EVERYBODY,
    ("GET", "/knowledge/gaps/{id}"): EVERYBODY,
    ("POST", "/knowledge/gaps/{id}/{act}"): ADMINS,
    ("POST", "/knowledge/gaps/questions/{id}/part"): ADMINS,
    ("GET", "/staff"): ADMINS,
    ("POST", "/staff"): ADMINS,
    ("POST", "/staff/{id}"): ADMINS,
    ("POST", "/staff/{id}/{act}"): ADMINS,
    ("POST", "/staff/{id}/logins/end"): ADMINS,
    ("POST", "/staff/{id}/logins/{login}/end"): ADMINS,
    ("GET", "/troubles"): LEADERS,
    ("POST", "/troubles/deliveries/{id}/{act}"): LEADERS,
    ("POST", "/troubles/events/{id}/{act}"): ADMINS,
}
#: Acts that need more than the route does.
ACTS: dict[str, set[Role]] = {
    "claim": EVERYBODY,
    "reply": EVERYBODY,
    "note": EVERYBODY,
    "transfer": EVERYBODY,
    "release": EVERYBODY,
    "resolve": EVERYBODY,
    "reopen": EVERYBODY,
    "seen": EVERYBODY,
    "erase_message": LEADERS,
    "erase_customer": ADMINS,
    "callback_done": EVERYBODY,
    "send_again": EVERYBODY,
    "leave_unsent": EVERYBODY,
    "review_done": LEADERS,
}
VALUES = {
    "login": "9999",
    "message": "9999",
    "entry": "return-deadline",
    "id": "9999",
    "key": "0" * 32,
    "act": "claim",
}
SAMPLES = {
    "/knowledge/gaps/picks/{act}": "/knowledge/gaps/picks/dismiss",
    "/knowledge/gaps/{id}/{act}": "/knowledge/gaps/9999/undo",
    "/knowledge/api/{act}": "/knowledge/api/check",
    "/staff/{id}/{act}": "/staff/9999/enable",
    "/troubles/deliveries/{id}/{act}": "/troubles/deliveries/9999/leave",
    "/troubles/events/{id}/{act}": "/troubles/events/9999/dismiss",
}
REFUSED = 403


def address(path: str) -> str:
    return SAMPLES.get(path) or re.sub(r"\{(\w+)\}", lambda found: VALUES[found[1]], path)


def test_the_list_of_public_paths_holds_no_page_of_the_staff() -> None:
    staffs = {path for _, path in MATRIX}
    assert not staffs & PUBLIC_PATHS
    assert not [path for path in staffs if path.startswith(PUBLIC_PREFIXES)]


async def test_nothing_answers_without_a_login(stranger: Browser) -> None:
    answers = {}
    for method, path in MATRIX:
        headers = {"Origin": stranger.origin}
        answer = await stranger.client.request(
            method, address(path), headers=headers, allow_redirects=False
        )
        answers[method, path] = answer.status
    assert answers == dict.fromkeys(MATRIX, 401)


async def test_a_page_without_a_login_leads_to_the_login_and_back(stranger: Browser) -> None:
    answer = await stranger.get("/callbacks?q=M-7K2Q")
    assert (answer.status, answer.headers["Location"]) == (
        303,
        "/login?next=%2Fcallbacks%3Fq%3DM-7K2Q",
    )


async def test_a_path_that_does_not_exist_tells_strangers_nothing(stranger: Browser) -> None:
    answer = await stranger.get("/desk/secret", html=False)
    assert answer.status == 401


@pytest.mark.parametrize("path", ["/desk/secret", "/knowledge/secret", "/staff/9/x/y"])
async def test_nor_does_a_page_below_a_section_of_the_staff(stranger: Browser, path: str) -> None:
    answer = await stranger.get(path)
    assert (answer.status, answer.headers["Location"]) == (303, f"/login?next={quote(path, '')}")


@pytest.mark.parametrize("path", ["/faq", "/faq/", "/Chat", "/contact?x=1", "/wp-admin"])
async def test_a_mistyped_address_is_not_found_and_leads_to_the_chat(
    stranger: Browser, path: str
) -> None:
    answer = await stranger.get(path)
    page = await answer.text()
    assert (answer.status, '<a href="/chat">' in page, "/login" in page) == (404, True, False)
    assert "恐れ入りますが、お探しのページは見つかりませんでした。" in page


async def test_an_address_without_a_path_is_not_found(stranger: Browser) -> None:
    server = stranger.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    # as programs do that look for open proxies
    writer.write(b"GET http://shop.example HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n")
    assert await reader.readline() == b"HTTP/1.1 404 Not Found\r\n"
    writer.close()


@pytest.mark.parametrize("role", list(Role))
async def test_roles_open_what_the_matrix_says(browsers: dict[Role, Browser], role: Role) -> None:
    browser = browsers[role]
    refused = set()
    for method, path in MATRIX:
        if path in {"/logout", "/account/password", "/account/logins/end"}:
            continue
        if method == "GET":
            answer = await browser.get(address(path), html=False)
        elif path.startswith("/desk"):
            answer = await browser.send(address(path))
        else:
            answer = await browser.form(address(path), outcome="reached", login="new", name="New",
                                        role="agent", capacity="5")  # fmt: skip
        assert answer.status < 500, (method, path)
        if answer.status == REFUSED and path != "/desk/ws":
            refused.add((method, path))
    assert refused == {key for key, allowed in MATRIX.items() if role not in allowed}


@pytest.mark.parametrize("role", list(Role))
async def test_roles_do_what_the_matrix_says(
    browsers: dict[Role, Browser], world: World, role: Role
) -> None:
    waits = await world.waiting()
    refused = {
        act
        for act in ACTS
        if (await browsers[role].send(f"/desk/api/conversations/{waits.id}/{act}")).status
        == REFUSED
    }
    assert refused == {act for act, allowed in ACTS.items() if role not in allowed}


async def test_a_first_password_opens_nothing_but_its_change(
    server: TestServer, world: World, admin: Browser
) -> None:
    page = await admin.form("/staff", login="new", name="新人", role="agent", capacity="5")
    text = await page.text()
    password = re.search(r'class="once">([^<]+)<', text)
    assert password
    newcomer = Browser(server)
    entered = await newcomer.log_in("new", password[1])
    desk = await newcomer.get("/desk")
    api = await newcomer.get("/desk/api/start", html=False)
    assert (entered.headers["Location"], desk.headers["Location"], api.status) == (
        "/account",
        "/account",
        403,
    )
    changed = await newcomer.form(
        "/account/password", current=password[1], new="nine quiet harbours"
    )
    assert changed.headers["Location"] == "/account?said=done.saved"
    assert (await newcomer.get("/desk")).status == 200
    await newcomer.client.close()


def test_every_act_stands_in_the_matrix() -> None:
    assert set(ACTS) == set(desk_acts.ACTS)
