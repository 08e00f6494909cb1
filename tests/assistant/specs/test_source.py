"""Every way that a file or stdin cannot be read is one line for people."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.specs.source import MAX_BYTES, decode, read_source, read_stdin
from models.errors import UserError


def refused(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_source(path)
    line = str(caught.value)
    assert str(path) in line
    assert "\n" not in line
    assert caught.value.do
    return line


def test_missing(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "missing.py")


def test_directory(tmp_path: Path) -> None:
    assert "is a directory" in refused(tmp_path)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x7fELF\x00\x01", "binary"),
        (b"caf\xe9 = 1\n", "not UTF-8"),
        (b"", "empty"),
        (b" \n\t\r\n", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        ("x = 1".encode("utf-16"), "UTF-16"),
        ("x = 1".encode("utf-32"), "UTF-32"),
        (b"#" * (MAX_BYTES + 1), "larger than 4 MiB"),
    ],
)
def test_content_that_is_no_request(tmp_path: Path, data: bytes, reason: str) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(data)
    assert reason in refused(file)


def test_the_place_of_a_wrong_byte_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"x = 1\ny = '\xe9'\n")
    assert "line 2" in refused(file)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs permissions that bind")
def test_unreadable(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x", encoding="utf-8")
    file.chmod(0)
    assert "may not be read" in refused(file)


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / ("x" * 300 + ".py"))


@given(st.text(min_size=1).filter(lambda t: t.strip("\ufeff \n") and "\0" not in t))
def test_text_comes_back_to_the_byte(text: str) -> None:
    data = text.encode("utf-8")
    try:
        assert decode(data, where="x").encode("utf-8") == data
    except UserError as error:
        assert "empty" in error.what  # noqa: PT017
        assert not text.removeprefix("\ufeff").strip()


def test_crlf_and_byte_order_mark_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"\xef\xbb\xbfx = 1\r\n")
    assert read_source(file) == "\ufeffx = 1\r\n"


def test_stdin(tmp_path: Path) -> None:
    assert read_stdin(io.BytesIO("sortiere größte zuerst".encode())) == "sortiere größte zuerst"
    with pytest.raises(UserError, match="stdin: is empty"):
        read_stdin(io.BytesIO(b"\n"))
