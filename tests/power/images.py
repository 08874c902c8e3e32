"""What a disk may hold after the power was cut: all that was synced, and some of the rest.

The rest reaches the disk not at all, up to some point, or in any selection and order the disk
liked; now and then a write is torn, so that only some of its sectors are new.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.power.disk import Deed

SECTOR = 512
#: How often a write that was not yet synced arrives in pieces.
TORN = 0.15


@dataclass(eq=False)
class _File:
    """One file: what is safe, and what was written since."""

    durable: bytearray = field(default_factory=bytearray)
    #: its name stands in the folder for good
    lasting: bool = False
    pending: list[Deed] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """The files as they are found, and what had been promised by then."""

    files: dict[str, bytes]
    #: how many deeds had been done
    cut: int
    #: none, prefix or subset
    kept: str
    acknowledged: tuple[str, ...]
    #: how many commits had begun
    begun: int

    def write_to(self, folder: Path) -> None:
        """Put the disk into a new machine."""
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, body in self.files.items():
            (folder / name).write_bytes(body)


def list_images(
    before: dict[str, bytes], deeds: list[Deed], *, count: int, rng: random.Random
) -> Iterator[Image]:
    """So many cuts, spread over the whole run at random."""
    cuts = sorted(rng.randrange(1, len(deeds) + 1) for _ in range(count))
    files = {name: _File(durable=bytearray(body), lasting=True) for name, body in before.items()}
    acknowledged: list[str] = []
    begun, done = 0, 0
    for cut in cuts:
        for deed in deeds[done:cut]:
            if deed.kind == "acknowledged":
                acknowledged.append(deed.key)
            elif deed.kind == "begun":
                begun = deed.number
            else:
                _do(files, deed)
        done = cut
        kept = rng.choice(("none", "prefix", "subset"))
        found = {name: _survive(file, kept, rng) for name, file in files.items()}
        yield Image(
            files={name: bytes(body) for name, body in found.items() if body is not None},
            cut=cut,
            kept=kept,
            acknowledged=tuple(acknowledged),
            begun=begun,
        )


def _do(files: dict[str, _File], deed: Deed) -> None:
    file = files.setdefault(deed.file, _File())
    if deed.kind == "sync":
        new = not file.lasting
        for each in file.pending:
            _apply(file.durable, each)
        file.pending.clear()
        file.lasting = True
        if new:
            # SQLite syncs the folder with the first sync of a new log or journal
            _sync_folder(files)
    elif deed.kind == "delete":
        file.pending.append(deed)
        if deed.lasting:
            _sync_folder(files)
    else:
        if any(each.kind == "delete" for each in file.pending):
            # the same name again is another file
            files[deed.file] = file = _File()
        file.pending.append(deed)


def _sync_folder(files: dict[str, _File]) -> None:
    """What was removed before stays removed."""
    for name, file in list(files.items()):
        if any(each.kind == "delete" for each in file.pending):
            del files[name]


def _apply(body: bytearray, deed: Deed) -> None:
    if deed.kind == "truncate":
        del body[deed.offset :]
        return
    end = deed.offset + len(deed.body)
    if len(body) < end:
        body.extend(bytes(end - len(body)))
    body[deed.offset : end] = deed.body


def _survive(file: _File, kept: str, rng: random.Random) -> bytearray | None:
    body, there = bytearray(file.durable), file.lasting
    pending = file.pending
    if kept == "none":
        pending = []
    elif kept == "prefix":
        pending = pending[: rng.randrange(len(pending) + 1)]
    else:
        # any of them, but two writes to one place keep their order
        pending = [deed for deed in pending if rng.random() < rng.choice((0.2, 0.5, 0.9))]
    for deed in pending:
        if deed.kind == "delete":
            body, there = bytearray(), False
            continue
        there = True
        if deed.kind == "write" and rng.random() < TORN:
            for piece in _tear(deed, rng):
                _apply(body, piece)
        else:
            _apply(body, deed)
    return body if there else None


def _tear(deed: Deed, rng: random.Random) -> Iterator[Deed]:
    """Some of its sectors; a disk tears at its own borders."""
    at = 0
    while at < len(deed.body):
        size = min(SECTOR - (deed.offset + at) % SECTOR, len(deed.body) - at)
        if rng.random() < 0.5:
            yield Deed(
                kind="write",
                file=deed.file,
                offset=deed.offset + at,
                body=deed.body[at : at + size],
            )
        at += size
