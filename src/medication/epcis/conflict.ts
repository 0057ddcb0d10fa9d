/**
 * Contradictions in EPCIS documents.
 *
 * @module
 */
import { AcesoError } from "../../errors.js";

/** An event cannot have happened to goods as the events before it left them. Nothing was sent. */
export class EpcisConflictError extends AcesoError {
  override name = "EpcisConflictError";
  constructor(
    /** The event's place in the document's list, from 0. */
    readonly event: number,
    /** What it contradicts itself about. */
    readonly epc: string,
    fault: string,
  ) {
    super(
      `Event ${event} of the document, counted from 0, contradicts the events before it: ${epc} ${fault}.`,
      "Put the missing or corrected events before it, or give the documents that came before this one.",
    );
  }
}
