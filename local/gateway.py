"""Where deployed REST APIs answer: http://127.0.0.1:<port>/<api id>/<stage>/<path>."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from local.access import Access
from local.api_gateway.access_log import AccessLog
from local.api_gateway.authentication import Authenticator
from local.api_gateway.backend import Integrations
from local.api_gateway.cache import ResponseCache
from local.api_gateway.runtime import RestApi
from local.api_gateway.signature import Credentials
from local.api_gateway.usage import Meters
from local.call_log import CallLog
from local.clock import Clock
from local.control.apigateway.service import Deployed
from local.control.service import AwsError
from local.http import HttpRequest, HttpResponse
from local.log_delivery import LogStream, Writer
from local.log_writer import LogWriter
from local.region import Region

FORBIDDEN = HttpResponse(403, {"content-type": "application/json"}, b'{"message":"Forbidden"}')
"""What AWS answers for an API or a stage that is not there."""

_GIB = 2**30
_STREAM = "access"
"""Of every access log. AWS has several, with names of its own."""


@dataclass(frozen=True)
class _Running:
    """A stage as it answers, made of what was deployed at a revision of its region's records."""

    region: Region
    revision: int
    deployed: Deployed
    cache: ResponseCache
    api: RestApi


class Gateway:
    """Answers for the stages of every region.

    credentials: whose access keys are, for methods that want signatures.
    """

    def __init__(
        self,
        regions: Callable[[], Iterable[Region]],
        clock: Clock,
        calls: CallLog,
        logs: LogWriter,
        credentials: Credentials,
    ) -> None:
        self._regions = regions
        self._clock = clock
        self._calls = calls
        self._logs = logs
        self._credentials = credentials
        self._lock = threading.Lock()
        self._running: dict[tuple[str, str], _Running] = {}
        self._meters: dict[str, Meters] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers one request."""
        api_id, _, path = request.path.removeprefix("/").partition("/")
        api = self._api(api_id, path.partition("/")[0])
        return FORBIDDEN if api is None else api.handle(replace(request, path=f"/{path}"))

    def _api(self, api_id: str, stage_name: str) -> RestApi | None:
        """The running stage, or None; made anew when what is deployed has changed."""
        running = self._running.get((api_id, stage_name))
        if running and running.revision == running.region.api_gateway.revision:
            return running.api
        with self._lock:
            for region in self._regions():
                revision = region.api_gateway.revision
                try:
                    deployed = region.api_gateway.deployed(api_id, stage_name)
                except AwsError:
                    continue
                running = self._run(region, revision, deployed)
                self._running[api_id, stage_name] = running
                return running.api
            self._running.pop((api_id, stage_name), None)
            return None

    def _run(self, region: Region, revision: int, deployed: Deployed) -> _Running:
        """A cache outlives changes of all but itself; throttles and quotas outlive everything."""
        stage = deployed.stage
        before = self._running.get((stage.api_id, stage.name))
        if before and before.deployed == deployed:
            return replace(before, revision=revision)
        gigabytes, _ = deployed.cache
        if before and before.deployed.cache == deployed.cache:
            cache = before.cache
        else:
            cache = ResponseCache(self._clock, capacity=int(gigabytes * _GIB))
        api = RestApi(
            deployed.document,
            stage,
            authenticator=Authenticator(
                deployed.keys, self._credentials, stage.region, self._clock
            ),
            meters=self._meters.setdefault(region.name, Meters(self._clock)),
            response_cache=cache,
            integrations=Integrations(
                region.call_service, self._clock, deployed.document.binary_media_types
            ),
            clock=self._clock,
            access=Access(stage.region),
            calls=self._calls,
            access_log=self._access_log(region.name, deployed),
        )
        return _Running(region, revision, deployed, cache, api)

    def _access_log(self, region: str, deployed: Deployed) -> AccessLog | None:
        """Written as the role of the account's settings, where the account has one.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
        """
        settings = deployed.access_log
        if not settings.get("destinationArn"):
            return None
        group = settings["destinationArn"].partition(":log-group:")[2].removesuffix(":*")
        writer = Writer("apigateway.amazonaws.com", deployed.log_role_arn, finds_groups=True)
        stream = LogStream(region, group, _STREAM, writer)
        return AccessLog(settings["format"], partial(self._logs.write, stream))
