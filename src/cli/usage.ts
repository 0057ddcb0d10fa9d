/**
 * Options that do not go together, or are missing.
 *
 * @module
 */
import { AcesoError } from "../errors.js";

/** The command line says too little, too much, or what no verb knows. */
export class UsageError extends AcesoError {
  override name = "UsageError";
}
