"""Python functions that take the place of functions written in C."""

import functools
from collections.abc import Callable
from typing import Any


class Builtin:
    """A function that does not become a method when a class holds it, as `time.gmtime` does not.

    `logging.Formatter.converter = time.gmtime` is a common line, and relies on that.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self._function = function

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._function(*args, **options)
