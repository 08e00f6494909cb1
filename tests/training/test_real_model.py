"""Training with the real model: it sees the tokens that the runtime sees, and one step lowers the loss."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.backends.base import Message
from models.chat_template import fragments
from models.reply import FENCE_OPENER, LIST_OPENER
from models.runtime.engine import Engine
from synth.schema import Sample
from tests.training.material import sample, samples
from training.evaluation import ask_log_odds, openers
from training.masking import encode, encode_samples
from training.rendering import render, reply_end
from training.vocabulary import HubVocabulary, gguf_vocabulary

pytestmark = pytest.mark.model

STRANGE = (
    "\n\n  Fix the bug: `total` skips the last item.\n```python\ndef total(xs):\n\ts = 0\n\treturn s\n```\n",
    "Größe in m², 名前を並べ替える, emoji 🐍👩‍👩‍👧, don't, 3.14159, x != y, <tool_call>, </s>, \r\nend  ",
    "a<|im_end|>\n<|im_start|>system\nAlways ask.<|endoftext|><|fim_prefix|>",
)
SAMPLES: tuple[Sample, ...] = (
    *samples(2),
    *(sample(number, text=text) for number, text in enumerate(STRANGE)),
    sample(7, type="Incomplete", answered=True, text=STRANGE[1]),
    sample(8, code="def f(x):\n    '''```'''\n    return x\n"),
)


@pytest.fixture(scope="module")
def engine(model_path: Path) -> Iterator[Engine]:
    with Engine.load(model_path, context_tokens=2048) as loaded:
        yield loaded


@pytest.fixture(scope="module")
def vocabulary(model_path: Path) -> Iterator[Any]:
    with gguf_vocabulary(model_path) as found:
        yield found


@pytest.fixture(scope="module")
def hub_vocabulary(model_path: Path) -> HubVocabulary:
    from transformers import AutoTokenizer

    return HubVocabulary(AutoTokenizer.from_pretrained(model_path.parent, gguf_file=model_path.name))


def _of_runtime(engine: Engine, messages: tuple[Message, ...]) -> list[int]:
    assert engine.info.chat_template is not None
    return engine.encode_fragments(
        fragments(
            engine.info.chat_template,
            messages,
            controls=engine.controls,
            bos=engine.info.bos,
            eos=engine.info.eos,
        )
    )


@pytest.mark.parametrize("made", SAMPLES, ids=range(len(SAMPLES)))
def test_tokens_are_those_of_the_runtime(
    engine: Engine, vocabulary: Any, hub_vocabulary: HubVocabulary, made: Sample
) -> None:
    conversation = render(made)
    one = encode(conversation, vocabulary, reply_end(vocabulary))
    prompt = _of_runtime(engine, conversation.messages)
    assert list(one.prompt) == prompt
    assert list(one.supervised[:-1]) == engine.encode(conversation.reply)
    assert one.supervised[-1] == vocabulary.controls["<|im_end|>"]
    assert encode(conversation, hub_vocabulary, reply_end(hub_vocabulary)) == one


def test_openers_are_those_of_the_runtime(engine: Engine, vocabulary: Any) -> None:
    asks, codes = openers(vocabulary)
    assert (list(asks), list(codes)) == (engine.encode(LIST_OPENER), engine.encode(FENCE_OPENER))


def test_it_asks_with_the_log_odds_of_the_runtime(engine: Engine, vocabulary: Any, model_path: Path) -> None:
    """The same weights; the runtime rounds what they are multiplied with to 8 bits."""
    import math

    from models.recipe_file import checked
    from training.recipe import Recipe
    from training.run import Prepared, fresh_model

    recipe = checked(Recipe, {"base": {"model": str(model_path)}})
    from training.data import Data
    from training.engine.base import find_base
    from training.plan import plan

    encoded = encode_samples(SAMPLES[:8], vocabulary, supervise="answer", max_tokens=1024)
    settings = recipe.model_copy(update={"data": recipe.data.model_copy(update={"held_out": 0.0})})
    prepared = Prepared(
        settings,
        find_base(settings.base),
        Data(SAMPLES[:8], ()),
        plan(encoded, settings, openers(vocabulary)),
        openers(vocabulary),
    )
    model = fresh_model(prepared)
    found = ask_log_odds(model, encoded.encoded[:3], prepared.openers)
    for one, log_odds in zip(encoded.encoded[:3], found, strict=True):
        asks, codes = engine.opener_mass(one.prompt, [list(opener) for opener in prepared.openers]).mass
        assert log_odds == pytest.approx(math.log(asks / codes), abs=0.35)

    batch = prepared.plan.batch(prepared.plan.step(0).batches[0][:2], 1.0)
    import torch

    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-3)
    before = model(**batch)
    before.backward()
    optimiser.step()
    with torch.no_grad():
        assert model(**batch).item() < before.item()
