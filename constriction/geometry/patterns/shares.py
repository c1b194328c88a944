"""What part of an interface the spots of a pattern cover."""

from __future__ import annotations

from constriction.base.errors import InputError
from constriction.case.interface import Filled


def share_of_spots(interface: Filled) -> float:
    """The area of all spots, contacts or pores, over the interface's."""
    return 1.0 - interface.contact_fraction if interface.inverted else interface.contact_fraction


def share_below(limit: float, interface: Filled, spots: str) -> float:
    """The same of spots that may not touch.

    Args:
        limit: the share at which they do.
        interface: the pattern.
        spots: the words for them.

    Raises:
        InputError: they would touch.
    """
    share = share_of_spots(interface)
    if share >= limit:
        bound = f"above {1 - limit:.6g}" if interface.inverted else f"below {limit:.6g}"
        raise InputError(
            f"interface.contact_fraction = {interface.contact_fraction}: {spots} touch there; "
            f"expected {bound} (or 1, the full contact)"
        )
    return share
