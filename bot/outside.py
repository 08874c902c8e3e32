"""The key of a customer that outlives an erase: it cannot be turned back into the outside id."""

import hashlib


def external_hash(channel: str, external_id: str) -> str:
    """Hash of a channel's id of a customer, as `customer.external_hash` holds it."""
    return hashlib.sha256(f"{channel}:{external_id}".encode()).hexdigest()
