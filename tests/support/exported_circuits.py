"""What reads exported circuits in the tests, not the package: impedance.py's grammar, and nodal analysis of SPICE."""

import re

import numpy as np

# Parameters of an element and its impedance, with the words of impedance.py.
ELEMENTS = {
    "R": (1, lambda p, omega: p[0] + 0j * omega),
    "C": (1, lambda p, omega: 1 / (1j * omega * p[0])),
    "CPE": (2, lambda p, omega: 1 / (p[0] * (1j * omega) ** p[1])),
}


def split(text, mark):
    """The parts of a circuit between marks outside of all brackets."""
    depth, parts = 0, [""]
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == mark and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def evaluate(circuit, values, frequency):
    """Impedance of a circuit whose values stand in the order of its elements; all of them are used."""
    left = list(values)
    found = _series(circuit, left, 2 * np.pi * np.asarray(frequency))
    assert not left
    return found


def _series(text, left, omega):
    return sum(_item(part, left, omega) for part in split(text, "-"))


def _item(text, left, omega):
    if text.startswith("p(") and text.endswith(")"):
        return 1 / sum(1 / _series(part, left, omega) for part in split(text[2:-1], ","))
    count, law = ELEMENTS[re.fullmatch(r"([A-Z]+)\d+", text)[1]]
    return law([left.pop(0) for _ in range(count)], omega)


def nodal(netlist, frequency):
    """Impedance between nodes 1 and 2 of the one subcircuit of a SPICE file, by nodal analysis; 2 is grounded."""
    lines = [line for line in netlist.splitlines() if not line.startswith("*")]
    assert lines[0] == ".subckt constriction 1 2" and lines[-1] == ".ends constriction"
    parts = [re.fullmatch(r"([RC])\d+ (\w+) (\w+) (\S+)", line).groups() for line in lines[1:-1]]
    names = [line.split()[0] for line in lines[1:-1]]
    assert len(set(names)) == len(names)
    nodes = {name: place for place, name in enumerate(sorted({n for part in parts for n in part[1:3]} - {"2"}))}
    current = np.zeros(len(nodes))
    current[nodes["1"]] = 1.0
    return np.array([np.linalg.solve(_admittance(parts, nodes, f), current)[nodes["1"]] for f in frequency])


def _admittance(parts, nodes, frequency):
    matrix = np.zeros((len(nodes), len(nodes)), dtype=complex)
    for kind, *ends, value in parts:
        admittance = 1 / float(value) if kind == "R" else 2j * np.pi * frequency * float(value)
        places = [nodes[end] for end in ends if end != "2"]
        for place in places:
            matrix[place, place] += admittance
        if len(places) == 2:
            matrix[places[0], places[1]] -= admittance
            matrix[places[1], places[0]] -= admittance
    return matrix
