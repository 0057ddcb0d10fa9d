/**
 * `aceso study suspend`, `reinstate` and `end-approval`: when a study is to stop.
 *
 * @module
 */
import type { Command } from "commander";

import { endApproval, reinstate, suspend } from "../../research/study.js";
import { acting, type Context } from "../context.js";
import {
  keepsSalt,
  noteSalt,
  saltTold,
  writtenOption,
  writtenReasons,
  type SaltOptions,
} from "../insurance/writtenReasons.js";
import type { Io } from "../io.js";
import { keepingSalt } from "../saltedDigest.js";
import { signing } from "../session.js";
import { carryOut, writes, type WriteOptions } from "../write.js";
import { ofStudy, STUDY } from "./studyOptions.js";
import { studyNamed } from "./studyNamed.js";

type ReasonsOptions = WriteOptions & SaltOptions & { reasons: string };

/** Adds the verbs that stop studies, and let them go on. */
export function boardVerbs(domain: Command, io: Io): void {
  withReasons(domain.command("suspend"))
    .description("as its board, stop a study: nobody enrols or is credited; what is owed stays payable")
    .addHelpText("after", `\nExample:\n  $ aceso study suspend ${STUDY} --reasons reasons.pdf`)
    .action(acting(io, suspendStudy));

  withReasons(domain.command("reinstate"))
    .description("as its board, let a suspended study go on")
    .addHelpText("after", `\nExample:\n  $ aceso study reinstate ${STUDY} --reasons reasons.pdf`)
    .action(acting(io, reinstateStudy));

  writes(ofStudy(domain.command("end-approval")))
    .description("as anybody, end the approval of a study whose board or sponsor has no live licence any more")
    .addHelpText("after", `\nExample:\n  $ aceso study end-approval ${STUDY}`)
    .action(acting(io, endStudyApproval));
}

function withReasons(command: Command): Command {
  return keepsSalt(writes(ofStudy(command))).addOption(writtenOption("reasons", "the reasons").makeOptionMandatory());
}

async function suspendStudy(context: Context, named: string, options: ReasonsOptions): Promise<void> {
  await decideOn(context, named, options, {
    make: suspend,
    said: "Suspended: nobody enrols or is credited; what is owed stays payable.",
  });
}

async function reinstateStudy(context: Context, named: string, options: ReasonsOptions): Promise<void> {
  await decideOn(context, named, options, { make: reinstate, said: "The study goes on." });
}

async function decideOn(
  context: Context,
  named: string,
  { reasons: document, ...options }: ReasonsOptions,
  { make, said }: { make: typeof suspend; said: string },
): Promise<void> {
  const written = await writtenReasons(context.io, document, options);
  const { digest: reasons, salted } = written;
  const { id } = await studyNamed(context.io, named);
  const aceso = await signing(context);
  await carryOut(context, options, {
    prepare: () => keepingSalt(salted, make(aceso, { id, reasons })),
    said: () => said,
    told: () => ({ study: id, reasons, ...saltTold(written) }),
  });
  noteSalt(context, written, options);
}

async function endStudyApproval(context: Context, named: string, options: WriteOptions): Promise<void> {
  const { id } = await studyNamed(context.io, named);
  const aceso = await signing(context);
  await carryOut(context, options, {
    prepare: () => endApproval(aceso, { id }),
    said: () => "Ended the approval: nobody enrols or is credited; what is owed stays payable.",
    told: () => ({ study: id }),
  });
}
