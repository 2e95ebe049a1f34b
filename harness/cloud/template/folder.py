"""The folder of a submission: where its template is, and that nothing in it leads outside."""

import os
from pathlib import Path

from harness.cloud.errors import shown
from harness.cloud.template.errors import (
    CodeUriOutside,
    FolderMissing,
    HandlerMissing,
    LinkOutside,
    TemplateMissing,
    TemplateTooLarge,
)
from harness.cloud.template.shapes import Spot

TEMPLATE_NAME = "template.yaml"
ENTRIES_LIMIT = 20_000
SHOWN_FILES = 20


def find_template(folder: Path) -> tuple[Path, list[str]]:
    """The template's path, and a warning for each thing about it that AWS's tools would not like.

    Args:
        folder: the submission.

    Raises:
        FolderMissing: there is no such folder, or it cannot be read.
        TemplateMissing: it holds no template.
    """
    if not folder.exists():
        raise FolderMissing(f"There is no folder {folder}.", try_="check the path")
    if not folder.is_dir():
        raise FolderMissing(f"{folder} is a file.", expected="the folder that holds template.yaml")
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_file())
    except PermissionError:
        raise FolderMissing(f"The folder {folder} cannot be read.", expected="permission to list it") from None
    if TEMPLATE_NAME in names:
        return folder / TEMPLATE_NAME, []
    near = [name for name in names if name.lower() in ("template.yaml", "template.yml")]
    if near:
        return folder / near[0], [f"The template is called {near[0]}; `sam deploy` looks for template.yaml."]
    below = sorted(path.relative_to(folder).as_posix() for path in folder.glob(f"*/{TEMPLATE_NAME}"))
    raise TemplateMissing(
        f"There is no {TEMPLATE_NAME} in {folder}.",
        expected=f"{TEMPLATE_NAME} at the top of the folder",
        got=", ".join(names[:SHOWN_FILES]) or "no file at all",
        try_=f"submit the folder of {below[0]}" if below else "",
    )


def read_template_bytes(file: Path, limit: int) -> bytes:
    """The file's content, but never much more than the limit.

    Args:
        limit: bytes; what comes after one more than this is not read.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(limit + 1)
    except PermissionError:
        raise TemplateMissing(f"{file.name} cannot be read.", expected="permission to read it") from None


def refuse_links_outside(folder: Path) -> None:
    """Every symbolic link below the folder stays inside it.

    Raises:
        LinkOutside: one does not.
        TemplateTooLarge: the folder holds more entries than any submission.
    """
    inside = folder.resolve()
    entries = 0
    for directory, names, files in os.walk(folder):
        entries += len(names) + len(files)
        if entries > ENTRIES_LIMIT:
            raise TemplateTooLarge(f"The folder {folder} holds more than {ENTRIES_LIMIT} files.")
        for name in sorted([*names, *files]):
            path = Path(directory, name)
            if path.is_symlink() and not path.resolve().is_relative_to(inside):
                relative = path.relative_to(folder).as_posix()
                raise LinkOutside(
                    f"The symbolic link {relative} leads out of the folder.",
                    got=f"{relative} -> {os.readlink(path)}",
                    try_="put a copy of the file in its place",
                )


def code_directory(folder: Path, code_uri: object, spot: Spot) -> Path:
    """The function's code, as an absolute path inside the folder.

    Raises:
        CodeUriOutside: it lies elsewhere, or is not a folder.
    """
    expected = "a folder beside the template, as in src/"
    if not isinstance(code_uri, str) or "://" in code_uri:
        got = code_uri if isinstance(code_uri, str) else "a bucket and a key"
        raise spot.error(CodeUriOutside, f"CodeUri of {spot.resource} is {got}.", expected=expected)
    path = Path(os.path.normpath(folder / code_uri))
    outside = os.path.isabs(code_uri) or not path.resolve().is_relative_to(folder.resolve())
    if outside or not path.is_relative_to(os.path.normpath(folder)):
        raise spot.error(
            CodeUriOutside, f"CodeUri of {spot.resource} leads out of the folder: {code_uri}.", expected=expected
        )
    if not path.is_dir():
        what = "is a file" if path.is_file() else "does not exist"
        raise spot.error(CodeUriOutside, f"CodeUri of {spot.resource} is {code_uri}, which {what}.", expected=expected)
    return path.resolve()


def check_handler(code: Path, code_uri: str, handler: str, spot: Spot) -> None:
    """The module which the handler names is there.

    Args:
        code: the function's code, absolute.
        code_uri: the same as the template writes it, for messages.
        handler: "app.submit", "pkg/module.handler" or "pkg.module.handler".

    Raises:
        HandlerMissing: there is no such file.
    """
    module = handler.rpartition(".")[0].replace(".", "/")
    candidates = (f"{module}.py", f"{module}/__init__.py")
    if any((code / candidate).is_file() for candidate in candidates):
        return
    where = code_uri.rstrip("/") or "."
    names = sorted(shown(entry.name) + ("/" if entry.is_dir() else "") for entry in code.iterdir())
    more = f" and {len(names) - SHOWN_FILES} more" if len(names) > SHOWN_FILES else ""
    found = ", ".join(names[:SHOWN_FILES]) + more
    raise spot.error(
        HandlerMissing,
        f"Handler of {spot.resource} is {handler}, and there is no {where}/{candidates[0]}.",
        expected=f"the file {where}/{candidates[0]} with a function {handler.rpartition('.')[2]}",
        got=f"{where}/ holds {found}" if found else f"{where}/ is empty",
    )
