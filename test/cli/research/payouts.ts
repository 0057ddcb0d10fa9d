/**
 * The command with a token, and a hospital that pays cohorts in it.
 *
 * @module
 */
import { expect } from "chai";

import type { Address } from "../../../src/crypto/address.js";
import { RewardDistributor__factory, TestToken__factory } from "../../../src/generated/index.js";
import { ethers } from "../../fixtures.js";
import { accountAt } from "../../research/payees.js";
import { ADDRESSES, commandLine, errorIn, jsonIn, signer, type Answer, type CommandLine } from "../commandLine.js";

/** What the hospital owns, in token units of 6 decimals. */
export const FUNDS = 1_000_000_000n;

/** What `payout build` and `payout publish` tell a program. */
export type Built = { payees: number; total: string; root: string; file: string; badRows: object[] };
export type Published = { round: number; expiry: number; transactions: { step: string }[]; found?: object[] };

/** {@link commandLine} with a token of the hospital's. */
export async function paying() {
  const cli = await commandLine();
  const admin = await ethers.getSigner(ADDRESSES.admin);
  const token = await new TestToken__factory(admin).deploy("A dollar", "USDX", 6);
  await token.mint(ADDRESSES.hospital, FUNDS);
  const { rewardDistributor } = await cli.readJson<{ rewardDistributor: string }>("deployment.json");
  return { cli, token, distributor: RewardDistributor__factory.connect(rewardDistributor, admin) };
}

export type Paying = Awaited<ReturnType<typeof paying>>;

/** A CSV file of payees. */
export function csvOf(payees: readonly (readonly [account: string, amount: string])[]): string {
  return ["account,amount", ...payees.map((row) => row.join(",")), ""].join("\n");
}

/** Payees of 1.00 each: those named, then so many others. */
export function cohortOf(named: readonly Address[], others = 0): [string, string][] {
  const accounts = [...named, ...Array.from({ length: others }, (_, at) => accountAt(at))];
  return accounts.map((account) => [account, "1.00"]);
}

/** Builds a round as `NAME.round.json`. */
export async function built(
  { cli, token }: { cli: CommandLine; token: { target: unknown } },
  name: string,
  payees: readonly (readonly [string, string])[],
): Promise<string> {
  await cli.write(`${name}.csv`, csvOf(payees));
  await cli.done(`payout build ${name}.csv --token ${String(token.target)}`);
  return `${name}.round.json`;
}

/** Builds and publishes a round, as the hospital. */
export async function publishedBy(
  house: { cli: CommandLine; token: { target: unknown } },
  name: string,
  payees: readonly (readonly [string, string])[],
): Promise<{ file: string; round: number; expiry: number }> {
  const file = await built(house, name, payees);
  const { round, expiry } = jsonIn<Published>(
    await house.cli.done(`payout publish ${file} --json`, signer("hospital")),
  );
  return { file, round, expiry };
}

/** Expects a refusal by name, with its exit code. */
export function expectRefused(answer: Answer, error: string, code: number): void {
  expect({ code: answer.code, error: errorIn(answer).error }).to.deep.equal({ code, error });
}
