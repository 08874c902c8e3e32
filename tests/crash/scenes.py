"""Which small story catches which mistake, and how it is played."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.crash.house_scenes import (
    cut_and_resumed,
    doubled_reply,
    half_saved,
    killed_while_forgetting,
    poison_between,
    stampede,
    taken_over,
)
from tests.crash.line_scenes import (
    delivered_twice,
    disk_full,
    failed_after_acceptance,
    failed_three_times,
    first_is_slow,
    killed_after_the_answer,
    killed_in_the_gap,
    killed_while_sending,
    taken_back_and_redelivered,
    too_many_requests,
)
from tests.crash.world import World

Scene = Callable[[World], Awaitable[None]]
#: Seconds after which a scene hangs and says so.
SCENE_SECONDS = 240

#: The smallest scene that catches each mutant.
CATCHES: dict[str, Scene] = {
    "answer_before_commit": killed_after_the_answer,
    "told_before_commit": killed_after_the_answer,
    "two_transactions": killed_in_the_gap,
    "no_recovery": killed_while_sending,
    "endless_lease": killed_while_sending,
    "no_retry_key": failed_after_acceptance,
    "new_key_each_try": failed_after_acceptance,
    "push_in_doubt": failed_after_acceptance,
    "give_up_after_two": failed_three_times,
    "busy_is_failure": too_many_requests,
    "no_dedupe": delivered_twice,
    "two_at_once": first_is_slow,
    "failing_unit_undoes_neighbours": poison_between,
    "seq_outside_transaction": poison_between,
    "read_then_write_claim": stampede,
    "reply_without_client_id": doubled_reply,
    "claim_leaves_the_bot_talking": taken_over,
    "unsend_deletes_the_key": taken_back_and_redelivered,
    "swap_before_parse": half_saved,
    "resume_forgets": cut_and_resumed,
}
#: Every scene, also those that need no mutant to be worth it.
_OTHERS = (disk_full, killed_while_forgetting)
SCENES = {scene.__name__: scene for scene in (*CATCHES.values(), *_OTHERS)}
#: These show only where everything is pushed.
PUSHED = frozenset({"no_retry_key", "new_key_each_try"})


async def play(world: World, scene: Scene) -> list[str]:
    """Codes of what a scene breaks."""
    async with asyncio.timeout(SCENE_SECONDS):
        assert await world.server.start()
        await scene(world)
    return [violation.code for violation in world.history.violations]
