"""Gives a stack's account what it runs: the container image and the model artifacts."""
