"""What must be true when everything has come to rest: from outside first, then in the database."""

import json
from collections import Counter
from typing import Any

from tests.crash.web_people import WebPerson
from tests.crash.world import World

OWED = "SELECT state, COUNT(*) FROM outbox WHERE state IN ('pending', 'sending') GROUP BY state"
PARKED = "SELECT COUNT(*) FROM inbox WHERE state = 'parked'"
#: An open conversation that nobody has and no timer looks after.
ORPHANS = (
    "SELECT id FROM conversation WHERE state NOT IN ('assigned', 'closed') AND due_at IS NULL"
)
#: A timer that should have rung long ago.
OVERDUE = "SELECT COUNT(*) FROM conversation WHERE due_at < :before AND state = 'bot'"
SOUND = {
    "PRAGMA integrity_check": [("ok",)],
    "PRAGMA foreign_key_check": [],
    ORPHANS: [],
    "SELECT id, state, error FROM outbox WHERE state NOT IN ('sent', 'cancelled')": [],
    "SELECT c.id FROM conversation c WHERE c.state = 'assigned' AND NOT EXISTS"
    " (SELECT 1 FROM assignment a WHERE a.conversation_id = c.id AND a.released_at IS NULL)": [],
    "SELECT id, last_seq FROM customer c WHERE last_seq <>"
    " (SELECT COUNT(*) FROM message m WHERE m.customer_id = c.id)": [],
    "SELECT id FROM message WHERE sender = 'bot' AND entry_id IS NOT NULL"
    " AND (knowledge_version IS NULL OR confidence IS NULL)": [],
}
#: Words of a log line that tell of a mistake of ours.
MISTAKES = (
    "request_failed",
    "job failed",
    "timer failed",
    "settling failed",
    "delivery round failed",
    "sender raised",
    "Traceback",
    "never retrieved",
)
#: An operator locks the database, and a request that needs it is refused.
FORESEEN = "StoreUnavailable"


def is_at_rest(world: World, visitors: list[WebPerson]) -> str:
    """What is still owed, empty when nothing is."""
    owed = world.server.rows(OWED)
    if owed:
        return f"outbox: {owed}"
    parked = world.server.rows(PARKED)[0][0]
    if parked:
        return f"{parked} events are parked"
    late = world.server.rows(OVERDUE, before=world.clock() - 2_000)[0][0]
    if late:
        return f"{late} timers are overdue"
    for visitor in visitors:
        newest = visitor.newest()
        if any(tab.last != newest for tab in visitor.tabs):
            return f"{visitor.name} was told {[tab.last for tab in visitor.tabs]} of {newest}"
    return ""


async def check_all(world: World, actors: list[Any], visitors: list[WebPerson]) -> None:
    """Everybody's own checks, the views, the database, the log, the platform's complaints."""
    for actor in actors:
        actor.check()
    for visitor in visitors:
        await visitor.check_views()
    check_database(world)
    _check_seen(world)
    _check_log(world)
    for violation in world.platform.violations[:3]:
        world.history.broken("LINE", str(violation))


def check_database(world: World) -> None:
    """Sound, nobody forgotten, nothing owed."""
    for sql, expected in SOUND.items():
        found = world.server.rows(sql)
        if found != expected:
            world.history.broken("I12", f"{sql}: {found[:3]}")


def _check_seen(world: World) -> None:
    """LINE accepted what the database says was sent: as many messages for each customer."""
    rows = world.server.rows(
        "SELECT c.external_id, o.body FROM outbox o JOIN customer c ON c.id = o.customer_id"
        " WHERE o.state = 'sent'"
    )
    sent: Counter[str] = Counter()
    for chat_id, body in rows:
        sent[chat_id] += len(json.loads(body)["bubbles"])
    for chat_id, count in sent.items():
        accepted = len(world.platform.sent_to(chat_id))
        if accepted < count:
            world.history.broken("I1", f"{chat_id}: {count} said to be sent, {accepted} accepted")


def _check_log(world: World) -> None:
    log = world.server.folder / "server.log"
    if not log.exists():
        return
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if any(word in line for word in MISTAKES) and FORESEEN not in line:
            world.history.broken("log", line[:400])
            return
