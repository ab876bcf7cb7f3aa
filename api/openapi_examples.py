"""Examples for the OpenAPI description: made from the schemas, with words as they occur here."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

ID = 1204
MOMENT = "2026-08-12T17:42:08Z"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

# By the name of a property, or by schema and property where a name means several things. None is a real null.
WORDS: Json = {
    "access_token": "Zm9yZXN0cyBhcmUgd29ydGggd2F0Y2hpbmc",
    "acts": 1,
    "azimuth": 135.0,
    "author": "camille",
    "based_on": None,
    "batch": 17,
    "blind": False,
    "box": [0.412, 0.318, 0.447, 0.362],
    "boxes": [[0.412, 0.318, 0.447, 0.362]],
    "bucket_key": f"media/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}.jpg",
    "capped": False,
    "captured_at_assumed": False,
    "camera": "Reolink RLC-811A",
    "client_id": "5f0c1b52-6c1e-4a39-9a51-7d1df2a1c3aa",
    "codec": "h264",
    "colour": "#E0702F",
    "comment": "A thin column over the ridge.",
    "confidence": 0.87,
    "content_type": "image/jpeg",
    "count": 12,
    "cursor": "WzAsMTIwNF0",
    "decision": "accepted",
    "detail": "Nothing was changed.",
    "dispute": None,
    "duration": None,
    "events": ["media.registered"],
    "exclusive_group": None,
    "extracted_from_id": None,
    "file": "(the bytes of the file)",
    "file_name": "CAM-12_2026-08-12T17-42-08.jpg",
    "frame_rate": None,
    "grant_type": "password",
    "guide": "Smoke of a fire that is not under control.",
    "height": 1080,
    "held": 0,
    "hotkey": "w",
    "into": 3,
    "ip": "192.0.2.17",
    "key": "wildfire",
    "label_class": "wildfire",
    "label_classes": [],
    "language": "fr",
    "lat": 44.6021,
    "last_review": None,
    "leased_by": None,
    "left_out": [],
    "login": "camille",
    "logins": ["camille", "jo"],
    "lon": 4.4125,
    "look": None,
    "lost": [],
    "model": "pyro-engine 2.1",
    "must_change_password": False,
    "next_cursor": None,
    "notes": [],
    "origin": "human",
    "original_is_upright": True,
    "parent": None,
    "password": "a good long password",
    "place": "Serre de Barre, looking south-east",
    "points": None,
    "per": "media",
    "position": 1,
    "prediction": None,
    "predictions": [],
    "previous_cursor": None,
    "remove": [],
    "retired": False,
    "scope": "user",
    "score": 0.87,
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "sentence": "Is there smoke that no shape shows?",
    "sequence": "CAM-12-2026-08-12-17",
    "sent_to": None,
    "sha256": SHA256,
    "source": "CAM-12",
    "state": "annotated",
    "state_after": "annotated",
    "state_before": "new",
    "tags": ["dawn"],
    "text": "@jo is this dust or smoke?",
    "timezone": "Europe/Paris",
    "token": "vg_4J7n0pX2mQ9sT5uY8aD3gH6jLr1",
    "token_type": "bearer",
    "twin": False,
    "type": "image",
    "undoes": None,
    "chooses": None,
    "to": None,
    "uploaded_by": "cam-12",
    "url": "https://vigie.example.org/hooks",
    "username": "camille",
    "who": "camille",
    "why": "It is not new any more.",
    "width": 1920,
    "zone": "Europe/Paris",
    "LabelClassOut.name": "Wildfire smoke",
    "address": "192.0.2.17",
    "asked_by": "camille",
    "attempts": 1,
    "code": "media_not_found",
    "disabled": False,
    "disabled_at": None,
    "error": None,
    "event": "media.registered",
    "every_seconds": 10,
    "expires_in_days": 90,
    "failing": 0,
    "frames": 120,
    "given_up": 0,
    "given_up_at": None,
    "made_by": "camille",
    "media_total": 1204,
    "message_id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
    "name": "CAM-12",
    "next_attempt_at": None,
    "overlap_minutes": 10,
    "problem": None,
    "repeated": False,
    "silent": False,
    "status": 204,
    "total": 120,
    "waiting": 0,
    "DeviceChange.login": "cam-12",
    "DeviceIn.login": "cam-12",
    "DeviceMade.login": "cam-12",
    "DeviceOut.login": "cam-12",
    "EventView.name": "media_registered",
    "LinkOut.url": "https://vigie.example.org/api/links/WyJtZWRpYSIsMTIwNF0.Gx1f",
    "MediaLinkOut.url": "https://vigie.example.org/api/links/WyJtZWRpYSIsMTIwNF0.Gx1f",
    "ReleaseIn.name": "autumn 2026",
    "ReleaseIn.split": {"train": 0.8, "val": 0.1, "test": 0.1, "seed": 7},
    "ReleaseView.name": "autumn 2026",
    "ReleaseView.state": "ready",
    "ReleaseView.split": {"train": 0.8, "val": 0.1, "test": 0.1, "seed": 7},
    "SourceMerge.into": "CAM-12 north",
    "SourceView.media": 1204,
    "TokenIn.access": None,
    "TokenIn.name": "Export of every night",
    "TokenMade.name": "Export of every night",
    "TokenView.name": "Export of every night",
    "TwinDecisionIn.seen_acts": {"1204": 3},
    "FacetsOut.state": {"new": 412, "annotated": 37, "accepted": 11024},
    "QueueCount.key": "to_review",
    "QueueCount.name": "To review",
    "QuestionOut.key": "missed_smoke",
    "QuestionOut.asked": "optional",
    "HistoryEntry.what": "submitted",
    "AnnotationView.content": "shapes",
    "SubmittedOut.review": None,
    "AnnotationIn.decision": None,
    "AnnotationIn.comment": None,
    "replies": {"missed_smoke": False},
    "keys": {"accept": "a"},
    "preferences": {"language": "fr", "keys": {}},
}
TEXTS = {
    "text/csv": "id,type,state,file_name\r\n1204,image,accepted,CAM-12_2026-08-12T17-42-08.jpg\r\n",
    "text/plain": "vigie_requests_total 1204\n",
    "application/x-ndjson": '{"name": "IMG_0001.jpg", "outcome": "registered", "media_id": 1204}\n',
}
DEEPEST = 6


class Examples:
    """Makes one example of any schema of a description."""

    def __init__(self, schemas: Json) -> None:
        self._schemas = schemas

    def of_content(self, media_type: str, schema: Json) -> Any:
        """An example of a body or an answer; None of what is no text."""
        if text := TEXTS.get(media_type.partition(";")[0]):
            return text
        if media_type == "application/json" or "form" in media_type:
            return self._of(schema, "", "", 0)
        return None

    def _of(self, schema: Json, owner: str, name: str, depth: int) -> Any:
        if "$ref" in schema:
            owner = schema["$ref"].rpartition("/")[2]
            return self._of(self._schemas[owner], owner, name, depth)
        for word in (f"{owner}.{name}", name):
            if word in WORDS and _fits(WORDS[word], schema):
                return WORDS[word]
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self._of_several(schema[several], owner, name, depth)
        return self._of_type(schema, owner, name, depth)

    def _of_several(self, several: list[Json], owner: str, name: str, depth: int) -> Any:
        nullable = any(one.get("type") == "null" for one in several)
        if nullable and depth > DEEPEST:
            return None
        return self._of(next(one for one in several if one.get("type") != "null"), owner, name, depth)

    def _of_type(self, schema: Json, owner: str, name: str, depth: int) -> Any:
        match schema.get("type"):
            case "object":
                return self._of_object(schema, owner, depth)
            case "array":
                if "prefixItems" in schema:
                    return [self._of(item, owner, "", depth + 1) for item in schema["prefixItems"]]
                if depth > DEEPEST:
                    return []
                singular = name.removesuffix("s") if name.endswith("ids") else ""
                return [self._of(schema.get("items", {}), owner, singular, depth + 1)]
            case "integer":
                return _number(schema, ID if name == "id" or name.endswith(("_id", "_ids")) else 1)
            case "number":
                return _number(schema, 0.5)
            case "boolean":
                return True
            case "string":
                return _text(schema, name)
        return None

    def _of_object(self, schema: Json, owner: str, depth: int) -> Json:
        values = schema.get("additionalProperties")
        if "properties" not in schema and isinstance(values, dict):
            return {"changed": self._of(values, owner, "", depth + 1)}
        return {
            each: self._of(part, owner, each, depth + 1)
            for each, part in schema.get("properties", {}).items()
        }


def _number(schema: Json, wanted: float) -> Any:
    return min(max(wanted, schema.get("minimum", wanted)), schema.get("maximum", wanted))


def _text(schema: Json, name: str) -> str:
    if schema.get("format") == "date-time":
        return MOMENT
    if schema.get("format") == "date":
        return MOMENT[:10]
    return name.replace("_", " ") or "text"


def _fits(value: Any, schema: Json) -> bool:
    """Whether a word may stand here at all: a name that means something else elsewhere is passed over."""
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return any("$ref" not in one and _fits(value, one) for one in several)
    if "enum" in schema:
        return value in schema["enum"]
    if "const" in schema:
        return bool(value == schema["const"])
    kinds = {
        "null": value is None,
        "boolean": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "string": isinstance(value, str) and "format" not in schema,
        "array": isinstance(value, list) and len(value) >= schema.get("minItems", 0),
        "object": isinstance(value, dict),
    }
    return kinds.get(schema.get("type", ""), False)
