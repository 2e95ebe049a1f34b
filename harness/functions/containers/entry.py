"""Runs a container's command inside a worker. Copied into the image; it imports nothing of ours.

A worker runs in virtual time as a function does. SIGTERM cannot be sent to it from outside, so
a thread waits for the judge's word, in a wait of a length that nobody else asks for, and then
calls the handler that the program has set. Like the first process of a real container, a
program without a handler does not hear SIGTERM at all, unless an init process passes it on.

Left out: a handler that raises interrupts nothing: SystemExit ends the process at once,
anything else is printed.
"""

import os
import runpy
import signal
import sys
import threading
import traceback
from typing import Any

UNTIL_STOPPED_S = 314_159_265

_handlers: dict[int, Any] = {}
_set, _get = signal.signal, signal.getsignal


def run(event: dict[str, Any], context: object) -> int:
    """Runs the command; returns its exit status."""
    os.chdir(event["folder"])
    sys.argv[:] = event["arguments"]
    signal.signal, signal.getsignal = _note, _noted  # type: ignore[assignment]
    threading.Thread(target=_await_stop, args=(event["has_init"],), daemon=True).start()
    try:
        if event["module"]:
            runpy.run_module(event["module"], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(event["file"], run_name="__main__")
    except SystemExit as end:
        return _status(end)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _note(number: int, handler: Any) -> Any:
    if number != signal.SIGTERM:
        return _set(number, handler)
    former, _handlers[number] = _handlers.get(number, signal.SIG_DFL), handler
    return former


def _noted(number: int) -> Any:
    return _handlers.get(number, signal.SIG_DFL) if number == signal.SIGTERM else _get(number)


def _await_stop(has_init: bool) -> None:
    threading.Event().wait(UNTIL_STOPPED_S)
    handler = _handlers.get(signal.SIGTERM, signal.SIG_DFL)
    if handler == signal.SIG_DFL and has_init:
        os._exit(143)
    if callable(handler):
        try:
            handler(signal.SIGTERM, None)
        except SystemExit as end:
            os._exit(_status(end))
        except BaseException:
            traceback.print_exc()


def _status(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return (end.code or 0) & 0xFF
    sys.stderr.write(f"{end.code}\n")
    return 1
