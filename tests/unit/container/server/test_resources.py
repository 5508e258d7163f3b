"""What a control group allows, of either version."""

import os

import pytest

from container.server.resources import (
    MIB,
    WORKER_BYTES,
    default_models_mib,
    default_workers,
    memory_limit,
    processors,
)


@pytest.fixture
def cgroup(tmp_path, monkeypatch):
    """Writes files of a control group, on a machine of eight processors."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))

    def write(files):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 8),
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "5000 100000\n"}, 1),
        ({"cpu.max": "6400000 100000\n"}, 8),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 8),
    ],
)
def test_processors_are_those_of_the_quota(cgroup, files, expected):
    assert processors(cgroup(files)) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        ({"memory.max": "max\n"}, None),
        ({"memory.max": "536870912\n"}, 536_870_912),
        ({"memory/memory.limit_in_bytes": "1073741824\n"}, 1_073_741_824),
        ({"memory/memory.limit_in_bytes": "9223372036854771712\n"}, None),
    ],
)
def test_memory_is_that_of_the_limit(cgroup, files, expected):
    assert memory_limit(cgroup(files)) == expected


@pytest.mark.parametrize(
    ("memory", "expected"),
    [("max", 8), (str(4096 * MIB), 8), (str(1024 * MIB), 4), (str(600 * MIB), 2), ("1000", 1)],
)
def test_there_is_a_worker_for_each_processor_that_memory_is_left_for(cgroup, memory, expected):
    assert default_workers(cgroup({"memory.max": memory})) == expected


def test_on_this_machine_there_is_at_least_one():
    assert 1 <= default_workers() <= len(os.sched_getaffinity(0))


@pytest.mark.parametrize(("limit", "expected"), [(WORKER_BYTES + 5 * MIB, 5), (MIB, 1)])
def test_models_have_what_the_container_may_use_beside_its_worker(cgroup, limit, expected):
    assert default_models_mib(cgroup({"memory.max": f"{limit}\n"})) == expected


def test_without_a_limit_models_have_what_the_machine_has(cgroup):
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert default_models_mib(cgroup({})) == (machine - WORKER_BYTES) // MIB
