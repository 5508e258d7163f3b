"""What a connection does with bytes: no socket, no application but one that answers at once."""

import asyncio
import gc
import weakref
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from container.predictions import Disclosure
from container.server.asgi import QUICK_ROWS, Application, messages
from container.server.body import Disconnected, part_of
from container.server.connection import (
    MAX_HEAD_BYTES,
    MAX_HEADERS,
    MAX_PIPELINED,
    QUICK_BYTES,
    Connection,
)
from container.server.invocation import Answer

REQUEST = b"POST / HTTP/1.1\r\n"
PART = b"x" * 20_000


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self):
        super().__init__()
        self.packets = []
        self.closed = self.lost = False

    @property
    def written(self):
        return b"".join(self.packets)

    def write(self, data):
        assert not self.lost
        self.packets.append(bytes(data))

    def abort(self):
        self.closed = True

    def close(self):
        self.closed = True

    def is_closing(self):
        return self.closed

    def pause_reading(self):
        """It is not read from."""

    def resume_reading(self):
        """It is not read from."""


async def answer_with(send, status):
    for message in messages(Answer(status)):
        await send(message)


async def application(scope, receive, send):
    """Answers 200 when the body is there."""
    with suppress(Disconnected):
        while part_of(await receive())[1]:
            pass
        await answer_with(send, 200)


def answered(*received):
    """What is written once all of this was received, and whether the connection is closed."""

    async def talk():
        transport = Transport()
        config = Config(application, log_config=None, ws="none", lifespan="off")
        connection = Connection(config, ServerState(), {})
        connection.connection_made(transport)
        for data in received:
            if not transport.closed:
                connection.data_received(data)
            await asyncio.sleep(0)
        for _ in range(10 * MAX_PIPELINED):  # answers that wait for nothing
            await asyncio.sleep(0)
        closed = transport.closed
        connection.connection_lost(None)
        await asyncio.sleep(0)
        return transport.written, closed

    return asyncio.run(talk())


ENDLESS = {
    "a target": [b"POST /", *[PART] * 4],
    "a header": [REQUEST + b"X: ", *[PART] * 4],
    "long headers": [REQUEST, *[b"X: %b\r\n" % PART] * 4],
    "empty lines": [b"\r\n" * 10_000] * 4,
}


@pytest.mark.parametrize("head", ENDLESS)
def test_a_head_without_end_is_refused(head):
    written, closed = answered(*ENDLESS[head])
    assert closed
    assert written.startswith(b"HTTP/1.1 400 ")
    assert b"The request's head has more than 65536 bytes." in written
    assert sum(map(len, ENDLESS[head][:-1])) <= MAX_HEAD_BYTES, "it is refused no sooner"


@pytest.mark.parametrize("end", [b"", b"\r\n"])
def test_headers_too_many_are_refused_before_there_are_more(end):
    [written, closed] = answered(REQUEST + b"X: y\r\n" * MAX_HEADERS + b"\r\n")
    assert (written[:13], closed) == (b"HTTP/1.1 200 ", False)
    [written, closed] = answered(REQUEST + b"X: y\r\n" * (MAX_HEADERS + 2) + end)
    assert (written[:13], closed) == (b"HTTP/1.1 400 ", True)
    assert b"The request has more than 100 headers. Send fewer." in written


CHUNKED = REQUEST + b"Transfer-Encoding: chunked\r\n\r\n"
BETWEEN = {
    "an extension": [CHUNKED, b"1;", *[PART] * 4],
    "a trailer": [CHUNKED, b"0\r\nX: ", *[PART] * 4],
}


@pytest.mark.parametrize("place", BETWEEN)
def test_what_stands_without_end_around_chunks_is_refused(place):
    written, closed = answered(*BETWEEN[place])
    assert closed
    assert written.startswith(b"HTTP/1.1 400 ")


def test_bodies_may_be_larger_than_heads():
    chunk = b"%x\r\n%b\r\n" % (len(PART), PART)
    length = REQUEST + b"Content-Length: 200000\r\n\r\n"
    written, closed = answered(CHUNKED, *[chunk] * 10, b"0\r\n\r\n", length, *[PART] * 10)
    assert written.count(b"HTTP/1.1 200 ") == 2
    assert not closed


def test_requests_that_wait_on_one_connection_are_few():
    whole = REQUEST + b"Content-Length: 0\r\n\r\n"
    written, closed = answered(whole * (1 + MAX_PIPELINED))
    assert written.count(b"HTTP/1.1 200 ") == 1 + MAX_PIPELINED
    assert not closed
    written, closed = answered(whole * (2 + MAX_PIPELINED))
    assert written.count(b"HTTP/1.1 200 ") == 1 + MAX_PIPELINED
    assert b"HTTP/1.1 400 " in written
    assert closed


def test_a_client_that_goes_ends_the_request_that_is_being_answered_whatever_came_after():
    seen = []

    async def application(scope, receive, send):
        part_of(await receive())
        with suppress(Disconnected):
            part_of(await receive())
        seen.append(scope["path"])

    async def talk():
        config = Config(application, log_config=None, ws="none", lifespan="off")
        connection = Connection(config, ServerState(), {})
        connection.connection_made(Transport())
        connection.data_received(b"GET /first HTTP/1.1\r\n\r\nGET /second HTTP/1.1\r\n\r\n")
        await asyncio.sleep(0)
        connection.connection_lost(None)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(talk())
    assert seen == ["/first"]


def post(size):
    return REQUEST + b"Content-Length: %d\r\n\r\n" % size + b"x" * size


SHORT, LONG = post(QUICK_BYTES), post(QUICK_BYTES + 1)


def packets(clients, turns, request=SHORT, before=b""):
    """What each of several clients that ask at once has been sent so many turns later.

    After the last turn each has said that it asks no more, as the event loop tells it.
    before: what each has asked before, and been answered.
    """

    async def talk():
        config = Config(application, log_config=None, ws="none", lifespan="off")
        state, transports = ServerState(), [Transport() for _ in range(clients)]
        connections = [Connection(config, state, {}) for _ in transports]
        for connection, transport in zip(connections, transports, strict=True):
            connection.connection_made(transport)
            connection.data_received(before)
        for _ in range(10):
            await asyncio.sleep(0)
        for connection, transport in zip(connections, transports, strict=True):
            transport.packets.clear()
            connection.data_received(request)
        for _ in range(turns):
            await asyncio.sleep(0)
        seen = [list(transport.packets) for transport in transports]
        for connection, transport in zip(connections, transports, strict=True):
            connection.eof_received()
            transport.close()
        return seen, [transport.packets for transport in transports]

    return asyncio.run(talk())


def test_who_asks_alone_is_answered_at_once_head_and_body_in_one():
    [[packet]], _ = packets(clients=1, turns=1)
    assert packet.startswith(b"HTTP/1.1 200 ")
    assert packet.endswith(b"content-length: 0\r\n\r\n")


def test_answers_of_one_turn_are_sent_when_all_are_there():
    seen, _ = packets(clients=3, turns=1)
    assert seen == [[], [], []]
    seen, _ = packets(clients=3, turns=2)
    assert [len(sent) for sent in seen] == [1, 1, 1]


def test_who_asks_for_much_does_not_wait_for_others():
    seen, _ = packets(clients=3, turns=1, request=LONG)
    assert [len(sent) for sent in seen] == [1, 1, 1]


def test_who_asked_for_much_before_waits_again():
    seen, _ = packets(clients=3, turns=1, before=LONG)
    assert seen == [[], [], []]


def test_who_has_asked_and_says_no_more_is_answered():
    seen, after = packets(clients=3, turns=1)
    assert seen == [[], [], []]
    assert [len(sent) for sent in after] == [1, 1, 1]


def test_what_was_written_for_a_client_that_is_gone_is_not_sent_later():
    async def talk():
        config = Config(application, log_config=None, ws="none", lifespan="off")
        state, transports = ServerState(), [Transport() for _ in range(2)]
        connections = [Connection(config, state, {}) for _ in transports]
        for connection, transport in zip(connections, transports, strict=True):
            connection.connection_made(transport)
            connection.data_received(post(0))
        await asyncio.sleep(0)
        connections[0].connection_lost(ConnectionResetError())
        transports[0].lost = True  # the event loop's transport raises from here on
        await asyncio.sleep(0)
        return [len(transport.packets) for transport in transports]

    assert asyncio.run(talk()) == [1, 1]


class Noting:
    """A predictor that notes how many rows it predicts."""

    def __init__(self, predictor):
        self.predictor, self.noted = predictor, []

    def predict(self, rows):
        self.noted.append(len(rows))
        return self.predictor.predict(rows)


def test_an_answer_is_sent_before_the_next_long_prediction_begins(model):
    noting = Noting(model.predictor)
    served = Application(replace(model, predictor=noting), Disclosure.ALL)
    rows = b"6,3,5,1\n" * (QUICK_ROWS + 1)
    head = b"POST /invocations HTTP/1.1\r\nContent-Type: text/csv\r\nContent-Length: %d\r\n\r\n"

    class Telling(Transport):
        def write(self, data):
            noting.noted.append("sent")

    async def talk():
        config = Config(served, log_config=None, ws="none", lifespan="off")
        state = ServerState()

        def client(transport, request):
            connection = Connection(config, state, {})
            connection.connection_made(transport)
            connection.data_received(request)

        for _ in range(3):
            client(Transport(), head % len(rows) + rows)
        while not noting.noted:
            await asyncio.sleep(0)
        client(Telling(), b"GET /ping HTTP/1.1\r\n\r\n")
        async with asyncio.timeout(10):
            while noting.noted.count(QUICK_ROWS + 1) < 3:
                await asyncio.sleep(0)

    asyncio.run(talk())
    ping = noting.noted.index(len(model.sample.rows))
    assert noting.noted[ping + 1] == "sent"


def test_nothing_holds_on_to_a_connection_that_is_lost():
    async def talk():
        config = Config(application, log_config=None, ws="none", lifespan="off")
        connection = Connection(config, ServerState(), {})
        connection.connection_made(Transport())
        connection.data_received(post(0) * 3)
        connection.connection_lost(ConnectionResetError())
        known = weakref.ref(connection)
        del connection
        for _ in range(10):
            await asyncio.sleep(0)
        return known()

    gc.disable()  # what only it finds may be there for hours
    try:
        assert asyncio.run(talk()) is None
    finally:
        gc.enable()


async def at_once(scope, receive, send):
    """Answers before the body is there."""
    await answer_with(send, 503)


REST = {
    "the body goes on and stalls": [b"x" * 10],
    "the body ends, and nothing comes after it": [b"x" * 10, b"x" * 90],
}


@pytest.mark.parametrize("after", REST)
def test_a_connection_whose_body_was_not_awaited_is_not_kept_for_ever(after, monkeypatch):
    monkeypatch.setattr("container.server.connection.READ_SECONDS", 0.01)

    async def talk():
        transport = Transport()
        seconds: Any = 0.01
        config = Config(
            at_once, log_config=None, ws="none", lifespan="off", timeout_keep_alive=seconds
        )
        connection = Connection(config, ServerState(), {})
        connection.connection_made(transport)
        connection.data_received(REQUEST + b"Content-Length: 100\r\n\r\n")
        while not transport.written:
            await asyncio.sleep(0)
        for data in REST[after]:
            connection.data_received(data)
        async with asyncio.timeout(10):
            while not transport.closed:
                await asyncio.sleep(0.01)

    asyncio.run(talk())
