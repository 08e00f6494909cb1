"""Values to try, by kind: what people write in examples, with the border cases that make functions differ.

A kind is a word from the table, or `list[K]`, `set[K]`, `tuple[K]`, `pair[K]`, `dict[K]` of another kind.
"""

from __future__ import annotations

import functools

_PLAIN: dict[str, tuple[str, ...]] = {
    "int": ("3", "10", "1", "7", "0", "12", "25", "-4", "100", "64", "5", "2"),
    "count": ("3", "2", "1", "5", "4", "0", "10", "7"),
    "large": ("1000", "123456", "97", "1024", "36", "360", "2023", "10007", "1", "48"),
    "index": ("1", "0", "2", "3", "-1"),
    "float": ("2.5", "0.75", "10.0", "-1.5", "3.14159", "0.0", "100.0", "1.0", "42.195"),
    "number": ("3", "2.5", "10", "-4", "0", "7.25", "1", "100"),
    "share": ("0.5", "0.25", "0.1", "0.9", "1.0", "0.0", "0.05"),
    "year": ("2024", "1999", "2000", "1900", "2023", "1582", "1970"),
    "month": ("3", "12", "2", "7", "1", "11"),
    "day": ("15", "1", "28", "9", "20"),
    "hour": ("9", "0", "23", "12", "17"),
    "minute": ("30", "0", "59", "15", "5"),
    "base": ("2", "16", "8", "10", "36", "3"),
    "degrees": ("52.52", "13.405", "-33.87", "0.0", "90.0", "180.0", "-74.006", "45.0"),
    "bool": ("True", "False"),
    "text": (
        "'hello world'",
        "'The quick brown fox jumps over the lazy dog.'",
        "'Hello, World!'",
        "'abc'",
        "'some_snake_case_name'",
        "'CamelCaseString'",
        "''",
        "'a-b c_d'",
        "'level'",
        "'abc123def45'",
        "'  spaced   out  '",
        "'line one\\nline two'",
        "'ÄÖÜ äöü ß'",
        "'1,2,3'",
        "'aabbbc'",
        "'UPPER lower'",
    ),
    "word": ("'banana'", "'apple'", "'Mississippi'", "'cherry'", "'fly'", "'box'", "'city'", "'Quiz'", "'a'"),
    "char": ("'a'", "'Z'", "'7'", "'-'", "' '", "'é'", "'\\n'"),
    "separator": ("', '", "'-'", "' '", "'/'", "'_'", "';'"),
    "affix": ("'pre'", "'un'", "'.txt'", "'a'", "'He'", "'ing'"),
    "digits": (
        "'12345'",
        "'4532015112830366'",
        "'007'",
        "'79927398713'",
        "'0'",
        "'1000000'",
        "'9780306406157'",
    ),
    "binary": ("'1010'", "'0'", "'11111111'", "'1'", "'100000'"),
    "hex": ("'ff8800'", "'#ff8800'", "'0a1b2c'", "'#fff'", "'deadbeef'", "'00'"),
    "roman": ("'XIV'", "'MCMXCIX'", "'IX'", "'III'", "'MMXXIV'", "'I'"),
    "version": ("'1.2.3'", "'2.0'", "'1.10.0'", "'v3.1'", "'1.0.0rc1'", "'0.9'"),
    "path": (
        "'/usr/local/lib/data.tar.gz'",
        "'report.txt'",
        "'docs/index.html'",
        "'../a/b'",
        "'archive'",
        "'/'",
    ),
    "url": (
        "'https://example.com/path/page?x=1&y=2#top'",
        "'http://www.example.org'",
        "'https://user@example.com:8080/a/b/'",
        "'example.com'",
        "'ftp://files.example.net/pub/a.zip'",
        "'mailto:me@example.com'",
    ),
    "email": (
        "'jane.doe@example.com'",
        "'me@localhost'",
        "'not an address'",
        "'a+b@mail.example.org'",
        "'@x.y'",
    ),
    "host": ("'example.com'", "'sub.example.co.uk'", "'localhost'", "'192.168.0.1'", "'-bad-.com'"),
    "ip": ("'192.168.0.1'", "'10.0.0.255'", "'256.1.1.1'", "'::1'", "'8.8.8.8'", "'127.0.0.1'"),
    "markup": (
        "'<p>Hello <b>world</b></p>'",
        "'a < b & c > d'",
        "'<a href=\"x.html\">link</a> text'",
        "'no tags'",
        "'&lt;tag&gt; &amp; more'",
        "'<br/>'",
    ),
    "json": ('\'{"a": 1, "b": [1, 2]}\'', "'[1, 2, 3]'", "'\"text\"'", "'null'"),
    "date-text": ("'2024-03-15'", "'1999-12-31'", "'2000-02-29'", "'15/03/2024'", "'20240315'"),
    "time-text": ("'09:30'", "'23:59:59'", "'00:00'", "'12:05:30'", "'1h 30m'"),
    "pattern": ("'a.c'", "'[0-9]+'", "'*.txt'", "'b'", "'^x'"),
    "colour": ("(255, 136, 0)", "(0, 0, 0)", "(255, 255, 255)", "(18, 52, 86)"),
    "dna": ("'ACGTACGT'", "'GATTACA'", "'AAAA'", "'CCGG'", "'ACGTN'"),
    "encoding": ("'utf-8'", "'ascii'", "'latin-1'"),
    "language": ("'en'", "'de'", "'fr'", "'en-US'", "'zh'"),
    "bytes": ("b'hello'", "b''", "b'\\x00\\xff\\x10'", "b'The quick brown fox'", "b'abc123'"),
    "none": ("None",),
    "key-path": ("['a', 'b']", "['a']", "['x', 'y', 'z']", "['e']"),
    "matrix": (
        "[[1, 2], [3, 4]]",
        "[[1, 2, 3], [4, 5, 6], [7, 8, 9]]",
        "[[5]]",
        "[[0, 1], [1, 0]]",
        "[[2, 0, 1], [1, 3, 2]]",
    ),
    "graph": (
        "{'a': ['b', 'c'], 'b': ['d'], 'c': ['d'], 'd': []}",
        "{1: [2], 2: [3], 3: [1]}",
        "{'x': []}",
        "{1: [2, 3], 2: [], 3: [2]}",
    ),
    "nested": (
        "[1, [2, [3, 4]], 5]",
        "[[1, 2], [3], []]",
        "{'a': {'b': 1, 'c': {'d': 2}}, 'e': 3}",
        "[]",
        "[['a'], ['b', ['c']]]",
    ),
    "records": (
        "[{'name': 'Ann', 'age': 31}, {'name': 'Bob', 'age': 25}]",
        "[{'id': 1, 'tag': 'x'}, {'id': 2, 'tag': 'y'}, {'id': 3, 'tag': 'x'}]",
        "[]",
    ),
    "function": ("lambda x: x * 2", "str", "lambda x: (x, x)", "abs", "len"),
    "key": ("len", "lambda x: -x", "str", "lambda x: x % 3", "str.lower"),
    "predicate": ("lambda x: x > 2", "lambda x: x % 2 == 0", "str.isdigit", "bool", "lambda x: len(x) > 1"),
    "operation": ("lambda a, b: a + b", "max", "lambda a, b: a * b"),
    "date": (
        "datetime.date(2024, 3, 15)",
        "datetime.date(1999, 12, 31)",
        "datetime.date(2000, 2, 29)",
        "datetime.date(2023, 1, 1)",
    ),
    "datetime": (
        "datetime.datetime(2024, 3, 15, 9, 30)",
        "datetime.datetime(1999, 12, 31, 23, 59, 59)",
        "datetime.datetime(2000, 2, 29)",
    ),
    "duration": (
        "datetime.timedelta(hours=5, minutes=30)",
        "datetime.timedelta(days=2)",
        "datetime.timedelta(seconds=59)",
        "datetime.timedelta(0)",
    ),
}

_LISTS: dict[str, tuple[str, ...]] = {
    "int": (
        "[3, 1, 4, 1, 5, 9, 2, 6]",
        "[1, 2, 3, 4, 5]",
        "[5, 3, 8, 1]",
        "[2, 2, 3]",
        "[]",
        "[7]",
        "[-1, 0, 4, -6]",
        "[10, 20, 30, 40]",
        "[1, 1, 1, 1]",
    ),
    "text": (
        "['apple', 'Banana', 'cherry']",
        "['b', 'a', 'c', 'a']",
        "['the', 'quick', 'brown', 'fox']",
        "[]",
        "['one']",
        "['x', '', 'yy']",
        "['2', '10', '1']",
    ),
    "float": (
        "[1.5, 2.5, 4.0]",
        "[0.1, 0.2, 0.3, 0.4]",
        "[2.0]",
        "[-1.0, 1.0, 3.5, 2.25]",
        "[10.0, 12.5, 9.75, 11.0]",
    ),
    "number": ("[1, 2, 3, 4]", "[2.5, 3.5, 1.0]", "[10, -2, 7, 7]", "[5]", "[0, 1, 1, 2, 3, 5]"),
    "bool": ("[True, False, True]", "[False]", "[]", "[True, True]"),
}


@functools.cache
def values_of(kind: str) -> tuple[str, ...]:
    """Python expressions of a kind, the most usual first; empty for an unknown kind."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    outer, _, inner = kind.removesuffix("]").partition("[")
    if not inner:
        return ()
    if outer == "list":
        return _LISTS.get(inner) or _collected(inner, "[", "]")
    if outer == "set":
        return tuple(map(_as_set, values_of(f"list[{inner}]")))
    if outer == "tuple":
        return tuple(_as_tuple(text) for text in values_of(f"list[{inner}]"))
    if outer == "pair":
        items = values_of("word" if inner == "text" else inner)
        return tuple(f"({one}, {other})" for one, other in zip(items, items[1:] + items[:1], strict=True))[:6]
    if outer == "dict":
        items = values_of("word" if inner == "text" else inner)[:6]
        named = [f"'{name}': {item}" for name, item in zip("abcdef", items, strict=False)]
        return tuple("{" + ", ".join(named[:size]) + "}" for size in (2, 3, 1, 0, 4))
    return ()


def _collected(inner: str, opening: str, closing: str) -> tuple[str, ...]:
    items = values_of(inner)
    sizes = (3, 2, 1, 4, 0)
    return tuple(
        opening + ", ".join(items[start : start + size]) + closing
        for start, size in zip((0, 1, 0, 2, 0), sizes, strict=True)
    )


def _as_set(text: str) -> str:
    items = dict.fromkeys(text[1:-1].split(", "))
    return "{" + ", ".join(items) + "}" if text != "[]" else "set()"


def _as_tuple(text: str) -> str:
    inside = text[1:-1]
    return f"({inside},)" if inside and ", " not in inside else f"({inside})"
