"""The floor under every request: a FastAPI application with nothing behind it, served as ours is."""

from __future__ import annotations

import subprocess
import sys
from types import TracebackType

import httpx
from fastapi import FastAPI, Request
from starlette.responses import Response

from bench.processes import wait_for
from tests.product import ROOT, free_port

app = FastAPI()


@app.get("/answer")
def answer(size: int) -> Response:
    """JSON of so many bytes."""
    return Response(b'"' + b"x" * (size - 2) + b'"', media_type="application/json")


@app.post("/body")
async def take_body(request: Request) -> dict[str, int]:
    """Takes a body of any kind and looks at none of it."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
    return {"size": size}


class Server:
    """`uvicorn` on an application of ours, alone in a process, with the options of the product."""

    def __init__(self, *application: str, ready: str, **environment: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "uvicorn", *application, "--port", str(self.port)),
                *(
                    "--no-access-log",
                    "--no-server-header",
                    "--timeout-keep-alive",
                    "75",
                    "--log-level",
                    "error",
                ),
            ],
            cwd=ROOT,
            env=environment or None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(f"{self.address}{ready}")

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(30)


class Floor:
    """What a request costs when nothing is done with it."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=60)

    def answering(self, size: int) -> None:
        self._client.get("/answer", params={"size": size}).raise_for_status()

    def taking(self, content: bytes, **headers: str) -> None:
        self._client.post("/body", content=content, headers=headers).raise_for_status()
