"""How imports are put into words: formats, states, outcomes."""

from __future__ import annotations

from curation.imports.dataset_reading import NOTHING
from curation.imports.readers import NOT_ONE_IS_IN_IT
from curation.imports.readers.table import NO_COLUMNS
from curation.imports.running import UNREADABLE
from curation.imports.views import ImportView
from db.models import ImportKind, ImportOutcome, ImportState
from language import _, later, plural
from language.retold import retold

FORMATS = {
    "coco": later("COCO"),
    "yolo": later("YOLO"),
    "voc": later("Pascal VOC"),
    "csv": later("CSV"),
    "jsonl": later("JSON Lines"),
    "label_studio": later("Label Studio"),
    "cvat": later("CVAT"),
}
KINDS = {
    ImportKind.ARCHIVE: later("ZIP"),
    ImportKind.FILES: later("files"),
    ImportKind.PREFIX: later("part of the bucket"),
    ImportKind.TABLE: later("edited table"),
}
STATES = {
    ImportState.RECEIVING: later("files arrive"),
    ImportState.READING: later("being read"),
    ImportState.READY: later("to be looked at"),
    ImportState.COMMITTING: later("being imported"),
    ImportState.DONE: later("imported"),
    ImportState.UNDOING: later("being undone"),
    ImportState.UNDONE: later("undone"),
    ImportState.CANCELLED: later("cancelled"),
    ImportState.FAILED: later("failed"),
}
OUTCOMES = (  # as they follow one another on the screens
    ImportOutcome.CREATED,
    ImportOutcome.ALREADY_THERE,
    ImportOutcome.CHANGED,
    ImportOutcome.LEFT_OUT,
    ImportOutcome.FAILED,
    ImportOutcome.WAITING,
    ImportOutcome.UNDONE,
)

# Why an import could not be read where reading it as something else may help.
READ_OTHERWISE = (NOTHING, NO_COLUMNS, NOT_ONE_IS_IN_IT, UNREADABLE)


def format_name(name: str | None) -> str:
    return _(FORMATS[name]) if name in FORMATS else _("pictures only")


def outcome_word(count: int, outcome: ImportOutcome) -> str:
    """What stands behind a number of entries: French says it otherwise of several."""
    return {
        ImportOutcome.CREATED: plural(count, "new here", "new here"),
        ImportOutcome.ALREADY_THERE: _("already here"),
        ImportOutcome.CHANGED: plural(count, "changed", "changed"),
        ImportOutcome.LEFT_OUT: plural(count, "left out", "left out"),
        ImportOutcome.FAILED: plural(count, "failed", "failed"),
        ImportOutcome.WAITING: _("waiting"),
        ImportOutcome.UNDONE: plural(count, "undone", "undone"),
    }[outcome]


def why_text(why: str | None) -> str:
    """Why an entry was not done, or not all of it: each line is a sentence of its own."""
    return "\n".join(retold(sentence) for sentence in (why or "").splitlines())


def import_address(view: ImportView) -> str:
    section = "section=table&" if view.kind == ImportKind.TABLE else ""
    return f"/imports?{section}import={view.id}"
