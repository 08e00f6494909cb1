"""Settings: defaults < user's config.toml < project's .clarify.toml < CLARIFY_* variables < flags.

A project file comes with somebody's repository, so it may set how to decide, but never where requests
and keys are sent, nor that code is run: `base_url`, the keys, the adapter file and `effort` are taken from
the user alone.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assistant.decision.effort import Effort
from models import paths
from models.backends.base import CodeBy
from models.errors import UserError, nearest
from models.faults import first_fault

PROJECT_FILE = ".clarify.toml"
_SAYS_WHICH_MODEL = frozenset({"model", "adapter", "base_url"})
_PROJECT_MAY_SET = frozenset({"ask", "threshold", "max_questions", "max_tokens", "context", "threads"})


class Settings(BaseSettings):
    """What can be configured; each field is also a variable CLARIFY_<NAME> and a key of config.toml."""

    model_config = SettingsConfigDict(env_prefix="CLARIFY_", extra="forbid", frozen=True)

    model: str | None = Field(
        default=None,
        description="A name of `clarify models list`, a GGUF file, `openai:NAME` or `gemini:NAME`.",
    )
    adapter: str | None = Field(
        default=None, description="A GGUF LoRA file or a known adapter; `none` for the bare model."
    )
    code_by: CodeBy | None = Field(
        default=None,
        description="Who writes code where there is an adapter: `adapter`, or `base`; as the adapter says "
        "when not given.",
    )
    base_url: str | None = Field(default=None, description="An OpenAI-compatible server to use.")
    server_api_key: SecretStr | None = Field(
        default=None, description="Sent to base_url, where it needs one."
    )
    openai_api_key: SecretStr | None = Field(default=None, description="Else OPENAI_API_KEY.")
    gemini_api_key: SecretStr | None = Field(default=None, description="Else GEMINI_API_KEY.")
    ask: Literal["auto", "always", "never"] = Field(default="auto", description="When to ask questions.")
    threshold: float = Field(default=0.5, ge=0, le=1, description="In auto, ask when p_ask is at least this.")
    effort: Effort = Field(
        default="low", description="For the decision in auto; above `low` it runs drafts in the sandbox."
    )
    max_questions: int = Field(default=5, ge=1, le=20, description="Most questions shown at once.")
    max_tokens: int = Field(default=1024, ge=1, description="Most tokens of one reply.")
    context: int | None = Field(default=None, ge=256, description="Context window in tokens.")
    threads: int | None = Field(default=None, ge=1, description="CPU threads of the local model.")
    temperature: float = Field(default=0.0, ge=0, le=2, description="0 is greedy decoding.")
    seed: int = Field(default=0, ge=0, description="Of the sampler, when the temperature is above 0.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, variables, project file, user file: the first that says something wins."""
        return (
            init_settings,
            env_settings,
            _ProjectSource(settings_cls),
            TomlConfigSettingsSource(settings_cls, toml_file=paths.config_file()),
        )


class _ProjectSource(TomlConfigSettingsSource):
    """The nearest .clarify.toml at or above the working folder, and only the keys a project may set."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        found = project_file(Path.cwd())
        super().__init__(settings_cls, toml_file=found)
        refused = sorted((set(self.toml_data) & set(settings_cls.model_fields)) - _PROJECT_MAY_SET)
        if found and refused:
            raise UserError(
                f"a project may not set {', '.join(refused)}",
                where=str(found),
                do=f"move it to {paths.config_file()}",
            )


def project_file(folder: Path) -> Path | None:
    """The nearest .clarify.toml at or above `folder`, up to a repository's root or the home folder."""
    home = Path.home()
    for place in (folder, *folder.parents):
        candidate = place / PROJECT_FILE
        if candidate.is_file():
            return candidate
        if place == home or (place / ".git").exists():
            return None
    return None


def load(**flags: Any) -> Settings:
    """Read the settings.

    Args:
        flags: values from the command line; None means that the flag was not given. One that says which model
            answers takes `code_by` with it: that of the files is about another adapter.

    Raises:
        UserError: a file is not TOML, a key is unknown, or a value is out of its range; named with its key.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    if given.keys() & _SAYS_WHICH_MODEL:
        given.setdefault("code_by", None)
    _check_files()
    try:
        return Settings(**given)
    except ValidationError as error:
        fault = first_fault(error)
        key = fault.place
        if fault.is_unknown:
            known = list(Settings.model_fields)
            raise UserError(
                f"there is no setting `{key}`; {nearest(key, known)}", where=_place_of(key)
            ) from error
        raise UserError(f"the setting `{key}` is wrong: {fault.said}", where=_place_of(key)) from error


def _files() -> list[Path]:
    """The settings files that are there, the stronger one first."""
    files = (project_file(Path.cwd()), paths.config_file())
    return [file for file in files if file is not None and file.exists()]


def _check_files() -> None:
    """Read both files once, so that a broken one is named.

    Raises:
        UserError: it cannot be read, or is not TOML.
    """
    for file in _files():
        try:
            tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror}", where=str(file)) from error
        except UnicodeDecodeError as error:
            raise UserError("is not UTF-8 text", where=str(file)) from error
        except tomllib.TOMLDecodeError as error:
            raise UserError(f"not TOML: {error}", where=str(file)) from error


def _place_of(key: str) -> str:
    """Where a wrong setting was made: a flag and a variable are checked before the files."""
    variable = f"CLARIFY_{key.upper()}"
    if variable in os.environ:
        return variable
    for file in _files():
        if key in tomllib.loads(file.read_text(encoding="utf-8")):
            return str(file)
    return f"--{key.replace('_', '-')}"
