"""Answers everything around the messages: quota, profile, read marks, webhook, content."""

import re
import secrets

from bot.standin.limits import check_loading, check_read_mark
from bot.standin.platform import Platform
from bot.standin.request import Request, refuse_body, refuse_problems
from bot.standin.values import Answer, Friendship, Json, answer_json, refuse

_URL_MOST = 500


def get_quota(platform: Platform, request: Request) -> Answer:
    limit = platform.quota.limit
    body: Json = {"type": "none"} if limit is None else {"type": "limited", "value": limit}
    return answer_json(200, body)


def get_consumption(platform: Platform, request: Request) -> Answer:
    return answer_json(200, {"totalUsage": platform.quota.used})


def get_profile(platform: Platform, request: Request) -> Answer:
    customer = platform.customers.get(request.subject)
    hidden = customer is None or not customer.shows_profile
    if customer is None or hidden or customer.friendship is Friendship.BLOCKED:
        return refuse(404, "Not found")
    body = {
        "userId": customer.chat_id,
        "displayName": customer.name,
        "pictureUrl": customer.picture_url,
        "statusMessage": customer.status_message,
        "language": customer.language,
    }
    return answer_json(200, {key: value for key, value in body.items() if value is not None})


def get_bot(platform: Platform, request: Request) -> Answer:
    read_mode = "manual" if platform.chat_mode == "chat" else "auto"
    return answer_json(
        200,
        {
            "userId": platform.bot_user_id,
            "basicId": "@standin",
            "displayName": platform.account_name,
            "chatMode": platform.chat_mode,
            "markAsReadMode": read_mode,
        },
    )


def start_loading(platform: Platform, request: Request) -> Answer:
    body = request.body()
    refusal = refuse_body(platform, request, check_loading(body))
    if refusal is not None:
        return refusal
    customer = platform.customers.get(body["chatId"])
    if customer is None:
        platform.note_violation("loading", "to somebody who does not exist")
        return refuse(400, "Not found")
    customer.loading_until = platform.clock() + 1000 * body.get("loadingSeconds", 20)
    platform.touch()
    return answer_json(202, {})


def mark_as_read(platform: Platform, request: Request) -> Answer:
    body = request.body()
    refusal = refuse_body(platform, request, check_read_mark(body))
    if refusal is not None:
        return refusal
    if platform.chat_mode != "chat":
        problem = "markAsReadToken: the account marks everything as read by itself"
        return refuse_problems(platform, request, [problem])
    if not platform.chats.mark_read(body["markAsReadToken"]):
        return refuse_problems(platform, request, ["markAsReadToken: unknown"])
    platform.touch()
    return answer_json(200, {})


def issue_link_token(platform: Platform, request: Request) -> Answer:
    if request.subject not in platform.customers:
        return refuse(404, "Not found")
    return answer_json(200, {"linkToken": secrets.token_urlsafe(24)})


def get_webhook(platform: Platform, request: Request) -> Answer:
    if platform.webhook_url is None:
        return refuse(404, "Webhook endpoint not found")
    return answer_json(200, {"endpoint": platform.webhook_url, "active": platform.webhook_active})


def set_webhook(platform: Platform, request: Request) -> Answer:
    body = request.body()
    url = body.get("endpoint") if isinstance(body, dict) else None
    # LINE takes https only; a stand-in on loopback has to take http as well
    if not isinstance(url, str) or len(url) > _URL_MOST or not re.match("https?://.", url):
        return refuse_problems(platform, request, ["endpoint: is no webhook address"])
    platform.webhook_url = url
    return answer_json(200, {})


def test_webhook(platform: Platform, request: Request) -> Answer:
    """Whether the test may run; the web part then makes the call and tells what came of it."""
    wanted = request.body() if request.call.body else {}
    url = wanted.get("endpoint") if isinstance(wanted, dict) else ""
    if (url or platform.webhook_url) is None or not isinstance(url, str | None):
        return refuse(404, "Webhook endpoint not found")
    return answer_json(200, {})


def get_content(platform: Platform, request: Request) -> Answer:
    content = platform.contents.get(request.subject)
    if content is None:
        return refuse(404, "Not found")
    if content.unsent:
        return refuse(410, "The message was unsent")
    if platform.clock() < content.ready_at:
        return answer_json(202, {})
    body = content.body
    if request.endpoint == "content_preview":
        body = content.preview or content.body
    return Answer(status=200, body=body, content_type=content.content_type)


def get_transcoding(platform: Platform, request: Request) -> Answer:
    content = platform.contents.get(request.subject)
    if content is None:
        return refuse(404, "Not found")
    if content.unsent:
        return refuse(410, "The message was unsent")
    status = "processing" if platform.clock() < content.ready_at else "succeeded"
    return answer_json(200, {"status": "failed" if content.failed else status})
