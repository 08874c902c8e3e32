"""Taking a message back removes it with the key by which its redelivery is recognised."""

from bot import taking, unsend


def apply():
    def erase(tx, message_id, *, how, now):
        tx.run("UPDATE message SET text = NULL, body = NULL WHERE cause_id = :id", id=message_id)
        tx.run("UPDATE message SET source_key = 'gone:' || id, text = NULL WHERE id = :id",
            id=message_id)  # fmt: skip
        tx.run("DELETE FROM inbox WHERE kind IN ('message', 'unsend')")

    unsend.erase_message = taking.erase_message = erase
