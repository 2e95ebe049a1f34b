"""Files that are either there whole or not there at all, whenever the process is stopped."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """The file has this content, on disk; a reader never sees half of it.

    It is written under another name in the same folder, synced, and then renamed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
