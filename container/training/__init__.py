"""The trainer: from rows to an artifact that the server can trust. Never imported by the server."""
