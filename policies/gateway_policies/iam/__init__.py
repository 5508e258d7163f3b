"""Least privilege: what IAM documents allow, wherever in a program they stand."""
