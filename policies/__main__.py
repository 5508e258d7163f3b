"""Entry point of the policy pack: the engine runs this folder and reads a port from stdout."""

from pulumi_policy import PolicyPack

from gateway_policies.pack import NAME, policies
from gateway_policies.rules import REPORTS, RULES

PolicyPack(NAME, policies=policies(RULES, reports=REPORTS))
