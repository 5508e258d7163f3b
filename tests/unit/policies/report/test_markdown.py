from pathlib import Path

import pytest

from gateway_policies.advisories import Advice
from gateway_policies.message import Message
from gateway_policies.report.events import read
from gateway_policies.report.markdown import markdown
from gateway_policies.report.sections import LONGEST
from gateway_policies.rule import Verdict
from tests.unit.policies.report.recorded import LOG, log_of, said, step

COMMENT = Path(__file__).with_name("preview.md")
URN = "urn:pulumi:dev::shop::aws:s3/bucket:Bucket::b"
MESSAGE = Message("acl", '"public"', "private", "Set it.", "https://example.com/acl")
DOCS = "https://example.com/docs/policies.md"


def comment(*events, **ends) -> str:
    return markdown(read(log_of(*events, **ends)), "dev", ".", DOCS)


def headline(*events, **ends) -> str:
    return comment(*events, **ends).split("\n")[1]


def test_a_recorded_preview_makes_the_comment_that_a_reviewer_sees():
    assert markdown(read(LOG.read_text()), "local", ".", DOCS) == COMMENT.read_text()


def test_a_stack_that_changes_nothing_says_so_in_three_lines():
    assert comment() == (
        "<!-- preview of dev in . -->\n"
        "### ✅ <code>dev</code>: passes the policies\n\n"
        "**No change**, 0 unchanged. Policies: ml-gateway 0.1.0.\n"
    )


def test_the_headline_says_what_the_preview_comes_to():
    violation = said("a-rule", str(MESSAGE), URN)
    warning = said("a-rule", str(MESSAGE), URN, "advisory")
    assert headline(warning) == "### ✅ <code>dev</code>: passes the policies"
    assert headline(violation) == "### ❌ <code>dev</code>: blocked by 1 violation"
    other = said("b-rule", str(MESSAGE), URN)
    assert headline(violation, other, succeeded=False).endswith(": blocked by 2 violations")
    assert headline(succeeded=False) == "### ❌ <code>dev</code>: the preview failed"


def test_a_stack_that_no_policy_has_seen_whole_does_not_pass():
    unjudged = "### ⚠️ <code>dev</code>: the policy pack has not seen the whole stack"
    assert headline(judged=False) == unjudged
    assert markdown(read('{"summaryEvent": {"result": "succeeded"}}'), "dev", ".", DOCS).endswith(
        f"{unjudged}\n\n**No change**, 0 unchanged.\n"
    )


def test_an_error_is_shown_with_its_lines_and_what_the_program_printed():
    events = [
        {"diagnosticEvent": {"severity": "error", "message": "2 mistakes:\n  <a>\n"}},
        {"diagnosticEvent": {"severity": "info#err", "message": "Traceback\n"}},
    ]
    found = comment(*events, succeeded=False, judged=False)
    assert "\n#### Errors\n\n<pre>2 mistakes:\n  &lt;a&gt;</pre>\n<pre>Traceback</pre>\n" in found
    assert "**No change**, 0 unchanged, as far as it got." in found
    assert "Traceback" not in comment(*events)


def test_what_is_not_decided_is_folded_and_never_a_violation():
    advice = Advice("bucket-versioning", Verdict.UNKNOWN, MESSAGE)
    found = comment(said("resource-advisories", str(advice), URN, "advisory"))
    assert "<details><summary>Not decided before the update (1)</summary>\n\n| rule |" in found
    assert "Violations" not in found
    assert "passes the policies, 1 not decided before the update\n" in found


def test_a_rule_is_linked_to_its_documentation_and_anothers_policy_to_nothing():
    found = comment(said("key-rotation", str(MESSAGE), URN), said("theirs", "words"))
    assert f"| [<code>key-rotation</code>](<{DOCS}#key-rotation>) |" in found
    assert "| <code>theirs</code> | the stack | words |  |  |" in found
    without = markdown(read(log_of(said("key-rotation", "words"))), "dev", ".", "")
    assert "(<https://docs.aws.amazon.com/kms/" in without


def test_the_costs_stand_at_the_end_with_their_table():
    table = "| component | USD |\n| :-------- | --: |\n| iris | 84 |\n\n- In no sum, taxes."
    found = comment(step("create", URN), said("monthly-cost", f"\n{table}", "", "advisory"))
    assert found.endswith(f"#### Monthly cost\n\n{table}\n")


def test_not_even_the_costs_can_hold_tags_or_mention_anybody():
    found = comment(said("monthly-cost", "| <img src=x> @all |\n[x](//evil)", "", "advisory"))
    assert "| &lt;img src=x&gt; @&#8203;all |\n&#91;x&#93;&#40;//evil&#41;\n" in found


def test_the_comments_of_two_stacks_are_told_apart_by_their_first_line():
    log = read(log_of())
    lines = {
        markdown(log, stack, folder, "").split("\n")[0]
        for stack in ("dev", "prod")
        for folder in (".", "infra")
    }
    assert lines == {
        f"<!-- preview of {stack} in {folder} -->"
        for stack in ("dev", "prod")
        for folder in (".", "infra")
    }


@pytest.mark.parametrize("stack", ["--><img>", "a--b", "x\ny"])
def test_no_name_ends_the_hidden_line_early(stack):
    first, second = markdown(read(log_of()), stack, ".", "").split("\n")[:2]
    assert first.startswith("<!-- preview of ")
    assert first.index("--", 4) == len(first) - len("-->")
    assert second.startswith("### ")


def test_a_hostile_name_stays_in_its_cell():
    urn = "urn:pulumi:dev::shop::aws:s3/bucket:Bucket::<img>|`@all"
    found = comment(step("delete", urn))
    assert (
        "| **delete** | <code>&lt;img&gt;&#124;&#96;@<!-- -->all</code> aws.s3.Bucket |  |\n"
        in found
    )


def test_a_preview_of_thousands_of_changes_fits_into_a_comment():
    steps = [step("create", f"{URN}{number}") for number in range(5000)]
    found = comment(*steps, said("key-rotation", str(MESSAGE), URN))
    assert len(found.encode()) <= LONGEST
    assert "**5000 to create**" in found
    assert "are left out, to keep to GitHub's limit" in found
    assert "key-rotation" in found
