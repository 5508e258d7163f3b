import json


def test_everything_is_kept_and_the_summaries_stand_first(results):
    kept = json.loads(json.dumps(results.to_json()))
    assert list(kept)[:2] == ["summary", "summary_onnx"]
    assert kept["summary"]["ratio_1_row"] == 150
    assert kept["summary_onnx"] == {
        "ratio_1_row": 90,
        "ratio_100_rows": 90,
        "of_noop_1_row": 0.45,
    }
    assert kept["rounds"]["ours"][0]["loads"]["1"]["per_second"] == 15_000
    assert kept["offers"]["ours"]["100"]["overload"]["retry_after"] == 149
    assert kept["absent"] == {"bentoml": "no index\nanswers"}
