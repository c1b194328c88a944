"""What a report of the benchmarks says of another one, on made-up reports."""

import bench
import comparison
import pytest

MACHINE = {"cpu": "one", "cores": 2, "memory_bytes": 8e9}


def report(kernel=1.0, machine=MACHINE, **seconds):
    measured = {
        name: {"failed": "why"} if value is None else {"processor_seconds": value, "kernel_seconds": kernel}
        for name, value in seconds.items()
    }
    return {"date": "today", "commit": "abc", "machine": machine, "measured": measured}


def verdicts(before, after):
    return {change.name: change.verdict for change in comparison.compare(before, after)}


def test_what_became_slower_or_faster_came_or_went():
    before = report(a=1.0, b=1.0, c=1.0, d=1.0, gone=1.0, broken=1.0)
    after = report(new=3.0, a=1.31, b=1.29, c=0.76, d=0.78, broken=None)
    found = verdicts(before, after)
    same = {"b": "same", "d": "same"}
    assert found == {"new": "new", "a": "slower", "c": "faster", "broken": "failed", "gone": "gone"} | same
    assert list(found)[0] == "new" and list(found)[-1] == "gone"


def test_what_is_left_out_is_not_gone():
    before, after = report(a=1.0, b=1.0, c=1.0), {**report(a=1.0), "left_out": ["b"]}
    assert verdicts(before, after) == {"a": "same", "c": "gone"}


def test_a_slower_machine_is_no_slower_program():
    before, after = report(kernel=0.5, a=1.0, b=1.0), report(kernel=1.5, a=3.0, b=6.0)
    changes = {change.name: change for change in comparison.compare(before, after)}
    assert changes["a"].ratio == pytest.approx(1.0) and changes["a"].verdict == "same"
    assert changes["b"].ratio == pytest.approx(2.0) and changes["b"].verdict == "slower"


def test_unlike_machines_are_told_and_compared_more_roughly():
    other = {**MACHINE, "cpu": "two"}
    before, after = report(a=1.0, b=1.0), report(machine=other, a=1.7, b=1.9)
    assert not comparison.same_machine(before, after)
    assert verdicts(before, after) == {"a": "same", "b": "slower"}
    said = list(comparison.told(before, after))
    assert said[1] == "  MACHINES DIFFER: 2 × one then, 2 × two now"
    assert said[2:] == ["  slower: b, 1.90 × as long", "  the same: 1 of 2"]
    assert not any("DIFFER" in line for line in comparison.told(before, report(a=1.0)))


def test_ratios_the_other_way_round_are_inverse():
    before, after = report(a=1.0), report(kernel=2.0, a=3.0)
    (there,), (back,) = comparison.compare(before, after), comparison.compare(after, before)
    assert there.ratio * back.ratio == pytest.approx(1.0)
    assert (there.verdict, back.verdict) == ("slower", "faster")


def test_what_was_not_measured_before_is_new_though_it_failed_then():
    assert verdicts(report(a=None), report(a=1.0)) == {"a": "new"}
    assert verdicts(report(a=None), report()) == {"a": "gone"}


@pytest.mark.parametrize("slope", [0.9, 1.0, 1.2])
def test_exponent_of_a_power_law(slope):
    assert comparison.exponent([(n, 3 * n**slope) for n in (25, 100, 400)]) == pytest.approx(slope)
    assert comparison.exponent([(25, 1.0)]) is None


def test_the_table_of_error_bars_is_read_from_its_page():
    found = bench.calibration()
    assert len(found) == len({one["family"] for one in found}) > 10
    assert all(one["below_1_percent"] >= 95 and one["largest"] < 2 for one in found)
