"""`apps:FOLDER`, `apps:FILE` and `apps:OWNER/NAME`: APPS in its own layout, as rows, or from the Hub.

`apps:…@test` takes the test split instead of `train`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.errors import UserError
from synth.schema import Problem
from synth.sources.apps_rows import apps_draft
from synth.sources.base import Skipped, SourceOptions
from synth.sources.drafts import Draft, verified
from synth.sources.jsonl import rows_of
from synth.sources.recording.recorder import Recorder

CONVERTED = "refs/convert/parquet"
"""Where the Hub keeps a data set as parquet that comes as a script; `datasets` runs no scripts any more."""


class Apps:
    """Problems of APPS.

    Args:
        argument: a folder in the original layout or of parquet files, a parquet or JSON-lines file, or the
            name of a data set on the Hub; `@SPLIT` may follow.
        options: where recordings are kept, and so on.
    """

    def __init__(self, argument: str, options: SourceOptions) -> None:
        self.name = f"apps:{argument}"
        self.skipped: list[Skipped] = []
        place, _, split = argument.partition("@")
        self._split = split or "train"
        self._place = place
        self._recorder = Recorder(options)
        if not place:
            raise UserError(
                "no folder, file or data set is given", do="write it after the colon: `apps:FOLDER`"
            )
        if not Path(place).expanduser().exists() and not re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", place):
            raise UserError("there is no such file or folder", where=place)

    @classmethod
    def open(cls, argument: str, options: SourceOptions) -> Apps:
        """The source for `apps:ARGUMENT`."""
        return cls(argument, options)

    def problems(self) -> Iterator[Problem]:
        """The problems of which a solution passes the tests."""
        self.skipped = []
        return verified(self._drafts(), self._recorder, self.skipped)

    def _drafts(self) -> Iterator[Draft | Skipped]:
        source = f"apps:{self._split}"
        for place, row in self._rows():
            if isinstance(row, str):
                yield Skipped(f"{source}:{place}", "unreadable", row)
            else:
                yield apps_draft(f"{source}:{place}", source, row)

    def _rows(self) -> Iterator[tuple[str, dict[str, Any] | str]]:
        """Rows by a name for their place; a text says why there is none."""
        path = Path(self._place).expanduser()
        if path.suffix in {".jsonl", ".json"} and path.is_file():
            for number, row in rows_of(path):
                yield str(number), dict(row) if row is not None else "the line is no JSON object"
        elif path.is_dir() and not list(path.glob("**/*.parquet")):
            yield from self._folder(path)
        elif path.exists():
            yield from _numbered(_parquet([path] if path.is_file() else self._parquet_files(path)))
        else:
            yield from _numbered(_from_hub(self._place, self._split))

    def _folder(self, path: Path) -> Iterator[tuple[str, dict[str, Any] | str]]:
        root = path / self._split if (path / self._split).is_dir() else path
        folders = sorted(one for one in root.iterdir() if (one / "question.txt").is_file())
        if not folders:
            raise UserError("it holds no problem of APPS (`0000/question.txt`)", where=str(root))
        for folder in folders:
            yield folder.name, _in_folder(folder)

    def _parquet_files(self, path: Path) -> list[Path]:
        files = sorted(path.glob("**/*.parquet"))
        return [file for file in files if self._split in str(file.relative_to(path))] or files


def _in_folder(folder: Path) -> dict[str, Any] | str:
    row: dict[str, Any] = {"problem_id": folder.name}
    try:
        row["question"] = (folder / "question.txt").read_text(encoding="utf-8")
        for name in ("solutions", "input_output"):
            file = folder / f"{name}.json"
            row[name] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
        starter = folder / "starter_code.py"
        row["starter_code"] = starter.read_text(encoding="utf-8") if starter.is_file() else ""
    except (OSError, ValueError) as error:
        return f"cannot be read: {error}"
    return row


def _numbered(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any] | str]]:
    for number, row in enumerate(rows):
        yield str(number), row


def _parquet(files: list[Path]) -> Iterator[dict[str, Any]]:
    import datasets  # type: ignore[import-untyped]

    try:
        # As a stream: nothing is copied into the cache.
        rows = datasets.load_dataset(
            "parquet", data_files=[str(file) for file in files], split="train", streaming=True
        )
        yield from rows
    except (OSError, ValueError) as error:
        raise UserError(f"cannot be read as parquet: {error}", where=str(files[0])) from error


def _from_hub(name: str, split: str) -> Iterator[dict[str, Any]]:
    import datasets
    from huggingface_hub.errors import HfHubHTTPError

    try:
        try:
            rows = datasets.load_dataset(name, split=split)
        except RuntimeError as error:
            if "script" not in str(error):
                raise
            files = _converted_files(name, split)
            rows = datasets.load_dataset("parquet", data_files=files, split="train")
    except (OSError, ValueError, RuntimeError, HfHubHTTPError) as error:
        raise UserError(
            f"cannot be loaded from the Hub: {str(error).partition(chr(10))[0]}",
            where=name,
            do="check the name, the split and the network, or give a folder that has the files",
        ) from error
    yield from rows


def _converted_files(name: str, split: str) -> list[str]:
    """Addresses of the parquet files that the Hub made of a data set; the whole where there are parts."""
    import huggingface_hub

    files = huggingface_hub.HfApi().list_repo_files(name, repo_type="dataset", revision=CONVERTED)
    wanted = sorted(file for file in files if file.endswith(".parquet") and re.search(rf"\b{split}\b", file))
    whole = [file for file in wanted if file.partition("/")[0] in {"all", "default"}]
    if not wanted:
        raise ValueError(f"there is no split `{split}`")
    return [f"hf://datasets/{name}@{CONVERTED.replace('/', '%2F')}/{file}" for file in whole or wanted]
