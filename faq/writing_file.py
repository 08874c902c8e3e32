"""Knowledge files read and written whole or not at all, and only when nobody else changed them."""

import errno
import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from faq.yamltree import MOST_BYTES

_BOM = "\ufeff"


class FileMoved(Exception):
    """The file is not what it was when it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """A file's text without its byte order mark, and the hash of its bytes."""

    text: str
    hash: str
    has_bom: bool = False


def hash_of(content: bytes) -> str:
    """What tells one content from another."""
    return hashlib.sha256(content).hexdigest()


def read_file(path: Path) -> FileText:
    """A file as it is now; a missing one is empty. Raises OSError, UnicodeDecodeError."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        content = b""
    text = content.decode()
    bom = text.startswith(_BOM)
    return FileText(text=text.removeprefix(_BOM), hash=hash_of(content), has_bom=bom)


def content_of(text: str, seen: FileText) -> bytes:
    """The bytes of a text in the place of what was seen."""
    return ((_BOM if seen.has_bom else "") + text).encode()


def write_file(path: Path, text: str, *, seen: FileText) -> None:
    """Put the text in the place of what was seen. Raises FileMoved, OSError.

    Readers find the old file or the new one, also after a crash.
    """
    # a link inside the folder stays a link
    target = path.resolve()
    if read_file(target).hash != seen.hash:
        raise FileMoved
    content = content_of(text, seen)
    if len(content) > MOST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    target.parent.mkdir(parents=True, exist_ok=True)
    # a hidden name without the ending: the watcher and the loader pass it by
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        _write(part, content)
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _write(part: Path, content: bytes) -> None:
    # as an editor would make it: the mask of the process decides who may read
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
