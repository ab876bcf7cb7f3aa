"""Talks to Vigie, where camera pictures are curated: `Client`, `AsyncClient`, and an `Outbox` for cameras."""

from vigie_client.client import AsyncClient, Client
from vigie_client.errors import (
    Conflict,
    ContentDiffers,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    ServerFault,
    TooLarge,
    TooManyRequests,
    Unavailable,
    UnexpectedAnswer,
    Unreachable,
    VigieError,
)
from vigie_client.folder import Uploads
from vigie_client.models.answers import NewShape
from vigie_client.models.predictions import NewPredictedShape, NewPrediction
from vigie_client.outbox import Outbox, OutboxFull, Sent
from vigie_client.retries import NEVER, Retries

__all__ = [
    "NEVER",
    "AsyncClient",
    "Client",
    "Conflict",
    "ContentDiffers",
    "NewPredictedShape",
    "NewPrediction",
    "NewShape",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "Outbox",
    "OutboxFull",
    "Refused",
    "Retries",
    "Sent",
    "ServerFault",
    "TooLarge",
    "TooManyRequests",
    "Unavailable",
    "UnexpectedAnswer",
    "Unreachable",
    "Uploads",
    "VigieError",
]
