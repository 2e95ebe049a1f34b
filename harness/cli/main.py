"""`kata`, the command. It is `app`, imported late, so that even Ctrl-C during the import ends well."""

import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from harness.cli.judges import Judges

_INTERRUPTED = 130


def main(arguments: list[str] | None = None, judges: "Judges | None" = None) -> int:
    """Carries out a command line and returns its exit code.

    Args:
        arguments: what follows `kata`.
        judges: judges in place of the real ones.
    """
    try:
        from harness.cli.app import app
        from harness.cli.judges import Judges
        from harness.report.streams import make_printable

        make_printable(sys.stdout, sys.stderr)
        app(args=arguments, obj=judges or Judges())
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException as error:
        from harness.errors import is_interrupt

        if not is_interrupt(error):
            raise
        print("\nInterrupted.", file=sys.stderr)
        return _INTERRUPTED
    return 0


def run() -> NoReturn:
    """Is the command: carries out the command line of this process and ends it.

    An interrupt that falls into the making of a dataclass marks the interpreter: it would end by
    the signal instead of with the exit code, whatever was caught since. So it is not asked.
    """
    code = main()
    if code == _INTERRUPTED:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    run()
