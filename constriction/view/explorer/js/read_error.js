/** Why a file is not read. */

/** One line: the file, the line number where there is one, what is expected and what is given. */
export class ReadError extends Error {
  constructor(message) {
    super(message);
    this.name = "ReadError";
  }
}

/** A text in quotes as a message shows it: on one line, its control characters escaped, shortened. */
export function quotedText(text, longest = 40) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\x00-\x1f\x7f-\xa0]/g, (letter) => {
    const short = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" }[letter];
    return short ?? `\\x${letter.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  const inside = mark === "'" ? escaped.replaceAll("'", "\\'") : escaped;
  return `${mark}${inside}${mark}`.slice(0, longest);
}
