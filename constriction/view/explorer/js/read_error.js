/** Why a file is not read. */

/** One line: the file, the line number where there is one, what is expected and what is given. */
export class ReadError extends Error {
  constructor(message) {
    super(message);
    this.name = "ReadError";
  }
}

/** A text as a message shows it, shortened. */
export function quotedText(text, longest = 40) {
  return `'${text}'`.slice(0, longest);
}
