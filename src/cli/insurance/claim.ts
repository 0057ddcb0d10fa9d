/**
 * `aceso claim`: what providers bill to a plan, from the estimate to the ruling.
 *
 * @module
 */
import type { Command } from "commander";

import type { Io } from "../io.js";
import { appealVerbs } from "./claimAppeal.js";
import { decideVerbs } from "./claimDecide.js";
import { draftVerbs } from "./claimDraft.js";
import { estimateVerb } from "./claimEstimate.js";
import { listVerb } from "./claimList.js";
import { preauthorizeVerb } from "./claimPreauthorize.js";
import { reverseVerb } from "./claimReverse.js";
import { showVerb } from "./claimShow.js";
import { submitVerbs } from "./claimSubmit.js";

/** Adds the verbs of claims. */
export function claimVerbs(program: Command, io: Io): void {
  const domain = program
    .command("claim")
    .description("what is billed to a plan: estimated, submitted, decided, appealed");
  estimateVerb(domain, io);
  draftVerbs(domain, io);
  preauthorizeVerb(domain, io);
  submitVerbs(domain, io);
  decideVerbs(domain, io);
  appealVerbs(domain, io);
  reverseVerb(domain, io);
  showVerb(domain, io);
  listVerb(domain, io);
}
