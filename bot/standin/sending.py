"""Takes replies and pushes: tokens, retry keys, limits, quota, and who can be reached."""

from uuid import UUID

from bot.standin.limits import check_push, check_reply, find_unseen
from bot.standin.platform import Platform
from bot.standin.request import Request, refuse_body, refuse_problems
from bot.standin.tokens import Accepted
from bot.standin.values import Answer, Customer, Json, answer_json, refuse


def reply(platform: Platform, request: Request) -> Answer:
    if request.call.header("x-line-retry-key") is not None:
        platform.note_violation("reply", "a retry key, which replies do not take")
        return refuse(400, "The retry key is not supported on this endpoint.")
    body = request.body()
    refusal = refuse_body(platform, request, check_reply(body))
    if refusal is not None:
        return refusal
    chat_id = platform.reply_tokens.find_chat(body["replyToken"], platform.clock())
    customer = platform.customers.get(chat_id) if chat_id else None
    if customer is None:
        return refuse(400, "Invalid reply token")
    refusal = _refuse_chat(platform, request, customer, body["messages"])
    if refusal is not None:
        return refusal
    platform.reply_tokens.use_up(body["replyToken"])
    told = platform.accept(body["messages"], customer, by="reply", request_id=request.request_id)
    return answer_json(200, {"sentMessages": told})


def push(platform: Platform, request: Request) -> Answer:
    key = request.call.header("x-line-retry-key")
    if key is None and platform.demands_retry_key:
        platform.note_violation("push", "no retry key")
    if key is not None and not _is_uuid(key):
        platform.note_violation("push", "a retry key that is not a UUID")
        return refuse(400, "Invalid retry key")
    body = request.body()
    refusal = refuse_body(platform, request, check_push(body))
    if refusal is not None:
        return refusal
    accepted = platform.retry_keys.find(key, platform.clock()) if key else None
    if accepted is not None:
        return _repeat(platform, accepted, body)
    customer = platform.customers.get(body["to"])
    if customer is None:
        platform.note_violation("push", "to somebody who does not exist")
        return refuse(400, "Failed to send messages")
    refusal = _refuse_chat(platform, request, customer, body["messages"])
    if refusal is not None:
        return refusal
    return _take_push(platform, request, customer, body)


def _take_push(platform: Platform, request: Request, customer: Customer, body: Json) -> Answer:
    # nobody pays for a message that reaches nobody, so the month does not stop it either
    cost = customer.members if platform.reaches(customer) else 0
    limit = platform.quota.limit
    if cost and limit is not None and platform.quota.used + cost > limit:
        return refuse(429, "You have reached your monthly limit.")
    platform.quota.used += cost
    key = request.call.header("x-line-retry-key")
    told = platform.accept(
        body["messages"], customer, by="push", request_id=request.request_id, retry_key=key
    )
    if key is not None:
        accepted = Accepted(
            at=platform.clock(), request_id=request.request_id, body=body, sent_messages=told
        )
        platform.retry_keys.keep(key, accepted)
    return answer_json(200, {"sentMessages": told})


def _repeat(platform: Platform, accepted: Accepted, body: Json) -> Answer:
    if body != accepted.body:
        platform.note_violation("push", "a retry key used again with another body")
    return answer_json(
        409,
        {
            "message": "The retry key is already accepted",
            "sentMessages": accepted.sent_messages,
        },
        {"x-line-accepted-request-id": accepted.request_id},
    )


def validate(platform: Platform, request: Request) -> Answer:
    body = request.body()
    messages = body.get("messages") if isinstance(body, dict) else None
    problems = check_push({"to": "anybody", "messages": messages})
    return refuse_body(platform, request, problems) or answer_json(200, {})


def _refuse_chat(
    platform: Platform, request: Request, customer: Customer, messages: list[Json]
) -> Answer | None:
    """What depends on the chat: standby, quotes of that chat, quick replies nobody sees."""
    if customer.standby:
        platform.note_violation(request.endpoint, "sent while another module has the chat")
    for problem in find_unseen(messages):
        platform.note_violation(request.endpoint, problem)
    for index, message in enumerate(messages):
        token = message.get("quoteToken")
        if token is not None and not platform.chats.knows_quote(token, customer.chat_id):
            problem = f"messages[{index}].quoteToken: not of this chat"
            return refuse_problems(platform, request, [problem])
    return None


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
