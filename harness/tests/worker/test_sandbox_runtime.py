"""What handlers need keeps working with every layer on: boto3, threads, time zones, certificates, files."""

import concurrent.futures
import importlib
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import zipfile
import zoneinfo
from importlib.util import find_spec

import boto3
import pytest

from harness.tests.worker.sandboxed import NOBODY, Sandbox, any_sandbox  # noqa: F401  any_sandbox is the fixture
from harness.worker.sandbox import LAYERS

NO_USERNS = ("rlimits", "capabilities", "landlock", "seccomp")
PROFILES = pytest.mark.parametrize("layers", [LAYERS, NO_USERNS], ids=["full", "no-userns"])


def _needs_python_files(sandbox: Sandbox) -> None:
    if sandbox.user == NOBODY and not os.stat(os.path.expanduser("~")).st_mode & 0o001:
        pytest.skip("This Python lies below a home folder that only its owner can enter.")


@PROFILES
def test_a_boto3_client_is_made(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    _needs_python_files(sandbox)

    def make() -> str:
        client = boto3.client("s3", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="y")
        return str(client.meta.service_model.service_name)

    assert sandbox.run(make, layers=layers).value == "s3"


@PROFILES
def test_a_module_not_yet_loaded_is_imported_from_site_packages_and_from_the_submission(
    sandbox: Sandbox, layers: tuple[str, ...]
) -> None:
    _needs_python_files(sandbox)

    def load() -> list[object]:
        for name in [name for name in sys.modules if name.partition(".")[0] in ("yaml", "_yaml")]:
            del sys.modules[name]  # an earlier test may have imported it
        sys.path.insert(0, sandbox.submission)
        import yaml

        import app  # type: ignore[import-not-found]

        return [app.ANSWER, yaml.safe_load("[1, 2]")]

    assert sandbox.run(load, layers=layers).value == [42, [1, 2]]


@pytest.mark.skipif(find_spec("PIL") is None, reason="Pillow is not installed.")
@PROFILES
def test_pillow_makes_a_thumbnail(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    _needs_python_files(sandbox)

    def shrink() -> list[int]:
        images = importlib.import_module("PIL.Image")
        image = images.new("RGB", (640, 480))
        image.thumbnail((64, 64))
        image.save(sandbox.scratch + "/small.png")
        return list(images.open(sandbox.scratch + "/small.png").size)

    assert sandbox.run(shrink, layers=layers).value == [64, 48]


@PROFILES
def test_a_thread_pool_works(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    def work() -> int:
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            barrier = threading.Barrier(32)
            return sum(pool.map(lambda number: (barrier.wait(), number)[1], range(32)))

    assert sandbox.run(work, layers=layers).value == sum(range(32))


@PROFILES
def test_time_zones_and_certificates_are_found(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    if not os.path.exists("/usr/share/zoneinfo/Europe/Berlin"):
        pytest.skip("This machine has no time zone files.")

    def find() -> list[object]:
        return [zoneinfo.ZoneInfo("Europe/Berlin").key, isinstance(ssl.create_default_context(), ssl.SSLContext)]

    assert sandbox.run(find, layers=layers).value == ["Europe/Berlin", True]


@PROFILES
def test_temporary_files_and_archives_work(sandbox: Sandbox, layers: tuple[str, ...]) -> None:
    def pack() -> list[str]:
        with tempfile.TemporaryDirectory(dir=sandbox.scratch) as folder:
            with zipfile.ZipFile(folder + "/a.zip", "w") as archive:
                archive.write(sandbox.submission + "/app.py", "app.py")
            os.rename(folder + "/a.zip", folder + "/b.zip")
            return zipfile.ZipFile(folder + "/b.zip").namelist()

    assert sandbox.run(pack, layers=layers).value == ["app.py"]


def test_random_numbers_of_the_system_can_be_read(sandbox: Sandbox) -> None:
    def read() -> int:
        with open("/dev/urandom", "rb") as device:
            return len(device.read(16))

    assert sandbox.run(read).value == 16


def test_importing_the_sandbox_loads_no_aws_and_starts_nothing() -> None:
    code = "import sys, harness.worker.sandbox; print(sorted({'boto3', 'moto', 'pytest'} & set(sys.modules)))"

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout == "[]\n"
