"""Nobody is answered whom the stack does not know."""

from tests.acceptance.answers import assert_error
from tests.acceptance.caller import Who


def test_without_a_key_nobody_is_answered(key_route, caller):
    assert_error(caller.example(key_route, who=Who.NOBODY), 403, "InvalidApiKey")


def test_a_wrong_key_is_refused(key_route, caller):
    assert_error(caller.example(key_route, who=Who.STRANGER), 403, "InvalidApiKey")


def test_without_a_signature_nobody_is_answered(iam_route, caller):
    # API Gateway has one answer for this and for a path that does not exist.
    assert_error(caller.example(iam_route, who=Who.NOBODY), 403, "UnknownRoute")


def test_a_wrong_signature_is_refused(iam_route, caller):
    assert_error(caller.example(iam_route, who=Who.STRANGER), 403, "InvalidSignature")
