/**
 * `aceso study close` and `publish`: the end of recruiting, and what came out of the study.
 *
 * @module
 */
import type { Command } from "commander";

import { close, publishResults } from "../../research/study.js";
import { acting, type Context } from "../context.js";
import { digestOf, withDocument } from "../documents.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { carryOut, writes, type WriteOptions } from "../write.js";
import { studyFound, studyNamed } from "./studyNamed.js";
import { ofStudy, STUDY } from "./studyOptions.js";

const DAY_SECONDS = 86_400;

/** Adds the verbs that end a study. */
export function endVerbs(domain: Command, io: Io): void {
  writes(ofStudy(domain.command("close")))
    .description("as its sponsor, end recruiting for good; those enrolled go on")
    .addHelpText("after", `\nExample:\n  $ aceso study close ${STUDY}`)
    .action(acting(io, closeStudy));

  withDocument(writes(ofStudy(domain.command("publish"))), "results", "the results")
    .description("as its sponsor, publish the digest of the results, once; the chain says how late they are")
    .addHelpText("after", `\nExample:\n  $ aceso study publish ${STUDY} --results results.pdf`)
    .action(acting(io, publishStudy));
}

async function closeStudy(context: Context, named: string, options: WriteOptions): Promise<void> {
  const { id } = await studyNamed(context.io, named);
  const aceso = await signing(context);
  const { study } = await studyFound(aceso, id);
  await carryOut(context, options, {
    prepare: () => close(aceso, { study }),
    said: () => `Nobody enrols in ${study.registration} any more; those enrolled go on.`,
    told: () => ({ study: id }),
  });
}

async function publishStudy(
  context: Context,
  named: string,
  { results: document, ...options }: WriteOptions & { results: string },
): Promise<void> {
  const { id } = await studyNamed(context.io, named);
  const results = await digestOf(context.io, document);
  const aceso = await signing(context);
  const { study } = await studyFound(aceso, id);
  const lateBy = async (): Promise<number> => (await studyFound(aceso, id)).results!.lateBy;
  await carryOut(context, options, {
    prepare: () => publishResults(aceso, { study, results }),
    said: async () =>
      `Published the results of ${study.registration}, ${latenessText(await lateBy())}: sha-256 ${results}.`,
    told: async () => ({ study: id, results, lateBy: await lateBy() }),
  });
}

/** How late something is, in words. */
export function latenessText(lateBy: number): string {
  if (lateBy === 0) return "in time";
  const days = Math.ceil(lateBy / DAY_SECONDS);
  return days === 1 ? "a day late" : `${days} days late`;
}
