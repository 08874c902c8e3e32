"""Reading survives whatever a body may hold, and its results fit the store."""

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.line.reading import read_call
from bot.errors import BadInput
from bot.events import EventKind

PAYLOADS = sorted((Path(__file__).parents[3] / "payloads" / "line").glob("*.json"))
EVENTS = [event for path in PAYLOADS for event in json.loads(path.read_bytes())["events"]]

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=12)
    | st.sampled_from(
        ["message", "text", "user", "image", "standby", "U" + "0" * 32, "半\ud83d", "a\x00b"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=6) | st.sampled_from(["type", "id", "userId", "text", "data"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@st.composite
def mutated(draw):
    """A real event with some of its properties, at any depth, replaced or removed."""
    event = json.loads(json.dumps(draw(st.sampled_from(EVENTS))))
    for _ in range(draw(st.integers(1, 3))):
        holder = event
        key = draw(st.sampled_from(sorted(holder))) if holder else "type"
        if isinstance(holder.get(key), dict) and holder[key] and draw(st.booleans()):
            holder = holder[key]
            key = draw(st.sampled_from(sorted(holder)))
        if draw(st.booleans()):
            holder[key] = draw(anything)
        else:
            holder.pop(key, None)
    return event


def check(event):
    assert 1 <= len(event.event_key) <= 100
    texts = [event.event_key, event.text, event.choice, event.source_key, event.native_kind]
    texts += [part for pair in event.detail for part in pair]
    for text in texts:
        text.encode()  # no half of a surrogate pair
        assert "\x00" not in text
    assert len(event.text) <= 20_000
    assert 0 < event.occurred_at < 10**14
    assert event.customer_key is None or len(event.customer_key) == 33
    assert event.kind is not EventKind.MESSAGE or event.source_key
    assert not (event.standby and event.reply_token and event.kind is EventKind.OTHER)


@settings(max_examples=300, deadline=None)
@given(st.lists(mutated() | anything, max_size=4))
def test_each_event_gives_one_event(events):
    raw = json.dumps({"events": events, "destination": None}).encode()
    found = read_call(raw, now=1).events
    assert len(found) == len(events)
    for event in found:
        check(event)


@settings(max_examples=200, deadline=None)
@given(mutated(), anything)
def test_a_bad_neighbour_changes_nothing(odd, worse):
    good = EVENTS[0]
    alone = read_call(json.dumps({"events": [good]}).encode(), now=1).events[0]
    crowd = read_call(json.dumps({"events": [odd, good, worse]}).encode(), now=1).events
    assert alone in crowd


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(PAYLOADS), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=6)
)
def test_flipped_bytes_are_read_or_refused(path, flips):
    raw = bytearray(path.read_bytes())
    for place, value in flips:
        raw[place % len(raw)] = value
    try:
        call = read_call(bytes(raw), now=1)
    except BadInput:
        return
    for event in call.events:
        check(event)
