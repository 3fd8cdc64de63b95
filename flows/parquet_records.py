"""The rows of a .parquet, a few at a time: only the columns that a field may stand in are read, a row group never as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import IOBase
from typing import Any, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from flows.buckets import seekable_object
from flows.fields import Reading, columns_read
from flows.formats import InputFile
from flows.streams import DamagedStreamError

_ROWS: Final = 32
_STRUCTURE_BYTES: Final = 64 << 20
"""Bound on the file's own description of itself, which a hostile file could make endless."""


def row_groups(input_file: InputFile) -> list[tuple[int, int]]:
    """Rows and bytes (as stored) of each row group. Raises DamagedStreamError for what is no Parquet, OSError."""
    with _opened(input_file) as file:
        groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
        return [(group.num_rows, _stored(group)) for group in groups]


def column_names(input_file: InputFile) -> list[str]:
    """The names of all columns. Raises DamagedStreamError, OSError."""
    with _opened(input_file) as file:
        return list(file.schema_arrow.names)


def read_rows(
    input_file: InputFile, reading: Reading, first: int = 0, last: int = -1
) -> Iterator[tuple[int, dict[str, Any] | DamagedStreamError]]:
    """Give the rows of the row groups from `first` up to `last` (below 0: all): number in the file and possible fields.

    In place of the rows of a group from the first that cannot be read on stands one error, so that a group gives the same whether
    it is read alone or with others. Raises DamagedStreamError for what is no Parquet, OSError.
    """
    with _opened(input_file) as file:
        last = file.metadata.num_row_groups if last < 0 else last
        names = file.schema_arrow.names
        columns = columns_read(names, reading.names)
        begin = sum(file.metadata.row_group(number).num_rows for number in range(first))
        for number in range(first, last):
            group = file.metadata.row_group(number)
            index = begin
            try:
                _check_size(group, reading)
                for row in _group_rows(file, number, columns, names):
                    yield index, row
                    index += 1
            except DamagedStreamError as error:
                yield index, error
            except (pa.ArrowException, ValueError, OverflowError, OSError) as error:
                if isinstance(error, OSError) and (error.errno is not None or input_file.in_bucket):
                    raise
                lost = max(0, begin + group.num_rows - index)
                what = f"row group {number + 1} is damaged, {lost:,} of its rows are lost"
                yield index, DamagedStreamError(f"{what} ({str(error).splitlines()[0][:200]})")
            begin += group.num_rows


def _group_rows(file: pq.ParquetFile, number: int, columns: list[str], names: list[str]) -> Iterator[dict[str, Any]]:
    if not columns:
        yield from (dict.fromkeys(names) for _ in range(file.metadata.row_group(number).num_rows))
        return
    for rows in file.iter_batches(batch_size=_ROWS, row_groups=[number], columns=columns, use_threads=False):
        yield from _plain(rows)


@contextmanager
def _opened(input_file: InputFile) -> Iterator[pq.ParquetFile]:
    """Give the file, and say what is wrong with it in our own words, also while it is read."""
    try:
        if input_file.in_bucket:
            with seekable_object(input_file.source_uri) as stream:
                yield _file(pa.PythonFile(cast(IOBase, stream), mode="r"))
        else:
            with input_file.path.open("rb") as stream:
                yield _file(stream)
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise DamagedStreamError(f"the Parquet file is damaged ({str(error).splitlines()[0][:200]})") from error
    except OSError as error:
        if error.errno is not None or input_file.in_bucket:
            raise
        raise DamagedStreamError(f"the Parquet file is damaged ({str(error).splitlines()[0][:200]})") from error


def _file(stream: Any) -> pq.ParquetFile:
    return pq.ParquetFile(
        stream,
        pre_buffer=False,
        buffer_size=1 << 20,
        thrift_string_size_limit=_STRUCTURE_BYTES,
        thrift_container_size_limit=1 << 20,
    )


def _plain(rows: pa.RecordBatch) -> list[dict[str, Any]]:
    try:
        return rows.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):  # a date out of Python's years: that column as text, or not at all
        columns = {}
        for name, column in zip(rows.schema.names, rows.columns, strict=True):
            try:
                columns[name] = column.to_pylist()
            except (ValueError, OverflowError, pa.ArrowException):
                columns[name] = [None] * len(column)
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _stored(group: Any) -> int:
    return sum(max(0, group.column(number).total_compressed_size) for number in range(group.num_columns))


def _check_size(group: Any, reading: Reading) -> None:
    unfolded = sum(max(0, group.column(number).total_uncompressed_size) for number in range(group.num_columns))
    if unfolded > max(100_000_000, _stored(group) * reading.decompression_ratio) or unfolded > reading.decompressed_bytes:
        settings = "settings decompression_ratio and decompressed_bytes"
        message = f"a row group unfolds from {_stored(group):,} to {unfolded:,} bytes ({settings})"
        raise DamagedStreamError(message, "expands_too_far")
