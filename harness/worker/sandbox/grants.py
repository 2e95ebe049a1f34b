"""Which files a worker may see: its own Python, and nothing of the katas.

The project's root is a *hole*: whatever lies in it is hidden unless granted by name. The
virtual environment may lie inside the project (`.venv`), and the project inside a granted
folder (`/usr/src/app`, or a wheel in site-packages): both hold.
"""

import os
import site
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")

_VISIBLE_IN_HARNESS = ("__init__.py", "worker", "simulation")
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
_STORES = ("/nix/store", "/gnu/store")
_DATA = ("/usr/share/zoneinfo", "/etc/localtime", "/etc/mime.types")
_CERTIFICATES = ("/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/pki/tls", "/etc/pki/ca-trust/extracted")


@dataclass(frozen=True)
class Python:
    """Where an interpreter and this project are installed.

    Attributes:
        prefix: what the interpreter is installed under (not the virtual environment).
        libraries: standard library and site-packages folders.
        harness: the folder of the `harness` package.
    """

    prefix: str
    libraries: tuple[str, ...]
    harness: str


@dataclass(frozen=True)
class Grants:
    """Absolute paths.

    Attributes:
        paths: readable, with all below them. What is reached through a link stands here
            twice: by that name and by its real one.
        holes: not readable, nor what is below them, except a path that is granted below.
    """

    paths: tuple[str, ...]
    holes: tuple[str, ...]

    def around_holes(self) -> Iterator[str]:
        """The same as paths alone, for a system that can only grant: a folder with a hole
        in it is granted entry by entry."""
        for path in self.paths:
            if path == os.path.realpath(path):
                yield from _around(path, self.holes)


@cache
def this_python() -> Python:
    """The running interpreter and project."""
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders.update(site.getsitepackages())
    if site.ENABLE_USER_SITE:
        folders.add(site.getusersitepackages())
    folders.update(path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages"))
    harness = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return Python(sys.base_prefix, tuple(sorted(folders)), harness)


@cache
def for_python(python: Python) -> Grants:
    """What learner code may read besides its own folder."""
    libraries = [*python.libraries, os.path.join(python.prefix, "lib"), *_LIBRARIES]
    libraries += [store for store in _STORES if python.prefix.startswith(store)]
    own = [os.path.join(python.harness, name) for name in _VISIBLE_IN_HARNESS]
    return Grants(present([*libraries, *own, *_DATA, *_CERTIFICATES]), _holes(python))


def with_submission(grants: Grants, readable: Sequence[str]) -> Grants:
    """The same, and these paths."""
    return Grants(tuple(dict.fromkeys((*grants.paths, *readable))), grants.holes)


def is_below(path: str, folder: str) -> bool:
    """Whether a path lies in a folder, at any depth, and is not the folder itself."""
    return path.startswith(folder.rstrip("/") + "/") and path != folder


def _holes(python: Python) -> tuple[str, ...]:
    root = os.path.dirname(os.path.realpath(python.harness))
    installed_as_wheel = root in {os.path.realpath(folder) for folder in python.libraries}
    if installed_as_wheel:
        return tuple(os.path.join(root, name) for name in ("harness", "katas", "solutions"))
    return (root,)


def present(paths: Sequence[str]) -> tuple[str, ...]:
    """Each of these that exists, by its own name and, where a link is on the way, by its real one."""
    found: dict[str, None] = {}
    for path in paths:
        absolute = os.path.abspath(path)
        if os.path.exists(absolute):
            found[absolute] = None
            found[os.path.realpath(absolute)] = None
    return tuple(found)


def _around(path: str, holes: Sequence[str]) -> Iterator[str]:
    inside = [hole for hole in holes if is_below(hole, path)]
    if not inside:
        yield path
        return
    try:
        with os.scandir(path) as entries:
            children = sorted(entry.path for entry in entries if not entry.is_symlink())
    except OSError:
        return
    for child in children:
        if child not in holes:
            yield from _around(child, inside)
