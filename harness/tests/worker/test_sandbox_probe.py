"""What `kata doctor` learns about this machine."""

import os
import subprocess
import sys

import pytest

from harness.tests.worker.sandboxed import layers_of
from harness.worker.sandbox import LAYERS, SandboxUnavailable, available, landlock, probe, rows, seccomp, syscalls


def test_every_layer_has_a_row_in_the_order_of_applying() -> None:
    assert [row.name for row in rows()] == list(LAYERS)


def test_a_row_tells_what_was_found_and_what_is_lost_without_the_layer() -> None:
    assert [bool(row.why and row.lost) for row in rows()] == [True] * len(LAYERS)


def test_a_remedy_is_given_exactly_where_a_layer_does_not_work() -> None:
    assert [bool(row.remedy) for row in rows()] == [not row.works for row in rows()]


def test_probing_leaves_this_process_as_it_was() -> None:
    before = (os.getuid(), os.getcwd(), os.umask(0o022))

    probe._try_layer("seccomp")
    probe._try_layer("namespaces")

    assert (os.getuid(), os.getcwd(), os.umask(before[2])) == (before[0], before[1], 0o022)
    assert subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True).stdout == b"1\n"


def test_probing_is_done_once_per_process() -> None:
    assert available() is available()


def test_an_unprivileged_user_gets_rows_too() -> None:
    if os.geteuid() != 0:
        pytest.skip("The tests run as an unprivileged user already.")

    assert list(layers_of(65534)) == list(LAYERS)


def test_a_layer_that_the_system_refuses_is_reported_with_the_systems_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise SandboxUnavailable("landlock", 38, "this kernel has no Landlock.")

    monkeypatch.setattr(landlock, "abi", refuse)

    row = probe._try_layer("landlock")

    assert (row.works, row.why) == (False, "This kernel has no landlock (Function not implemented).")
    assert "lsm=" in row.remedy


def test_a_layer_that_leaks_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp, "restrict", lambda **_: None)

    row = probe._try_layer("seccomp")

    assert row.works is False
    assert row.why.startswith("Applied, and yet")


def test_a_system_other_than_linux_has_no_layer_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "MACHINE", None)

    row = probe._try_layer("seccomp")

    assert row.works is False
    assert "it takes Linux" in row.why
    assert "container image" in row.remedy


def test_everything_imports_where_there_is_no_table_of_system_calls() -> None:
    code = (
        "import platform; platform.machine = lambda: 'riscv64'\n"
        "from harness.worker.sandbox import available, prepare, install_hints, apply, Limits\n"
        "prepare(); install_hints(); apply((), readable=(), writable=(), limits=Limits())\n"
        "print([row.works for row in available().values()])\n"
    )

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout == "[False, False, False, False, False]\n"


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_no_two_calls_share_a_number(machine: str) -> None:
    numbers = list(syscalls._table(machine).values())

    assert len(numbers) == len(set(numbers))


def test_an_unavailable_layer_is_reported_in_the_errors_own_words() -> None:
    error = SandboxUnavailable("landlock", 38, "this kernel has no Landlock.")

    assert str(error) == (
        "The sandbox layer 'landlock' cannot be applied: this kernel has no Landlock.\n"
        "Got: Function not implemented (errno 38).\n"
        "Try: kata doctor, which tells what each layer needs."
    )
