"""The receipt of an export on the screen: what its sums, reasons and warnings become."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from components.datasets.receipt import receipt_node
from curation.datasets.asking import ExportView
from curation.datasets.receipt import Reason, ReceiptBook
from db.models import State
from language import Language, speaking
from tests.dataset_items import a_box_shape, an_item

VIEW = ExportView(
    id=7,
    format="yolo",
    state="ready",
    asked_by="curator",
    filter={},
    release_id=None,
    release=None,
    since_release_id=None,
    since_release=None,
    since_at=None,
    options={},
    frozen_at=None,
    done=2,
    total=2,
    progress=1.0,
    size=0,
    file_name="vigie-yolo.zip",
    content_type="application/zip",
    sha256=None,
    receipt=None,
    error=None,
    created_at=datetime(2026, 8, 12, tzinfo=UTC),
    finished_at=None,
    expires_at=None,
)


@pytest.fixture
def receipt():
    with ReceiptBook() as book:
        yield book


def shown(receipt):
    return receipt_node(VIEW, receipt.to_payload(), {"wildfire": "Wildfire"})


def texts(described):
    if isinstance(described, str):
        return [described]
    return [text for child in described["children"] for text in texts(child)]


def rows(described):
    """The lines of all its tables, as text."""
    if isinstance(described, str):
        return []
    if described["tag"] == "tr":
        return [["".join(texts(cell)) for cell in described["children"]]]
    return [row for child in described["children"] for row in rows(child)]


def test_each_label_class_stands_in_each_state_with_its_media_and_shapes(receipt):
    for item in (an_item(1, a_box_shape(), a_box_shape()), an_item(2, a_box_shape(), state=State.PARKED)):
        receipt.in_scope(item)
        receipt.exported(item)
    found = rows(shown(receipt))
    assert ["Label class", "State", "exported", "shapes exported"] in found
    assert ["Wildfire", "accepted", "1", "2"] in found
    assert ["Wildfire", "parked", "1", "1"] in found
    assert ["Wildfire", "2", "3"] in found


def test_shapes_that_were_left_out_have_a_column(receipt):
    item = an_item(1, a_box_shape())
    receipt.in_scope(item)
    receipt.left_out(item, Reason.VIDEO)
    assert ["Wildfire", "0", "1", "1"] in rows(shown(receipt))


def test_what_to_know_before_the_file_is_used_is_said(receipt):
    item = an_item(1, split="val")
    receipt.in_scope(item)
    receipt.exported(item)
    assert any("Nothing is in train" in text for text in texts(shown(receipt)))


@pytest.mark.parametrize(
    ("many", "balance", "gone"),
    [
        (1, "1 concerné=1 exporté+0 laissé de côté", "1 retiré"),
        (3, "3 concernés=3 exportés+0 laissé de côté", "3 retirés"),
    ],
)
def test_words_of_a_balance_agree_with_how_many_there_are(receipt, many, balance, gone):
    for number in range(many):
        for item in (an_item(number), an_item(100 + number, removed="withdrawn")):
            receipt.in_scope(item)
            receipt.exported(item)
    with speaking(Language.FRENCH):
        told = texts(shown(receipt))
    assert "".join(told).startswith(balance)
    assert any(text.endswith(f": {gone}") for text in told)
