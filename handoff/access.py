"""Who may do what: one table and one question for pages, API and WebSocket alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.clock import SECOND_MS
from handoff.errors import NotAllowed


class Role(StrEnum):
    """What somebody of the staff is there for; each includes the ones before it."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Presence(StrEnum):
    """Whether an agent takes conversations."""

    AVAILABLE = "available"
    AWAY = "away"
    OFFLINE = "offline"


class Verb(StrEnum):
    """Everything that staff can do."""

    VIEW_DESK = "view_desk"
    SET_PRESENCE = "set_presence"
    CLAIM = "claim"
    REPLY = "reply"
    NOTE = "note"
    TRANSFER = "transfer"
    RELEASE = "release"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    SETTLE_CALLBACK = "settle_callback"
    SETTLE_DELIVERY = "settle_delivery"
    VIEW_OWN_RESULTS = "view_own_results"
    VIEW_KNOWLEDGE = "view_knowledge"
    CHANGE_OWN_PASSWORD = "change_own_password"  # noqa: S105 - a verb's name, no secret
    REASSIGN = "reassign"
    ERASE_MESSAGE = "erase_message"
    REVIEW = "review"
    VIEW_RESULTS = "view_results"
    EXPORT_RESULTS = "export_results"
    VIEW_AUDIT = "view_audit"
    EDIT_KNOWLEDGE = "edit_knowledge"
    VIEW_SETTINGS = "view_settings"
    SETTLE_EVENT = "settle_event"
    ERASE_CUSTOMER = "erase_customer"
    EXPORT_CUSTOMER = "export_customer"
    MANAGE_STAFF = "manage_staff"


#: The least role for each verb; docs/reference/roles.md tells the same.
LEAST: Mapping[Verb, Role] = {
    Verb.VIEW_DESK: Role.AGENT,
    Verb.SET_PRESENCE: Role.AGENT,
    Verb.CLAIM: Role.AGENT,
    Verb.REPLY: Role.AGENT,
    Verb.NOTE: Role.AGENT,
    Verb.TRANSFER: Role.AGENT,
    Verb.RELEASE: Role.AGENT,
    Verb.RESOLVE: Role.AGENT,
    Verb.REOPEN: Role.AGENT,
    Verb.SETTLE_CALLBACK: Role.AGENT,
    Verb.SETTLE_DELIVERY: Role.AGENT,
    Verb.VIEW_OWN_RESULTS: Role.AGENT,
    Verb.VIEW_KNOWLEDGE: Role.AGENT,
    Verb.CHANGE_OWN_PASSWORD: Role.AGENT,
    Verb.REASSIGN: Role.SUPERVISOR,
    Verb.ERASE_MESSAGE: Role.SUPERVISOR,
    Verb.REVIEW: Role.SUPERVISOR,
    Verb.VIEW_RESULTS: Role.SUPERVISOR,
    Verb.EXPORT_RESULTS: Role.SUPERVISOR,
    Verb.VIEW_AUDIT: Role.SUPERVISOR,
    Verb.EDIT_KNOWLEDGE: Role.ADMIN,
    Verb.VIEW_SETTINGS: Role.ADMIN,
    Verb.SETTLE_EVENT: Role.ADMIN,
    Verb.ERASE_CUSTOMER: Role.ADMIN,
    Verb.EXPORT_CUSTOMER: Role.ADMIN,
    Verb.MANAGE_STAFF: Role.ADMIN,
}
_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """Somebody of the staff, as everything above the database sees them."""

    id: int
    login: str
    name: str
    role: Role
    active: bool = True
    #: the password was given by somebody else: nothing but changing it is possible
    must_change: bool = False
    #: a second factor is required and missing: nothing but adding it is possible
    must_enrol: bool = False
    #: names of teams; none: every team
    teams: tuple[str, ...] = ()
    capacity: int = 5
    presence: Presence = Presence.OFFLINE
    #: last sign of life of an open desk page
    seen_at: int | None = None


#: An open desk page tells of itself every 20 seconds; after missing a few it counts as gone.
FRESH_MS = 90 * SECOND_MS


def actual_presence(agent: Agent, now: int) -> Presence:
    """What the agent chose, as long as the desk page gives signs of life."""
    # abs: one from the future came before the clock was set back
    fresh = agent.seen_at is not None and abs(now - agent.seen_at) <= FRESH_MS
    return agent.presence if fresh and agent.active else Presence.OFFLINE


def needs_second_factor(role: Role, policy: str) -> bool:
    """Whether `people.second_factor` asks this role for a second factor."""
    return policy == "everybody" or (policy == "admins" and role is Role.ADMIN)


def may(role: Role, verb: Verb) -> bool:
    """Whether this role has this right; a verb that nobody placed belongs to nobody."""
    least = LEAST.get(verb)
    return least is not None and _RANK[role] >= _RANK[least]


def is_allowed(agent: Agent, verb: Verb) -> bool:
    """Whether this agent may do it now: the role's right, an active and complete account."""
    if not agent.active:
        return False
    if (agent.must_change or agent.must_enrol) and verb is not Verb.CHANGE_OWN_PASSWORD:
        return False
    return may(agent.role, verb)


def require(agent: Agent, verb: Verb) -> None:
    """Raise NotAllowed unless this agent may do it."""
    if not is_allowed(agent, verb):
        raise NotAllowed
