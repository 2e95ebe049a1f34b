"""Reads katas/<name>/kata.toml and checks it against the files it speaks of.

An author's mistake is found here, with its line, before any test runs.
"""

import ipaddress
from pathlib import Path

from harness import paths
from harness.cloud.engines.optional import ENGINES
from harness.judge.acceptance_file import TestFound, tests_in
from harness.judge.catalogue import FOLDER_NAME, find_folder, number_of
from harness.judge.explore.entry import read_explore
from harness.judge.kata import Kata, PromiseEntry, ServiceEntry, StarterEntry
from harness.judge.toml_table import KataWrong as KataWrong
from harness.judge.toml_table import Table, read_toml


def find_kata(text: str) -> Kata:
    """The kata meant by a number ("7", "07"), a name, or a part that only one name has.

    Raises:
        UnknownKataError: none or several.
        KataWrong: its files are not as they must be.
    """
    return read_kata(find_folder(text, paths.katas()))


def read_kata(folder: Path) -> Kata:
    """The kata in this folder, checked.

    Raises:
        KataWrong: its files are not as they must be.
    """
    top = read_toml(folder / "kata.toml", f"{folder.parent.name}/{folder.name}/kata.toml")
    promises = tuple(_promise(table, folder) for table in top.tables("promises"))
    _refuse_duplicates(top, promises)
    scenarios = [name for promise in promises for name in promise.points]
    kata = Kata(
        name=folder.name,
        number=_number(top, folder),
        title=top.text("title"),
        pattern=top.text("pattern"),
        summary=top.text("summary"),
        folder=folder,
        solutions=folder.parent.parent / "solutions" / folder.name,
        seeds=top.integers("seeds"),
        gate=_scenario(top, "gate", scenarios),
        promises=promises,
        resources=_resources(top),
        services=_services(top, folder),
        starter=_starter(top, scenarios),
        engines=_engines(top),
        explore=read_explore(top, scenarios),
    )
    top.close()
    return kata


def samples_of(kata: Kata) -> set[str]:
    """Names of the scenarios that learners may see."""
    found = (test for promise in kata.promises for test in _tests(kata.folder, promise.file))
    return {test.name for test in found if test.sample}


def _number(top: Table, folder: Path) -> int:
    number = top.integer("number", least=0)
    if not FOLDER_NAME.fullmatch(folder.name) or number_of(folder) != number:
        expected = f"a folder {number:02d}_<name>, lower case with underscores"
        raise top.wrong("`number` is not that of the folder.", "number", expected=expected, got=folder.name)
    return number


def _promise(table: Table, folder: Path) -> PromiseEntry:
    promise = PromiseEntry(
        id=table.text("id"), sentence=table.text("sentence"), file=table.text("file"), points=_points(table)
    )
    table.close()
    if not (folder / "acceptance" / promise.file).is_file():
        raise table.wrong(f"There is no acceptance/{promise.file}.", "file", expected="a file below acceptance/")
    _compare(table, promise, _tests(folder, promise.file))
    return promise


def _points(table: Table) -> dict[str, int]:
    points = table.table("points")
    if not points.content:
        raise points.wrong("The promise has no points.", expected="test_name = points, one line per test")
    return {test: points.integer(test, least=0) for test in points.content}


def _compare(table: Table, promise: PromiseEntry, tests: list[TestFound]) -> None:
    """Points and tests name each other."""
    names = [test.name for test in tests]
    for earlier, test in enumerate(tests):
        if test.name in names[:earlier]:
            happened = f"acceptance/{promise.file} defines {test.name} twice, again in line {test.line}."
            raise table.wrong(happened, "file", expected="another name for each scenario")
        if test.name not in promise.points:
            raise table.wrong(
                f"{test.name} has no points.",
                "points",
                expected=f"points for every test of acceptance/{promise.file} (this one is in line {test.line})",
                try_=f"add to its [promises.points]: {test.name} = 1",
            )
    for name in promise.points:
        if name not in names:
            expected = "one of " + ", ".join(names) if names else "a test in that file; there is none"
            happened = f"{name} has points, but acceptance/{promise.file} has no such test."
            raise table.table("points").wrong(happened, name, expected=expected)


def _refuse_duplicates(top: Table, promises: tuple[PromiseEntry, ...]) -> None:
    owner: dict[str, str] = {}
    for promise in promises:
        if promise.id in owner.values():
            raise top.wrong(f"Two promises are called {promise.id}.", expected="another id for each promise")
        for name in promise.points:
            if name in owner:
                happened = f"Two scenarios are called {name}: one of {owner[name]}, one of {promise.id}."
                raise top.wrong(happened, expected="another name for each scenario")
            owner[name] = promise.id


def _scenario(table: Table, key: str, scenarios: list[str]) -> str:
    name = table.text(key)
    if name not in scenarios:
        happened = f"`{key}` names a scenario that is not there: {name}."
        raise table.wrong(happened, key, expected="one of " + ", ".join(scenarios))
    return name


def _resources(top: Table) -> dict[str, str]:
    resources = top.table("resources", optional=True)
    return {logical_id: resources.text(logical_id) for logical_id in resources.content}


def _services(top: Table, folder: Path) -> tuple[ServiceEntry, ...]:
    services = top.table("services", optional=True)
    return tuple(_service(services.table(name), name, folder) for name in services.content)


def _service(table: Table, name: str, folder: Path) -> ServiceEntry:
    parameter = table.text("parameter", optional=True)
    url, implementation = table.text("url"), table.text("implementation")
    entry = ServiceEntry(name, parameter, url, implementation, _address(table))
    table.close()
    module, _, class_name = entry.implementation.partition(":")
    if not (module.isidentifier() and class_name.isidentifier() and (folder / "services" / f"{module}.py").is_file()):
        raise table.wrong(
            f"The service `{name}` has no implementation.",
            "implementation",
            expected='"module:Class", the module a file below services/',
            got=entry.implementation,
        )
    return entry


def _address(table: Table) -> str:
    address = table.text("address", optional=True)
    if address and not _is_ipv4(address):
        raise table.wrong("`address` is no IPv4 address.", "address", expected='four numbers: "10.0.0.17"', got=address)
    return address


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _engines(top: Table) -> tuple[str, ...]:
    engines = top.texts("engines")
    for engine in engines:
        if engine not in ENGINES:
            raise top.wrong(
                "`engines` names an engine that is not there.", "engines", expected=", ".join(ENGINES), got=engine
            )
    return engines


def _starter(top: Table, scenarios: list[str]) -> StarterEntry:
    table = top.table("starter")
    entry = StarterEntry(scenario=_scenario(table, "scenario", scenarios), message=table.text("message"))
    table.close()
    return entry


def _tests(folder: Path, file: str) -> list[TestFound]:
    return tests_in(folder / "acceptance" / file, f"{folder.parent.name}/{folder.name}/acceptance/{file}")
