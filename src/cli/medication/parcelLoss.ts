/**
 * `aceso parcel destroy`, `missing` and `recover`: items destroyed, missing, and found again.
 *
 * @module
 */
import type { Command } from "commander";

import { destroy, recover, reportMissing } from "../../medication/loss.js";
import { acting, type Context } from "../context.js";
import { digestOf, withDocument } from "../documents.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { carryOut } from "../write.js";
import type { NamedItem } from "./arguments.js";
import { findItems } from "./items.js";
import { names, onItems, PARCEL, told, type ItemOptions } from "./parcelOptions.js";

const VERBS = [
  ["destroy", destroy, "Destroyed", "put on record that items were destroyed, for good"],
  ["missing", reportMissing, "Reported missing", "report items lost or stolen"],
  ["recover", recover, "Took back as suspect", "take missing items back into custody, as suspect product"],
] as const;

/** Adds the verbs of losses. */
export function lossVerbs(domain: Command, io: Io): void {
  for (const [verb, prepare, done, description] of VERBS) {
    const lose = async (
      context: Context,
      named: readonly NamedItem[],
      { as, evidence: path, ...options }: ItemOptions & { evidence: string },
    ): Promise<void> => {
      const evidence = await digestOf(context.io, path);
      const aceso = await signing(context);
      const found = await findItems(aceso, named, options);
      const items = found.map(({ id }) => id);
      await carryOut(context, options, {
        prepare: () => prepare(aceso, { items, evidence, ...(as && { holder: as }) }),
        said: () => `${done}: ${names(found)}. Evidence ${evidence}.`,
        told: () => ({ items: told(found), evidence }),
      });
    };
    withDocument(onItems(domain.command(verb)), "evidence", "what shows it, such as a certificate of destruction")
      .description(description)
      .addHelpText("after", `\nExample:\n  $ aceso parcel ${verb} ${PARCEL} --evidence certificate.pdf`)
      .action(acting(io, lose));
  }
}
