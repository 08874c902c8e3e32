"""Rows that files and names hang on."""

NOW = 1795305600000
HANA = "U4af4980629c84e9b2d6f0d2b7c5e1a90"


def add_customer(tx, customer_id, **own):
    values = {
        "channel": "line",
        "external_id": f"U{customer_id:032x}",
        "lang": "ja",
        "profile_at": None,
        "seen_at": NOW,
        "erased_at": None,
    } | own
    tx.run(
        "INSERT INTO customer (id, channel, external_hash, external_id, lang, reachable, last_seq,"
        " known, profile_at, created_at, seen_at, erased_at) VALUES (:id, :channel, :hash,"
        " :external_id, :lang, 1, 1, '{}', :profile_at, :seen_at, :seen_at, :erased_at)",
        id=customer_id,
        hash=f"hash-{customer_id}",
        **values,
    )


def add_message(tx, message_id, customer_id, seq=1):
    tx.run(
        "INSERT INTO conversation (id, reference, customer_id, channel, state, lang, talk, urgent,"
        " form, round, last_seq, customer_seq, agent_seq, opened_at, changed_at, due_at, review)"
        " VALUES (:id, :reference, :customer, 'line', 'bot', 'ja', '{}', 0, '{}', 1, 1, 1, 0,"
        " :now, :now, :now, 0)",
        id=100 + message_id,
        reference=f"M-{message_id}",
        customer=customer_id,
        now=NOW,
    )
    tx.run(
        "INSERT INTO message (id, conversation_id, customer_id, seq, sender, source_key, kind,"
        " text, sent_at, occurred_at) VALUES (:id, :conversation, :customer, :seq, 'customer',"
        " :key, 'image', '', :now, :now)",
        id=message_id,
        conversation=100 + message_id,
        customer=customer_id,
        seq=seq,
        key=f"580{message_id}",
        now=NOW,
    )


def prepare(tx):
    add_customer(tx, 1, external_id=HANA)
    add_message(tx, 1, 1)
