"""The tasks of a CVAT file: how large the pictures of each are, and which of those that came along are its frames."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from curation.imports.found import Files
from curation.imports.readers.measuring import said_size, size_of
from curation.imports.readers.names import LONGEST_NAME, Agreement, ClaimedName, Pictures, clean_path

Size = tuple[int, int]
_NOT_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass
class Tasks:
    """What a file says of its tasks: a project has several, with pictures of different sizes and the same numbers."""

    sizes: dict[str, Size] = field(default_factory=dict)
    # What the folder of a task's frames may be called: its name, its video, its number.
    called: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _folders: dict[str, str | None] = field(default_factory=dict)

    def size(self, task: str) -> Size | None:
        """The size that the frames of a task are measured by, None where the file leaves that open."""
        if task in self.sizes:
            return self.sizes[task]
        alike = set(self.sizes.values())
        return alike.pop() if len(alike) == 1 else None

    def find(
        self, pictures: Pictures, files: Files, file: str, task: str, names: Sequence[str], *, shared: bool
    ) -> str | None:
        """The name of a frame of this task, called by one of these; None where the file has one task alone.

        A folder that is called as a task holds the frames of that one alone. Outside of such folders a frame of which
        other tasks have the number too (`shared`) may be any of theirs.
        """
        if len(self.called) < 2 or task not in self.called:
            return None
        for name in names:
            for folder in self.called[task]:
                found = pictures.find(f"{folder}/{name}", file)
                if found is not None and self._task_of(found) == task:
                    return found
            found = pictures.find(name, file)
            whose = self._task_of(found) if found is not None else None
            if found is not None and (
                whose == task or (whose is None and not shared and self._has_size(files, found, task))
            ):
                return found
        # A name of its own: whoever looks for the picture is not to come upon that of another task.
        return clean_path(f"{self.called[task][0]} {names[0]}".replace("/", " "))

    def picture(self, pictures: Pictures, file: str, task: str, subset: str, path: str) -> str:
        """The name of an image of this task and subset; files about a single task say neither.

        Images of two tasks may have the same name: the folder above a picture tells by its subset or task whose it is.
        Found without such a folder it has nothing for one of them that it has not for the other.
        """
        if not (task or subset):
            return pictures.find(path, file) or path
        part = f"{task}:{subset}"[:LONGEST_NAME]
        own = [name for name in self.called.get(task, ()) if self._folders.get(_folded(name)) == task]
        folders = [folder for folder in map(clean_path, (subset, *own)) if folder is not None]
        for said in (f"{folder}/{path}" for folder in folders):
            found = pictures.find(said, file)
            agreed = found.agreement if found is not None else None
            if found is not None and agreed and (agreed.exact or agreed.shared >= said.count("/")):
                return ClaimedName(found, said, file, agreed, part)
        said = f"{folders[0]}/{path}" if folders else path
        found = pictures.find(path, file)
        if found is None:
            return ClaimedName(path, said, file, part=part)
        # The whole path may agree: another task may have the same one.
        all_of_them = Agreement(shared=path.count("/"))
        agreed = all_of_them if found.agreement and found.agreement.exact else found.agreement
        return ClaimedName(found, said, file, agreed, part)

    def _has_size(self, files: Files, picture: str, task: str) -> bool:
        said, size = self.sizes.get(task), size_of(files, picture)
        return said is None or size is None or said == size

    def _task_of(self, path: str) -> str | None:
        """The task that a folder of this path is called as, None for none or several."""
        own = {self._folders.get(_folded(folder)) for folder in path.split("/")[:-1]} - {None}
        return own.pop() if len(own) == 1 else None

    def add(self, task: str, called: tuple[str, ...], size: Size | None) -> None:
        """Note a task by its number."""
        if size is not None:
            self.sizes[task] = size
        self.called[task] = called
        for name in called:
            # What two are called tells none of them.
            self._folders[_folded(name)] = None if _folded(name) in self._folders else task


def read_tasks(meta: Element, tasks: Tasks) -> None:
    """Note the tasks that the head of a file names; one without a number is all there is."""
    for task in [*meta.iter("task"), *meta.iter("job")] or [meta]:
        number = (task.findtext("id") or "").strip().replace(":", "")
        size = said_size(task.findtext("original_size/width"), task.findtext("original_size/height"))
        video = (task.findtext("source") or "").replace("\\", "/").rpartition("/")[2]
        names = (task.findtext("name"), video.rpartition(".")[0], f"task_{number}", number)
        tasks.add(number, tuple(dict.fromkeys(one.strip() for one in names if one and one.strip())), size)


def _folded(name: str) -> str:
    return _NOT_WORDS.sub("", name.lower())
