"""What a URN says of a resource.

https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
"""


def name(urn: str) -> str:
    """The name that the program gives it; all of a text that is no URN."""
    return urn.split("::", 3)[-1]


def type_of(urn: str) -> str:
    """Its type in short, such as `aws.sagemaker.Endpoint`; empty for a text that is no URN."""
    parts = urn.split("::", 3)
    if len(parts) < 4:
        return ""
    package, _, rest = parts[2].rpartition("$")[2].partition(":")
    module, _, kind = rest.partition(":")
    return ".".join(part for part in (package, module.partition("/")[0], kind) if part)
