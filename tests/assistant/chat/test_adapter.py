"""/adapter with real LoRAs on a real engine: attached, swapped, taken off; the model is loaded once."""

from __future__ import annotations

from pathlib import Path

from assistant.decision.decider import build_decider
from assistant.decision.request import DecisionSettings, Request
from models.backends.base import TextBackend
from models.backends.gguf import GgufBackend
from models.backends.select import BackendChoice, open_backend
from models.backends.split import SplitBackend
from models.registry.add import add_adapter, add_model
from models.registry.resolve import resolve
from tests.assistant.chat.conftest import MakeChat
from tests.assistant.chat.scripted_screen import ScriptedScreen
from tests.models.registry.tuned import with_metadata
from tests.stubs.tiny_gguf import write_lora, write_tiny_model

REQUEST = Request("def f(x):\n    '''Sort it.'''")


def openings(backend: TextBackend) -> float:
    """The model's own log-odds, seen through p_ask without a calibration."""
    return build_decider(backend).verdict(REQUEST, DecisionSettings()).findings[0].value


def test_adapters_are_swapped_on_the_loaded_model(tmp_path: Path, make_chat: MakeChat) -> None:
    add_model(write_tiny_model(tmp_path / "tiny.gguf"), "tiny")
    alone: dict[str | None, float] = {}
    for seed, name in enumerate(("first", "second")):
        add_adapter(write_lora(tmp_path / f"{name}.gguf", seed=seed), "tiny", name)
    for name in ("first", "second", "none"):
        backend = open_backend(BackendChoice(model="tiny", adapter=name, threads=1))
        alone[name] = openings(backend)
        backend.close()
    assert len(set(alone.values())) == 3

    backend = GgufBackend(resolve("tiny").path, name="tiny", threads=1)
    screen = ScriptedScreen()
    chat = make_chat(screen, backend=backend, model="tiny")
    assert openings(backend) == alone["none"]  # fills the KV cache
    for name in ("first", "second", "none", "second", "first"):
        chat.handle(f"/adapter {name}")
        assert chat.backend is backend
        assert backend.identity.adapter == (None if name == "none" else name)
        assert openings(backend) == alone[name]  # nothing read with another adapter was used
    chat.handle("/adapter")
    assert "adapter: first" in screen.texts("say")[-1]
    chat.backend.close()


def test_an_adapter_that_leaves_code_to_its_base_takes_two_models(
    tmp_path: Path, make_chat: MakeChat
) -> None:
    add_model(write_tiny_model(tmp_path / "tiny.gguf"), "tiny")
    add_adapter(write_lora(tmp_path / "plain.gguf", seed=1), "tiny", "plain")
    (tmp_path / "judge.gguf").write_bytes(with_metadata(write_lora(tmp_path / "lora.gguf"), "base"))
    add_adapter(tmp_path / "judge.gguf", "tiny", "judge")
    backend = GgufBackend(resolve("tiny").path, name="tiny", threads=1)
    screen = ScriptedScreen()
    chat = make_chat(screen, backend=backend, opener=open_backend, model="tiny")
    chat.handle("/adapter judge")
    assert isinstance(chat.backend, SplitBackend)
    assert "adapter: judge, which leaves code to its base" in screen.texts("say")[-1]
    chat.handle("/adapter plain")
    assert isinstance(chat.backend, GgufBackend)
    assert "adapter: plain;" in screen.texts("say")[-1]
    chat.backend.close()


def test_a_chosen_writer_goes_with_the_adapter_it_was_chosen_for(tmp_path: Path, make_chat: MakeChat) -> None:
    add_model(write_tiny_model(tmp_path / "tiny.gguf"), "tiny")
    add_adapter(write_lora(tmp_path / "first.gguf"), "tiny", "first")
    backend = open_backend(BackendChoice(model="tiny", adapter="first", code_by="base", threads=1))
    chat = make_chat(
        ScriptedScreen(), backend=backend, opener=open_backend, model="tiny", adapter="first", code_by="base"
    )
    chat.remember_settings()
    configured = chat.session.state.configured
    assert configured is not None
    assert configured.code_by == "base"
    chat.handle("/adapter none")
    assert chat.backend.identity.adapter is None
    assert chat.settings.code_by is None
    chat.backend.close()


def test_an_unknown_adapter_leaves_the_old_one(tmp_path: Path, make_chat: MakeChat) -> None:
    add_model(write_tiny_model(tmp_path / "tiny.gguf"), "tiny")
    add_adapter(write_lora(tmp_path / "first.gguf"), "tiny", "first")
    backend = open_backend(BackendChoice(model="tiny", adapter="first", threads=1))
    screen = ScriptedScreen(["/adapter nobody"])
    chat = make_chat(screen, backend=backend, model="tiny", adapter="first")
    chat.run()
    assert "unknown adapter `nobody`" in screen.texts("error")[0]
    assert backend.identity.adapter == "first"


def test_a_merged_adapter_is_taken_off_by_opening_the_base(tmp_path: Path, make_chat: MakeChat) -> None:
    path = add_model(write_tiny_model(tmp_path / "tiny.gguf"), "tiny")
    assert path.sha256 is not None
    merged = GgufBackend(tmp_path / "tiny.gguf", name="tiny", merged_adapter="first", threads=1)
    screen = ScriptedScreen()
    chat = make_chat(screen, backend=merged, opener=open_backend, model="tiny")
    chat.handle("/adapter none")
    assert chat.backend is not merged
    assert chat.backend.identity.adapter is None
    chat.backend.close()
