"""Bodies of the knowledge page's requests: every field typed and bounded, unknown ones refused."""

from typing import Annotated, Any, Final

from pydantic import Field

from handoff.keeping_values import Edit, EditKind
from handoff.pages.desk_bodies import Body

#: An answer of the longest kind in several languages, and room to spare.
BODY_LIMIT: Final = 512 * 1024

EntryId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
EntryText = Annotated[str, Field(max_length=200_000)]
Version = Annotated[int, Field(ge=0, le=2**53)]
Values = Annotated[dict[str, Any], Field(max_length=50)]


class EditBody(Body):
    """A change: the form's values, or the text; neither for a delete."""

    id: EntryId
    kind: Annotated[str, Field(pattern="^(new|edit|delete)$")]
    file: Annotated[str, Field(max_length=200)] = ""
    text: EntryText | None = None
    values: Values | None = None

    def edit(self) -> Edit:
        """As the service takes it."""
        kind = EditKind(self.kind)
        gone = kind is EditKind.DELETE
        return Edit(
            entry_id=self.id,
            kind=kind,
            file=self.file if kind is EditKind.NEW else "",
            text=None if gone else self.text,
            values=None if gone or self.text is not None else self.values,
        )


class DraftBody(EditBody):
    """A change to keep, and which draft its writer has seen."""

    seen: Version
    seen_text: EntryText = ""


class TryBody(EditBody):
    """A question to put to the knowledge with this change."""

    question: Annotated[str, Field(min_length=1, max_length=500)]
    lang: Annotated[str, Field(pattern="^(ja|en)$")]
    channel: Annotated[str, Field(pattern="^(line|web)$")]


class TextBody(Body):
    """An entry's YAML."""

    text: EntryText


class SeenBody(Body):
    """An entry's draft, as it was seen."""

    id: EntryId
    seen: Version = 0


class PublishBody(SeenBody):
    """With the reason why it is published although tests fail."""

    reason: Annotated[str, Field(max_length=500)] = ""


class RebaseBody(SeenBody):
    """With what both changes come to together."""

    values: Values
