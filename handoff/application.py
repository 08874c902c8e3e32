"""Puts a house's parts under their keys and opens every route."""

from importlib.metadata import PackageNotFoundError, version
from ipaddress import IPv4Network, IPv6Network, ip_network

from aiohttp import web

from bot import appkeys
from bot import web as edge
from bot.channels.line.webhook import add_line
from bot.channels.webchat import lobby
from bot.channels.webchat.faq_pages import add_faq_routes
from bot.channels.webchat.pages import add_routes as add_chat
from bot.channels.webchat.suggesting import add_suggest_routes
from bot.closing import Closing
from bot.sqlite_store import SqliteStore
from handoff import appkeys as staffkeys
from handoff.configuration import BadSettings
from handoff.desk import Desk
from handoff.errors import NotAllowed, TooManyTries, WrongLogin
from handoff.health import SURROUNDINGS, TROUBLE, Surroundings, add_health
from handoff.house import House
from handoff.keeping import Keeping
from handoff.keys import read_key
from handoff.logins import Logins
from handoff.metrics import Metrics, add_metrics
from handoff.outside import OutsideLogins
from handoff.pages.routes import add_routes as add_pages
from handoff.presence import PresenceBoard
from handoff.staff import Staff
from handoff.troubles import Troubles

#: What the staff's errors are in HTTP, where it is not plainly "refused".
STATUSES = {NotAllowed: 403, WrongLogin: 401, TooManyTries: 429}
#: Form posts and JSON; uploads and webhooks read their bodies with limits of their own.
_BODY_MOST = 64 * 1024


def build_application(house: House) -> web.Application:
    """Everything this server answers. Reads templates and keys: call it off the event loop."""
    settings = house.settings
    app = web.Application(client_max_size=_BODY_MOST)
    edge.install(app, statuses=STATUSES)
    app[edge.PROXIES] = _proxies(settings.trusted_proxies)
    app[appkeys.STORE] = house.store
    app[appkeys.INTAKE] = house.intake
    app[appkeys.HINTS] = house.hints
    app[appkeys.LIBRARY] = house.library
    app[appkeys.CLOCK] = house.clock
    app[appkeys.ZONE] = house.context.zone
    app[appkeys.LINE] = settings.line
    app[appkeys.CHAT] = settings.chat
    app[appkeys.TALK] = settings.talk
    app[appkeys.DATA_DIR] = settings.data_dir
    app[appkeys.PUBLIC_URL] = settings.public_url.rstrip("/")
    app[appkeys.SECRET] = read_key(settings.data_dir)
    app[lobby.PEOPLE] = house.context.people
    app[TROUBLE] = lambda: list_trouble(house)
    app[SURROUNDINGS] = Surroundings(settings, house.clock)
    _add_people(app, house)
    add_health(app)
    _add_metrics(app, house)
    add_line(app)
    add_chat(app)
    add_faq_routes(app)
    add_suggest_routes(app)
    add_pages(app)
    return app


def _add_people(app: web.Application, house: House) -> None:
    """The services behind the staff's pages."""
    people, store, hints, clock = (
        house.settings.people,
        house.store,
        house.hints,
        house.clock,
    )
    talk = Closing(context=house.context)
    wake = house.delivery.wake if house.delivery else _nothing
    if house.delivery:
        app[staffkeys.CHANNEL] = house.delivery.health
    app[staffkeys.PEOPLE] = people
    app[staffkeys.DESK] = Desk(store, hints, people, clock, talk)
    app[staffkeys.KEEPING] = Keeping(
        store,
        hints,
        house.library,
        clock,
        house.settings.knowledge_page,
        zone=people.timezone,
    )
    app[staffkeys.LOGINS] = Logins(store, hints, people, clock)
    if house.provider:
        app[staffkeys.OUTSIDE] = OutsideLogins(
            store,
            app[staffkeys.LOGINS],
            house.settings.oidc,
            clock,
            house.provider,
            app[appkeys.SECRET],
        )
    app[staffkeys.PRESENCE] = PresenceBoard(store, hints, people, clock, talk)
    app[staffkeys.STAFF] = Staff(store, hints, people, clock, talk)
    app[staffkeys.TROUBLES] = Troubles(store, hints, house.intake, clock, wake)


def _add_metrics(app: web.Application, house: House) -> None:
    metrics = Metrics(house.store, house.library, house.clock, version=_version())

    def watch() -> None:
        if isinstance(house.store, SqliteStore):
            house.store.on_commit = metrics.note_commit
        if house.delivery:
            house.delivery.on_sent = metrics.note_sent

    add_metrics(app, metrics, house.settings.metrics.token.get_secret_value(), watch=watch)


def _version() -> str:
    try:
        return version("madoguchi")
    except PackageNotFoundError:  # run from its folder, never installed
        return "unknown"


def _nothing() -> None:
    """Nobody sends."""


def list_trouble(house: House) -> list[str]:
    """What does not work right now, in short names for operators."""
    found = []
    if house.delivery:
        health = house.delivery.health
        if health.failing_since is not None:
            found.append("line")
        if health.quota_used_up:
            found.append("line quota")
    if house.line and house.line.dates.far_off:
        found.append("clock")
    if isinstance(house.store, SqliteStore) and house.store.damaged:
        found.append("database damaged")
    return found


def _proxies(networks: list[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(network) for network in networks)
    except ValueError as error:
        raise BadSettings(f"trusted_proxies: {error}; write networks like 10.0.0.0/8") from None
