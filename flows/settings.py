"""Every setting of a run in one model, read once: defaults < newsmill.toml < NEWSMILL_* < flags.

The file stands in the working directory, so a project folder carries its own settings. A wrong key or value is a UsageError that
names the key, the value, where it was given and what is valid there, because a setting silently ignored costs a night.
"""

import dataclasses
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from flows.fields import Reading
from transforms.languages import normalised
from transforms.pipelines import SHIPPED
from warehouse.schema.errors import UsageError

SETTINGS_FILE: Final = "newsmill.toml"
PREFIX: Final = "NEWSMILL_"
OTHER_VARIABLES: Final = frozenset({"NEWSMILL_CRASH_AT"})
"""Variables that are no settings: `warehouse.fault` reads it in tests of crash safety."""


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


Names = Annotated[tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)]


class Fields(BaseModel):
    """Names of the user's fields for what a record has; dots lead into nested objects, of several names the first with a value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    record_id: Names = ()
    title: Names = ()
    body: Names = ()
    published: Names = ()
    publisher: Names = ()
    url: Names = ()
    language: Names = ()


class Settings(BaseSettings):
    """What a run can be told. Every field is also a key of newsmill.toml and, in capitals after NEWSMILL_, a variable."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, protected_namespaces=())

    warehouse: Path = Field(Path("data"), description="Folder of the warehouse.")
    model: str = Field(SHIPPED, min_length=1, description=f"{SHIPPED}, or any spaCy pipeline: a package's name or a folder.")
    language: str = Field("en", description="Language that the model reads; documents in others keep sentences, without events.")
    workers: int = Field(default_factory=_cores, ge=0, le=1024, description="Worker processes; default: one a core.")
    batch_documents: int = Field(500, ge=1, description="At most this many text files in a batch.")
    batch_bytes: int = Field(8_000_000, ge=1_000, description="About this many bytes of input in a batch.")
    commit_seconds: float = Field(120, ge=0, description="Seconds between commits: what a kill can cost.")
    retries: int = Field(2, ge=0, le=100, description="How often a batch that failed is tried again.")
    retry_seconds: float = Field(5, ge=0, description="Seconds before a batch is tried again.")
    fields: Fields = Field(Fields(), description="Where records of yours hold text, date and so on.")
    record_bytes: int = Field(16_000_000, ge=1_000, description="A longer record is rejected as too_large.")
    document_characters: int = Field(2_000_000, ge=1_000, description="A document of a longer text is rejected as too_large.")
    decompressed_bytes: int = Field(
        200_000_000_000,
        ge=1_000,
        description="A compressed input is read up to so many bytes; the rest is rejected as expands_too_far.",
    )
    decompression_ratio: int = Field(
        500, ge=2, description="The same for one that unfolds to more than so many times its size, and to more than 100 MB."
    )
    max_files: int = Field(1_000_000, ge=1, description="A run over more inputs is refused.")
    json_depth: int = Field(100, ge=1, le=900, description="A JSON record nested deeper is rejected as too_deep.")
    html_depth: int = Field(200, ge=10, le=250, description="A web page nested deeper is rejected as too_deep.")
    csv_columns: int = Field(2_000, ge=1, description="A row of a table with more columns is rejected as bad_csv.")
    retention_days: float = Field(
        7, ge=0, description="`newsmill maintain` expires snapshots that were superseded so many days ago."
    )
    orphan_days: float = Field(7, ge=0, description="It deletes files that no snapshot lists when they are so many days old.")
    duplicate_jaccard: float = Field(
        0.8, ge=0.5, le=1, description="Share of their runs of five words from which two texts are near-duplicates."
    )
    duplicate_days: int = Field(7, ge=0, le=366, description="Near-duplicates are published at most so many days apart.")
    document_seconds: float = Field(300, gt=0, description="A document that takes longer is rejected as timeout.")
    lock_seconds: float = Field(120, ge=0, description="Seconds to wait for another run that commits or publishes.")
    actors: Annotated[tuple[Path, ...], NoDecode] = Field(
        (), description=f"Files of your own people and organisations; in a variable with {os.pathsep!r} between them."
    )

    lexicon: Path | None = Field(None, description="Folder of your own lexicon, in place of Newsmill's.")

    @property
    def reading(self) -> Reading:
        """How records are read."""
        bounds = {one.name: getattr(self, one.name) for one in dataclasses.fields(Reading) if one.name != "names"}
        return Reading(**bounds, names=tuple((name, paths) for name, paths in self.fields if paths))

    @field_validator("actors", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value

    @field_validator("language")
    @classmethod
    def _code(cls, value: str) -> str:
        code = normalised(value)
        if code is None:
            raise ValueError("give a code such as en, de or zh (ISO 639), or an English name")
        return code

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
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) > 1:
        there = ", ".join(Fields.model_fields)
        return f"There is no field {detail['loc'][1]!r} to be mapped under [{key}] in {path}. There are: {there}."
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
