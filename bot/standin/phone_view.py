"""What the phone page needs to know of a chat, as one JSON object."""

from bot.standin.platform import Platform
from bot.standin.values import Json, Line, Side

_LINES_MOST = 200


def show_state(platform: Platform, chat_id: str) -> Json:
    """People, and the chat of one of them; `version` changes when anything of it does."""
    people = [one for one in platform.customers.values() if one.chat_id.startswith("U")]
    chosen = platform.customers.get(chat_id) or (people[0] if people else None)
    loading = chosen is not None and platform.clock() < chosen.loading_until
    lines = platform.lines_of(chosen.chat_id)[-_LINES_MOST:] if chosen else []
    return {
        "version": f"{platform.revision}-{chosen.chat_id if chosen else ''}-{loading:d}",
        "accountName": platform.account_name,
        "people": [
            {"id": one.chat_id, "name": one.name, "friendship": one.friendship} for one in people
        ],
        "chat": chosen.chat_id if chosen else None,
        "friendship": chosen.friendship if chosen else None,
        "loading": loading,
        "lines": [_show_line(platform, line) for line in lines],
    }


def _show_line(platform: Platform, line: Line) -> Json:
    shown: Json = {
        "id": line.line_id,
        "side": line.side,
        "message": line.message,
        "at": line.at,
        "read": line.read,
        "unsent": line.unsent,
        "waiting": line.waiting,
        "hasPicture": line.line_id in platform.contents and not line.unsent,
    }
    token = line.message.get("quoteToken") if line.side is Side.ACCOUNT else None
    quoted = platform.chats.find_quoted(token) if isinstance(token, str) else None
    if quoted is not None:
        shown["quoted"] = str(quoted.message.get("text", "メッセージ"))[:80]
    return shown
