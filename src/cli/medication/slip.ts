/**
 * Prescription slips in files.
 *
 * @module
 */
import type { Command } from "commander";

import type { Hex } from "../../crypto/bytes.js";
import { parseSlip, prescriptionId, type PrescriptionSlip } from "../../medication/slip.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";

/** The option that names a slip. */
export type SlipOption = { slip: string };

/** Adds the option that names a slip. */
export function withSlip(command: Command): Command {
  return command.requiredOption("--slip <file>", "the prescription's slip; - for stdin");
}

/**
 * A prescription's slip from its file, and its id.
 *
 * @throws {@link InputFileError}; what {@link parseSlip} throws.
 */
export async function readSlip(io: Io, { slip }: SlipOption): Promise<PrescriptionSlip & { id: Hex }> {
  const read = parseSlip(await readText(io, slip));
  return { ...read, id: prescriptionId(read.prescription) };
}
