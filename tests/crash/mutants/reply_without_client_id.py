"""A reply has nothing by which its repetition is recognised."""

import uuid

from handoff import saying


def apply():
    plain = saying.reply

    def reply(tx, acting, conversation_id, *, text, client_id, seen_seq):
        fresh = uuid.uuid4().hex
        return plain(tx, acting, conversation_id, text=text, client_id=fresh, seen_seq=seen_seq)

    saying.reply = reply
