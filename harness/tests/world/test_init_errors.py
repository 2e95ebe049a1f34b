"""What is said about a handler that cannot be imported."""

from pathlib import Path

import pytest

from harness.functions.environment import Exited, Overdue
from harness.tests.fakes import Exits, Raised, function, instant, sleep
from harness.tests.world.conftest import Build
from harness.tests.world.programs import submit
from harness.worker.protocol import Failed, Initialized
from harness.world.init_errors import InitEndless, InitFailed, WorkerUnusable, refuse_unless_initialized


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("import json\nimport pandas\n\nTABLE = os.environ['TABLE']\n")
    return tmp_path.resolve()


def refuse(folder: Path, end) -> None:
    refuse_unless_initialized(function("Feed", code_dir=folder / "src", handler="app.handler"), end, folder)


def failed(error_type: str, message: str, stack: list[str] | None = None) -> Failed:
    return Failed(phase="init", error_type=error_type, error_message=message, stack=stack or [], fatal=True)


def test_an_import_that_ends_well_is_fine(folder: Path) -> None:
    refuse(folder, Initialized())


def test_a_missing_module_is_named_with_the_line_that_imports_it(folder: Path) -> None:
    message = "Unable to import module 'app': No module named 'pandas'"

    with pytest.raises(
        InitFailed, match=r"src/app\.py:2: Feed cannot be imported: No module named 'pandas'\."
    ) as caught:
        refuse(folder, failed("Runtime.ImportModuleError", message))

    assert caught.value.got == "import pandas"


def test_an_error_at_the_top_of_a_module_is_named_with_its_line(folder: Path) -> None:
    stack = ['  File "/var/task/app.py", line 4, in <module>\n    TABLE = os.environ[...]\n']

    with pytest.raises(InitFailed, match=r"src/app\.py:4: Feed cannot be imported: NameError: name 'os'"):
        refuse(folder, failed("NameError", "name 'os' is not defined", stack))


def test_a_missing_handler_names_the_function_to_write(folder: Path) -> None:
    with pytest.raises(InitFailed, match="its module has no `handler`") as caught:
        refuse(folder, failed("Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"))

    assert caught.value.expected == "a function `handler` in src/app.py"


def test_a_process_that_ends_in_its_import_is_named_with_its_status(folder: Path) -> None:
    with pytest.raises(InitFailed, match="ended while its module was imported: exit status 3"):
        refuse(folder, Exited("exit status 3"))


def test_an_import_without_end_says_whether_it_waits_or_computes(folder: Path) -> None:
    with pytest.raises(InitEndless, match="it waits for something"):
        refuse(folder, Overdue())
    with pytest.raises(InitEndless, match=r"it computed for 3\.0 s without end"):
        refuse(folder, Overdue(3.0))


def test_a_failure_of_ours_is_not_blamed_on_the_learner(folder: Path) -> None:
    with pytest.raises(WorkerUnusable, match="SandboxRefused: no namespaces"):
        refuse(folder, failed("Harness.SandboxRefused", "no namespaces"))


def raising(event):
    raise Raised("ValueError", "no")
    yield


def exiting(event):
    raise Exits("exit status 1")
    yield


def waiting(event):
    yield sleep(100)


@pytest.mark.parametrize(("imports", "error"), [(raising, InitFailed), (exiting, InitFailed), (waiting, InitEndless)])
def test_a_world_that_is_tried_out_says_what_is_wrong(build: Build, imports, error: type[Exception]) -> None:
    small = build(imports={"app.work": imports}, work=instant(None), submit=submit)

    with pytest.raises(error, match="Work"):
        small.run(small.world.try_out())
