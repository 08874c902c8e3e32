"""/staff: who may log in, as what, and for which teams."""

from typing import Any

from aiohttp import web

from bot.errors import BadInput, MadoguchiError, Refused
from handoff.access import Agent, Role, Verb
from handoff.appkeys import LOGINS, STAFF
from handoff.auth import Form, form_of, lang_of, require_agent
from handoff.pages.shell import (
    back_to,
    parse_id,
    refusal_text,
    render_page,
    team_names,
    times_of,
)
from handoff.staff import Added


async def get_staff(request: web.Request) -> web.Response:
    """Everybody, and a form for somebody new."""
    return await _page(request, require_agent(request, Verb.MANAGE_STAFF))


async def _page(
    request: web.Request, admin: Agent, *, error: MadoguchiError | None = None, **values: Any
) -> web.Response:
    shown: dict[str, Any] = {
        "password": "",
        "password_for": "",
        "opened": 0,
        "given": {"login": "", "name": ""},
        **values,
    }
    return render_page(
        request,
        "staff_page.html",
        status=_status(error),
        refused=refusal_text(lang_of(request), error) if error else "",
        agents=await request.app[STAFF].list_agents(admin),
        enrolled=await request.app[STAFF].list_enrolled(admin),
        logins=await _logins(request, admin),
        teams=[{"key": key, "name": name} for key, name in team_names(request).items()],
        **shown,
    )


async def _logins(request: web.Request, admin: Agent) -> dict[int, list[dict[str, Any]]]:
    """Where everybody is logged in; never by what."""
    times = times_of(request)
    return {
        agent_id: [
            {
                "id": row.id,
                "since": times.short(row.created_at),
                "seen": times.short(row.seen_at),
            }
            for row in rows
        ]
        for agent_id, rows in (await request.app[LOGINS].list_everybodys(admin)).items()
    }


def _status(error: MadoguchiError | None) -> int:
    if error is None:
        return 200
    return 400 if isinstance(error, BadInput) else 409


async def post_add(request: web.Request) -> web.Response:
    """Add somebody; the page shows the first password once."""
    admin = require_agent(request, Verb.MANAGE_STAFF)
    form = form_of(request)
    login, name = form.one("login"), form.one("name")
    try:
        added = await request.app[STAFF].add_agent(admin, login=login, name=name, role=_role(form))
        await _set_details(request, admin, added.agent.id, form)
    except (Refused, BadInput) as error:
        return await _page(request, admin, error=error, given={"login": login, "name": name})
    return await _page(request, admin, **_once(added))


def _once(added: Added) -> dict[str, Any]:
    return {
        "password": added.one_time_password,
        "password_for": added.agent.login,
        "opened": added.agent.id,
    }


def _role(form: Form) -> Role:
    given = form.one("role")
    if given not in set(Role):
        raise BadInput("role: agent, supervisor or admin")
    return Role(given)


async def _set_details(request: web.Request, admin: Agent, agent_id: int, form: Form) -> None:
    capacity = form.one("capacity", limit=3)
    if not (capacity.isascii() and capacity.isdigit()):
        raise BadInput("capacity: a number")
    await request.app[STAFF].set_details(
        admin,
        agent_id,
        name=form.one("name"),
        teams=form.many("team"),
        capacity=int(capacity),
    )


async def post_change(request: web.Request) -> web.Response:
    """Name, role, teams and capacity of somebody."""
    admin = require_agent(request, Verb.MANAGE_STAFF)
    agent_id, form = parse_id(request), form_of(request)
    try:
        await _set_details(request, admin, agent_id, form)
        await request.app[STAFF].set_role(admin, agent_id, _role(form))
    except (Refused, BadInput) as error:
        return await _page(request, admin, error=error, opened=agent_id)
    return back_to("/staff", "done.saved")


async def post_act(request: web.Request) -> web.Response:
    """Disable, enable, a new password, or no second factor."""
    admin = require_agent(request, Verb.MANAGE_STAFF)
    agent_id, act = parse_id(request), request.match_info["act"]
    try:
        if act == "password":
            renewed = await request.app[STAFF].reset_password(admin, agent_id)
            return await _page(request, admin, **_once(renewed))
        if act == "second":
            await request.app[STAFF].reset_second_factor(admin, agent_id)
        else:
            await request.app[STAFF].set_active(admin, agent_id, active=act == "enable")
    except (Refused, BadInput) as error:
        return await _page(request, admin, error=error, opened=agent_id)
    return back_to("/staff", "done.saved")


async def post_end(request: web.Request) -> web.Response:
    """End one login of somebody, or all of them."""
    admin = require_agent(request, Verb.MANAGE_STAFF)
    one = parse_id(request, "login") if "login" in request.match_info else None
    await request.app[LOGINS].end_somebodys(admin, parse_id(request), one)
    return back_to("/staff", "done.saved")
