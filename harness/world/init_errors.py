"""What is wrong with a function that cannot be imported, said to the one who wrote it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.cloud.errors import SubmissionError
from harness.functions.environment import End, Exited, Overdue
from harness.worker.protocol import Failed
from harness.world.source_paths import as_submitted, last_own_line, module_file

if TYPE_CHECKING:
    from pathlib import Path

    from harness.cloud.template import FunctionSpec

_SEE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"
_OURS = "Harness."
"""Before the error type of a failure that happened before any learner code ran."""

_PACKAGES = "the standard library, boto3 and aws-lambda-powertools are there; other code belongs in the CodeUri"


class InitFailed(SubmissionError):
    """The init phase of a function fails: its module cannot be imported."""


class InitEndless(SubmissionError):
    """The init phase of a function does not end."""


class WorkerUnusable(RuntimeError):
    """A worker could not become an execution environment: a fault of the harness."""


def refuse_unless_initialized(function: FunctionSpec, end: End, folder: Path) -> None:
    """Says what is wrong, if something is.

    Args:
        folder: the submission, resolved.

    Raises:
        InitFailed: the import failed, or its process ended.
        InitEndless: it took longer than Lambda allows.
        WorkerUnusable: no line of the function was run.
    """
    name, file = function.logical_id, module_file(function, folder)
    if isinstance(end, Failed):
        raise _failure(function, end, folder)
    if isinstance(end, Exited):
        raise InitFailed(
            f"The process of {name} ended while its module was imported: {end.status}.",
            expected="a module that can be imported and returns",
            try_="leave os._exit, sys.exit and the like out of the module's top level",
            see=_SEE,
            file=file,
        )
    if isinstance(end, Overdue):
        how = f"it computed for {end.spun_cpu_s:.1f} s without end" if end.spun_cpu_s else "it waits for something"
        raise InitEndless(
            f"The module of {name} cannot be imported within Lambda's 10 s: {how}.",
            expected="an init phase of a few hundred milliseconds",
            try_="look for a loop or a wait at the module's top level",
            see=_SEE,
            file=file,
        )


def _failure(function: FunctionSpec, failed: Failed, folder: Path) -> Exception:
    if failed.error_type.startswith(_OURS):
        return WorkerUnusable(f"{failed.error_type.removeprefix(_OURS)}: {failed.error_message}")
    if failed.error_type == "Runtime.HandlerNotFound":
        return _no_handler(function, folder)
    name, message = function.logical_id, as_submitted(failed.error_message, function, folder)
    inner, line = last_own_line(failed.stack)
    file = as_submitted(f"/var/task/{inner}", function, folder) if inner else module_file(function, folder)
    if failed.error_type == "Runtime.ImportModuleError":
        line = line or _line_that_imports(folder, file, message)
        return InitFailed(
            f"{name} cannot be imported: {message.partition(': ')[2] or message}.",
            expected="modules that can be found",
            got=_source(folder, file, line),
            try_=f"check the spelling; {_PACKAGES}",
            file=file,
            line=line,
        )
    is_syntax = failed.error_type == "Runtime.UserCodeSyntaxError"
    return InitFailed(
        f"{name} cannot be imported: {'SyntaxError' if is_syntax else failed.error_type}: "
        + (_without_place(message) if is_syntax else message),
        expected="Python that can be read" if is_syntax else "a module that can be imported without an error",
        got=_source(folder, file, line),
        file=file,
        line=line,
    )


def _no_handler(function: FunctionSpec, folder: Path) -> InitFailed:
    wanted, file = function.handler.rpartition(".")[2], module_file(function, folder)
    return InitFailed(
        f"{function.logical_id} cannot be started: its module has no `{wanted}`.",
        expected=f"a function `{wanted}` in {file}",
        got=f"Handler: {function.handler}",
        try_="define it, or name another one as Handler in the template",
        file=file,
    )


def _line_that_imports(folder: Path, file: str, message: str) -> int:
    """The first line that imports what is missing; 0 if it is not to be seen."""
    missing = re.search(r"No module named '([\w.]+)'", message) or re.search(r"cannot import name '(\w+)'", message)
    if missing is None:
        return 0
    wanted = re.compile(rf"\s*(import|from)\b.*\b{re.escape(missing[1].partition('.')[0])}\b")
    return next((number for number, text in enumerate(_lines(folder, file), 1) if wanted.match(text)), 0)


def _without_place(message: str) -> str:
    """What the compiler says, without "(app.py, line 3)" and without our words before it."""
    return re.sub(r" \([^()]*, line \d+\)$", "", message.partition("': ")[2] or message)


def _source(folder: Path, file: str, line: int) -> str:
    lines = _lines(folder, file)
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""


def _lines(folder: Path, file: str) -> list[str]:
    """The file's lines; none if it lies outside, as a name that came from a worker may."""
    path = (folder / file).resolve()
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_relative_to(folder) else []
    except OSError:
        return []
