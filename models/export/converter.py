"""A folder of transformers as a GGUF model, by llama.cpp's own converter, where that is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from models.errors import UserError

_NAMES = ("convert_hf_to_gguf.py", "convert-hf-to-gguf")
"""The converter in llama.cpp's repository, and as packages call it."""


def convert(folder: Path, out: Path) -> None:
    """Write a model of transformers as GGUF in f16.

    Args:
        folder: with config.json, the weights and the tokeniser.
        out: the file to write.

    Raises:
        UserError: the converter is not on PATH, or it failed; its last line is told.
    """
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        raise UserError(
            "a folder of transformers must be converted to GGUF first, and no converter is installed",
            where=str(folder),
            do=f"run llama.cpp's {_NAMES[0]} on it, and give the file as --base",
        )
    done = subprocess.run(
        [program, str(folder), "--outtype", "f16", "--outfile", str(out)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode or not out.is_file():
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["it says nothing"]
        raise UserError(f"{Path(program).name} failed: {lines[-1]}", where=str(folder))
