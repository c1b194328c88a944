/** Where a fit starts: interfaces made of what a circuit reads off the data, whatever the page shows. */
import { fitCircuit } from "./circuits.js";
import { complex } from "./complex.js";
import { VACUUM_PERMITTIVITY } from "./model.js";

const CIRCUITS_READ = ["R-RQ", "R-RQ-RQ"];
const SHARES_TRIED = [0.02, 0.1, 0.4, 0.8];
/** A resistance that the data do not show, as a part of the one that they do. */
const UNSEEN = 0.1;
/** What is free and no circuit tells: as it mostly is. */
const USUAL_FILM = { resistance: 2e-4, capacitance: 0.2, exponent: 0.9 };
const USUAL_FINE = { ratio: 0.02, contactFraction: 0.05, gapHeight: 2e-8 };
const USUAL_ZONE = { share: 0.3, ratio: 10 };
const USUAL_PERMITTIVITY = 30;

/** Ways to share the parts of a circuit: {bulk (Ω·m²), boundary and own: {resistance, apex, exponent}}. */
function waysToShare({ R_series, arcs }) {
  const [fast, slow] = arcs;
  const small = (arc) => ({ ...arc, resistance: UNSEEN * arc.resistance });
  if (!slow) {
    const bulk = { ...fast, resistance: UNSEEN * R_series };
    return [
      { bulk: R_series, boundary: bulk, own: fast },
      { bulk: R_series, boundary: fast, own: small(fast) },
    ];
  }
  return [
    { bulk: R_series, boundary: fast, own: slow },
    { bulk: R_series, boundary: slow, own: fast },
    { bulk: R_series + fast.resistance, boundary: small(fast), own: slow },
    { bulk: R_series + fast.resistance, boundary: slow, own: small(fast) },
  ];
}

/** The electrolyte of a way; without boundaries where the state has none. */
function electrolyteOf({ bulk, boundary }, { thickness, electrolyte }) {
  const found = { ...electrolyte, bulkConductivity: thickness / bulk, relativePermittivity: USUAL_PERMITTIVITY };
  if (electrolyte.grainBoundaryConductivity === null) return found;
  return {
    ...found,
    grainBoundaryConductivity: thickness / boundary.resistance,
    grainBoundaryFrequency: boundary.apex,
    grainBoundaryExponent: boundary.exponent,
  };
}

/** An interface at a contact fraction whose constriction has a resistance in Ω·m² and its apex at a frequency. */
function constrictedAs(atlas, state, contactFraction, { resistance, apex }) {
  const { bulkConductivity, grainBoundaryConductivity } = state.electrolyte;
  const resistivity = 1 / bulkConductivity + (grainBoundaryConductivity === null ? 0 : 1 / grainBoundaryConductivity);
  const ideal = atlas.interfaceOf(state.pattern, contactFraction, Infinity);
  const rest = ideal.at(complex(0)).re;
  const gapHeight = ((VACUUM_PERMITTIVITY * state.gapPermittivity * ideal.stored) / rest ** 2) * 2 * Math.PI * apex * resistance;
  return { ...state, contactFraction, pitch: resistance / (resistivity * rest), gapHeight };
}

/**
 * Points in the coordinates of a fit that data alone give, row by row of how a circuit's parts are shared.
 * @param {object} atlas of `openAtlas`
 * @param {object} unknowns of `unknownsOf`
 * @param {object} state what is held is taken from it
 * @param {{frequency: ArrayLike<number>, re: ArrayLike<number>, im: ArrayLike<number>}} measured Hz; Ω·m²
 * @returns {number[][][]} [] where there are too few points for a circuit
 */
export function startsFrom(atlas, unknowns, state, measured) {
  const [low, high] = atlas.limits(state.pattern, atlas.kindOf(state));
  const held = (other) => unknowns.stateOf(unknowns.pointOf(other));
  let fits = [];
  try {
    fits = fitCircuit(measured, CIRCUITS_READ).fits;
  } catch {
    return [];
  }
  const usual = { ...state, gapPermittivity: 1, film: state.film && USUAL_FILM, fine: state.fine && USUAL_FINE, zone: state.zone && USUAL_ZONE };
  return fits.flatMap(waysToShare).map((way) => {
    const electrolyte = held({ ...usual, electrolyte: electrolyteOf(way, state) });
    return SHARES_TRIED.flatMap((share) => {
      const found = constrictedAs(atlas, electrolyte, Math.min(Math.max(share, low), high), way.own);
      const points = [unknowns.pointOf(found)];
      if (!state.film) return points;
      const resistance = way.own.resistance * found.contactFraction;
      const film = { ...found.film, resistance, capacitance: 1 / (2 * Math.PI * way.own.apex * resistance) };
      return [...points, unknowns.pointOf({ ...found, pitch: UNSEEN * found.pitch, film })];
    });
  });
}
