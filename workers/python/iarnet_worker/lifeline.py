"""Ends the component when the host that started it is gone, and removes what a killed host left behind."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable

LOCK = "lock"
#: A dying host closes the pipe an instant before its lock: the kernel goes through its files one by one.
LOCK_PATIENCE = 0.25


def hold(run_folder: str | None, segment_folder: str | None, end: Callable[[], None]) -> None:
    """Watches standard input from a thread of its own; end is called when it reaches its end.

    Functions, and what they start, see an empty standard input: they must not read the lifeline away.
    """
    watched = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def watch() -> None:
        while True:
            try:
                if not os.read(watched, 4096):
                    break
            except OSError:
                break
        clean(run_folder, segment_folder)
        end()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def clean(run_folder: str | None, segment_folder: str | None) -> None:
    """Removes the folders of the host when it is dead, which a free lock in its run folder says."""
    if run_folder is None or sys.platform == "win32":
        return
    import fcntl

    try:
        lock = os.open(os.path.join(run_folder, LOCK), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        # Never a host's folder, or another component was faster.
        return
    try:
        deadline = time.monotonic() + LOCK_PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > deadline:
                    return
                time.sleep(0.01)
        # The lock goes last: whoever finds it free knows that something may be left.
        if segment_folder is not None:
            shutil.rmtree(segment_folder, ignore_errors=True)
        _empty(run_folder)
        shutil.rmtree(run_folder, ignore_errors=True)
    finally:
        os.close(lock)


def _empty(folder: str) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name == LOCK:
            continue
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            try:
                os.unlink(entry.path)
            except OSError:
                pass
