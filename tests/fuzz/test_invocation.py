"""Any bytes and headers have an answer or a refusal, within bounds: no server, no waiting."""

import io
import json
import time
from collections.abc import Mapping

import numpy as np
from hypothesis import event, given
from hypothesis import strategies as st

from container.errors import MAX_BODY_BYTES as MAX_ERROR_BYTES
from container.formats.media_types import Format
from container.formats.request import parse_request
from container.model import Model
from container.predictions import Disclosure
from container.server.invocation import MAX_BODY_BYTES, Answer
from container.signature import Feature, Signature
from tests.fuzz.bodies import Post, answered, coded, mutated, posts, tables, written
from tests.fuzz.budget import batches, in_batches
from tests.unit.container.formats.samples import rows_or_refused

CPU_SECONDS = 20.0
"""Many times what the largest request takes; quadratic work on one would take minutes."""

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=9)
LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=9)
FEATURES = st.builds(
    Feature,
    NAMES.filter(lambda name: not {"\r", "\n"} & set(name)),
    categories=st.none() | st.lists(LINES, min_size=1, max_size=4, unique=True).map(tuple),
)
SIGNATURES = st.builds(
    Signature,
    st.lists(FEATURES, min_size=1, max_size=5, unique_by=lambda feature: feature.name).map(tuple),
    st.just(("yes", "no")),
)


def test_any_request_is_answered_or_refused(models: Mapping[str, Model]):
    asked = st.sampled_from(sorted(models)).flatmap(
        lambda name: st.tuples(st.just(name), posts(models[name].signature))
    )

    @in_batches
    @given(asked, st.sampled_from(Disclosure))
    def check(asked: tuple[str, Post], disclose: Disclosure) -> None:
        name, post = asked
        before = time.process_time()
        answer = answered(models[name], disclose, post)
        assert time.process_time() - before < CPU_SECONDS
        event(f"{answer.status} {answer.media_type.decode()}")
        assert_well_formed(answer, models[name].labels)

    for _ in batches("invocation"):
        check()


def assert_well_formed(answer: Answer, labels: tuple[str, ...]) -> None:
    """An answer is what its media type and its status say."""
    if answer.status != 200:
        assert answer.status in {400, 406, 413, 415}
        assert len(answer.content) < MAX_ERROR_BYTES
        assert json.loads(answer.content)["error"]["message"]
        return
    assert len(answer.content) <= MAX_BODY_BYTES
    match answer.media_type.decode():
        case Format.JSON:
            found = [row["label"] for row in json.loads(answer.content)["predictions"]]
        case Format.JSON_LINES:
            found = [json.loads(line)["label"] for line in answer.content.splitlines()]
        case Format.CSV:
            found = [line.split(",")[0] for line in answer.content.decode().splitlines()]
        case Format.NPY:
            winners = np.load(io.BytesIO(answer.content)).argmax(axis=1)
            found = [labels[winner] for winner in winners]
    assert found
    assert set(found) <= set(labels)


def test_rows_of_any_signature_arrive_in_every_format_and_nothing_else_does():
    asked = st.tuples(SIGNATURES, st.sampled_from(Format)).flatmap(
        lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]), tables(pair[0]))
    )

    @in_batches
    @given(asked, st.data())
    def check(
        asked: tuple[Signature, Format, list[list[float | str]]], data: st.DataObject
    ) -> None:
        signature, form, rows = asked
        body = data.draw(written(form, rows, signature), "body")
        expected = [coded(row, signature) for row in rows]
        assert parse_request(form, body, signature, None)[0] == expected
        broken = data.draw(mutated(st.just(body)), "broken")
        parsed = rows_or_refused(parse_request, form, broken, signature, None)
        if parsed is not None:
            width = len(signature.features)
            assert all(len(row) == width and np.isfinite(row).all() for row in parsed[0])

    for _ in batches("formats"):
        check()
