"""The trail of who changed what, read a page at a time."""

from dataclasses import dataclass

from bot.store import Store, Tx
from handoff import accounts, audit
from handoff.access import Agent, Verb, require
from handoff.audit import AuditEntry, AuditWanted

PAGE_SIZE = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditPage:
    """One page of entries, newest first, and everybody whom they may name."""

    entries: tuple[AuditEntry, ...]
    agents: tuple[Agent, ...]
    #: older ones follow
    more: bool


class Trail:
    """What the audit page asks for. Raises NotAllowed without the right."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get_page(
        self, agent: Agent, wanted: AuditWanted | None, *, before_id: int | None = None
    ) -> AuditPage:
        """A page of what is wanted; None: no entries, only whom one could ask for."""
        require(agent, Verb.VIEW_AUDIT)
        return await self._store.read(_get_page, wanted, before_id)


def _get_page(tx: Tx, wanted: AuditWanted | None, before_id: int | None) -> AuditPage:
    agents = tuple(accounts.list_agents(tx))
    if wanted is None:
        return AuditPage(entries=(), agents=agents, more=False)
    # one more than is shown tells whether there is more
    found = audit.list_entries(tx, wanted, before_id=before_id, limit=PAGE_SIZE + 1)
    return AuditPage(entries=tuple(found[:PAGE_SIZE]), agents=agents, more=len(found) > PAGE_SIZE)
