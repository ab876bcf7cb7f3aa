"""The command `vigie`: what one does in a terminal or a script, by the client of this package."""

from __future__ import annotations

import os
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
    except BrokenPipeError:
        # Whoever reads us has read enough, as in `vigie list | head`; nothing more can be written, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (VigieError, OutboxFull, OSError, ValueError) as problem:
        print(f"vigie: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return INTERRUPTED
