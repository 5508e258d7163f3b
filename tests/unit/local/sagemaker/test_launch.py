from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.log_delivery import LogStream, Writer
from local.principal import Principal, PrincipalKind
from local.sagemaker.instance import DeploymentError
from local.sagemaker.launch import PULLING, Launcher
from local.sagemaker.plan import VpcPlan
from tests.unit.local.sagemaker.conftest import ROLE, plan

IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/ml-gateway@sha256:ab"
AS_ROLE = Principal(PrincipalKind.ROLE, ROLE)
VPC = VpcPlan(("subnet-1",), ("sg-1",))


class FakeModelData:
    """Unpacks to a folder named by the URL; keeps who asked."""

    def __init__(self):
        self.principals = []

    def unpack(self, principal, url):
        self.principals.append(principal)
        if url == "s3://models/missing":
            raise DeploymentError("no such object")
        return Path("/unpacked") / url.rpartition("/")[2]

    def unpack_below(self, principal, url, target):
        return self.unpack(principal, url + target)

    def check_prefix(self, principal, url):
        self.principals.append(principal)
        if url == "s3://models/missing/":
            raise DeploymentError("no such prefix")


class FakeInterfaces:
    """Keeps who is in the VPC."""

    def __init__(self):
        self.inside = []

    def join(self, role, vpc, endpoint):
        member = (role, vpc, endpoint)
        self.inside.append(member)
        return lambda: self.inside.remove(member)


class FakeLogs:
    def __init__(self):
        self.lines = []

    def write(self, stream, line):
        self.lines.append((stream, line))


@pytest.fixture
def rig(access):
    """A launcher, what it is made of, and the arguments of every start."""
    starts: list[Any] = []
    parts = SimpleNamespace(data=FakeModelData(), logs=FakeLogs(), interfaces=FakeInterfaces())

    def start(*arguments):
        starts.append(arguments)
        if arguments[0].image == "nginx":
            raise DeploymentError("no such image")
        return arguments

    def several(*arguments):
        starts.append(("several", *arguments))

    made: Any = "eu-central-1", access, parts.data, parts.logs, parts.interfaces, start, several
    launcher = Launcher(*made)
    return SimpleNamespace(
        launch=lambda plan: launcher.launch("iris", plan), starts=starts, parts=parts
    )


def with_model(**members):
    return replace(plan(), model=replace(plan().model, **members))


def test_an_instance_has_its_model_which_its_execution_role_reads(rig):
    rig.launch(plan())
    [(model, directory, _, _)] = rig.starts
    assert (model, directory) == (plan().model, Path("/unpacked/forest"))
    assert rig.parts.data.principals == [AS_ROLE]


@pytest.mark.parametrize(
    ("action", "image"),
    [
        ("sagemaker.amazonaws.com", "ml-gateway"),
        ("ecr:GetAuthorizationToken", IMAGE),
        *((action, IMAGE) for action in PULLING),
    ],
)
def test_without_a_right_of_its_role_no_container_starts(rig, access, action, image):
    access.denied.add((ROLE, action))
    with pytest.raises(DeploymentError, match=r"may not"):
        rig.launch(with_model(image=image))
    assert rig.starts == rig.parts.data.principals == []


def test_a_container_of_several_models_starts_without_one_and_fetches_them_as_its_role(rig):
    rig.launch(with_model(model_data_url="s3://models/all/", multi_model=True))
    [(_, model, fetch, _, _)] = rig.starts
    assert model.multi_model
    assert fetch("iris.tar.gz") == Path("/unpacked/iris.tar.gz")
    assert rig.parts.data.principals == [AS_ROLE, AS_ROLE]


def test_without_a_model_to_come_no_container_starts(rig):
    with pytest.raises(DeploymentError):
        rig.launch(with_model(model_data_url="s3://models/missing/", multi_model=True, vpc=VPC))
    assert rig.starts == rig.parts.interfaces.inside == []


def test_an_image_of_no_registry_of_ours_takes_no_right(rig, access):
    access.denied.add((ROLE, "ecr:GetAuthorizationToken"))
    assert rig.launch(plan())


def test_without_its_model_no_container_starts(rig):
    with pytest.raises(DeploymentError):
        rig.launch(with_model(model_data_url="s3://models/missing", vpc=VPC))
    assert rig.starts == rig.parts.interfaces.inside == []


def test_an_instance_is_in_its_vpc_until_it_ends(rig):
    rig.launch(with_model(vpc=VPC))
    [(*_, when_ended)] = rig.starts
    assert rig.parts.interfaces.inside == [(AS_ROLE, VPC, "iris")]
    when_ended()
    assert rig.parts.interfaces.inside == []


def test_what_does_not_start_leaves_its_vpc(rig):
    with pytest.raises(DeploymentError):
        rig.launch(with_model(image="nginx", vpc=VPC))
    assert rig.parts.interfaces.inside == []


def test_each_instance_logs_into_a_stream_of_its_own_and_into_the_clouds_log(rig, capsys):
    rig.launch(plan())
    rig.launch(plan())
    for *_, log, when_ended in rig.starts:
        log("ready")
        when_ended()
    (first, line), (second, _) = rig.parts.logs.lines
    assert line == "ready"
    assert capsys.readouterr().out == "ready\nready\n"
    writer = Writer("sagemaker.amazonaws.com", ROLE)
    group = "/aws/sagemaker/Endpoints/iris"
    assert first == LogStream("eu-central-1", group, first.name, writer)
    variant, _, instance = first.name.partition("/")
    assert variant == "forest"
    assert len(instance) == len("i-0123456789abcdef0")
    assert first.name != second.name
