"""What can go wrong on the way to an engine."""


class EngineError(Exception):
    """No Pulumi engine can be had; the message says what was tried and how to fix it."""


class UnavailableError(Exception):
    """The official release cannot be had; the message is the reason, half a line."""
