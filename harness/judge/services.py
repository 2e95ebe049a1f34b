"""Loads the HTTP services that a kata brings along (kata.toml, [services.*])."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from harness.cloud.engines.http_service.service import HttpService
from harness.errors import ExplainedError
from harness.judge.kata import Kata, ServiceEntry
from harness.world import OutsideServiceSpec


class ServiceWrong(ExplainedError):
    """A kata's service cannot be loaded."""


def outside_services(kata: Kata) -> tuple[OutsideServiceSpec, ...]:
    """The kata's services, with their classes.

    Raises:
        ServiceWrong: a module or class is missing.
    """
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
    return OutsideServiceSpec(entry.name, entry.parameter, entry.url, implementation)


def _load(file: Path) -> ModuleType:
    name = f"kata_service_{file.parent.parent.name}_{file.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]
