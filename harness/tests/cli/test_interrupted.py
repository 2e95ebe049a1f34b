"""An interrupt is told as one, whatever it has become on its way up."""

import subprocess
import sys

import pytest

from harness.cli.reporting import HARNESS_FAULT, INTERRUPTED, exit_code_of
from harness.errors import is_interrupt


def raise_from_interrupt() -> int:
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt as interrupt:
        raise RuntimeError("Error calling __set_name__") from interrupt


def raise_while_cleaning_up() -> int:
    try:
        raise KeyboardInterrupt
    finally:
        registered: dict[str, int] = {}
        del registered["5 is not registered"]


@pytest.mark.parametrize("work", [raise_from_interrupt, raise_while_cleaning_up])
def test_an_error_that_comes_of_an_interrupt_is_no_fault(work, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(work) == INTERRUPTED
    assert capsys.readouterr().err == "\nInterrupted.\n"


def test_an_error_of_its_own_is_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(lambda: 1 // 0) == HARNESS_FAULT
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_errors_that_go_round_in_a_circle_end() -> None:
    first, second = ValueError(), ValueError()
    first.__context__, second.__context__ = second, first

    assert not is_interrupt(first)


def test_an_interrupt_amid_the_making_of_a_dataclass_gives_the_exit_code_all_the_same() -> None:
    program = (
        "import harness.cli.main as cli\n"
        "try:\n    exec('raise KeyboardInterrupt')\n"
        "except KeyboardInterrupt:\n    pass\n"
        "cli.main = lambda: 130\n"
        "cli.run()\n"
    )

    assert subprocess.run([sys.executable, "-c", program]).returncode == INTERRUPTED
