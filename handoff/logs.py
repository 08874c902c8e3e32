"""Logs of a running server: one line an event, ids and names only, never what a customer wrote."""

import logging
import sys
import time
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog


def set_up_logs(level: str) -> None:
    """Send everything to standard error as `time level event key=value …`."""
    number = logging.getLevelNamesMapping()[level.upper()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=number, handlers=[handler])
    # every start would otherwise list Alembic's plugins
    logging.getLogger("alembic").setLevel(max(number, logging.WARNING))
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


class OneLine(logging.Formatter):
    """Records of other packages: one line each, and of an error its kind and place.

    What stands in further lines or in an error's message may quote what somebody sent.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage().splitlines() or [""]
        plain = {"msg": message[0], "args": None, "exc_info": None, "exc_text": None}
        line = super().format(
            logging.makeLogRecord({**record.__dict__, **plain, "stack_info": None})
        )
        error = record.exc_info[1] if record.exc_info else None
        return f"{line} error={type(error).__name__} at={_places(error)}" if error else line


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))


def name_error(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Say where an error came from; its message may hold a customer's words and stays out."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    error = given if isinstance(given, BaseException) else sys.exc_info()[1]
    if error is not None:
        event["error"] = type(error).__name__
        event["at"] = _places(error)
    return event
