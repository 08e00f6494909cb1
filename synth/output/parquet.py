"""Parquet: the columns are the fields of the schema, with their types, also where a file has no values."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from models.errors import UserError
from synth.output.staging import Staged

if TYPE_CHECKING:
    import pyarrow as pa
    from pydantic import BaseModel

_ROWS = 1000  # of a row group, which is what stays in memory


class ParquetFile:
    """A parquet file that is being written.

    Args:
        path: the file.

    Raises:
        UserError: pyarrow is missing, or the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            import pyarrow.parquet as pq
        except ModuleNotFoundError as error:
            raise UserError(
                "pyarrow is not installed", do="run `pip install 'clarifycoder[synth]'`"
            ) from error
        self._schema = sample_schema()
        self._staged = Staged(path)
        self._writer = pq.ParquetWriter(self._staged.file, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def write(self, sample: dict[str, Any]) -> None:
        """Add a sample."""
        self._rows.append(sample)
        if len(self._rows) == _ROWS:
            self._write_rows()

    def _write_rows(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._write_rows()
            self._writer.close()
        except BaseException as failure:
            self._staged.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self._staged.__exit__(kind, error, trace)


def sample_schema() -> pa.Schema:
    """The arrow schema of `Sample`, read off the schema that training reads."""
    import pyarrow as pa

    from synth.schema import Sample

    return pa.schema(_fields(Sample))


def _fields(model: type[BaseModel]) -> list[pa.Field]:
    import pyarrow as pa

    return [pa.field(name, _type(field.annotation)) for name, field in model.model_fields.items()]


def _type(annotation: Any) -> pa.DataType:
    """The arrow type of an annotation: text, number, record, tuple of one kind, or one of these or None."""
    import pyarrow as pa
    from pydantic import BaseModel

    simple: dict[Any, Callable[[], pa.DataType]] = {
        str: pa.string, int: pa.int64, float: pa.float64, bool: pa.bool_,
    }  # fmt: skip
    if annotation in simple:
        return simple[annotation]()
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return pa.struct(_fields(annotation))
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return pa.string()
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return pa.list_(_type(arguments[0]))
    if origin in {types.UnionType, typing.Union} and type(None) in arguments and len(arguments) == 2:
        return _type(next(one for one in arguments if one is not type(None)))
    raise TypeError(f"no arrow type for {annotation}")
