/** The shipped electrolytes at a temperature: Arrhenius' law, as `laws.material` has it. */

const BOLTZMANN = 8.617333262e-5; // eV/K

/** Whether anything is known of other temperatures than the file's own. */
export function hasEnergies(material) {
  return Object.entries(material.energies).every(
    ([key, energy]) => energy !== null || material.electrolyte[key] === null || key === "grainBoundaryFrequency",
  );
}

/** The factor of a quantity from the file's temperature to another, K. */
function growth(material, energy, temperature) {
  if (energy === null || temperature === material.temperature) return 1;
  const prefactor = material.timesTemperature ? material.temperature / temperature : 1;
  return prefactor * Math.exp((-energy / BOLTZMANN) * (1 / temperature - 1 / material.temperature));
}

/** The state's electrolyte of a material at a temperature in K. */
export function electrolyteAt(material, temperature) {
  const found = { ...material.electrolyte };
  for (const [key, energy] of Object.entries(material.energies)) {
    if (found[key] !== null) found[key] *= growth(material, energy, temperature);
  }
  if (found.grainBoundaryConductivity === null) found.grainBoundaryFrequency = material.electrolyte.grainBoundaryFrequency;
  return found;
}

/** Temperatures in K that the page offers of a material. */
export function temperatureLimits(material) {
  return hasEnergies(material) ? [233.15, 373.15] : [material.temperature, material.temperature];
}
