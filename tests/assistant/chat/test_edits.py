"""Code into files through the chat: the right file, a diff, a yes, and the way back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from assistant.chat.attachments import Attachment
from assistant.chat.session import Session
from assistant.chat.target import choose, defined
from assistant.edits.apply import apply
from assistant.edits.journal import Journal
from assistant.edits.plan import plan
from models.errors import UserError
from tests.assistant.chat.conftest import MakeChat
from tests.assistant.chat.scripted_screen import ScriptedScreen

SHOP = "import math\n\n\ndef total(items):\n    return 0\n\n\ndef keep():\n    return 1\n"
CODE = "```python\ndef total(items):\n    return sum(items)\n"


def test_diff_shows_and_writes_nothing(make_chat: MakeChat) -> None:
    Path("shop.py").write_text(SHOP, encoding="utf-8")
    screen = ScriptedScreen(["/add shop.py", "w", "/diff"])
    make_chat(screen, [CODE]).run()
    (diff,) = screen.texts("diff")
    assert "--- a/shop.py\n+++ b/shop.py\n" in diff
    assert "-    return 0\n+    return sum(items)\n" in diff
    assert Path("shop.py").read_text(encoding="utf-8") == SHOP


def test_apply_asks_and_undo_and_redo_move_it(make_chat: MakeChat) -> None:
    Path("shop.py").write_text(SHOP, encoding="utf-8")
    screen = ScriptedScreen(["/add shop.py", "w", "/apply", "/apply"], confirmations=[False, True])
    chat = make_chat(screen, [CODE])
    chat.run()
    assert screen.texts("confirm") == ["change shop.py?"] * 2
    assert screen.texts("say")[1:] == ["nothing was written", "wrote shop.py (+1 -1); /undo takes it back"]
    written = Path("shop.py").read_text(encoding="utf-8")
    assert "return sum(items)" in written
    assert "def keep():" in written
    # The session taken up again takes it back unasked, for the journal and the session are on disk.
    later = ScriptedScreen(["/undo", "/undo", "/redo", "/redo"])
    make_chat(later, session=Session.resume(None)).run()
    assert later.texts("confirm") == []
    assert later.texts("say") == ["restored shop.py (w)", "wrote shop.py (w)"]
    assert [error.split(": ")[1] for error in later.texts("error")] == [
        "there is nothing to undo",
        "there is nothing to redo",
    ]
    assert Path("shop.py").read_text(encoding="utf-8") == written


def test_apply_makes_a_new_file_and_undo_removes_it(make_chat: MakeChat) -> None:
    screen = ScriptedScreen(["w", "/apply", "/apply new/deep.py", "/undo"], confirmations=[True])
    make_chat(screen, [CODE]).run()
    assert screen.texts("error") == ["no file was added; name one: /apply FILE (it may be new)"]
    assert screen.texts("confirm") == ["make new/deep.py?"]
    assert not Path("new").exists()
    assert screen.texts("say")[-1] == "removed new/deep.py (w)"


def written_elsewhere() -> Journal:
    """A step in this folder that no chat wrote."""
    journal = Journal()
    made = plan(Path("shop.py"), None, SHOP)
    assert made is not None
    apply([made], root=Path.cwd(), journal=journal, label="total")
    return journal


def test_a_step_of_another_command_is_taken_back_only_after_its_diff_and_a_yes(make_chat: MakeChat) -> None:
    (step,) = written_elsewhere().history(Path.cwd()).done
    screen = ScriptedScreen(["/undo", "/undo", "/redo", "/redo"], confirmations=[False, True, False, True])
    make_chat(screen).run()
    day = datetime.fromisoformat(step.time).astimezone().strftime("%Y-%m-%d %H:%M")
    assert screen.shown[:4] == [
        ("say", f"this session did not write that step: total, {day}"),
        ("diff", screen.texts("diff")[0]),
        ("confirm", "undo it?"),
        ("say", "nothing was changed"),
    ]
    assert screen.texts("diff")[0].startswith("--- a/shop.py\n+++ b/shop.py\n")
    assert "-def keep():\n" in screen.texts("diff")[0]
    assert "+def keep():\n" in screen.texts("diff")[2]
    assert screen.texts("confirm") == ["undo it?", "undo it?", "redo it?", "redo it?"]
    done = [text for text in screen.texts("say") if "did not write" not in text]
    assert done == [
        "nothing was changed",
        "removed shop.py (total)",
        "nothing was changed",
        "wrote shop.py (total)",
    ]
    assert Path("shop.py").read_text(encoding="utf-8") == SHOP


def test_without_a_terminal_a_step_of_another_command_stays(make_chat: MakeChat) -> None:
    written_elsewhere()
    screen = ScriptedScreen(["/undo"], interactive=False)
    assert make_chat(screen).run() == 1
    assert screen.texts("error") == ["nobody is there to say yes"]
    assert Path("shop.py").read_text(encoding="utf-8") == SHOP


def test_undo_refuses_what_was_changed_since_and_shows_it(make_chat: MakeChat) -> None:
    screen = ScriptedScreen(["w", "/apply a.py"], confirmations=[True])
    chat = make_chat(screen, [CODE])
    chat.run()
    Path("a.py").write_text("mine = 1\n", encoding="utf-8")
    again = ScriptedScreen(["/undo"])
    make_chat(again).run()
    assert "was changed since that step" in again.texts("error")[0]
    assert "+mine = 1" in again.texts("diff")[0]
    assert Path("a.py").read_text(encoding="utf-8") == "mine = 1\n"


def test_a_file_of_another_kind_is_replaced_whole(make_chat: MakeChat) -> None:
    Path("a.txt").write_text("old\n", encoding="utf-8")
    screen = ScriptedScreen(["w", "/apply a.txt"], confirmations=[True])
    make_chat(screen, ["```\nnew\n"]).run()
    assert Path("a.txt").read_text(encoding="utf-8") == "new\n"


def test_nothing_is_written_outside_the_folder(make_chat: MakeChat, tmp_path: Path) -> None:
    screen = ScriptedScreen(["w", "/apply ../outside.py"], confirmations=[True])
    make_chat(screen, [CODE]).run()
    assert "lies outside" in screen.texts("error")[0]
    assert (
        screen.texts("confirm") == screen.texts("diff") == []
    )  # a yes that counts for nothing is not asked for
    assert not (tmp_path / "outside.py").exists()


def test_a_read_only_file_is_refused_before_a_yes(make_chat: MakeChat) -> None:
    Path("a.py").write_text("x = 1\n", encoding="utf-8")
    Path("a.py").chmod(0o400)
    screen = ScriptedScreen(["w", "/apply a.py"], confirmations=[True])
    make_chat(screen, [CODE]).run()
    assert "a.py: is read-only" in screen.texts("error")[0]
    assert screen.texts("confirm") == []


def test_without_a_terminal_nobody_says_yes(make_chat: MakeChat) -> None:
    screen = ScriptedScreen(["w", "/apply a.py"], interactive=False)
    assert make_chat(screen, [CODE]).run() == 1
    assert not Path("a.py").exists()


def test_code_that_changes_nothing_and_a_stopped_reply_are_refused(make_chat: MakeChat) -> None:
    Path("a.py").write_text("def total(items):\n    return sum(items)\n", encoding="utf-8")
    screen = ScriptedScreen(["/add a.py", "w", "/diff", "w", "/diff"])
    make_chat(screen, [CODE, "```\n"]).run()
    assert screen.texts("error") == [
        "a.py: the code changes nothing",
        "the reply holds no code; try another wording or another model",
        "the last request has no whole code; /code has it written",
    ]


def files(**texts: str) -> list[Attachment]:
    return [Attachment(Path.cwd() / f"{name}.py", text) for name, text in texts.items()]


def test_the_file_that_defines_the_same_name_is_meant() -> None:
    added = files(a="def f(): ...\n", b="class G: ...\n", c="not python (")
    assert choose("class G:\n    x = 1\n", added, "/diff").name == "b.py"
    assert choose("anything", added[:1], "/diff").name == "a.py"
    with pytest.raises(UserError, match=r"any of a\.py, b\.py, c\.py"):
        choose("h = 1\n", added, "/diff")
    with pytest.raises(UserError, match=r"any of a\.py, b\.py"):
        choose("def f(): ...\nclass G: ...\n", added, "/diff")


def test_names_that_source_defines() -> None:
    source = "import x\nA = B = 1\nC: int = 2\nasync def d(): ...\nif x:\n    E = 1\n"
    assert defined(source) == {"A", "B", "C", "d"}
    assert defined("(") == set()
