"""A video of a fire that begins, drawn frame by frame: a minute of the mountains in a fraction of a second."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from demo.frames import Camera, Weather, draw_picture
from demo.smoke import Plume
from demo.story import EPISODES


@dataclass(frozen=True)
class Clip:
    """A film of one camera: `frames` of them, `every` so long, shown at `rate` a second."""

    camera: Camera
    begins: datetime
    weather: Weather
    plumes: tuple[Plume, ...]
    frames: int = 48
    every: timedelta = timedelta(minutes=1)
    rate: int = 8

    @property
    def file_name(self) -> str:
        return f"{self.camera.name}_{self.camera.azimuth:03d}_{self.begins:%Y%m%d_%H%M%S}.mp4"

    def pictures(self) -> Iterator[Image.Image]:
        """Its frames in time order, plumes grown to each moment."""
        for number in range(self.frames):
            passed = number * self.every
            grown = (replace(p, minutes=p.minutes + passed.total_seconds() / 60) for p in self.plumes)
            yield draw_picture(self.camera, self.begins + passed, self.weather, tuple(grown))


def encode(clip: Clip) -> bytes:
    """The clip as an MP4 that every browser plays, its description in front so that it plays while it comes."""
    width, height = clip.camera.size
    options = {"movflags": "faststart"}
    with (
        tempfile.NamedTemporaryFile(suffix=".mp4") as file,  # its front is written last
        av.open(file.name, "w", format="mp4", options=options) as container,
    ):
        container.metadata["creation_time"] = clip.begins.astimezone(UTC).isoformat()
        stream = container.add_stream("libx264", rate=clip.rate, options={"crf": "24", "preset": "fast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number, picture in enumerate(clip.pictures()):
            frame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = number, Fraction(1, clip.rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        container.close()
        return Path(file.name).read_bytes()


def _of_the_fire() -> Clip:
    fire = next(episode for episode in EPISODES if episode.name == "forest fire")
    small = replace(fire.camera, size=(960, 540))
    return Clip(small, fire.begins, fire.weather, fire.plumes)


CLIPS = (_of_the_fire(),)
