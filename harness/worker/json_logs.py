"""Log records as JSON, as AWS's Python runtime writes them where a function's LogFormat is JSON.

What is printed stays as it is: only the logging module's records and the runtime's own errors
become JSON.

Source: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html#python-logging-advanced-logging
"""

import json
import logging
import time
import traceback
from typing import Any

DATE_FORMAT = "%Y-%m-%dT%H:%M:%SZ"

_NOT_THE_LEARNERS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "aws_request_id"}
"""Attributes that every record has; others were given as `extra` and are written too."""

_text = json.JSONEncoder(ensure_ascii=False, default=str).encode


class JsonFormatter(logging.Formatter):
    """Writes a record as one line: when, how grave, what, by which logger, in which request, and its extras."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        known = {
            "timestamp": self.formatTime(record, DATE_FORMAT),
            "level": _level(record),
            "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
            "logger": record.name,
            **_error(record),
            "requestId": getattr(record, "aws_request_id", None),
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if record.exc_info else None,
        }
        extras = {key: value for key, value in vars(record).items() if key not in _NOT_THE_LEARNERS | known.keys()}
        return _text({key: value for key, value in (known | extras).items() if value is not None}) + "\n"


def _level(record: logging.LogRecord) -> str:
    """The name of the standard level at or below the record's own."""
    return logging.getLevelName(min(50, max(0, record.levelno)) // 10 * 10)


def _error(record: logging.LogRecord) -> dict[str, Any]:
    if not record.exc_info or record.exc_info[0] is None:
        return {}
    kind, error, stack = record.exc_info
    return {"stackTrace": traceback.format_tb(stack), "errorType": kind.__name__, "errorMessage": str(error)}


def error_line(error_type: str, error_message: str, stack: list[str], request_id: str) -> str:
    """The line with which the runtime reports an error."""
    written = {
        "timestamp": time.strftime(DATE_FORMAT, time.gmtime()),
        "level": "ERROR",
        "errorMessage": error_message,
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": stack,
    }
    return json.dumps(written, ensure_ascii=False) + "\n"
