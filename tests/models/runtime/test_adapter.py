from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.backends.base import Sampling
from models.errors import UserError
from models.runtime.engine import Engine
from tests.stubs.tiny_gguf import write_lora

PROMPT = list(b"def slugify(text): ")


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lora(tmp_path_factory.mktemp("lora") / "lora.gguf")


def test_attaching_changes_and_detaching_restores_to_the_bit(engine: Engine, adapter: Path) -> None:
    before = engine.log_probabilities(PROMPT)
    engine.attach(adapter)
    during = engine.log_probabilities(PROMPT)
    engine.detach()
    assert np.abs(during - before).max() > 0.01
    assert engine.log_probabilities(PROMPT).tobytes() == before.tobytes()
    engine.detach()  # nothing to detach, nothing happens


def test_nothing_read_with_one_adapter_is_used_with_another(
    tiny_model: Path, tmp_path: Path, adapter: Path
) -> None:
    prompt = PROMPT * 20
    other = write_lora(tmp_path / "other.gguf", seed=1)
    cold = {}
    for path in (adapter, other):
        with Engine.load(tiny_model, threads=1) as fresh:
            fresh.attach(path)
            cold[path] = fresh.log_probabilities(prompt).tobytes()
    with Engine.load(tiny_model, threads=1) as warm:
        warm.log_probabilities(prompt)
        for path in (adapter, other, adapter):
            warm.attach(path)
            assert warm.generate(prompt, Sampling(max_tokens=3)).usage.cached_tokens == 0
            assert warm.log_probabilities(prompt).tobytes() == cold[path]


def test_swapping_takes_no_memory(engine: Engine, tmp_path: Path) -> None:
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("the system does not say how much memory a process holds")
    files = [write_lora(tmp_path / f"{seed}.gguf", seed=seed, rank=32) for seed in range(2)]

    def resident_kib() -> int:
        return int(status.read_text("ascii").split("VmRSS:")[1].split()[0])

    def swap(times: int) -> None:
        for index in range(times):
            engine.attach(files[index % 2])
        engine.detach()

    swap(10)
    before = resident_kib()
    swap(40)
    assert resident_kib() - before < 4096


def _write(**options: object) -> Callable[[Path, Path], None]:
    return lambda path, _: (write_lora(path, **options), None)[1]  # type: ignore[arg-type]


_UNFIT = {
    "another architecture": (_write(architecture="llama"), "arch mismatch"),
    "another width": (_write(targets={"attn_q": (32, 64)}), "incorrect shape"),
    "another matrix": (_write(targets={"attn_zz": (64, 64)}), "does not exist in base model"),
    "more layers": (_write(layers=3), "does not exist in base model"),
    "never trained": (_write(scale=0.0), "changes nothing"),
    "a whole model": (lambda path, model: (path.write_bytes(model.read_bytes()), None)[1], "general.type"),
    "no GGUF": (lambda path, _: (path.write_bytes(b"nonsense"), None)[1], "failed to load"),
    "absent": (lambda path, _: None, "no such adapter file"),
}


@pytest.mark.parametrize("kind", _UNFIT)
def test_an_unfit_adapter_is_refused_and_the_old_one_stays(
    engine: Engine, tiny_model: Path, adapter: Path, tmp_path: Path, kind: str
) -> None:
    write, reason = _UNFIT[kind]
    path = tmp_path / "unfit.gguf"
    write(path, tiny_model)
    engine.attach(adapter)
    expected = engine.log_probabilities(PROMPT).tobytes()
    with pytest.raises(UserError, match=reason) as error:
        engine.attach(path)
    assert error.value.where == str(path)
    assert "\n" not in str(error.value)
    assert engine.log_probabilities(PROMPT).tobytes() == expected
    engine.detach()


def test_an_adapter_of_queries_alone_has_an_effect(engine: Engine, tmp_path: Path) -> None:
    # While there is one token to attend to, it has none: the check must read several.
    engine.attach(write_lora(tmp_path / "queries.gguf", targets={"attn_q": (64, 64)}))
    engine.detach()
