/**
 * The command line: parse, hand to a verb, tell errors by name.
 *
 * @module
 */
import { createRequire } from "node:module";

import { Command, CommanderError } from "commander";
import type { Provider } from "ethers";

import { AcesoError } from "../errors.js";
import { NothingToOpenError } from "../records/open.js";
import type { Withheld } from "../records/withheld.js";
import { NothingToContributeError, type Unfit } from "../research/contribution.js";
import { BadRowsError } from "../research/payouts.js";
import { ContractError } from "../revert.js";
import { accreditVerbs } from "./accredit.js";
import { withoutInternals } from "./chainCall.js";
import { consentVerbs } from "./consent.js";
import { emergencyVerbs } from "./emergency.js";
import { EXIT, exitCodeOf } from "./exitCode.js";
import { jsonText } from "./files.js";
import { claimVerbs } from "./insurance/claim.js";
import { planVerbs } from "./insurance/plan.js";
import { policyVerbs } from "./insurance/policy.js";
import type { Io } from "./io.js";
import { keysVerbs } from "./keys.js";
import { batchVerbs } from "./medication/batch.js";
import { epcisVerbs } from "./medication/epcis.js";
import { parcelVerbs } from "./medication/parcel.js";
import { prescriptionVerbs } from "./medication/prescription.js";
import { productVerbs } from "./medication/product.js";
import { queueVerbs } from "./medication/queue.js";
import { recallVerbs } from "./medication/recall.js";
import { DoNotDispenseError, scanVerb } from "./medication/scan.js";
import { snapshotVerb } from "./medication/snapshot.js";
import { stockVerbs } from "./medication/stock.js";
import { traceVerb } from "./medication/trace.js";
import { recordVerbs } from "./record.js";
import { NothingHandedOverError } from "./recordHandover.js";
import { relayVerb } from "./relay.js";
import { datasetVerbs } from "./research/dataset.js";
import { payoutVerbs } from "./research/payout.js";
import { toldRows, type ToldRow } from "./research/payoutRows.js";
import { studyVerbs } from "./research/study.js";
import { given } from "./settings.js";
import { tokenVerbs } from "./token.js";
import { UsageError } from "./usage.js";

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

const NOTES = `
Each of these options may also come from the environment (ACESO_RPC, ACESO_VAULT, ACESO_DEPLOYMENT,
ACESO_KEYSTORE, ACESO_ENCRYPTION_KEY_FILE, ACESO_CONFIG) or from aceso.config.json in the working folder, with the keys
rpc, vault, deployment, keystore and encryptionKey. Flags come first, then the environment, then the file.

Secrets come from the environment or are asked: ACESO_PASSPHRASE (keystore), ACESO_PRIVATE_KEY (instead of a keystore),
ACESO_KEY_PASSPHRASE (encryption key), ACESO_NEW_KEY_PASSPHRASE (a slot to add). ACESO_DEBUG=1 shows stack traces.

Times: a date (2030-12-31, UTC; an end includes its day), a date-time with its zone (2030-12-31T18:00Z), Unix seconds,
or a duration such as 90d (min, h, d, w, y). Categories: names separated by commas, all, or all-unrestricted.

Exit codes: 0 done; 1 refused by the chain, or nothing permitted; 2 wrong usage or input; 3 chain unreachable or not
deployed; 4 trouble with keys, vault or disk; 5 a defect of this program; 6 a scan found what is not to be dispensed.

Example:
  $ aceso consent grant --grantee 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --purposes TREAT \\
      --categories laboratory,medications --until 90d --sign grant.json`;

/**
 * Runs the command.
 *
 * @example
 * process.exitCode = await run(["consent", "list", "--json"], processIo());
 *
 * @param argv what follows the command's name.
 * @returns the exit code.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const providers: Provider[] = [];
  const connect = async (rpc: string): Promise<Provider> => {
    const provider = await io.connect(rpc);
    providers.push(provider);
    return provider;
  };
  const program = programFor({ ...io, connect }, argv);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return EXIT.done;
  } catch (error) {
    return report(io, argv, withoutInternals(asUsageError(error, program, argv)));
  } finally {
    for (const provider of providers) provider.destroy();
  }
}

/** The command line's grammar. */
export function programFor(io: Io, argv: readonly string[] = []): Command {
  const program = new Command("aceso")
    .description("Health data that belongs to the patient, on any EVM chain.")
    .version(version)
    .option("--json", "answer in JSON, for programs")
    .option("--config <file>", "config file (default: aceso.config.json, when there)")
    .option("--rpc <url>", "the chain's node (default: http://127.0.0.1:8545)")
    .option("--vault <folder>", "where ciphertext and wrapped keys live (default: .aceso/vault)")
    .option("--deployment <file>", "the contracts' addresses: Ignition's deployed_addresses.json")
    .option("--keystore <file>", "the account that signs: an Ethereum JSON keystore")
    .option("--encryption-key <file>", "the key that opens records: a file of `aceso keys create`")
    .addHelpText("after", NOTES)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => void (isForProgram(argv) || io.stderr.write(text)),
      // Told by name below.
      outputError: () => undefined,
    });
  accreditVerbs(program, io);
  consentVerbs(program, io);
  recordVerbs(program, io);
  emergencyVerbs(program, io);
  productVerbs(program, io);
  batchVerbs(program, io);
  parcelVerbs(program, io);
  prescriptionVerbs(program, io);
  scanVerb(program, io);
  traceVerb(program, io);
  stockVerbs(program, io);
  snapshotVerb(program, io);
  queueVerbs(program, io);
  recallVerbs(program, io);
  epcisVerbs(program, io);
  planVerbs(program, io);
  policyVerbs(program, io);
  claimVerbs(program, io);
  studyVerbs(program, io);
  datasetVerbs(program, io);
  payoutVerbs(program, io);
  tokenVerbs(program, io);
  keysVerbs(program, io);
  relayVerb(program, io);
  return program;
}

function isForProgram(argv: readonly string[]): boolean {
  return argv.includes("--json");
}

function asUsageError(error: unknown, program: Command, argv: readonly string[]): unknown {
  if (!(error instanceof CommanderError) || error.exitCode === 0) return error;
  const words = ["aceso"];
  let command = program;
  for (const word of argv) {
    const found = command.commands.find((candidate) => candidate.name() === word);
    if (found === undefined) continue;
    words.push(word);
    command = found;
  }
  const isHelp = error.code === "commander.help";
  const message = isHelp
    ? "The command is not complete."
    : `${error.message
        .replace(/^error: /, "")
        .replace("\n", " ")
        .replace(/\.$/, "")}.`;
  return new UsageError(message, `See \`${words.join(" ")} --help\`.`);
}

function report(io: Io, argv: readonly string[], error: unknown): number {
  if (error instanceof CommanderError) return EXIT.done;
  // The answer said it all.
  if (error instanceof DoNotDispenseError) return EXIT.doNotDispense;
  const told = toldOf(error);
  if (isForProgram(argv)) {
    io.stderr.write(jsonText({ ...told, ...listedIn(error) }));
  } else {
    io.stderr.write(`${told.error}: ${told.message}\n${told.advice}\n`);
  }
  if (given(io, "ACESO_DEBUG") !== undefined) writeStacks(io, error);
  return exitCodeOf(error);
}

/** Which records were withheld or earn nothing, or which rows cannot be paid, where that is what went wrong. */
function listedIn(error: unknown): {
  withheld?: readonly Withheld[];
  unfit?: readonly Unfit[];
  badRows?: readonly ToldRow[];
} {
  if (error instanceof NothingToContributeError) return { unfit: error.unfit };
  if (error instanceof BadRowsError) return { badRows: toldRows(error.badRows) };
  const isAbout = error instanceof NothingToOpenError || error instanceof NothingHandedOverError;
  return isAbout ? { withheld: error.withheld } : {};
}

function toldOf(error: unknown): { error: string; message: string; advice: string } {
  if (error instanceof ContractError) {
    // Its message begins with the contract's name for it, which says more than the class.
    const message = error.message.slice(`${error.error}: `.length);
    return { error: error.error, message, advice: error.advice };
  }
  if (error instanceof AcesoError) return { error: error.name, message: error.message, advice: error.advice };
  return {
    error: "Defect",
    // What the error says may hold a patient's data.
    message: "Something went wrong that this program does not know.",
    advice: "Run it again with ACESO_DEBUG=1 and report what it prints, after taking out what is private.",
  };
}

function writeStacks(io: Io, error: unknown): void {
  for (let cause = error; cause instanceof Error; cause = cause.cause) io.stderr.write(`${cause.stack}\n`);
}
