"""A camera's loop: take a frame, keep it on disk, send it; a day without network costs nothing.

    export VIGIE_URL=https://vigie.example.org:8080 VIGIE_TOKEN=…   # the device's own, from the Admin page
    python camera.py /var/spool/vigie rpicam-still --nopreview --output {}

The command takes one picture and writes it to where `{}` stands. Frames wait in the folder until the server has them:
through power cuts, for days without network, and no frame counts twice.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from vigie_client import Client, Outbox, OutboxFull, Retries

USAGE = "usage: python camera.py FOLDER COMMAND [ARGUMENT ...]   ({} stands for the file to write)"
EVERY = 30.0  # seconds between two frames
# The outbox waits by itself, for as long as it takes: one attempt of the client need not be patient.
BRISK = Retries(attempts=2, total=10)

log = logging.getLogger("camera")


def watch(
    take_picture: Callable[[], bytes],
    outbox: Outbox,
    client: Client,
    stop: threading.Event,
    *,
    every: float = EVERY,
) -> None:
    """Take and send frames until `stop` is set. What is not sent by then is sent when the loop runs again."""
    sender = threading.Thread(target=outbox.keep_sending, args=(client, stop))
    sender.start()
    try:
        while not stop.is_set():
            try:
                outbox.put(take_picture())
            except (OSError, OutboxFull, subprocess.SubprocessError) as problem:
                log.warning("this frame is lost: %s", problem)
            stop.wait(every)
    finally:
        stop.set()
        sender.join()


def by_command(command: list[str]) -> Callable[[], bytes]:
    """Take pictures by a program that writes one to a file."""

    def take_picture() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            picture = Path(folder) / "frame.jpg"
            words = [word.replace("{}", str(picture)) for word in command]
            subprocess.run(words, check=True, timeout=EVERY, stdout=subprocess.DEVNULL)
            return picture.read_bytes()

    return take_picture


def main() -> None:
    if len(sys.argv) < 3 or sys.argv[1].startswith("-"):
        print(USAGE, file=sys.stderr)
        sys.exit(2)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line per request would fill the card
    folder, *command = sys.argv[1:]
    try:
        client = Client.from_environment(retries=BRISK)
    except ValueError as problem:
        print(f"camera.py: {problem}", file=sys.stderr)
        sys.exit(2)
    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda _number, _frame: stop.set())
    with client:
        watch(by_command(command), Outbox(folder), client, stop)


if __name__ == "__main__":
    main()
