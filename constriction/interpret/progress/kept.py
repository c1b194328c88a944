"""What is finished of an interpretation, kept in files: a killed run, repeated, goes on where it was."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from constriction.base.files import HIDDEN, write_whole
from constriction.base.versions import git_commit, library_versions, package_version
from constriction.interpret.model.forward import Forward
from constriction.interpret.posterior.evidence import DrawnRounds, Evidence
from constriction.interpret.posterior.likelihood import Likelihood
from constriction.interpret.posterior.mixtures import Mixture
from constriction.interpret.posterior.ridge import Straight
from constriction.interpret.posterior.sampling import Samples
from constriction.interpret.posterior.search import Mode
from constriction.interpret.triples.triple import Triple
from constriction.spectra.spectrum import Spectrum

type Arrays = Mapping[str, Any]

STRAIGHT = "order", "interface", "knots", "centres", "roots"
DRAWN = "places", "heights", "densities", "scores"


@dataclass(frozen=True)
class KeptParts:
    """Finished parts by a key of all that they follow from.

    Attributes:
        folder: where they are; None: nothing is kept.
        mark: name and text of a file by which a folder is known that has nothing else yet.
    """

    folder: Path | None = None
    mark: tuple[str, str] = ("", "")

    def key(self, what: str, forward: Forward, spectrum: Spectrum | Triple, more: tuple[Any, ...]) -> str:
        """The name of a part.

        Args:
            what: of a model is kept.
            forward: the model, its unknowns and their priors.
            spectrum: that it follows.
            more: what else the part follows from, numbers and arrays.
        """
        if self.folder is None:
            return ""
        space = forward.space
        shared = () if space.shared is None else (space.shared.names, space.shared.mean, space.shared.root)
        atlas = (type(forward.atlas).__name__, getattr(forward.atlas, "made_by", None))
        versions = (package_version(), git_commit(), library_versions("numpy", "scipy", "emcee"))
        parts = (what, forward.model, sorted(space.priors.items()), space.balance, shared, forward.thickness, atlas)
        found = hashlib.sha256()
        for part in (*parts, versions, spectrum.frequency, spectrum.impedance, *more):
            found.update(_bytes(part) + b"|")
        return f"kept-{found.hexdigest()[:24]}.npz"

    def get(self, key: str) -> Arrays | None:
        """A part, None if it was not kept or cannot be read."""
        if self.folder is None:
            return None
        with contextlib.suppress(OSError, ValueError, EOFError), np.load(self.folder / key, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
        return None

    def put(self, key: str, arrays: Arrays) -> None:
        """Keep a part; the file is whole or not there."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        name, text = self.mark
        if name and not (self.folder / name).exists():
            write_whole(self.folder / name, text.encode())
        fresh = self.folder / f"{HIDDEN}{key}"
        with fresh.open("wb") as file:
            np.savez(file, **arrays)
        os.replace(fresh, self.folder / key)


def _bytes(part: Any) -> bytes:
    if isinstance(part, np.ndarray):
        return part.tobytes()
    if isinstance(part, tuple):
        return b",".join(map(_bytes, part))
    return repr(part).encode()


def modes_arrays(modes: tuple[Mode, ...]) -> Arrays:
    """Maxima of a posterior as arrays."""
    names = ("scores", "log_posterior", "covariance", "noise")
    return {name: np.array([getattr(mode, name) for mode in modes]) for name in names}


def modes_of(arrays: Arrays) -> tuple[Mode, ...]:
    """The maxima that arrays stand for."""
    rows = zip(arrays["scores"], arrays["log_posterior"], arrays["covariance"], arrays["noise"], strict=True)
    return tuple(Mode(scores, float(height), covariance, float(noise)) for scores, height, covariance, noise in rows)


def posterior_arrays(straight: Straight | None, samples: Samples | None, found: Evidence) -> Arrays:
    """Samples of a posterior, their coordinates and their evidence as arrays."""
    arrays = {} if straight is None else {f"straight_{name}": getattr(straight, name) for name in STRAIGHT}
    arrays |= {name: getattr(found, name) for name in ("log_evidence", "stderr", "effective", "weights", "whole")}
    arrays |= {name: getattr(found.drawn, name) for name in DRAWN}
    for name in ("weights", "means", "roots"):
        arrays[f"mixture_{name}"] = np.array([getattr(mixture, name) for mixture in found.drawn.mixtures])
    if samples is not None:
        arrays |= {f"samples_{name}": getattr(samples, name) for name in Samples.__dataclass_fields__}
    return arrays


def posterior_of(
    arrays: Arrays, likelihood: Likelihood, mode: Mode
) -> tuple[Straight | None, Samples | None, Evidence]:
    """The samples, coordinates and evidence that arrays stand for; `mode` is the maximum they are about."""
    straight = None
    if "straight_order" in arrays:
        order = tuple(int(place) for place in arrays["straight_order"])
        interface, more = int(arrays["straight_interface"]), (arrays[f"straight_{name}"] for name in STRAIGHT[2:])
        straight = Straight(likelihood, order, interface, mode, *more)
    parts = (arrays[f"mixture_{name}"] for name in ("weights", "means", "roots"))
    mixtures = tuple(Mixture(*part) for part in zip(*parts, strict=True))
    drawn = DrawnRounds(mixtures, *(arrays[name] for name in DRAWN))
    numbers = {name: float(arrays[name]) for name in ("log_evidence", "stderr", "effective")}
    evidence = Evidence(**numbers, weights=arrays["weights"], drawn=drawn, whole=bool(arrays["whole"]))
    if "samples_places" not in arrays:
        return straight, None, evidence
    kept = {name: arrays[f"samples_{name}"] for name in Samples.__dataclass_fields__}
    kept |= {"steps": int(kept["steps"]), "converged": bool(kept["converged"])}
    return straight, Samples(**kept), evidence
