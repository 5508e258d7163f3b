"""What the page may load and run: itself, and nothing else."""

from components.api.page_files import WebFile
from components.openapi.page import CONTENT_SECURITY_POLICY


def test_the_page_violates_nothing_of_its_policy(open_page, window):
    window.devtools(
        "Page.addScriptToEvaluateOnNewDocument",
        source="window.violations = []; addEventListener('securitypolicyviolation',"
        " (event) => violations.push(event.violatedDirective));",
    )
    page = open_page()
    page.choose("rival", "boosting")
    page.enter()
    page.says("setosa")
    page.choose("route", "/batch")
    assert page.browser.run("return violations") == []


def refused(page, script):
    """The directives that a script in the page breaks."""
    page.browser.run(
        "window.broken = []; document.addEventListener('securitypolicyviolation',"
        " (event) => broken.push(event.effectiveDirective));"
    )
    page.browser.run(script)
    found = page.browser.until(lambda: page.browser.run("return broken"))
    page.browser.log("browser")  # which has them too
    return found


def test_a_script_in_the_markup_does_not_run(open_page, stub, monkeypatch):
    files = stub.files()
    index = next(path for path in files if path.endswith("index.html"))
    content = files[index].content.replace("<main>", "<main><script>window.ran = true</script>")
    files[index] = WebFile("index.html", content)
    monkeypatch.setattr(stub, "files", lambda: files)
    page = open_page()
    assert page.browser.run("return [typeof ran, document.querySelector('main script').text]") == [
        "undefined",
        "window.ran = true",
    ]
    page.browser.log("browser")  # which has the refusal


def test_a_style_in_the_markup_is_not_applied(page):
    script = "document.body.setAttribute('style', 'color: red')"
    assert refused(page, script) == ["style-src-attr"]


def test_another_origin_is_not_called(page):
    script = "await fetch('http://127.0.0.1:9/').catch(() => undefined)"
    assert refused(page, script) == ["connect-src"]


def test_text_is_not_taken_for_markup(page):
    script = "try { document.body.innerHTML = '<p>'; } catch { /* refused */ }"
    assert refused(page, script) == ["require-trusted-types-for"]


def test_the_policy_begins_from_nothing():
    directives = CONTENT_SECURITY_POLICY.split("; ")
    assert directives[0] == "default-src 'none'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in directives
