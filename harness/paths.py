"""Where the katas, their solutions and the learner's workspace are."""

import os
from pathlib import Path

from harness.errors import ExplainedError

HOME_VARIABLE = "KATAS_HOME"
"""Names the folder that holds katas/, where it is not the one this package lies in."""


class KatasMissingError(ExplainedError):
    """There is no folder with katas where one should be."""


def home() -> Path:
    """The folder that holds katas/ and solutions/: KATAS_HOME if set, else this checkout.

    Raises:
        KatasMissingError: it holds no katas/.
    """
    named = os.environ.get(HOME_VARIABLE, "")
    folder = Path(named).expanduser().resolve() if named else Path(__file__).resolve().parent.parent
    if (folder / "katas").is_dir():
        return folder
    raise KatasMissingError(
        f"No katas at {folder}.",
        expected="a folder that holds katas/",
        got=f"{HOME_VARIABLE}={named}" if named else f"{HOME_VARIABLE} is not set, and the package is installed alone",
        try_=f"clone the repository and run kata inside it, or set {HOME_VARIABLE} to its folder",
    )


def katas() -> Path:
    """The folder of all katas."""
    return home() / "katas"


def workspace() -> Path:
    """Where the learner works: workspace/ of the checkout that the current folder is in.

    Outside any checkout, and whenever KATAS_HOME is set, it is the workspace/ beside katas/.
    """
    if not os.environ.get(HOME_VARIABLE):
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / "katas").is_dir() and (folder / "harness").is_dir():
                return folder / "workspace"
    return home() / "workspace"


def cache() -> Path | None:
    """Where results are kept that can be had again: serverless-katas/ in the user's folder for caches.

    None for a user who has none, as in some containers. A relative XDG_CACHE_HOME does not count.

    Source: https://specifications.freedesktop.org/basedir-spec/latest/
    """
    named = os.environ.get("XDG_CACHE_HOME", "") or os.environ.get("LOCALAPPDATA", "")
    if os.path.isabs(named):
        return Path(named) / "serverless-katas"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    library = home / "Library" / "Caches"
    return (library if library.is_dir() else home / ".cache") / "serverless-katas"


def short(path: Path) -> str:
    """The path as a person would type it here: relative where it lies below the current folder."""
    absolute, here = Path(os.path.abspath(path)), Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)
