"""What an announcement did: whom it was told, and who then needed nobody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bot.clock import DAY_MS
from bot.store import Tx

#: So far back conversations count; an announcement that lasts longer tells of the latest.
COUNTED_MS = 14 * DAY_MS
#: So many of the newest messages are looked at: the count must cost the same however large
#: the house is, and messages have no index by time.
LOOKED_AT = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Caught:
    """How many conversations an announcement was told in."""

    told: int = 0
    #: of these, solved or closed without having been given to people
    alone: int = 0


# the exact form that bot.messages writes; within a text of ours the quotes are escaped
_TOLD = """SELECT m.conversation_id AS id, m.body,
    CASE WHEN c.state IN ('resolved', 'closed') AND c.cause IS NULL AND NOT EXISTS (
        SELECT 1 FROM assignment s WHERE s.conversation_id = c.id) THEN 1 ELSE 0 END AS alone
FROM message m JOIN conversation c ON c.id = m.conversation_id
WHERE m.id > (SELECT COALESCE(MAX(id), 0) FROM message) - :most
    AND m.sender = 'bot' AND m.sent_at >= :since AND m.body LIKE '%"announcement":"%'"""


def count_caught(tx: Tx, *, now: int) -> Mapping[str, Caught]:
    """Figures of every announcement told lately, by its id."""
    found: dict[str, dict[int, int]] = {}
    for row in tx.all(_TOLD, most=LOOKED_AT, since=now - COUNTED_MS):
        announcement = json.loads(row["body"])["announcement"]
        found.setdefault(announcement, {})[row["id"]] = row["alone"]
    return {
        announcement: Caught(told=len(each), alone=sum(each.values()))
        for announcement, each in found.items()
    }
