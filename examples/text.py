"""Small helpers for names and text."""


def initials(name: str) -> str:
    """Return the first letter of each word of a name, upper-cased and joined.

    >>> initials("ada king lovelace")
    'AKL'
    >>> initials("  grace hopper ")
    'GH'
    """
    ...


def count_vowels(text: str) -> int:
    """Count the vowels a, e, i, o and u of a text, in upper and lower case.

    >>> count_vowels("Audio")
    4
    >>> count_vowels("rhythm")
    0
    """
    ...
