"""Large things are built without the collector, and go without it too."""

import gc
from threading import Barrier, Thread

import pytest

from faq.knowledge import Knowledge
from faq.quiet import build_quietly
from tests.faq.knowledge_files import entry, knowledge


@pytest.fixture(autouse=True)
def thaw():
    yield
    gc.unfreeze()


def test_nothing_is_collected_while_something_is_built():
    assert gc.isenabled()
    assert build_quietly(gc.isenabled) is False
    assert gc.isenabled()


def test_a_build_that_fails_leaves_the_collector_on():
    with pytest.raises(ZeroDivisionError):
        build_quietly(lambda: 1 / 0)
    assert gc.isenabled()


def test_the_last_of_several_builds_switches_it_on_again():
    both, one_left, seen = Barrier(2), Barrier(2), []

    def first():
        both.wait(10)

    def second():
        both.wait(10)
        one_left.wait(10)
        seen.append(gc.isenabled())

    other = Thread(target=build_quietly, args=(second,))
    other.start()
    build_quietly(first)
    one_left.wait(10)
    other.join(10)
    assert (seen, gc.isenabled()) == ([False], True)


def test_what_was_built_is_left_out_of_collections():
    kept = build_quietly(lambda: [object() for _ in range(10)])
    assert all(held is not kept for held in gc.get_objects())


def ours():
    return [
        held
        for held in gc.get_objects()
        if isinstance(held, Knowledge) and "quietly-gone" in held.entries
    ]


def test_a_knowledge_goes_without_a_collector():
    gc.disable()
    try:
        made = knowledge(
            entry("quietly-gone", "返品の期限", "いつまで返せる"),
            entry("b", "How long?", "window"),
        )
        assert len(ours()) == 1
        del made
        assert ours() == []
    finally:
        gc.enable()
