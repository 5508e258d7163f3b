"""An API with a route of each kind."""

from dataclasses import replace

from components.config.gateway import Auth, Cors
from components.openapi.api import Api, Route

IRIS = Route("/iris", "p-iris")
CHOSEN = Route("/v2/iris", "p-iris", target_variant=True)
ONE = Route("/iris/one", "p-iris", query=("length", "width"), target_variant=True)
QUEUED = Route("/batch", "p-batch", asynchronous=True)
ROUTES = (IRIS, CHOSEN, ONE, QUEUED)

API = Api(
    title="p-direct",
    region="eu-central-1",
    account_id="123456789012",
    role_arn="arn:aws:iam::123456789012:role/p-direct-invoke",
    auth=Auth.API_KEY,
    routes=ROUTES,
)
CORS = Cors(origin="https://console.example.com")
OPEN_TO_A_PAGE = replace(API, cors=CORS)
SIGNED = replace(API, auth=Auth.IAM)
APIS = (API, OPEN_TO_A_PAGE, SIGNED, replace(SIGNED, cors=CORS))
