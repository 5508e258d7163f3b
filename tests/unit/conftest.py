"""What holds for every unit test."""

from hypothesis import settings

# How long an example takes is a matter of the machine; bench/ measures speed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
