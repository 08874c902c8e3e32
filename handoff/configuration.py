"""All settings in one place: flags, then MADOGUCHI_… variables, then madoguchi.yaml."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    YamlConfigSettingsSource,
)

from bot.errors import MadoguchiError
from bot.settings import ChatSettings, LineSettings, TalkSettings
from handoff.settings import (
    KnowledgePageSettings,
    MetricsSettings,
    OidcSettings,
    PeopleSettings,
    RetentionSettings,
)

PREFIX = "MADOGUCHI_"
CONFIG_FILE = "madoguchi.yaml"
_FILE_LIMIT = 65_536


class BadSettings(MadoguchiError):
    says = "The settings cannot be used."


class SecretFileSource(PydanticBaseSettingsSource):
    """`MADOGUCHI_LINE__CHANNEL_SECRET_FILE=/run/secrets/line` reads the secret from that file."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """Unused: `__call__` reads everything at once."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Every variable that ends in _FILE, as nested settings."""
        found: dict[str, Any] = {}
        for name, path in os.environ.items():
            if not (name.startswith(PREFIX) and name.endswith("_FILE")):
                continue
            try:
                text = Path(path).read_text(encoding="utf-8")[:_FILE_LIMIT].strip()
            except (OSError, UnicodeDecodeError) as error:
                raise BadSettings(f"{name}: cannot read {path}: {error}") from None
            *groups, leaf = name[len(PREFIX) : -len("_FILE")].lower().split("__")
            place = found
            for group in groups:
                place = place.setdefault(group, {})
            place[leaf] = text
        return found


class VariableSource(EnvSettingsSource):
    """MADOGUCHI_… variables, without those that only name a file."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        found = super()._load_env_vars()
        return {name: value for name, value in found.items() if not name.endswith("_file")}


class Settings(BaseSettings):
    """Everything that can be set; docs/reference/settings.md lists it."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        yaml_file_encoding="utf-8",
    )

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port to listen on; 0 takes a free one and prints it."""
    public_url: str = ""
    """Address customers reach us at, e.g. `https://chat.shop.example`."""
    data_dir: Path = Path("data")
    """Folder of the database, uploads and keys."""
    database_url: str = ""
    """`sqlite:///file`; empty: `madoguchi.db` in the data folder."""
    knowledge: Path = Path("knowledge")
    """Folder of the knowledge's YAML files."""
    backup_dir: Path | None = None
    """Folder of `madoguchi backup`; `doctor` and `/readyz` tell when its newest copy is old."""
    trusted_proxies: list[str] = []
    """Networks of the proxies whose X-Forwarded-For is believed, e.g. `10.0.0.0/8`."""
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    """Least level that is logged."""
    line: LineSettings = LineSettings()
    """The LINE channel."""
    chat: ChatSettings = ChatSettings()
    """The web chat."""
    talk: TalkSettings = TalkSettings()
    """What the bot says and when."""
    people: PeopleSettings = PeopleSettings()
    """Teams, hours, phone and desk."""
    oidc: OidcSettings = OidcSettings()
    """Logging in by an account at an identity provider."""
    retention: RetentionSettings = RetentionSettings()
    """How long data is kept."""
    knowledge_page: KnowledgePageSettings = KnowledgePageSettings()
    """Editing the knowledge in the browser."""
    metrics: MetricsSettings = MetricsSettings()
    """Numbers for a monitor."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, environment, secret files, then the YAML file."""
        return (
            init_settings,
            VariableSource(settings_cls),
            SecretFileSource(settings_cls),
            YamlConfigSettingsSource(settings_cls),
        )

    def database_path(self) -> Path:
        """The SQLite file. Raises BadSettings for any other database."""
        if not self.database_url:
            return self.data_dir / "madoguchi.db"
        scheme, _, rest = self.database_url.partition(":///")
        if scheme != "sqlite" or not rest:
            raise BadSettings(
                "database_url: this version stores in SQLite; write sqlite:///path/to/file.db"
            )
        return Path(rest)


def load_settings(config: Path | None = None, **flags: Any) -> Settings:
    """Read all sources. Raises BadSettings with the name of each setting that is wrong."""
    path = config or Path(CONFIG_FILE)
    if config is not None and not config.is_file():
        raise BadSettings(f"{config}: there is no such file")

    class Here(Settings):
        model_config = SettingsConfigDict(yaml_file=path)

    try:
        return Here(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}"
            for found in error.errors(include_url=False, include_input=False)
        ]
        raise BadSettings("The settings cannot be used:\n  " + "\n  ".join(lines)) from None
    except SettingsError as error:
        named = re.search(r'"(\w+)"', str(error))
        raise BadSettings(
            f"A variable {PREFIX}{named[1].upper() if named else ''}… cannot be read. "
            """Write lists and mappings as JSON: '["https://shop.example"]'."""
        ) from None
    except Exception as error:
        if isinstance(error, BadSettings):
            raise
        raise BadSettings(f"{path}: {error}") from None


def find_token_file(settings: Settings) -> Path | None:
    """The file that LINE's access token came from, None when it came from elsewhere."""
    path = os.environ.get(f"{PREFIX}LINE__CHANNEL_ACCESS_TOKEN_FILE")
    if not path:
        return None
    try:
        text = Path(path).read_text(encoding="utf-8")[:_FILE_LIMIT].strip()
    except (OSError, UnicodeDecodeError):
        return None
    # a flag or a variable counts more than the file
    return Path(path) if text == settings.line.channel_access_token.get_secret_value() else None


def render_settings(settings: Settings) -> str:
    """The settings in force as YAML; secrets read `**********`."""
    found = settings.model_dump(mode="json")
    return yaml.safe_dump(found, allow_unicode=True, sort_keys=False).rstrip()
