"""Who may call: API keys, or requests signed by a principal of this account."""

from components.config.gateway import Auth
from components.openapi.api import STAGE_NAME, Api, Json
from components.openapi.page import page_statement

SCHEMES: dict[Auth, Json] = {
    Auth.API_KEY: {"apiKey": {"type": "apiKey", "name": "x-api-key", "in": "header"}},
    Auth.IAM: {
        "iam": {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "awsSigv4",
        }
    },
}
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html"""


def requirement(auth: Auth) -> list[Json]:
    """The security of an operation."""
    return [{name: [] for name in SCHEMES[auth]}]


def resource_policy(api: Api) -> Json:
    """Lets in principals of this account that their own IAM policies allow, and nobody else.

    Preflights carry no signature, so with CORS anybody may send one; it reaches no endpoint. Nor
    do browsers sign what they ask for, so anybody may have the files of the web page.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
    """
    statements = [
        {
            "Sid": "PrincipalsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{api.account_id}:root"},
            "Action": "execute-api:Invoke",
            "Resource": f"execute-api:/{STAGE_NAME}/*",
        }
    ]
    if api.cors:
        statements.append(
            {
                "Sid": "Preflights",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": f"execute-api:/{STAGE_NAME}/OPTIONS/*",
            }
        )
    if api.page:
        statements.append(page_statement(api.page))
    return {"Version": "2012-10-17", "Statement": statements}
