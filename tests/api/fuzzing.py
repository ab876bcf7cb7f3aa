"""Requests nobody thought of: schemathesis, with every check it has, as one scope after the other."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from fastapi import FastAPI
from hypothesis import strategies
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from sqlalchemy import update
from sqlalchemy.orm import Session

from api.openapi_examples import ID
from curation.sign_in import issue_access_token
from db.models import Access, Blob, Media, Scope, Token
from db.session import open_session
from storage import open_bucket
from tests.factories import a_jpeg, a_media, an_access, hashed_password

SCOPES = ("anonymous", *(scope.value for scope in Scope))
# The caller and its token, where made-up ids seldom lead: who disables itself is told 401 from there on.
FAR = 900_000_001
PHASES = ("examples", "coverage", "fuzzing", "stateful")
# Rules that no schema can tell are refused with a code of their own: 422 for a label class that is not there or a box
# whose left is right of its right, 413 for too many at once. `refuses_what_the_schema_allows`, below, watches that
# nothing else is refused.
BY_OTHER_RULES = ["2xx", "401", "403", "404", "409", "413", "422", "429"]


@dataclass
class Outcome:
    """What one run asked and found."""

    requests: Counter[str] = field(default_factory=Counter)  # by phase
    statuses: Counter[int] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        by_phase = ", ".join(f"{number:,} {phase}" for phase, number in self.requests.items())
        by_status = ", ".join(f"{status} {number:,}" for status, number in sorted(self.statuses.items()))
        lines = [
            f"{self.requests.total():,} requests ({by_phase}); {self.checks.total():,} checks passed; "
            f"answers: {by_status}; {len(self.failures)} failures",
            *(f"--- {name}\n{told}" for name, told in self.failures.items()),
        ]
        return "\n".join(lines)


def furnish(scope: str) -> dict[str, str]:
    """What the examples speak of, and the header of a new caller; none for `anonymous`."""
    with open_session() as session:
        given = Scope.USER if scope == "anonymous" else Scope(scope)
        access = Access(id=FAR, login="fuzz", hashed_password=hashed_password(), scope=given)
        session.add(access)
        session.flush()
        an_access(session, Scope.DEVICE)
        media = a_media(session, uploaded_by=access, id=ID, source="CAM-12", tags=["dawn"])
        _store(session, media)
        a_media(session, source="CAM-12")  # whose object is lost
        if scope == "anonymous":
            return {}
        secret = issue_access_token(session, access, "fuzz")
        session.flush()
        session.execute(update(Token).where(Token.access_id == FAR).values(id=FAR))
        return {"Authorization": f"Bearer {secret}"}


def _store(session: Session, media: Media) -> None:
    """A real picture behind the media."""
    content = a_jpeg()
    sha256 = hashlib.sha256(content).hexdigest()
    blob = session.get_one(Blob, media.blob_id)
    blob.sha256, blob.size, blob.width, blob.height = sha256, len(content), 320, 240
    blob.bucket_key = media.bucket_key = f"media/{sha256[:2]}/{sha256[2:4]}/{sha256}.jpg"
    media.upload_sha256 = sha256
    open_bucket().put(
        blob.bucket_key, io.BytesIO(content), size=len(content), content_type="image/jpeg", sha256=sha256
    )


def fuzz(
    app: FastAPI,
    headers: dict[str, str],
    *,
    examples: int,
    seed: int | None = None,
    phases: Sequence[str] = PHASES,
) -> Outcome:
    """Everything that schemathesis finds with so many examples for each route; the same for the same seed."""
    generation = {
        "max-examples": examples,
        "deterministic": seed is not None,
        "database": "none",
        "no-shrink": True,
    }
    config = SchemathesisConfig.from_dict(
        {
            **({"seed": seed} if seed is not None else {}),
            "headers": headers,
            "generation": generation,
            "phases": {phase: {"enabled": phase in phases} for phase in PHASES},
            "continue-on-failure": True,
            "checks": {"positive_data_acceptance": {"expected-statuses": BY_OTHER_RULES}},
            "operations": [
                {
                    # No job runs here: an export that was asked for waits, and is told so to whoever wants its file.
                    "include-operation-id": "read_export_file",
                    "checks": {
                        "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]},
                        "positive_data_acceptance": {"expected-statuses": [*BY_OTHER_RULES, "503"]},
                    },
                }
            ],
        }
    )
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    outcome = Outcome()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _read(event.recorder, event.phase.value, outcome)
        elif isinstance(event, events.NonFatalError):
            outcome.failures[f"{event.label}: not tried"] = repr(event.value)
        elif isinstance(event, events.FatalError):
            raise event.exception
    return outcome


def _read(recorder: ScenarioRecorder, phase: str, outcome: Outcome) -> None:
    outcome.requests[phase] += len(recorder.interactions)
    for interaction in recorder.interactions.values():
        if interaction.response is not None:
            outcome.statuses[interaction.response.status_code] += 1
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                outcome.checks[check.name] += 1
                continue
            case, failure = recorder.cases[case_id].value, check.failure_info.failure
            answer = recorder.interactions[case_id].response
            said = f"{answer.status_code} {answer.content[:500]!r}" if answer else "no answer"
            outcome.failures.setdefault(
                f"{check.name}: {case.method} {case.path}: {failure.title}",
                f"{failure.message}\n{check.failure_info.code_sample[:1500]}\nanswered {said}",
            )


@schemathesis.check
def refuses_what_the_schema_allows(ctx: Any, response: Any, case: Any) -> None:
    """What fits the schema of a route may break another rule, but the route must have been able to read it."""
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.json()["code"] == "invalid_request":
        raise Failure(
            operation=case.operation.label,
            title="The schema promises what the route refuses",
            message=response.text,
        )


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """What answers have named is asked for again; the caller shall not take its own rights away."""
    for name, value in (case.path_parameters or {}).items():
        if str(value) == str(FAR):
            case.path_parameters[name] = FAR + 1


def _files() -> Iterator[bytes]:
    yield b""
    yield b"GIF89a"
    for _ in range(20):
        yield a_jpeg()


# Bytes of files: half of them pictures that can be registered.
schemathesis.openapi.format(
    "binary", strategies.one_of(strategies.sampled_from(list(_files())), strategies.binary())
)
