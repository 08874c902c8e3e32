"""Several requests to one customer are in flight at the same time."""

from bot import delivery, outbox


def apply():
    plain = outbox.take_owed
    head = "o.state = 'pending' AND o.channel = :channel"
    outbox._OWED = outbox._OWED.replace(outbox._HEAD, head)

    def take(tx, channel, **more):
        tx.run("DROP INDEX IF EXISTS uq_outbox_sending")
        return plain(tx, channel, **more)

    delivery.take_owed = take
