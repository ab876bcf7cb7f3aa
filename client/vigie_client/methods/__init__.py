"""Every route of the API, described once. The names are those of the use cases behind them."""

from vigie_client.methods.accesses import AccessMethods
from vigie_client.methods.annotations import AnnotationMethods
from vigie_client.methods.answers import AnswerMethods
from vigie_client.methods.dataset_exports import DatasetExportMethods
from vigie_client.methods.desk import DeskMethods
from vigie_client.methods.devices import DeviceMethods
from vigie_client.methods.exports import ExportMethods
from vigie_client.methods.imports import ImportMethods
from vigie_client.methods.label_classes import LabelClassMethods
from vigie_client.methods.media import MediaMethods
from vigie_client.methods.predictions import PredictionMethods
from vigie_client.methods.releases import ReleaseMethods
from vigie_client.methods.sign_in import SignInMethods
from vigie_client.methods.storage import StorageMethods
from vigie_client.methods.twins import TwinMethods
from vigie_client.methods.uploads import UploadMethods
from vigie_client.methods.webhooks import WebhookMethods

__all__ = ["Methods"]


class Methods(
    SignInMethods,
    UploadMethods,
    MediaMethods,
    AnswerMethods,
    AnnotationMethods,
    PredictionMethods,
    TwinMethods,
    DeskMethods,
    LabelClassMethods,
    ExportMethods,
    DatasetExportMethods,
    ReleaseMethods,
    ImportMethods,
    AccessMethods,
    DeviceMethods,
    WebhookMethods,
    StorageMethods,
):
    """What both clients can do."""
