"""libfaketime for processes of several threads: built once from the source that its package carries.

The library in the package reads its file without a lock: a process whose threads read the clock at the
same moment is at times told the real time. ``python -m tests.standins.faketime`` builds the same source with
the lock that it has (``PTHREAD_SINGLETHREADED_TIME``) into a folder that git ignores.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / ".faketime"
LIBRARY = FOLDER / "libfaketimeMT.so.1"
FLAGS = (
    *("-std=gnu99", "-O2", "-fPIC", "-shared", "-Wl,--version-script=libfaketime.map"),
    *("-DFAKE_PTHREAD", "-DFAKE_TIMERS", "-DFAKE_INTERNAL_CALLS", "-DPTHREAD_SINGLETHREADED_TIME"),
    *('-DPREFIX=""', '-DLIBDIRNAME=""'),
)
"""As the package was built, which lets ``sleep`` and the times of files alone, and with the lock."""
LINKED = ("-lpthread", "-ldl", "-lm", "-lrt")
ADVICE = (
    "The clock for tests is not built: `.venv/bin/python -m tests.standins.faketime` builds it with a C "
    "compiler (`apt-get install gcc libc6-dev`), as `bash tests/run` does."
)


class MissingError(Exception):
    """Raised where the library was not built."""


def library() -> Path:
    """Return the library; raises ``MissingError``."""
    if not LIBRARY.exists():
        raise MissingError(ADVICE)
    return LIBRARY


def build() -> None:
    """Compile the library, unless it is there."""
    spec = importlib.util.find_spec("libfaketime")
    if LIBRARY.exists() or spec is None or spec.origin is None:
        return
    source = next(Path(spec.origin).parent.rglob("libfaketime.c"))
    FOLDER.mkdir(exist_ok=True)
    half = LIBRARY.with_suffix(".half")
    command = ["cc", "-o", str(half), *FLAGS, source.name, *LINKED]
    subprocess.run(command, cwd=source.parent, check=True)
    half.rename(LIBRARY)


if __name__ == "__main__":
    build()
    sys.exit(0 if LIBRARY.exists() else ADVICE)
