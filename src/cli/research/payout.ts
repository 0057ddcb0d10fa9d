/**
 * `aceso payout`: cohorts paid from a CSV file, in rounds nobody can change.
 *
 * @module
 */
import type { Command } from "commander";

import type { Io } from "../io.js";
import { buildVerb } from "./payoutBuild.js";
import { claimVerb } from "./payoutClaim.js";
import { publishVerb } from "./payoutPublish.js";
import { reclaimVerb } from "./payoutReclaim.js";
import { statusVerb } from "./payoutStatus.js";

/** Adds the verbs of payouts. */
export function payoutVerbs(program: Command, io: Io): void {
  const domain = program.command("payout").description("cohorts paid from a CSV file, in rounds nobody can change");
  buildVerb(domain, io);
  publishVerb(domain, io);
  claimVerb(domain, io);
  statusVerb(domain, io);
  reclaimVerb(domain, io);
}
