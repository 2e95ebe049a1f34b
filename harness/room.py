"""No room to work in: the disk is full, or no temporary folder can be written. Nobody's submission is to blame."""

import errno
import os
import tempfile
from typing import ClassVar

from harness.errors import ExplainedError, behind

_FULL = (errno.ENOSPC, errno.EDQUOT)
_EXPECTED = "room for some megabytes of temporary files"
_TRY = "make room there, or set TMPDIR to a folder that has some"


class NoRoomError(ExplainedError):
    """The harness cannot write what it needs for a while."""

    exit_code: ClassVar[int] = 3


def no_room(error: BaseException) -> NoRoomError | None:
    """The error that says so, if a lack of room is behind this one; else None."""
    for one in behind(error):
        if isinstance(one, OSError) and one.errno in _FULL:
            place = f" at {one.filename}" if one.filename else ""
            return NoRoomError(f"The disk is full: nothing can be written{place}.", expected=_EXPECTED, try_=_TRY)
        if isinstance(one, OSError) and "No usable temporary directory" in str(one):
            happened = "There is no temporary folder that can be written."
            return NoRoomError(happened, expected=_EXPECTED, got=str(one.strerror), try_=_TRY)
        if isinstance(one, OSError) and _has_lost_its_folder(one):
            happened = f"The temporary folder {tempfile.tempdir} cannot be written any more."
            return NoRoomError(happened, expected=_EXPECTED, got=str(one), try_=_TRY)
    return None


def _has_lost_its_folder(error: OSError) -> bool:
    folder = str(tempfile.tempdir or "")
    is_within = bool(folder) and str(error.filename or "").startswith(folder)
    return is_within and not os.access(folder, os.W_OK | os.X_OK)
