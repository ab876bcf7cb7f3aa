"""All hostile things, in groups."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from tests.curation.test_videos import hostile as broken_videos
from tests.factories import a_jpeg
from tests.hostile.answers import annotation_files, boxes, texts
from tests.hostile.archives import archives
from tests.hostile.bodies import bodies
from tests.hostile.items import Content, Ending, Ends, Item
from tests.hostile.pictures import pictures
from tests.hostile.slow import slow
from tests.hostile.strings import NAMES
from tests.hostile.target import Target
from tests.hostile.websockets import websockets
from tests.videos import a_video

ADDRESSES = (
    *(
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/",
        "ftp://127.0.0.1/",
        "javascript:alert(1)",
        "//host",
        "",
    ),
    *("http://localhost/", "http://127.0.0.1:8080/", "http://127.1/", "http://2130706433/", "http://0x7f.1/"),
    *("http://0.0.0.0/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[fe80::1%25lo]/"),
    *("http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://10.0.0.1/"),
    *("http://192.168.1.1/", "http://172.16.0.1/", "http://100.64.0.1/", "http://224.0.0.1/"),
    *("http://user:password@example.org/", "http://example.org:0/", "http://example.org:99999/"),
    *("http://exa mple.org/", "http://example.org/\r\nX: y", "http://" + "a" * 3_000 + "/"),
)


def uploads(group: str, contents: Iterable[Content]) -> Iterator[Item]:
    """Each file by `POST /uploads`."""
    for content in contents:
        yield Item(group, content.name, content.ends, _upload(content))


def _upload(content: Content) -> Callable[[Target], Ending]:
    def send(target: Target) -> Ending:
        files = {"file": (content.file_name, content.content)}
        return Ending.of(target.admin.post("/uploads", files=files))

    return send


def filled(contents: Iterable[Content]) -> Iterator[Item]:
    """Refused pictures once more, for a media that awaits its content."""
    refused = [content for content in contents if content.ends is Ends.REFUSED]
    for content in refused[::3]:
        yield Item("two steps", content.name, Ends.REFUSED, _fill(content))


def _fill(content: Content) -> Callable[[Target], Ending]:
    def send(target: Target) -> Ending:
        files = {"file": (content.file_name, content.content)}
        return Ending.of(target.admin.post(f"/media/{target.awaiting_media}/upload", files=files))

    return send


def names() -> Iterator[Item]:
    for what, (name, ends) in NAMES.items():
        yield Item("names", what, ends, _named(name))


def _named(name: str) -> Callable[[Target], Ending]:
    """By hand: a library would make the name harmless first."""

    def send(target: Target) -> Ending:
        head = (
            f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name.replace(chr(34), "%22")}"'
        )
        body = head.encode("utf-8", "surrogatepass") + b"\r\n\r\n" + a_jpeg() + b"\r\n--x--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        return Ending.of(target.admin.post("/uploads", content=body, headers=headers))

    return send


def packed() -> Iterator[Item]:
    for content in archives():
        yield Item("archives", content.name, content.ends, _archive(content))


def _archive(content: Content) -> Callable[[Target], Ending]:
    def send(target: Target) -> Ending:
        answer = target.admin.post("/archives", files={"file": ("a.zip", content.content)})
        lines = [json.loads(line) for line in answer.text.splitlines()] if answer.is_success else []
        return Ending(
            answer.status_code, any(line["result"] == "registered" for line in lines), answer.text[:300]
        )

    return send


def files_of_answers() -> Iterator[Item]:
    for content in annotation_files():
        yield Item("annotation files", content.name, content.ends, _annotation_file(content))


def _annotation_file(content: Content) -> Callable[[Target], Ending]:
    def send(target: Target) -> Ending:
        path = f"/annotations/{target.empty_annotation}/upload"
        ending = Ending.of(target.admin.post(path, files={"file": ("a.json", content.content)}))
        if ending.taken:
            target.empty_annotation = target.new_annotation()
        return ending

    return send


def addresses() -> Iterator[Item]:
    for url in ADDRESSES:
        yield Item("addresses", url[:60] or "nothing", Ends.REFUSED, _webhook(url))


def _webhook(url: str) -> Callable[[Target], Ending]:
    def send(target: Target) -> Ending:
        made = {"name": "hostile", "url": url, "events": ["media.registered"]}
        return Ending.of(target.admin.post("/webhooks", json=made))

    return send


def videos() -> Iterator[Content]:
    for name, content in broken_videos().items():
        yield Content(name, content, file_name="clip.mp4")
    yield Content("an MP4 called .jpg", a_video(seed=41), Ends.TAKEN)
    whole = bytearray(a_video(seed=42, faststart=True))
    for number in range(400, len(whole), 97):
        whole[number] ^= 0x55
    yield Content("an MP4 full of flipped bits", bytes(whole), Ends.EITHER, "clip.mp4")


GROUPS: dict[str, Callable[[], Iterator[Item]]] = {
    "pictures": lambda: uploads("pictures", pictures()),
    "two steps": lambda: filled(pictures()),
    "videos": lambda: uploads("videos", videos()),
    "names": names,
    "texts": texts,
    "boxes": boxes,
    "annotation files": files_of_answers,
    "archives": packed,
    "bytes": bodies,
    "addresses": addresses,
    "websockets": websockets,
    "slow bodies": slow,
}
