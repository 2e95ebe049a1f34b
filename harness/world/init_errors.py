"""What is wrong with a function that cannot be imported, said to the one who wrote it."""

import re
from pathlib import Path

from harness.cloud.errors import SubmissionError
from harness.functions.environment import End, Exited, Overdue
from harness.worker.protocol import Failed

_SEE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"
_FRAME = re.compile(r'File "(?:/var/task/)?([^"]+)", line (\d+)')


class InitFailed(SubmissionError):
    """The init phase of a function fails: its module cannot be imported."""


class InitEndless(SubmissionError):
    """The init phase of a function does not end."""


def refuse_unless_initialized(logical_id: str, end: End, folder: Path) -> None:
    """Says what is wrong, if something is.

    Raises:
        InitFailed: the import failed, or its process ended.
        InitEndless: it took longer than Lambda allows.
    """
    if isinstance(end, Failed):
        file, line = _place(end.stack, end.error_message, folder)
        raise InitFailed(
            f"{logical_id} cannot be imported: {end.error_type}: {end.error_message}",
            expected="a module that can be imported without an error",
            got="\n".join(entry.rstrip() for entry in end.stack[-2:]),
            try_="mend that, or add what is missing to the function's CodeUri; "
            "packages: the standard library, boto3, aws-lambda-powertools",
            file=file,
            line=line,
        )
    if isinstance(end, Exited):
        raise InitFailed(
            f"The process of {logical_id} ended while its module was imported: {end.status}.",
            expected="a module that can be imported and returns",
            try_="leave os._exit, sys.exit and the like out of the module's top level",
            see=_SEE,
        )
    if isinstance(end, Overdue):
        how = f"it computed for {end.spun_cpu_s:.1f} s without end" if end.spun_cpu_s else "it waits for something"
        raise InitEndless(
            f"The module of {logical_id} cannot be imported within Lambda's 10 s: {how}.",
            expected="an init phase of a few hundred milliseconds",
            try_="look for a loop or a wait at the module's top level",
            see=_SEE,
        )


def _place(stack: list[str], message: str, folder: Path) -> tuple[str, int]:
    """File and line of the last frame inside the submission."""
    for entry in reversed([*stack, message]):
        for name, line in reversed(_FRAME.findall(entry)):
            found = sorted(path for path in folder.rglob(Path(name).name) if path.is_file())
            if found:
                return str(found[0].relative_to(folder)), int(line)
    return "", 0
