"""Asks AWS what the policy pack's prices are today."""
