"""`python -m bench`: every row as one table; `--rows 1,2` some of them, `--quick` smaller and shorter."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import traceback

from bench.figures import Figure, table
from bench.ground import Ground, say

# The modules in the order they run, with the rows they print.
FAMILIES: dict[str, tuple[str, ...]] = {
    "startup": ("14",),
    "lists": ("1", "2", "3"),
    "submit": ("5",),
    "uploads": ("6", "7"),
    "exports": ("8", "9"),
    "datasets": ("10",),
    "imports": ("12",),
    "sign_in": ("13",),
    "http": ("1", "2", "3", "6", "7", "11", "13"),
    "curators": ("16",),
    "pages": ("4",),
    "memory": ("15",),
    "large_upload": ("15b",),
    "screens": ("0", "0b"),
    "restoring": ("17",),
}
ROWS = list(dict.fromkeys(row for rows in FAMILIES.values() for row in rows))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", help=f"of {', '.join(ROWS)}; separated by commas")
    parser.add_argument("--only", choices=FAMILIES, help="one module, and of it every row")
    parser.add_argument("--quick", action="store_true", help="smaller databases, fewer rounds")
    given = parser.parse_args()
    wanted = given.rows.split(",") if given.rows else ROWS
    if unknown := set(wanted) - set(ROWS):
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    figures: list[Figure] = []
    failed: list[str] = []
    with Ground(quick=given.quick) as ground:
        for name, rows in FAMILIES.items():
            if not set(rows) & set(wanted) or name != (given.only or name):
                continue
            started = time.perf_counter()
            try:
                for figure in importlib.import_module(f"bench.{name}").measure(ground):
                    figures.append(figure)
                    say("  ".join(figure.cells()))
            except Exception:  # one that fails must not take the figures of the others along
                failed.append(name)
                say(traceback.format_exc())
            ground.let_go()
            say(f"({name}: {time.perf_counter() - started:.0f} s)")
    figures.sort(key=lambda figure: (int(figure.row.rstrip("b")), figure.row))
    print(table(figures))
    missed = [figure for figure in figures if not figure.met]
    print(f"{len(figures) - len(missed)} of {len(figures)} figures meet their aim.")
    if failed:
        print(f"Not measured, see above: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
