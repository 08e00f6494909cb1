"""How the next token is chosen: the likeliest one, or llama.cpp's own samplers with a seed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from models.backends.base import Sampling
from models.errors import UserError

if TYPE_CHECKING:
    from models.runtime.logits import Row

Choose = Callable[["Row", int], int]
"""From a row of logits, and its index in the batch that was computed, to a token."""

_RANDOM_SEED = 0xFFFFFFFF  # LLAMA_DEFAULT_SEED: the library would draw a seed of its own


@contextlib.contextmanager
def chooser(library: Any, context: Any, sampling: Sampling) -> Iterator[Choose]:
    """A function from a row of logits to the next token.

    Args:
        library: the `llama_cpp` module.
        context: the context's handle whose rows they are.
        sampling: greedy with temperature 0; else top_k, top_p, temperature and a seeded draw, in this order,
            which is llama.cpp's own: top_p counts the probabilities as they are before the temperature.
    """
    if sampling.temperature <= 0:
        yield lambda row, _: likeliest(row)
        return
    chain = library.llama_sampler_chain_init(library.llama_sampler_chain_default_params())
    try:
        if sampling.top_k > 0:
            library.llama_sampler_chain_add(chain, library.llama_sampler_init_top_k(sampling.top_k))
        if sampling.top_p < 1:
            library.llama_sampler_chain_add(chain, library.llama_sampler_init_top_p(sampling.top_p, 1))
        library.llama_sampler_chain_add(chain, library.llama_sampler_init_temp(sampling.temperature))
        seed = sampling.seed % _RANDOM_SEED
        library.llama_sampler_chain_add(chain, library.llama_sampler_init_dist(seed))
        yield lambda _, index: int(library.llama_sampler_sample(chain, context, index))
    finally:
        library.llama_sampler_free(chain)


def likeliest(row: Row) -> int:
    """The token with the largest logit; the first of equals.

    Raises:
        UserError: the model computes no numbers, which a damaged file can bring about.
    """
    import numpy as np

    token = int(np.argmax(row))
    if not np.isfinite(row[token]):
        raise UserError("the model's output is not a number", do="verify the model file, or pull it again")
    return token
