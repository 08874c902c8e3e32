"""A disk that remembers what it was told, so that its power can be cut at any moment afterwards.

SQLite writes through it as through any other. Every write, sync, cut and removal is noted in
order; `images.py` makes from these notes what a real disk might hold after the cut.
"""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

#: Shared memory of the processes that have the file open: it is gone with the power.
_VOLATILE = "-shm"


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """One thing that happened, on the disk or before it."""

    #: write, truncate, sync, delete; or a mark: begun, acknowledged
    kind: str
    file: str = ""
    offset: int = 0
    body: bytes = b""
    #: a removal that was asked to last; the key of a mark
    lasting: bool = False
    key: str = ""
    number: int = 0


@dataclass(eq=False)
class Disk:
    """Passes everything on to the real files and keeps the notes."""

    deeds: list[Deed] = field(default_factory=list)
    #: bytes that still fit; None: it is never full
    room: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, file: str = "", **fields: Any) -> None:
        """Write one deed down."""
        if file.endswith(_VOLATILE):
            return
        with self._lock:
            self.deeds.append(Deed(kind=kind, file=file, **fields))

    def take(self, size: int) -> None:
        """Use up room. Raises FullError, as ENOSPC does."""
        with self._lock:
            if self.room is not None:
                if size > self.room:
                    raise apsw.FullError("no space left on this disk")
                self.room -= size

    def deliver(self, name: str) -> "DiskVfs":
        """Register with SQLite under this name, until `unregister`."""
        return DiskVfs(name, self)


class DiskVfs(apsw.VFS):
    """The way from SQLite to the disk."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.name = name
        self._disk = disk
        super().__init__(name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> "DiskFile":  # noqa: N802 - SQLite's name
        return DiskFile(name, flags, self._disk)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802, FBT001 - SQLite's
        super().xDelete(filename, syncdir)
        self._disk.note("delete", Path(filename).name, lasting=bool(syncdir))


class DiskFile(apsw.VFSFile):
    """One open file."""

    def __init__(self, name: Any, flags: list[int], disk: Disk) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        # a file without a name is SQLite's own scratch paper
        self._name = Path(path).name if path else _VOLATILE
        self._disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        self._disk.take(len(data))
        super().xWrite(data, offset)
        self._disk.note("write", self._name, offset=offset, body=bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        super().xTruncate(newsize)
        self._disk.note("truncate", self._name, offset=newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        super().xSync(flags)
        self._disk.note("sync", self._name)
