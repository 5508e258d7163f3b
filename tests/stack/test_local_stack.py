"""The local stack, up on a local cloud: what its clients and its operators see."""

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stack.conftest import COMMAND_SECONDS, REPOSITORY, LocalCloud, Route

ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.1, 4.4, 1.4], [6.3, 3.3, 6.0, 2.5]]
LABELS = ["setosa", "versicolor", "virginica"]
INTERNALS = ("arn:", "Traceback", "LogStream", "OriginalMessage", "/aws/", "site-packages")


def test_rows_sent_as_json_are_predicted(route: Route):
    answer = route.post(json.dumps({"instances": ROWS}))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert [prediction["label"] for prediction in answer.json()["predictions"]] == LABELS


def test_rows_sent_as_csv_are_predicted(route: Route):
    body = "".join(",".join(map(str, row)) + "\n" for row in ROWS)
    answer = route.post(body, "text/csv", accept="text/csv")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert [line.split(",")[0] for line in answer.data.decode().splitlines()] == LABELS


@pytest.mark.parametrize("variant", ["forest", "boosting"])
def test_a_client_may_choose_its_variant_and_the_answer_names_it(route: Route, variant: str):
    chosen = {"X-Amzn-SageMaker-Target-Variant": variant}
    answer = route.post(json.dumps({"instances": ROWS}), **chosen)
    assert answer.headers["x-amzn-invoked-production-variant"] == variant
    assert [prediction["label"] for prediction in answer.json()["predictions"]] == LABELS


@pytest.mark.parametrize("variant", ["forest", "boosting"])
def test_an_answer_holds_what_the_request_includes(route: Route, variant: str):
    body = json.dumps({"instances": ROWS, "include": ["contributions", "set"]})
    answer = route.post(body, **{"X-Amzn-SageMaker-Target-Variant": variant})
    for prediction in answer.json()["predictions"]:
        assert prediction["label"] in prediction["set"]
        assert list(prediction["contributions"]) == ["unit", "base", "features"]


def test_rows_in_csv_say_what_to_include_by_a_header(route: Route):
    sent = {"X-Amzn-SageMaker-Custom-Attributes": "include=set", "accept": "application/json"}
    answer = route.post("5.1,3.5,1.4,0.2\n", content_type="text/csv", **sent)
    assert answer.json()["predictions"][0]["set"] == ["setosa"]


def test_without_a_key_no_request_is_answered(route: Route):
    answer = Route(route.url, "not-a-key").post(json.dumps({"instances": ROWS}))
    assert answer.status == 403
    assert answer.json()["error"]["code"] == "InvalidApiKey"


@pytest.mark.parametrize(
    ("content_type", "body", "place"),
    [
        ("application/json", '{"instances":[[5.1,3.5,1.4,0.2],[5.1,1e999,1.4,0.2]]}', (1, 1)),
        # JSON has no NaN: the gateway's validator refuses the text before a cell is looked at.
        ("application/json", '{"instances":[[5.1,NaN,1.4,0.2]]}', (None, None)),
        ("application/json", '{"instances":[[5.1,3.5,1.4,0.2],[5.1,"x",1.4,0.2]]}', (1, 1)),
        ("application/json", '{"instances":[[5.1,3.5,1.4,0.2],[5.1,3.5,1.4]]}', (1, None)),
        ("text/csv", "5.1,3.5,1.4,0.2\n5.1,3.5,nan,0.2\n", (1, 2)),
        ("application/json", '{"instances":[[5.1,3.5', (None, None)),
        ("application/json", '{"rows":[]}', (None, None)),
        ("application/json", "", (None, None)),
    ],
)
def test_a_bad_body_is_answered_with_400_and_the_place(
    route: Route, content_type: str, body: str, place: tuple[int | None, int | None]
):
    answer = route.post(body, content_type)
    assert answer.status == 400
    error = answer.json()["error"]
    assert (error.get("row"), error.get("column")) == place
    assert error["message"]
    assert not [word for word in INTERNALS if word in answer.data.decode()]


def test_a_content_type_without_a_template_is_answered_with_415(route: Route):
    answer = route.post("<rows/>", "application/xml")
    assert answer.status == 415
    assert answer.json()["error"]["code"] == "UnsupportedMediaType"


def test_an_accept_that_the_model_cannot_answer_in_is_answered_with_406(route: Route):
    answer = route.post(json.dumps({"instances": ROWS}), accept="application/xml")
    assert answer.status == 406
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    ["5.1,3.5,1.4,0.2\n" * 10_001, "5.1,3.5,1.4,0.2\n" + " " * 6_300_000],
    ids=["too many rows", "too many bytes"],
)
def test_a_body_that_is_too_large_is_answered_with_413(route: Route, body: str):
    answer = route.post(body, "text/csv")
    assert answer.status == 413
    assert answer.json()["error"]["code"] == "PayloadTooLarge"
    assert not [word for word in INTERNALS if word in answer.data.decode()]


def test_an_unknown_path_is_refused_as_api_gateway_does(route: Route):
    answer = Route(f"{route.url}/nothing", route.key).post("{}")
    assert answer.status == 403
    assert answer.json()["error"]["code"] == "UnknownRoute"


def test_every_call_of_the_data_plane_is_logged_with_its_principal(cloud: LocalCloud, route: Route):
    route.post(json.dumps({"instances": ROWS}))
    lines = (cloud.home / "cloud.log").read_text().splitlines()
    calls = [json.loads(line) for line in lines if line.startswith('{"time"')]
    principals = {call["action"]: call["principal"] for call in calls}
    role = "role:arn:aws:iam::123456789012:role/ml-gateway-local"
    assert principals["s3:GetObject"] == f"{role}-iris-execution"
    assert principals["sagemaker:InvokeEndpoint"] == f"{role}-direct-invoke"
    assert principals["execute-api:Invoke"].startswith("api-key:")


def test_requests_are_in_the_access_log(cloud: LocalCloud, route: Route):
    request_id = route.post(json.dumps({"instances": ROWS})).headers["x-amzn-requestid"]
    script = (
        "import boto3; events = boto3.client('logs', region_name='eu-central-1')"
        ".filter_log_events(logGroupName='/aws/apigateway/ml-gateway-local-direct-stage')['events'];"
        "print('\\n'.join(event['message'] for event in events))"
    )
    deadline = time.monotonic() + 30  # lines are written in the background, as on AWS
    logged = ""
    while request_id not in logged and time.monotonic() < deadline:
        logged = cloud.run("exec", "--", "python", "-c", script).stdout
    [line] = [json.loads(line) for line in logged.splitlines() if request_id in line]
    assert (line["method"], line["resource"], line["status"]) == ("POST", "/iris", "200")


@pytest.mark.nightly
@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_every_stack_comes_up_and_is_accepted_as_it_would_be_on_aws(
    own_cloud: LocalCloud, stack: str
):
    up = own_cloud.pulumi("up", "--yes", "--stack", stack)
    assert up.returncode == 0, up.stdout
    accepted = own_cloud.run("exec", "--", "make", "acceptance", f"STACK={stack}")
    assert accepted.returncode == 0, accepted.stdout
    assert f"ml-gateway-{stack}-iris" in accepted.stdout


def test_a_second_up_changes_nothing(cloud: LocalCloud, route: Route):
    again = cloud.up()
    assert again.returncode == 0, again.stdout
    assert " unchanged" in again.stdout
    assert not [word for word in ("created", "updated", "replaced") if word in again.stdout]


def test_what_is_secret_stays_secret_in_state_and_output(cloud: LocalCloud, route: Route):
    state = cloud.home / "backend/.pulumi/stacks/ml-gateway/local.json"
    assert route.key not in state.read_text()
    assert route.key not in cloud.pulumi("stack", "output", "--stack", "local").stdout


def test_the_tracked_files_never_change(cloud: LocalCloud, route: Route):
    before = _hashes()
    preview = cloud.pulumi("preview", "--stack", "dev")
    assert preview.returncode == 0, preview.stdout
    written = cloud.pulumi("config", "set", "aws:region", "eu-west-1", "--stack", "dev")
    assert written.returncode == 0, written.stdout
    assert _hashes() == before


def test_every_client_has_a_key_of_its_own(cloud: LocalCloud, route: Route):
    command = ("stack", "output", "apiKeys", "--show-secrets", "--stack", "local")
    assert json.loads(cloud.pulumi(*command).stdout) == {"newcomer": route.key}


def test_every_resource_keeps_its_parent(cloud: LocalCloud, route: Route):
    orphans = [
        resource["urn"]
        for resource in cloud.resources()
        if "parent" not in resource and resource["type"] != "pulumi:pulumi:Stack"
    ]
    assert orphans == []


def _hashes() -> dict[Path, str]:
    tracked = sorted(REPOSITORY.glob("Pulumi*.yaml"))
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in tracked}


@pytest.mark.usefixtures("route")
def test_who_can_reach_what_is_known_of_a_stack_that_is_up(cloud: LocalCloud):
    local = f"LOCAL={sys.executable} -m local --home {cloud.home}"
    done = subprocess.run(
        ["make", "--silent", "who-can", "FORMAT=json", local],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    kinds = {resource["urn"]: resource["kind"] for resource in found["resources"]}
    names = {principal["urn"]: principal["name"] for principal in found["principals"]}
    assert {
        (names[r["principal"]], kinds[r["resource"]])
        for r in found["reach"]
        if r["principal"] in names
    } == {
        ("ml-gateway-local-direct-invoke", "endpoint"),
        ("ml-gateway-local-iris-execution", "bucket"),
        ("ml-gateway-local-iris-execution", "key"),
        ("ml-gateway-local-direct-page-read", "bucket"),
        ("ml-gateway-local-direct-page-read", "key"),
    }
    assert (found["undeclared"], found["unknown"]) == ([], [])


def test_the_stack_has_nothing_to_change_once_it_is_up(cloud: LocalCloud, route: Route):
    assert route.url
    assert cloud.plan() == set()
