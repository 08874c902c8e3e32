"""Learns what customers are called, beside the talk and never before it.

Whoever blocked us or does not agree has no profile to see; then we only note that we asked.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.clock import DAY_MS
from bot.errors import MadoguchiError
from bot.hints import DESK, Hint, Hints
from bot.store import Row, Store, Tx

log = structlog.get_logger("bot.profiles")

#: A name older than this is asked for again.
STALE_MS = 7 * DAY_MS
#: Customers silent for longer are not asked about.
SEEN_MS = DAY_MS
#: How many are asked about in one step, and at once.
BATCH = 20
#: Asking stops when the platform fails this often in a row.
PATIENCE = 3


class ProfileUnavailable(MadoguchiError):
    says = "The platform could not be asked now; try again later."


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What a customer shows of themself."""

    name: str | None = None
    #: an address on the platform's own picture host, or None
    picture: str | None = None
    #: BCP 47, or None
    lang: str | None = None


class ProfileSource(Protocol):
    """Where profiles come from."""

    async def find_profile(self, customer_key: str) -> Profile | None:
        """The profile, None when there is none to see. Raises ProfileUnavailable."""
        ...


async def look_up_profiles(store: Store, source: ProfileSource, hints: Hints, *, now: int) -> int:
    """Ask for the profiles that are due; how many customers were asked about."""
    failures = asked = 0
    for customer in await store.read(list_due, now=now):
        try:
            profile = await source.find_profile(str(customer["external_id"]))
        except ProfileUnavailable:
            failures += 1
            if failures >= PATIENCE:
                break
            continue
        failures = 0
        asked += 1
        changed = await store.write(keep_profile, int(customer["id"]), profile, now=now)
        hints.publish(
            Hint(topic=DESK, kind="conversation", conversation_id=id_) for id_ in changed
        )
        await asyncio.sleep(0)
    if failures:
        log.warning("profiles_unavailable", asked=asked)
    return asked


def list_due(tx: Tx, *, now: int) -> list[Row]:
    """Customers of LINE who wrote lately and whose profile is unknown or old."""
    return tx.all(
        "SELECT id, external_id FROM customer WHERE channel = 'line' AND external_id IS NOT NULL"
        " AND seen_at >= :seen"
        " AND (profile_at IS NULL OR profile_at < :stale)"
        " ORDER BY profile_at IS NOT NULL, seen_at DESC LIMIT :batch",
        seen=now - SEEN_MS,
        stale=now - STALE_MS,
        batch=BATCH,
    )


def keep_profile(tx: Tx, customer_id: int, profile: Profile | None, *, now: int) -> Sequence[int]:
    """Store the profile, or that there is none; ids of the open conversations it changes."""
    if profile is None:
        tx.run("UPDATE customer SET profile_at = :now WHERE id = :id", id=customer_id, now=now)
        return ()
    lang = (profile.lang or "").split("-")[0].lower()
    rows = tx.run(
        "UPDATE customer SET name = :name, picture = :picture, profile_at = :now,"
        # the language only until we know better: later their own words decide
        " lang = CASE WHEN profile_at IS NULL AND :lang IN ('ja', 'en') THEN :lang ELSE lang END"
        # erased while we asked: an erased customer stays nameless
        " WHERE id = :id AND external_id IS NOT NULL",
        id=customer_id,
        name=profile.name,
        picture=profile.picture,
        lang=lang,
        now=now,
    )
    if not rows:
        return ()
    found = tx.all(
        "SELECT id FROM conversation WHERE customer_id = :id AND state <> 'closed'",
        id=customer_id,
    )
    return [int(row["id"]) for row in found]
