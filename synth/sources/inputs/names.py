"""What a parameter's name suggests that it takes."""

from __future__ import annotations

import re

# Kinds, and the names of parameters that suggest them; the first that fits counts.
_NAMES: tuple[tuple[str, str], ...] = (
    ("url", "urls? uri link href website"),
    ("email", "e?mail(_?addr(ess)?)?"),
    ("host", "host(_?name)? domain(_?name)? netloc"),
    ("ip", "ip(v4|v6)?(_?addr(ess)?)?"),
    ("markup", "html xml markup tags?_?text"),
    ("json", "json(_?str(ing)?)?"),
    ("path", "(file_?|dir_?)?path file_?name fname fpath basename fn file directory folder"),
    ("affix word", "ext(ension)? suffix prefix affix ending"),
    ("version", r"version\w* ver"),
    ("roman", r"roman\w*"),
    ("binary int", "bin(ary)?(_?str(ing)?)? bits"),
    ("hex colour", r"hex\w* colou?r(_?(str(ing)?|hex|code))?"),
    ("colour", r"rgb\w*"),
    ("dna", r"dna\w* rna\w* (nucleotide|protein)\w*"),
    ("date-text", "date_?(str(ing)?|text)"),
    ("time-text large", "time_?(str(ing)?|text) time_?stamp"),
    ("date date-text", "date"),
    ("datetime date", "dt when datetime moment"),
    ("duration int", "delta duration timedelta"),
    ("encoding", "encoding charset"),
    ("language", "lang(uage)?(_?code)? locale"),
    ("year", "years?"),
    ("month", "months?"),
    ("day", "days?"),
    ("hour", "hours?"),
    ("minute", "min(ute)?s? sec(ond)?s?"),
    ("base", "base radix"),
    ("degrees", "lat(itude)?\\d? lon(gitude)?\\d? lng angle degrees? deg theta phi azimuth heading bearing"),
    ("share number", "p prob(ability)? alpha ratio fraction percent(age)? rate threshold share weight"),
    ("char int", "char ch character letter symbol fill_?char c"),
    ("separator", "sep(arator)? delim(iter)? joiner glue space_?character"),
    ("pattern", "pattern regexp? glob wildcard"),
    ("digits word", r"digits card(_?number)? isbn\w* num(ber)?_?str(ing)? code"),
    ("word text", "word noun verb adjective singular plural term stem lemma name label title key_?word"),
    (
        "text",
        r"s\d? st str\d? string\w* text\w* txt sentence line phrase content source src body msg "
        r"message token query "
        r"input_?(str(ing)?|text) value_?str haystack needle para(graph)? data_?str t",
    ),
    (
        "list[text]",
        "words strings strs lines names tokens texts titles labels keys sentences terms tags columns headers",
    ),
    (
        "list[int] list[number]",
        "nums numbers ints integers digits_list scores weights indices indexes sizes counts prices",
    ),
    (
        "list[float] list[number]",
        r"floats probs probabilities coeffs? coefficients xs ys samples observations vec(tor)?\d? v\d u",
    ),
    ("matrix records", r"matrix mat grid board table m\d rows image"),
    ("nested", r"nested\w* tree"),
    ("graph list[pair[int]]", r"graph adj\w* edges neighbou?rs"),
    ("list[pair[int]] list[pair[float]]", "pairs intervals ranges points coords coordinates segments"),
    ("pair[int] pair[float]", r"pair interval point\d? p\d coord pt\d? range_? bounds shape"),
    ("records", "records dicts list_?of_?dicts"),
    ("key word", "key(_?func(tion)?)? key_?fn sort_?key"),
    ("predicate", "pred(icate)? cond(ition)? test filter_?(func(tion)?|fn)? check"),
    (
        "function operation predicate",
        r"f g func(tion)? callback mapper transform\w* callable fun operation op",
    ),
    (
        "list[int] list[text] text list[number]",
        r"seq(uence)?\d? iter(able|ator)?s?\d? items it arr(ay)?\d? lst\d? li l\d? elements elems "
        r"collection coll values "
        r"vals objs objects list_?\d? data(set)? args series stream (a|my|input)_?list entries population",
    ),
    (
        "dict[int] dict[text] records",
        r"d\d? dict(ionary)?_?\d? dct mapping\d? obj(ect)? config params options kwargs attrs (a|my)_?dict",
    ),
    ("set[int] set[text]", r"sets? set\d"),
    ("bytes text", r"bytes?_?\w* buf(fer)? raw payload blob"),
    (
        "bool",
        r"(is|has|use|allow|include|ignore|keep|strict|reverse|case|inclusive)_\w+ "
        r"(with|as|to|do|no|skip|force|return)_\w+ "
        "reversed? strict sorted inclusive verbose recursive signed flag upper(case)? lower(case)? "
        "lazy unique",
    ),
    (
        "count int large float",
        r"n\d? num(ber)? k m count size length len limit times repeats? max_?\w* min_?\w* width "
        r"height w h depth level "
        "order total",
    ),
    ("index int", "i j idx index pos(ition)? offset start stop end begin step left right low high lo hi"),
    (
        "number int text",
        r"x\d? y\d? z\d? a\d? b\d? q r val(ue)?\d? v amount price radius temp(erature)? distance "
        r"mass speed e mu sigma "
        "mean std",
    ),
)
_BY_NAME = tuple((re.compile("|".join(names.split())), tuple(kinds.split())) for kinds, names in _NAMES)


def of_name(name: str) -> tuple[str, ...]:
    """Kinds that a parameter's name suggests."""
    bare = name.strip("_").lower()
    for pattern, kinds in _BY_NAME:
        if pattern.fullmatch(bare):
            return kinds
    last = bare.rpartition("_")[2]
    return of_name(last) if last and last != bare else ()
