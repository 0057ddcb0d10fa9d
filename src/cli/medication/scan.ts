/**
 * `aceso scan`: what is known of what is in front of somebody.
 *
 * @module
 */
import { Option, type Command } from "commander";

import { accountOf, type Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import { AcesoError } from "../../errors.js";
import { itemsById } from "../../medication/lineage.js";
import { scanOffline } from "../../medication/scanOffline.js";
import { openSnapshot } from "../../medication/snapshot.js";
import { verify, type Answer } from "../../medication/verify.js";
import type { Whereabouts } from "../../medication/whereabouts.js";
import { configuredAccount } from "../accounts.js";
import { address } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";
import { answer as tell, note } from "../output.js";
import { reading, signing } from "../session.js";
import { UsageError } from "../usage.js";
import { barcode } from "./barcode.js";
import { itemNames } from "./naming.js";
import { LOT, PHARMACY, PRODUCT } from "./options.js";
import { reportScan, withReport, type ReportOption } from "./scanReport.js";
import { scanText, type Told } from "./scanText.js";
import { readTrees, withTrees, type TreesOption } from "./treeFiles.js";

/** The options that name a snapshot and who may have signed it. */
export type SnapshotOptions = { snapshot?: string; signer?: Address };

type ScanOptions = TreesOption & ReportOption & SnapshotOptions & { lot?: string; as?: Address; offline?: boolean };

/** Adds the verb that scans. */
export function scanVerb(program: Command, io: Io): void {
  const command = withReport(withTrees(program.command("scan")))
    .description("tell what a barcode stands for: a pack, a lot, a case or a pallet, and whether to dispense it")
    .argument(
      "<barcode>",
      "as scanned, with <GS> for the separator if need be, or with (01)…(10)… in brackets",
      barcode,
    )
    .option("--lot <lot>", "the lot as printed, when the barcode has none")
    .option("--as <organisation>", "whose stock it should be (default: the configured account's)", address("--as"))
    .addOption(new Option("--offline", "answer from a snapshot, without a connection").conflicts("report"));
  withSnapshot(command)
    .addHelpText(
      "after",
      `\nIt ends with 0 when it may be dispensed, and with 6 when it may not, or not yet: the answer says why.

Example:
  $ aceso scan '(01)${PRODUCT}(10)${LOT}(21)7Q2M9VXK4TRC' --tree shipment.tree.json
  $ aceso scan '01${PRODUCT}10${LOT}<GS>217Q2M9VXK4TRC' --offline --snapshot monday.snapshot --signer ${PHARMACY}`,
    )
    .action(acting(io, scan));
}

/** Adds the options that name a snapshot. */
export function withSnapshot(command: Command): Command {
  return command
    .option("--snapshot <file>", "the snapshot, of `aceso snapshot`")
    .option("--signer <address>", "whose snapshots are taken (default: the configured account's)", address("--signer"));
}

/**
 * The snapshot named, and the time by this computer's clock.
 *
 * @throws {@link UsageError} when none is named, or nobody whose it should be; what {@link openSnapshot} throws.
 */
export async function snapshotNamed(context: Context, { snapshot: path, signer: named }: SnapshotOptions) {
  if (path === undefined) throw new UsageError("No snapshot is named.", "Pass --snapshot FILE, of `aceso snapshot`.");
  const signer = named ?? (await configuredAccount(context));
  if (signer === undefined) {
    throw new UsageError(
      "Whose snapshot is it?",
      "Pass --signer with the account that makes your pharmacy's snapshots.",
    );
  }
  return {
    snapshot: await openSnapshot(await readText(context.io, path), { signer }),
    now: Math.floor(Date.now() / 1000),
  };
}

async function scan(context: Context, text: string, { lot, as, ...options }: ScanOptions): Promise<void> {
  const files = await readTrees(context, options);
  const asked = lot === undefined ? {} : { lot };
  if (options.offline) {
    const { snapshot, now } = await snapshotNamed(context, options);
    const answer = scanOffline(snapshot, text, { now, ...asked });
    const names = itemNames(snapshot.content.batches, files.cases);
    return finish(context, { answer, isOthers: isHeldByOthers(answer, [as ?? snapshot.content.pharmacy]), names });
  }
  const aceso = options.report === undefined ? await reading(context) : await signing(context);
  const answer = await verify(aceso, text, { trees: files.trees, ...asked });
  const isOthers = await isOthersThan(aceso, answer, as ?? (await configuredAccount(context)));
  if (options.report !== undefined) {
    const said = await reportScan(context, aceso, {
      text,
      answer,
      isOthers,
      organisation: as ?? accountOf(aceso),
      options,
    });
    note(context, said);
  }
  const batches = answer.kind === "container" ? answer.containers.flatMap((container) => container.batches) : [];
  const names = itemNames(batches, files.cases);
  const container = answer.kind === "container" ? undefined : answer.custody?.container;
  const around = container === undefined ? undefined : (await itemsById(aceso, [container])).get(container);
  finish(context, { answer, isOthers, names, ...(around && { around: names(around) }) });
}

function finish(context: Context, told: Told): void {
  const { answer, isOthers } = told;
  const isDispensable = answer.verdict === "genuine" && !isOthers;
  tell(context, { ...answer, isOthers, isDispensable }, scanText(told));
  if (!isDispensable) throw new DoNotDispenseError();
}

/** Whether somebody holds it for whom an account does not act; nobody is somebody else to nobody. */
async function isOthersThan(aceso: Aceso, answer: Answer, account: Address | undefined): Promise<boolean> {
  if (account === undefined || !isHeldByOthers(answer, [account])) return false;
  const holders = custodiesOf(answer).flatMap(({ holder }) => holder ?? []);
  const acts = await Promise.all(holders.map((holder) => aceso.contracts.accreditation.actsFor(account, holder)));
  return !acts.every((does) => does);
}

function isHeldByOthers(answer: Answer, own: readonly Address[]): boolean {
  return custodiesOf(answer).some(({ holder }) => holder !== undefined && !own.includes(holder));
}

function custodiesOf(answer: Answer): Whereabouts[] {
  if (answer.kind === "container") return answer.containers.map(({ custody }) => custody);
  return answer.custody === undefined ? [] : [answer.custody];
}

/** What was scanned is not to be dispensed; the answer said why. */
export class DoNotDispenseError extends AcesoError {
  override name = "DoNotDispenseError";
  constructor() {
    super("It is not to be dispensed.", "Do as the answer says.");
  }
}
