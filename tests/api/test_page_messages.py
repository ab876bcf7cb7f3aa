"""What the pages' websocket lets through: messages, and nothing else."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg

from api.page_messages import PageMessages
from components.page_messages import is_of_a_page

MESSAGE = BackMsg(stop_script=True).SerializeToString()
OF_NO_PAGE = BackMsg(clear_cache=True).SerializeToString()


@pytest.fixture
def client() -> TestClient:
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_bytes(await websocket.receive_bytes())
        except WebSocketDisconnect:
            pass

    app = Starlette(routes=[WebSocketRoute("/", echo)])
    return TestClient(PageMessages(app, is_of_a_page))


def test_a_message_comes_through_as_it_was(client):
    with client.websocket_connect("/") as websocket:
        for _ in range(2):
            websocket.send_bytes(MESSAGE)
            assert websocket.receive_bytes() == MESSAGE


def test_what_no_page_sends_is_kept_back(client):
    with client.websocket_connect("/") as websocket:
        websocket.send_bytes(OF_NO_PAGE)
        websocket.send_bytes(MESSAGE)
        assert websocket.receive_bytes() == MESSAGE


@pytest.mark.parametrize(
    ("content", "code"), [(b"\xff" * 50, 1007), (MESSAGE + b"\x5a\xff", 1007), ("text", 1003)]
)
def test_what_is_no_message_closes_the_websocket(client, content, code):
    with client.websocket_connect("/") as websocket:
        if isinstance(content, str):
            websocket.send_text(content)
        else:
            websocket.send_bytes(content)
        with pytest.raises(WebSocketDisconnect) as closed:
            websocket.receive_bytes()
    assert closed.value.code == code
