import sys
from pathlib import Path

import pytest

from bench.process import CommandError
from bench.serving.places import Place
from bench.serving.rounds import Setup, measured, medians, set_up
from bench.serving.rows import Predicted
from bench.serving.servers import Server

NOTHING = Predicted([], [])


def test_a_server_that_fails_is_named_and_left_out_from_then_on():
    server = Server("broken", "Broken", "", ("{bin}/python", "-c", "exit('no luck')"))
    place = Place(Path(sys.executable).parent, Path("model"), NOTHING)
    setup = Setup({}, {server.environment: place})
    said: list[str] = []
    assert measured([server], setup, 3, 1, said.append) == {}
    assert setup.absent == {"broken": "it did not start: no luck"}
    assert said == ["Broken is left out: it did not start: no luck"]


ANSWERS = """
import http.server, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(int(sys.argv[2]))
        self.end_headers()
        self.wfile.write(sys.argv[3].encode())

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        ("200", '{"predictions": []}', "0 predictions for 1 rows"),
        ("200", '{"error": "none"}', 'no predictions in {"error": "none"}'),
        ("200", "none", "no predictions in none"),
        ("400", "no such key", "it answers 400: no such key"),
    ],
)
def test_a_server_that_answers_otherwise_than_scikit_learn_is_not_timed(status, text, reason):
    told = text.replace("{", "{{").replace("}", "}}")
    command = ("{bin}/python", "-c", ANSWERS, "{port}", status, told)
    server = Server("wrong", "Wrong", "", command)
    expected = Predicted(["setosa"], [[1.0, 0.0, 0.0]])
    place = Place(Path(sys.executable).parent, Path("model"), expected)
    setup = Setup({}, {server.environment: place})
    said: list[str] = []
    assert measured([server], setup, 1, 1, said.append) == {}
    assert setup.absent == {"wrong": reason}


def test_medians_are_taken_of_each_server(figures):
    found = medians({"a": [figures(1), figures(5), figures(2)], "b": [figures(7)]})
    assert (found["a"], found["b"]) == (figures(2), figures(7))


def test_a_peer_whose_environment_cannot_be_had_is_named_and_the_others_are_set_up():
    here = Place(Path("bin"), Path("model"), NOTHING)

    def find(name: str, _: object) -> Place:
        if name == "gone":
            raise CommandError("no index answers")
        return here

    said: list[str] = []
    servers = [Server(name, name, "", (), environment=name) for name in ("gone", "there")]
    setup = set_up(servers, {}, said.append, find)
    assert setup.absent == {"gone": "no index answers"}
    assert setup.places == {"there": here}
    assert said == ["environment gone", "environment there"]


def test_a_server_loads_its_artifact_and_a_peer_the_pickle_of_its_environment():
    setup = Setup(
        {"iris": Path("artifact")}, {"fastapi": Place(Path("bin"), Path("pickle"), NOTHING)}
    )
    assert setup.model(Server("a", "a", "", (), artifact="iris")) == Path("artifact")
    assert setup.model(Server("b", "b", "", (), environment="fastapi")) == Path("pickle")
