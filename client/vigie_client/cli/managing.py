"""Commands for tokens, devices and sources."""

from __future__ import annotations

from typing import Any

from vigie_client.cli.signed_in import open_by_password, open_client
from vigie_client.client import Client

SHOWN_ONCE = "Keep it now: nobody is shown it again."


def add_commands(several: Any) -> None:
    """`vigie token …`, `vigie device …`, `vigie source …`."""
    token = _several(several, "token", "Tokens of one's own, for programs.")
    _one(token, "list", list_tokens, "Names, scopes and when they were last seen.")
    create = _one(token, "create", create_token, "Make a token.")
    create.add_argument("name")
    create.add_argument("--scope")
    create.add_argument("--days", type=int, help="how long it lasts")
    _one(token, "revoke", revoke_token, "End a token at once.").add_argument("token_id", type=int)

    device = _several(several, "device", "Cameras (admins).")
    _one(device, "list", list_devices, "What they sent of late, and which are silent.")
    made = _one(device, "create", create_device, "Let one more camera send; prints its token.")
    made.add_argument("name")
    made.add_argument("--source")
    _one(device, "rotate", rotate_device, "Give a camera a new token.").add_argument("name")
    _one(device, "revoke", revoke_device, "End a camera's tokens at once.").add_argument("name")

    source = _several(several, "source", "Cameras and sites that media come from.")
    _one(source, "list", list_sources, "Names, places and azimuths.")
    renamed = _one(source, "rename", rename_source, "Rename a source (admins).")
    renamed.add_argument("name")
    renamed.add_argument("new_name")


def _several(several: Any, name: str, about: str) -> Any:
    parser = several.add_parser(name, help=about, description=about)
    return parser.add_subparsers(metavar="WHAT", required=True)


def _one(several: Any, name: str, run: Any, about: str) -> Any:
    parser = several.add_parser(name, help=about, description=about)
    parser.set_defaults(run=run)
    return parser


def list_tokens(asked: Any) -> int:
    with open_client(asked) as client:
        for token in client.list_tokens():
            print(f"{token.id}\t{token.scope or '-'}\t{_moment(token.last_seen_at)}\t{token.name}")
    return 0


def create_token(asked: Any) -> int:
    with open_by_password(asked) as (client, _name):
        token = client.create_token(asked.name, scope=asked.scope, expires_in_days=asked.days)
    print(f"{token.token}\n{SHOWN_ONCE}")
    return 0


def revoke_token(asked: Any) -> int:
    with open_by_password(asked) as (client, _name):
        client.revoke_token(asked.token_id)
    print("Revoked.")
    return 0


def list_devices(asked: Any) -> int:
    with open_client(asked) as client:
        for device in client.list_devices():
            state = "disabled" if device.disabled else "silent" if device.silent else "sends"
            print(
                f"{device.id}\t{device.login}\t{device.source or '-'}\t{state}\t"
                f"{_moment(device.last_media_at)}\t{device.media_total:,}"
            )
    return 0


def create_device(asked: Any) -> int:
    with open_by_password(asked) as (client, _name):
        device = client.create_device(asked.name, source=asked.source)
    print(f"{device.token}\n{SHOWN_ONCE}")
    return 0


def rotate_device(asked: Any) -> int:
    with open_by_password(asked) as (client, _name):
        token = client.rotate_device_token(_device_id(client, asked.name))
    print(f"{token.token}\n{SHOWN_ONCE}")
    return 0


def revoke_device(asked: Any) -> int:
    with open_by_password(asked) as (client, _name):
        client.revoke_device_token(_device_id(client, asked.name))
    print("Revoked.")
    return 0


def list_sources(asked: Any) -> int:
    with open_client(asked) as client:
        for source in client.list_sources():
            azimuth = f"{source.azimuth:g}°" if source.azimuth is not None else "-"
            print(f"{source.id}\t{source.name}\t{source.place or '-'}\t{azimuth}")
    return 0


def rename_source(asked: Any) -> int:
    with open_client(asked) as client:
        found = next((source for source in client.list_sources() if source.name == asked.name), None)
        if found is None:
            raise ValueError(f"There is no source called {asked.name}: see `vigie source list`.")
        client.change_source(found.id, name=asked.new_name)
    print("Renamed.")
    return 0


def _device_id(client: Client, name: str) -> int:
    found = next((device for device in client.list_devices() if device.login == name), None)
    if found is None:
        raise ValueError(f"There is no device called {name}: see `vigie device list`.")
    return found.id


def _moment(moment: Any) -> str:
    return moment.isoformat(timespec="seconds") if moment is not None else "never"
