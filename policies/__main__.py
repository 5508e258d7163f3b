"""Entry point of the policy pack: the engine runs this folder and reads a port from stdout."""

from pulumi_policy import PolicyPack

from gateway_policies.pack import policies
from gateway_policies.rules import REPORTS, RULES

PolicyPack("ml-gateway", policies=policies(RULES, reports=REPORTS))
