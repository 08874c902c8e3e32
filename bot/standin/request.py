"""A call that found its endpoint, and the refusal of a body that breaks a limit."""

import json
from dataclasses import dataclass
from typing import Any

from bot.standin.platform import Platform
from bot.standin.values import Answer, Call, refuse

_INVALID_BODY = "The request body has {count} error(s)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A call that found its endpoint."""

    endpoint: str
    call: Call
    request_id: str
    #: what the path names: a person, a message
    subject: str = ""

    def body(self) -> Any:
        return json.loads(self.call.body)


def refuse_body(platform: Platform, request: Request, problems: list[str]) -> Answer | None:
    """None when there are no problems; else each is a violation and a detail of the answer."""
    return refuse_problems(platform, request, problems) if problems else None


def refuse_problems(platform: Platform, request: Request, problems: list[str]) -> Answer:
    for problem in problems:
        platform.note_violation(request.endpoint, problem)
    return refuse(400, _INVALID_BODY.format(count=len(problems)), problems)
