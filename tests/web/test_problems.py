"""What the page says when there is no answer."""

import pytest

from tests.web.stub_gateway import stub_gateway

COLUMN = {"code": "InvalidCell", "message": "Expected a number.", "row": 0, "column": 2}


def test_a_key_that_is_none_is_said(page):
    page.enter("wrong")
    page.says("The API does not accept this key.")
    assert "whoever runs it hands them out" in page.browser.text("#problem")
    assert page.browser.text("#panels") == ""


@pytest.mark.parametrize(
    ("status", "error", "title", "detail"),
    [
        (
            400,
            COLUMN,
            "The API does not take this row.",
            "Column 2 (petal_length_cm): Expected a number.",
        ),
        (
            403,
            {"code": "Filtered", "message": "Refused."},
            "The API refuses this call.",
            "Refused.",
        ),
        (413, {"code": "Large", "message": "6 MiB."}, "The API does not take this row.", "6 MiB."),
        (
            502,
            {"code": "Failed", "message": "It failed."},
            "The API failed on this row.",
            "It failed.",
        ),
        (502, None, "The API failed on this row.", "The API answered 502."),
        (
            429,
            {"code": "QuotaExceeded", "message": "Used up for today."},
            "Too many requests for this key.",
            "Used up for today.",
        ),
    ],
)
def test_a_refusal_is_said_in_words(page, status, error, title, detail):
    page.stub.failures = [(status, error, {})]
    page.enter()
    page.says(title)
    assert detail in page.browser.text("#problem")
    page.fill("petal_width_cm", "2.5")
    page.says("versicolor")
    assert page.browser.text("#problem") == ""


def test_the_field_of_a_wrong_cell_is_marked(page):
    page.stub.failures = [(400, COLUMN, {})]
    page.enter()
    page.says("row")
    assert page.note("petal_length_cm") == "Expected a number."


@pytest.mark.parametrize(
    ("status", "title"),
    [(429, "Too many requests for this key."), (503, "The model cannot answer now.")],
)
def test_a_full_api_is_asked_again_when_it_said(page, status, title):
    page.stub.failures = [(status, {"code": "Full", "message": "Try again."}, {"Retry-After": "3"})]
    page.enter()
    page.says(title)
    assert "Trying again in " in page.browser.text("#problem")
    assert page.says("setosa") == "setosa, > 99.9 %"
    assert len(page.calls()) == 2


def test_a_long_wait_is_the_readers(page):
    page.stub.failures = [(429, {"code": "Quota", "message": "Used."}, {"Retry-After": "3600"})]
    page.enter()
    page.says("Too many")
    assert "Try again in 60 min." in page.browser.text("#problem")


def test_an_api_that_is_gone_is_said(open_page, stub, window):
    page = open_page()
    window.devtools("Network.enable")
    offline = {"latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    window.devtools("Network.emulateNetworkConditions", offline=True, **offline)
    try:
        page.enter()
        page.says("The API cannot be reached.")
        assert "Check the network" in page.browser.text("#problem")
    finally:
        open_again = dict.fromkeys(offline, 0) | {"downloadThroughput": -1, "uploadThroughput": -1}
        window.devtools("Network.emulateNetworkConditions", offline=False, **open_again)


def test_a_page_without_its_data_says_so(window):
    with stub_gateway() as stub:
        stub.files = lambda: {  # type: ignore[method-assign]
            path: file for path, file in type(stub).files(stub).items() if "routes" not in path
        }
        window.open(stub.url)
        window.until(lambda: "cannot start" in window.text("#status"))
