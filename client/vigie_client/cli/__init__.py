"""The command `vigie`: what one does in a terminal or a script, by the client of this package."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from vigie_client.cli.arguments import parser
from vigie_client.errors import VigieError
from vigie_client.outbox import OutboxFull

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 1: not, or not all of it; 2: it was not understood; 130: interrupted."""
    asked = parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except (VigieError, OutboxFull, OSError, ValueError) as problem:
        print(f"vigie: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on where this one was.", file=sys.stderr)
        return INTERRUPTED
