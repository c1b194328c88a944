"""The files of `constriction run --circuit`, per cm² of interface: for analyze and impedance.py, and for SPICE."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from constriction.base.errors import printable
from constriction.simulation.network.links import CAPACITOR, PAIR, RESISTOR, Link, Network, numbered
from constriction.simulation.network.networks import ladder_of, network_of
from constriction.simulation.result import Result

CM2 = 1e4  # in a m²
DIFFERENT = 1e-6  # of |Z|: more than that is told
AREA = "per cm2 of interface; for A cm2 divide every R by A and multiply every C"


def write_circuit(result: Result, folder: Path) -> float:
    """Write circuit.txt, circuit.json, which impedance.py loads, and circuit.sp, a subcircuit for SPICE.

    Returns:
        The largest difference of their impedance from the result's, relative to |Z|.
    """
    network, ladder = network_of(result), ladder_of(result)
    title = printable(result.case.title) or "A case without a title"
    (folder / "circuit.txt").write_text(circuit_text(network, title), encoding="utf-8")
    (folder / "circuit.json").write_text(circuit_json(network, title), encoding="utf-8")
    (folder / "circuit.sp").write_text(spice_text(ladder, title), encoding="utf-8")
    return max(network.difference, ladder.difference)


def circuit_text(network: Network, title: str) -> str:
    """circuit.txt: the circuit, which part of it is the electrolyte, and a line for each value with its unit."""
    texts = numbered(network.links)
    count = len(network.electrolyte)
    values = [f"{name} = {value:.12g} {unit}".rstrip() for name, value, unit in _parameters(network.links)]
    return "\n".join(
        [
            *(f"# {line}" for line in (title, f"Values {AREA} and CPE.", _difference(network))),
            "circuit: " + "-".join(texts),
            "electrolyte: " + "-".join(texts[:count]),
            "interface: " + ("-".join(texts[count:]) or "none"),
            *values,
            "",
        ]
    )


def circuit_json(network: Network, title: str) -> str:
    """circuit.json: what CustomCircuit of impedance.py saves and loads, ohm cm2 and F/cm2; the last keys are ours."""
    record = {
        "Name": title,
        "Circuit String": "-".join(numbered(network.links)),
        "Initial Guess": [value for _, value, _ in _parameters(network.links)],
        "Constants": {},
        "Fit": False,
        "Values": f"ohm cm2 and F/cm2: {AREA} and CPE",
        "Electrolyte": "-".join(numbered(network.links)[: len(network.electrolyte)]),
        "Largest Difference": network.difference,
        "From Hertz": network.lowest,
        "To Hertz": network.highest,
    }
    return json.dumps(record, indent=2, allow_nan=False) + "\n"


def spice_text(network: Network, title: str) -> str:
    """circuit.sp: a subcircuit of resistors and capacitors, from 1, the counter electrode, to 2, the metal.

    Args:
        network: of links that are a resistor, a capacitor, or both side by side.
        title: of the case.
    """
    head = (title, f"Ohm and farad {AREA}.", _difference(network))
    lines = [*(f"* {line}" for line in head), ".subckt constriction 1 2"]
    count, last = len(network.electrolyte), len(network.links)
    for place, link in enumerate(network.links, 1):
        if place in (1, count + 1):
            lines.append("* the electrolyte in full contact" if place == 1 else "* what the interface adds")
        begin = "1" if place == 1 else f"n{place - 1}"
        end = "2" if place == last else f"n{place}"
        lines += [f"{kind}{place} {begin} {end} {value:.12g}" for kind, value in _spice_elements(link)]
    return "\n".join([*lines, ".ends constriction", ""])


def _spice_elements(link: Link) -> list[tuple[str, float]]:
    """Letter and value, ohm cm2 or F/cm2, of the elements of a link."""
    if link.pattern not in (RESISTOR, CAPACITOR, PAIR):
        raise ValueError(f"spice_text: expected {RESISTOR}, {CAPACITOR} or {PAIR}, got {link.pattern!r}")
    return [(name[0], value) for name, value, _ in _parameters([link])]


def _difference(network: Network) -> str:
    """What the head of a file says of accuracy."""
    between = f"from {network.lowest:.3g} Hz to {network.highest:.3g} Hz"
    return f"Differs from Z by at most {network.difference:.1e} of |Z|, {between}."


def _parameters(links: Iterable[Link]) -> list[tuple[str, float, str]]:
    """Name, value and unit of every parameter, per cm²; the exponent of CPE3 is a3."""
    found: list[tuple[str, float, str]] = []
    counts = {"R": 0, "C": 0, "CPE": 0}
    for link in links:
        values = iter(link.values)
        for kind in link.kinds:
            counts[kind] += 1
            name = f"{kind}{counts[kind]}"
            if kind == "R":
                found.append((name, next(values) * CM2, "ohm cm2"))
                continue
            found.append((name, next(values) / CM2, "F/cm2" if kind == "C" else "S s^a/cm2"))
            if kind == "CPE":
                found.append((f"a{counts[kind]}", next(values), ""))
    return found
