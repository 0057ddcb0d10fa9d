/**
 * `aceso record open`: asking, logging, decrypting.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { NothingToOpenError, open, type OpenedChart, type Opening } from "../records/open.js";
import { WITHHELD_REASONS } from "../records/withheld.js";
import { address, word } from "./arguments.js";
import { acting, type Context } from "./context.js";
import { fillingFile, jsonText } from "./files.js";
import { intercept } from "./intercept.js";
import type { Io } from "./io.js";
import { answer, categoriesText, note } from "./output.js";
import { withProgress } from "./progress.js";
import {
  counted,
  ofPatient,
  onBasis,
  PATIENT,
  purposeMissing,
  withheldTable,
  type BasisOptions,
  type PatientOption,
} from "./recordOptions.js";
import { signing, type Session } from "./session.js";
import { UsageError } from "./usage.js";
import { show, writes, type WriteOptions } from "./write.js";

/** Adds the verb that opens. */
export function openVerb(domain: Command, io: Io): void {
  onBasis(ofPatient(writes(domain.command("open"))))
    .description("open a patient's chart: asks the chain, logs the access, decrypts")
    .option("--grantee <address>", "who uses the data (default: the configured account)", address("--grantee"))
    .option("--actor <digest>", "keyed digest of the member of staff, 32 bytes", word("--actor"))
    .option("--out <file>", "write the FHIR bundle to a new file only you may read")
    .addHelpText("after", `\nExample:\n  $ aceso record open --patient ${PATIENT} --purpose TREAT --out chart.json`)
    .action(acting(io, openChart));
}

async function openChart(
  context: Context,
  {
    out,
    dryRun,
    ...options
  }: PatientOption & BasisOptions & WriteOptions & { grantee?: Address; actor?: Hex; out?: string },
): Promise<void> {
  if (out === undefined && !context.json && !dryRun) {
    throw new UsageError("There is nowhere to put the chart.", "Pass --out FILE, or --json for stdout.");
  }
  const aceso = await signing(context, { vault: "there", encryptionKey: true });
  const opening = openingOf(aceso, options);
  try {
    if (dryRun) return await showAccess(context, aceso, opening);
    if (out === undefined) return tellChart(context, opening, await opened(context, aceso, opening));
    const chart = await fillingFile(context.io, out, async (fill) => {
      const found = await opened(context, aceso, opening);
      await fill(jsonText(found.bundle));
      return found;
    });
    tellChart(context, opening, chart, out);
  } catch (error) {
    if (error instanceof NothingToOpenError && error.withheld.length > 0) note(context, withheldTable(error.withheld));
    throw error;
  }
}

function openingOf(
  { account }: Session,
  { purpose, grantee = account, ...options }: PatientOption & BasisOptions & { grantee?: Address; actor?: Hex },
): Opening {
  // Patients open their own chart without asking; the purpose is then nobody's business.
  const own = grantee === options.patient ? ("PATRQT" as const) : undefined;
  return { ...options, grantee, purpose: purpose ?? own ?? purposeMissing() };
}

async function opened(context: Context, aceso: Session, opening: Opening): Promise<OpenedChart> {
  return withProgress(context, "Asking the chain, logging the access, decrypting", () => open(aceso, opening));
}

async function showAccess(context: Context, aceso: Session, opening: Opening): Promise<void> {
  const call = await intercept(aceso, (session) => open(session, opening));
  if (call === undefined) return answer(context, null, "Nothing would be sent: this is the patient's own chart.");
  await show(context, { ...call, estimate: () => aceso.provider.estimateGas({ ...call, from: aceso.account }) });
}

function tellChart(context: Context, { patient, purpose }: Opening, chart: OpenedChart, out?: string): void {
  const { bundle, records, categories, withheld, access } = chart;
  const logged = access && { transaction: access.transaction, block: access.block, gasUsed: Number(access.gasUsed) };
  const explained = withheld.map((each) => ({ ...each, explanation: WITHHELD_REASONS[each.reason] }));
  const lines = [
    `Opened ${counted(records.length)} of ${patient}${access ? ` for ${purpose}` : ""}: ${categoriesText(categories)}.`,
    ...(out === undefined ? [] : [`The chart is in ${out}.`]),
    access
      ? `Logged in transaction ${access.transaction}, block ${access.block}.`
      : "Your own chart: nothing was logged.",
    ...(withheld.length > 0 ? [`Withheld ${counted(withheld.length)}:`, withheldTable(withheld)] : []),
  ];
  const told = { records, categories, withheld: explained, ...(logged && { access: logged }) };
  answer(context, out === undefined ? { bundle, ...told } : { out, ...told }, lines.join("\n"));
}
