/**
 * What a promise is rejected with.
 *
 * @module
 */

/** The error a promise is rejected with; fails when it is fulfilled. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("The promise was fulfilled.");
}
