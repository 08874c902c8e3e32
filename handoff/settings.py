"""Settings of the people: teams, hours, phone, callbacks, desk."""

from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from bot.settings import Part

#: Platforms repeat events for days.
LEAST_KEY_DAYS = 7
#: The database itself refuses to drop younger entries of the audit log.
LEAST_AUDIT_DAYS = 366
#: Shorter ones can be guessed.
LEAST_TOKEN = 16


class TeamSettings(Part):
    """A team of agents."""

    name: dict[str, str]
    """Its name by language."""
    hours: str = "chat"
    """Which hours of `people.hours` it keeps."""


class PhoneSettings(Part):
    """The phone line."""

    number: str = ""
    """Shown and dialled, e.g. `0120-000-000`; empty: there is no phone line."""
    hours: str = "phone"
    """Which hours of `people.hours` it keeps."""


class CallbackSettings(Part):
    """Calling customers back."""

    enabled: bool = True
    """Offer callbacks at all."""
    slot_minutes: int = Field(default=60, ge=15, le=480)
    """Length of a slot."""
    lead_minutes: int = Field(default=30, ge=0, le=1440)
    """Earliest start from now."""
    slots_offered: int = Field(default=5, ge=1, le=10)
    """How many slots the customer can choose from."""
    per_slot: int = Field(default=3, ge=1, le=100)
    """How many callbacks one slot takes."""


DEFAULT_HOURS: dict[str, dict[str, object]] = {
    "chat": {"week": {"mon-fri": "9:00-18:00"}, "holidays": "closed"},
    "phone": {"week": {"mon-fri": "10:00-17:00"}, "holidays": "closed"},
}
DEFAULT_TEAMS = {"default": TeamSettings(name={"ja": "総合窓口", "en": "General support"})}


class PeopleSettings(Part):
    """Who answers, when, and where it goes when nobody can."""

    timezone: str = "Asia/Tokyo"
    """Time zone of hours, pages and sentences."""
    hours: dict[str, dict[str, object]] = DEFAULT_HOURS
    """Opening hours by name; docs/reference/hours.md."""
    teams: dict[str, TeamSettings] = DEFAULT_TEAMS
    """Teams by name; `default` takes what names no team."""
    phone: PhoneSettings = PhoneSettings()
    """The phone line."""
    callback: CallbackSettings = CallbackSettings()
    """Callbacks."""
    assignment: str = Field(default="by_hand", pattern="^(by_hand|automatic)$")
    """`by_hand`: agents claim; `automatic`: whoever waits longest goes to an agent with room."""
    max_waiting: int = Field(default=30, ge=1, le=10000)
    """A longer queue counts as full: other ways are offered first."""
    handling_minutes: float = Field(default=8, gt=0, le=240)
    """Handling time assumed for the expected wait until there are enough real ones."""
    absent_minutes: int = Field(default=10, ge=1, le=240)
    """An agent without a sign of life this long loses waiting customers back to the queue."""
    queue_notice_minutes: int = Field(default=10, ge=1, le=240)
    """While waiting, the customer hears the place in the queue again after this long."""
    login_idle_minutes: int = Field(default=30, ge=5, le=720)
    """A quiet login ends."""
    login_max_hours: int = Field(default=12, ge=1, le=24)
    """Every login ends."""
    second_factor: str = Field(default="optional", pattern="^(optional|admins|everybody)$")
    """Who must have a second factor: nobody, administrators, or the whole staff."""


DEFAULT_PROVIDER = {"ja": "社内アカウント", "en": "your company account"}


class OidcSettings(Part):
    """Logging in by an account at an identity provider (OpenID Connect)."""

    issuer: str = Field(
        default="",
        pattern=r"^$|^https://[^/?#\s]+(/[^?#\s]*)?$|^http://(127\.0\.0\.1|localhost)(:\d+)?$",
    )
    """Address of the provider, exactly as its tokens name it; empty: off."""
    client_id: str = ""
    """Under which it knows us."""
    client_secret: SecretStr = SecretStr("")
    """The secret that belongs to it; empty for a public client."""
    name: dict[str, str] = DEFAULT_PROVIDER
    """What the button calls it, by language."""
    scopes: str = Field(default="openid email profile", pattern=r"^openid( [\w.:/\-]+)*$")
    """What is asked for."""
    hosts: list[str] = Field(default=[])
    """Further hosts at which the provider keeps its keys and gives out tokens."""
    create: str = Field(default="", pattern="^(agent|supervisor|admin)?$")
    """Role of an account that is made at the first log-in; empty: none is made."""
    domains: list[str] = Field(default=[])
    """Only verified addresses of these domains get an account made."""
    roles_claim: str = ""
    """Claim that names groups, such as `groups`."""
    roles: dict[str, str] = Field(default={})
    """Role of a new account by its group; the highest counts."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.issuer and not self.client_id:
            raise ValueError("client_id: the provider has to know us by one")
        if self.create and not self.domains:
            raise ValueError("domains: say whose addresses may get an account by themselves")
        if unknown := set(self.roles.values()) - {"agent", "supervisor", "admin"}:
            raise ValueError(f"roles: there is no role {min(unknown)}")
        return self


class RetentionSettings(Part):
    """How many days each kind of data is kept; 0 keeps it for good."""

    texts: int = Field(default=180, ge=0, le=36500)
    """What was said, notes, comments, numbers to call and names, after a conversation ended."""
    raw_events: int = Field(default=30, ge=0, le=36500)
    """Events that could not be processed or are only recorded, with what they said."""
    files: int = Field(default=90, ge=0, le=36500)
    """Pictures and other files of customers."""
    event_keys: int = Field(default=400, ge=0, le=36500)
    """Keys of events, by which a repeated delivery is known."""
    audit: int = Field(default=1095, ge=0, le=36500)
    """Who did what; at least a year, or 0."""

    @field_validator("event_keys")
    @classmethod
    def _outlive_redelivery(cls, value: int) -> int:
        if 0 < value < LEAST_KEY_DAYS:
            raise ValueError(f"at least {LEAST_KEY_DAYS} days, or 0: repeats would be taken twice")
        return value

    @field_validator("audit")
    @classmethod
    def _a_year(cls, value: int) -> int:
        if 0 < value < LEAST_AUDIT_DAYS:
            raise ValueError(f"at least {LEAST_AUDIT_DAYS} days, or 0")
        return value


class MetricsSettings(Part):
    """Who may read the metrics besides this machine."""

    token: SecretStr = SecretStr("")
    """Opens `/metrics` and the details of `/readyz` to whoever sends it; empty: here alone."""

    @field_validator("token")
    @classmethod
    def _unguessable(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < LEAST_TOKEN:
            raise ValueError(f"at least {LEAST_TOKEN} characters")
        return value


class KnowledgePageSettings(Part):
    """Editing the knowledge on its page."""

    git: str = Field(default="auto", pattern="^(auto|off)$")
    """`auto`: commit each published change when the folder is in a git work tree; `off`: never."""
    replay_days: int = Field(default=30, ge=1, le=365)
    """So many days of customers' questions are tried before a change is published."""
