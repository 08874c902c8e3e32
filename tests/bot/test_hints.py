import asyncio

from bot.hints import DESK, Hint, Hints, customer_topic


def hint(seq, topic=DESK, kind="conversation", conversation_id=1):
    return Hint(topic=topic, kind=kind, conversation_id=conversation_id, seq=seq)


async def test_a_listener_hears_its_topics_only():
    hints = Hints()
    with hints.listen(customer_topic(1)) as mine, hints.listen(DESK, customer_topic(2)) as both:
        hints.publish([hint(1), hint(2, customer_topic(1)), hint(3, customer_topic(2))])
        assert await mine.next(1) == [hint(2, customer_topic(1))]
        assert await both.next(1) == [hint(1), hint(3, customer_topic(2))]


async def test_a_slow_listener_keeps_the_newest_of_a_kind():
    hints = Hints()
    with hints.listen(DESK) as listener:
        for seq in range(1_000):
            hints.publish([hint(seq), hint(seq, kind="typing"), hint(seq, conversation_id=2)])
        assert await listener.next(1) == [
            hint(999),
            hint(999, kind="typing"),
            hint(999, conversation_id=2),
        ]
        assert await listener.next(0) == []


async def test_what_was_published_before_is_not_heard():
    hints = Hints()
    hints.publish([hint(1)])
    with hints.listen(DESK) as listener:
        assert await listener.next(0) == []


async def test_a_waiting_listener_wakes_up():
    hints = Hints()
    with hints.listen(DESK) as listener:
        waiting = asyncio.create_task(listener.next(5))
        await asyncio.sleep(0)
        hints.publish([hint(7)])
        assert await waiting == [hint(7)]


async def test_nobody_who_left_is_counted():
    hints = Hints()
    with hints.listen(DESK), hints.listen(DESK):
        assert hints.count(DESK) == 2
    assert hints.count(DESK) == 0
    hints.publish([hint(1)])


async def test_whoever_is_attached_is_told_at_once_and_may_leave_meanwhile():
    hints, told = Hints(), []

    class Once:
        def tell(self, hint):
            told.append(hint)
            hints.detach(self, DESK)

    one, other = Once(), Once()
    hints.attach(one, DESK)
    hints.attach(other, DESK)
    news = Hint(topic=DESK, kind="conversation", conversation_id=1)
    hints.publish([news, news])
    assert (told, hints.count(DESK)) == ([news, news], 0)
    hints.detach(one, DESK)
