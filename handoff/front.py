"""The people as the bot sees them: the queue, how it stands, callbacks. Fills `HumanDesk`."""

from bot import people
from bot.bubbles import Action
from bot.clock import DAY_MS, MINUTE_MS, from_ms
from bot.conversation import Cause, Conversation, State, WaitMode
from bot.errors import BadInput
from bot.people import Booking, Standing
from bot.rows import get_conversation, save
from bot.store import Tx
from handoff import accounts, assignments, audit, callbacks, gap_rows, queue
from handoff.access import Presence, actual_presence
from handoff.callback_slots import Slot, callback_slots, slot_label
from handoff.doors import Doors
from handoff.hours import is_open
from handoff.hours_wording import Lang, render_closed
from handoff.phone import BadPhoneError, display_phone, parse_phone, render_phone_problem
from handoff.phrases import render_slot
from handoff.settings import PeopleSettings
from handoff.waiting import MOST_HANDLINGS, expect_wait, render_wait

#: A chosen slot is looked for among so many; far more than anybody is offered.
_SLOTS_SEARCHED = 500
#: Booked calls further ahead than slots are ever offered do not matter.
_BOOKED_AHEAD_MS = 60 * DAY_MS


class Front:
    """See `bot.people.HumanDesk`."""

    def __init__(self, settings: PeopleSettings, *, lapse_ms: int = 30 * MINUTE_MS) -> None:
        """`lapse_ms`: when a conversation that left the queue is looked at again."""
        self._settings = settings
        self._doors = Doors(settings)
        self._lapse_ms = lapse_ms

    def escalate(
        self,
        tx: Tx,
        conversation: Conversation,
        *,
        team: str | None,
        cause: Cause,
        urgent: bool,
        now: int,
    ) -> Standing:
        """Put the conversation into the queue and say how it stands."""
        team = self._doors.team_name(team or conversation.team)
        due_at = now + self._settings.queue_notice_minutes * MINUTE_MS
        if queue.enqueue(
            tx, conversation, team=team, cause=cause, urgent=urgent, due_at=due_at, now=now
        ):
            audit.record(
                tx,
                "escalate",
                now=now,
                agent_id=None,
                conversation_id=conversation.id,
                team=team,
                cause=cause.value,
                urgent=urgent,
            )
        return self.standing(tx, get_conversation(tx, conversation.id), now=now)

    def standing(self, tx: Tx, conversation: Conversation, *, now: int) -> Standing:
        """How it stands for a conversation that waits, or would if it were escalated."""
        team = self._doors.team_name(conversation.team)
        position = queue.find_position(tx, conversation)
        place = position or queue.count_waiting(tx, team) + 1
        agents, free = self._count_agents(tx, team, now)
        front = self._front(team, place, agents, now)
        lang: Lang = "en" if conversation.lang == "en" else "ja"
        is_closed = front is people.Front.CLOSED
        hours = self._doors.of_team(team)
        return Standing(
            front=front,
            position=position,
            wait=self._wait(tx, team, place, agents, free, lang),
            hours=render_closed(hours, from_ms(now, hours.zone), lang) if is_closed else "",
            phone=self._open_phone(team, now),
            callback=bool(self._free_slots(tx, team, now, count=1)),
        )

    def _front(self, team: str, place: int, agents: int, now: int) -> people.Front:
        if not is_open(self._doors.of_team(team), from_ms(now)):
            return people.Front.CLOSED
        if place > self._settings.max_waiting:
            return people.Front.FULL
        return people.Front.OPEN if agents else people.Front.ABSENT

    def _count_agents(self, tx: Tx, team: str, now: int) -> tuple[int, int]:
        """How many are there for a team, and how many more conversations they could take."""
        agents = free = 0
        has = assignments.count_by_agent(tx)
        for agent in accounts.list_agents(tx, only_active=True):
            is_there = actual_presence(agent, now) is Presence.AVAILABLE
            if is_there and (not agent.teams or team in agent.teams):
                agents += 1
                free += max(0, agent.capacity - has.get(agent.id, 0))
        return agents, free

    def _wait(self, tx: Tx, team: str, place: int, agents: int, free: int, lang: Lang) -> str:  # noqa: PLR0917 - facts that standing() has found
        """The expected wait; nothing where nobody is there to make it true."""
        if not agents:
            return ""
        fallback = int(self._settings.handling_minutes * MINUTE_MS)
        recent = assignments.list_handling_ms(tx, team, limit=MOST_HANDLINGS)
        return render_wait(expect_wait(place, agents, free, recent, fallback), lang)

    def _open_phone(self, team: str, now: int) -> str:
        is_staffed = is_open(self._doors.of_phone(team), from_ms(now))
        return self._settings.phone.number if is_staffed else ""

    def slots(self, tx: Tx, conversation: Conversation, *, now: int) -> tuple[Action, ...]:
        """Free callback slots; codes are `slot:<from ms>-<until ms>`."""
        team = self._doors.team_name(conversation.team)
        hours = self._doors.of_phone(team)
        count = self._settings.callback.slots_offered
        return tuple(
            Action(
                label=slot_label(slot, now, hours, conversation.lang),
                code=f"slot:{slot.start_at}-{slot.end_at}",
            )
            for slot in self._free_slots(tx, team, now, count=count)
        )

    def _free_slots(
        self,
        tx: Tx,
        team: str,
        now: int,
        *,
        count: int,
        lead_ms: int | None = None,
        besides: int = 0,
    ) -> tuple[Slot, ...]:
        asked = self._settings.callback
        if not asked.enabled:
            return ()
        booked = callbacks.count_by_slot(
            tx, from_at=now, until_at=now + _BOOKED_AHEAD_MS, besides=besides
        )
        return callback_slots(
            self._doors.of_phone(team),
            now,
            lead_ms=asked.lead_minutes * MINUTE_MS if lead_ms is None else lead_ms,
            slot_ms=asked.slot_minutes * MINUTE_MS,
            count=count,
            taken=[start for start, _, number in booked if number >= asked.per_slot],
        )

    def book(
        self, tx: Tx, conversation: Conversation, *, slot: str, phone: str, now: int
    ) -> Booking | None:
        """Promise a callback; None when the slot is gone meanwhile. Raises BadInput."""
        try:
            number = parse_phone(phone)
        except BadPhoneError as error:
            raise BadInput(render_phone_problem(error.problem, conversation.lang)) from error
        chosen = self._find_slot(tx, conversation, slot, now)
        if chosen is None:
            return None
        callbacks.book(
            tx,
            conversation.id,
            phone=number,
            from_at=chosen.start_at,
            until_at=chosen.end_at,
            now=now,
        )
        self._wait_for_call(tx, conversation, due_at=chosen.start_at, now=now)
        audit.record(
            tx,
            "callback_book",
            now=now,
            agent_id=None,
            conversation_id=conversation.id,
            from_at=chosen.start_at,
        )
        zone = self._doors.of_phone(conversation.team).zone
        return Booking(
            slot=render_slot(
                from_ms(chosen.start_at, zone), from_ms(chosen.end_at, zone), conversation.lang
            ),
            phone=display_phone(number),
        )

    def _find_slot(self, tx: Tx, conversation: Conversation, slot: str, now: int) -> Slot | None:
        team = self._doors.team_name(conversation.team)
        free = self._free_slots(
            tx,
            team,
            now,
            count=_SLOTS_SEARCHED,
            lead_ms=0,  # whoever thinks for a few minutes still gets what was offered
            besides=conversation.id,  # and an own booking takes no place from the new one
        )
        wanted = slot.removeprefix("slot:")
        return next((one for one in free if f"{one.start_at}-{one.end_at}" == wanted), None)

    def _wait_for_call(self, tx: Tx, conversation: Conversation, *, due_at: int, now: int) -> None:
        """It waits for the call and no longer in line; with an agent it stays there."""
        if conversation.state is State.ASSIGNED:
            return
        team = self._doors.team_name(conversation.team)
        cause = conversation.cause or Cause.ASKED
        waits = queue.enqueue(
            tx, conversation, team=team, cause=cause, urgent=False, due_at=due_at, now=now
        )
        if waits:
            save(tx, conversation.id, now=now, wait_mode=WaitMode.CALLBACK.value)

    def forget(self, tx: Tx, conversation: Conversation, *, text: str, now: int) -> bool:
        """A number that was taken back is not called, and stands nowhere any more."""
        gap_rows.forget_erased_in(tx, conversation.id)
        try:
            phone = parse_phone(text)
        except BadPhoneError:
            return False
        if not callbacks.forget_phone(tx, conversation.id, phone, now=now):
            return False
        audit.record(
            tx, "callback_unsent", now=now, agent_id=None, conversation_id=conversation.id
        )
        return True

    def withdraw(self, tx: Tx, conversation: Conversation, *, now: int) -> None:
        """The customer no longer waits: cancel an open callback and leave the queue."""
        callbacks.cancel_open(tx, conversation.id, now=now)
        if queue.leave(tx, conversation.id, due_at=now + self._lapse_ms, now=now):
            audit.record(tx, "withdraw", now=now, agent_id=None, conversation_id=conversation.id)
