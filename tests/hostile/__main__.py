"""`python -m tests.hostile`: send everything hostile to a fresh installation and print what became of it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.hostile.campaign import run
from tests.hostile.catalogue import GROUPS
from tests.product import start_product


def main() -> int:
    """Returns 1 when something fell short."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--only", metavar="GROUP,…", help=f"of {', '.join(GROUPS)}")
    chosen = parser.parse_args().only
    groups = [name.strip() for name in chosen.split(",")] if chosen else list(GROUPS)
    if unknown := set(groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="vigie-hostile-") as folder:
        product = start_product(Path(folder) / "data")
        try:
            outcome = run(product, groups, lambda said: sys.stderr.write(f"{said}\n") and None)
        finally:
            product.stop()
    sys.stdout.write(f"{outcome}\n")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
