"""What other packages log on a running server."""

import io
import logging

import pytest

from handoff.logs import OneLine


def log_of(message: str, error: Exception | None) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine("%(levelname)s %(name)s %(message)s"))
    record = logging.LogRecord(
        "aiohttp.server", logging.ERROR, __file__, 1, message, None,
        (type(error), error, error.__traceback__) if error else None,
    )  # fmt: skip
    handler.handle(record)
    return stream.getvalue()


def test_an_error_is_named_without_its_words() -> None:
    with pytest.raises(ValueError, match="secret") as raised:
        int("Authorization: Bearer v1.secret\nforged line")
    told = log_of("Error handling request", raised.value)
    head, place = told.split(" at=")
    assert head == "ERROR aiohttp.server Error handling request error=ValueError"
    assert place == f"{__file__}:{place.split(':')[1]}"
    assert told.count("\n") == 1


def test_only_the_first_line_of_a_message_is_kept() -> None:
    told = log_of("Task exception was never retrieved\nfuture: <Task exception='secret'>", None)
    assert told == "ERROR aiohttp.server Task exception was never retrieved\n"


def test_times_are_in_utc() -> None:
    record = logging.makeLogRecord({"msg": "x", "created": 0.25, "msecs": 250.0})
    assert OneLine("%(asctime)s %(message)s").format(record) == "1970-01-01T00:00:00.250Z x"
