/**
 * `aceso study`: studies that pay their participants by contract.
 *
 * @module
 */
import type { Command } from "commander";

import type { Io } from "../io.js";
import { approveVerb } from "./studyApprove.js";
import { boardVerbs } from "./studyBoard.js";
import { contributeVerb } from "./studyContribute.js";
import { draftVerbs } from "./studyDraft.js";
import { endVerbs } from "./studyEnd.js";
import { enrolVerbs } from "./studyEnrol.js";
import { feasibilityVerb } from "./studyFeasibility.js";
import { moneyVerbs } from "./studyMoney.js";
import { proposeVerbs } from "./studyPropose.js";
import { recruitVerb } from "./studyRecruit.js";
import { rewardVerbs } from "./studyRewards.js";
import { showVerb } from "./studyShow.js";
import { withdrawVerb } from "./studyWithdraw.js";

/** Adds the verbs of studies. */
export function studyVerbs(program: Command, io: Io): void {
  const domain = program
    .command("study")
    .description("studies that pay for shared data: proposed, approved, funded, joined");

  draftVerbs(domain, io);
  feasibilityVerb(domain, io);
  proposeVerbs(domain, io);
  approveVerb(domain, io);
  moneyVerbs(domain, io);
  recruitVerb(domain, io);
  enrolVerbs(domain, io);
  contributeVerb(domain, io);
  rewardVerbs(domain, io);
  withdrawVerb(domain, io);
  boardVerbs(domain, io);
  endVerbs(domain, io);
  showVerb(domain, io);
}
