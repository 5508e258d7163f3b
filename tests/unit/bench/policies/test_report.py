from bench.policies.case_files import PASSES_BAD, SILENCE, SILENT
from bench.policies.case_files import Comparison as CaseFile
from bench.policies.comparison import OURS, THEIRS, Comparison, Disagreement
from bench.policies.reasons import UNEXPLAINED
from bench.policies.report import everything, examples, reasons, speed, table
from bench.process import Run

COMPARISON = Comparison(
    "DataExfiltration",
    "peer 1",
    5,
    [
        Disagreement(OURS, "a", ["x", "y"]),
        Disagreement(OURS, "b", ["x"]),
        Disagreement(OURS, "c", ["x"]),
        Disagreement(THEIRS, "d", [UNEXPLAINED]),
    ],
)


def test_each_process_is_told_beside_ours():
    _, ours, peer = speed({"ours": Run("", 2, 1, 60), "peer 1": Run("", 9, 4, 300)}, 1000)
    assert ours.split() == ["ours", "2.0", "1.0", "1.00", "1.0", "60"]
    assert peer.split() == ["peer", "1", "9.0", "4.0", "4.00", "4.0", "300"]


def test_the_table_counts_documents_and_what_has_no_reason():
    assert list(table([COMPARISON]))[1].split() == [
        *("DataExfiltration", "peer", "1"),
        *("5", "3", "1", "1"),
    ]


def test_a_document_counts_under_each_of_its_reasons():
    assert [line.strip() for line in reasons([COMPARISON])] == [
        "only ours, beside peer 1:",
        "3  x",
        "1  y",
        "only theirs, beside peer 1:",
        "1  UNEXPLAINED",
    ]


def test_a_side_on_which_all_agree_is_left_out():
    alone = Comparison("PassRole", "none", 0, [Disagreement(OURS, "a", ["x"])])
    assert [line.strip() for line in reasons([alone])] == ["only ours, beside none:", "1  x"]


def test_every_disagreement_stands_by_name_under_its_reasons():
    assert [line.strip() for line in everything([COMPARISON])] == [
        "DataExfiltration, only ours, beside peer 1",
        *("x", "b, c"),
        *("x", "y", "a"),
        "DataExfiltration, only theirs, beside peer 1",
        *("UNEXPLAINED", "d"),
    ]


def test_case_files_that_differ_are_told_with_why():
    files = [
        CaseFile("alarm-actions", "CKV_AWS_319", PASSES_BAD, "it asks for less"),
        CaseFile("iam-admin", "CKV_AWS_1", SILENT, SILENCE),
    ]
    said = list(examples("Checkov 3", files))
    assert said[0].endswith("2 checks of Checkov 3: 1 passes bad, 1 no verdict")
    assert said[1].split(maxsplit=2) == [
        *("alarm-actions", "CKV_AWS_319"),
        "passes bad: it asks for less",
    ]
    assert said[-1].strip() == "iam-admin CKV_AWS_1"
