"""A circuit as impedance.py writes it: every element with its number, Q as CPE, RQ as the two elements that it is.

The words of impedance.py (Murbach et al. 2020, doi 10.21105/joss.02349) are read by `parse_circuit` too.
"""

from constriction.laws.circuit import Circuit, Element, Node, ParallelPart

WORDS = {"Q": "CPE#", "RQ": "p(R#,CPE#)"}
"""What impedance.py writes otherwise; # is the element's number."""


def with_numbers(circuit: Circuit) -> str:
    """The text of a circuit for impedance.py.

    Args:
        circuit: such as `R-RQ`.

    Returns:
        Such as ``R0-p(R1,CPE1)``: the same parameters with the same names in the same order, so `parse_circuit` gives
        them back, and a list of their values in this order is impedance.py's `initial_guess`.
    """
    return "-".join(_written(circuit, part) for part in circuit.parts)


def _written(circuit: Circuit, node: Node) -> str:
    if isinstance(node, Element):
        text = WORDS.get(node.kind, f"{node.kind}#")
        return text.replace("#", circuit.names[node.first][1:])
    parts = [_written(circuit, part) for part in node.parts]
    return f"p({','.join(parts)})" if isinstance(node, ParallelPart) else "-".join(parts)
