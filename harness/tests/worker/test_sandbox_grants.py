"""Which files are visible, for each way in which Python and this project can be installed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.tests.worker.sandboxed import Sandbox, any_sandbox, errors_of, look  # noqa: F401  any_sandbox is the fixture
from harness.worker.sandbox import LAYERS
from harness.worker.sandbox.grants import Grants, Python, for_python, present, this_python, with_submission
from harness.worker.sandbox.tree import Kind, Tree, for_submission

NO_USERNS = ("rlimits", "capabilities", "landlock", "seccomp")
PROFILES = pytest.mark.parametrize(
    "layers", [LAYERS, NO_USERNS, ("namespaces",)], ids=["full", "no-userns", "view only"]
)

SECRETS = ("katas/07/acceptance/test_it.py", "solutions/07/app.py", "harness/judge/verdict.py", "harness/tests/x.py")
VISIBLE = ("harness/__init__.py", "harness/worker/child.py", "harness/simulation/clock.py")


def _project(root: Path) -> None:
    for name in (*SECRETS, *VISIBLE):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")


def _landlock_shows(grants: Grants, path: Path) -> bool:
    granted = list(grants.around_holes())
    return any(str(path) == folder or str(path).startswith(folder + "/") for folder in granted)


def _view_shows(tree: Tree, path: Path) -> bool:
    """Whether the innermost mount above the path shows the machine's files."""
    mounts = [step for step in tree.steps if step.kind in (Kind.BIND, Kind.COVER)]
    above = [step for step in mounts if str(path) == step.path or str(path).startswith(step.path + "/")]
    return bool(above) and max(above, key=lambda step: len(step.path)).kind is Kind.BIND


def _checkout_with_venv(base: Path) -> tuple[Path, Python]:
    root = base / "checkout"
    site = root / ".venv/lib/python3.11/site-packages"
    prefix = base / "python"
    _place(site, prefix / "lib/python3.11")
    return root, Python(str(prefix), (str(site), str(prefix / "lib/python3.11")), str(root / "harness"))


def _checkout_below_the_prefix(base: Path) -> tuple[Path, Python]:
    root = base / "usr/lib/src/app"
    site = base / "usr/lib/python3.11/site-packages"
    _place(site)
    return root, Python(str(base / "usr"), (str(site),), str(root / "harness"))


def _wheel_in_site_packages(base: Path) -> tuple[Path, Python]:
    site = base / "usr/lib/python3.11/site-packages"
    _place(site)
    return site, Python(str(base / "usr"), (str(site),), str(site / "harness"))


def _place(*folders: Path) -> None:
    for folder in folders:
        (folder / "boto3").mkdir(parents=True)
        (folder / "boto3/session.py").write_text("")


Layout = Callable[[Path], tuple[Path, Python]]
LAYOUTS = pytest.mark.parametrize("layout", [_checkout_with_venv, _checkout_below_the_prefix, _wheel_in_site_packages])


@LAYOUTS
@pytest.mark.parametrize("secret", SECRETS)
def test_tests_and_solutions_are_hidden(tmp_path: Path, layout: Layout, secret: str) -> None:
    root, python = layout(tmp_path)
    _project(root)

    grants = for_python(python)

    assert not _landlock_shows(grants, root / secret)
    assert not _view_shows(for_submission(grants, ()), root / secret)


@LAYOUTS
@pytest.mark.parametrize("name", VISIBLE)
def test_the_workers_own_modules_are_visible(tmp_path: Path, layout: Layout, name: str) -> None:
    root, python = layout(tmp_path)
    _project(root)

    grants = for_python(python)

    assert _landlock_shows(grants, root / name)
    assert _view_shows(for_submission(grants, ()), root / name)


@LAYOUTS
def test_site_packages_are_visible(tmp_path: Path, layout: Layout) -> None:
    root, python = layout(tmp_path)
    _project(root)
    module = Path(python.libraries[0]) / "boto3/session.py"

    grants = for_python(python)

    assert _landlock_shows(grants, module)
    assert _view_shows(for_submission(grants, ()), module)


def test_a_submission_within_the_project_is_visible_and_its_neighbour_is_not(tmp_path: Path) -> None:
    root, python = _checkout_with_venv(tmp_path)
    _project(root)
    own, neighbour = root / "workspace/07/app.py", root / "workspace/08/app.py"
    own.parent.mkdir(parents=True)
    own.write_text("")

    readable = present([str(own.parent)])
    grants = with_submission(for_python(python), readable)
    tree = for_submission(for_python(python), readable)

    assert [_landlock_shows(grants, own), _view_shows(tree, own)] == [True, True]
    assert [_landlock_shows(grants, neighbour), _view_shows(tree, neighbour)] == [False, False]


def test_a_granted_folder_around_the_project_does_not_open_it(tmp_path: Path) -> None:
    root, python = _checkout_with_venv(tmp_path)
    _project(root)

    readable = present([str(tmp_path)])
    grants = with_submission(for_python(python), readable)
    tree = for_submission(for_python(python), readable)

    assert not _landlock_shows(grants, root / SECRETS[0])
    assert not _view_shows(tree, root / SECRETS[0])


def test_a_link_next_to_the_project_does_not_open_it(tmp_path: Path) -> None:
    root, python = _checkout_below_the_prefix(tmp_path)
    _project(root)
    (tmp_path / "usr/lib/shortcut").symlink_to(root)

    granted = list(for_python(python).around_holes())

    assert str(tmp_path / "usr/lib/shortcut") not in granted


@PROFILES
def test_in_this_very_checkout_nothing_of_the_katas_can_be_opened(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    root = os.path.dirname(this_python().harness)
    places = [
        os.path.join(root, name)
        for name in ("", "katas", "solutions", "harness", "harness/judge", "harness/tests", ".git")
    ]
    existing = [place for place in places if os.path.exists(place)]
    listed_by_the_judge = errors_of(os.listdir, existing)

    def listed_by_the_worker() -> list[str]:
        open_to_it = [
            place for place, code in zip(existing, errors_of(os.listdir, existing), strict=True) if code == "succeeded"
        ]
        return [name for place in open_to_it for name in os.listdir(place)]

    found = sandbox.run(listed_by_the_worker, layers=layers).value

    assert set(listed_by_the_judge) == {"succeeded"}
    assert set(found) <= {".venv", "harness", "__init__.py", "worker", "simulation"}  # empty folders on the way


@PROFILES
def test_in_this_very_checkout_the_runtime_can_be_read(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    import boto3

    if sandbox.user is not None and not os.stat(os.path.expanduser("~")).st_mode & 0o001:
        pytest.skip("This Python lies below a home folder that only its owner can enter.")
    files = [boto3.__file__, os.__file__, os.path.join(this_python().harness, "worker/protocol.py")]

    outcome = sandbox.run(lambda: errors_of(look, files), layers=layers)

    assert outcome.value == ["succeeded"] * 3
