"""`page add`, `page list`, `page retire`."""

from __future__ import annotations

from typing import Annotated

import typer

from watchbill.acts import roster as acts
from watchbill.cli.context import (
    AsJson,
    ByWhom,
    ReasonText,
    acting,
    open_record,
    print_json,
    print_table,
    say,
    warn,
)
from watchbill.core.instants import iso, local_date
from watchbill.core.roster import Page
from watchbill.roster_file import read_page
from watchbill.store import people

app = typer.Typer(help="The agency's pages.", no_args_is_help=True, rich_markup_mode=None)


@app.command("add")
def add(
    context: typer.Context,
    key: Annotated[str, typer.Option("--key", help="Short, for commands: fb")],
    platform: Annotated[str, typer.Option("--platform")],
    name: Annotated[str, typer.Option("--name")],
    url: Annotated[str, typer.Option("--url")],
    since: Annotated[
        str | None, typer.Option("--since", metavar="D", help="First local date; else today.")
    ] = None,
    by: ByWhom = None,
    reason: ReasonText = None,
) -> None:
    """Add a page; windows that open from now on include it."""
    with open_record(context) as office:
        zone = office.policy.zone
        begins = since or local_date(office.clock.now(), zone).isoformat()
        page = read_page(
            {"key": key, "platform": platform, "name": name, "url": url, "since": begins}, zone
        )
        acts.add_page(office, acting(office, by, reason), page)
        say(f"Page {page.key}: {page.name} is added.")


@app.command("list")
def listing(context: typer.Context, as_json: AsJson = False) -> None:
    """Show all pages, retired ones too."""
    with open_record(context) as office:
        with office.store.read() as connection:
            pages = people.all_pages(connection)
        zone = office.policy.zone
        if as_json:
            print_json([_as_json(page) for page in pages])
            return
        rows = [
            [
                page.key,
                page.platform,
                page.name,
                page.url,
                local_date(page.active_from, zone).isoformat(),
                local_date(page.active_until, zone).isoformat() if page.active_until else "",
            ]
            for page in pages
        ]
        print_table("Pages", ("Key", "Platform", "Name", "Address", "Since", "Until"), rows)


def _as_json(page: Page) -> dict[str, object]:
    return {
        "key": page.key,
        "platform": page.platform,
        "name": page.name,
        "url": page.url,
        "active_from": iso(page.active_from),
        "active_until": iso(page.active_until) if page.active_until else None,
    }


@app.command("retire")
def retire(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY")],
    by: ByWhom = None,
    reason: ReasonText = None,
) -> None:
    """Retire a page from now on; windows that are open keep it."""
    with open_record(context) as office:
        left = acts.retire_page(office, acting(office, by, reason), key)
        say(f"Page {key} is retired.")
        if not left:
            warn("Warning: no page is active now; a window without a page is never completed.")
