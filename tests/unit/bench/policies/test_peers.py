import pytest

from bench.policies.peers import CHECKOV_PASSES, Engine, Peer, literal, present
from bench.process import CommandError, Run

NOTHING: frozenset[str] = frozenset()
ENGINE = Engine(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, CHECKOV_PASSES, NOTHING, ())


def there(_: object) -> Peer:
    return Peer("there 1", {}, {}, {}, ENGINE, Run("", 0, 0, 0))


def gone(_: object) -> Peer:
    raise CommandError("no index answers")


def test_a_peer_that_is_missing_is_told_and_the_others_are_asked():
    peers, absent = present({}, [gone, there])
    assert [peer.title for peer in peers] == ["there 1"]
    assert absent == ["gone is left out: no index answers"]


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", '"a"'), ("${aws:username} %{x", '"$${aws:username} %%{x"'), (["$a"], '["$a"]')],
)
def test_what_terraform_would_fill_in_is_written_as_it_stands(value, text):
    assert literal(value) == text
