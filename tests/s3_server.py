"""A real S3 server for tests: `rclone serve s3` on a folder, over HTTP."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

# rclone refuses short keys.
ACCESS_KEY = "vigie-test-access"
SECRET_KEY = "vigie-test-secret-0123456789"
BUCKET_NAME = "vigie-test"


@dataclass
class S3Server:
    """A running server; its buckets are the folders in `folder`."""

    endpoint_url: str
    access_key: str
    secret_key: str
    folder: Path
    process: subprocess.Popen[str]
    reader: threading.Thread

    @property
    def port(self) -> int:
        return int(self.endpoint_url.rpartition(":")[2])

    def stop(self) -> None:
        """Kill the server; harmless when repeated."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        if self.process.stderr:
            self.process.stderr.close()

    def start_again(self) -> None:
        """The same server on the same port, after `stop`."""
        again = start_rclone(
            self.folder, bucket=None, port=self.port, access_key=self.access_key, secret_key=self.secret_key
        )
        self.process, self.reader = again.process, again.reader


def start_rclone(
    folder: Path,
    *,
    bucket: str | None = BUCKET_NAME,
    port: int = 0,
    access_key: str = ACCESS_KEY,
    secret_key: str = SECRET_KEY,
    options: tuple[str, ...] = (),
) -> S3Server:
    """Serve a folder, with one bucket made in it, and return once it listens; port 0 is any free one."""
    folder.mkdir(parents=True, exist_ok=True)
    if bucket:
        (folder / bucket).mkdir(exist_ok=True)
    address, keys = f"127.0.0.1:{port}", f"{access_key},{secret_key}"
    process = subprocess.Popen(
        [_rclone(), "serve", "s3", "--addr", address, "--auth-key", keys, *options, str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"RCLONE_CONFIG": os.devnull},
    )
    assert process.stderr
    said = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(r"Starting s3 server on \[(http://[^/\]]+)", line):
            # What it says later is read and forgotten, or it would stop at a full pipe.
            reader = threading.Thread(target=process.stderr.read, daemon=True)
            reader.start()
            return S3Server(found[1], access_key, secret_key, folder, process, reader)
    process.wait()
    raise RuntimeError("rclone did not start: " + "".join(said))


def _rclone() -> str:
    beside = Path(sys.executable).parent / "rclone"
    found = str(beside) if beside.exists() else shutil.which("rclone")
    if not found:
        raise RuntimeError("rclone is missing: pip install -r requirements-dev.txt")
    return found
