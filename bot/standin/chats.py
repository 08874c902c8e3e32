"""Every chat as its phone shows it, with the tokens that point at single lines."""

import secrets
from collections import defaultdict

from bot.standin.values import Json, Line, Side

#: messages that a customer can quote, so the answer to a send names a quote token
_QUOTABLE = frozenset({"text", "textV2", "sticker", "image", "video", "template"})


class Chats:
    """Lines in order per chat; quote and read tokens lead to a line."""

    def __init__(self) -> None:
        self._lines: defaultdict[str, list[Line]] = defaultdict(list)
        self._by_id: dict[str, Line] = {}
        self._quoted: dict[str, tuple[str, str]] = {}
        self._readable: dict[str, str] = {}

    def lines_of(self, chat_id: str) -> list[Line]:
        return list(self._lines.get(chat_id, ()))

    def find_line(self, line_id: str) -> Line | None:
        return self._by_id.get(line_id)

    def add(self, chat_id: str, side: Side, message: Json, *, line_id: str, at: int) -> Line:
        line = Line(line_id=line_id, chat_id=chat_id, side=side, message=message, at=at)
        self._lines[chat_id].append(line)
        self._by_id[line_id] = line
        return line

    def hear(self, chat_id: str, message: Json, *, at: int, read: bool) -> None:
        """A message of the customer, with the tokens its event gives to the account."""
        line_id = str(message.get("id"))
        if "quoteToken" in message:
            self._quoted[str(message["quoteToken"])] = (chat_id, line_id)
        if "markAsReadToken" in message:
            self._readable[str(message["markAsReadToken"])] = line_id
        self.add(chat_id, Side.CUSTOMER, message, line_id=line_id, at=at).read = read

    def unsend(self, line_id: str) -> None:
        line = self._by_id.get(line_id)
        if line is not None and line.side is Side.CUSTOMER:
            line.unsent = True
            line.message = {"type": "unsent"}

    def make_quotable(self, chat_id: str, line_id: str, message: Json) -> Json:
        """The quote token of a sent message, if customers can quote its kind."""
        if message["type"] not in _QUOTABLE:
            return {}
        token = secrets.token_urlsafe(24)
        self._quoted[token] = (chat_id, line_id)
        return {"quoteToken": token}

    def knows_quote(self, token: str, chat_id: str) -> bool:
        return self._quoted.get(token, ("", ""))[0] == chat_id

    def find_quoted(self, token: str) -> Line | None:
        return self._by_id.get(self._quoted.get(token, ("", ""))[1])

    def mark_read(self, token: str) -> bool:
        """Everything of that chat up to the token's message; False for an unknown token."""
        last = self._by_id.get(self._readable.get(token, ""))
        if last is None:
            return False
        # read lines come first, so only the tail has to be walked
        passed = False
        for line in reversed(self._lines[last.chat_id]):
            passed = passed or line is last
            if passed and line.side is Side.CUSTOMER:
                if line.read:
                    break
                line.read = True
        return True
