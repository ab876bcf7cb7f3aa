"""A browser that draws nothing: Streamlit's websocket, spoken by hand, so that every byte of a page is seen."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.product import Product

HANGS = 60.0  # seconds for one run of a page
BIGGEST = 64 * 2**20


class Tab:
    """One Streamlit session, as a tab of a browser with these headers has it."""

    def __init__(self, product: Product | str, headers: Mapping[str, str] | None = None) -> None:
        """`product` may be the address of a dashboard alone."""
        self.heard: list[bytes] = []
        address = product if isinstance(product, str) else product.dashboard
        self._opening = connect(
            address.replace("http", "ws") + "/_stcore/stream",
            origin=Origin(address),
            subprotocols=[Subprotocol("streamlit")],
            additional_headers=dict(headers or {}),
            max_size=BIGGEST,
            open_timeout=HANGS,
        )

    def __enter__(self) -> Tab:
        self._socket = self._opening.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._opening.__exit__(kind, error, trace)

    def send(self, message: BackMsg) -> None:
        self._socket.send(message.SerializeToString())

    def open(self, page: str = "", query: str = "") -> list[bytes]:
        """Go to a page; every message until its script has ended."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        self.send(message)
        return self.listen()

    def listen(self) -> list[bytes]:
        found: list[bytes] = []
        while True:
            content = self._socket.recv(timeout=HANGS)
            assert isinstance(content, bytes)
            found.append(content)
            self.heard.append(content)
            read = ForwardMsg.FromString(content)
            if read.WhichOneof("type") == "script_finished":
                if read.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                return found


def shown(messages: list[bytes]) -> str:
    """The text of a page, as far as it is text."""
    return b"".join(messages).decode("utf-8", "replace")
