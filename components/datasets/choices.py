"""What an export is asked to be: its format, what goes with it, its split, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from components.clock import browser_zone, local_text
from components.datasets.words import FORMATS, SPLITS, share_text
from curation.capture import clean_moment
from curation.csv_columns import COLUMNS
from curation.datasets.asking import ExportView
from curation.datasets.options import ExportOptions, Outlines
from curation.datasets.shares import SHARES_MISSED, count_shares, misses
from curation.datasets.since import Since
from curation.datasets.splits import LARGEST_SEED, Split
from curation.errors import InvalidText
from curation.exports import Per
from curation.media_filter import MediaFilter
from db.models import Access, ExportFormat
from db.session import open_session
from language import _, later, number

PER_NAMES = {Per.MEDIA: later("One row per media"), Per.SHAPE: later("One row per shape")}
OUTLINE_NAMES = {
    Outlines.AUTO: later("As they are"),
    Outlines.BOXES: later("Boxes"),
    Outlines.POLYGONS: later("Polygons"),
}
USUAL_SPLIT = (80, 90)  # where validation and where test begin, in per cent
_LIKE = "export_like"  # in the session state: the export whose choices the widgets were given


@dataclass(frozen=True)
class Choices:
    """A format with its options."""

    format: ExportFormat
    options: ExportOptions
    since: Since | None = None
    editable: bool = False  # of CSV: with what is needed to bring it back

    @property
    def is_plain_csv(self) -> bool:
        """Whether the streamed CSV of the filter is the very file that is wanted."""
        return (
            self.format is ExportFormat.CSV
            and not self.options.reads_bucket
            and self.options.split is None
            and self.since is None
        )


def choose_format() -> ExportFormat:
    return st.radio(
        _("Format"),
        list(FORMATS),
        format_func=lambda format: _(FORMATS[format][0]),
        captions=[_(what_for) for _name, what_for in FORMATS.values()],
        key="export_format",
    )


def choose_options(format: ExportFormat, *, splits: bool) -> ExportOptions:
    """What goes into a file of this format; without `splits` for a release, which has its own. Raises Refused."""
    st.markdown(f"**{_('With it')}**")
    with st.container(horizontal=True, gap="medium"):
        pictures = st.toggle(_("Pictures"), key="export_pictures", help=_("The originals, bit for bit."))
        crops = st.toggle(
            _("Crops"),
            key="export_crops",
            help=_("Each shape cut out of the original, with its surroundings."),
        )
        sheets = st.toggle(
            _("Contact sheets"),
            key="export_contact_sheets",
            help=_("PDF pages of all frames with their shapes, the smallest one magnified."),
        )
    per, raw, columns = _csv_options() if format is ExportFormat.CSV else (Per.MEDIA, False, None)
    outlines = Outlines.AUTO
    if format is ExportFormat.YOLO:
        outlines = st.segmented_control(
            _("Shapes"),
            list(OUTLINE_NAMES),
            format_func=lambda kind: _(OUTLINE_NAMES[kind]),
            default=Outlines.AUTO,
            required=True,
            key="export_outlines",
            help=_(
                "YOLO has either boxes or polygons in all of its files. As they are: boxes until one is a polygon."
            ),
        )
    return ExportOptions(
        pictures=pictures,
        crops=crops,
        contact_sheets=sheets,
        split=choose_split("export") if splits else None,
        outlines=outlines,
        per=per,
        raw=raw,
        columns=columns,
    )


def choose_editable() -> bool:
    """Whether the CSV is to be changed in a spreadsheet and brought back."""
    return st.toggle(
        _("To be edited and brought back"),
        key="export_editable",
        help=_(
            "Adds how each row was. Change label classes, tags, states, sources and times in a spreadsheet, then drop"
            " the file under Import: every change is shown before it is made."
        ),
    )


def choose_split(key: str) -> Split | None:
    """Shares and a seed, when they are wanted. Raises Refused."""
    split = st.toggle(
        _("Split into train, validation and test"),
        key=f"{key}_split",
        help=_(
            "What belongs together stays together: the same content, frames of one sequence or camera, near twins."
        ),
    )
    if not split:
        return None
    left, right = st.columns([2.6, 1], vertical_alignment="bottom")
    # Where one part ends and the next begins: shares that do not add up cannot be said.
    first, second = left.slider(
        _("Where validation and test begin, in per cent"), 0, 100, USUAL_SPLIT, key=f"{key}_shares"
    )
    seed = right.number_input(_("Seed"), 0, LARGEST_SEED, 0, key=f"{key}_seed")
    exact = st.session_state.get(f"{key}_exact_shares")
    if exact is not None and exact[0] == (first, second):
        shares = exact[1]
        if any(abs(share - round(share, 2)) > 1e-9 for share in shares):
            st.caption(
                _(
                    "Exactly {shares} %, as it was asked before, until this is moved.",
                    shares=" / ".join(share_text(share) for share in shares),
                )
            )
    else:
        shares = (first / 100, (second - first) / 100, (100 - second) / 100)
    train, val, test = shares
    return Split(train, val, test, int(seed))


def show_shares(visitor: Access, wanted: MediaFilter, split: Split) -> None:
    """What the split really comes to, where that is soon counted: groups stay whole."""
    with open_session(read_only=True) as session:
        counted = count_shares(session, visitor, wanted, split)
    if counted is None:
        st.caption(_("The real shares stand in the receipt: there are too many media to count them here."))
        return
    total = max(1, sum(counted.values()))
    said = " · ".join(
        f"{_(SPLITS[part])} {number(count)} ({number(100 * count / total, 1)} %)"
        for part, count in counted.items()
    )
    st.caption(_("Really: {shares}", shares=said))
    if misses(split.to_payload(), counted):
        st.warning(_(SHARES_MISSED))


def _csv_options() -> tuple[Per, bool, tuple[str, ...] | None]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        per = st.segmented_control(
            _("Rows"),
            list(PER_NAMES),
            format_func=lambda per: _(PER_NAMES[per]),
            default=Per.MEDIA,
            required=True,
            key="export_per",
        )
        raw = st.toggle(
            _("Raw cells"),
            key="export_raw",
            help=_(
                "Normally a text that begins like a formula gets a leading apostrophe, so that no spreadsheet runs"
                " it. Raw leaves all cells untouched: for programs."
            ),
        )
    per = per or Per.MEDIA
    offered = [column.name for column in COLUMNS if per is Per.SHAPE or not column.of_shape]
    columns = st.multiselect(
        _("Columns"),
        offered,
        placeholder=_("All columns, in their usual order"),
        key=f"export_columns_{per}",
    )
    return per, raw, tuple(columns) or None


def choose_since(releases: Mapping[int, str], since: Since | None) -> None:
    """Everything, or only what has changed since a release: it goes into the address, where `since` was read."""
    names = {str(release_id): name for release_id, name in releases.items()}
    moment = since.moment if since is not None else None
    chosen = str(since.release_id) if since is not None else "all"
    st.session_state["export_since"] = "moment" if moment else chosen
    offered = ["all", *(["moment"] if moment else []), *names]
    if len(offered) == 1:
        return
    said = {"all": _("Everything")}
    if moment:
        said["moment"] = _("What changed since {time}", time=local_text(moment, browser_zone()))
    st.selectbox(
        _("How much"),
        offered,
        format_func=lambda key: said.get(key) or _("What changed since {release}", release=names[key]),
        key="export_since",
        on_change=_take_since,
        help=_("With what was withdrawn or reopened since, named as such."),
    )


def _take_since() -> None:
    chosen = st.session_state["export_since"]
    if chosen == "moment":
        return
    for name in ("since", "since_release"):
        st.query_params.pop(name, None)
    if chosen != "all":
        st.query_params["since_release"] = chosen


def since_moment() -> datetime | None:
    """The moment in the address since which changes are wanted; None where there is none that can be read."""
    try:
        moment = datetime.fromisoformat(st.query_params.get("since", ""))
        return clean_moment("since", moment) if moment.tzinfo is not None else None
    except (ValueError, InvalidText):
        return None


def choose_like(view: ExportView) -> None:
    """Give the widgets the choices of an export, once."""
    if st.session_state.get(_LIKE) == view.id:
        return
    options = ExportOptions.from_payload(view.options)
    chosen = {
        _LIKE: view.id,
        "export_format": ExportFormat(view.format),
        "export_pictures": options.pictures,
        "export_crops": options.crops,
        "export_contact_sheets": options.contact_sheets,
        "export_outlines": options.outlines,
        "export_per": options.per,
        "export_raw": options.raw,
        f"export_columns_{options.per}": list(options.columns or ()),
        "export_split": options.split is not None,
        "export_exact_shares": None,
    }
    if options.split is not None:
        split = options.split
        # The slider knows whole per cents; where it stands for others they count, or media would change sides.
        begins = (round(100 * split.train), round(100 * (split.train + split.val)))
        chosen["export_shares"] = begins
        chosen["export_exact_shares"] = (begins, (split.train, split.val, split.test))
        chosen["export_seed"] = split.seed
    st.session_state.update(chosen)
