/** The page as what `constriction` reads: case files, the command line of a posterior, csv. */
import { valueAt } from "./page_state.js";
import { parameterOf, shownValue } from "./parameters.js";
import { exactText } from "./quantities.js";

const INTERFACES = {
  hexagonal: ['pattern = "hexagonal"'],
  square: ['pattern = "square"'],
  stripes: ['pattern = "stripes"'],
  pores: ['pattern = "hexagonal"', "inverted = true"],
  random: ['pattern = "random"', "spots = 16", "seed = 1"],
  clustered: ['pattern = "clustered"', "clusters = 4", "spots_per_cluster = 4", "seed = 1"],
};
const AT_RANDOM = ["random", "clustered"];
const FINE_FILE = "fine.toml";

const quoted = (value, unit) => `"${exactText(value, unit)}"`;

function interfaceLines(pattern, fraction, pitch) {
  const lines = ["[interface]", ...INTERFACES[pattern], `contact_fraction = ${fraction}`, `pitch = ${quoted(pitch, "m")}`];
  if (pattern === "clustered") lines.push(`cluster_radius = ${quoted(pitch, "m")}`);
  return lines;
}

function electrolyteLines(state) {
  const own = state.electrolyte;
  const lines = [
    "[electrolyte]",
    `thickness = ${quoted(state.thickness, "m")}`,
    `bulk_conductivity = ${quoted(own.bulkConductivity, "S/m")}`,
    `relative_permittivity = ${own.relativePermittivity}`,
  ];
  if (own.grainBoundaryConductivity === null) return [...lines, 'grain_boundary_conductivity = "none"'];
  return [
    ...lines,
    `grain_boundary_conductivity = ${quoted(own.grainBoundaryConductivity, "S/m")}`,
    `grain_boundary_frequency = ${quoted(own.grainBoundaryFrequency, "Hz")}`,
    `grain_boundary_exponent = ${own.grainBoundaryExponent}`,
  ];
}

function gapLines(height, permittivity) {
  return ["[gap]", `height = ${quoted(height, "m")}`, `relative_permittivity = ${permittivity}`, 'model = "thin"  # as the atlas has it'];
}

function zoneLines(state) {
  if (!state.zone) return [];
  const [rise, length] = ["zone.ratio", "zone.share"].map((path) => shownValue(parameterOf(path), state));
  return ['profile = "linear"', `rise = ${quoted(rise, "m")}`, `length = ${quoted(length, "m")}`];
}

function contactLines(state) {
  if (state.fine) return ["", "[contact]", `fine = "${FINE_FILE}"`];
  if (!state.film) return [];
  const { resistance, capacitance, exponent } = state.film;
  return ["", "[contact]", 'law = "p(R1,Q1)"', `R1 = ${quoted(resistance, "ohm m2")}`, `C1 = ${quoted(capacitance, "F/m2")}`, `a1 = ${exponent}`];
}

/**
 * The case files of a state by name: `case.toml`, and `fine.toml` where islands touch by finer spots.
 * @param {object} page of the explorer; @param {number} spread of R_cstr between random interfaces, relative
 * @param {number} contactSize m
 */
export function caseFiles(page, spread, contactSize) {
  const { state } = page;
  const remarks = ["# From the page of `constriction explore`. Solve it: constriction run case.toml"];
  if (AT_RANDOM.includes(state.pattern)) {
    remarks.push(`# One cell of one seed; the page shows the mean of many, which differ by ${(100 * spread).toPrecision(2)} % of R_cstr.`);
  }
  const lines = [
    ...remarks,
    'title = "From the explorer"',
    "",
    ...electrolyteLines(state),
    "",
    ...interfaceLines(state.pattern, state.contactFraction, state.pitch),
    ...contactLines(state),
    "",
    ...gapLines(state.gapHeight, state.gapPermittivity),
    ...zoneLines(state),
    "",
    "[sweep]",
    `from = ${quoted(state.sweep.from, "Hz")}`,
    `to = ${quoted(state.sweep.to, "Hz")}`,
    `points_per_decade = ${state.sweep.pointsPerDecade}`,
  ];
  if (state.film || state.fine) lines.push("", "[accuracy]", "relative_error = 0.005  # a film wants fine meshes at the rims");
  const files = { "case.toml": `${lines.join("\n")}\n` };
  if (state.fine) files[FINE_FILE] = fineFile(state, contactSize);
  return files;
}

function fineFile(state, contactSize) {
  const { ratio, contactFraction, gapHeight } = state.fine;
  const lines = [
    "# The finer level of case.toml: spots under an island.",
    'title = "Finer spots, from the explorer"',
    "",
    ...interfaceLines("hexagonal", contactFraction, ratio * contactSize),
    "",
    ...gapLines(gapHeight, state.gapPermittivity),
  ];
  return `${lines.join("\n")}\n`;
}

/** A word of a POSIX shell. */
function shellWord(text) {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A file's name that no command takes for an option. */
function fileWord(name) {
  return shellWord(name.startsWith("-") ? `./${name}` : name);
}

/**
 * The command that finds the full posterior of a measurement, and the priors file that it names.
 * @param {object} page of the explorer; @param {object|null} measured its file, whose size counts
 * @param {object} known the page with the electrolyte that was known before a fit
 */
export function interpretCommand(page, measured, known) {
  const { state } = page;
  const model = state.film ? "lattice_film" : state.fine ? "two_levels" : state.zone ? "lifted_zone" : "lattice";
  const priors = priorsFile(page, known);
  const isPerArea = measured?.spectra[measured.chosen].perArea; // the command then takes no area
  const parts = [
    `constriction interpret ${fileWord(measured?.file ?? "measured.csv")}`,
    isPerArea ? "" : `--area "${exactText(measured?.area ?? state.area, "m2")}"`,
    `--thickness "${exactText(measured?.thickness ?? state.thickness, "m")}"`,
    `--pattern ${state.pattern}`,
    `--model ${model} --model full_contact`,
    "--priors priors.toml",
    "--out results/interpreted",
  ];
  return { command: parts.filter(Boolean).join(" "), priors };
}

const PRIOR_NAMES = {
  contactFraction: ["contact_fraction", ""],
  pitch: ["pitch", "m"],
  gapHeight: ["gap_height", "m"],
  gapPermittivity: ["gap_permittivity", ""],
  "film.resistance": ["film_resistance", "ohm m2"],
  "film.capacitance": ["film_capacitance", "F/m2"],
  "film.exponent": ["film_exponent", ""],
  "fine.contactFraction": ["fine_contact_fraction", ""],
  "fine.ratio": ["fine_ratio", ""],
  "fine.gapHeight": ["fine_gap_height", "m"],
  "zone.share": ["zone_share", ""],
  "zone.ratio": ["rise_ratio", ""],
  "electrolyte.bulkConductivity": ["bulk_conductivity", "S/m"],
  "electrolyte.relativePermittivity": ["relative_permittivity", ""],
  "electrolyte.grainBoundaryConductivity": ["grain_boundary_conductivity", "S/m"],
  "electrolyte.grainBoundaryFrequency": ["grain_boundary_frequency", "Hz"],
  "electrolyte.grainBoundaryExponent": ["grain_boundary_exponent", ""],
};

/** What is held, as a priors file. */
function priorsFile(page, known) {
  const lines = ["# What was locked in the page, and its electrolyte as it was before a fit: nothing is learnt from the measurement."];
  if (known.material !== "own") {
    const celsius = Number((known.temperature - 273.15).toFixed(6));
    lines.push("[electrolyte]", `material = "${known.material}"`, `temperature = "${celsius} degC"`);
  } else {
    lines.push(...electrolyteLines(known.state).filter((line) => !line.startsWith("thickness")));
  }
  lines.push("[priors]");
  for (const path of page.locks) {
    const value = PRIOR_NAMES[path] ? valueAt(page.state, path) : null;
    if (value === null || value === undefined) continue;
    const [name, unit] = PRIOR_NAMES[path];
    lines.push(`${name} = ${unit ? quoted(value, unit) : value}`);
  }
  return `${lines.join("\n")}\n`;
}

/** The curve as `spectrum.csv` has it: Hz, Ω·cm², Ω·cm². */
export function csvText(frequency, re, im) {
  const rows = ["frequency_hertz,real_impedance_ohm_cm2,imaginary_impedance_ohm_cm2"];
  for (let k = 0; k < frequency.length; k++) rows.push(`${frequency[k]},${re[k] * 1e4},${im[k] * 1e4}`);
  return `${rows.join("\n")}\n`;
}
