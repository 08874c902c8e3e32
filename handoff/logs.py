"""Logs of a running server: one line an event, ids and names only, never what a customer wrote."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog


def set_up_logs(level: str) -> None:
    """Send everything to standard error as `time level event key=value …`."""
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(
        level=number, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
    )
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_error,
            structlog.processors.KeyValueRenderer(
                key_order=["timestamp", "level", "event"], drop_missing=True
            ),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def name_error(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Say where an error came from; its message may hold a customer's words and stays out."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    error = given if isinstance(given, BaseException) else sys.exc_info()[1]
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        event["error"] = type(error).__name__
        event["at"] = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    return event
