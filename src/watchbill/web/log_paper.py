"""A page as PDF, by WeasyPrint where it is installed: the same template, with the styles for print."""

from __future__ import annotations

from importlib.resources import files
from importlib.util import find_spec
from typing import Any

STATIC = "/static/"
NEEDS_A_PACKAGE = (
    "This server cannot make PDF files: the optional extra is not installed. Information Services can "
    'add it with: pip install "watchbill[pdf]". Until then, print the log from your browser, which can '
    "also save it as PDF."
)


def can_print() -> bool:
    """Whether the optional extra ``pdf`` is installed."""
    return find_spec("weasyprint") is not None


def pdf_of(html: bytes, origin: str) -> bytes:
    """Return a page as PDF; nothing is fetched but our own styles. Raises ``ImportError`` without the extra."""
    from weasyprint import HTML  # noqa: PLC0415 - 100 ms and 30 MB that nothing else needs
    from weasyprint.urls import URLFetcherResponse  # noqa: PLC0415

    def fetch(url: str) -> Any:  # noqa: ANN401 - what WeasyPrint takes
        return URLFetcherResponse(url, own_file(url, origin), {"content-type": "text/css"})

    made: bytes = HTML(string=html.decode(), base_url=origin, url_fetcher=fetch).write_pdf()
    return made


def own_file(url: str, origin: str) -> bytes:
    """Return a style of ours by its address; raise ``ValueError`` for every other address."""
    name = url.removeprefix(origin + STATIC)
    if name == url or not name.endswith(".css") or "/" in name or "\\" in name:
        message = f"{url} is not a style of ours"
        raise ValueError(message)
    return files("watchbill.web").joinpath("static", name).read_bytes()
