"""What must hold after every fault: nothing acknowledged is lost or doubled, every list loads, the check is clean."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from sqlalchemy import func, select

from db.models import Annotation, Media, Review
from db.session import open_session
from tests.faults.trial import Caller, Trial

LISTS = (
    *("/media", "/media?state=new", "/media/count", "/annotations", "/reviews", "/label-classes", "/sources"),
    *("/accesses", "/devices", "/agreement", "/me", "/exports/media.csv"),
)


def check(trial: Trial) -> None:
    """Write down in the trial's ledger and failures what does not hold. The installation must be running."""
    with trial.caller() as caller:
        for path in LISTS:
            answer = caller.get(path)
            trial.require(
                answer.status_code == 200, f"{path} is answered {answer.status_code}: {answer.text[:200]}"
            )
        _check_uploads(trial, caller)
        _check_acts(trial)
        _check_annotations(trial, caller)
    code, report = trial.site.fsck()
    trial.require(code == 0, f"fsck --deep ended with {code}: {json.dumps(report)[:600]}")


def _check_uploads(trial: Trial, caller: Caller) -> None:
    for media_id, sha256 in trial.ledger.uploads.items():
        answer = caller.get(f"/media/{media_id}/picture", params={"size": "original"})
        if answer.status_code != 200:
            trial.ledger.lost.append(f"media {media_id} is answered {answer.status_code}")
        elif hashlib.sha256(answer.content).hexdigest() != sha256:
            trial.ledger.lost.append(f"media {media_id} has other bytes")
    for some in _parts(list(dict.fromkeys(trial.ledger.uploads.values()))):
        with open_session(read_only=True, engine=trial.site.engine) as session:
            rows = session.execute(
                select(Media.upload_sha256, func.count())
                .where(Media.upload_sha256.in_(some))
                .group_by(Media.upload_sha256)
            )
            counted = {row[0]: row[1] for row in rows}
        trial.ledger.lost.extend(f"no row has {sha256}" for sha256 in some if sha256 not in counted)
        trial.ledger.doubled.extend(f"{sha256} has {n} rows" for sha256, n in counted.items() if n > 1)


def _check_acts(trial: Trial) -> None:
    for table, acts in ((Annotation, trial.ledger.submissions), (Review, trial.ledger.reviews)):
        for some in _parts(list(acts)):
            with open_session(read_only=True, engine=trial.site.engine) as session:
                rows = session.execute(select(table.client_id, table.id).where(table.client_id.in_(some)))
                stored = {row.client_id: row.id for row in rows}
            for client_id in some:
                if stored.get(client_id) != acts[client_id]:
                    trial.ledger.lost.append(
                        f"{client_id} of {table.__tablename__} is not what was acknowledged"
                    )


def _check_annotations(trial: Trial, caller: Caller) -> None:
    for annotation_id in trial.ledger.submissions.values():
        if caller.get(f"/annotations/{annotation_id}").status_code != 200:
            trial.ledger.lost.append(f"annotation {annotation_id} cannot be read")


def _parts(items: list[str], size: int = 500) -> Iterable[list[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
