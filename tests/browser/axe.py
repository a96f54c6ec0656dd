"""axe-core, the accessibility checker: fetched once by npm, held to one hash, never a part of the project.

``python -m tests.browser.axe`` fetches it into a folder that git ignores.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import tarfile
from pathlib import Path

VERSION = "4.14.1"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
"""Of the package as the registry gives it (subresource integrity)."""
FOLDER = Path(__file__).parent / ".axe"
PACKAGE = FOLDER / f"axe-core-{VERSION}.tgz"
SCRIPT = "package/axe.min.js"
ADVICE = (
    "axe-core is not there: `.venv/bin/python -m tests.browser.axe` fetches it with npm (`apt-get install "
    "npm`), as `bash tests/run` does; or leave these tests out with --without-browser, loudly."
)


class MissingError(Exception):
    """Raised where the package is not there, or is not the one that is pinned."""


def source(package: Path = PACKAGE, sha512: str = SHA512) -> str:
    """Return the script; raises ``MissingError``."""
    if not package.exists():
        raise MissingError(ADVICE)
    _require_pinned(package, sha512)
    with tarfile.open(package) as opened:
        script = opened.extractfile(SCRIPT)
        assert script is not None
        return script.read().decode()


def fetch(package: Path = PACKAGE, sha512: str = SHA512) -> None:
    """Have npm fetch the package, unless it is there; raises ``MissingError`` for another one."""
    package.parent.mkdir(exist_ok=True)
    if not package.exists():
        command = ["npm", "pack", "--silent", f"axe-core@{VERSION}"]
        subprocess.run(command, cwd=package.parent, check=True)
    _require_pinned(package, sha512)


def _require_pinned(package: Path, sha512: str) -> None:
    digest = hashlib.sha512(package.read_bytes()).digest()
    if base64.b64encode(digest).decode() != sha512:
        raise MissingError(f"{package} is not the axe-core {VERSION} that is pinned: remove it.")


if __name__ == "__main__":
    fetch()
