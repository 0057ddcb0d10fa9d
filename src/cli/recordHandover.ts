/**
 * `aceso record share`, `release` and `sweep`: who holds the keys to records.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { release, share, type Handover } from "../records/share.js";
import { sweep } from "../records/sweep.js";
import type { Withheld } from "../records/withheld.js";
import { address, words } from "./arguments.js";
import { acting, type Context } from "./context.js";
import type { Io } from "./io.js";
import { answer, note, tableOf } from "./output.js";
import {
  CLINIC,
  counted,
  ofPatient,
  onBasis,
  PATIENT,
  purposeMissing,
  withheldTable,
  type BasisOptions,
  type PatientOption,
} from "./recordOptions.js";
import { signing } from "./session.js";

/** Adds the verbs that hand keys over, and take them back. */
export function handoverVerbs(domain: Command, io: Io): void {
  domain
    .command("share")
    .description("give a grantee the keys to the configured account's own records")
    .requiredOption("--grantee <address>", "who gets the keys", address("--grantee"))
    .option("--records <ids>", "only these, separated by commas", words("--records"))
    .addHelpText("after", `\nExample:\n  $ aceso record share --grantee ${CLINIC}`)
    .action(acting(io, shareRecords));

  onBasis(ofPatient(domain.command("release")))
    .description("as author, give a reader the keys to a patient's records, as far as the chain permits")
    .requiredOption("--reader <address>", "who gets the keys", address("--reader"))
    .option("--author <address>", "the author (default: the configured account)", address("--author"))
    .addHelpText(
      "after",
      `\nExample:\n  $ aceso record release --patient ${PATIENT} --reader ${CLINIC} --purpose TREAT`,
    )
    .action(acting(io, releaseRecords));

  domain
    .command("sweep")
    .description("delete readers' keys that no consent or open emergency covers any longer; run it by the hour")
    .requiredOption("--patient <address>", "whose records", address("--patient"))
    .option("--author <address>", "whose records of the patient (default: the configured account)", address("--author"))
    .addHelpText("after", `\nExample:\n  $ aceso record sweep --patient ${PATIENT}`)
    .action(acting(io, sweepKeys));
}

async function shareRecords(
  context: Context,
  { grantee, records }: { grantee: Address; records?: Hex[] },
): Promise<void> {
  const aceso = await signing(context, { vault: "there", encryptionKey: true });
  tellHandover(context, await share(aceso, { grantee, ...(records && { records }) }));
}

async function releaseRecords(
  context: Context,
  { purpose = purposeMissing(), ...options }: PatientOption & BasisOptions & { reader: Address; author?: Address },
): Promise<void> {
  const aceso = await signing(context, { vault: "there", encryptionKey: true });
  tellHandover(context, await release(aceso, { ...options, purpose }));
}

function tellHandover(context: Context, { reader, records, withheld }: Handover): void {
  if (records.length === 0) {
    if (withheld.length > 0) note(context, withheldTable(withheld));
    throw new NothingHandedOverError(withheld);
  }
  const lines = [
    `${reader} has the keys to ${counted(records.length)}.`,
    ...records.map((record) => `  ${record}`),
    ...(withheld.length > 0 ? [`Withheld ${counted(withheld.length)}:`, withheldTable(withheld)] : []),
  ];
  answer(context, { reader, records, withheld }, lines.join("\n"));
}

async function sweepKeys(context: Context, { patient, author }: PatientOption & { author?: Address }): Promise<void> {
  const aceso = await signing(context, { vault: "there", encryptionKey: true });
  const swept = await sweep(aceso, { patient, ...(author && { holder: author }) });
  const rows = swept.map(({ reader, record }) => [reader, record]);
  answer(context, swept, tableOf(["reader", "record whose key went"], rows, "Every reader's key is still covered."));
}

/** Of the records to be handed over, none was. */
export class NothingHandedOverError extends AcesoError {
  override name = "NothingHandedOverError";
  constructor(readonly withheld: readonly Withheld[]) {
    super(
      withheld.length === 0
        ? "There is no record of this account's to hand over."
        : `No record was handed over: ${[...new Set(withheld.map(({ reason }) => reason))].join(", ")}.`,
      "Check patient, author and vault; a release needs the patient's consent for the purpose, or an open emergency.",
    );
  }
}
