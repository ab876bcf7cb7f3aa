"""`python -m vigie_client` is `vigie`."""

import sys

from vigie_client.cli import main

if __name__ == "__main__":
    sys.exit(main())
