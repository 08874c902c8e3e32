"""The key of all signatures that this server gives out: made once, readable by us alone."""

import os
import secrets
from pathlib import Path

from handoff.configuration import BadSettings

_KEY_BYTES = 32


def key_path(data_dir: Path) -> Path:
    """Where the key lies."""
    return data_dir / "signing.key"


def read_key(data_dir: Path) -> bytes:
    """The key; the first start makes it. Raises BadSettings with the way to mend it."""
    path = key_path(data_dir)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise BadSettings(
            f"{path} cannot be read: {error.strerror}. Give it to the account that serves."
        ) from None
    if len(key) < _KEY_BYTES:
        raise BadSettings(
            f"{path} is damaged. Restore it from a backup; or remove it, "
            "and visitors' chats begin anew."
        )
    return key


def _make(path: Path) -> None:
    """Whole or not at all: a start that is cut off leaves no half key to the next one."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
