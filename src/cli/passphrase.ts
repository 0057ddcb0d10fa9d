/**
 * Passphrases: from the environment, or asked of a person.
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import type { Io } from "./io.js";
import { given } from "./settings.js";

/**
 * A passphrase from a variable, else asked without echo.
 *
 * @throws {@link PassphraseMissingError} when the variable is unset and there is nobody to ask.
 */
export async function passphraseOf(io: Io, variable: string, question: string): Promise<string> {
  const value = given(io, variable) ?? (await io.ask?.(question));
  if (value === undefined) throw new PassphraseMissingError(variable);
  return value;
}

/** A passphrase is needed, and there is neither a variable nor a person to give it. */
export class PassphraseMissingError extends AcesoError {
  override name = "PassphraseMissingError";
  constructor(readonly variable: string) {
    super(
      "A passphrase is needed, and there is no terminal to ask for it.",
      `Set ${variable}, or run it in a terminal.`,
    );
  }
}
