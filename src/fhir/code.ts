/**
 * What codes and their systems look like in FHIR.
 *
 * @module
 */

/** A code system's URI: no white space, nothing Unicode cannot write. */
export const SYSTEM = /^[^\s\p{Cs}]+$/u;

/** A FHIR code: no white space at its ends, nor two together. */
export const CODE = /^[^\s\p{Cs}]+(?: [^\s\p{Cs}]+)*$/u;
