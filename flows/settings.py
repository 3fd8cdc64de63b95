"""Every setting of a run in one model, read once: defaults < newsmill.toml < NEWSMILL_* < flags.

The file stands in the working directory, so a project folder carries its own settings. A wrong key or value is a UsageError that
names the key, the value, where it was given and what is valid there, because a setting silently ignored costs a night.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from transforms.pipelines import SHIPPED
from warehouse.schema.errors import UsageError

SETTINGS_FILE: Final = "newsmill.toml"
PREFIX: Final = "NEWSMILL_"
OTHER_VARIABLES: Final = frozenset({"NEWSMILL_CRASH_AT"})
"""Variables that are no settings: `warehouse.fault` reads it in tests of crash safety."""


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(BaseSettings):
    """What a run can be told. Every field is also a key of newsmill.toml and, in capitals after NEWSMILL_, a variable."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, protected_namespaces=())

    warehouse: Path = Field(Path("data"), description="Folder of the warehouse.")
    model: str = Field(SHIPPED, min_length=1, description=f"{SHIPPED}, or any spaCy pipeline: a package's name or a folder.")
    workers: int = Field(default_factory=_cores, ge=0, le=1024, description="Worker processes; default: one a core.")
    batch_documents: int = Field(500, ge=1, description="At most this many text files in a batch.")
    batch_bytes: int = Field(8_000_000, ge=1_000, description="About this many bytes of input in a batch.")
    commit_seconds: float = Field(120, ge=0, description="Seconds between commits: what a kill can cost.")
    retries: int = Field(2, ge=0, le=100, description="How often a batch that failed is tried again.")
    retry_seconds: float = Field(5, ge=0, description="Seconds before a batch is tried again.")
    record_bytes: int = Field(16_000_000, ge=1_000, description="A longer record is rejected as too_large.")
    actors: Annotated[tuple[Path, ...], NoDecode] = Field(
        (), description=f"Files of your own people and organisations; in a variable with {os.pathsep!r} between them."
    )

    lexicon: Path | None = Field(None, description="Folder of your own lexicon, in place of Newsmill's.")

    @field_validator("actors", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags before environment before file: the order in which a key is looked for."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(SETTINGS_FILE))


def load_settings(**flags: Any) -> Settings:
    """The settings of this run; a flag that is None was not given. The warehouse's path comes back absolute.

    Raises UsageError naming the key, the value and where it stands, for a key, a variable or a value that is none.
    """
    _refuse_unknown_variables()
    given = {key: value for key, value in flags.items() if value is not None}
    try:
        settings = Settings(**given)
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{Path(SETTINGS_FILE).absolute()} is not UTF-8: byte {error.start} is wrong. Save it as UTF-8 or remove it."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{Path(SETTINGS_FILE).absolute()} is not TOML: {error}. Correct it or remove it.") from error
    except OSError as error:
        raise UsageError(f"{Path(SETTINGS_FILE).absolute()} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise UsageError("\n".join(_explain(detail, given) for detail in error.errors())) from error
    return settings.model_copy(update={"warehouse": settings.warehouse.expanduser().resolve()})


def _refuse_unknown_variables() -> None:
    known = {f"{PREFIX}{key}".upper() for key in Settings.model_fields}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known | OTHER_VARIABLES:
            raise UsageError(f"There is no setting for the variable {name}. There are: {', '.join(sorted(known))}.")


def _explain(detail: ErrorDetails, given: dict[str, Any]) -> str:
    key = str(detail["loc"][0])
    path = Path(SETTINGS_FILE).absolute()
    if detail["type"] == "extra_forbidden":
        place = "flags" if key in given else str(path)
        return f"There is no setting {key!r} ({place}). There are: {', '.join(sorted(Settings.model_fields))}."
    if key in given:
        place = f"--{key.replace('_', '-')}"
    elif f"{PREFIX}{key}".upper() in {name.upper() for name in os.environ}:
        place = f"the variable {PREFIX}{key.upper()}"
    else:
        place = f"{key} in {path}"
    about = Settings.model_fields[key].description or ""
    return f"{detail['input']!r} is no value for {place}: {detail['msg'].lower()}. {about}"
