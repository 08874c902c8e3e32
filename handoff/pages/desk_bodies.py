"""Bodies of the desk's requests: every field typed and bounded, unknown ones refused."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

BODY_LIMIT: Final = 64 * 1024

Text = Annotated[str, Field(min_length=1, max_length=20_000)]
ClientId = Annotated[str, Field(min_length=8, max_length=64)]
Seq = Annotated[int, Field(ge=0, le=2**53)]


class Body(BaseModel):
    """A request's body; an unknown or mistyped field is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Body):
    """No fields."""


class ReplyBody(Body):
    """A reply: what it says, the draft's own id, the newest message its writer has seen."""

    text: Text
    client_id: ClientId
    seen_seq: Seq


class NoteBody(Body):
    """A note."""

    text: Text
    client_id: ClientId


class TransferBody(Body):
    """To whom: one of both."""

    to_agent: Annotated[int, Field(ge=1, le=2**53)] | None = None
    to_team: Annotated[str, Field(max_length=60)] | None = None


class ResolveBody(Body):
    """Whether the customer is asked how it went."""

    ask_survey: bool = True


class SeenBody(Body):
    """How far the agent has read."""

    seq: Seq


class CallBody(Body):
    """Which call, and what came of it."""

    callback_id: Annotated[int, Field(ge=1, le=2**53)]
    outcome: Annotated[str, Field(max_length=20)]


class SendBody(Body):
    """Which send that did not arrive."""

    outbox_id: Annotated[int, Field(ge=1, le=2**53)]


class EraseBody(Body):
    """Which message of the customer's."""

    message_id: Annotated[int, Field(ge=1, le=2**53)]


class PresenceBody(Body):
    """Whether new conversations are welcome."""

    presence: Annotated[str, Field(max_length=20)]
