"""Where deployed REST APIs answer: http://127.0.0.1:<port>/<api id>/<stage>/<path>."""

import threading
from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug import Request, Response

from local.access_log_writer import AccessLogWriter
from local.api_gateway.access_log import AccessLog
from local.api_gateway.model import Document
from local.api_gateway.runtime import RestApi, Stage
from local.aws import ACCOUNT_ID
from local.call_log import CallLog
from local.clock import Clock
from local.control.records import Record
from local.control.service import AwsError
from local.http import HttpRequest
from local.region import Region


class Gateway:
    """WSGI application over the stages of every region."""

    def __init__(
        self,
        regions: Callable[[], Iterable[Region]],
        clock: Clock,
        calls: CallLog,
        access_logs: AccessLogWriter,
    ) -> None:
        self._regions = regions
        self._clock = clock
        self._calls = calls
        self._access_logs = access_logs
        self._lock = threading.Lock()
        self._running: dict[tuple[str, str], tuple[tuple[Record, dict[str, str]], RestApi]] = {}

    def __call__(self, environ: WSGIEnvironment, respond: StartResponse) -> Iterable[bytes]:
        """Answers one request."""
        request = Request(environ)
        # The path as it was sent: percent-encoding is the API's business.
        raw_path = environ.get("RAW_URI", request.path).partition("?")[0]
        api_id, _, path = raw_path.removeprefix("/").partition("/")
        api = self._api(api_id, path.partition("/")[0])
        if api is None:
            return Response('{"message":"Forbidden"}', 403, mimetype="application/json")(
                environ, respond
            )
        answer = api.handle(
            HttpRequest(
                method=request.method,
                path=f"/{path}",
                headers={name.lower(): value for name, value in request.headers.items()},
                query=dict(parse_qsl(request.query_string.decode("latin-1"), True)),
                body=request.get_data(),
                source_ip=request.remote_addr or "",
            )
        )
        response = Response(answer.body, answer.status, headers=dict(answer.headers))
        return response(environ, respond)

    def _api(self, api_id: str, stage_name: str) -> RestApi | None:
        """The running stage, or None; made anew when what is deployed or logged has changed."""
        for region in self._regions():
            try:
                record, document = region.api_gateway.stage(api_id, stage_name)
            except AwsError:
                continue
            return self._running_api(region, api_id, stage_name, record, document)
        return None

    def _running_api(
        self, region: Region, api_id: str, stage_name: str, record: Record, document: Document
    ) -> RestApi:
        keys = region.api_gateway.keys(api_id, stage_name)
        with self._lock:
            made_of, api = self._running.get((api_id, stage_name), (None, None))
            if api is None or made_of != (record, keys):
                api = RestApi(
                    document,
                    Stage(stage_name, api_id, ACCOUNT_ID, region.name, record.get("variables", {})),
                    backend=region.call_service,
                    keys=keys,
                    clock=self._clock,
                    calls=self._calls,
                    access_log=self._access_log(region.name, record.get("accessLogSettings")),
                )
                self._running[api_id, stage_name] = ((record, keys), api)
            return api

    def _access_log(self, region: str, settings: dict[str, str] | None) -> AccessLog | None:
        if not settings:
            return None
        group = settings["destinationArn"].partition(":log-group:")[2].removesuffix(":*")
        return AccessLog(settings["format"], self._access_logs.sink(region, group))
