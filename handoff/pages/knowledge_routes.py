"""The routes of the knowledge pages."""

from aiohttp import web

from handoff.pages import knowledge, knowledge_api, knowledge_entry, knowledge_history
from handoff.pages.knowledge_digest import DIGESTS, Digests
from handoff.pages.knowledge_trial import TRIALS, Trials

_ENTRY = r"{entry:[a-z0-9-]{1,64}}"


def add_routes(app: web.Application) -> None:
    """Open the pages; the service behind them is under its key."""
    app[DIGESTS], app[TRIALS] = Digests(), Trials()
    router = app.router
    router.add_get("/knowledge", knowledge.get_list)
    router.add_get("/knowledge/new", knowledge_entry.get_new)
    router.add_get("/knowledge/history", knowledge_history.get_history)
    router.add_get(f"/knowledge/e/{_ENTRY}", knowledge_entry.get_entry)
    router.add_get(f"/knowledge/e/{_ENTRY}/uses", knowledge_entry.get_uses)
    router.add_get(f"/knowledge/e/{_ENTRY}/history", knowledge_history.get_history)
    router.add_post(r"/knowledge/api/{act:[a-z]{1,20}}", knowledge_api.post_act)
    router.add_post(r"/knowledge/changes/{id:\d{1,12}}/undo", knowledge_history.post_undo)
