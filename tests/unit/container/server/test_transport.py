"""What is written to the event loop's transport, and when."""

import asyncio

from container.server.transport import ConsolidatingTransport


class Transport(asyncio.Transport):
    """Keeps what is done to it."""

    def __init__(self):
        super().__init__()
        self.done = []

    def write(self, data):
        self.done.append(data)

    def close(self):
        self.done.append("close")

    def abort(self):
        self.done.append("abort")

    def is_closing(self):
        return "close" in self.done


def done(act):
    """What is done to the transport in the turn in which something is done to ours, and after."""

    async def turns():
        transport = Transport()
        act(ConsolidatingTransport(transport, asyncio.get_running_loop()))
        at_once = list(transport.done)
        await asyncio.sleep(0)
        return at_once, transport.done

    return asyncio.run(turns())


def write(transport):
    transport.write(b"head")
    transport.write(b"body")


def test_what_a_turn_writes_is_sent_in_one_go_after_it():
    assert done(write) == ([], [b"headbody"])


def test_what_is_flushed_is_sent_at_once_and_only_once():
    def act(transport):
        write(transport)
        transport.flush()
        transport.flush()

    assert done(act) == ([b"headbody"], [b"headbody"])


def test_what_is_written_before_the_end_is_sent_before_it():
    def act(transport):
        write(transport)
        transport.close()

    assert done(act) == ([b"headbody", "close"], [b"headbody", "close"])


def test_what_is_written_while_it_is_closing_goes_along_at_once():
    def act(transport):
        transport.close()
        write(transport)

    assert done(act) == (["close", b"head", b"body"], ["close", b"head", b"body"])
