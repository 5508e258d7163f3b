"""Every form of endpoint, route and roll-out in one stack: it comes up, answers, changes, goes."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import numpy as np
import pytest
import urllib3
import yaml
from botocore.exceptions import ClientError

from container.model import Model
from container.training.dataset import iris
from container.training.evaluation import evaluate
from container.training.hyperparameters import Hyperparameters
from container.training.train import untrained
from tests.stack.conftest import (
    REPOSITORY,
    LocalCloud,
    project_with,
    soon,
    steady_traffic,
    write_wine,
)

FORMS = yaml.safe_load((Path(__file__).parent / "forms.yaml").read_text())
ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5]]
BODY = json.dumps({"instances": ROWS})
LABELS = ["setosa", "versicolor", "virginica"]
FEATURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
T = TypeVar("T")


@dataclass(frozen=True)
class Forms:
    """The stack, and the file that says what it is."""

    cloud: LocalCloud
    project: Path
    routes: Mapping[str, Mapping[str, Any]]
    """How to call each route, by its name."""
    keys: Mapping[str, str]
    """API keys by client."""

    def post(
        self, route: str, body: str | bytes = BODY, client: str = "client", **headers: str
    ) -> urllib3.BaseHTTPResponse:
        """Sends a body, JSON unless the headers say otherwise."""
        sent = {"x-api-key": self.keys[client], "content-type": "application/json", **headers}
        url = self.routes[route]["url"]
        return urllib3.request("POST", url, body=body, headers=sent, retries=False, timeout=35)

    def look_up(self, **values: object) -> urllib3.BaseHTTPResponse:
        """Asks the cached route."""
        url = f"{self.routes['lookup']['url']}?{urlencode(values)}"
        return urllib3.request("GET", url, headers={"x-api-key": self.keys["client"]})

    def change(self, path: str, value: object) -> None:
        """Changes the config, as a user edits the YAML. None takes the key out."""
        file = self.project / "Pulumi.local.yaml"
        settings = yaml.safe_load(file.read_text())
        *parents, last = path.split(".")
        block = settings["config"]
        for parent in parents:
            block = block[parent]
        if value is None:
            del block[last]
        else:
            block[last] = value
        file.write_text(yaml.safe_dump(settings))

    def up(self, *options: str) -> str:
        """`pulumi up`, which must succeed."""
        done = self.cloud.pulumi(
            "up", "--yes", "--skip-preview", "--stack", "local", *options, folder=self.project
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def plan(self) -> set[str]:
        """What the next `up` would do, without the names that content decides."""
        return {_without_content(step) for step in self.cloud.plan(self.project)}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forms]:
    """The stack, up on a cloud of its own."""
    write_wine()
    folder = tmp_path_factory.mktemp("forms")
    cloud = LocalCloud(folder / "home")
    project = project_with(folder / "project", FORMS)
    up = cloud.up(folder=project)
    assert up.returncode == 0, up.stdout
    routes = {route["name"]: route for route in json.loads(cloud.run("routes").stdout)}
    output = ("stack", "output", "apiKeys", "--json", "--show-secrets", "--stack", "local")
    keys = json.loads(cloud.pulumi(*output, folder=project).stdout)
    yield Forms(cloud, project, routes, keys)
    assert cloud.run("down").returncode == 0


def test_every_route_answers_in_every_format_that_it_takes(forms: Forms):
    smoke = forms.cloud.run("smoke")
    assert smoke.returncode == 0, smoke.stdout
    assert smoke.stdout.count("http://") == len(forms.routes) + 1 == 12  # and the page


def test_every_form_is_accepted_from_outside(forms: Forms):
    accepted = forms.cloud.accept(forms.project)
    assert accepted.returncode == 0, accepted.stdout
    # That is, it has every other form.
    assert "The stack has no iam route, private endpoint." in accepted.stdout
    assert "skipped" not in accepted.stdout


def test_a_second_up_and_a_refresh_change_nothing(forms: Forms):
    forms.up("--expect-no-changes")
    refresh = forms.cloud.pulumi(
        *("refresh", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "local"),
        folder=forms.project,
    )
    assert refresh.returncode == 0, refresh.stdout


def test_a_client_may_choose_the_variant_only_where_the_route_says_so(forms: Forms):
    wanted = {"x-amzn-sagemaker-target-variant": "twin"}
    chosen = {_variant(forms.post("v2_plain", **wanted)) for _ in range(10)}
    assert chosen == {"twin"}
    assert _variant(forms.post("v1_plain", **wanted)) == "forest"


def test_the_same_rows_have_the_same_answers_wherever_they_are_asked(forms: Forms):
    """scikit-learn, the server's own model, one model of several, and the gateway."""
    alone, among_others = forms.post("v1_plain"), forms.post("several_iris")
    assert (alone.status, among_others.status) == (200, 200)
    assert alone.data == among_others.data
    forest = evaluate(untrained(Hyperparameters()), iris()).model
    served = Model.load(REPOSITORY / "build/iris-forest").predict(ROWS)
    expected = forest.predict_proba(np.array(ROWS, dtype=np.float32))
    for prediction, ours, theirs in zip(
        alone.json()["predictions"], served.probabilities, expected, strict=True
    ):
        assert list(prediction["probabilities"].values()) == list(ours)
        assert np.abs(np.array(ours) - theirs).max() < 1e-6


def test_each_of_several_models_answers_its_own_rows(forms: Forms):
    wine = forms.routes["several_wine"]
    labels = [
        row["label"]
        for row in forms.post("several_wine", json.dumps(wine["body"])).json()["predictions"]
    ]
    assert labels == ["class_0", "class_1", "class_2"]
    refused = forms.post("several_iris", json.dumps(wine["body"]))
    assert (refused.status, refused.json()["error"]["code"]) == (400, "InvalidRow")


def test_a_model_is_asked_by_its_files_name_and_no_other_file_is_there(forms: Forms):
    runtime = forms.cloud.client("sagemaker-runtime")
    call = {
        "EndpointName": "ml-gateway-local-several",
        "ContentType": "application/json",
        "Body": BODY,
    }
    answer = runtime.invoke_endpoint(**call, TargetModel="iris.tar.gz")
    assert json.loads(answer["Body"].read())["predictions"]
    with pytest.raises(ClientError, match=r"Failed to download model data of other\.tar\.gz"):
        runtime.invoke_endpoint(**call, TargetModel="other.tar.gz")
    with pytest.raises(ClientError, match="is missing a target model header"):
        runtime.invoke_endpoint(**call)


def test_the_shadow_gets_copies_and_answers_nobody(forms: Forms):
    answers = [forms.post("shadowed") for _ in range(5)]
    assert {_variant(answer) for answer in answers} == {"forest"}
    twin = {"Name": "VariantName", "Value": "twin"}
    request = {"Namespace": "AWS/SageMaker", "MetricName": "Invocations", "Dimensions": [twin]}
    cloudwatch = forms.cloud.client("cloudwatch")
    assert soon(lambda: _of_endpoint(cloudwatch.list_metrics(**request), "shadowed"))


def test_captured_files_have_a_line_for_every_request(forms: Forms):
    names = {forms.post("v1_plain", body=_one(row)).status for row in ROWS}
    assert names == {200}

    def captured() -> bool:
        lines = [json.loads(line) for line in _captured_lines(forms)]
        data = [line["captureData"]["endpointInput"]["data"] for line in lines]
        answers = [line["captureData"]["endpointOutput"]["data"] for line in lines]
        found = [data.index(_one(row)) for row in ROWS if _one(row) in data]
        return [json.loads(answers[i])["predictions"][0]["label"] for i in found] == LABELS

    assert soon(captured)


def test_two_inputs_never_share_a_cached_answer(forms: Forms):
    source = random.Random(20261121)  # noqa: S311 - a seed, so that a failure can be repeated
    rows = [[round(source.uniform(0.1, 8), 1) for _ in FEATURES] for _ in range(40)]
    expected = forms.post("v1_plain", json.dumps({"instances": rows})).json()["predictions"]
    for _ in range(2):  # the second time from the cache
        for row, prediction in zip(rows, expected, strict=True):
            answer = forms.look_up(**dict(zip(FEATURES, row, strict=True)))
            assert answer.json()["predictions"] == [prediction]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"sepal_length": 5.1}, 400),
        (dict.fromkeys(FEATURES, "x"), 400),
        (dict.fromkeys(FEATURES, '1],[1,1,1,1],["'), 400),
    ],
)
def test_a_row_in_the_query_is_checked_as_one_in_the_body(
    forms: Forms, values: dict[str, Any], status: int
):
    answer = forms.look_up(**values)
    assert answer.status == status
    assert answer.json()["error"]["message"]


def test_boto3s_own_runtime_client_works(forms: Forms):
    answer = forms.cloud.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="ml-gateway-local-plain", ContentType="application/json", Body=BODY
    )
    labels = [row["label"] for row in json.loads(answer["Body"].read())["predictions"]]
    assert (labels, answer["InvokedProductionVariant"]) == (LABELS, "forest")


def test_a_quota_lets_exactly_so_many_requests_through(forms: Forms):
    statuses = _at_once(64, lambda: forms.post("v1_plain", client="visitor"))
    assert sorted(answer.status for answer in statuses) == [200] * 40 + [429] * 24
    refused = next(answer for answer in statuses if answer.status == 429)
    assert refused.json()["error"]["code"] == "QuotaExceeded"
    assert refused.headers["retry-after"]


def test_a_throttle_lets_the_burst_through_and_then_the_rate(forms: Forms):
    started = time.monotonic()
    answers = _at_once(64, lambda: forms.post("v1_plain", client="slow"))
    passed = sum(answer.status == 200 for answer in answers)
    assert 10 <= passed <= 11 + (time.monotonic() - started)
    refused = next(answer for answer in answers if answer.status == 429)
    assert refused.json()["error"]["code"] == "TooManyRequests"


def test_an_async_request_without_a_place_for_its_input_is_refused(forms: Forms):
    answer = forms.post("queued")
    assert answer.status == 400
    assert answer.json()["error"]["code"] == "InvalidParameters"


def test_a_preflight_is_answered_for_the_one_origin(forms: Forms):
    answer = urllib3.request("OPTIONS", forms.routes["v1_plain"]["url"])
    assert answer.status in (200, 204)
    origin = "https://console.example.com"
    assert answer.headers["access-control-allow-origin"] == origin
    assert forms.post("v1_plain").headers["access-control-allow-origin"] == origin


@dataclass(frozen=True)
class Change:
    """A change of one key: what the plan says, and what is so afterwards."""

    key: str
    value: object
    plan: set[str]
    outcome: Callable[[Forms], bool]


CHANGES = {
    "weight": Change(
        "endpoints.split.variants.twin.weight",
        9,
        {
            "create EndpointConfiguration split-*",
            "update Endpoint split",
            "delete EndpointConfiguration split-*",
        },
        lambda forms: [_variant(forms.post("v2_plain")) for _ in range(200)].count("twin") > 60,
    ),
    "schedule": Change(
        "endpoints.split.scaling.schedule.evening.at",
        "cron(0 21 * * ? *)",
        {
            "update ScheduledAction split-forest-scaling-evening",
            "update ScheduledAction split-twin-scaling-evening",
        },
        lambda forms: (
            {action["Schedule"] for action in _scheduled(forms)} == {"cron(0 21 * * ? *)"}
        ),
    ),
    "bounds": Change(
        "endpoints.plain.variants.forest.instances.max",
        5,
        {"update Target plain-forest-scaling"},
        lambda forms: 5 in {target["MaxCapacity"] for target in _targets(forms)},
    ),
    "throttle of a plan": Change(
        "direct.plans.slow.throttle",
        {"rate": "1000/s", "burst": 2000},
        {"update UsagePlan direct-slow"},
        lambda forms: (
            {a.status for a in _at_once(64, lambda: forms.post("v1_plain", client="slow"))} == {200}
        ),
    ),
    "throttle of a route": Change(
        "direct.routes./canary.throttle",
        {"rate": "1/s", "burst": 1},
        {"update MethodSettings direct-stage-canary_POST"},
        lambda forms: 429 in {a.status for a in _at_once(64, lambda: forms.post("canary"))},
    ),
    "quota": Change(
        "direct.plans.small.quota",
        "1000000/day",
        {"update UsagePlan direct-small"},
        lambda forms: forms.post("v1_plain", client="visitor").status == 200,
    ),
}


EVERY_TIME = {"weight"}
"""Each is an update of the whole stack; the others are changed every night."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in EVERY_TIME else pytest.mark.nightly)
        for name in CHANGES
    ],
)
def test_a_change_does_what_it_must_and_no_more(forms: Forms, name: str):
    change = CHANGES[name]
    forms.change(f"ml-gateway:{change.key}", change.value)
    assert forms.plan() == change.plan
    with steady_traffic(lambda: forms.post("v2_plain").status) as statuses:
        forms.up()
    assert set(statuses) == {200}
    assert change.outcome(forms)


def test_another_instance_type_takes_the_variant_from_autoscaling_and_puts_it_back(forms: Forms):
    forms.change("ml-gateway:endpoints.split.variants.twin.instances.type", "ml.m5.xlarge")
    kinds = {step.rpartition(" ")[0] for step in forms.plan()}
    assert {"update Endpoint", "replace Target", "replace Policy"} <= kinds
    with steady_traffic(lambda: forms.post("v2_plain").status) as statuses:
        forms.up()
    assert set(statuses) == {200}
    assert _scaled_variants(forms) >= {"split/forest", "split/twin"}
    forms.up("--refresh", "--expect-no-changes")


def test_a_variant_comes_and_goes_without_a_lost_request(forms: Forms):
    third = FORMS["ml-gateway:endpoints"]["split"]["variants"]["twin"] | {"weight": 1}
    for settings in (third, None):
        forms.change("ml-gateway:endpoints.split.variants.third", settings)
        with steady_traffic(lambda: forms.post("v2_plain").status) as statuses:
            forms.up()
        assert set(statuses) == {200}
        assert ("split/third" in _scaled_variants(forms)) is (settings is not None)


def test_another_one_of_several_models_is_rolled_out_without_a_lost_request(forms: Forms):
    """The live prefix is never written to: the new set lies below another one."""
    before = _model_data(forms, "several")
    forms.change("ml-gateway:endpoints.several.variants.all.models.wine", "build/iris-forest")
    with steady_traffic(lambda: forms.post("several_iris").status) as statuses:
        forms.up()
    assert set(statuses) == {200}
    after = _model_data(forms, "several")
    assert before.keys() == after.keys() == {"iris.tar.gz", "wine.tar.gz"}
    assert set(before.values()).isdisjoint(after.values())
    assert forms.post("several_wine").data == forms.post("several_iris").data


def test_a_route_is_added_without_a_lost_request(forms: Forms):
    forms.change("ml-gateway:direct.routes", None)
    routes = FORMS["ml-gateway:direct"]["routes"]
    forms.change("ml-gateway:direct.routes", {**routes, "/v3/plain": {"endpoint": "split"}})
    with steady_traffic(lambda: forms.post("v1_plain").status) as statuses:
        forms.up()
    assert set(statuses) == {200}
    url = forms.routes["v1_plain"]["url"].replace("/v1/", "/v3/")
    headers = {"x-api-key": forms.keys["client"], "content-type": "application/json"}
    assert urllib3.request("POST", url, body=BODY, headers=headers).status == 200


def test_counts_survive_a_deploy(forms: Forms):
    with _no_scale_in(forms, "plain"):  # or the count would go down for want of traffic
        forms.cloud.client("sagemaker").update_endpoint_weights_and_capacities(
            EndpointName="ml-gateway-local-plain",
            DesiredWeightsAndCapacities=[{"VariantName": "forest", "DesiredInstanceCount": 3}],
        )
        assert soon(lambda: _instances(forms, "plain") == 3)
        forms.up("--expect-no-changes")
        forms.change("ml-gateway:endpoints.plain.capture.sample", "50%")
        forms.up()
        assert _instances(forms, "plain") == 3
    assert soon(lambda: _instances(forms, "plain") == 2)


def test_an_alarm_while_a_canary_bakes_rolls_it_back_and_up_fails_until_it_is_mended(forms: Forms):
    forms.change("ml-gateway:endpoints.canary.capture", {"sample": "10%", "retention": "7d"})
    before = _configuration(forms, "canary")
    cloudwatch = forms.cloud.client("cloudwatch")
    state = {"AlarmName": "ml-gateway-local-canary-forest-errors", "StateReason": "test"}

    def alarm_while_it_bakes() -> None:
        soon(lambda: _status(forms, "canary") == "Updating")
        while _status(forms, "canary") == "Updating":  # each evaluation sets it back
            cloudwatch.set_alarm_state(StateValue="ALARM", **state)
            time.sleep(0.1)

    watcher = threading.Thread(target=alarm_while_it_bakes)
    watcher.start()
    failed = forms.cloud.pulumi(
        *("up", "--yes", "--skip-preview", "--stack", "local"), folder=forms.project
    )
    watcher.join()
    assert failed.returncode != 0
    assert "ml-gateway-local-canary" in failed.stdout
    assert _configuration(forms, "canary") == before
    assert forms.post("canary").status == 200

    cloudwatch.set_alarm_state(StateValue="OK", **state)
    forms.up()
    assert _configuration(forms, "canary") != before


def test_what_was_deleted_behind_pulumis_back_is_found_and_put_back(forms: Forms):
    cloud = forms.cloud
    cloud.client("cloudwatch").delete_alarms(AlarmNames=["ml-gateway-local-plain-forest-idle"])
    cloud.client("application-autoscaling").deregister_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId="endpoint/ml-gateway-local-rolling/variant/forest",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
    )
    cloud.client("sagemaker").delete_endpoint(EndpointName="ml-gateway-local-small")
    role = {"RoleName": "ml-gateway-local-direct-invoke"}
    [policy] = cloud.client("iam").list_role_policies(**role)["PolicyNames"]
    cloud.client("iam").delete_role_policy(**role, PolicyName=policy)
    assert forms.post("small").status != 200
    up = forms.up("--refresh")
    for name in ("plain-forest-scaling-idle", "rolling-forest-scaling", "small", "direct-invoke"):
        assert name in up
    assert forms.post("small").status == 200
    forms.up("--refresh", "--expect-no-changes")


@pytest.fixture
def signing(forms: Forms) -> Forms:
    """The stack, with IAM for API keys from now on."""
    settings = yaml.safe_load((forms.project / "Pulumi.local.yaml").read_text())
    if settings["config"]["ml-gateway:direct"].get("auth") != "iam":
        forms.change("ml-gateway:direct.auth", "iam")
        forms.change("ml-gateway:direct.plans", None)
        forms.up()
    return forms


@pytest.mark.nightly
def test_with_iam_every_form_is_accepted_from_outside(signing: Forms):
    accepted = signing.cloud.accept(signing.project)
    assert accepted.returncode == 0, accepted.stdout
    assert "without a signature nobody is answered" in accepted.stdout


def test_with_iam_only_signed_requests_are_answered(signing: Forms):
    forms = signing
    smoke = forms.cloud.run("smoke")  # signs its requests
    assert smoke.returncode == 0, smoke.stdout
    unsigned = forms.post("v1_plain")
    assert unsigned.status == 403
    assert unsigned.json()["error"]["code"] == "UnknownRoute"  # API Gateway's one answer for both
    wrong = "AWS4-HMAC-SHA256 Credential=local/20261121/eu-central-1/execute-api/aws4_request, "
    wrong += f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
    signed = forms.post("v1_plain", authorization=wrong, **{"x-amz-date": "20261121T000000Z"})
    assert signed.status == 403


def test_a_destroyed_stack_leaves_nothing(forms: Forms):
    # An endpoint that is just being scaled cannot be deleted: the last request is a while ago then.
    assert soon(lambda: _instances(forms, "queued") == 0 and _status(forms, "queued") != "Updating")
    destroy = forms.cloud.pulumi(
        *("destroy", "--yes", "--skip-preview", "--run-program", "--stack", "local"),
        folder=forms.project,
    )
    assert destroy.returncode == 0, destroy.stdout
    sagemaker = forms.cloud.client("sagemaker")
    assert sagemaker.list_endpoints()["Endpoints"] == []
    assert sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
    assert sagemaker.list_models()["Models"] == []
    assert forms.cloud.client("s3").list_buckets()["Buckets"] == []
    assert forms.cloud.client("cloudwatch").describe_alarms()["MetricAlarms"] == []


def _without_content(step: str) -> str:
    """A configuration is named after what it says: prefix and content go."""
    verb, kind, name = step.split(" ")
    if kind == "EndpointConfiguration":
        name = f"{name.removeprefix('ml-gateway-local-').rpartition('-')[0]}-*"
    return f"{verb} {kind} {name}"


def _one(row: list[float]) -> str:
    return json.dumps({"instances": [row]})


def _variant(answer: urllib3.BaseHTTPResponse) -> str:
    assert answer.status == 200, answer.data
    return str(answer.headers["x-amzn-invoked-production-variant"])


def _of_endpoint(answer: Mapping[str, Any], endpoint: str) -> bool:
    dimension = {"Name": "EndpointName", "Value": f"ml-gateway-local-{endpoint}"}
    return any(dimension in metric["Dimensions"] for metric in answer["Metrics"])


def _model_data(forms: Forms, endpoint: str) -> dict[str, str]:
    """Keys of the objects below the live model's prefix, by the names that requests have."""
    sagemaker = forms.cloud.client("sagemaker")
    found = sagemaker.describe_endpoint_config(EndpointConfigName=_configuration(forms, endpoint))
    [variant] = found["ProductionVariants"]
    model = sagemaker.describe_model(ModelName=variant["ModelName"])
    url = urlsplit(model["PrimaryContainer"]["ModelDataUrl"])
    prefix = url.path.removeprefix("/")
    listed = forms.cloud.client("s3").list_objects_v2(Bucket=url.netloc, Prefix=prefix)
    return {entry["Key"].removeprefix(prefix): entry["Key"] for entry in listed["Contents"]}


def _captured_lines(forms: Forms) -> Iterator[str]:
    s3 = forms.cloud.client("s3")
    bucket = "ml-gateway-local-data-123456789012-eu-central-1"
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="capture/"):
        for entry in page.get("Contents", []):
            text = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read().decode()
            yield from text.splitlines()


def _describe(forms: Forms, endpoint: str) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = forms.cloud.client("sagemaker").describe_endpoint(
        EndpointName=f"ml-gateway-local-{endpoint}"
    )
    return answer


def _instances(forms: Forms, endpoint: str) -> int:
    [variant] = _describe(forms, endpoint)["ProductionVariants"]
    return int(variant["CurrentInstanceCount"])


def _configuration(forms: Forms, endpoint: str) -> str:
    return str(_describe(forms, endpoint)["EndpointConfigName"])


def _status(forms: Forms, endpoint: str) -> str:
    return str(_describe(forms, endpoint)["EndpointStatus"])


def _targets(forms: Forms) -> list[Mapping[str, Any]]:
    client = forms.cloud.client("application-autoscaling")
    return list(client.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"])


def _scheduled(forms: Forms) -> list[Mapping[str, Any]]:
    client = forms.cloud.client("application-autoscaling")
    return list(client.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"])


def _scaled_variants(forms: Forms) -> set[str]:
    """Registered variants, as endpoint/variant."""
    parts = [urlsplit(target["ResourceId"]).path.split("/") for target in _targets(forms)]
    return {f"{name.removeprefix('ml-gateway-local-')}/{v}" for _, name, _, v in parts}


def _at_once(count: int, call: Callable[[], T]) -> list[T]:
    """The answers of so many calls from as many threads."""
    answers: list[T] = []
    start = threading.Barrier(count)

    def one() -> None:
        start.wait()
        answers.append(call())

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@contextmanager
def _no_scale_in(forms: Forms, endpoint: str) -> Iterator[None]:
    """Nobody takes instances from the one variant of an endpoint meanwhile."""
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/ml-gateway-local-{endpoint}/variant/forest",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    scaling = forms.cloud.client("application-autoscaling")
    member = "DynamicScalingInSuspended"
    scaling.register_scalable_target(**target, SuspendedState={member: True})
    try:
        yield
    finally:
        scaling.register_scalable_target(**target, SuspendedState={member: False})
