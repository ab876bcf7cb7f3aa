"""What happens before five made-up cameras in ten days of August: 120 frames, some with smoke."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from demo.frames import Camera, Weather
from demo.landscape import Terrain
from demo.smoke import Plume

SUMMER_TIME = timezone(timedelta(hours=2))

NORTH_RIDGE = Camera(
    "north-ridge",
    "Forest of the Luberon",
    43.8312,
    5.3641,
    214,
    (1920, 1080),
    Terrain("north", 0.36, 6, 0.55),
)
COL_DU_VENT = Camera(
    "col-du-vent",
    "Pass above the scrubland",
    43.6127,
    3.4458,
    96,
    (1280, 720),
    Terrain("vent", 0.46, 6, 0.12, (112, 104, 58), (122, 120, 96), (196, 168, 112), trees=0, lights=90),
    mast=True,
)
LAC_BLANC = Camera(
    "lac-blanc",
    "High valley",
    45.9816,
    6.8913,
    318,
    (1920, 1080),
    Terrain(
        "blanc",
        0.4,
        6,
        0.95,
        (56, 76, 50),
        (92, 104, 110),
        (150, 146, 136),
        trees=34,
        lights=30,
        water=(5, 0.7),
    ),
)
PLAINE_BASSE = Camera(
    "plaine-basse",
    "Plain with works and villages",
    43.6784,
    4.6310,
    172,
    (1280, 720),
    Terrain(
        "plaine",
        0.5,
        5,
        0.05,
        (124, 122, 64),
        (118, 126, 96),
        (206, 182, 112),
        trees=0,
        lights=420,
        relief=0.4,
    ),
)
MAS_ROUGE = Camera(
    "mas-rouge",
    "Red hills",
    43.4479,
    6.7712,
    268,
    (1280, 720),
    Terrain("rouge", 0.44, 6, 0.45, (92, 84, 50), (112, 100, 92), (178, 112, 76), trees=12, lights=120),
    flare_hour=19.9,
)
CAMERAS = (NORTH_RIDGE, COL_DU_VENT, LAC_BLANC, PLAINE_BASSE, MAS_ROUGE)


class Outcome(enum.StrEnum):
    """What curators have done with a frame by the time one looks."""

    UNTOUCHED = "."
    SUBMITTED = "w"  # waits for its review
    ACCEPTED = "a"
    REJECTED = "r"
    SENT_BACK = "s"
    UNSURE = "u"
    PARKED = "p"


@dataclass(frozen=True)
class Moment:
    """One frame to draw, the episode it belongs to, and what becomes of it."""

    episode: Episode
    captured_at: datetime
    plumes: tuple[Plume, ...]
    outcome: Outcome


@dataclass(frozen=True)
class Episode:
    """A run of frames of one camera, `every` so many minutes, one for each sign of `outcomes` (see Outcome).

    Each plume has the age it has at the first frame; one that begins later has a negative age. `says` are label
    classes for the picture as a whole; with `by_model` its shapes came as predictions.
    """

    name: str
    camera: Camera
    begins: datetime
    every: int
    outcomes: str
    weather: Weather
    plumes: tuple[Plume, ...] = ()
    says: tuple[str, ...] = ()
    by_model: bool = False

    def moments(self) -> Iterator[Moment]:
        """Its frames in time order, plumes grown to each moment."""
        for number, outcome in enumerate(self.outcomes):
            passed = number * self.every
            plumes = tuple(replace(plume, minutes=plume.minutes + passed) for plume in self.plumes)
            # A few seconds apart from the full minute, as timers are.
            at = self.begins + timedelta(minutes=passed, seconds=(number * 7) % 11)
            yield Moment(self, at, plumes, Outcome(outcome))


def _on(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 8, day, hour, minute, tzinfo=SUMMER_TIME)


BROWN, DARK_BROWN = (206, 182, 142), (158, 134, 98)
WHITE, PALE = (238, 240, 242), (176, 180, 186)
BLACKISH, BLACK = (142, 134, 128), (58, 52, 50)

EPISODES = (
    Episode("overcast", MAS_ROUGE, _on(4, 10, 5), 20, "..r....", Weather(0.9, 0.9, overcast=0.8)),
    Episode(
        *("chimney", PLAINE_BASSE, _on(8, 9, 0), 10, "aaaaaawwww", Weather(0.75, 0.5)),
        plumes=(Plume(0.63, 1, 40, 0.0, 0.34, 0.55, WHITE, PALE, "industrial", "works", chimney=True),),
    ),
    Episode(
        *("village lights", PLAINE_BASSE, _on(8, 21, 20), 12, "aaaaww..", Weather(0.7, 0.4)),
        says=("light",),
    ),
    Episode("valley fog", LAC_BLANC, _on(9, 6, 20), 6, "aaawwwus..", Weather(0.85, 0.35, fog=0.75)),
    Episode(
        *("scrub fire", COL_DU_VENT, _on(10, 11, 0), 2, "aaaawwwwwwwu", Weather(0.85, 0.3)),
        plumes=(
            Plume(0.3, 3, -2, 0.015, 0.8, 0.7, seed="scrub"),
            Plume(0.57, 1, -9, 0.0, 0.6, 0.7, seed="second"),
        ),
    ),
    Episode(
        *("harvest dust", PLAINE_BASSE, _on(11, 14, 10), 3, "awwusw..", Weather(0.8, 0.35)),
        plumes=(Plume(0.24, 3, 7, 0.01, 0.24, 0.9, BROWN, DARK_BROWN, "dust", "harvest"),),
    ),
    Episode(
        *("wind on the pass", COL_DU_VENT, _on(11, 17, 30), 10, "aaw.....", Weather(0.7, 0.65)),
        says=("antenna",),
    ),
    Episode(
        *("faint smoke", LAC_BLANC, _on(12, 13, 0), 4, "....pp..", Weather(0.8, 0.55)),
        plumes=(Plume(0.46, 2, -16, 0.01, 0.42, -0.3, seed="faint"),),
    ),
    Episode(
        *("forest fire", NORTH_RIDGE, _on(12, 15, 20), 2, "aaaaaaaaasswwu", Weather(0.7, 0.45)),
        plumes=(Plume(0.56, 3, -4, 0.02, 1.0, 0.4, seed="forest"),),
    ),
    Episode(
        *("sun in the lens", MAS_ROUGE, _on(12, 19, 20), 7, "awwwrr....", Weather(0.8, 0.5)),
        says=("lens_flare",),
    ),
    Episode(
        *("fire at night", NORTH_RIDGE, _on(12, 22, 40), 10, "....u", Weather(0.5, 0.3)),
        plumes=(Plume(0.56, 3, 60, 0.02, 0.8, 0.3, seed="forest"),),
    ),
    Episode("morning after", NORTH_RIDGE, _on(13, 7, 0), 5, "aww...", Weather(0.95, 0.3, fog=0.6)),
    Episode(
        *("fire in the hills", MAS_ROUGE, _on(13, 16, 0), 2, "...wwwwwwwww..", Weather(0.8, 0.3)),
        plumes=(Plume(0.38, 2, -3, 0.015, 1.5, -0.65, BLACKISH, BLACK, seed="hills"),),
        by_model=True,
    ),
)


def moments() -> Iterator[Moment]:
    """Every frame of the story, episode by episode."""
    for episode in EPISODES:
        yield from episode.moments()
