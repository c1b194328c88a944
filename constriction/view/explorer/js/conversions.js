/** From two measured quantities to the impedance, whichever two an instrument wrote (columns/conversions.py). */
import { cDiv, cInverse, cMul, complex } from "./complex.js";
import { VACUUM_PERMITTIVITY } from "./model.js";

const cartesian = (w, x, y) => complex(x, y);
const polar = (w, x, y) => complex(x * Math.cos(y), x * Math.sin(y));
const inverseOf = (convert) => (w, x, y) => cInverse(convert(w, x, y));
const ofCapacitance = (w, re, im) => cInverse(cMul(complex(0, w), complex(re, -im)));
const ofPermittivity = (w, re, im) => ofCapacitance(w * VACUUM_PERMITTIVITY, re, im);

/** Capacitor (C, in parallel or in series) and coil (L) with what loses energy beside them. */
const LOSSY_PAIRS = [
  ["Cs", "R", (w, c, r) => complex(r, -1 / (w * c))],
  ["Cs", "D", (w, c, d) => complex(d / (w * c), -1 / (w * c))],
  ["Cs", "Q", (w, c, q) => complex(1 / q / (w * c), -1 / (w * c))],
  ["Ls", "R", (w, l, r) => complex(r, w * l)],
  ["Ls", "Q", (w, l, q) => complex((w * l) / q, w * l)],
  ["Ls", "D", (w, l, d) => complex(w * l * d, w * l)],
  ["Cp", "R", (w, c, r) => cInverse(complex(1 / r, w * c))],
  ["Cp", "G", (w, c, g) => cInverse(complex(g, w * c))],
  ["Cp", "D", (w, c, d) => cInverse(complex(w * c * d, w * c))],
  ["Cp", "Q", (w, c, q) => cInverse(complex((w * c) / q, w * c))],
  ["Lp", "R", (w, l, r) => cInverse(complex(1 / r, -1 / (w * l)))],
  ["Lp", "G", (w, l, g) => cInverse(complex(g, -1 / (w * l)))],
  ["Lp", "Q", (w, l, q) => cDiv(complex(w * l), complex(1 / q, -1))],
  ["Lp", "D", (w, l, d) => cDiv(complex(w * l), complex(d, -1))],
];

const pairWith = (first, second, convert, more = {}) => ({ first, second, convert, ofMaterial: false, passive: false, ...more });
const MATERIAL = { ofMaterial: true };

/**
 * Pairs of roles that make an impedance, the first that is there counts: {first, second, convert(ω, x, y) → Z or the
 * resistivity in Ω·m, ofMaterial, passive: whether the second has the sign that makes Re Z positive}.
 */
export const QUANTITY_PAIRS = [
  pairWith("Re Z", "Im Z", cartesian),
  ...["phase Z", "phase"].map((phase) => pairWith("|Z|", phase, polar)),
  ...[["Rs", "Xs"], ["R", "X"], ["Rs", "X"], ["R", "Xs"]].map(([r, x]) => pairWith(r, x, cartesian)),
  pairWith("Re Y", "Im Y", inverseOf(cartesian)),
  ...["phase Y", "phase"].map((phase) => pairWith("|Y|", phase, inverseOf(polar))),
  pairWith("Rp", "Xp", (w, r, x) => cInverse(complex(1 / r, -1 / x))),
  ...LOSSY_PAIRS.flatMap(([part, kind, convert]) => {
    const names = kind === "R" ? [`R${part[1]}`, "R"] : kind === "G" ? ["Re Y"] : [kind];
    return names.map((name) => pairWith(part, name, convert));
  }),
  pairWith("C", "Re Y", LOSSY_PAIRS.find(([part, kind]) => part === "Cp" && kind === "G")[2]),
  pairWith("C'", "C''", ofCapacitance),
  pairWith("C'", "Im C", ofCapacitance, { passive: true }),
  pairWith("ρ'", "ρ''", cartesian, MATERIAL),
  pairWith("σ'", "σ''", inverseOf(cartesian), MATERIAL),
  pairWith("ε'", "ε''", ofPermittivity, MATERIAL),
  pairWith("ε'", "Im ε", ofPermittivity, { ofMaterial: true, passive: true }),
  pairWith("M'", "M''", (w, re, im) => cDiv(complex(re, im), complex(0, w * VACUUM_PERMITTIVITY)), MATERIAL),
  pairWith("ε'", "D", (w, re, d) => ofPermittivity(w, re, re * d), MATERIAL),
  pairWith("ε'", "σ'", (w, re, s) => cInverse(complex(s, w * VACUUM_PERMITTIVITY * re)), MATERIAL),
];

/** What a unit says about the impedance: of a cell, per area, or of a material. */
export const IMPEDANCE_UNITS = {
  ohm: "ohm", S: "ohm", F: "ohm", H: "ohm",
  "ohm m2": "ohm m2", "S/m2": "ohm m2", "F/m2": "ohm m2",
  "ohm m": "ohm m", "S/m": "ohm m",
};

/** The pair that an impedance is made from, undefined without one; `has` tells whether a role is there. */
export function pairAmong(has) {
  return QUANTITY_PAIRS.find((pair) => has(pair.first) && has(pair.second));
}
