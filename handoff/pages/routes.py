"""Every page of the staff and the guard before them."""

from aiohttp import web

from bot.appkeys import CLOCK, HINTS, SECRET, STORE
from handoff import live
from handoff.announced import Announced
from handoff.appkeys import ANNOUNCED, LOGINS, PEOPLE, RESULTS, SECOND, VIEWERS
from handoff.auth import SECOND_PATH, guard
from handoff.pages import (
    account,
    audit,
    banners,
    callbacks,
    customers,
    desk,
    desk_acts,
    desk_api,
    gaps,
    knowledge_routes,
    ledger,
    login,
    lost,
    outside,
    results,
    second_factor,
    shell,
    staff,
    troubles,
    why,
)
from handoff.results import Results
from handoff.second_factor import SecondFactors
from handoff.viewers import Viewers

_ID = r"{id:\d{1,12}}"


def add_routes(app: web.Application) -> None:
    """Open the staff's pages; services and settings are under their keys already."""
    app[VIEWERS] = Viewers()
    app[ANNOUNCED] = Announced(app[STORE], app[CLOCK])
    app[live.SOCKETS] = {}
    if RESULTS not in app:
        app[RESULTS] = Results(app[STORE], app[PEOPLE], app[CLOCK])
    app[SECOND] = SecondFactors(app[STORE], app[HINTS], app[LOGINS], app[CLOCK], app[SECRET])
    shell.prepare(app)
    # inside of the error pages, around everything else
    app.middlewares.extend((lost.lead_back, guard))
    app.on_shutdown.append(live.close_sockets)
    _add_doors(app.router)
    _add_desk(app.router)
    _add_pages(app.router)
    knowledge_routes.add_routes(app)
    gaps.add_routes(app)
    ledger.add_routes(app)
    audit.add_routes(app)
    customers.add_routes(app)


def _add_doors(router: web.UrlDispatcher) -> None:
    router.add_get("/login", login.get_login)
    router.add_post("/login", login.post_login)
    router.add_get("/login/code", second_factor.get_code)
    router.add_post("/login/code", second_factor.post_code)
    router.add_get("/login/outside", outside.get_outside)
    router.add_get("/login/outside/back", outside.get_back)
    router.add_post("/logout", login.post_logout)
    router.add_post("/account/outside/bind", outside.post_bind)
    router.add_post("/account/outside/unbind", outside.post_unbind)
    router.add_get(SECOND_PATH, second_factor.get_second)
    router.add_get(f"{SECOND_PATH}/qr.svg", second_factor.get_picture)
    router.add_post(f"{SECOND_PATH}/begin", second_factor.post_begin)
    router.add_post(f"{SECOND_PATH}/confirm", second_factor.post_confirm)
    router.add_post(f"{SECOND_PATH}/codes", second_factor.post_codes)
    router.add_post(f"{SECOND_PATH}/remove", second_factor.post_remove)
    router.add_get("/account", account.get_account)
    router.add_post("/account/password", account.post_password)
    router.add_post("/account/logins/end", account.post_end_all)
    router.add_post(f"/account/logins/{_ID}/end", account.post_end)


def _add_desk(router: web.UrlDispatcher) -> None:
    router.add_get("/desk", desk.get_desk)
    router.add_get("/desk/ws", live.open_socket)
    router.add_get("/desk/file/{key:[0-9a-f]{32}}", desk.get_file)
    router.add_get("/desk/api/start", desk_api.get_start)
    router.add_get("/desk/api/banners", banners.get_banners)
    router.add_get("/desk/api/conversations", desk_api.get_conversations)
    router.add_get(f"/desk/api/conversations/{_ID}", desk_api.get_conversation)
    router.add_get(
        rf"/desk/api/conversations/{_ID}/messages/{{message:\d{{1,12}}}}/why", why.get_why
    )
    router.add_post(f"/desk/api/conversations/{_ID}/{{act:[a-z_]{{1,20}}}}", desk_acts.post_act)
    router.add_post("/desk/api/next", desk_api.post_next)
    router.add_post("/desk/api/presence", desk_api.post_presence)


def _add_pages(router: web.UrlDispatcher) -> None:
    router.add_get("/callbacks", callbacks.get_callbacks)
    router.add_post(f"/callbacks/{_ID}/done", callbacks.post_done)
    router.add_post(f"/callbacks/{_ID}/cancel", callbacks.post_cancel)
    router.add_get("/results", results.get_results)
    router.add_get("/results.csv", results.get_csv)
    router.add_get("/staff", staff.get_staff)
    router.add_post("/staff", staff.post_add)
    router.add_post(f"/staff/{_ID}", staff.post_change)
    router.add_post(f"/staff/{_ID}/{{act:password|second|disable|enable}}", staff.post_act)
    router.add_post(f"/staff/{_ID}/logins/end", staff.post_end)
    router.add_post(rf"/staff/{_ID}/logins/{{login:\d{{1,12}}}}/end", staff.post_end)
    router.add_get("/troubles", troubles.get_troubles)
    router.add_post(f"/troubles/deliveries/{_ID}/{{act:again|leave}}", troubles.post_delivery)
    router.add_post(f"/troubles/events/{_ID}/{{act:retry|dismiss}}", troubles.post_event)
