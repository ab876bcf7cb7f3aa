"""Predictions: apart from answers until somebody takes them, and then said to be what they are."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from sqlalchemy import event

from curation.annotation_files import annotation_document
from curation.annotations import submit_annotation
from curation.browse import count_matches, get_details, list_page
from curation.drafts import keep_draft, list_drafts
from curation.errors import (
    AnswerIncomplete,
    Conflict,
    InvalidShape,
    InvalidText,
    MediaNotFound,
    NotAllowed,
    TooLarge,
    UnknownLabelClass,
    UnknownPrediction,
    WrongState,
)
from curation.exports import export_csv
from curation.label_classes import list_label_classes, retire_label_class
from curation.media_filter import MediaFilter
from curation.media_view import annotation_views
from curation.prediction_figures import model_uses
from curation.prediction_view import fill_predictions
from curation.predictions import (
    Added,
    PredictionDraft,
    add_prediction,
    add_predictions,
    list_models,
    list_predictions,
)
from db.models import Annotation, AppliesTo, Media, Origin, Prediction, Scope, State, utc_now
from db.session import get_engine, open_session
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin

SMOKE = {"label_class": "wildfire", "box": [0.1, 0.2, 0.3, 0.4], "confidence": 0.87}
CLOUD = {"label_class": "high_cloud", "box": [0.5, 0.1, 0.9, 0.3], "confidence": 0.41}


def a_prediction(session, media, *shapes, model="yolo 11", access=None, **more):
    draft = PredictionDraft(media.id, model, shapes or (SMOKE, CLOUD), **more)
    return add_prediction(session, access or an_access(session), draft).prediction


def taken(found, number=0, **changes):
    """A shape as the workbench hands it in."""
    shape = found.shapes[number]
    return {
        "label_class": shape.label_class,
        "box": list(shape.box),
        "points": shape.points,
        "prediction": found.id,
        **changes,
    }


def submit(session, media, *shapes, access=None, **more):
    return submit_annotation(session, access or an_access(session), media.id, shapes=shapes, **more)


# --- handing them in -------------------------------------------------------------------------------


def test_a_prediction_is_stored_and_changes_nothing_of_the_media_but_its_score(session):
    media = a_media(session)
    prediction = a_prediction(session, media)
    session.refresh(media)
    assert (media.state, media.act_count, media.current_annotation_id) == (State.NEW, 0, None)
    assert media.score == prediction.score == 0.87
    (shown,) = get_details(session, an_access(session), media.id).predictions
    assert shown == prediction
    assert [(shape.label_class, shape.box, shape.confidence) for shape in shown.shapes] == [
        ("wildfire", (0.1, 0.2, 0.3, 0.4), 0.87),
        ("high_cloud", (0.5, 0.1, 0.9, 0.3), 0.41),
    ]


def test_the_score_is_the_one_given_else_the_highest_confidence_else_nothing_was_seen(session):
    media = a_media(session, score=0.5)
    assert a_prediction(session, media, score=0.2).score == 0.2
    seen_nothing = PredictionDraft(media.id, "yolo 11")
    assert add_prediction(session, an_access(session), seen_nothing).prediction.score == 0
    session.refresh(media)
    assert media.score == 0


def test_of_several_by_one_model_the_newest_is_shown_and_all_are_listed(session):
    media, viewer = a_media(session), a_viewer(session)
    first = a_prediction(session, media, SMOKE)
    other = a_prediction(session, media, CLOUD, model="rtdetr 2")
    second = a_prediction(session, media, CLOUD)
    assert get_details(session, viewer, media.id).predictions == [other, second]
    page = list_predictions(session, viewer, media.id, limit=2)
    assert page.items == [second, other]
    assert list_predictions(session, viewer, media.id, page.next_cursor).items == [first]
    assert list_models(session) == ["rtdetr 2", "yolo 11"]


def test_a_repeated_client_id_gives_back_what_was_stored(session):
    media, sender = a_media(session), an_access(session)
    draft = PredictionDraft(media.id, "yolo 11", [SMOKE], client_id="prediction-1")
    first = add_prediction(session, sender, draft)
    again = add_prediction(session, sender, PredictionDraft(media.id, "other", [], client_id="prediction-1"))
    assert (again.prediction, again.repeated) == (first.prediction, True)
    with pytest.raises(Conflict):
        add_prediction(session, an_access(session), draft)
    with pytest.raises(Conflict):
        add_prediction(
            session, sender, PredictionDraft(a_media(session).id, "y", [], client_id="prediction-1")
        )


def test_a_device_predicts_about_its_own_media_only(session):
    device = an_access(session, Scope.DEVICE)
    own, foreign = a_media(session, uploaded_by=device), a_media(session)
    assert a_prediction(session, own, access=device).shapes
    with pytest.raises(MediaNotFound):
        a_prediction(session, foreign, access=device)
    with pytest.raises(NotAllowed):
        list_predictions(session, device, own.id)
    with pytest.raises(NotAllowed):
        a_prediction(session, own, access=a_viewer(session))


def test_nothing_is_predicted_about_what_is_withdrawn_absent_or_without_content(session):
    admin = an_admin(session)
    for hidden in (a_media(session, state=State.WITHDRAWN).id, 999_999):
        with pytest.raises(MediaNotFound):
            add_prediction(session, admin, PredictionDraft(hidden, "yolo 11", [SMOKE]))
    empty = a_media(session, state=State.AWAITING_CONTENT)
    empty.blob_id = None
    session.flush()
    with pytest.raises(WrongState):
        a_prediction(session, empty)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"confidence": math.nan}, InvalidShape),
        ({"confidence": -0.01}, InvalidShape),
        ({"confidence": 1.01}, InvalidShape),
        ({"confidence": None}, InvalidShape),
        ({"confidence": True}, InvalidShape),
        ({"box": [0.1, 0.2, 0.1, 0.4]}, InvalidShape),
        ({"box": [0.1, 0.2, math.inf, 0.4]}, InvalidShape),
        ({"label_class": "dragon"}, UnknownLabelClass),
        ({"label_class": None}, InvalidShape),
    ],
)
def test_a_shape_that_makes_no_sense_is_refused_and_nothing_is_stored(session, change, error):
    media = a_media(session)
    with pytest.raises(error):
        a_prediction(session, media, SMOKE, {**SMOKE, **change})
    assert get_details(session, an_admin(session), media.id).predictions == []


@pytest.mark.parametrize("draft", [{"model": " "}, {"model": "yes"}, {"score": 1.5}, {"score": math.nan}])
def test_a_model_has_a_name_and_its_score_is_a_share(session, draft):
    with pytest.raises(InvalidText):
        add_prediction(
            session,
            an_access(session),
            PredictionDraft(**{"media_id": a_media(session).id, "model": "m"} | draft),
        )


def test_five_hundred_shapes_are_stored_and_one_more_is_refused(session):
    media = a_media(session)
    assert len(a_prediction(session, media, *[SMOKE] * 500).shapes) == 500
    with pytest.raises(InvalidShape):
        a_prediction(session, media, *[SMOKE] * 501)


def test_a_hundred_at_once_take_a_handful_of_statements_and_each_has_its_own_result(installation):
    with open_session() as session:
        sender = an_access(session)
        ids = [a_media(session, uploaded_by=sender).id for _ in range(97)]
    drafts = [PredictionDraft(number, "yolo 11", [SMOKE, CLOUD]) for number in ids]
    repeat = PredictionDraft(ids[0], "rtdetr 2", [SMOKE], client_id="prediction-1")
    drafts += [repeat, repeat, PredictionDraft(999_999, "yolo 11")]
    statements = []
    event.listen(get_engine(), "before_cursor_execute", lambda *given: statements.append(given[2]))
    with open_session() as session:
        outcomes = add_predictions(session, sender, drafts)
    if get_engine().dialect.name == "postgresql":
        assert len(statements) <= 8
    assert [outcome.repeated for outcome in outcomes[:-1]] == [False] * 98 + [True]
    assert outcomes[97].prediction == outcomes[98].prediction
    assert isinstance(outcomes[-1], MediaNotFound)
    with open_session() as session:
        views = list_page(session, sender, MediaFilter(predicted="yes"), limit=200).items
        fill_predictions(session, views)
        assert len(views) == 97
        assert all(len(view.predictions[-1].shapes) == 2 for view in views)
    with open_session() as session, pytest.raises(TooLarge):
        add_predictions(session, sender, [repeat] * 101)


def test_lists_carry_predictions_where_they_carry_answers_and_never_to_a_device(session):
    device = an_access(session, Scope.DEVICE)
    media = a_media(session, uploaded_by=device)
    a_prediction(session, media)
    (item,) = list_page(session, an_access(session), MediaFilter(), answers=True).items
    assert [prediction.model for prediction in item.predictions] == ["yolo 11"]
    (item,) = list_page(session, device, MediaFilter(), answers=True).items
    assert item.predictions == []


# --- taking them into an answer --------------------------------------------------------------------


def test_a_shape_taken_as_it_is_is_the_models_with_its_confidence(session):
    media = a_media(session)
    prediction = a_prediction(session, media)
    claimed = taken(prediction, origin="human", confidence=0.01)
    answer = submit(session, media, claimed).annotation
    (shape,) = answer.shapes
    assert (shape.origin, shape.confidence, shape.prediction, shape.model) == (
        "model", 0.87, prediction.id, "yolo 11",
    )  # fmt: skip
    assert annotation_views(session, [answer.id])[0].shapes == [shape]
    assert annotation_document(session, answer.id)["shapes"][0]["model"] == "yolo 11"


@pytest.mark.parametrize("change", [{"box": [0.1, 0.2, 0.31, 0.4]}, {"label_class": "industrial"}])
def test_a_shape_that_was_corrected_is_the_curators_and_says_where_it_came_from(session, change):
    media = a_media(session)
    prediction = a_prediction(session, media)
    (shape,) = submit(session, media, taken(prediction, **change, origin="model")).annotation.shapes
    assert (shape.origin, shape.confidence, shape.model) == ("human", None, "yolo 11")


def test_rounding_on_the_way_is_no_correction(session):
    media = a_media(session)
    prediction = a_prediction(session, media, {**SMOKE, "box": [1 / 3, 1 / 7, 2 / 3, 6 / 7]})
    rounded = [round(number, 7) for number in prediction.shapes[0].box]
    (shape,) = submit(session, media, taken(prediction, box=rounded)).annotation.shapes
    assert (shape.origin, shape.box) == ("model", prediction.shapes[0].box)


def test_a_polygon_is_compared_point_by_point(session):
    media = a_media(session)
    points = [[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]]
    prediction = a_prediction(
        session, media, {"label_class": "wildfire", "points": points, "confidence": 0.5}
    )
    moved = [*points[:2], [0.2, 0.41]]
    as_is, corrected, as_box = submit(
        session,
        media,
        taken(prediction),
        taken(prediction, points=moved),
        taken(prediction, points=None),
    ).annotation.shapes
    assert [as_is.origin, corrected.origin, as_box.origin] == ["model", "human", "human"]


def test_shapes_of_two_models_stand_beside_ones_own_and_each_says_whose_it_is(session):
    media = a_media(session)
    first = a_prediction(session, media, SMOKE)
    second = a_prediction(session, media, CLOUD, model="rtdetr 2")
    own = a_box(box=(0.6, 0.6, 0.7, 0.7))
    answer = submit(session, media, taken(first), own, taken(second)).annotation
    assert [(shape.origin, shape.model) for shape in answer.shapes] == [
        ("model", "yolo 11"), ("human", None), ("model", "rtdetr 2"),
    ]  # fmt: skip


def test_an_answer_made_of_predictions_is_its_curators_so_that_it_gets_second_opinions(session):
    media = a_media(session)
    prediction = a_prediction(session, media)
    answer = submit(session, media, taken(prediction), taken(prediction, 1)).annotation
    assert session.get_one(Annotation, answer.id).origin == Origin.HUMAN
    program = submit(session, a_media(session), a_box() | {"origin": "model", "confidence": 0.9}).annotation
    assert program.origin == "model"


def test_what_was_taken_keeps_its_origin_through_the_next_answer(session):
    media = a_media(session)
    prediction = a_prediction(session, media)
    first = submit(session, media, taken(prediction)).annotation
    a_prediction(session, media, CLOUD)  # newer, and not the one on the screen
    again = submit(session, media, taken(prediction), a_box(), based_on=first.id).annotation
    assert [shape.origin for shape in again.shapes] == ["model", "human"]


@pytest.mark.parametrize("foreign", [True, False])
def test_a_prediction_about_another_media_cannot_be_taken(session, foreign):
    media = a_media(session)
    prediction = a_prediction(session, a_media(session) if foreign else media)
    number = prediction.id if foreign else 999_999
    with pytest.raises(UnknownPrediction):
        submit(session, media, taken(prediction, prediction=number))


def test_a_retired_label_class_may_be_predicted_and_not_be_taken(session):
    admin, media = an_admin(session), a_media(session)
    cloud = next(found for found in list_label_classes(session) if found.key == "high_cloud")
    retire_label_class(session, admin, cloud.id)
    prediction = a_prediction(session, media)
    assert prediction.shapes[1].label_class == "high_cloud"
    with pytest.raises(AnswerIncomplete):
        submit(session, media, taken(prediction, 1))
    (shape,) = submit(session, media, taken(prediction, 1, label_class="low_cloud")).annotation.shapes
    assert (shape.origin, shape.prediction) == ("human", prediction.id)


def test_a_label_class_for_whole_pictures_labels_no_predicted_shape(session):
    cloud = next(found for found in list_label_classes(session) if found.key == "high_cloud")
    cloud.applies_to = AppliesTo.MEDIA
    with pytest.raises(InvalidShape):
        a_prediction(session, a_media(session))


def test_a_draft_remembers_what_its_shapes_were_taken_from(session):
    media, curator = a_media(session), an_access(session)
    prediction = a_prediction(session, media)
    keep_draft(
        session, curator, media.id, shapes=[taken(prediction)], labels=[], replies={}, based_on=None, made_at=utc_now()
    )  # fmt: skip
    assert list_drafts(session, curator)[0].drawing["shapes"][0]["prediction"] == prediction.id


# --- finding and exporting -------------------------------------------------------------------------


def test_the_filter_tells_what_is_predicted_and_by_whom(session):
    viewer = a_viewer(session)
    one, both, none = a_media(session), a_media(session), a_media(session)
    a_prediction(session, one)
    a_prediction(session, both)
    a_prediction(session, both, model="rtdetr 2")

    def found(predicted):
        wanted = MediaFilter.from_query({"predicted": predicted})
        items = [item.id for item in list_page(session, viewer, wanted).items]
        assert count_matches(session, viewer, wanted).value == len(items)
        assert wanted.to_query() == {"predicted": [predicted]}
        return set(items)

    assert found("yes") == {one.id, both.id}
    assert found("no") == {none.id}
    assert found("rtdetr 2") == {both.id}
    assert found("unheard of") == set()


def test_the_export_names_the_model_of_a_shape_and_the_score_of_its_media(session):
    media = a_media(session)
    prediction = a_prediction(session, media)
    corrected = taken(prediction, 1, label_class="low_cloud")
    submit(session, media, taken(prediction), corrected, a_box())
    columns = ["media_id", "score", "label_class", "origin", "confidence", "model"]
    stream = export_csv(session, a_viewer(session), MediaFilter(), per="shape", columns=columns)
    lines = b"".join(stream).decode().splitlines()[1:]
    assert lines == [
        f"{media.id},0.87,wildfire,model,0.87,yolo 11",
        f"{media.id},0.87,low_cloud,human,,yolo 11",
        f"{media.id},0.87,wildfire,human,,",
    ]


def test_every_outcome_is_stored_or_refused(session):
    media = a_media(session)
    outcomes = add_predictions(
        session,
        an_access(session),
        [PredictionDraft(media.id, "yolo 11", [SMOKE]), PredictionDraft(media.id, "", [])],
    )
    assert isinstance(outcomes[0], Added)
    assert isinstance(outcomes[1], InvalidText)
    assert session.query(Prediction).count() == 1
    assert session.get_one(Media, media.id).state == State.NEW


# --- what becomes of them --------------------------------------------------------------------------


def test_the_figures_tell_what_became_of_each_models_shapes(session):
    curator, since = an_access(session), utc_now() - timedelta(days=30)
    media, unanswered = a_media(session), a_media(session)
    prediction = a_prediction(session, media)
    a_prediction(session, media, CLOUD, model="rtdetr 2")
    a_prediction(session, unanswered, model="nobody looked")
    corrected = taken(prediction, 1, label_class="low_cloud")
    submit(session, media, taken(prediction), corrected, a_box(), access=curator)
    a_prediction(session, media, SMOKE, SMOKE, SMOKE)  # came after the answer
    first, second = model_uses(session, curator, since)
    assert (first.model, first.as_is, first.corrected, first.not_taken, first.missed) == (
        "rtdetr 2",
        0,
        0,
        1,
        1,
    )
    assert (second.model, second.as_is, second.corrected, second.not_taken, second.missed) == (
        "yolo 11",
        1,
        1,
        0,
        1,
    )
    for use in (first, second):
        assert use.media == len(list_page(session, curator, use.wanted).items) == 1
    assert model_uses(session, curator, utc_now() + timedelta(days=1)) == []
