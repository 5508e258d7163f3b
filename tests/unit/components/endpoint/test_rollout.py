"""The config's `rollout` as SageMaker's deployment configuration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.config.rollout import Rollout
from components.endpoint.rollout import deployment_config

ROLLBACK = {"rollbackOn": {"errorRate": "1%"}}


def configured(**way):
    return deployment_config(Rollout.model_validate(way | ROLLBACK), ["errors", "latency"])


def test_the_alarms_roll_it_back():
    assert configured(blueGreen={"bake": "5m"})["auto_rollback_configuration"] == {
        "alarms": [{"alarm_name": "errors"}, {"alarm_name": "latency"}]
    }


def test_a_canary_is_a_share_of_the_capacity_that_is_watched_twice():
    assert configured(canary={"share": "10%", "bake": "10m"})["blue_green_update_policy"] == {
        "traffic_routing_configuration": {
            "type": "CANARY",
            "wait_interval_in_seconds": 600,
            "canary_size": {"type": "CAPACITY_PERCENT", "value": 10},
        },
        "termination_wait_in_seconds": 600,
        "maximum_execution_timeout_in_seconds": 2 * 600 + 1800,
    }


def test_linear_steps_are_watched_one_by_one():
    assert configured(linear={"step": "30%", "wait": "5m"})["blue_green_update_policy"] == {
        "traffic_routing_configuration": {
            "type": "LINEAR",
            "wait_interval_in_seconds": 300,
            "linear_step_size": {"type": "CAPACITY_PERCENT", "value": 30},
        },
        "termination_wait_in_seconds": 300,
        "maximum_execution_timeout_in_seconds": 5 * 300 + 1800,
    }


def test_blue_green_moves_all_traffic_at_once():
    assert configured(blueGreen={"bake": "5m"})["blue_green_update_policy"] == {
        "traffic_routing_configuration": {
            "type": "ALL_AT_ONCE",
            "wait_interval_in_seconds": 300,
        },
        "termination_wait_in_seconds": 300,
        "maximum_execution_timeout_in_seconds": 2 * 300 + 1800,
    }


def test_rolling_replaces_batch_by_batch():
    configuration = configured(rolling={"step": "25%", "wait": "2m"})
    assert configuration["rolling_update_policy"] == {
        "maximum_batch_size": {"type": "CAPACITY_PERCENT", "value": 25},
        "wait_interval_in_seconds": 120,
        "maximum_execution_timeout_in_seconds": 4 * 120 + 1800,
    }
    assert "blue_green_update_policy" not in configuration


@given(step=st.integers(10, 50), wait=st.integers(1, 3600))
def test_the_time_limit_is_one_that_aws_takes(step, wait):
    configuration = configured(linear={"step": f"{step}%", "wait": f"{wait}s"})
    policy = configuration["blue_green_update_policy"]
    assert 600 <= policy["maximum_execution_timeout_in_seconds"] <= 14_400


def test_a_roll_out_of_no_kind_is_refused():
    with pytest.raises(ValueError, match="canary, linear, blueGreen or rolling"):
        configured()
