"""What is wrong with an answer of the Price List."""


class PriceListError(Exception):
    """A figure cannot be taken from it; the text says of what region and item, and why."""
