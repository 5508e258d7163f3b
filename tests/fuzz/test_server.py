"""The real server over sockets: whatever it is sent, it answers others rightly and stays small."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bench.serving.running import pss_mib
from container.model import Model
from container.predictions import Disclosure
from container.server.asgi import LATE
from container.server.body import TOO_LARGE
from container.server.invocation import MAX_BODY_BYTES, refusal
from container.server.resources import MIB, WORKER_BYTES
from tests.fuzz.bodies import Post, answered
from tests.fuzz.budget import batches, in_batches
from tests.fuzz.connections import (
    HANG_SECONDS,
    LAST,
    Answer,
    End,
    Script,
    answers,
    assert_in_order,
    talk,
)
from tests.fuzz.scripts import Call, Conversation, odd, of_models, predictions, sound
from tests.unit.container.server.processes import call, running, worker_ids

FEW_BATCHES = 10
"""Fewer say nothing of growth."""

GROWTH_MIB = 24
"""How much more memory the second half of all batches may take than the first has, when crowds have
been there before. In each half thousands of requests come: a few kilobytes that each leaves behind
are seen."""

CROWD = 200
"""More clients than a worker has in hand at the same time."""

MODELS_MIB = 64

KNOWN = b'{"instances": [[5.1, 3.5, 1.4, 0.2]], "include": ["set", "contributions", "intervals"]}'

NESTED = b"nested too deeply"


class Server:
    """A server under attack, and what is known of it."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        port: int,
        model: Model,
        target: bytes,
        models_mib: int,
    ) -> None:
        self.port = port
        self._most_bytes = WORKER_BYTES + models_mib * MIB
        self._process, self._model, self._target = process, model, target
        self._workers = worker_ids(process)
        self._pss: list[float] = []

    def attack(self, conversations: Sequence[Conversation], crowd: int = 1) -> None:
        """Holds all conversations at the same time, and looks at what is answered.

        crowd: how many clients send what the first one does.
        """
        clients = [*conversations, *[conversations[0]] * (crowd - 1)]
        received = talk(self.port, [client.script for client in clients])
        for client, got in zip(clients, received, strict=True):
            found = answers(got, to_head=client.to_head)
            for answer in found:
                assert_in_order(answer)
            if client.calls:
                for asked, answer in zip(client.calls, found, strict=False):
                    self._assert_right(asked, answer)
                # In a crowd a body may take too long, and a client read too slowly.
                if crowd == 1:
                    assert got.whole
                    assert len(found) == len(client.calls) + 1
                    assert (found[-1].status, found[-1].content) == (200, b"")
        self._assert_well()

    def warm_up(self) -> None:
        """Has it take all the memory that it will, by crowds of what takes most."""
        rows = b'{"instances": [' + b",".join([b"[5.1, 3.5, 1.4, 0.2]"] * 10_000) + b"]}"
        for target, body in [(self._target, rows), (self._target, b"[" * 6_000_000), (b"/", rows)]:
            head = b"POST %b HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (target, len(body))
            self.attack([Conversation(Script([head + body], End.READ), [])], CROWD)
        pipelined = Script([LAST.replace(b"close", b"keep-alive") * 9_000], End.READ)
        self.attack([Conversation(pipelined, [])], CROWD)

    def measure(self) -> None:
        """Looks at its memory, whose growth would show by and by."""
        self._pss.append(pss_mib(self._process.pid))
        assert worker_ids(self._process) == self._workers, "a worker was replaced"
        for worker in self._workers:
            assert peak_bytes(worker) < self._most_bytes
        half = len(self._pss) // 2
        if half >= FEW_BATCHES:
            grown = max(self._pss[half:]) - max(self._pss[:half])
            assert grown < GROWTH_MIB, " ".join(f"{pss:.0f}" for pss in self._pss)

    def _assert_right(self, asked: Call, answer: Answer) -> None:
        if asked.target != self._target or answer.status == 503 or answer.content == LATE.content:
            return
        expected = answered(self._model, Disclosure.ALL, Post(asked.body, dict(asked.headers)))
        if len(asked.body) > MAX_BODY_BYTES:
            expected = refusal(TOO_LARGE)
        assert answer.status == expected.status
        if NESTED in answer.content + expected.content:
            return  # which nesting is too deep, depends on how deep the stack is already
        assert answer.content == expected.content
        assert answer.headers[b"content-type"] == expected.media_type

    def _assert_well(self) -> None:
        assert call(self.port, "GET", "/ping") == (200, "")
        expected = answered(self._model, Disclosure.ALL, Post(KNOWN, {}))
        status, body = 503, ""
        deadline = time.monotonic() + HANG_SECONDS
        while status == 503:  # what a crowd has left behind is still being answered
            assert time.monotonic() < deadline
            status, body = call(self.port, "POST", self._target.decode(), KNOWN.decode())
        assert (status, body.encode()) == (200, expected.content)


def peak_bytes(worker: str) -> int:
    """The most memory that a process has had."""
    status = Path(f"/proc/{worker}/status").read_text()
    [peak] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(peak) * 1024


@contextmanager
def served(
    artifact: Path, model: Model, target: bytes, folder: Path, models_mib: int = 0
) -> Iterator[Server]:
    """A server with one worker, whose log is clean in the end. models_mib: of several models."""
    log = folder / "log"
    several = {"SAGEMAKER_MULTI_MODEL": "true", "MODELS_MIB": str(models_mib)}
    variables = several if models_mib else {}
    with running(artifact, log, workers=1, **variables) as (process, port):
        yield Server(process, port, model, target, models_mib)
    text = log.read_text()
    assert "Traceback" not in text, text[text.index("Traceback") :][:3_000]
    assert "was sent SIG" not in text


def attack_until_the_time_is_over(
    part: str,
    server: Server,
    calls: st.SearchStrategy[Call],
    after: Callable[[], None] = lambda: None,
) -> None:
    """Conversations that are right, that are not, and crowds."""
    clients = st.lists(sound(calls) | odd(), min_size=1, max_size=8)
    crowds = st.sampled_from([1] * 15 + [2, 20, CROWD])

    @in_batches
    @given(clients, crowds)
    def check(conversations: list[Conversation], crowd: int) -> None:
        server.attack(conversations, crowd)

    server.warm_up()
    for _ in batches(part):
        check()
        after()
        server.measure()


def test_a_server_of_one_model_stands(
    artifacts: Mapping[str, Path], models: Mapping[str, Model], tmp_path: Path
):
    model = models["forest"]
    with served(artifacts["forest"], model, b"/invocations", tmp_path) as server:
        calls = predictions(model.signature, b"/invocations")
        attack_until_the_time_is_over("one model", server, calls)


def test_a_server_of_several_models_stands(
    artifacts: Mapping[str, Path], models: Mapping[str, Model], tmp_path: Path
):
    model, target = models["forest"], b"/models/kept/invoke"
    with served(artifacts["forest"], model, target, tmp_path, MODELS_MIB) as server:
        load = f'{{"model_name": "kept", "url": "{artifacts["forest"]}"}}'
        assert call(server.port, "POST", "/models", load)[0] == 200
        calls = predictions(model.signature, target) | of_models(list(artifacts.values()))

        def unload() -> None:
            for name in ("a", "b", "a%20b"):
                call(server.port, "DELETE", f"/models/{name}")

        attack_until_the_time_is_over("several", server, calls, unload)
