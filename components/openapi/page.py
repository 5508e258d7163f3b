"""The files of the web page: API Gateway answers each with one object of S3, whoever asks.

Nothing of a request goes on, so that none can ask for another object.
https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-s3.html
"""

from components.openapi.answers import STATIC_JSON
from components.openapi.api import JSON, STAGE_NAME, Api, Json, Page, PageFile
from components.openapi.errors import error_body

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        # Text that an API answers cannot become markup, whatever a script does with it.
        "require-trusted-types-for 'script'",
    )
)
"""Nothing from elsewhere, nothing inline. https://www.w3.org/TR/CSP3/"""

UNAVAILABLE = ("PageUnavailable", "The page cannot be read. Try again.")
"""Code and message where S3 gives no file."""

HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of every file, beside its content type."""


def page_paths(api: Api) -> Json:
    """A path for each of the page's files; none where the API has no page."""
    if api.page is None:
        return {}
    return {
        f"{api.page.path}/{file.name}": {"get": _operation(api.region, api.page, file)}
        for file in api.page.files
    }


def page_statement(page: Page) -> Json:
    """The statement of a resource policy that lets everybody have the page's files."""
    return {
        "Sid": "Page",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": f"execute-api:/{STAGE_NAME}/GET{page.path}/*",
    }


def _operation(region: str, page: Page, file: PageFile) -> Json:
    headers = HEADERS | {"Content-Type": file.content_type}
    return {
        "description": "A file of the web page.",
        # Said, not left out: a browser has no key yet when it asks for the page.
        "security": [],
        "responses": {
            "200": {"description": "The file", "headers": _declared(headers)},
            "502": {"description": "Error", "headers": _declared(STATIC_JSON)},
        },
        "x-amazon-apigateway-integration": {
            "type": "aws",
            "httpMethod": "GET",
            "uri": f"arn:aws:apigateway:{region}:s3:path/{page.bucket}/{file.key}",
            "credentials": page.role_arn,
            "passthroughBehavior": "never",
            "requestTemplates": {JSON: "## A body would be for nobody.\n"},
            "responses": {
                r"2\d{2}": {
                    "statusCode": "200",
                    # The policy has quotes of its own; API Gateway takes what stands between the
                    # first and the last: https://github.com/DataBiosphere/azul/pull/6385
                    "responseParameters": {
                        f"method.response.header.{name}": f"'{value}'"
                        for name, value in headers.items()
                    },
                },
                "default": {
                    "statusCode": "502",
                    "responseParameters": {
                        f"method.response.header.{name}": value
                        for name, value in STATIC_JSON.items()
                    },
                    "responseTemplates": {JSON: error_body(*UNAVAILABLE)},
                },
            },
        },
    }


def _declared(headers: Json) -> Json:
    return {name: {"schema": {"type": "string"}} for name in headers}
