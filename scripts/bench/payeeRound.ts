/**
 * Builds a round from a CSV file of payees, and every payee's proof, in a process of its own, so that its peak memory is
 * its own: prints seconds, bytes and root.
 *
 * Argument: how many payees.
 */
import { getAddress, toBeHex } from "ethers";

import { build, payoutOf } from "../../src/research/payouts.js";
import type { TreeBuilt } from "./serials.js";

const units = Number(process.argv[2]);
const accounts = Array.from({ length: units }, (_, place) => getAddress(toBeHex(2n ** 159n + BigInt(place), 20)));
const csv = `account,amount\n${accounts.map((account, place) => `${account},${place + 1}.25`).join("\n")}\n`;

const start = performance.now();
const { round } = await build(csv, { decimals: 6 });
for (const { account } of round.payees) payoutOf(round, account);
const built: TreeBuilt = {
  units,
  root: round.root,
  seconds: (performance.now() - start) / 1000,
  // Kibibytes on every platform Node.js runs on.
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(built));
