/**
 * `aceso stock` and `aceso alerts`: what somebody holds, and what calls for attention.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import { alerts, type Alert } from "../../medication/alerts.js";
import { stock } from "../../medication/stock.js";
import { lastDay } from "../../medication/verdict.js";
import { address, count } from "../arguments.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { answer, tableOf, timeText } from "../output.js";
import { accountOr, reading } from "../session.js";
import { itemNames } from "./naming.js";
import { PHARMACY } from "./options.js";
import { readTrees, withTrees, type TreesOption } from "./treeFiles.js";

/** Adds the verbs that list. */
export function stockVerbs(program: Command, io: Io): void {
  withTrees(program.command("stock"))
    .description("list what an organisation holds, the first to expire first")
    .argument("[holder]", "whose stock (default: the configured account's)", address("The holder"))
    .option("--days <count>", "how many days before its expiry something is marked as near", count, 90)
    .addHelpText("after", `\nExample:\n  $ aceso stock ${PHARMACY} --days 180`)
    .action(acting(io, list));

  program
    .command("alerts")
    .description("list reports of clones and strays, and notices of illegitimate product that are missing")
    .addHelpText("after", "\nExample:\n  $ aceso alerts")
    .action(acting(io, listAlerts));
}

async function list(
  context: Context,
  named: Address | undefined,
  { days, ...options }: TreesOption & { days: number },
): Promise<void> {
  const { cases } = await readTrees(context, options);
  const aceso = await reading(context);
  const found = await stock(aceso, await accountOr(context, named), { nearExpiryDays: days });
  const rows = found.map(({ item, batches, unitsLeft, expiry, nearsExpiry, findings, custody }) => [
    itemNames(batches, cases)(item),
    String(unitsLeft),
    `${lastDay(expiry)}${nearsExpiry ? " (near)" : ""}`,
    timeText(custody.since),
    findings.map(({ message }) => message).join(" "),
  ]);
  const told = found.map(({ item, batches, ...rest }) => ({
    name: itemNames(batches, cases)(item),
    item,
    batches,
    ...rest,
  }));
  answer(context, told, tableOf(["item", "units left", "last day", "since", "against it"], rows, "Nothing is held."));
}

async function listAlerts(context: Context): Promise<void> {
  const found = await alerts(await reading(context));
  const rows = found.map((alert) => [timeText(alert.at), alert.what, detailOf(alert)]);
  answer(context, found, tableOf(["when", "what", "detail"], rows, "Nothing calls for attention."));
}

function detailOf(alert: Alert): string {
  if (alert.what === "notice missing") {
    const { id, organisation, due, isOverdue, notifiedAt } = alert;
    const late = notifiedAt === undefined ? (isOverdue ? ", overdue" : "") : `, given late, ${timeText(notifiedAt)}`;
    return `item ${id}, condemned by ${organisation}, notice due ${timeText(due)}${late}`;
  }
  const { unit, batch, organisation, holder, evidence } = alert;
  const held = holder === undefined ? "" : `, while ${holder} held it`;
  const what = unit === undefined ? `batch ${batch}` : `unit ${unit} of batch ${batch}`;
  return `${what}, reported by ${organisation}${held}, evidence ${evidence}`;
}
