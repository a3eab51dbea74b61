"""Typed settings: environment first, then the settings file, then defaults that just work."""

from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from heliu.ground.errors import Refusal
from heliu.ground.text import Text

_INSTITUTION: Final = r"^([A-Z0-9]{8}|[A-Z0-9]{11,14})$"


class RailSettings(BaseModel):
    """Who we are on the payment rail; the defaults are the simulator's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: Literal["clearing", "customer"] = Field(
        default="clearing", description="A member of the clearing, or a settlement bank's customer."
    )
    institution: str = Field(
        default="HLIUCNBJ", pattern=_INSTITUTION, description="Our BIC or clearing member number."
    )
    counterparty: str = Field(
        default="CNAPCNBJ", pattern=_INSTITUTION, description="The clearing's, or our bank's."
    )
    name: str = Field(default="Heliu", min_length=1, max_length=140, description="Our name there.")
    account: SecretStr = Field(
        default=SecretStr("1000000000000001"), description="Our settlement account there."
    )


class Settings(BaseSettings):
    """Everything that may differ between machines.

    Each field is read from `HELIU_<FIELD>`, else from `heliu.toml` in the working folder.
    """

    model_config = SettingsConfigDict(
        env_prefix="HELIU_",
        env_nested_delimiter="__",
        toml_file="heliu.toml",
        extra="ignore",
        frozen=True,
    )

    home: Path = Field(
        default=Path("~/.heliu"), description="Data folder of the embedded PostgreSQL."
    )
    database_url: str | None = Field(
        default=None,
        pattern=r"^postgres(ql)?://",
        description="An external PostgreSQL (>= 15) instead of the embedded one.",
    )
    master_key: SecretStr | None = Field(
        default=None,
        description="Base64 of the 32 bytes all secrets derive from, instead of HOME/master.key.",
    )
    profile: Literal["standard", "production"] = Field(
        default="standard", description="In production an unverified regulatory rule blocks."
    )
    language: Literal["en", "zh"] = Field(
        default="en", description="Language of what the terminal says."
    )
    origin: str | None = Field(
        default=None,
        pattern=r"^https://[a-z0-9.-]+(:[0-9]+)?$|^http://localhost(:[0-9]+)?$",
        description="Where browsers find the bank; passkeys belong to its name. Else localhost.",
    )
    rail: RailSettings = Field(
        default_factory=RailSettings, description="Who we are on the payment rail."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over file over default; no other place."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def folder(self) -> Path:
        """The data folder, absolute."""
        return self.home.expanduser().resolve()


@cache
def settings() -> Settings:
    """The settings of this process. Raises Refusal `settings.invalid` naming the field."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        variable = "HELIU_" + field.replace(".", "__").upper()
        # The value is not repeated: a database URL may hold a password.
        raise Refusal(
            "settings.invalid",
            Text(f"设置 {field} 无效: {first['msg']}", f"setting {field}: {first['msg']}"),
            Text(
                f"改正环境变量 {variable} 或 heliu.toml",
                f"correct {variable} or heliu.toml",
            ),
        ) from None
