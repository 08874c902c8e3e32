"""Refused pages and forms of the staff: why, and a way back to where the work is."""

import re

import pytest

from handoff.access import Role
from tests.handoff.pages.house import Browser


async def read(answer: object) -> tuple[int, str, str]:
    """Status, the sentence on the page, and where its one button leads."""
    page = await answer.text()  # type: ignore[attr-defined] # the client's answer
    said = re.search(r"<h1>([^<]+)</h1>", page)
    back = re.search(r'<a class="button primary"[^>]* href="([^"]+)">', page)
    return answer.status, said[1] if said else "", back[1] if back else ""  # type: ignore[attr-defined] # the same


@pytest.mark.parametrize(
    ("path", "back"),
    [("/knowledge/e/nothing", "/knowledge"), ("/ledger/nothing", "/ledger"), ("/x", "/desk")],
)
async def test_what_is_not_there_leads_back_to_its_section(
    admin: Browser, path: str, back: str
) -> None:
    status, said, way = await read(await admin.get(path))
    gone = "恐れ入りますが、お探しのページは見つかりませんでした。"
    assert (status, said, way) == (404, gone, back)


async def test_what_the_role_may_not_do_is_said_in_the_frame(
    browsers: dict[Role, Browser],
) -> None:
    answer = await browsers[Role.AGENT].form("/staff", login="x", name="x", role="agent")
    status, said, back = await read(answer)
    assert (status, said, back) == (
        403,
        "この操作の権限がありません。管理者にご相談ください。",
        "/desk",
    )


async def test_a_form_after_the_login_ended_leads_to_the_login(stranger: Browser) -> None:
    answer = await stranger.form("/staff", login="new", name="新人")
    assert (answer.status, answer.headers["Location"]) == (303, "/login?said=login.ended")
    page = await (await stranger.get(answer.headers["Location"])).text()
    assert "ログインの有効時間が過ぎました。もう一度ログインしてください。" in page


async def test_a_form_of_an_earlier_login_is_told_from_a_forged_one(admin: Browser) -> None:
    admin.token = "of-yesterday"
    page = await (await admin.form("/staff", login="new", name="新人")).text()
    told = await admin.send("/desk/api/presence", presence="away")
    assert 'id="again" href="/staff">戻る</a>' in page
    assert "書いた内容は残っています" in page
    assert (told.status, (await told.json())["error"]["code"]) == (403, "login_changed")
