"""One browser and two daemons for all that only look; other daemons for those that act.

The browser and the daemons live as long as a worker stays in this folder: Playwright's loop would be in
the way of tests elsewhere that run one of their own, and the daemons' clocks are not to go on for hours.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import axe as package
from tests.browser.scene import Scene, running, write_histories
from tests.browser.tab import Tabs
from tests.standins.mail_server import MailServer

Agencies = Callable[[str], Scene]
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-proxy-server",
)
ADVICE = (
    f"{CHROMIUM} is not there: `apt-get install chromium`, as `bash tests/run` does; or leave these tests "
    "out with --without-browser, loudly."
)
SCREENSHOTS = Path(__file__).parent / "screenshots"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Give Debian's Chromium; fails, and says what to install, where there is none."""
    if not CHROMIUM.exists():
        pytest.fail(ADVICE, pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Give axe-core; fails, and says how to fetch it, where it is not there."""
    try:
        return package.source()
    except package.MissingError as error:
        return pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the records that scenes start from; of several workers, one writes them for all."""
    shared = tmp_path_factory.getbasetemp()
    if shared.name.startswith("popen-"):
        shared = shared.parent
    folder = shared / "histories"
    with (shared / "histories.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(shared / "half", ignore_errors=True)
            write_histories(shared / "half")
            (shared / "half").rename(folder)
    return folder


@pytest.fixture(scope="session")
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(scope="package")
def scenes(
    histories: Path, mail: MailServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Scene]]:
    """Give the two scenes that tests look at and do not change."""
    folder = tmp_path_factory.mktemp("scenes")
    with (
        running(histories, "midday", folder / "midday", mail) as midday,
        running(histories, "evening", folder / "evening", mail) as evening,
    ):
        yield {"midday": midday, "evening": evening}


@pytest.fixture(scope="package")
def tabs(browser: Browser, scenes: dict[str, Scene]) -> Iterator[Tabs]:
    """Give pages to look with; they are gone before the scenes are."""
    kept = Tabs(browser)
    yield kept
    kept.close()


@pytest.fixture(scope="package")
def agencies(histories: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    """Give scenes at midday that tests change, each started when it is first asked for by its name."""
    with ExitStack() as stack:
        known: dict[str, Scene] = {}

        def agency(name: str) -> Scene:
            if name not in known:
                post = stack.enter_context(MailServer())
                folder = tmp_path_factory.mktemp(name)
                known[name] = stack.enter_context(running(histories, "midday", folder, post))
            return known[name]

        yield agency


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Give the folder for pictures of the pages; git ignores it."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return SCREENSHOTS
