"""A rectangle in logarithmic polar coordinates around a rim: what the references with films are solved on.

Half a period of stripes, or the meridian of a tube, is the rectangle −left < x < right, 0 < z < depth, with the rim of
the contact at the origin: contact on x < 0, z = 0, gap on x > 0, z = 0. It is star-shaped around the rim, so its points
are e^s b(t), b running along the three sides that do not hold the rim, −RANGE < s < 0. There

    ∫ |∇φ|² dx dz = ∫ (|b'|² φ_s² − 2 b·b' φ_s φ_t + |b|² φ_t²) / |b × b'| ds dt

knows no s, and every power of the distance to the rim, √r or r ln r, is an entire function of s: polynomials of high
degree on a few panels converge exponentially, whatever the laws beside the rim. What is left out, r < e^−RANGE, is
smaller than rounding. The film's term is ∫ θ φ² e^s |b| ds at the two ends of t.

In a tube everything has the weight of the distance to the axis, left + e^s b_x(t): again a sum of products.

The potential is z + w, w = 0 on the counter electrode z = depth, and K w + Θ w = 1 on the interface (Galerkin, K the
form above): `depth` volts drive the current 1 − ⟨w⟩/depth, ⟨w⟩ the mean over the interface. So F − depth = ⟨w⟩ over
that current: nothing is subtracted from the slab, and a shallow constriction keeps its digits. The current itself would
lose its digits with a poor film, where ⟨w⟩ is nearly `depth`: there it is the energy of the potential.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

RANGE = 27.0  # of s: e^-27 = 2e-12, the error of the energy that is left out near the rim
GROWTH = 2.5  # of the panels along a side, away from the point nearest to the rim
DEEP = 2.0  # in pitches: below it tanh(k · depth) = 1 − 2e-11 or nearer to 1, for k ≥ 2π
ORDER, STEP = 8, 2.5  # degree; length of the panels in s


class Line:
    """Continuous piecewise polynomials between `breaks`.

    nodes: (N,) of the nodal polynomials; places, weights: (P,), Gauss points; values, slopes: (P, N) there.
    """

    def __init__(self, breaks, order):
        self.breaks, self.order = np.asarray(breaks, dtype=float), order
        gauss, weight = np.polynomial.legendre.leggauss(order + 4)
        start, length = self.breaks[:-1, None], np.diff(self.breaks)[:, None]
        self.nodes = np.append(start + length * (_lobatto(order)[:-1] + 1) / 2, breaks[-1])
        self.places = (start + length * (gauss + 1) / 2).ravel()
        self.weights = (length / 2 * weight).ravel()
        self.values, self.slopes = self.at(self.places), self.at(self.places, 1)

    def at(self, places, derivative=0):
        """Return values (P, N) of the polynomials, or slopes, at places between the ends."""
        places = np.asarray(places, dtype=float)
        panel = np.clip(np.searchsorted(self.breaks, places, side="right") - 1, 0, len(self.breaks) - 2)
        half = np.diff(self.breaks)[panel] / 2
        local = _lagrange(self.order, (places - self.breaks[panel]) / half - 1, derivative)
        table = np.zeros((len(places), len(self.nodes)))
        columns = panel[:, None] * self.order + np.arange(self.order + 1)
        np.put_along_axis(table, columns, local / half[:, None] ** derivative, axis=1)
        return table

    def product(self, coefficient, left=0, right=0):
        """Return ∫ coefficient · (left-th derivatives) · (right-th derivatives), (N, N)."""
        shapes = (self.values, self.slopes)
        return shapes[left].T @ ((self.weights * coefficient)[:, None] * shapes[right])

    def neighbours(self):
        """Return the pairs (i, j) of nodes that share a panel."""
        first = np.arange(0, len(self.nodes) - 1, self.order)[:, None, None]
        i, j = np.mgrid[: self.order + 1, : self.order + 1]
        pairs = np.unique(((first + i) * len(self.nodes) + first + j).ravel())
        return np.divmod(pairs, len(self.nodes))


def _lobatto(order):
    inner = np.polynomial.legendre.Legendre.basis(order).deriv().roots()
    return np.concatenate([[-1.0], np.sort(inner.real), [1.0]])


def _lagrange(order, places, derivative):
    """Return the values (P, order + 1) of Lagrange's polynomials or of their slopes, by way of Legendre's."""
    legendre = np.polynomial.legendre
    coefficients = np.linalg.inv(legendre.legvander(_lobatto(order), order))
    if derivative:
        coefficients = legendre.legder(coefficients)
    return legendre.legvander(places, order - derivative) @ coefficients


class Section(NamedTuple):
    """The rectangle around a rim, in pitches: contact to the left, gap to the right; in a tube the axis is at −left."""

    left: float
    right: float
    depth: float
    tube: bool

    @property
    def area(self):
        """∫ of the weight over the interface."""
        return (self.left + self.right) ** 2 / 2 if self.tube else self.left + self.right

    @property
    def contact_area(self):
        """∫ of the weight over the contact."""
        return self.left**2 / 2 if self.tube else self.left


@dataclass(frozen=True)
class Field:
    """A solution: excess is w, (S, T), at the nodes of the lines in s and t, whose side t to t + 1 joins two corners.

    mean: ⟨w⟩; current: of the potential z + w over the whole interface.
    """

    section: Section
    theta: tuple[complex, complex]
    radial: Line
    angular: Line
    corners: np.ndarray
    excess: np.ndarray
    mean: complex
    current: complex

    def interface_impedance(self):
        """Return F − depth, in pitches."""
        return self.mean / self.current


def _sides(section):
    """Return the corners (N, 2) of b, from the contact's end to the gap's, and which begin and end z = depth."""
    left, right, depth = section.left, section.right, section.depth
    down = [(-left, z) for z in _steps(left, depth)[:-1]]
    along = [(-x, depth) for x in _steps(depth, left)[:0:-1]] + [(x, depth) for x in _steps(depth, right)]
    up = [(right, z) for z in _steps(right, depth)[-2::-1]]
    return np.array(down + along + up), (len(down), len(down) + len(along) - 1)


def _steps(distance, length):
    """Return places from 0 to length, the first `distance` apart, then farther."""
    count = max(0, math.ceil(math.log(length / distance, GROWTH) - 0.2)) if length > distance else 0
    return [0.0, *(distance * GROWTH**n for n in range(count)), length]


def _stiffness(section, radial, angular, corners):
    panel = angular.places.astype(int)
    side = np.diff(corners, axis=0)[panel]
    b = corners[panel] + (angular.places - panel)[:, None] * side
    jacobian = np.abs(b[:, 0] * side[:, 1] - b[:, 1] * side[:, 0])
    dots = [np.einsum("nd,nd->n", *pair) / jacobian for pair in ((side, side), (b, side), (b, b))]
    weights = [(1.0, 1.0)]
    if section.tube:
        weights = [(section.left, 1.0), (np.exp(radial.places), b[:, 0])]
    i, j, k, m = *radial.neighbours(), *angular.neighbours()
    data = np.zeros((len(i), len(k)))
    for along, around in weights:
        s_mixed, t_mixed = radial.product(along, 1, 0), angular.product(-around * dots[1], 0, 1)
        data += np.outer(radial.product(along, 1, 1)[i, j], angular.product(around * dots[0])[k, m])
        data += np.outer(s_mixed[i, j], t_mixed[k, m]) + np.outer(s_mixed[j, i], t_mixed[m, k])
        data += np.outer(radial.product(along)[i, j], angular.product(around * dots[2], 1, 1)[k, m])
    width, size = len(angular.nodes), len(angular.nodes) * len(radial.nodes)
    places = (np.add.outer(i * width, k).ravel(), np.add.outer(j * width, m).ravel())
    return sparse.csc_matrix((data.ravel(), places), (size, size))


def _interface(section, radial, width, end):
    """Return ∫ of the weight and two polynomials over the contact (end = −left) or the gap (end = right)."""
    weight = section.left + np.exp(radial.places) * end if section.tube else 1.0
    i, j = radial.neighbours()
    data = radial.product(np.exp(radial.places) * abs(end) * weight)[i, j]
    last, size = (width - 1) * (end > 0), width * len(radial.nodes)
    return sparse.csc_matrix((data, (i * width + last, j * width + last)), (size, size))


def _radial_breaks(step):
    near = [0.0, 0.3, 0.7, 1.3, 2.1]
    return -np.array([*near, *np.arange(2.1 + step, RANGE - step / 2, step), RANGE])[::-1]


class Grid(NamedTuple):
    """What all θ share: lines and corners of `Field`, and which nodes inside panels, and on their sides, are free.

    What is inside panels follows from their sides, whatever the films: `follow` times the values there. On the sides,
    over the interface's area: `stiffness`, K without what is inside; the forms `contact` and `gap` of the films; the
    interface's `load`.
    """

    radial: Line
    angular: Line
    corners: np.ndarray
    inside: np.ndarray
    sides: np.ndarray
    follow: sparse.csr_matrix
    stiffness: sparse.csc_matrix
    contact: sparse.csc_matrix
    gap: sparse.csc_matrix
    load: np.ndarray


@lru_cache(maxsize=4)
def _grid(section, ideal, order, step):
    corners, counter = _sides(section)
    radial, angular = Line(_radial_breaks(step), order), Line(np.arange(float(len(corners))), order)
    fixed = np.zeros((len(radial.nodes), len(angular.nodes)), dtype=bool)
    fixed[-1, counter[0] * order : counter[1] * order + 1] = True
    fixed[:, 0] |= ideal
    inside = _inside(fixed.shape, order)
    sides = np.setdiff1d(np.flatnonzero(~fixed), inside)
    stiffness = _stiffness(section, radial, angular, corners).tocsr()
    panels = sparse.bsr_matrix(stiffness[inside][:, inside], blocksize=((order - 1) ** 2,) * 2)
    follow = (
        -sparse.bsr_matrix((np.linalg.inv(panels.data), panels.indices, panels.indptr)) @ stiffness[inside][:, sides]
    )
    stiffness = stiffness[sides][:, sides] + stiffness[sides][:, inside] @ follow
    plates = [_interface(section, radial, len(angular.nodes), end)[sides] for end in (-section.left, section.right)]
    load = sum(plates) @ np.ones(fixed.size) / section.area
    contact, gap = (plate[:, sides] / section.area for plate in plates)
    return Grid(radial, angular, corners, inside, sides, follow, stiffness / section.area, contact, gap, load)


def _inside(shape, order):
    """Return the nodes inside panels, (panels · (order − 1)²,), one panel after another."""
    along, around = (np.arange(size - 1).reshape(-1, order)[:, 1:] for size in shape)
    return (along[:, None, :, None] * shape[1] + around[None, :, None, :]).ravel()


def solve(section, theta_c, theta_g, order=ORDER, step=STEP):
    """Solve one section.

    Args:
        section: the rectangle.
        theta_c: θ of the contact, in 1/pitches; may be complex, infinite (ideal contact) or 0.
        theta_g: θ of the gap, finite, not 0 if the contact's is.
        order: degree of the polynomials.
        step: length of the panels in ln(distance to the rim).
    """
    section = section._replace(depth=min(section.depth, DEEP))
    ideal = math.isinf(abs(theta_c))
    grid = _grid(section, ideal, order, step)
    films = (0 if ideal else theta_c) * grid.contact + theta_g * grid.gap
    factors = splu(
        sparse.csc_matrix(grid.stiffness + films),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    beside = factors.solve(grid.load.astype(films.dtype))
    excess = np.zeros(len(grid.radial.nodes) * len(grid.angular.nodes), dtype=films.dtype)
    excess[grid.sides], excess[grid.inside] = beside, grid.follow @ beside
    mean = grid.load @ beside
    current = 1 - mean / section.depth
    if not ideal:
        drop = factors.solve(films @ np.ones(len(beside)))  # of one volt, from the counter electrode
        current = drop @ (grid.stiffness @ drop) + (1 - drop) @ (films @ (1 - drop))
        current *= section.depth
    excess = excess.reshape(len(grid.radial.nodes), -1)
    return Field(
        section, (theta_c, theta_g), grid.radial, grid.angular, grid.corners, excess, complex(mean), complex(current)
    )
