"""The channel access token that is in force, renewed from its file when LINE refuses it."""

import asyncio
from pathlib import Path

import structlog

from bot.settings import LineSettings

log = structlog.get_logger("bot.line")

_LIMIT = 4_096


class AccessToken:
    """Shared by everything that calls LINE, so that a new token counts everywhere at once."""

    def __init__(self, settings: LineSettings, file: Path | None = None) -> None:
        """`file`: where the token came from, if it came from a file."""
        self.value = settings.channel_access_token.get_secret_value()
        self._file = file

    @property
    def header(self) -> str:
        """The Authorization header of a call."""
        return f"Bearer {self.value}"

    async def renew(self, refused: str) -> bool:
        """LINE refused this token: whether there is another one to try."""
        if self.value == refused and self._file is not None:
            found = await asyncio.to_thread(_read, self._file)
            # another call may have renewed it meanwhile
            if found and self.value == refused != found:
                self.value = found
                log.warning("line_token_renewed")
        return self.value != refused


def _read(file: Path) -> str:
    """The token in the file; empty when there is none that could stand in a header."""
    try:
        found = file.read_text(encoding="utf-8")[:_LIMIT].strip()
    except (OSError, UnicodeDecodeError) as error:
        log.warning("line_token_unreadable", error=type(error).__name__)
        return ""
    return found if found.isascii() and found.isprintable() and " " not in found else ""
