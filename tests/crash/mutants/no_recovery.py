"""What a dead process was sending stays as it is."""

from bot import delivery


def apply():
    delivery.recover = lambda *_args, **_more: 0
