"""Typed keys under which server.py puts what the staff pages need into the application."""

from aiohttp import web

from bot.delivery import ChannelHealth
from handoff.announced import Announced
from handoff.customers import Customers
from handoff.desk import Desk
from handoff.gap_gathering import Gathering
from handoff.gaps import Gaps
from handoff.keeping import Keeping
from handoff.ledger import Ledger
from handoff.logins import Logins
from handoff.outside import OutsideLogins
from handoff.picks import Picks
from handoff.presence import PresenceBoard
from handoff.results import Results
from handoff.second_factor import SecondFactors
from handoff.settings import PeopleSettings
from handoff.staff import Staff
from handoff.trail import Trail
from handoff.troubles import Troubles
from handoff.viewers import Viewers

#: how LINE answers; missing while the LINE door is off
CHANNEL = web.AppKey("channel", ChannelHealth)
DESK = web.AppKey("desk", Desk)
KEEPING = web.AppKey("keeping", Keeping)
#: filled by `handoff.pages.customers.add_routes`
CUSTOMERS = web.AppKey("customers", Customers)
#: these three are filled by `handoff.pages.gaps.add_routes`
GAPS = web.AppKey("gaps", Gaps)
GATHERING = web.AppKey("gathering", Gathering)
PICKS = web.AppKey("picks", Picks)
#: filled by `handoff.pages.ledger.add_routes`
LEDGER = web.AppKey("ledger", Ledger)
LOGINS = web.AppKey("logins", Logins)
PRESENCE = web.AppKey("presence", PresenceBoard)
PEOPLE = web.AppKey("people", PeopleSettings)
RESULTS = web.AppKey("results", Results)
#: missing unless the settings name an identity provider
OUTSIDE = web.AppKey("outside", OutsideLogins)
#: filled by `handoff.pages.routes.add_routes`
SECOND = web.AppKey("second", SecondFactors)
STAFF = web.AppKey("staff", Staff)
#: filled by `handoff.pages.audit.add_routes`
TRAIL = web.AppKey("trail", Trail)
TROUBLES = web.AppKey("troubles", Troubles)
#: both filled by `handoff.pages.routes.add_routes`
ANNOUNCED = web.AppKey("announced", Announced)
VIEWERS = web.AppKey("viewers", Viewers)
