"""Files survive a kill: old content or new, never a part; a torn line costs that line alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import UserError
from models.files import append_jsonl, json_lines, read_jsonl, write_atomic

ROOT = Path(__file__).parents[2]

per_example = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec=None, exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
records = st.dictionaries(st.text(max_size=5), values, max_size=4)


class TestWriteAtomic:
    @per_example
    @given(data=st.binary(max_size=100) | st.text(max_size=100))
    def test_what_is_written_is_what_stands_there(self, tmp_path: Path, data: bytes | str) -> None:
        path = tmp_path / "new" / "file"
        write_atomic(path, data)
        assert path.read_bytes() == (data.encode() if isinstance(data, str) else data)
        assert list(path.parent.iterdir()) == [path]

    def test_permissions_are_kept_and_new_files_get_the_usual_ones(self, tmp_path: Path) -> None:
        kept, new = tmp_path / "kept", tmp_path / "new"
        kept.write_text("old", encoding="utf-8")
        kept.chmod(0o640)
        write_atomic(kept, "new")
        assert kept.stat().st_mode & 0o777 == 0o640
        before = os.umask(0o027)
        try:
            write_atomic(new, "new")
            assert os.umask(0o027) == 0o027
        finally:
            os.umask(before)
        assert new.stat().st_mode & 0o777 == 0o640

    def test_a_link_stays_and_its_target_changes(self, tmp_path: Path) -> None:
        target, link = tmp_path / "target", tmp_path / "link"
        target.write_text("old", encoding="utf-8")
        link.symlink_to(target)
        write_atomic(link, "new")
        assert link.is_symlink()
        assert target.read_text(encoding="utf-8") == "new"

    def test_a_link_that_goes_round_is_an_error_for_people(self, tmp_path: Path) -> None:
        link = tmp_path / "link"
        link.symlink_to(link)
        with pytest.raises(UserError, match="cannot write"):
            write_atomic(link, "new")

    def test_text_that_no_file_can_hold_leaves_the_old_content(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("old", encoding="utf-8")
        with pytest.raises(UserError, match="cannot write"):
            write_atomic(path, "half a pair: \ud83d")
        assert path.read_text(encoding="utf-8") == "old"
        assert list(tmp_path.glob(".*")) == []

    def test_a_folder_in_the_way_is_left_as_it_is(self, tmp_path: Path) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        (folder / "inside").write_text("old", encoding="utf-8")
        with pytest.raises(UserError, match="cannot write") as caught:
            write_atomic(folder, "new")
        assert caught.value.where == str(folder)
        assert (folder / "inside").read_text(encoding="utf-8") == "old"
        assert list(tmp_path.glob(".*")) == []

    def test_a_file_where_a_folder_should_be_is_an_error_for_people(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("old", encoding="utf-8")
        with pytest.raises(UserError, match="cannot write"):
            write_atomic(tmp_path / "file" / "below", "new")

    @pytest.mark.skipif(sys.platform == "win32", reason="resource limits are POSIX")
    def test_a_full_disk_leaves_the_old_content_and_no_rest(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("old", encoding="utf-8")
        code = (
            "import resource, signal, sys\n"
            "from pathlib import Path\n"
            "from models.errors import UserError\n"
            "from models.files import write_atomic\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
            "try:\n    write_atomic(Path(sys.argv[1]), b'x' * 5000)\n"
            "except UserError as error:\n    print(error)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert "cannot write: File too large" in done.stdout
        assert path.read_text(encoding="utf-8") == "old"
        assert list(tmp_path.glob(".*")) == []


class TestJsonLines:
    def test_a_missing_file_is_empty(self, tmp_path: Path) -> None:
        assert list(read_jsonl(tmp_path / "none")) == []

    @per_example
    @given(written=st.lists(records, max_size=5))
    def test_records_come_back_in_order(
        self, tmp_path_factory: pytest.TempPathFactory, written: list[dict[str, Any]]
    ) -> None:
        path = tmp_path_factory.mktemp("lines") / "new" / "file.jsonl"
        for record in written:
            append_jsonl(path, record)
        assert list(read_jsonl(path)) == written

    @per_example
    @given(
        written=st.lists(records.filter(bool), min_size=1, max_size=4), cut=st.integers(1, 200), after=records
    )
    def test_a_torn_last_line_is_skipped_and_later_ones_are_read(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        written: list[dict[str, Any]],
        cut: int,
        after: dict[str, Any],
    ) -> None:
        path = tmp_path_factory.mktemp("lines") / "file.jsonl"
        for record in written:
            append_jsonl(path, record)
        content = path.read_bytes()
        last = content.rstrip(b"\n").rpartition(b"\n")[2]
        kept = content[: len(content) - 1 - min(cut, len(last) - 1)]
        path.write_bytes(kept)  # the last line has lost its end, and one byte at least is left of it
        assert list(read_jsonl(path)) == written[:-1]
        append_jsonl(path, after)
        assert list(read_jsonl(path)) == [*written[:-1], after]

    def test_a_last_line_without_its_newline_is_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "file.jsonl"
        path.write_bytes(b'{"a":1}')
        assert list(read_jsonl(path)) == [{"a": 1}]
        append_jsonl(path, {"b": 2})
        assert list(read_jsonl(path)) == [{"a": 1}, {"b": 2}]

    @per_example
    @given(noise=st.binary(max_size=200))
    def test_no_content_breaks_the_reader(self, tmp_path: Path, noise: bytes) -> None:
        path = tmp_path / "file.jsonl"
        path.write_bytes(noise + b'\n[1]\n"text"\n\n{"a": 1}\n')
        assert list(read_jsonl(path))[-1] == {"a": 1}

    def test_a_line_nested_beyond_reason_is_skipped(self, tmp_path: Path) -> None:
        path = tmp_path / "file.jsonl"
        path.write_bytes(b"[" * 200_000 + b'\n{"a": 1}\n')
        assert list(read_jsonl(path)) == [{"a": 1}]

    def test_text_stays_readable_in_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "file.jsonl"
        append_jsonl(path, {"text": "größer\u2028als"})
        assert "größer" in path.read_text(encoding="utf-8")
        assert json.loads(path.read_bytes()) == {"text": "größer\u2028als"}

    def test_a_place_that_cannot_be_written_is_an_error_for_people(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="cannot write") as caught:
            append_jsonl(tmp_path, {"a": 1})
        assert caught.value.where == str(tmp_path)


@pytest.mark.parametrize("encode", [str, str.encode])
def test_lines_keep_their_numbers_and_what_is_no_object_is_none(encode) -> None:
    lines = [encode(line) for line in ('{"a": 1}\n', " \n", "[2]\n", '{"a": ', "[" * 100_000)]
    assert list(json_lines(lines)) == [(1, {"a": 1}), (3, None), (4, None), (5, None)]
