from bench.policies.comparison import OURS, THEIRS, alone, compared, found
from bench.policies.ours import judged
from bench.policies.peers import Engine, Peer
from bench.policies.reasons import ANOTHER_STAR, MEANT, NO_VERDICT
from bench.process import Run
from gateway_policies.iam.document import Kind, parse
from tests.unit.policies.iam.conftest import allow, policy

DOCUMENTS = {
    "both": policy(allow("redshift:GetClusterCredentials")),
    "mine": policy(allow("redshift:GetClusterCredentials", "arn:aws:redshift:*:*:dbuser:*/*")),
    "unread": policy(allow("redshift:GetClusterCredentials")),
    "theirs": policy(allow("ecr:GetAuthorizationToken")),
    "neither": policy(allow("s3:GetObject", "arn:aws:s3:::models/*")),
}
ACTIONS = frozenset({"redshift:getclustercredentials", "ecr:getauthorizationtoken"})
PEER = Peer(
    title="peer 1",
    reads={"CredentialsExposure": "credentials_exposure"},
    found={
        "CredentialsExposure": {
            "both": ["redshift:GetClusterCredentials"],
            "theirs": ["ecr:GetAuthorizationToken"],
        }
    },
    unread={"CredentialsExposure": frozenset({"unread"})},
    engine=Engine(ACTIONS, ACTIONS, ACTIONS, ACTIONS, ACTIONS, ACTIONS, ACTIONS, ()),
    took=Run("", 0, 0, 0),
)


def test_documents_are_compared_by_control():
    read = {name: parse(document, Kind.IDENTITY) for name, document in DOCUMENTS.items()}
    said = judged(DOCUMENTS)
    [comparison] = compared(PEER, found(said, read), said, read)
    assert comparison.control == "CredentialsExposure"
    assert (comparison.both, comparison.unexplained) == (1, 0)
    assert [(one.side, one.document, one.reasons) for one in comparison.disagreements] == [
        (OURS, "mine", [ANOTHER_STAR]),
        (OURS, "unread", [NO_VERDICT]),
        (THEIRS, "theirs", [MEANT]),
    ]


def test_a_control_that_no_peer_has_is_told_with_what_ours_finds():
    documents = {"passes": policy(allow("iam:PassRole"))}
    read = {name: parse(document, Kind.IDENTITY) for name, document in documents.items()}
    [comparison] = alone(found(judged(documents), read))
    assert (comparison.control, comparison.peer) == ("PassRole", "none")
    assert [one.document for one in comparison.of(OURS)] == ["passes"]


def test_a_wildcard_over_what_is_read_changes_nothing():
    documents = {
        "writes": policy(allow("sqs:SendMessage")),
        "lists": policy(allow("s3:ListBucket")),
    }
    read = {name: parse(document, Kind.IDENTITY) for name, document in documents.items()}
    ours = found(judged(documents), read)
    assert ours["ResourceWildcard"] == {"writes", "lists"}
    assert ours["InfrastructureModification"] == {"writes"}
