"""What AWS's Python runtime does around a handler: find it, call it, report how it ended.

Messages, error types and the shape of a stack trace are those of the runtime interface
client. Left out: X-Ray segments, SnapStart hooks, response streaming.

Source: https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
Source: https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
"""

import importlib
import json
import math
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any

from harness.worker.context import ClientContextUnreadable, LambdaContext
from harness.worker.protocol import Invoke

Handler = Callable[[Any, Any], Any]
OURS = os.path.dirname(os.path.abspath(__file__))
RESPONSE_KEPT_BYTES = 6_291_556 + 1
"""A larger response is an error (the Lambda service's), so no more of it is carried there."""


class Fault(Exception):
    """An error that the runtime itself reports, such as Runtime.HandlerNotFound."""

    def __init__(self, error_type: str, message: str, stack: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.stack = list(stack)


# ---- finding the handler --------------------------------------------------------------------------


def find_handler(name: str) -> Handler:
    """Imports the module and returns its handler.

    Args:
        name: as in the template: "app.submit", "pkg/module.handler".

    Raises:
        Fault: the module or the handler is not there.
        Exception: what the module raised while it was imported.
    """
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        message = f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        raise Fault("Runtime.MalformedHandlerName", message)
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module_name} as a handler module"
        raise Fault("Runtime.BuiltInModuleConflict", message)
    handler = getattr(_import(module_name), function_name, None)
    if handler is None:
        raise Fault("Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'")
    found: Handler = handler
    return found


def _import(module_name: str) -> Any:
    try:
        return importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise Fault("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        stack = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise Fault("Runtime.UserCodeSyntaxError", message, stack) from error


# ---- calling it ------------------------------------------------------------------------------------


def call_handler(handler: Handler, invoke: Invoke, now_unix_us: Callable[[], int]) -> bytes:
    """Calls the handler and returns its response as JSON.

    Raises:
        Fault: the event or the client context is not JSON, or the response cannot be written as JSON.
        Exception: whatever the handler raised.
    """
    try:
        context = LambdaContext(invoke, now_unix_us)
    except ClientContextUnreadable as error:
        raise Fault("Runtime.LambdaContextUnmarshalError", str(error)) from error
    try:
        event = json.loads(invoke.event or b"{}")
    except ValueError as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error
    response = handler(event, context)
    return _marshal(response)[:RESPONSE_KEPT_BYTES]


def _marshal(response: Any) -> bytes:
    if isinstance(response, bytes):
        return response
    numbers: list[str] = []
    try:
        text = json.dumps(_plain(response, numbers), ensure_ascii=not _keeps_unicode())
        if numbers:
            text = _MARK.sub(lambda match: numbers[int(match[1])], text)
        return text.encode()
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


_MARK = re.compile(r'"\\u0000Decimal (\d+)\\u0000"')
_WRITTEN_AS_THEY_ARE = str | int | float | None


def _plain(value: Any, numbers: list[str]) -> Any:
    """The value in the types that `json` writes as simplejson would, which AWS's runtime uses.

    A Decimal keeps all its digits: a mark stands for it until the JSON is written. Bytes are
    text in UTF-8, and a named tuple is an object.
    """
    if isinstance(value, _WRITTEN_AS_THEY_ARE):
        return value
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, Decimal):
        return math.nan if value.is_nan() else _mark(value, numbers)
    if callable(as_dict := getattr(value, "_asdict", None)):
        value = as_dict()
    try:
        if isinstance(value, dict):
            return {_key(key): _plain(item, numbers) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [_plain(item, numbers) for item in value]
    except RecursionError:
        raise ValueError("Circular reference detected") from None
    return value


def _key(key: Any) -> Any:
    if not isinstance(key, bytes | _WRITTEN_AS_THEY_ARE):
        raise TypeError(f"keys must be str, int, float, bool or None, not {type(key).__name__}")
    return key.decode() if isinstance(key, bytes) else key


def _mark(value: Decimal, numbers: list[str]) -> str:
    numbers.append(str(value))
    return f"\0Decimal {len(numbers) - 1}\0"


def _keeps_unicode() -> bool:
    match = re.fullmatch(r"AWS_Lambda_python3\.(\d+)", os.environ.get("AWS_EXECUTION_ENV", ""))
    return match is not None and int(match[1]) >= 12


# ---- reporting an error -------------------------------------------------------------------------------


def describe(error: Exception) -> tuple[str, str, list[str]]:
    """Type, message and stack of an error, as the runtime reports them."""
    if isinstance(error, Fault):
        return error.error_type, str(error), error.stack
    return type(error).__name__, _message(error), stack_lines(error.__traceback__)


def _message(error: Exception) -> str:
    try:
        return str(error)
    except Exception:  # a learner's __str__ may raise anything
        return ""


def stack_lines(tb: TracebackType | None) -> list[str]:
    """The stack without our own frames and those that found the module."""
    frames = [frame for frame in traceback.extract_tb(tb) if not frame.filename.startswith(OURS + os.sep)]
    while frames and (frames[0].filename.startswith("<frozen importlib") or frames[0].name == "import_module"):
        del frames[0]
    plain = [(frame.filename, frame.lineno or 0, frame.name, frame.line) for frame in frames]
    return traceback.StackSummary.from_list(plain).format()


def lambda_paths(code_dir: str) -> list[tuple[str, str]]:
    """Folders of this machine and their names in Lambda, inner ones before outer ones."""
    library = f"/var/lang/lib/python3.{sys.version_info.minor}"
    folders = {os.path.dirname(os.__file__): library, code_dir: "/var/task"}
    folders |= {path: f"{library}/site-packages" for path in sys.path if path.endswith("site-packages")}
    return sorted(folders.items(), key=lambda item: -len(item[0]))
