/**
 * What a scan found, put on record.
 *
 * @module
 */
import { hexlify, randomBytes } from "ethers";
import type { Command } from "commander";

import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import { report } from "../../medication/dispense.js";
import { documentDigest } from "../../medication/document.js";
import type { TradingRole } from "../../medication/handover.js";
import type { REPORTS } from "../../medication/states.js";
import type { Answer, PackAnswer } from "../../medication/verify.js";
import { now } from "../../signing.js";
import type { Context } from "../context.js";
import { fillingFile } from "../files.js";
import { withProgress } from "../progress.js";
import { UsageError } from "../usage.js";
import { oneOf, TRADING_ROLES } from "./arguments.js";

/** The options of a report. */
export type ReportOption = { report?: string; role: TradingRole | "Regulator" };

const REPORTERS = [...TRADING_ROLES, "Regulator"] as const;

type Finding = (typeof REPORTS)[number];

/** Adds the options of a report. */
export function withReport(command: Command): Command {
  return command
    .option("--report <file>", "put what was found on record; the evidence, this answer, is kept in this new file")
    .option(
      "--role <role>",
      `with --report: what you are licensed as: ${REPORTERS.join(", ")}`,
      oneOf(REPORTERS),
      "Pharmacy",
    );
}

/**
 * Puts on record what a scan found, after the evidence is kept.
 *
 * @returns what was done, in a sentence.
 * @throws {@link UsageError} when the ledger takes no report of it; {@link FileExistsError}; as {@link report}.
 */
export async function reportScan(
  context: Context,
  aceso: Aceso,
  {
    text,
    answer,
    isOthers,
    organisation,
    options: { report: path, role },
  }: { text: string; answer: Answer; isOthers: boolean; organisation: Address; options: ReportOption },
): Promise<string> {
  const { finding, ...pack } = reportable(answer, isOthers);
  const at = await now(aceso);
  // The digest is public, and few guesses would find a scan without the salt.
  const evidence = JSON.stringify({ scan: text, at, organisation, finding, answer, salt: hexlify(randomBytes(32)) });
  const digest = await documentDigest(evidence);
  return fillingFile(context.io, path!, async (fill) => {
    const prepared = report(aceso, { ...pack, finding, evidence: digest, role, organisation });
    await prepared.simulate();
    await fill(evidence);
    const { transaction } = await withProgress(context, "Waiting for the chain", prepared.send);
    return `Reported ${finding} in transaction ${transaction}. Keep the evidence, in ${path!}.`;
  });
}

function reportable(answer: Answer, isOthers: boolean) {
  if (answer.kind !== "unit") {
    throw new UsageError("Only a single pack is reported.", "Scan the 2D code of the pack itself.");
  }
  const { batch, serial, unit } = answer;
  if (batch === undefined) {
    throw new UsageError(
      "No such batch is on the ledger, which takes reports of its batches only.",
      "Set the pack apart as suspect product, and tell its manufacturer and your authority.",
    );
  }
  const finding = findingOf(answer, isOthers);
  if (unit === undefined && finding !== "unknown") {
    throw new UsageError(
      "Without the serial tree nothing is known of this pack.",
      "Pass --tree with that of its batch.",
    );
  }
  return { batch, serial: serial!, finding, ...(unit !== undefined && { unit }) };
}

function findingOf({ findings, unit, dispensed }: PackAnswer, isOthers: boolean): Finding {
  if (unit === undefined && findings.some(({ name }) => name === "SerialUnknown")) return "unknown";
  if (dispensed !== undefined) return "duplicate";
  return isOthers ? "misplaced" : "verified";
}
