"""How a command ends: with an exit code, and with words instead of a traceback.

0 passed, 1 the submission fails or is wrong, 2 the kata or the command line is wrong,
3 the harness is; 130 after Ctrl-C.
"""

import functools
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import ParamSpec

import typer

from harness.errors import ExplainedError, is_interrupt
from harness.room import no_room

P = ParamSpec("P")

HARNESS_FAULT = 3
INTERRUPTED = 130
PIPE_CLOSED = 141


def reported(command: Callable[P, int]) -> Callable[P, None]:
    """Makes a function that returns an exit code a command that ends with it, whatever happens."""

    @functools.wraps(command)
    def run(*arguments: P.args, **options: P.kwargs) -> None:
        raise typer.Exit(exit_code_of(lambda: command(*arguments, **options), as_json=bool(options.get("as_json"))))

    return run


def exit_code_of(work: Callable[[], int], *, as_json: bool = False) -> int:
    """Does the work; an error is told and becomes its exit code.

    Args:
        as_json: whether stdout takes one JSON object, which is then the error.
    """
    try:
        return work()
    except ExplainedError as error:
        tell_error(error, as_json=as_json)
        return error.exit_code
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return PIPE_CLOSED
    except Exception as error:
        if is_interrupt(error):
            return _interrupted()
        if room := no_room(error):
            tell_error(room, as_json=as_json)
            return room.exit_code
        tell_fault(error, as_json=as_json)
        return HARNESS_FAULT


def _interrupted() -> int:
    print("\nInterrupted.", file=sys.stderr)
    return INTERRUPTED


def tell_error(error: ExplainedError, *, as_json: bool) -> None:
    """The error is on stderr, and as an object on stdout where that is asked for."""
    from harness.report.explanation import draw_explanation
    from harness.report.text import console_for

    if as_json:
        print_error_object(error, error.exit_code)
    console = console_for(sys.stderr)
    for row in draw_explanation(error, console.width):
        console.print(row, soft_wrap=True)


def tell_fault(error: Exception, *, as_json: bool) -> None:
    """Says that the harness failed, and where the traceback is."""
    file, path = tempfile.mkstemp(prefix="kata-fault-", suffix=".txt")
    with os.fdopen(file, "w", encoding="utf-8", errors="backslashreplace") as text:
        text.write(f"command: {sys.argv}\npython: {sys.version}\n\n")
        text.writelines(traceback.format_exception(error))
    fault = ExplainedError(
        f"This is a fault of the harness, not of your submission: {type(error).__name__}: {error}",
        try_="the same again; if it happens again, report it with that file",
        see=f"{path} (the traceback)",
    )
    if as_json:
        print_error_object(fault, HARNESS_FAULT)
    print(fault, file=sys.stderr)


def print_error_object(error: ExplainedError, exit_code: int) -> None:
    """One JSON object on stdout, as any result is."""
    told = {
        key: getattr(error, attribute)
        for key, attribute in (
            ("happened", "happened"),
            ("expected", "expected"),
            ("got", "got"),
            ("try", "try_"),
            ("see", "see"),
            ("file", "file"),
            ("line", "line"),
            ("column", "column"),
        )
    }
    print(json.dumps({"schema": "serverless-katas/error/1", "exit_code": exit_code, "error": told}))
