/**
 * `aceso parcel hold`, `release`, `suspect`, `clear` and `condemn`: what is known against items.
 *
 * @module
 */
import type { Command } from "commander";

import { clear, condemn, hold, release, suspect, type Judgement } from "../../medication/condition.js";
import { REASONS, type Reason } from "../../medication/states.js";
import { acting, type Context } from "../context.js";
import { digestOf, withDocument } from "../documents.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { carryOut } from "../write.js";
import { oneOf, type NamedItem } from "./arguments.js";
import { findItems } from "./items.js";
import { names, onItems, PARCEL, told, type ItemOptions } from "./parcelOptions.js";

const AUTHORITIES = ["holder", "manufacturer", "regulator"] as const;

type ConditionOptions = ItemOptions & {
  evidence: string;
  reason: Reason;
  authority: NonNullable<Judgement["authority"]>;
};

const VERBS = [
  ["hold", hold, "Held", "quarantine items: until released they are not dispensed or packed"],
  ["release", release, "Released", "end a quarantine"],
  ["suspect", suspect, "Suspected", "find items suspect product, which is quarantined and investigated"],
  ["clear", clear, "Cleared", "clear suspect product after investigation"],
  ["condemn", condemn, "Condemned", "find suspect product illegitimate, for good; the FDA is to hear within 24 hours"],
] as const;

/** Adds the verbs of conditions. */
export function conditionVerbs(domain: Command, io: Io): void {
  for (const [verb, judge, done, description] of VERBS) {
    const judgeItems = async (
      context: Context,
      named: readonly NamedItem[],
      { as, evidence: path, reason, authority, ...options }: ConditionOptions,
    ): Promise<void> => {
      const evidence = await digestOf(context.io, path);
      const aceso = await signing(context);
      const found = await findItems(aceso, named, options);
      const items = found.map(({ item }) => item);
      await carryOut(context, options, {
        prepare: () => judge(aceso, { items, authority, reason, evidence, ...(as && { organisation: as }) }),
        said: () => `${done} ${names(found)}. Evidence ${evidence}.`,
        told: () => ({ items: told(found), authority, reason, evidence }),
      });
    };
    withDocument(onItems(domain.command(verb)), "evidence", "what shows it, such as a temperature log")
      .description(description)
      .option(
        "--reason <reason>",
        `why: ${REASONS.join(", ").replaceAll(/(\w) (\w)/g, "$1-$2")}`,
        oneOf(REASONS),
        "other",
      )
      .option("--authority <authority>", `as what: ${AUTHORITIES.join(", ")}`, oneOf(AUTHORITIES), "holder")
      .addHelpText("after", `\nExample:\n  $ aceso parcel ${verb} ${PARCEL} --evidence log.csv`)
      .action(acting(io, judgeItems));
  }
}
