/**
 * The page on gas, written from the figures.
 *
 * @module
 */
import { writeFile } from "node:fs/promises";
import { format, resolveConfig } from "prettier";

import { BUDGETS } from "./budgets.js";
import { FEW, FLAT_UP_TO, MANY, type Measured } from "./flatness.js";
import { PRICES } from "./floor.js";
import { flatnessRows, gasText, priceRows, type Rows } from "./report.js";
import type { ChangeKind } from "./trace.js";

const KINDS: Record<ChangeKind, string> = {
  fill: "zero → non-zero",
  change: "non-zero → non-zero",
  clear: "non-zero → zero",
};

/** Writes the page. */
export async function writeGasPage(path: string, measured: readonly Measured[]): Promise<void> {
  const page = await format(gasPage(measured), { ...(await resolveConfig(path)), filepath: path, proseWrap: "always" });
  await writeFile(path, page);
}

function gasPage(measured: readonly Measured[]): string {
  return `# Gas

What every operation costs on the system as \`deploy/modules/System.ts\` deploys it. This page is written by
\`npm run bench -- --docs\`; \`npm run bench\` measures again and fails when an operation is over its budget.

The inputs are the hard case: every purpose a consent can grant and every data category, a policy, a member of staff as
caller, digests, addresses and signatures without a zero byte, a grantee, policy and author that ${gasText(MANY)} earlier
operations had, too; medicines with a proof of depth 20, as in a batch of a million units.

${markdown(priceRows(measured))}

Of a batch the figures are one item's share. The usual way is the same with the Ethereum Attestation Service (EAS), or
with one ERC-721 token a unit.
A budget is a target set before the contracts were written or, for these, at most 1 % above what the operation cost when
it was added: ${measuredNames()}.

## Flat

The same operation after ${FEW} and after ${gasText(MANY)} earlier ones, of other patients, consents, records and
events, each on slots in the same state. The bench fails above ${FLAT_UP_TO}.

${markdown(flatnessRows(measured.map(({ flatness }) => flatness)))}

## The floor

The floor is what the transaction would cost if the code between were free. It is derived from the transaction's own
trace, and is the sum of:

- ${gasText(PRICES.transaction)} for the transaction;
- its calldata: ${PRICES.byte} a byte, ${PRICES.zeroByte} a zero byte (EIP-2028);
- each slot it changes, once, at its cheapest: ${gasText(PRICES.fill)} from zero to non-zero, ${gasText(PRICES.change)}
  otherwise, and ${gasText(PRICES.coldSlot)} for reaching it (EIP-2200, EIP-2929), less ${gasText(PRICES.clearRefund)}
  for a slot set to zero, up to a fifth of the whole (EIP-3529);
- its logs: ${PRICES.log} each, ${PRICES.topic} a topic, ${PRICES.logByte} a byte of data;

and never under ${gasText(PRICES.transaction)} and ${PRICES.floorToken} a token of calldata, where a zero byte is one
token and any other four (EIP-7623). A slot that is only read is not in it, nor are calls between contracts, hashing,
or checking a signature: the ratio shows what those add.

## Why each slot is written

The bench fails when an operation changes a slot that is not in this table.

${markdown(slotRows(measured))}
`;
}

function measuredNames(): string {
  const names = Object.entries(BUDGETS).filter(([, { source }]) => source === "measured");
  return names.map(([name]) => `\`${name}\``).join(", ");
}

function slotRows(measured: readonly Measured[]): Rows {
  return {
    head: ["operation", "slot", "change", "why"],
    aligns: ["left", "left", "left", "left"],
    rows: measured.flatMap(({ operation: { name, slots, sharedSlots = [] } }) =>
      slots.length === 0
        ? [[name, "none", "", "the event is the trail"]]
        : [...slots, ...sharedSlots].map(({ contract, slot, kind, why }) => [
            name,
            `\`${contract}.${slot}\``,
            KINDS[kind],
            why,
          ]),
    ),
  };
}

function markdown({ head, aligns, rows }: Rows): string {
  const rule = aligns.map((align) => (align === "right" ? "---:" : "---"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
