"""From a key and a row to an answer."""

import json
import os
import shutil
import subprocess
import threading
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.web.stub_gateway import EVERYTHING, KEY, MIXED, ROW, SIGNED, SOME


def sent(call):
    return json.loads(call["postData"])


def test_without_a_key_nothing_is_sent(page):
    assert page.says("key") == "Paste an API key to get an answer."
    assert page.calls() == []


def test_with_a_key_the_sample_is_predicted(page):
    page.enter()
    assert page.says("setosa") == "setosa, > 99.9 %"
    [call] = page.calls()
    assert (call["method"], urlsplit(call["url"]).path) == ("POST", "/live/iris")
    assert sent(call) == {"instances": [ROW], "include": EVERYTHING}
    assert call["headers"]["x-api-key"] == KEY


def test_each_variant_is_asked_for_what_it_has_and_any_of_them_for_what_all_have(stub, open_page):
    stub.api = MIXED
    page = open_page()
    page.enter()
    page.says("setosa")
    assert [sent(call)["include"] for call in page.calls()] == [SOME]
    page.choose("variant", "forest")
    page.browser.until(lambda: "Variant forest" in page.browser.text(".panel"))
    assert [sent(call)["include"] for call in page.calls()] == [EVERYTHING]
    page.choose("variant", "boosting")
    page.browser.until(lambda: "Variant boosting" in page.browser.text(".panel"))
    assert [sent(call)["include"] for call in page.calls()] == [SOME]


def test_the_key_is_nowhere_but_in_memory_and_on_its_way_to_the_api(page):
    page.enter()
    page.says("setosa")
    browser = page.browser
    kept = browser.run(
        "return [location.href, document.cookie, JSON.stringify(localStorage),"
        " JSON.stringify(sessionStorage), JSON.stringify(history.state),"
        " document.documentElement.outerHTML, String((await indexedDB.databases()).length)]"
    )
    assert KEY not in "".join(kept)
    assert kept[-1] == "0"
    assert browser.run("return document.getElementById('key').type") == "password"
    assert all(KEY not in request["url"] for request in browser.requests())
    browser.open(page.stub.url)
    assert page.says("key") == "Paste an API key to get an answer."


def test_nothing_is_asked_of_anybody_else(page):
    page.enter()
    page.says("setosa")
    own = urlsplit(page.stub.url).netloc
    asked = {urlsplit(request["url"]).netloc for request in page.browser.requests()}
    assert asked == {own}


def test_a_slider_moves_its_number_and_asks_again(page):
    page.enter()
    page.says("setosa")
    page.calls()
    page.browser.run("document.querySelector('[aria-label=\"petal length cm, slider\"]').focus()")
    page.browser.press("\ue010")  # End
    assert page.value("petal_length_cm") == "6.9"
    page.says("versicolor")
    assert sent(page.calls()[-1])["instances"] == [[5.1, 3.5, 6.9, 0.2]]


def test_a_number_moves_its_slider(page):
    page.enter()
    page.fill("petal_width_cm", "2.5")
    slider = "document.querySelector('[aria-label=\"petal width cm, slider\"]')"
    assert page.browser.run(f"return {slider}.value") == "2.5"
    page.says("versicolor")


def test_an_emptied_field_asks_for_a_number_and_the_answer_is_marked_as_an_older_rows(page):
    page.enter()
    page.says("setosa")
    page.calls()
    page.fill("petal_width_cm", "")
    said = "Give each feature a value. The answer shown is of the row before."
    assert page.says("Give") == page.browser.text("#status") == said
    assert page.note("petal_width_cm") == "Give a number"
    assert page.note("petal_length_cm") == ""
    assert "setosa" in page.browser.text(".stale .panel")
    assert page.calls() == []
    page.fill("petal_width_cm", "2.5")
    page.says("versicolor")
    assert page.browser.find_all(".stale") == []
    assert page.note("petal_width_cm") == ""


def test_before_any_answer_an_emptied_field_marks_none(page):
    page.fill("petal_width_cm", "")
    assert page.says("Give") == "Give each feature a value."
    assert page.note("petal_width_cm") == "Give a number"
    assert page.browser.text("#panels") == ""


def test_no_more_than_one_request_is_on_its_way_and_the_last_row_is_answered(page):
    page.stub.held = threading.Event()
    page.browser.run(
        "const plain = window.fetch; window.signals = [];"
        "window.fetch = (url, options) => {"
        " signals.push(options.signal); return plain(url, options); }"
    )

    def aborted(count):
        page.browser.until(lambda: page.browser.run("return signals.length") == count)
        return page.browser.run("return signals.map((signal) => signal.aborted)")

    page.enter()
    assert aborted(1) == [False]
    page.fill("petal_length_cm", "3")
    assert aborted(2) == [True, False]
    page.fill("petal_width_cm", "2.5")
    assert aborted(3) == [True, True, False]
    page.stub.held.set()
    assert page.says("virginica") == "virginica, 80.8 %"
    assert "Answers 1" in page.browser.text(".panel")


def test_many_changes_at_once_are_one_request(page):
    page.enter()
    page.says("setosa")
    page.calls()
    page.browser.run(
        "const field = document.getElementById('feature-3');"
        "for (const value of [1, 2, 2.5]) {"
        " field.value = value; field.dispatchEvent(new Event('input')); }"
    )
    page.says("versicolor")
    assert [sent(call)["instances"][0][3] for call in page.calls()] == [2.5]


def test_a_route_without_extras_asks_for_none_and_shows_none(page):
    page.choose("route", "/soil")
    page.enter()
    page.says("setosa")
    assert sent(page.calls()[-1]) == {"instances": [[*ROW, "loam"]]}
    text = page.browser.text(".panel")
    assert "9 in 10 trees" not in text
    assert "one of" not in text
    assert "What speaks for" not in text


def test_a_get_route_has_the_row_in_its_query(page):
    page.choose("route", "/iris/one")
    page.enter()
    page.says("setosa")
    call = page.calls()[-1]
    assert call["method"] == "GET"
    assert [float(value) for _, value in parse_qsl(urlsplit(call["url"]).query)] == ROW


def test_a_model_from_elsewhere_takes_a_row_as_text_and_answers_as_it_likes(page):
    page.choose("route", "/foreign")
    page.enter()
    page.fill("Row as a JSON array", "[1, ")
    assert page.says("Give").startswith("Give each feature a value.")
    assert page.note("Row as a JSON array") == "Give a JSON array"
    page.fill("Row as a JSON array", '[1, "a"]')
    page.says("another form")
    assert page.note("Row as a JSON array") == ""
    assert sent(page.calls()[-1]) == {"instances": [[1, "a"]]}
    assert '"scores"' in page.browser.text(".panel pre")


def test_an_answer_that_is_no_json_is_shown_as_it_came(page, stub):
    stub.failures.append((200, None, {}))
    page.enter()
    page.says("another form")
    assert "<html>" in page.browser.text(".panel pre")


@pytest.mark.parametrize("route", ["/iris", "/iris/one"])
def test_a_signed_route_is_a_command_line(open_page, stub, route):
    stub.api = SIGNED
    page = open_page()
    page.choose("route", route)
    assert "signed by AWS credentials" in page.browser.text("#obstacle")
    assert "--aws-sigv4 'aws:amz:eu-central-1:execute-api'" in page.browser.text("#command")
    assert page.browser.text("#key-field") == page.said == page.browser.text("#panels") == ""
    page.fill("petal_width_cm", "2.5")
    assert "2.5" in page.browser.text("#command")
    assert page.calls() == []


def test_the_command_line_is_what_a_shell_takes_literally(open_page, stub):
    stub.api = replace(SIGNED, routes=[stub.api.routes[3]])
    page = open_page()
    page.fill("Row as a JSON array", """["it's $HOME"]""")
    url = stub.url.replace("/try/index.html", "/foreign")
    assert page.browser.text("#command pre") == (
        f"curl -X POST '{url}' \\\n"
        "  --aws-sigv4 'aws:amz:eu-central-1:execute-api' \\\n"
        '  --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\\n'
        '  -H "x-amz-security-token: $AWS_SESSION_TOKEN" \\\n'
        "  -H 'content-type: application/json' \\\n"
        """  -d '{"instances":[["it'\\''s $HOME"]]}'"""
    )


def test_an_asynchronous_route_is_a_command_line(page):
    page.choose("route", "/batch")
    assert "takes an object of S3" in page.browser.text("#obstacle")
    text = page.browser.text("#command")
    assert "X-Amzn-SageMaker-InputLocation: s3://BUCKET/KEY" in text
    assert '-H "x-api-key: $KEY"' in text
    assert page.browser.text("#inputs") == ""


def test_a_route_that_cannot_be_called_leaves_nothing_of_the_one_before(page):
    page.enter()
    page.says("setosa")
    page.choose("route", "/batch")
    page.browser.until(lambda: page.said == "")
    assert page.browser.text("#panels") == ""
    page.choose("route", "/iris")
    page.says("setosa")
    assert page.browser.text("#obstacle") == ""


def test_the_call_of_the_row_is_there_as_a_command_without_the_key(page):
    page.choose("variant", "forest")
    page.enter()
    page.says("setosa")
    page.fill("petal_width_cm", "2.5")
    url = page.stub.url.replace("/try/index.html", "/iris")
    assert page.browser.text("#command pre") == (
        f"curl -X POST '{url}' \\\n"
        '  -H "x-api-key: $KEY" \\\n'
        "  -H 'X-Amzn-SageMaker-Target-Variant: forest' \\\n"
        "  -H 'content-type: application/json' \\\n"
        """  -d '{"instances":[[5.1,3.5,1.4,2.5]],"include":["contributions","set","intervals"]}'"""
    )
    page.fill("petal_width_cm", "")
    assert page.browser.text("#command") == ""


def run_in_a_shell(command):
    """What it prints; the key is a variable of its environment, as people keep it."""
    environment = {"KEY": KEY, "PATH": os.environ["PATH"], "no_proxy": "*"}
    done = subprocess.run(
        ["sh", "-c", command], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
@pytest.mark.parametrize("route", ["/iris", "/iris/one"])
def test_what_the_button_copies_gives_the_same_answer(page, window, route):
    # Chromium without a screen lets no page copy unless it is told to.
    origin = page.browser.run("return location.origin")
    allowed = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    window.devtools("Browser.grantPermissions", origin=origin, permissions=allowed)
    page.choose("route", route)
    page.browser.find("#command button").click()
    page.browser.until(lambda: page.browser.text("#command button") == "Copied")
    copied = page.browser.run("return navigator.clipboard.readText()")
    [prediction] = run_in_a_shell(copied)["predictions"]
    assert prediction["label"] == "setosa"


def test_where_a_page_may_not_copy_the_command_is_selected(page):
    page.browser.run("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.browser.find("#command button").click()
    page.browser.until(lambda: "Selected" in page.browser.text("#command button"))
    selected = page.browser.run("return String(getSelection())")
    assert selected.strip() == page.browser.text("#command pre")
