from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.report.sections import LONGEST, Section, fitting


def test_sections_have_headings_or_are_folded():
    table = Section("Changes (1)", ["| a |"], "| x |\n|---|")
    folded = Section("To create (1)", ["- a"], folded=True)
    assert fitting("# Head", [table, folded]) == (
        "# Head\n\n#### Changes (1)\n\n| x |\n|---|\n| a |\n\n"
        "<details><summary>To create (1)</summary>\n\n- a\n\n</details>\n"
    )


def test_what_is_too_long_loses_the_end_of_its_longest_section_and_says_so():
    short = Section("Violations", ["- v"] * 3)
    long = Section("To create", [f"- {number:0100}" for number in range(2000)], folded=True)
    found = fitting("# Head", [short, long])
    assert found.count("- v") == 3
    assert found.count("- 0") == 500
    assert "- " + "0" * 100 in found
    assert "*1500 more are left out, to keep to GitHub's limit.*\n\n</details>\n" in found


SECTIONS = st.builds(
    Section,
    st.just("A title"),
    st.lists(st.integers(1, 40_000).map(lambda size: "é" * size), max_size=6),
    folded=st.booleans(),
)


@given(st.lists(SECTIONS, min_size=1, max_size=4))
def test_every_comment_is_one_that_github_takes_and_counts_what_it_lacks(sections):
    found = fitting("# Head", sections)
    assert len(found.encode()) <= LONGEST
    assert found.startswith("# Head\n")
    assert found.count("<details>") == found.count("</details>")


def test_a_head_that_is_too_long_alone_is_let_be():
    assert fitting("x" * LONGEST, [Section("A", ["- a"])]).endswith(
        "#### A\n\n\n\n*1 more are left out, to keep to GitHub's limit.*\n"
    )


def test_even_a_row_that_is_too_long_alone_leaves_the_rest():
    found = fitting("# Head", [Section("A", ["x" * LONGEST]), Section("B", ["- b"])])
    assert "*1 more are left out" in found
    assert found.endswith("#### B\n\n- b\n")
