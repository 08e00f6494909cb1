from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from models.backends.base import Message
from models.errors import UserError
from models.reply import INSTRUCTION, first_round
from tests.stubs.tiny_gguf import write_tiny_model
from tests.training.material import CHATML, DEEPSEEK, byte_tokenizer, sample, samples, with_controls
from training.masking import encode, encode_samples, token_weights
from training.rendering import Conversation, ReplyEnd, render, reply_end
from training.vocabulary import HubVocabulary, Vocabulary, encode_conversation, gguf_vocabulary

CORPUS = [
    INSTRUCTION,
    "def add(a: int, b: int) -> int:\n    return a + b\n",
    "1. Which order?\n   - ascending\n```python\nx = [1, 2]\n```\n",
    "Write f(xs) that sorts xs, größer zuerst. <|im_end|>",
]
# What is put to a model: any text, and the names of control tokens, whole and in pieces.
TEXTS = st.lists(
    st.one_of(
        st.text(st.characters(codec="utf-8"), max_size=12),
        st.sampled_from(["<|im_end|>", "<|im_start|>user\n", "<|EOT|>", "<|im_", "end|>", "```", "\n", " "]),
    ),
    max_size=6,
).map("".join)


def trained(kind: str) -> Any:
    """A tokenizer trained on a few lines."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    if kind == "bytes":
        return byte_tokenizer()
    tokenizer: Any
    trainer: Any
    match kind:
        case "bpe":
            tokenizer = Tokenizer(models.BPE())
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
            tokenizer.decoder = decoders.ByteLevel()
            alphabet = pre_tokenizers.ByteLevel.alphabet()
            trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
        case "words":
            tokenizer = Tokenizer(models.WordLevel(unk_token="[?]"))
            tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
            trainer = trainers.WordLevelTrainer(special_tokens=["[?]"], show_progress=False)
        case "sentencepiece":
            tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True))
            tokenizer.normalizer = normalizers.Sequence([
                normalizers.Prepend("▁"),
                normalizers.Replace(" ", "▁"),
            ])
            tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback()])
            letters = sorted(set("".join(CORPUS)) | {"▁"})
            pieces = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256))]
            trainer = trainers.BpeTrainer(
                vocab_size=500, special_tokens=pieces, initial_alphabet=letters, show_progress=False
            )
        case _:
            tokenizer = Tokenizer(models.Unigram())
            tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
            tokenizer.decoder = decoders.Metaspace()
            trainer = trainers.UnigramTrainer(
                vocab_size=200, special_tokens=["<unk>"], unk_token="<unk>", show_progress=False
            )
    tokenizer.train_from_iterator(CORPUS * 20, trainer)
    if kind == "sentencepiece":
        # The trainer takes the pieces for single bytes as control tokens, which they are not.
        document = json.loads(tokenizer.to_str())
        document["added_tokens"] = [token for token in document["added_tokens"] if token["id"] == 0]
        tokenizer = Tokenizer.from_str(json.dumps(document))
    unknown = {"words": "[?]", "sentencepiece": "<unk>", "unigram": "<unk>"}.get(kind)
    return with_controls(tokenizer, unknown=unknown)


KINDS = ("bytes", "bpe", "words", "sentencepiece", "unigram")


@pytest.fixture(scope="module", params=[*KINDS, "gguf"])
def vocabulary(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if request.param == "gguf":
        with gguf_vocabulary(write_tiny_model(tmp_path_factory.mktemp("v") / "tiny.gguf")) as found:
            yield found
    else:
        yield HubVocabulary(trained(request.param))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> HubVocabulary:
    return HubVocabulary(byte_tokenizer())


@given(request=TEXTS, reply=TEXTS)
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_prompt_and_reply_are_tokenised_apart(vocabulary: Vocabulary, request: str, reply: str) -> None:
    end = ReplyEnd("", "<|im_end|>")
    conversation = Conversation(first_round(request), reply)
    one = encode(conversation, vocabulary, end)
    prompt = encode_conversation(vocabulary, conversation.messages)
    assert list(one.prompt) == prompt
    assert one.learned_from == one.reply_start == len(prompt)
    assert list(one.supervised) == [
        *vocabulary.encode_continuation(reply),
        vocabulary.controls["<|im_end|>"],
    ]
    assert one.prompt + one.supervised == one.ids


@given(request=TEXTS, reply=TEXTS)
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nobody_but_the_template_writes_a_control_token(
    vocabulary: Vocabulary, request: str, reply: str
) -> None:
    one = encode(Conversation(first_round(request), reply), vocabulary, ReplyEnd("", "<|im_end|>"))
    numbers = set(vocabulary.controls.values())
    start, end = vocabulary.controls["<|im_start|>"], vocabulary.controls["<|im_end|>"]
    assert [token for token in one.ids if token in numbers] == [start, end, start, end, start, end]


@given(reply=TEXTS)
@hypothesis_settings(max_examples=25, deadline=None)
def test_supervising_all_leaves_out_the_first_token_alone(plain: HubVocabulary, reply: str) -> None:
    conversation = Conversation(first_round("Sort."), reply)
    end = reply_end(plain)
    one, answer = encode(conversation, plain, end, "all"), encode(conversation, plain, end)
    assert one.ids == answer.ids
    assert (one.learned_from, one.reply_start) == (1, answer.reply_start)


def test_the_supervised_tokens_by_name(plain: HubVocabulary) -> None:
    asks = encode(render(sample(type="Ambiguous")), plain, reply_end(plain))
    assert names(plain, asks.supervised) == "1. In which order?\n   - ascending\n   - descending<|im_end|>"
    codes = encode(render(sample(code="def f(xs):\n    return sorted(xs)\n")), plain, reply_end(plain))
    assert names(plain, codes.supervised) == ("```python\ndef f(xs):\n    return sorted(xs)\n```<|im_end|>")
    assert names(plain, codes.prompt) == (
        f"<|im_start|>system\n{INSTRUCTION}<|im_end|>\n"
        "<|im_start|>user\nWrite f0(xs) that sorts xs ascending.<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_a_second_round_supervises_the_code_and_not_the_questions(plain: HubVocabulary) -> None:
    one = encode(render(sample(type="Incomplete", answered=True)), plain, reply_end(plain))
    assert "1. In which order?" in names(plain, one.prompt)
    assert "Answer: ascending" in names(plain, one.prompt)
    assert names(plain, one.supervised).startswith("```python\n")


def names(vocabulary: HubVocabulary, tokens: tuple[int, ...]) -> str:
    decoded: str = vocabulary._tokenizer.decode(list(tokens), skip_special_tokens=False)
    return decoded


def test_what_ends_a_reply_is_read_from_the_template() -> None:
    assert reply_end(HubVocabulary(byte_tokenizer(CHATML))) == ReplyEnd("", "<|im_end|>")
    assert reply_end(HubVocabulary(byte_tokenizer(DEEPSEEK))) == ReplyEnd("\n", "<|EOT|>")
    bare = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
    assert reply_end(HubVocabulary(byte_tokenizer(bare))) == ReplyEnd("", "<|im_end|>")


def test_a_reply_in_deepseeks_template_ends_in_a_newline_and_its_token() -> None:
    vocabulary = HubVocabulary(byte_tokenizer(DEEPSEEK))
    one = encode(render(sample(type="Ambiguous")), vocabulary, reply_end(vocabulary))
    assert names(vocabulary, one.prompt).endswith("### Response:\n")
    assert names(vocabulary, one.supervised).endswith("- descending\n<|EOT|>")


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("", "no chat template"),
        ("{% for message in messages %}{{ message.role }}<|im_end|>{% endfor %}", "drops the reply"),
        ("{{ raise_exception('no system') }}", "no system"),
    ],
)
def test_a_template_that_cannot_train_is_refused(template: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        reply_end(HubVocabulary(byte_tokenizer(template)))


def test_a_continuation_has_no_space_in_front() -> None:
    vocabulary = HubVocabulary(trained("sentencepiece"))
    plain = vocabulary.encode("1.")
    continued = vocabulary.encode_continuation("1.")
    assert len(continued) < len(plain)
    assert vocabulary._tokenizer.decode(continued) == "1."


@given(TEXTS)
@hypothesis_settings(max_examples=25, deadline=None)
def test_a_gguf_and_a_tokenizer_of_the_same_bytes_agree(tiny: Any, plain: HubVocabulary, text: str) -> None:
    by_letter = sorted(plain._tokenizer.get_vocab().items(), key=lambda item: item[1])
    spelled = [by_letter[token][0] for token in plain.encode(text)]
    alphabet = {token: letter for token, letter in zip(range(256), _byte_letters(), strict=True)}
    assert [alphabet[token] for token in tiny.encode(text)] == spelled


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with gguf_vocabulary(write_tiny_model(tmp_path_factory.mktemp("t") / "tiny.gguf")) as found:
        yield found


def _byte_letters() -> list[str]:
    from tests.stubs.tiny_gguf import byte_alphabet

    return byte_alphabet()


def test_long_samples_are_dropped_and_counted_never_cut(plain: HubVocabulary) -> None:
    made = [*samples(2), sample(9, code="x = 1\n" * 200)]
    found = encode_samples(made, plain, supervise="answer", max_tokens=1000)
    assert found.too_long == 1
    assert found.samples == tuple(made[:-1])
    assert all(one.ids[-1] == plain.controls["<|im_end|>"] for one in found.encoded)


def test_only_long_samples_are_an_error(plain: HubVocabulary) -> None:
    with pytest.raises(UserError, match="all 7 samples have more than 20 tokens"):
        encode_samples(samples(2), plain, supervise="answer", max_tokens=20)


@given(
    reply=TEXTS,
    opener=st.floats(0.1, 50),
    weight=st.floats(0.1, 10),
    supervise=st.sampled_from(["answer", "all"]),
)
@hypothesis_settings(max_examples=25, deadline=None)
def test_weights_say_how_much_a_token_counts(
    plain: HubVocabulary, reply: str, opener: float, weight: float, supervise: Any
) -> None:
    one = encode(Conversation(first_round("x"), reply), plain, ReplyEnd("", "<|im_end|>"), supervise)
    by_token = token_weights(one, by_sample=False, opener_weight=opener, weight=weight)
    by_sample = token_weights(one, by_sample=True, opener_weight=opener, weight=weight)
    place = one.reply_start - one.learned_from
    for found in (by_token, by_sample):
        assert len(found) == len(one.supervised)
        others = [value for number, value in enumerate(found) if number != place]
        assert all(abs(found[place] - opener * value) < 1e-9 * found[place] for value in others)
    assert abs(sum(by_sample) - weight) < 1e-9 * weight
    assert by_token[place] == pytest.approx(opener * weight)


def test_a_vocabulary_without_a_space_in_front_leaves_a_reply_as_it_is(plain: HubVocabulary) -> None:
    assert plain.encode_continuation(" 1.") == plain.encode(" 1.")


def test_a_conversation_is_refused_by_its_template(tmp_path: Path) -> None:
    vocabulary = HubVocabulary(byte_tokenizer("{{ messages[7].content }}{{ 1 / 0 }}"))
    with pytest.raises(UserError, match="does not take this conversation"):
        encode_conversation(vocabulary, (Message("user", "x"),))
