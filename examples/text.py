"""Text for web addresses."""


def slugify(title: str) -> str:
    """Turn a title into the part of a web address that names the page.

    Lower-case the title, replace every run of characters that are not ASCII letters or digits by one
    hyphen, and drop hyphens at both ends. A title without any letter or digit gives the empty string.

    >>> slugify("Ten Tips, Tricks & Traps!")
    'ten-tips-tricks-traps'
    >>> slugify("  C++ in 2024  ")
    'c-in-2024'
    >>> slugify("???")
    ''
    """
    ...
