"""What a report says first of a comparison."""

from constriction.view.pages.compare_report import compare_answer


def row(**more: str) -> dict[str, str]:
    plain = {"file": "a/b.csv", "quantity": "R_int", "difference_percent": "", "difference_in_error_bars": ""}
    return {**plain, "measured": "", "simulated": "", **more}


def test_the_answer_tells_an_arc_that_only_one_has() -> None:
    answer = compare_answer([row(measured="14.7")])
    assert answer.sentences == ("b.csv: R_int is measured, simulated none.",)


def test_the_answer_tells_agreement_and_failures() -> None:
    close = row(measured="1", simulated="1", difference_percent="1", difference_in_error_bars="0.5")
    assert compare_answer([close]).headline == "R_int: within 2 error bars"
    failed = compare_answer([close, row(quantity="")])
    assert failed.caution
    assert "One measured spectrum could not be compared" in failed.sentences[-1]
