"""Who may ask for what, as a table: every route of the API, and what each kind of access is answered.

A row is a method, a route as it is written in the application, and the statuses for a stranger, a viewer, a user, an
admin and a device. `ids` says whose id stands in the path: what `tests.access.world` can make, by name; such names in
braces are replaced in bodies too. A route without a row fails `test_routes`, and so does a row without a route.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

COLUMNS = ("anonymous", "viewer", "user", "admin", "device")
ALONE, DASHBOARD = "the API alone", "beside the dashboard"


@dataclass(frozen=True)
class Row:
    method: str
    route: str
    statuses: Mapping[str, int]
    ids: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)  # as httpx takes it
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    open: bool = False  # no credential is looked at
    by_password: bool = False  # changes who may enter, which no token that was made to last may
    streams: bool = False  # a body may be large: refused before a byte of it is read
    ends_caller: bool = False
    door: str | None = None  # the one it is about; both when none is named

    @property
    def is_about_caller(self) -> bool:
        """Whether it speaks of what belongs to whoever asks."""
        said = f"{self.ids.values()} {self.body}"
        return any(f"{mark}{name}" in said for mark in "'{" for name in ("own", "caller"))

    def __str__(self) -> str:
        ids = ", ".join(self.ids.values())
        return f"{self.method} {self.route}{self.query}{f' ({ids})' if ids else ''}"


def row(method: str, route: str, statuses: str, *, query: str = "", **given: Any) -> Row:
    """A row, its statuses as five numbers in the order of COLUMNS, or one for all."""
    numbers = [int(number) for number in statuses.split()]
    numbers = numbers * len(COLUMNS) if len(numbers) == 1 else numbers
    named = dict(zip(COLUMNS, numbers, strict=True))
    ids = {name: given.pop(name) for name in list(given) if f"{{{name}}}" in route}
    own = {name: given.pop(name) for name in list(given) if name in Row.__dataclass_fields__}
    return Row(method, route, named, ids, given, query, **own)


BOX = {"label_class": "wildfire", "box": [0.1, 0.2, 0.3, 0.4]}
SAID = {"text": "seen", "client_id": "{new}"}
MODEL = {"model": "yolo11s", "shapes": [{**BOX, "confidence": 0.5}]}
DRAFT = {"drawing": {}, "made_at": "2026-11-01T00:00:00Z"}
SPREAD = {"shape": BOX, "media_ids": ["{neighbour}"], "client_id": "{new}"}
HOOK = {"name": "told", "url": "https://example.org/", "events": ["media.accepted"]}
PASSWORD = {"password": "another long password"}
# A label class is looked up before it is changed; nobody but an admin gets so far.
CLASS = {"key": "{new}", "name": "{new}", "colour": "#123456"}

DIFFERENCES = "/releases/{release_id}/compare/{other_id}/differences.csv"
READ = "401 200 200 200 403"  # people look at everything
READ_OWN = "401 200 200 200 200"  # and a device at its own
READ_FOREIGN = "401 200 200 200 404"
READ_OTHERS = "401 404 404 200 403"  # everybody has their own, and admins see all
CURATE = "401 403 200 200 403"
CURATE_201 = "401 403 201 201 403"
CURATE_202 = "401 403 202 202 403"
CURATE_OTHERS = "401 403 404 200 403"
ADMIN = "401 403 403 200 403"
ADMIN_201 = "401 403 403 201 403"
ADMIN_202 = "401 403 403 202 403"
ADMIN_204 = "401 403 403 204 403"

OPEN = [
    row("GET", "/openapi.json", "200", open=True),
    row("HEAD", "/openapi.json", "200", open=True),
    row("GET", "/docs", "200", open=True),
    row("GET", "/docs/oauth2-redirect", "200", open=True),
    row("GET", "/docs/files/{path}", "200", open=True, path="a file of the documentation"),
    row("GET", "/{path}", "404", open=True, path="nowhere"),
    row("GET", "/health", "200", open=True),
    row("GET", "/ready", "200", open=True),
    row(
        "POST",
        "/login/access-token",
        "200",
        open=True,
        data={"username": "{login}", "password": "{password}"},
    ),
    row("POST", "/login/redeem", "204", open=True, door=DASHBOARD, json={"ticket": "{ticket}"}),
    row("POST", "/login/redeem", "401", open=True, door=DASHBOARD, json={"ticket": "{new}"}),
    row("POST", "/login/redeem", "403", open=True, door=ALONE, json={"ticket": "{ticket}"}),
    row("POST", "/login/forget", "204", open=True, door=DASHBOARD),
    row("POST", "/login/forget", "403", open=True, door=ALONE),
    # The signature is the credential: whoever asked for the link, not whoever opens it.
    row("GET", "/links/{signature}", "200", open=True, signature="link"),
    row("GET", "/links/{signature}", "200", open=True, signature="annotation_link"),
    row("GET", "/links/{signature}", "403", open=True, signature="withdrawn_link"),
    row("GET", "/links/{signature}", "403", open=True, signature="forged_link"),
    row("HEAD", "/links/{signature}", "200", open=True, signature="link"),
    row("GET", "/metrics", "401 403 403 200 403"),
]
OWN = [
    row("POST", "/login/sign-out", "401 204 204 204 204", ends_caller=True),
    row("GET", "/me", "401 200 200 200 200"),
    row("PATCH", "/me/preferences", "401 200 200 200 403", json={"threshold": 0.5}),
    row("GET", "/me/consistency", READ),
    row("GET", "/tokens", READ),
    row("GET", "/tokens", "401 403 403 200 403", query="?access={device_login}"),
    row("GET", "/tokens", "401 403 403 403 403", query="?access={login}"),  # another person's
    row("POST", "/tokens", "401 201 201 201 403", json={"name": "mine"}, by_password=True),
    row("POST", "/tokens", "401 403 201 201 403", json={"name": "wider", "scope": "user"}, by_password=True),
    row("POST", "/tokens", "401 403 403 201 403", json={"name": "wider", "scope": "admin"}, by_password=True),
    row(
        "POST",
        "/tokens",
        "401 403 403 403 403",
        json={"name": "not mine", "access": "{login}"},
        by_password=True,
    ),
    row("DELETE", "/tokens/{token_id}", "401 204 204 204 403", token_id="own_token", by_password=True),
    row("DELETE", "/tokens/{token_id}", "401 404 404 404 403", token_id="token", by_password=True),
    row("DELETE", "/tokens/{token_id}", "401 404 404 204 403", token_id="device_token", by_password=True),
    row("GET", "/mentions", READ),
    row("POST", "/mentions/seen", "401 204 204 204 403", json={"comment_ids": ["{comment}"]}),
]
MEDIA = [
    row("GET", "/media", READ_OWN),
    row("GET", "/media", READ_OWN, query="?sort=captured&uploader={login}"),
    row("GET", "/media", "401 422 422 422 422", query="?password=x"),
    row("GET", "/media/count", READ_OWN),
    row("GET", "/media/facets", READ_OWN),
    row("GET", "/media/{media_id}", READ_FOREIGN, media_id="picture"),
    row("GET", "/media/{media_id}", READ_OWN, media_id="own"),
    row("GET", "/media/{media_id}", "401 404 404 200 404", media_id="withdrawn"),
    row("GET", "/media/{media_id}", "401 200 200 200 404", media_id="waiting"),
    row("GET", "/media/{media_id}/history", READ, media_id="picture"),
    row("GET", "/media/{media_id}/history", READ, media_id="own"),
    row("GET", "/media/{media_id}/history", "401 404 404 200 403", media_id="withdrawn"),
    row("GET", "/media/{media_id}/annotations", READ, media_id="answered"),
    row("GET", "/media/{media_id}/annotations", READ, media_id="own"),
    row("GET", "/media/{media_id}/neighbours", READ, media_id="picture"),
    *(
        one
        for size in ("thumb", "screen", "original", "crop&box=0.1,0.1,0.2,0.2")
        for one in (
            row("GET", "/media/{media_id}/picture", READ_FOREIGN, query=f"?size={size}", media_id="picture"),
            row("GET", "/media/{media_id}/picture", READ_OWN, query=f"?size={size}", media_id="own"),
        )
    ),
    row("GET", "/media/{media_id}/picture", "401 404 404 200 404", media_id="withdrawn"),
    row("HEAD", "/media/{media_id}/picture", READ_FOREIGN, query="?size=original", media_id="picture"),
    row("POST", "/media", "401 403 201 201 201"),
    row("PUT", "/media/{media_id}", CURATE, media_id="picture", json={"sequence": "s"}),
    row("PUT", "/media/{media_id}", CURATE, media_id="own", json={"sequence": "s"}),
    row("PATCH", "/media/{media_id}", CURATE, media_id="picture", json={"sequence": "s"}),
    row("PATCH", "/media/{media_id}", CURATE, media_id="own", json={"sequence": "s"}),
    row("POST", "/media/tags", CURATE, json={"ids": ["{picture}"], "add": ["x"]}),
    row("POST", "/media/tags", CURATE, json={"ids": ["{own}"], "add": ["x"]}),
    row("DELETE", "/media/{media_id}", ADMIN, media_id="picture"),
    row("DELETE", "/media/{media_id}", ADMIN, media_id="own"),
    row("POST", "/media/{media_id}/restore", ADMIN, media_id="gone"),
    row("POST", "/media/{media_id}/purge", ADMIN, media_id="gone"),
    row("GET", "/media/{media_id}/url", READ_FOREIGN, media_id="picture"),
    row("GET", "/media/{media_id}/url", READ_OWN, media_id="own"),
    row("GET", "/media/{media_id}/url", "401 404 404 404 404", media_id="withdrawn"),
    row("POST", "/media/urls", READ_FOREIGN, json={"ids": ["{own}", "{picture}"]}),
    row("POST", "/media/urls", READ_OWN, json={"ids": ["{own}"]}),
    row("POST", "/uploads", "401 403 201 201 201", files={"file": ("a.jpg", "{jpeg}")}, streams=True),
    row("POST", "/archives", CURATE, files={"file": ("a.zip", "{zip}")}, streams=True),
    row(
        "POST", "/media/{media_id}/upload", "401 403 200 200 200", media_id="own_waiting",
        files={"file": ("a.jpg", "{jpeg}")}, streams=True,
    ),
    row(
        "POST", "/media/{media_id}/upload", "401 403 200 200 404", media_id="waiting",
        files={"file": ("a.jpg", "{jpeg}")}, streams=True,
    ),
    row("POST", "/media/{media_id}/frames", "401 403 202 202 403", media_id="video", json={"every_seconds": 1}),
    row("GET", "/media/{media_id}/extractions", READ, media_id="video"),
]  # fmt: skip
ANSWERS = [
    row("POST", "/media/{media_id}/annotations", CURATE_201, media_id="picture", json={"shapes": [BOX]}),
    row("POST", "/media/{media_id}/annotations", CURATE_201, media_id="own", json={"shapes": [BOX]}),
    row("POST", "/media/{media_id}/annotations", "401 403 404 404 403", media_id="absent", json={"shapes": [BOX]}),
    row("GET", "/annotations", READ),
    row("POST", "/annotations", CURATE_201, json={"media_id": "{picture}"}),
    row("GET", "/annotations/{annotation_id}", READ, annotation_id="answer"),
    row("GET", "/annotations/{annotation_id}", "401 404 404 200 403", annotation_id="withdrawn_answer"),
    row("GET", "/annotations/{annotation_id}/url", READ, annotation_id="answer"),
    row("PUT", "/annotations/{annotation_id}", ADMIN, annotation_id="empty", json={"media_id": "{picture}"}),
    row("DELETE", "/annotations/{annotation_id}", ADMIN, annotation_id="answer"),
    row(
        "POST", "/annotations/{annotation_id}/upload", ADMIN, annotation_id="empty",
        files={"file": ("a.txt", b"any")}, streams=True,
    ),
    row("GET", "/reviews", READ),
    row(
        "POST", "/reviews", CURATE_201,
        json={"media_id": "{answered}", "annotation_id": "{its_answer}", "decision": "accepted"},
    ),
    row("POST", "/reviews", ADMIN_201, json={"media_id": "{picture}", "decision": "withdrawn"}),
    row("POST", "/reviews", ADMIN_201, json={"media_id": "{gone}", "decision": "restored"}),
    row("GET", "/queue", CURATE),
    row("GET", "/queue", CURATE, query="?queue=filter"),
    row("POST", "/queue", CURATE),
    row("GET", "/queues", CURATE),
    row("POST", "/leases", CURATE, json={"media_ids": ["{picture}"]}),
    row("POST", "/leases/release", "401 403 204 204 403", json={"media_ids": ["{picture}"]}),
    row("GET", "/drafts", CURATE),
    row("PUT", "/drafts/{media_id}", "401 403 204 204 403", media_id="picture", json=DRAFT),
    row("DELETE", "/drafts/{media_id}", "401 403 204 204 403", media_id="picture"),
    row("GET", "/media/{media_id}/comments", READ, media_id="answered"),
    row("POST", "/media/{media_id}/comments", CURATE_201, media_id="picture", json=SAID),
    row("GET", "/people", READ),
    row("GET", "/agreement", READ),
    row("POST", "/media/{media_id}/spots", READ, media_id="picture", json={"boxes": [BOX["box"]]}),
    row("POST", "/media/{media_id}/spread/preview", CURATE, media_id="neighbour", json={"shape": BOX}),
    row("POST", "/media/{media_id}/spread", CURATE_201, media_id="neighbour", json=SPREAD),
    row("POST", "/batches/{batch_id}/undo", CURATE, batch_id="own_batch"),
    row("POST", "/batches/{batch_id}/undo", ADMIN, batch_id="batch"),
    row("POST", "/media/{media_id}/predictions", "401 403 201 201 404", media_id="picture", json=MODEL),
    row("POST", "/media/{media_id}/predictions", "401 403 201 201 201", media_id="own", json=MODEL),
    row("GET", "/media/{media_id}/predictions", READ, media_id="picture"),
    row("POST", "/predictions", "401 403 200 200 200", json=[{**MODEL, "media_id": "{own}"}]),
    row("GET", "/twins", READ),
    row("GET", "/twins/frozen", READ),
    row("GET", "/media/{media_id}/twins", READ, media_id="picture"),
    row("GET", "/media/{media_id}/twins", READ, media_id="own"),
    row("POST", "/twins/decisions", CURATE_201, json={"answer": "rejected", "media_ids": ["{twin}"]}),
    row("POST", "/twins/decisions/{decision_id}/undo", CURATE, decision_id="own_twin_decision"),
    row("POST", "/twins/decisions/{decision_id}/undo", ADMIN, decision_id="twin_decision"),
    row("GET", "/exports/media.csv", READ),
    row("GET", "/exports/media.csv", READ, query="?per=shape&uploader={login}"),
    row("GET", "/exports/contact-sheet.pdf", READ),
    row("POST", "/exports", "401 202 202 202 403", json={"format": "jsonl", "client_id": "{new}"}),
    row("GET", "/exports", READ),
    row("GET", "/exports/{export_id}", READ, export_id="own_export"),
    row("GET", "/exports/{export_id}", READ_OTHERS, export_id="export"),
    row("POST", "/exports/{export_id}/cancel", READ, export_id="own_asked_export"),
    row("POST", "/exports/{export_id}/cancel", READ_OTHERS, export_id="asked_export"),
    row("GET", "/exports/{export_id}/file", READ, export_id="own_export"),
    row("GET", "/exports/{export_id}/file", READ_OTHERS, export_id="export"),
    row("HEAD", "/exports/{export_id}/file", READ, export_id="own_export"),
    row("HEAD", "/exports/{export_id}/file", READ_OTHERS, export_id="export"),
    row("GET", "/exports/{export_id}/receipt", READ, export_id="own_export"),
    row("GET", "/exports/{export_id}/receipt", READ_OTHERS, export_id="export"),
    row("POST", "/releases", "401 403 202 202 403", json={"name": "{new}"}),
    row("GET", "/releases", READ),
    row("GET", "/releases/{release_id}", READ, release_id="release"),
    row("GET", "/releases/{release_id}/compare/{other_id}", READ, release_id="release", other_id="release"),
    row("GET", DIFFERENCES, READ, release_id="release", other_id="release"),
    row("DELETE", "/releases/{release_id}", ADMIN_204, release_id="release"),
    row(
        "POST", "/imports/table", "401 403 202 202 403",
        files={"file": ("edited.csv", b"media_id,base")}, streams=True,
    ),
    row("POST", "/imports", CURATE_201, json={"kind": "files", "name": "a folder", "client_id": "{new}"}),
    row("POST", "/imports", ADMIN_201, json={"kind": "prefix", "prefix": "cameras", "client_id": "{new}"}),
    row("GET", "/imports", CURATE),
    row("GET", "/imports/{import_id}", CURATE, import_id="own_import"),
    row("GET", "/imports/{import_id}", CURATE_OTHERS, import_id="import"),
    row("GET", "/imports/{import_id}/items", CURATE, import_id="own_import"),
    row("GET", "/imports/{import_id}/items", CURATE_OTHERS, import_id="import"),
    row("GET", "/imports/{import_id}/changes", CURATE, import_id="own_import"),
    row("GET", "/imports/{import_id}/changes", CURATE_OTHERS, import_id="import"),
    row(
        "POST", "/imports/{import_id}/files", CURATE_201, import_id="own_import", query="?name=a.jpg",
        files={"file": ("a.jpg", "{jpeg}")}, streams=True,
    ),
    row(
        "POST", "/imports/{import_id}/files", "401 403 404 201 403", import_id="import", query="?name=a.jpg",
        files={"file": ("a.jpg", "{jpeg}")}, streams=True,
    ),
    row("POST", "/imports/{import_id}/read", CURATE_202, import_id="own_import", json={}),
    row("POST", "/imports/{import_id}/read", "401 403 404 202 403", import_id="import", json={}),
    row("POST", "/imports/{import_id}/commit", CURATE_202, import_id="own_ready_import", json={}),
    row("POST", "/imports/{import_id}/commit", "401 403 404 202 403", import_id="ready_import", json={}),
    row("POST", "/imports/{import_id}/undo", CURATE_202, import_id="own_done_import"),
    row("POST", "/imports/{import_id}/undo", "401 403 404 202 403", import_id="done_import"),
    row("POST", "/imports/{import_id}/cancel", CURATE_202, import_id="own_import"),
    row("POST", "/imports/{import_id}/cancel", "401 403 404 202 403", import_id="import"),
]  # fmt: skip
HOUSE = [
    row("GET", "/label-classes", READ),
    row("POST", "/label-classes", ADMIN_201, json=CLASS),
    row("PATCH", "/label-classes/{key}", ADMIN, key="label_class", json={"name": "{new}"}),
    row("PATCH", "/label-classes/{key}", "401 403 403 404 403", key="new", json={"name": "{new}"}),
    row("POST", "/label-classes/{key}/retire", ADMIN, key="label_class"),
    row("POST", "/label-classes/{key}/restore", ADMIN, key="retired_class"),
    row("GET", "/label-classes/{key}/examples", READ, key="label_class"),
    row("GET", "/questions", READ),
    row("GET", "/sources", READ),
    row("POST", "/sources", ADMIN_201, json={"name": "{new}"}),
    row("PATCH", "/sources/{source_id}", ADMIN, source_id="source", json={"place": "a mast"}),
    row("GET", "/sources/{source_id}/merge", ADMIN, source_id="source", query="?into={other_source}"),
    row("POST", "/sources/{source_id}/merge", ADMIN, source_id="source", json={"into": "{other_source}"}),
    row("GET", "/devices", ADMIN),
    row("POST", "/devices", ADMIN_201, json={"login": "{new}"}, by_password=True),
    row("PATCH", "/devices/{device_id}", ADMIN, device_id="device", json={"source": "x"}, by_password=True),
    row(
        "PATCH", "/devices/{device_id}", ADMIN, device_id="device", json={"disabled": True}, by_password=True
    ),
    row("POST", "/devices/{device_id}/token", ADMIN_201, device_id="device", by_password=True),
    row("DELETE", "/devices/{device_id}/token", ADMIN_204, device_id="device", by_password=True),
    row("GET", "/accesses", ADMIN),
    row("POST", "/accesses", ADMIN_201, json={"login": "{new}", **PASSWORD}, by_password=True),
    row("GET", "/accesses/{access_id}", ADMIN, access_id="access"),
    row("GET", "/accesses/{access_id}", ADMIN, access_id="caller"),
    row("PUT", "/accesses/{access_id}", ADMIN, access_id="access", json=PASSWORD, by_password=True),
    row(
        "PATCH", "/accesses/{access_id}", ADMIN, access_id="access", json={"scope": "admin"}, by_password=True
    ),
    # Nobody raises their own scope; an admin has nothing to gain.
    row(
        "PATCH", "/accesses/{access_id}", ADMIN, access_id="caller", json={"scope": "admin"}, by_password=True
    ),
    row("DELETE", "/accesses/{access_id}", ADMIN, access_id="access", by_password=True),
    row("DELETE", "/accesses/{access_id}", "401 403 403 409 403", access_id="caller", by_password=True),
    row("GET", "/webhooks", ADMIN),
    row("POST", "/webhooks", ADMIN_201, json=HOOK),
    row("GET", "/webhooks/{webhook_id}", ADMIN, webhook_id="webhook"),
    row("PATCH", "/webhooks/{webhook_id}", ADMIN, webhook_id="webhook", json={"name": "renamed"}),
    row("DELETE", "/webhooks/{webhook_id}", ADMIN_204, webhook_id="webhook"),
    row("POST", "/webhooks/{webhook_id}/test", ADMIN_202, webhook_id="webhook"),
    row("GET", "/webhooks/{webhook_id}/deliveries", ADMIN, webhook_id="webhook"),
    row("POST", "/deliveries/{delivery_id}/retry", ADMIN_202, delivery_id="delivery"),
    row("GET", "/events", ADMIN),
    row("GET", "/exports/events.csv", ADMIN),
    row("GET", "/storage/checks", ADMIN),
    row("POST", "/storage/checks", ADMIN_202, json={"deep": "{no_check_yet}"}),
    row("GET", "/storage/checks/{check_id}", ADMIN, check_id="check"),
]
MATRIX = [*OPEN, *OWN, *MEDIA, *ANSWERS, *HOUSE]


def rows_of(door: str) -> Iterator[Row]:
    """What is asked at one of the two doors."""
    return (one for one in MATRIX if one.door in (None, door))
