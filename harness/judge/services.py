"""Loads the HTTP services that a kata brings along (kata.toml, [services.*])."""

import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from harness.cloud.engines.http_service.service import HttpService
from harness.cloud.engines.optional import require
from harness.errors import ExplainedError
from harness.judge.kata import Kata, ServiceEntry
from harness.world import OutsideServiceSpec


class ServiceWrong(ExplainedError):
    """A kata's service cannot be loaded."""


def outside_services(kata: Kata) -> tuple[OutsideServiceSpec, ...]:
    """The kata's services, with their classes.

    Raises:
        ServiceWrong: a module or class is missing, or a module cannot be imported.
        EngineMissing: an engine it needs is not installed.
    """
    require(kata.engines, f"kata {kata.number:02d}")
    return tuple(_service(kata, entry) for entry in kata.services)


def _service(kata: Kata, entry: ServiceEntry) -> OutsideServiceSpec:
    module_name, _, class_name = entry.implementation.partition(":")
    file = kata.folder / "services" / f"{module_name}.py"
    implementation = getattr(_load(file), class_name, None) if file.is_file() else None
    if not (isinstance(implementation, type) and issubclass(implementation, HttpService)):
        raise ServiceWrong(
            f"The service {entry.name} of {kata.name} has no implementation {entry.implementation}.",
            expected=f"a subclass of HttpService called {class_name} in services/{module_name}.py",
            file=f"katas/{kata.name}/kata.toml",
        )
    return OutsideServiceSpec(entry.name, entry.parameter, entry.url, implementation, entry.address)


def _load(file: Path) -> ModuleType:
    name = f"kata_service_{file.parent.parent.name}_{file.stem}"
    if getattr(sys.modules.get(name), "__file__", "") != str(file):
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            del sys.modules[name]
            raise _cannot_be_imported(file, error) from None
    return sys.modules[name]


def _cannot_be_imported(file: Path, error: Exception) -> ServiceWrong:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    line = getattr(error, "lineno", None) or (frames[-1].lineno if frames else None)
    return ServiceWrong(
        f"services/{file.name} cannot be imported: {type(error).__name__}: {error}.",
        expected="a module that can be imported",
        file="/".join(file.parts[-4:]),
        line=line or 0,
    )
