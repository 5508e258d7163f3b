"""Where a rule is documented."""

from gateway_policies.rules import RULES

_CONTROLS = {rule.control.id: rule.control for rule in RULES}


def page(rule_id: str, docs: str) -> str | None:
    """The link to a rule of the pack; None for a policy of others.

    docs: URL of the page made of the rules (docs/policies.md); where it is empty, the link leads to
    AWS's page on the demand.
    """
    control = _CONTROLS.get(rule_id)
    if control is None:
        return None
    return f"{docs}#{rule_id}" if docs else control.url
