/**
 * The base of every error this package throws.
 *
 * @module
 */

/** An error that says what was wrong (`message`) and what to do (`advice`). Neither holds secrets or patient data. */
export class AcesoError extends Error {
  override name = "AcesoError";

  constructor(
    message: string,
    /** What to do about it, in one sentence. */
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
