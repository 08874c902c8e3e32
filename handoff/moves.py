"""Moves of a conversation between queue, agents and its end; each runs in one transaction."""

from dataclasses import dataclass

from bot.conversation import Conversation, State
from bot.errors import BadInput
from bot.rows import find_open, get_conversation, get_customer
from bot.store import Tx
from handoff import accounts, assignments, queue
from handoff.access import Presence, Verb, actual_presence, is_allowed
from handoff.acting import (
    SURVEY_MS,
    Acting,
    Changed,
    audit_act,
    hints_about,
    refuse_owner,
    return_to_queue,
)
from handoff.errors import AlreadyClaimed, AtCapacity, NotAllowed, NotOpen, NotThere, OpenElsewhere


@dataclass(frozen=True, kw_only=True, slots=True)
class InFlight:
    """A message of the bot that was already on its way when the agent took over."""

    outbox_id: int
    first_seq: int
    last_seq: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimResult:
    """A conversation that is now this agent's."""

    conversation: Conversation
    #: requests of the bot that will not be sent any more
    withheld: int = 0
    in_flight: tuple[InFlight, ...] = ()
    #: the agent had it before: nothing changed
    already: bool = False


def claim(tx: Tx, acting: Acting, conversation_id: int) -> Changed[ClaimResult]:
    """Take it. Raises AlreadyClaimed with the winner's name."""
    acting.require(Verb.CLAIM)
    before = get_conversation(tx, conversation_id)
    if not queue.claim(tx, conversation_id, acting.agent.id, now=acting.now):
        return _claim_lost(tx, acting, conversation_id)
    waited = acting.now - (before.waiting_since or acting.now)
    return _taken(tx, acting, conversation_id, came="claimed", waited_ms=waited)


def _claim_lost(tx: Tx, acting: Acting, conversation_id: int) -> Changed[ClaimResult]:
    found = get_conversation(tx, conversation_id)
    if found.agent_id == acting.agent.id:
        # a double click: say again what the first one said
        return Changed(result=ClaimResult(conversation=found, already=True))
    if found.agent_id is not None:
        raise AlreadyClaimed(accounts.find_name(tx, found.agent_id) or "")
    if found.state in {State.WAITING, State.BOT}:
        # nothing is wrong with the conversation, so the account was switched off meanwhile
        raise NotAllowed
    raise NotOpen("This conversation is over. Reopen it first.")


def _taken(
    tx: Tx, acting: Acting, conversation_id: int, *, came: str, waited_ms: int
) -> Changed[ClaimResult]:
    """What follows every taking: assignment, silence of the bot, a word to the customer."""
    assignments.start(tx, conversation_id, acting.agent.id, came=came, now=acting.now)
    withheld, in_flight = _silence_bot(tx, conversation_id)
    taken = get_conversation(tx, conversation_id)
    _tell_claimed(tx, acting, taken, acting.agent.name)
    audit_act(
        tx,
        acting,
        "claim" if came == "claimed" else "reopen",
        conversation_id,
        waited_ms=waited_ms,
        withheld=withheld,
    )
    result = ClaimResult(
        conversation=get_conversation(tx, conversation_id), withheld=withheld, in_flight=in_flight
    )
    return Changed(result=result, hints=hints_about(tx, conversation_id, customer=True))


def _silence_bot(tx: Tx, conversation_id: int) -> tuple[int, tuple[InFlight, ...]]:
    """Cancel what the bot still owes; name what can no longer be stopped."""
    # the customer sees one chat: what an earlier conversation still owes is the bot's voice too
    whose = "customer_id = (SELECT customer_id FROM conversation WHERE id = :id)"
    withheld = tx.run(
        f"UPDATE outbox SET state = 'cancelled' WHERE {whose} AND sender = 'bot'"
        " AND state = 'pending'",
        id=conversation_id,
    )
    rows = tx.all(
        f"SELECT id, first_seq, last_seq FROM outbox WHERE {whose}"
        " AND sender = 'bot' AND state = 'sending' ORDER BY id",
        id=conversation_id,
    )
    in_flight = tuple(
        InFlight(outbox_id=row["id"], first_seq=row["first_seq"], last_seq=row["last_seq"])
        for row in rows
    )
    return withheld, in_flight


def _tell_claimed(tx: Tx, acting: Acting, conversation: Conversation, name: str) -> None:
    customer = get_customer(tx, conversation.customer_id)
    acting.talk.claimed(tx, conversation, customer, name, acting.now)


def take_next(tx: Tx, acting: Acting) -> Changed[ClaimResult | None]:
    """Take the one that is served next; None when nobody waits. Raises AtCapacity."""
    acting.require(Verb.CLAIM)
    if assignments.count_assigned(tx, acting.agent.id) >= acting.agent.capacity:
        raise AtCapacity
    for waiting in queue.list_next(tx, teams=acting.agent.teams):
        # where several servers share the database, a colleague may take it in between
        if queue.claim(tx, waiting.id, acting.agent.id, now=acting.now):
            waited = acting.now - (waiting.waiting_since or acting.now)
            taken = _taken(tx, acting, waiting.id, came="claimed", waited_ms=waited)
            return Changed(result=taken.result, hints=taken.hints)
    return Changed(result=None)


def reopen(tx: Tx, acting: Acting, conversation_id: int) -> Changed[ClaimResult]:
    """Take up what was over. Raises OpenElsewhere when the customer has another open one."""
    acting.require(Verb.REOPEN)
    found = get_conversation(tx, conversation_id)
    other = find_open(tx, found.customer_id)
    if found.state is State.CLOSED and other is not None:
        raise OpenElsewhere(other.reference, other.id)
    if not queue.reopen(tx, conversation_id, acting.agent.id, now=acting.now):
        return _reopen_lost(tx, acting, conversation_id)
    # a score typed from now on would be about a handling that is not over
    tx.run(
        "UPDATE survey SET state = 'lapsed' WHERE conversation_id = :id AND state = 'asked'",
        id=conversation_id,
    )
    return _taken(tx, acting, conversation_id, came="reopened", waited_ms=0)


def _reopen_lost(tx: Tx, acting: Acting, conversation_id: int) -> Changed[ClaimResult]:
    found = get_conversation(tx, conversation_id)
    if found.agent_id is not None:
        return _claim_lost(tx, acting, conversation_id)
    if found.state in {State.RESOLVED, State.CLOSED}:
        raise NotAllowed
    raise NotOpen("This conversation is open. Take it instead.")


def transfer(
    tx: Tx,
    acting: Acting,
    conversation_id: int,
    *,
    to_agent: int | None = None,
    to_team: str | None = None,
) -> Changed[None]:
    """Give it to a colleague, or to the queue of a team."""
    found = _owned(tx, acting, conversation_id, Verb.TRANSFER)
    if (to_agent is None) == (to_team is None):
        raise BadInput("Name a colleague or a team.")
    if to_team is not None:
        _transfer_to_team(tx, acting, found, to_team)
    elif to_agent is not None and to_agent != found.agent_id:
        _transfer_to_agent(tx, acting, found, to_agent)
    return Changed(result=None, hints=hints_about(tx, conversation_id, customer=True))


def _transfer_to_team(tx: Tx, acting: Acting, found: Conversation, team: str) -> None:
    if team not in acting.settings.teams:
        raise BadInput("There is no such team.")
    _give_back(tx, acting, found, team=team, went="transferred")
    audit_act(tx, acting, "transfer", found.id, from_agent=found.agent_id, to_team=team)


def _transfer_to_agent(tx: Tx, acting: Acting, found: Conversation, to_agent: int) -> None:
    colleague = accounts.get_agent(tx, to_agent)
    if actual_presence(colleague, acting.now) is Presence.OFFLINE:
        raise NotThere(colleague.name)
    if found.agent_id is None or not queue.hand_over(
        tx, found.id, from_id=found.agent_id, to_id=to_agent, now=acting.now
    ):
        refuse_owner(tx, get_conversation(tx, found.id))
    assignments.end(tx, found.id, went="transferred", now=acting.now)
    assignments.start(tx, found.id, to_agent, came="transferred", now=acting.now)
    _tell_claimed(tx, acting, get_conversation(tx, found.id), colleague.name)
    audit_act(tx, acting, "transfer", found.id, from_agent=found.agent_id, to_agent=to_agent)


def release(tx: Tx, acting: Acting, conversation_id: int) -> Changed[None]:
    """Give it back to the queue, at the place of its waiting time."""
    found = _owned(tx, acting, conversation_id, Verb.RELEASE)
    _give_back(tx, acting, found, team=found.team, went="released")
    audit_act(tx, acting, "release", conversation_id, from_agent=found.agent_id)
    return Changed(result=None, hints=hints_about(tx, conversation_id, customer=True))


def resolve(
    tx: Tx, acting: Acting, conversation_id: int, *, ask_survey: bool = True
) -> Changed[None]:
    """Declare it solved and ask the customer how it went."""
    acting.require(Verb.RESOLVE)
    if not queue.resolve(
        tx, conversation_id, acting.agent.id, due_at=acting.now + SURVEY_MS, now=acting.now
    ):
        refuse_owner(tx, get_conversation(tx, conversation_id))
    assignments.end(tx, conversation_id, went="resolved", now=acting.now)
    done = get_conversation(tx, conversation_id)
    customer = get_customer(tx, done.customer_id)
    acting.talk.resolved(tx, done, customer, acting.agent.id, acting.now, ask_survey)
    audit_act(tx, acting, "resolve", conversation_id, round=done.round, survey=ask_survey)
    return Changed(result=None, hints=hints_about(tx, conversation_id, customer=True))


def _owned(tx: Tx, acting: Acting, conversation_id: int, verb: Verb) -> Conversation:
    """The conversation, if it is this agent's or the agent may reassign those of others."""
    acting.require(verb)
    found = get_conversation(tx, conversation_id)
    if found.state is not State.ASSIGNED:
        refuse_owner(tx, found)
    if found.agent_id != acting.agent.id and not is_allowed(acting.agent, Verb.REASSIGN):
        refuse_owner(tx, found)
    return found


def _give_back(
    tx: Tx, acting: Acting, found: Conversation, *, team: str | None, went: str
) -> None:
    moved = return_to_queue(
        tx,
        found,
        team=team,
        went=went,
        talk=acting.talk,
        settings=acting.settings,
        now=acting.now,
    )
    if not moved:
        refuse_owner(tx, get_conversation(tx, found.id))
