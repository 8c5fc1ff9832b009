"""What the system refuses, in words and with advice: an OSError becomes a ProjectError."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

from colloquy.errors import ProjectError

_ADVICE = {
    errno.ENOSPC: "make room on the disk and build again",
    errno.EDQUOT: "make room in the quota and build again",
    errno.EFBIG: "raise the limit on file sizes (ulimit -f) and build again",
    errno.EACCES: "change the permissions, or build where you may write",
    errno.EPERM: "change the permissions, or build where you may write",
    errno.EROFS: "build where it can be written",
    errno.EBUSY: "if it is a mount point, choose a folder inside it with --output",
}


@contextlib.contextmanager
def in_words(failure: str) -> Iterator[None]:
    try:
        yield
    except (BrokenPipeError, TimeoutError):  # OSErrors that say nothing of files
        raise
    except OSError as error:
        raise ProjectError(f"{failure}: {reason_of(error)}") from error


def reason_of(error: OSError) -> str:
    reason = error.strerror.lower() if error.strerror else str(error) or type(error).__name__
    path = error.filename2 or error.filename
    where = f" ({path})" if path else ""
    advice = _ADVICE.get(error.errno or 0)
    return reason + where + (f"; {advice}" if advice else "")
