from bench.serving.machine import PACKAGES, locked, machine


def test_versions_of_peers_are_those_of_their_locks():
    for peer, names in PACKAGES.items():
        assert [text.split()[0] for text in locked(peer, names)] == list(names)


def test_where_and_when_is_told_without_the_build_of_the_kernel():
    found = machine("wrk 4")
    assert found.date.endswith(" UTC")
    assert found.processors >= 1
    assert found.memory_gib > 0
    assert found.system.count(".") == 3  # Linux 6.1, Python 3.11.7
    assert set(found.versions) == {"ours", *PACKAGES, "load"}
    assert found.versions["load"] == "wrk 4"
