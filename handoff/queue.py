"""Who waits and who has what: each move is one guarded UPDATE, so that two never win."""

from bot.conversation import Cause, Conversation, State, WaitMode
from bot.rows import conversation_from_row
from bot.store import Row, Tx, get

#: Takes what names no team.
DEFAULT_TEAM = "default"
#: Whoever is called back at an agreed time does not stand in the live queue.
_LIVE = "c.state = 'waiting' AND (c.wait_mode IS NULL OR c.wait_mode <> 'callback')"
#: Condition on conversation `c`, whose team is :team.
OF_TEAM = f"COALESCE(c.team, '{DEFAULT_TEAM}') = :team"
#: First who complains, then who has waited longest.
_ORDER = "c.urgent DESC, c.waiting_since, c.id"


def enqueue(
    tx: Tx,
    conversation: Conversation,
    *,
    team: str | None,
    cause: Cause,
    urgent: bool,
    due_at: int,
    now: int,
) -> bool:
    """Put it into the queue; False when an agent has it or it is closed."""
    return (
        tx.run(
            """UPDATE conversation SET
            -- who waits already keeps the place
            waiting_since = CASE WHEN state = 'waiting' THEN waiting_since ELSE :now END,
            -- a handling that was resolved is over: this is the next one, with its own survey
            round = CASE WHEN state = 'resolved' THEN round + 1 ELSE round END,
            wait_mode = CASE WHEN state = 'waiting' THEN wait_mode ELSE :mode END,
            -- a complaint stays one, whatever comes after it
            urgent = CASE WHEN urgent = 1 THEN 1 ELSE :urgent END,
            first_response_at = CASE WHEN state = 'waiting' THEN first_response_at END,
            state = 'waiting', team = :team, cause = :cause, due_at = :due_at,
            claimed_at = NULL, resolved_at = NULL, changed_at = :now
        WHERE id = :id
            AND agent_id IS NULL  -- never away from somebody who is answering
            AND state <> 'closed'  -- a closed one is opened again by an agent or not at all""",
            id=conversation.id,
            team=team,
            cause=cause.value,
            urgent=int(urgent),
            mode=WaitMode.QUEUE.value,
            due_at=due_at,
            now=now,
        )
        == 1
    )


def leave(tx: Tx, conversation_id: int, *, due_at: int, now: int) -> bool:
    """Back to the bot at the customer's wish; False when it no longer waits."""
    return (
        tx.run(
            """UPDATE conversation SET state = 'bot', wait_mode = NULL, waiting_since = NULL,
            due_at = :due_at, changed_at = :now
        WHERE id = :id AND state = 'waiting'  -- an agent may have taken it meanwhile""",
            id=conversation_id,
            due_at=due_at,
            now=now,
        )
        == 1
    )


def claim(tx: Tx, conversation_id: int, agent_id: int, *, now: int) -> bool:
    """Give it to this agent if nobody has it; False when the race is lost."""
    return (
        tx.run(
            """UPDATE conversation SET state = 'assigned', agent_id = :agent, claimed_at = :now,
            -- taken over from the bot, it has waited for nobody until now
            waiting_since = COALESCE(waiting_since, :now), due_at = NULL, changed_at = :now
        WHERE id = :id
            AND agent_id IS NULL  -- the first of several claims wins, the others change no row
            AND state IN ('waiting', 'bot')  -- what is over is reopened, not claimed
            -- an account switched off a moment ago takes nothing any more
            AND EXISTS (SELECT 1 FROM agent WHERE agent.id = :agent AND agent.active = 1)""",
            id=conversation_id,
            agent=agent_id,
            now=now,
        )
        == 1
    )


def hold(tx: Tx, conversation_id: int, agent_id: int, *, now: int) -> bool:
    """Whether this agent has it; the row stays locked for the rest of the transaction."""
    return (
        tx.run(
            """UPDATE conversation SET changed_at = :now
        WHERE id = :id
            AND state = 'assigned' AND agent_id = :agent  -- only its agent speaks in it
            AND EXISTS (SELECT 1 FROM agent WHERE agent.id = :agent AND agent.active = 1)""",
            id=conversation_id,
            agent=agent_id,
            now=now,
        )
        == 1
    )


def hand_over(tx: Tx, conversation_id: int, *, from_id: int, to_id: int, now: int) -> bool:
    """From one agent to another; False when `from_id` no longer has it."""
    return (
        tx.run(
            """UPDATE conversation SET agent_id = :to, claimed_at = :now, changed_at = :now
        WHERE id = :id
            AND state = 'assigned' AND agent_id = :from_id  -- it may have gone meanwhile
            AND EXISTS (SELECT 1 FROM agent WHERE agent.id = :to AND agent.active = 1)""",
            id=conversation_id,
            from_id=from_id,
            to=to_id,
            now=now,
        )
        == 1
    )


def put_back(
    tx: Tx,
    conversation_id: int,
    *,
    from_id: int,
    team: str | None,
    waiting_since: int,
    due_at: int,
    now: int,
) -> bool:
    """From an agent to the queue; False when `from_id` no longer has it."""
    return (
        tx.run(
            """UPDATE conversation SET state = 'waiting', agent_id = NULL, team = :team,
            waiting_since = :waiting_since,
            -- a promised call stays promised
            wait_mode = CASE WHEN wait_mode = 'callback' THEN wait_mode ELSE 'queue' END,
            due_at = :due_at, changed_at = :now
        WHERE id = :id
            AND state = 'assigned' AND agent_id = :from_id  -- not away from the next agent""",
            id=conversation_id,
            from_id=from_id,
            team=team,
            waiting_since=waiting_since,
            due_at=due_at,
            now=now,
        )
        == 1
    )


def end_call(tx: Tx, conversation_id: int) -> None:
    """Nobody will call any more: it must not wait outside the line for ever."""
    tx.run(
        "UPDATE conversation SET wait_mode = 'queue' WHERE id = :id AND wait_mode = 'callback'",
        id=conversation_id,
    )


def resolve(tx: Tx, conversation_id: int, agent_id: int, *, due_at: int, now: int) -> bool:
    """Declare it solved; False when this agent no longer has it."""
    return (
        tx.run(
            """UPDATE conversation SET state = 'resolved', agent_id = NULL, resolved_at = :now,
            wait_mode = NULL, due_at = :due_at, changed_at = :now
        WHERE id = :id
            AND state = 'assigned' AND agent_id = :agent  -- a transferred one is not theirs""",
            id=conversation_id,
            agent=agent_id,
            due_at=due_at,
            now=now,
        )
        == 1
    )


def reopen(tx: Tx, conversation_id: int, agent_id: int, *, now: int) -> bool:
    """Take up what was over, as a new handling; False when it is not over."""
    return (
        tx.run(
            """UPDATE conversation SET state = 'assigned', agent_id = :agent, round = round + 1,
            waiting_since = :now, claimed_at = :now, first_response_at = NULL,
            resolved_at = NULL, closed_at = NULL, closed_how = NULL, wait_mode = NULL,
            due_at = NULL, changed_at = :now
        WHERE id = :id
            AND agent_id IS NULL  -- two who reopen at once: one wins
            AND state IN ('resolved', 'closed')  -- what is open is claimed, not reopened
            AND EXISTS (SELECT 1 FROM agent WHERE agent.id = :agent AND agent.active = 1)""",
            id=conversation_id,
            agent=agent_id,
            now=now,
        )
        == 1
    )


def mark_answered(tx: Tx, conversation_id: int, *, now: int) -> bool:
    """Stop the first-response clock; True only for the first answer of a handling."""
    return (
        tx.run(
            """UPDATE conversation SET first_response_at = :now
        WHERE id = :id AND first_response_at IS NULL  -- the clock stops once""",
            id=conversation_id,
            now=now,
        )
        == 1
    )


def count_waiting(tx: Tx, team: str | None) -> int:
    """How many stand in the live queue of a team."""
    row = get(
        tx,
        f"SELECT COUNT(*) AS n FROM conversation c WHERE {_LIVE} AND {OF_TEAM}",
        team=team or DEFAULT_TEAM,
    )
    return int(row["n"])


def count_before(tx: Tx, conversation: Conversation) -> int:
    """How many of its team come before it: the urgent ones, then those who waited longer."""
    row = get(
        tx,
        f"""SELECT COUNT(*) AS n FROM conversation c
        WHERE {_LIVE} AND {OF_TEAM} AND c.id <> :id
            AND (c.urgent > :urgent OR (c.urgent = :urgent AND (c.waiting_since < :since
                OR (c.waiting_since = :since AND c.id < :id))))""",
        team=conversation.team or DEFAULT_TEAM,
        id=conversation.id,
        urgent=int(conversation.urgent),
        since=conversation.waiting_since or 0,
    )
    return int(row["n"])


def find_position(tx: Tx, conversation: Conversation) -> int:
    """Place in the queue, 1 = next; 0 when it does not wait in line."""
    if conversation.state is not State.WAITING or conversation.wait_mode is WaitMode.CALLBACK:
        return 0
    return count_before(tx, conversation) + 1


def list_next(tx: Tx, *, teams: tuple[str, ...], limit: int = 5) -> list[Conversation]:
    """Those who are served next, for an agent of these teams (none: of every team)."""
    names = {f"team{number}": team for number, team in enumerate(teams)}
    own = (
        f"AND (c.team IS NULL OR c.team IN ({', '.join(f':{n}' for n in names)}))" if names else ""
    )
    rows: list[Row] = tx.all(
        f"SELECT c.* FROM conversation c WHERE {_LIVE} {own} ORDER BY {_ORDER} LIMIT :limit",
        **names,
        limit=limit,
    )
    return [conversation_from_row(row) for row in rows]
