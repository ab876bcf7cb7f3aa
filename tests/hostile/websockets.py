"""Messages to the pages' websocket that no browser of ours sends: strangers may open one, to be shown the sign-in."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.hostile.items import Ending, Ends, Item
from tests.hostile.target import Target

PATIENCE = 10.0


def websockets() -> Iterator[Item]:
    """Each is survived: what is asked is whether the dashboard still answers after it."""
    noise = random.Random(11)
    cases: dict[str, list[bytes | str]] = {
        "noise": [noise.randbytes(10_000)],
        "no byte": [b""],
        "text": ['{"type": "rerun"}'],
        "text that is not the protocol's": ["\0" * 1_000],
        "4 MiB": [bytes(4 * 2**20)],
        "5 MiB": [bytes(5 * 2**20)],
        "2,000 pieces of noise": [noise.randbytes(50) for _ in range(2_000)],
        "a length that lies": [b"\x5a\xff\xff\xff\xff\x0f"],
        "an address of a megabyte": [_rerun(query_string="a=" + "b" * 2**20)],
        "a page that is none": [_rerun(page_name="../../etc/passwd"), _rerun(page_script_hash="x" * 10_000)],
        "an address of signs": [
            _rerun(query_string="media=%00&tag=%ff&cursor=%F0%9F&limit=-1&sort=__class__")
        ],
        "20,000 widgets that are none": [_widgets(20_000)],
        "every message there is": [_of(name) for name in BackMsg.DESCRIPTOR.fields_by_name],
    }
    for name, messages in cases.items():
        yield Item("websockets", name, Ends.REFUSED, _send(messages))


def _rerun(**told: str) -> bytes:
    message = BackMsg()
    for name, value in told.items():
        setattr(message.rerun_script, name, value)
    return bytes(message.SerializeToString())


def _widgets(number: int) -> bytes:
    message = BackMsg()
    for at in range(number):
        message.rerun_script.widget_states.widgets.add(id=f"$$ID-{at}-None", string_value="x")
    return bytes(message.SerializeToString())


def _of(name: str) -> bytes:
    """The message with this one field, set to what it is when nothing was said."""
    message = BackMsg()
    field = message.DESCRIPTOR.fields_by_name[name]
    if field.message_type is not None:
        getattr(message, name).SetInParent()
    elif field.type == field.TYPE_BOOL:
        setattr(message, name, True)
    elif field.type == field.TYPE_STRING:
        setattr(message, name, "x" * 100_000)
    return bytes(message.SerializeToString())


def _send(messages: list[bytes | str]) -> Callable[[Target], Ending]:
    def send(target: Target) -> Ending:
        address = target.product.dashboard.replace("http", "ws") + "/_stcore/stream"
        with (
            suppress(WebSocketException, OSError, TimeoutError),
            connect(address, close_timeout=1) as connection,
        ):
            for message in messages:
                connection.send(message)
            connection.recv(timeout=2)
        health = httpx.get(f"{target.product.dashboard}/_stcore/health", timeout=PATIENCE)
        return Ending(health.status_code, False, health.text[:100])

    return send
