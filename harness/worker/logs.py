"""What a handler prints and logs, on its way to CloudWatch Logs.

Text is collected and sent in one piece with the worker's next frame, or when it has grown.
An invocation that writes without end is cut off, and told how much was left out.

Source: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

import contextlib
import io
import logging
import os
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from harness.worker.json_logs import JsonFormatter, error_line
from harness.worker.protocol import Logged

SEND_ABOVE_CHARACTERS = 8 * 1024
INVOCATION_LIMIT_BYTES = 256 * 1024
_TEXT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
_TEXT_DATE = "%Y-%m-%dT%H:%M:%S"

_UNHANDLED = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in rare "
    "cases, a Lambda runtime update can cause unexpected function behavior. For functions using managed runtimes, "
    "runtime updates can be triggered by a function change, or can be applied automatically. To determine if the "
    "runtime has been updated, check the runtime version in the INIT_START log entry. If this error correlates with a "
    "change in the runtime version, you may be able to mitigate this error by temporarily rolling back to the previous "
    "runtime version. For more information, see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html"
)


class LogBuffer:
    """Text written since the last frame, within the limit of one invocation."""

    def __init__(self, on_growth: Callable[[], None]) -> None:
        self.replacements: list[tuple[str, str]] = []
        self._on_growth = on_growth
        self._parts: list[str] = []
        self._pending = 0
        self._room_bytes = INVOCATION_LIMIT_BYTES
        self._dropped_bytes = 0

    def start_invocation(self) -> None:
        """A new invocation may write its full share."""
        self._room_bytes = INVOCATION_LIMIT_BYTES

    def write(self, text: str) -> None:
        """Adds text, or counts it as dropped."""
        size = len(text.encode(errors="replace"))
        if size > self._room_bytes:
            self._dropped_bytes += size
            return
        self._room_bytes -= size
        self._parts.append(text)
        self._pending += len(text)
        if self._pending > SEND_ABOVE_CHARACTERS:
            self._on_growth()

    def take(self, *, whole: bool = True) -> Logged | None:
        """What is to be sent, if anything.

        Args:
            whole: also send what comes after the last line break.
        """
        if not self._parts and not self._dropped_bytes:
            return None
        text = "".join(self._parts)
        cut = len(text) if whole else text.rfind("\n") + 1 or len(text)
        rest, dropped_bytes = text[cut:], self._dropped_bytes
        self._parts, self._pending, self._dropped_bytes = [rest] if rest else [], len(rest), 0
        return Logged(text=self.as_in_lambda(text[:cut]), dropped_bytes=dropped_bytes)

    def as_in_lambda(self, text: str) -> str:
        """The text with this machine's folders named as they are in Lambda."""
        for here, there in self.replacements:
            text = text.replace(here, there)
        return text.encode(errors="replace").decode()


class LogStream(io.TextIOBase):
    """Stands for sys.stdout and sys.stderr.

    Args:
        terminal: where text goes as well, when someone debugs the function.
    """

    def __init__(self, log: LogBuffer, terminal: TextIO | None = None) -> None:
        self._log = log
        self._terminal = terminal
        self.buffer = _Bytes(self)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Takes the text; it is sent with the next frame."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._log.write(text)
        if self._terminal is not None:
            self._terminal.write(text)
            self._terminal.flush()
        return len(text)

    def close(self) -> None:
        """Nothing is held, and a handler that closes its stdout still gets its log."""

    def isatty(self) -> bool:
        """Whether a debugger can talk to someone."""
        return self._terminal is not None and self._terminal.isatty()

    def fileno(self) -> int:
        """The terminal's descriptor; without one there is none."""
        if self._terminal is None:
            raise io.UnsupportedOperation("fileno")
        return self._terminal.fileno()


class _Bytes(io.RawIOBase):
    """`sys.stdout.buffer`."""

    def __init__(self, stream: LogStream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._stream.write(bytes(data).decode(errors="replace"))
        return len(data)

    def close(self) -> None:
        """Nothing is held."""


def redirect_output(log: LogBuffer, *, interactive: bool) -> None:
    """Python's stdout and stderr go to the log; the descriptors go nowhere, or stay the terminal's."""
    if interactive:
        sys.stdout = sys.__stdout__ = LogStream(log, sys.__stdout__)  # type: ignore[misc,assignment]
        sys.stderr = sys.__stderr__ = LogStream(log, sys.__stderr__)  # type: ignore[misc,assignment]
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    if nowhere > 2:
        os.close(nowhere)
    sys.stdout = sys.__stdout__ = LogStream(log)  # type: ignore[misc,assignment]
    sys.stderr = sys.__stderr__ = LogStream(log)  # type: ignore[misc,assignment]


class _WithRequestId(logging.Filter):
    def __init__(self, request_id: Callable[[], str]) -> None:
        super().__init__()
        self._request_id = request_id

    def filter(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = self._request_id()
        return True


class _ToStdout(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        sys.stdout.write(self.format(record))


class _Style:
    """How records and errors are written: in which format, and in whose name."""

    json = False
    request_id: Callable[[], str] = staticmethod(lambda: "")


_style = _Style()


def install_root_handler(request_id: Callable[[], str]) -> None:
    """Gives the root logger the handler, format and level of AWS's Python runtime.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
    """
    logging.Formatter.converter = time.gmtime
    _style.json = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
    _style.request_id = request_id
    handler = _ToStdout()
    handler.setFormatter(JsonFormatter() if _style.json else logging.Formatter(_TEXT, _TEXT_DATE))
    handler.addFilter(_WithRequestId(request_id))
    logger = logging.getLogger()
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    if level == "TRACE":
        level = "DEBUG"
    if level in logging.getLevelNamesMapping():
        logger.setLevel(level)
    logger.addHandler(handler)


def write_error(error_type: str, error_message: str, stack: list[str]) -> None:
    """Logs an error as the runtime does before it reports it."""
    if _style.json:
        sys.stdout.write(error_line(error_type, error_message, stack, _style.request_id()))
        return
    first = f"[ERROR] {error_type}: {error_message}" if error_message else f"[ERROR] {error_type}"
    traced = [_indented(line) for element in stack for line in element.splitlines() or [""]]
    sys.stdout.write("\n".join([first, "Traceback (most recent call last):", *traced]) + "\n")


def warn_of_init_error() -> None:
    """Logs what the runtime logs before it reports an error of the init phase.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html
    """
    with contextlib.suppress(Exception):  # the module may have broken logging before it broke
        logging.warning(_UNHANDLED)


def _indented(line: str) -> str:
    """The line with no-break spaces before it, as the runtime writes it: readers would cut spaces off."""
    text = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(text)) + text
