"""Everything that can go wrong in the domain's own words. Doors translate, once each.

CurationError
├── NotSignedIn                 who are you?
├── NotAllowed                  you may not
│   ├── OwnWork                 someone else has to judge this one
│   └── InvalidLink             forged, ended, or what it leads to is not to be seen any more
├── NotFound                    there is no such thing, or not for you
│   ├── MediaNotFound
│   ├── AnnotationNotFound
│   ├── AccessNotFound
│   ├── LabelClassNotFound
│   ├── QuestionNotFound
│   ├── ShapeNotFound
│   ├── SourceNotFound
│   ├── TokenNotFound
│   ├── ImportNotFound
│   ├── ExportNotFound
│   ├── ReleaseNotFound
│   └── ContentMissing          the row is there, its bytes are not
│       └── ContentGone         and a storage check has found out that they are lost or damaged
├── Refused                     what was sent breaks a rule
│   ├── RefusedPicture
│   ├── RefusedArchive
│   ├── TooLarge
│   ├── InvalidShape
│   │   └── InvalidBox
│   ├── InvalidText
│   ├── InvalidPassword
│   ├── RefusedAddress          what leads into a private network
│   ├── UnknownLabelClass
│   ├── UnknownQuestion
│   ├── UnknownPrediction
│   ├── UnknownFilter
│   ├── AnswerIncomplete        an act that needs something first: a shape, a comment
│   └── ContentDiffers          cut or damaged on its way, or a repeated key with other bytes
├── Conflict                    someone or something was faster
│   ├── StaleAnnotation
│   ├── MovedOn
│   ├── WrongState
│   ├── NothingToUndo
│   ├── LoginTaken
│   ├── NameTaken
│   ├── TooManyTokens
│   ├── TooMuchDiffers          a repair would change more than any accident explains
│   └── LastAdmin
├── TooManyAttempts             wait
│   └── TooFast                 more in a minute than are taken of one access
└── Unavailable                 database, bucket or decoder are away for the moment
    ├── ContentBusy             the same content is being deleted right now
    ├── BrokenOff               what is read while it is made will never be whole
    └── WrongBucket             the bucket is another installation's, or emptied
"""

from __future__ import annotations

import re
from typing import Any


class CurationError(Exception):
    """Base of all expected errors: a sentence for the person, a code for the program."""

    def __init__(self, sentence: str, **extra: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.extra = extra

    @property
    def code(self) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()


class NotSignedIn(CurationError):
    """No valid cookie or token came along."""


class NotAllowed(CurationError):
    """The scope of this access does not permit it."""


class OwnWork(NotAllowed):
    """REVIEW_OWN is off and this is one's own annotation."""


class InvalidLink(NotAllowed):
    """A signed link that opens nothing: which of its reasons it is, is nobody's to know."""


class NotFound(CurationError):
    """Absent, or belonging to someone else: both read the same."""


class MediaNotFound(NotFound):
    pass


class AnnotationNotFound(NotFound):
    pass


class AccessNotFound(NotFound):
    pass


class LabelClassNotFound(NotFound):
    pass


class QuestionNotFound(NotFound):
    pass


class ShapeNotFound(NotFound):
    """Something is asked of the shapes of a media that has none."""


class SourceNotFound(NotFound):
    pass


class TokenNotFound(NotFound):
    pass


class ImportNotFound(NotFound):
    pass


class ExportNotFound(NotFound):
    pass


class ReleaseNotFound(NotFound):
    pass


class ContentMissing(NotFound):
    """The media is registered, but the bucket does not hold its object."""


class ContentGone(ContentMissing):
    """The object was lost or damaged; asking again does not help, sending the same content again does."""


class Refused(CurationError):
    """What was sent breaks a rule; nothing was written."""


class RefusedPicture(Refused):
    pass


class RefusedArchive(Refused):
    pass


class TooLarge(Refused):
    pass


class InvalidShape(Refused):
    pass


class InvalidBox(InvalidShape):
    pass


class InvalidText(Refused):
    pass


class InvalidPassword(Refused):
    pass


class RefusedAddress(Refused):
    """An address to send to leads into a private network."""


class UnknownLabelClass(Refused):
    pass


class UnknownQuestion(Refused):
    pass


class UnknownPrediction(Refused):
    """A shape names a prediction that is not about its media."""


class UnknownFilter(Refused):
    pass


class AnswerIncomplete(Refused):
    pass


class ContentDiffers(Refused):
    """What arrived is not what was sent; sending it again may well help, unless its key was used for other bytes."""


class Conflict(CurationError):
    """The world has moved on since the caller looked."""


class StaleAnnotation(Conflict):
    """Another annotation counts by now; `current_annotation_id` says which."""


class MovedOn(Conflict):
    """Someone else has acted on this media since the caller looked; `acts` says how many acts there are."""


class WrongState(Conflict):
    pass


class NothingToUndo(Conflict):
    pass


class LoginTaken(Conflict):
    pass


class NameTaken(Conflict):
    pass


class TooManyTokens(Conflict):
    pass


class TooMuchDiffers(Conflict):
    """A repair would change suspiciously much; nothing was changed."""


class LastAdmin(Conflict):
    pass


class TooManyAttempts(CurationError):
    """Carries `retry_after` in seconds."""


class TooFast(TooManyAttempts):
    """An access sends more in a minute than the settings take from it."""


class Unavailable(CurationError):
    """Something beneath is away; trying again later helps."""


class ContentBusy(Unavailable):
    """The same content is being deleted at this moment; the upload should come again."""


class BrokenOff(Unavailable):
    """What is read while it is made will never be whole: it failed, was cancelled, or is begun anew."""


class WrongBucket(Unavailable):
    """The bucket carries the name of another installation, or holds nothing of what this one has stored."""
