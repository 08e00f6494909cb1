"""Where ClarifyCoder keeps its files: the platform's own folders, or all under CLARIFY_HOME.

Nothing is created here; whoever writes a file makes its folder.
"""

from __future__ import annotations

import os
from pathlib import Path

APP = "clarifycoder"


def _home() -> Path | None:
    value = os.environ.get("CLARIFY_HOME")
    return Path(value).expanduser().absolute() if value else None


def models_dir() -> Path:
    """Model and adapter files: large, can be fetched again."""
    if home := _home():
        return home / "models"
    import platformdirs

    return platformdirs.user_data_path(APP, appauthor=False) / "models"


def config_file() -> Path:
    """The user's config.toml."""
    if home := _home():
        return home / "config.toml"
    import platformdirs

    return platformdirs.user_config_path(APP, appauthor=False) / "config.toml"


def state_dir() -> Path:
    """What the user made and must not lose: chat sessions, input history, the undo journal."""
    if home := _home():
        return home / "state"
    import platformdirs

    return platformdirs.user_state_path(APP, appauthor=False)


def cache_dir() -> Path:
    """What can be computed again."""
    if home := _home():
        return home / "cache"
    import platformdirs

    return platformdirs.user_cache_path(APP, appauthor=False)
