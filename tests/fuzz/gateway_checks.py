"""What Schemathesis asks of an answer beside its own checks; loaded by it, in its environment.

https://schemathesis.readthedocs.io/en/stable/guides/extending/
"""

import schemathesis


@schemathesis.check  # type: ignore[untyped-decorator, unused-ignore]
def fails_only_for_a_while(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """In place of not_a_server_error: 503 is no error where it says when to try again."""
    if response.status_code == 503 and "retry-after" in response.headers:
        return
    assert response.status_code < 500, f"{response.status_code}: {response.text[:500]}"
