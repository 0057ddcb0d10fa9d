/**
 * The options of claims' verbs, and what is in the files they name.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import type { SignedAcknowledgement } from "../../insurance/acknowledgement.js";
import { ACKNOWLEDGE, PREAUTHORIZE } from "../../insurance/messages.js";
import type { SignedPreauthorization } from "../../insurance/preauthorization.js";
import { address } from "../arguments.js";
import { readJson } from "../files.js";
import type { Io } from "../io.js";
import { parseSigned } from "../signedMessage.js";

/** A claim file for examples. */
export const CLAIM_FILE = "claim-file.json";

/** An account for examples. */
export const HOSPITAL = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** Promises of the insurer's that go with a claim. */
export type PreauthorizationOptions = { preauthorization?: readonly string[] };

/** How a FHIR Claim is billed. */
export type BillingOptions = PreauthorizationOptions & {
  policy: string;
  secret: string;
  currency: string;
  provider?: Address;
  claim?: string;
  leaveOut?: boolean;
};

/** Adds the options of how a FHIR Claim is billed. */
export function bills(command: Command): Command {
  return withPreauthorizations(withClaim(command))
    .requiredOption(...POLICY)
    .requiredOption(...SECRET)
    .requiredOption(...CURRENCY);
}

/** Adds the same options as {@link bills}, where a claim file may stand for them. */
export function mayBill(command: Command): Command {
  return withPreauthorizations(withClaim(command))
    .option(...POLICY)
    .option(...SECRET)
    .option(...CURRENCY);
}

/** Adds the option that names preauthorisations. */
export function withPreauthorizations(command: Command): Command {
  return command.option(
    "--preauthorization <file>",
    "the insurer's signed promise for a line that needs one; again for each",
    (path: string, earlier: readonly string[] = []) => [...earlier, path],
  );
}

const POLICY = ["--policy <file>", "the policy's file, its quote, or its id"] as const;
const SECRET = ["--secret <file>", "the file of the plan's secret"] as const;
const CURRENCY = ["--currency <code>", "the plan's currency, such as USD: claims in another are refused"] as const;

function withClaim(command: Command): Command {
  return command
    .option("--provider <address>", "who bills (default: the configured account)", address("--provider"))
    .option("--claim <id>", "only this Claim of a Bundle")
    .option("--leave-out", "leave out, and list, what the plan does not know and days the policy does not cover");
}

/**
 * A patient's acknowledgement in a file.
 *
 * @throws as {@link readJson} and {@link parseSigned} do.
 */
export async function readAcknowledgement(io: Io, path: string): Promise<SignedAcknowledgement> {
  return parseSigned(await readJson(io, path), [{ types: ACKNOWLEDGE }]);
}

/**
 * Preauthorisations in files.
 *
 * @throws as {@link readJson} and {@link parseSigned} do.
 */
export async function readPreauthorizations(
  io: Io,
  { preauthorization = [] }: PreauthorizationOptions,
): Promise<SignedPreauthorization[]> {
  return Promise.all(
    preauthorization.map(async (path) => {
      // It counts by days of service, so it is signed without a deadline.
      const value = { ...((await readJson(io, path)) as object | null), deadline: 0 };
      const { deadline: _none, ...signed } = parseSigned<SignedPreauthorization["message"]>(value, [
        { types: PREAUTHORIZE },
      ]);
      return signed;
    }),
  );
}

/** Adds the argument that names a claim. */
export function ofClaim(command: Command): Command {
  return command.argument("<claim>", "the claim file, or the claim's id: 0x and 64 hex digits; - for stdin");
}
