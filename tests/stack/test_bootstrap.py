"""The account's program on a local cloud: up, unchanged, mended, moved, and not to be destroyed."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from tests.stack.conftest import REPOSITORY, LocalCloud

STATE_BUCKET = "ml-gateway-state-123456789012-eu-central-1"
MOVE = f"""
set -e
export AWS_REGION=eu-central-1
backend="s3://{STATE_BUCKET}?region=eu-central-1&endpoint=$AWS_ENDPOINT_URL&use_path_style=true"
key="$(pulumi stack output secretsProvider --stack local)"
# As if it had been interrupted after its first step.
PULUMI_BACKEND_URL="$backend" pulumi stack init local --secrets-provider "$key" --no-select
{REPOSITORY}/scripts/move_state.sh local "$backend" "$key"
again=0
{REPOSITORY}/scripts/move_state.sh local "$backend" "$key" > again.txt 2>&1 || again=$?
test $again = 1
grep "has a state of it under a key already" again.txt
unset PULUMI_CONFIG_PASSPHRASE PULUMI_OPTION_POLICY_PACK
PULUMI_BACKEND_URL="$backend" pulumi preview --stack local --expect-no-changes
"""


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """The program as a project beside the virtual environment, with one environment."""
    folder = tmp_path / "tree/bootstrap"
    folder.mkdir(parents=True)
    (folder.parent / ".venv").symlink_to(REPOSITORY / ".venv")
    for entry in (REPOSITORY / "bootstrap").glob("*.py"):
        (folder / entry.name).symlink_to(entry)
    shutil.copy(REPOSITORY / "bootstrap/Pulumi.yaml", folder)
    settings = yaml.safe_load((REPOSITORY / "bootstrap/Pulumi.local.yaml").read_text())
    settings["config"]["ml-gateway-bootstrap:environments"] = ["dev"]
    (folder / "Pulumi.local.yaml").write_text(yaml.safe_dump(settings))
    return folder


def test_an_account_is_made_once_mended_and_kept(cloud: LocalCloud, account: Path):
    def up(*arguments: str) -> str:
        done = cloud.pulumi("up", "--yes", "--stack", "local", *arguments, folder=account)
        assert done.returncode == 0, done.stdout
        return done.stdout

    made = up()
    advised = re.findall(r"\[advisory\].*?  (\S+)  .*\n.*\n\s+(\S+)", made)
    # What it costs is told, and that a key's price in the region is not known.
    assert set(advised) == {("monthly-cost", "|"), ("stack-advisories", "monthly-budget:")}
    for role, environment in {"dev-deploy": "dev", "publish": "publish"}.items():
        made_role = cloud.client("iam").get_role(RoleName=f"ml-gateway-{role}")["Role"]
        [trusted] = made_role["AssumeRolePolicyDocument"]["Statement"]
        subject = f"repo:example/ml-gateway:environment:{environment}"
        assert trusted["Condition"]["StringEquals"] == {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": subject,
        }
    assert (
        cloud.client("apigateway")
        .get_account()["cloudwatchRoleArn"]
        .endswith("ml-gateway-api-logs-eu-central-1")
    )

    cloud.client("ecr").delete_lifecycle_policy(repositoryName="ml-gateway")
    mended = up("--refresh")
    assert "+  aws:ecr:LifecyclePolicy images-lifecycle created" in mended
    assert "+ 1 created" in mended
    assert not [word for word in ("updated", "replaced", " deleted (") if word in mended]

    destroyed = cloud.pulumi("destroy", "--yes", "--stack", "local", folder=account)
    assert destroyed.returncode != 0
    assert "protected" in destroyed.stdout
    assert cloud.client("s3").head_bucket(Bucket=STATE_BUCKET)

    moved = cloud.run("exec", "--", "sh", "-c", MOVE, folder=account)
    assert moved.returncode == 0, moved.stdout
    state = cloud.client("s3").get_object(
        Bucket=STATE_BUCKET, Key=".pulumi/stacks/ml-gateway-bootstrap/local.json"
    )
    assert json.loads(state["Body"].read())["checkpoint"]["latest"]["resources"]
