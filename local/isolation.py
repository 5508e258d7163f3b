"""The environment of whatever runs against the local cloud: nothing in it leads to an account.

Where SDKs look: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

import os
from collections.abc import Mapping

_PREFIXES = ("AWS_", "PULUMI_", "BOTO_")
_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "NO_PROXY"})


NOWHERE = "http://127.0.0.1:9"
"""The loopback's discard port: for a process that has to name every address itself."""


def isolated(environment: Mapping[str, str], api_url: str = NOWHERE) -> dict[str, str]:
    """`environment` without credentials, profiles, proxies and Pulumi settings.

    api_url: the one place that every AWS SDK is pointed at. The credentials given are worth
    nothing; the files named hold nothing; the metadata service is off.
    """
    kept = {
        name: value
        for name, value in environment.items()
        if not name.upper().startswith(_PREFIXES) and name.upper() not in _PROXIES
    }
    return kept | {
        "AWS_ENDPOINT_URL": api_url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
    }
