"""Files that a command writes about a verdict: only over files of its own, and never half of one."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from harness import paths
from harness.errors import ExplainedError
from harness.files import write_whole


class NotOurFileError(ExplainedError):
    """Something stands where the file should go, and it is none of ours."""


class FileNotWrittenError(ExplainedError):
    """The file cannot be written there."""


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        name: what it is called: "timeline page".
        option: what asks for it: "--html".
        mark: how each of them begins.
    """

    name: str
    option: str
    mark: str

    def refuse(self, path: Path) -> None:
        """Says now what would keep the file from being written after the judging.

        Raises:
            NotOurFileError: a folder, or a file of another kind, is there.
            FileNotWrittenError: what is there cannot be read, or nothing can be written there.
        """
        try:
            if path.is_dir():
                raise NotOurFileError(f"{paths.short(path)} is a folder.", expected=f"a file for the {self.name}")
            if (path.exists() or path.is_symlink()) and not self._is_ours(path):
                raise NotOurFileError(
                    f"{paths.short(path)} is there and is no {self.name}, so it is not overwritten.",
                    expected=f"a new file, or a {self.name.rpartition(' ')[2]} that this command has written",
                    try_=f"another name after {self.option}, or remove that file",
                )
            _need_folder_for(path)
        except OSError as error:
            raise self._not_written(path, error) from None

    def write(self, path: Path, text: str) -> None:
        """The file is this text, whole.

        Raises:
            NotOurFileError: a folder, or a file of another kind, is there.
            FileNotWrittenError: the system does not let us.
        """
        self.refuse(path)
        try:
            write_whole(path, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise self._not_written(path, error) from None

    def _is_ours(self, path: Path) -> bool:
        if path.exists() and not path.is_file():
            return False  # a device or a pipe: reading it may never end
        mark = self.mark.encode()
        with path.open("rb") as file:
            return file.read(len(mark)) == mark

    def _not_written(self, path: Path, error: OSError) -> FileNotWrittenError:
        return FileNotWrittenError(
            f"The {self.name} cannot be written to {paths.short(path)}: {error.strerror}.",
            expected="a place that can be written to",
            try_=f"another name after {self.option}",
        )


def _need_folder_for(path: Path) -> None:
    """Raises the OSError that writing would come to."""
    nearest = next(parent for parent in path.absolute().parents if parent.exists())
    if not nearest.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(nearest, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
