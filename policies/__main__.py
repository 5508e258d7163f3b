"""Entry point of the policy pack: the engine runs this folder and reads a port from stdout."""

from pulumi_policy import PolicyPack

from gateway_policies.pack import RULES, policies

PolicyPack("ml-gateway", policies=policies(RULES))
