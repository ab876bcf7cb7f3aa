"""What a page of ours sends over its websocket, so that the gate lets nothing else through."""

from __future__ import annotations

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from streamlit.proto.BackMsg_pb2 import BackMsg

# Streamlit answers others too, whoever asks: what is changed in the folder it was started in, and it empties every
# cache and installs things for whoever develops with it.
OF_A_PAGE = {"rerun_script", "stop_script", "app_heartbeat"}


def is_of_a_page(content: bytes) -> bool:
    """Whether a message may go on to Streamlit; what cannot be read may, because Streamlit hangs up on it."""
    try:
        return BackMsg.FromString(content).WhichOneof("type") in OF_A_PAGE
    except DecodeError:
        return True
