import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.cache import MAX_RESPONSE_BYTES, ResponseCache, asks_to_renew, key_of
from local.api_gateway.model import CacheKey
from local.api_gateway.parameters import METHOD_HEADER, METHOD_QUERY, Scopes, Source
from local.api_gateway.stage import Caching, MethodSettings, Stage, Unauthorized
from local.http import HttpResponse

STAGE = Stage("live", "api123", "123456789012", "eu-central-1", cached=True)
CACHING = Caching(enabled=True, ttl_seconds=60)


@pytest.fixture
def cache(settable):
    return ResponseCache(settable, capacity=3 * MAX_RESPONSE_BYTES)


class Fetches:
    """Answers a new body each time, of a size."""

    def __init__(self, size=1):
        self.size = size
        self.count = 0

    def __call__(self):
        self.count += 1
        return HttpResponse(200, {}, bytes([self.count]) * self.size)


def test_an_answer_is_fetched_once_in_its_time(cache, settable):
    fetch = Fetches()
    assert cache.answer("k", 60, fetch) == cache.answer("k", 60, fetch)
    settable.pass_by(seconds=59)
    cache.answer("k", 60, fetch)
    assert fetch.count == 1
    settable.pass_by(seconds=1)
    assert cache.answer("k", 60, fetch).body == bytes([2])


def test_an_answer_that_is_renewed_takes_the_place_of_the_old_one(cache):
    fetch = Fetches()
    cache.answer("k", 60, fetch)
    assert cache.renew("k", 60, fetch).body == bytes([2])
    assert cache.answer("k", 60, fetch).body == bytes([2])


@pytest.mark.parametrize(
    ("size", "fetched"), [(MAX_RESPONSE_BYTES, 1), (MAX_RESPONSE_BYTES + 1, 2)]
)
def test_an_answer_over_a_mebibyte_is_not_kept(cache, size, fetched):
    fetch = Fetches(size)
    cache.answer("k", 60, fetch)
    cache.answer("k", 60, fetch)
    assert fetch.count == fetched


def test_the_oldest_answers_go_when_the_memory_is_full(cache):
    fetch = Fetches(MAX_RESPONSE_BYTES)
    for key in "abcd":
        cache.answer(key, 60, fetch)
    assert fetch.count == 4
    for key in "bcd":
        cache.answer(key, 60, fetch)
    assert fetch.count == 4
    cache.answer("a", 60, fetch)
    assert fetch.count == 5


def test_a_failure_is_not_kept(cache):
    def fail():
        raise TimeoutError

    with pytest.raises(TimeoutError):
        cache.answer("k", 60, fail)
    assert cache.answer("k", 60, Fetches()).body == bytes([1])


@pytest.mark.parametrize(
    ("value", "asks"),
    [
        ("max-age=0", True),
        ("no-transform, Max-Age=0", True),
        ("max-age=00", False),
        ("max-age=5", False),
        ("no-cache", False),
        ("", False),
    ],
)
def test_max_age_zero_asks_for_a_new_answer(value, asks):
    assert asks_to_renew({"cache-control": value}) is asks


NAMES = ["a", "b", "c"]
INPUTS = st.fixed_dictionaries({}, optional={name: st.text(max_size=3) for name in NAMES})
ALL = CacheKey(tuple(Source(METHOD_QUERY, name) for name in NAMES))


@given(INPUTS, INPUTS)
def test_two_different_inputs_never_share_an_answer(left, right):
    keys = [key_of("/iris", "GET", ALL, Scopes({}, query=query)) for query in (left, right)]
    assert (keys[0] == keys[1]) == (left == right)


def test_methods_and_resources_share_nothing_unless_a_namespace_says_so():
    scopes = Scopes({}, query={"a": "1"}, headers={"a": "1"})
    mine, other = ALL, CacheKey(ALL.parameters, namespace="shared")
    assert key_of("/a", "GET", mine, scopes) != key_of("/b", "GET", mine, scopes)
    assert key_of("/a", "GET", mine, scopes) != key_of("/a", "POST", mine, scopes)
    assert key_of("/a", "GET", other, scopes) == key_of("/b", "GET", other, scopes)
    header = CacheKey((Source(METHOD_HEADER, "a"),))
    assert key_of("/a", "GET", header, scopes) == ("/a", "GET", ("1",))


@pytest.fixture
def cached(api, operation, deploy, request_of, settable):
    """Deploys the operation as a cached GET of one query parameter; answers what sends to it."""
    item = api["paths"]["/models/{name}"]
    item["get"] = item.pop("post")
    operation["parameters"] += [
        {"name": "q", "in": "query", "required": True},
        {"name": "X-Lang", "in": "header"},
    ]
    integration = operation["x-amazon-apigateway-integration"]
    integration["cacheKeyParameters"] = [
        "method.request.path.name",
        "method.request.querystring.q",
    ]
    integration["requestTemplates"] = {"application/json": "$input.params('q')"}

    def cached(caching=CACHING, stage=STAGE, answer=None):
        stage = replace(stage, settings={"*/*": MethodSettings(caching=caching)})
        deployed, backend, _ = deploy(answer, clock=settable, stage=stage)
        headers = {"x-api-key": "secret-value"}

        def send(q="1", **more):
            sent = request_of(method="GET", query={"q": q}, headers=headers | more, body=b"")
            return deployed.handle(sent)

        return send, backend

    return cached


def test_a_cached_answer_is_the_same_but_for_its_id(cached):
    send, backend = cached()
    first, second = send(), send()
    assert len(backend.calls) == 1
    assert (first.status, first.body) == (second.status, second.body) == (200, b'{"class":1}')
    assert first.headers["x-amzn-requestid"] != second.headers["x-amzn-requestid"]


def test_an_answer_is_kept_by_its_key_parameters_alone(cached, settable):
    send, backend = cached()
    send("1")
    send("1", **{"x-lang": "de"})
    send("2")
    assert [call[2].body for call in backend.calls] == [b"1", b"2"]
    settable.pass_by(seconds=60)
    send("1")
    assert len(backend.calls) == 3


def test_an_error_of_the_service_is_kept_too(cached):
    send, backend = cached(answer=HttpResponse(503, {}, b"{}"))
    assert [send().status, send().status] == [502, 502]
    assert len(backend.calls) == 1


def test_an_answer_of_the_gateway_is_not_kept(cached):
    send, backend = cached(answer=TimeoutError())
    assert [send().status, send().status] == [504, 504]
    assert len(backend.calls) == 2


@pytest.mark.parametrize(
    ("caching", "stage"),
    [
        (replace(CACHING, enabled=False), STAGE),
        (replace(CACHING, ttl_seconds=0), STAGE),
        (CACHING, replace(STAGE, cached=False)),
    ],
)
def test_nothing_is_kept_where_caching_is_off(cached, caching, stage):
    send, backend = cached(caching, stage)
    send()
    send()
    assert len(backend.calls) == 2


def test_a_key_is_asked_for_though_the_answer_is_kept(cached):
    send, _ = cached()
    assert send().status == 200
    assert send(**{"x-api-key": "wrong"}).status == 403


RENEW = {"cache-control": "max-age=0"}


@pytest.mark.parametrize(
    ("strategy", "status", "warning"),
    [
        (
            Unauthorized.SUCCEED_WITH_RESPONSE_HEADER, 200,
            "199 Cache-control headers were ignored because the caller was unauthorized.",
        ),
        (Unauthorized.SUCCEED_WITHOUT_RESPONSE_HEADER, 200, None),
        (Unauthorized.FAIL_WITH_403, 403, None),
    ],
)  # fmt: skip
def test_who_may_not_renew_an_answer_gets_what_the_stage_says(cached, strategy, status, warning):
    send, backend = cached(replace(CACHING, unauthorized=strategy))
    send()
    answer = send(**RENEW)
    assert (answer.status, answer.headers.get("warning")) == (status, warning)
    assert len(backend.calls) == 1
    assert "warning" not in send().headers
    if status == 403:
        message = "User is not authorized to access this resource"
        assert json.loads(answer.body) == {"message": message}


def test_anybody_may_renew_an_answer_where_no_permission_is_asked(cached):
    send, backend = cached(replace(CACHING, authorize=False))
    send()
    assert "warning" not in send(**RENEW).headers
    assert len(backend.calls) == 2
