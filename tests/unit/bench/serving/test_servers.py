from collections import Counter

import pytest

from bench.environments import LOCKS
from bench.serving.servers import OUR_ENVIRONMENT, QUICK, SERVERS, SIZES

KNOWN = dict.fromkeys(("bin", "model", "port", "grpc_port", "metrics_port"), "x")


def test_every_name_is_used_once():
    assert set(Counter(server.name for server in SERVERS).values()) == {1}
    assert {server.name for server in SERVERS} >= QUICK


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
def test_a_command_names_nothing_that_is_not_known(server):
    for text in (*server.command, *server.variables.values()):
        assert "{" not in text.format_map(KNOWN)


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
def test_an_environment_is_ours_or_locked(server):
    lock = LOCKS / f"{server.environment}.txt"
    assert server.environment == OUR_ENVIRONMENT or "--hash=sha256:" in lock.read_text()


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
def test_a_server_of_one_worker_has_its_processor_for_itself(server):
    apart = server.cores not in server.load_cores
    assert apart == (server.workers == 1)


def test_the_sizes_that_the_targets_are_about_are_measured_of_all():
    assert all({1, 100} <= set(server.sizes) <= set(SIZES) for server in SERVERS)
