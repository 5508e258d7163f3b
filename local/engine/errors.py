"""What can go wrong on the way to an engine."""


class EngineError(Exception):
    """No Pulumi engine can be had; the message says what was tried and how to fix it."""
