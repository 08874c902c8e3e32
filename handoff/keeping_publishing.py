"""Writes a tried change into its file and into the history, in an order that survives a crash.

Announced in the database, written to the file, served, then written down as done: whatever dies
in between, `notice` finds the announcement and asks the file, which is the truth.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import BadInput
from bot.failpoints import hit
from bot.store import Store, Tx
from faq.library import Library
from faq.writing_file import FileMoved
from handoff import audit
from handoff import knowledge_rows as rows
from handoff.access import Agent
from handoff.keeping_check import Trial
from handoff.keeping_errors import CheckFailed, EntryMoved
from handoff.keeping_folder import Plan, Snapshot, take_snapshot, write_plan
from handoff.keeping_values import Change, ChangeKind, Draft, GitState, Published, Remark
from handoff.knowledge_git import Author, commit_file, find_git

#: Also looked at so often without a sign: comments change no version.
_LOOK_EVERY = 300.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """Who publishes what, and why."""

    agent: Agent
    kind: ChangeKind
    reason: str
    #: tests may fail: the reason says why
    forced: bool
    #: thrown away once it is published
    draft: Draft | None = None
    undoes_id: int | None = None


class Publisher:
    """Publishes one change after the other; `lock` is held by whoever calls."""

    def __init__(self, store: Store, library: Library, clock: Clock, *, git: str) -> None:
        self.lock = asyncio.Lock()
        self._store = store
        self._library = library
        self._clock = clock
        self._git = git
        self._version = ""

    async def publish(self, trial: Trial, order: Order) -> Published:
        """Write a tried change and serve it.

        Raises CheckFailed, EntryMoved, FolderBlocked, BadInput when nothing changes.
        """
        report, plan = trial.report, trial.plan
        if report.is_blocked or (report.failed_tests and not order.forced):
            raise CheckFailed(report)
        if plan.file_text == plan.seen.text:
            raise BadInput("There is nothing to publish: this is what is published already.")
        change = _change(plan, order, self._library.current.version)
        change_id = await self._store.write(rows.announce, change, now=self._clock())
        hit("knowledge.before_write")
        try:
            await asyncio.to_thread(write_plan, self._library.path, plan)
            hit("knowledge.after_write")
        except FileMoved:
            await self._store.write(rows.forget, change_id)
            raise EntryMoved from None
        except Exception:
            await self._store.write(rows.forget, change_id)
            raise
        return await self._finish(change_id, change, order)

    async def _finish(self, change_id: int, change: rows.NewChange, order: Order) -> Published:
        result = await self._library.reload()
        version = self._version = self._library.current.version
        await self._store.write(_write_down, change_id, change, order, version, now=self._clock())
        remarks = [Remark.NOT_SERVED] if result.problems else []
        commit, remark = await asyncio.to_thread(self._commit, change, order)
        if commit:
            await self._store.write(rows.name_commit, change_id, commit)
        if remark:
            remarks.append(remark)
        return Published(
            change_id=change_id,
            entry_id=change.entry_id,
            file=change.file,
            version_before=change.version_before,
            version_after=version,
            git_commit=commit,
            remarks=tuple(remarks),
        )

    def _commit(self, change: rows.NewChange, order: Order) -> tuple[str, Remark | None]:
        if find_git(self._library.path, self._git) is not GitState.ON:
            return "", None
        author = Author(agent_id=order.agent.id, name=order.agent.name)
        message = f"{_VERBS[change.kind]} {change.entry_id}"
        if order.reason:
            message += f"\n\n{order.reason}"
        made = commit_file(self._library.path, change.file, author, message)
        return made.commit, made.remark

    async def notice(self) -> int:
        """Record what was changed outside; how many entries."""
        snapshot = await asyncio.to_thread(take_snapshot, self._library.path)
        if not snapshot.is_there:
            return 0
        version = self._library.current.version
        count = await self._store.write(
            _notice, snapshot, self._version, version, now=self._clock()
        )
        self._version = version
        return count

    async def watch(self, notice: Callable[[], Awaitable[int]]) -> None:
        """Notice whenever another version is served, and now and then; runs until cancelled."""
        changed = asyncio.Event()
        self._library.on_change(lambda _knowledge: changed.set())
        while True:
            await notice()
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), _LOOK_EVERY)
            changed.clear()


_VERBS = {
    ChangeKind.NEW: "Add",
    ChangeKind.EDIT: "Edit",
    ChangeKind.DELETE: "Delete",
    ChangeKind.ROLLBACK: "Roll back",
}


def _change(plan: Plan, order: Order, version: str) -> rows.NewChange:
    return rows.NewChange(
        entry_id=plan.entry_id,
        file=plan.file,
        kind=order.kind,
        before_text=plan.before_text,
        after_text=plan.text,
        after_id=plan.after_id,
        agent_id=order.agent.id,
        reason=order.reason,
        version_before=version,
        undoes_id=order.undoes_id,
    )


def _write_down(
    tx: Tx, change_id: int, change: rows.NewChange, order: Order, version: str, *, now: int
) -> None:
    rows.finish(tx, change_id, version)
    _know(tx, change, now=now)
    if order.draft is not None:
        rows.drop_draft(tx, order.draft.entry_id, seen=order.draft.version)
    _audit(tx, change_id, change.kind, change.entry_id, order.agent.id, now)


def _know(tx: Tx, change: rows.NewChange | Change, *, now: int, after_id: str = "") -> None:
    known = rows.Known(
        entry_id=change.entry_id,
        file=change.file,
        text=change.after_text,
        after_id=after_id or getattr(change, "after_id", ""),
    )
    gone = [] if change.after_text else [change.entry_id]
    rows.know(tx, [known] if change.after_text else [], gone, now=now)


def _audit(  # noqa: PLR0917 - the columns of one row
    tx: Tx, change_id: int, kind: ChangeKind, entry_id: str, agent_id: int | None, now: int
) -> None:
    audit.record(
        tx,
        f"knowledge_{kind.value}",
        now=now,
        agent_id=agent_id,
        change=change_id,
        entry=entry_id,
    )


def _notice(tx: Tx, snapshot: Snapshot, before: str, version: str, *, now: int) -> int:
    _clear_up(tx, snapshot, version, now=now)
    known = rows.list_known(tx)
    stands = {
        each.entry_id: rows.Known(
            entry_id=each.entry_id, file=each.file, text=each.text, after_id=each.after_id
        )
        for each in snapshot.entries.values()
    }
    moved = [each for key, each in stands.items() if known.get(key) != each]
    # an entry of a file that cannot be read now may stand there still
    gone = [] if snapshot.broken else [each for key, each in known.items() if key not in stands]
    rows.know(tx, moved, [each.entry_id for each in gone], now=now)
    if not known:
        return 0  # the first look: this is how it begins
    count = 0
    for each in (*moved, *gone):
        was = known.get(each.entry_id)
        is_gone = each.entry_id not in stands
        if was is not None and was.text == each.text and not is_gone:
            continue  # only its place is another
        change = rows.NewChange(
            entry_id=each.entry_id,
            file=each.file,
            kind=ChangeKind.OUTSIDE,
            before_text=was.text if was else "",
            after_text="" if is_gone else each.text,
            after_id=each.after_id,
            version_before=before,
            version_after=version,
        )
        change_id = rows.announce(tx, change, now=now, is_done=True)
        _audit(tx, change_id, change.kind, change.entry_id, None, now)
        count += 1
    return count


def _clear_up(tx: Tx, snapshot: Snapshot, version: str, *, now: int) -> None:
    """Changes that were announced before a crash: the file knows whether they were made."""
    for change in rows.list_announced(tx):
        stood = snapshot.entries.get(change.entry_id)
        if (stood.text if stood else "") == change.after_text:
            rows.finish(tx, change.id, version)
            _know(tx, change, now=now, after_id=stood.after_id if stood else "")
            rows.drop_draft_with(tx, change.entry_id, change.after_text)
            _audit(tx, change.id, change.kind, change.entry_id, change.agent_id, now)
        else:
            rows.forget(tx, change.id)
