"""The house where administrators must have a second factor, and a provider vouches for some."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import ClientSession, DummyCookieJar

from handoff import accounts
from handoff.access import Role
from handoff.appkeys import LOGINS, OUTSIDE, SECOND
from handoff.errors import CodeNeeded
from handoff.outside import OutsideLogins
from handoff.outside_provider import HttpProvider
from handoff.settings import OidcSettings
from handoff.totp import code_of, step_at
from tests.access.access_house import CAST, AccessHouse, Person, add_cast, open_access
from tests.handoff.fake_issuer import CLIENT, MAIL, SECRET, FakeIssuer
from tests.handoff.pages.house import PASSWORD

#: Everybody of CAST, an administrator without the second factor that is asked for, and a
#: supervisor who has no password and comes by the provider.
STRICT_CAST = (*CAST, "must_enrol", "outside")
ADDRESS = "192.0.2.1"


class StrictHouse(AccessHouse):
    """Logs in by every step that an account has."""

    issuer: FakeIssuer
    #: recovery codes that are left, by name
    codes: dict[str, list[str]]

    async def log_in(self, name: str) -> Person:
        if name == "outside":
            return await self._come_from_outside()
        try:
            return await super().log_in(name)
        except CodeNeeded as needed:
            code = self.codes[name].pop()
            second = self.house.app[SECOND]
            begun = await second.log_in(needed.ticket, code, address=ADDRESS)
            return Person(
                house=self, name=name, agent_id=self.people[name].agent_id, login=begun.token
            )

    async def enrol(self, name: str) -> None:
        """Add a second factor; the browser goes on with the login that this begins."""
        second, number = self.house.app[SECOND], self.people[name].agent_id
        agent = await self.house.store.read(accounts.get_agent, number)
        await second.begin(agent, password=PASSWORD, address=ADDRESS)
        secret = await second.find_secret(agent)
        assert secret is not None
        code = code_of(secret, step_at(self.clock()))
        added = await second.confirm(agent, code=code, address=ADDRESS)
        self.codes[name] = list(added.codes)
        self.people[name].login = added.begun.token

    async def _come_from_outside(self) -> Person:
        """From the button to the provider and back, with the cookies of one browser."""
        browser = Person(house=self, name="outside")
        led = await browser.page("/login/outside")
        trip = led.headers["Set-Cookie"].split(";")[0]
        code, state = self.issuer.give_code(led.headers["Location"])
        back = await browser.ask(
            "GET",
            f"/login/outside/back?code={code}&state={state}",
            headers={"Accept": "text/html", "Cookie": trip},
        )
        assert (back.status, back.headers["Location"]) == (303, "/desk")
        browser.login = back.cookies["madoguchi"].value
        found = await self.house.app[LOGINS].find_agent(browser.login, touch=False)
        assert found is not None
        browser.agent_id = found.id
        return browser


@asynccontextmanager
async def open_strict(folder: Path, empty_database: Path) -> AsyncIterator[StrictHouse]:
    """The application and everybody of STRICT_CAST before it."""
    always = {"week": {"mon-sun": "0:00-24:00"}, "holidays": "as usual"}
    team = {"name": {"ja": "係", "en": "Team"}}
    people = {
        "hours": {"chat": always, "phone": always},
        "teams": {"default": team, "returns": team},
        "second_factor": "admins",
    }
    async with open_access(folder, empty_database, people=people) as opened:
        access = StrictHouse(
            house=opened.house, http=opened.http, clock=opened.clock, origin=opened.origin
        )
        access.codes = {}
        access.people["nobody"] = Person(house=access, name="nobody")
        await add_cast(access)
        for name in ("admin", "first_password"):
            await access.enrol(name)
        await access.add("must_enrol", Role.ADMIN, teams="default")
        access.issuer = FakeIssuer(access.clock)
        provider = await access.issuer.start()
        async with ClientSession(cookie_jar=DummyCookieJar()) as session:
            _add_provider(access, session)
            access.people["outside"] = await access.log_in("outside")
            yield access
        await provider.close()


def _add_provider(access: StrictHouse, session: ClientSession) -> None:
    settings = OidcSettings(
        issuer=access.issuer.issuer,
        client_id=CLIENT,
        client_secret=SECRET,
        create="supervisor",
        domains=[urlsplit(f"//{MAIL}").hostname],
    )
    back = f"{access.origin}/login/outside/back"
    app = access.house.app
    # put in place behind the settings: those would have to know the port before it is open
    app._state[OUTSIDE] = OutsideLogins(
        access.house.store,
        app[LOGINS],
        settings,
        access.clock,
        HttpProvider(session, settings, access.clock, back=back),
        b"k" * 32,
    )
