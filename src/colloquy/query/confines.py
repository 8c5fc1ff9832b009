"""What a worker does to itself: no network, so much memory, so much time.

Like worker.py, which loads this file, it imports nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def own_signals() -> None:
    """Leave Ctrl-C to the owner, and let the alarm end this process, whatever was inherited."""
    with contextlib.suppress(ValueError, OSError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})


def cut_network() -> str:
    """Enter an empty network where the system allows (Linux); tell `cut` or `open`.

    A root user may enter one directly; anybody else needs a user namespace around it, in which the
    process keeps its own user's rights to files.
    """
    if not sys.platform.startswith("linux"):
        return "open"
    try:
        import ctypes

        unshare = ctypes.CDLL(None, use_errno=True).unshare
        for flags in (CLONE_NEWNET, CLONE_NEWNET | CLONE_NEWUSER):
            if unshare(flags) == 0:
                return "cut"
    except (ImportError, OSError, AttributeError):
        pass
    return "open"


def limit_memory(limit: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if limit:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def memory() -> tuple[int, int]:
    """Give the bytes of address space that this process has, and of memory that it holds; 0 where nobody tells."""
    try:
        with open("/proc/self/statm", "rb") as file:
            mapped, resident = file.read().split()[:2]
        return int(mapped) * os.sysconf("SC_PAGE_SIZE"), int(resident) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 0, 0


def alarm(seconds: float | None) -> None:
    """End this process by the system's clock: no engine can hold that up, no owner need be alive."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds or 0)
