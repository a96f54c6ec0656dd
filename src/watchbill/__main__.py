"""The command's first line: imports with the garbage collector at rest, which is faster."""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command line; what was imported is never looked at by the collector again."""
    gc.disable()
    from watchbill.cli.main import main as command  # noqa: PLC0415 - after the collector is at rest

    gc.freeze()
    gc.enable()
    command()


if __name__ == "__main__":
    main()
