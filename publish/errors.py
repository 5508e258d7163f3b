"""What stops a publication."""


class PublishError(Exception):
    """Nothing more was published; the text names what, why and the fix."""
