"""The linear algebra behind a distribution of relaxation times: basis, kernel, penalty, and non-negative solution.

Z(ω) = R + iωL + 1/(iωC) + ∫ γ(ln τ)/(1 + iωτ) d ln τ, γ a sum of Gaussians with non-negative weights (Wan, Saccoccio,
Chen, Ciucci, Electrochim. Acta 184 (2015) 483). Minimised is

    ‖weights·(Z_model − Z)‖² + λ ∫ (dᵏγ/d(ln τ)ᵏ)² d ln τ,

with Z and γ divided by a scale of Z, so that λ has no unit and any two units of Z give the same distribution.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve
from scipy.optimize import nnls

from constriction.laws.arrays import Complexes, Reals

# Quadrature of a Gaussian against the kernel: reach in units of 1/(slope), and number of points. The trapezoidal rule
# converges like e^(−π²/step²): to rounding.
REACH, NODES = 6.0, 49


@dataclass(frozen=True, eq=False)
class System:
    """A discretised distribution, everything that does not depend on λ.

    Attributes:
        log_tau: (M,) centres of the Gaussians exp(−(slope·(ln τ − centre))²), ln of seconds, evenly spaced.
        slope: inverse width of the Gaussians in ln τ.
        columns: (N, K + M) complex, Z per unit of each coefficient: the K tails, then the Gaussians; no unit.
        tails: K, number of columns for R, L, C.
        rows: (D, K + M) real, what is fitted: weighted parts of the columns.
        data: (D,) weighted parts of Z/scale.
        penalty: (M, K + M) real, root of the penalty's matrix.
        scale: of Z, in the unit of Z.
    """

    log_tau: Reals
    slope: float
    columns: Complexes
    tails: int
    rows: Reals
    data: Reals
    penalty: Reals
    scale: float


def gaussians(omega: Reals, log_tau: Reals, slope: float) -> Complexes:
    """Impedance of each Gaussian.

    Args:
        omega: (N,) in rad/s.
        log_tau: (M,) centres, ln of seconds.
        slope: inverse width in ln τ.

    Returns:
        (N, M) ∫ exp(−(slope·(x − centre))²)/(1 + iω e^x) dx, to rounding.
    """
    u, step = np.linspace(-REACH, REACH, NODES, retstep=True)
    weights = np.exp(-(u**2)) * step / slope
    kernel: Complexes = np.zeros((omega.size, log_tau.size), dtype=np.complex128)
    for offset, weight in zip((u / slope).tolist(), weights.tolist(), strict=True):
        kernel += weight / (1 + 1j * np.outer(omega, np.exp(log_tau + offset)))
    return kernel


def penalty_root(log_tau: Reals, slope: float, order: int) -> Reals:
    """Root of the penalty.

    Args:
        log_tau: (M,) centres, ln of seconds.
        slope: inverse width in ln τ.
        order: of the derivative, 0, 1 or 2.

    Returns:
        (M, M) matrix G with |G w|² = ∫ (dᵏγ/d(ln τ)ᵏ)² d ln τ for γ = Σ w·Gaussian, in closed form.
    """
    a2 = (slope * (log_tau[:, np.newaxis] - log_tau)) ** 2
    polynomial = (np.ones_like(a2), 1 - a2, 3 - 6 * a2 + a2**2)[order]
    matrix = math.sqrt(math.pi / 2) * slope ** (2 * order - 1) * np.exp(-a2 / 2) * polynomial
    values, vectors = np.linalg.eigh(matrix)
    root: Reals = np.sqrt(np.maximum(values, 0.0))[:, np.newaxis] * vectors.T
    return root


def solve_system(system: System, regularisation: float) -> Reals:
    """Minimise over non-negative coefficients.

    Args:
        system: from the spectrum.
        regularisation: λ, no unit.

    Returns:
        (K + M,) coefficients in units of the system's scale.
    """
    matrix = np.concatenate([system.rows, math.sqrt(regularisation) * system.penalty])
    right = np.concatenate([system.data, np.zeros(system.penalty.shape[0])])
    solution: Reals = nnls(matrix, right, maxiter=50 * matrix.shape[1])[0]
    return solution


def cross_validation(system: System, regularisation: float) -> float:
    """Generalised cross validation (Golub, Heath, Wahba, Technometrics 21 (1979) 215).

    Args:
        system: from the spectrum.
        regularisation: λ.

    Returns:
        D‖r‖²/(D − trace H)², H the influence matrix on the coefficients that are not zero.
    """
    x = solve_system(system, regularisation)
    kept = x > 0
    rows, penalty = system.rows[:, kept], system.penalty[:, kept]
    inner = rows.T @ rows
    whole = inner + regularisation * penalty.T @ penalty
    trace = float(np.trace(solve(whole + 1e-14 * np.trace(whole) * np.eye(len(whole)), inner, assume_a="pos")))
    rest = system.rows @ x - system.data
    return rest.size * float(rest @ rest) / (rest.size - trace) ** 2


def l_curve(system: System, regularisations: Reals) -> tuple[Reals, Reals]:
    """Residual against penalty (Hansen, SIAM Review 34 (1992) 561).

    Args:
        system: from the spectrum.
        regularisations: (J,) values of λ.

    Returns:
        ln ‖residual‖ and ln ‖penalty without λ‖, each (J,).
    """
    solutions = [solve_system(system, value) for value in regularisations.tolist()]
    rest = [np.linalg.norm(system.rows @ x - system.data) for x in solutions]
    rough = [np.linalg.norm(system.penalty @ x) for x in solutions]
    return np.log(np.maximum(rest, 1e-300)), np.log(np.maximum(rough, 1e-300))


def corner(residual: Reals, roughness: Reals, log_lambda: Reals) -> int:
    """Find the corner of an L-curve: where its curvature is largest.

    Noise-free data have no floor of the residual, and then the curve no true corner: λ that more than double the
    least residual are left out.

    Args:
        residual: (J,) ln ‖residual‖, from `l_curve`.
        roughness: (J,) ln ‖penalty‖.
        log_lambda: (J,) ln λ, rising.

    Returns:
        Its index.
    """
    x1, y1 = np.gradient(residual, log_lambda), np.gradient(roughness, log_lambda)
    x2, y2 = np.gradient(x1, log_lambda), np.gradient(y1, log_lambda)
    curvature = (x1 * y2 - x2 * y1) / np.maximum(x1**2 + y1**2, 1e-150) ** 1.5
    allowed = residual <= residual.min() + math.log(2)
    return int(np.argmax(np.where(allowed, curvature, -np.inf)))
