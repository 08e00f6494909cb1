"""The ask-or-code decision: one request in, one typed outcome out."""

import logging

# Without a handler Python prints warnings to stderr, which belongs to the user; --debug adds a real one.
logging.getLogger(__name__).addHandler(logging.NullHandler())
