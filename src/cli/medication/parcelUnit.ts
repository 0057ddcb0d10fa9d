/**
 * `aceso parcel dispense`, `return` and `report`: one pack at a time.
 *
 * @module
 */
import type { Command } from "commander";

import type { Aceso } from "../../aceso.js";
import type { Hex } from "../../crypto/bytes.js";
import { dispense, report, returnToStock } from "../../medication/dispense.js";
import type { TradingRole } from "../../medication/handover.js";
import { batchOfLot } from "../../medication/scanned.js";
import { REPORTS } from "../../medication/states.js";
import { acting, type Context } from "../context.js";
import { digestOf, withDocument } from "../documents.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { UsageError } from "../usage.js";
import { type ActingOptions, acts, carryOut, type WriteOptions, writes } from "../write.js";
import { oneOf, TRADING_ROLES } from "./arguments.js";
import { LOT, PRODUCT } from "./options.js";
import { findPack, ofPack, pack, serialOf, type NamedPack, type PackOptions } from "./pack.js";

const REPORTERS = [...TRADING_ROLES, "Regulator"] as const;
const BARCODE = `'(01)${PRODUCT}(10)${LOT}(21)7Q2M9VXK4TRC'`;

type ReportOptions = ActingOptions & {
  finding: (typeof REPORTS)[number];
  evidence: string;
  role: TradingRole | "Regulator";
  tree?: string;
  serial?: string;
};

/** Adds the verbs of packs. */
export function unitVerbs(domain: Command, io: Io): void {
  for (const [verb, prepare, done, description] of [
    ["dispense", dispense, "Dispensed", "as a pharmacy, dispense a pack that needs no prescription"],
    ["return", returnToStock, "Took back to stock", "take back to stock, once, a dispensed pack that never left"],
  ] as const) {
    const act = async (context: Context, named: NamedPack, options: PackOptions & WriteOptions): Promise<void> => {
      const aceso = await signing(context);
      const { parcel, tree, serial, name } = await findPack(context, aceso, named, options);
      await carryOut(context, options, {
        prepare: () => prepare(aceso, { parcel, tree, serial }),
        said: () => `${done} ${name}.`,
        told: () => ({ batch: parcel.batch, serial, parcel }),
      });
    };
    ofPack(writes(domain.command(verb)))
      .description(description)
      .addHelpText("after", `\nExample:\n  $ aceso parcel ${verb} ${BARCODE} --tree shipment.tree.json`)
      .action(acting(io, act));
  }

  withDocument(acts(domain.command("report")), "evidence", "what shows it, such as the scan and where it was made")
    .description("put on record what was found when a pack was checked")
    .argument("<pack>", "its barcode, or the parcel it is in as product/lot#first+count", pack)
    .requiredOption("--finding <finding>", REPORTS.join(", "), oneOf(REPORTS))
    .requiredOption("--role <role>", `what the organisation is licensed as: ${REPORTERS.join(", ")}`, oneOf(REPORTERS))
    .option("--tree <file>", "the serial tree of its batch, unless its serial number is unknown")
    .option("--serial <serial>", "its serial number, unless the barcode has it")
    .addHelpText(
      "after",
      `\nExample:\n  $ aceso parcel report ${BARCODE} --finding unknown --role Pharmacy --evidence scan.json`,
    )
    .action(acting(io, reportPack));
}

async function reportPack(
  context: Context,
  named: NamedPack,
  { as, finding, evidence: path, role, tree, serial: typed, ...options }: ReportOptions,
): Promise<void> {
  const serial = serialOf(named, typed);
  const evidence = await digestOf(context.io, path);
  const aceso = await signing(context);
  const isKnown = finding !== "unknown";
  const unit = isKnown ? await knownUnit(context, aceso, named, { tree, serial }) : { batch: batchNamed(named) };
  await carryOut(context, options, {
    prepare: () => report(aceso, { ...unit, serial, finding, evidence, role, ...(as && { organisation: as }) }),
    said: () => `Reported the pack ${finding}. Evidence ${evidence}.`,
    told: () => ({ ...unit, serial, finding, evidence }),
  });
}

async function knownUnit(
  context: Context,
  aceso: Aceso,
  named: NamedPack,
  { tree, serial }: { tree: string | undefined; serial: string },
): Promise<{ batch: Hex; unit: number }> {
  if (tree === undefined) {
    throw new UsageError(
      "Only an unknown serial number is reported without its serial tree.",
      "Pass --tree, or --finding unknown.",
    );
  }
  const found = await findPack(context, aceso, named, { tree, serial });
  return { batch: found.tree.batch, unit: found.tree.unitOfSerial.get(serial)! };
}

function batchNamed(named: NamedPack): Hex {
  if (named.kind === "parcel") return named.parcel.batch;
  if (named.lot === undefined) {
    throw new UsageError(
      "The barcode does not say which lot it is.",
      "Name the parcel as product/lot#first+count, with --serial.",
    );
  }
  return batchOfLot(named, named.lot);
}
