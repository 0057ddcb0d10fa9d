import { expect } from "chai";
import { BrowserProvider } from "ethers";

import type { Address } from "../../../src/crypto/address.js";
import { HostileToken__factory } from "../../../src/generated/index.js";
import { ethers, time } from "../../fixtures.js";
import { accountAt } from "../../research/payees.js";
import { MIN_CLAIM_WINDOW } from "../../research/rounds.js";
import { ADDRESSES, chain, errorIn, jsonIn, signer, type Answer } from "../commandLine.js";
import { built, cohortOf, expectRefused, paying, publishedBy, type Paying } from "./payouts.js";

const { patient, nurse, clinic } = ADDRESSES;

/** How `HostileToken` refuses an account. */
const REVERTS = 5;
const REVERTS_WITH_MUCH = 6;
const ANSWERS_FALSE = 2;

type Everyone = {
  payees: number;
  paid: string;
  transactions: number;
  claimedBefore: number;
  ended: number[];
  refused: { account: Address; amount: string; reason: string }[];
};

describe("aceso payout claim", () => {
  let house: Paying;

  beforeEach(async () => {
    house = await paying();
  });

  const claim = (options: string, who: Parameters<typeof signer>[0] = "patient"): Promise<Answer> =>
    house.cli.run(`payout claim ${options}`, signer(who));
  const held = (account: string): Promise<bigint> => house.token.balanceOf(account);

  describe("for an account", () => {
    it("is paid of three rounds in one transfer", async () => {
      const { distributor, token } = house;
      const files = [];
      for (const name of ["april", "may", "june"]) {
        const { file } = await publishedBy(house, name, cohortOf([nurse, patient], files.length));
        files.push(file);
      }
      const { out, code } = await claim(files.join(" "));
      expect(code).to.equal(0);
      expect(out).to.contain(`Paid 3.00 of ${token.target} to ${patient}, of rounds 1, 2, 3 in one transfer.`);
      expect(await held(patient)).to.equal(3_000_000n);
      expect(await token.queryFilter(token.filters.Transfer(distributor, patient))).to.have.length(1);
      expect([await held(nurse), await distributor.isClaimed(2, 0)]).to.deep.equal([0n, false]);
    });

    it("is paid when somebody else sends it", async () => {
      const { file } = await publishedBy(house, "may", cohortOf([patient]));
      const told = jsonIn<object>(await claim(`${file} --account ${patient} --json`, "relayer"));
      expect(told).to.deep.include({
        ...{ account: patient, token: house.token.target, amount: "1.00" },
        payouts: [{ round: 1, index: 0, amount: "1.00" }],
      });
      expect([await held(patient), await held(ADDRESSES.relayer)]).to.deep.equal([1_000_000n, 0n]);
    });

    it("leaves out what was claimed and what has ended, and says so", async () => {
      const { cli } = house;
      const old = await built(house, "old", cohortOf([patient]));
      await cli.done(`payout publish ${old} --expires 31d`, signer("hospital"));
      const spent = await publishedBy(house, "spent", cohortOf([patient, nurse]));
      const open = await publishedBy(house, "open", cohortOf([patient], 1));
      await cli.done(`payout claim ${spent.file}`, signer("patient"));
      await time.increase(32 * 24 * 60 * 60);
      const { err, out, code } = await claim(`${old} ${spent.file} ${open.file}`);
      expect(code).to.equal(0);
      expect(err).to.contain("Round 1 ended on").and.to.contain("payout of round 2 was claimed already");
      expect(out).to.contain("of round 3 in one transfer");
      const nothing = await claim(`${old} ${spent.file} --json`);
      expectRefused(nothing, "NothingToClaimError", 1);
      expect(errorIn(nothing).message).to.contain("Round 1 ended").and.to.contain("round 2 was claimed");
    });

    it("is paid once for a round whose file is named twice, and for each round of a file", async () => {
      const { cli } = house;
      const { file } = await publishedBy(house, "may", cohortOf([patient]));
      await cli.done(`payout publish ${file} --again`, signer("hospital"));
      expect((await claim(`${file} ${file}`)).out)
        .to.contain("Paid 2.00")
        .and.to.contain("rounds 1, 2");
      expect(await held(patient)).to.equal(2_000_000n);
    });

    it("shows the call with --dry-run", async () => {
      const { file } = await publishedBy(house, "may", cohortOf([patient]));
      const { to } = jsonIn<{ to: string }>(await claim(`${file} --dry-run --json`));
      expect([to, await held(patient)]).to.deep.equal([house.distributor.target, 0n]);
    });
  });

  describe("for everyone", () => {
    it("pays who is left, many in a transaction, and nobody again", async () => {
      const { file } = await publishedBy(house, "may", cohortOf([patient, nurse], 119));
      await house.cli.done(`payout claim ${file}`, signer("nurse"));
      const first = jsonIn<Everyone>(await claim(`${file} --everyone --json`, "relayer"));
      expect(first).to.deep.equal({
        ...{ payees: 120, paid: "120.00", token: house.token.target, transactions: 2, claimedBefore: 1 },
        ...{ ended: [], refused: [] },
      });
      expect([await held(nurse), await held(patient), await held(accountAt(118))]).to.deep.equal([
        1_000_000n,
        1_000_000n,
        1_000_000n,
      ]);
      const second = await claim(`${file} --everyone`, "relayer");
      expect(second.out).to.contain("Paid 0 payouts").and.to.contain("121 payouts had been claimed before.");
      expect((await house.distributor.roundOf(1)).left).to.equal(0n);
    });

    it("leaves out whom the token refuses, pays the others, and lists them", async () => {
      const { cli } = house;
      const token = await new HostileToken__factory(await ethers.getSigner(ADDRESSES.admin)).deploy();
      await token.mint(ADDRESSES.hospital, 100n);
      const cohort = cohortOf([clinic, patient, nurse], 9).map(([account]) => [account, "2"] as const);
      const { file } = await publishedBy({ cli, token }, "may", cohort);
      await cli.done(`payout claim ${file}`, signer("nurse"));
      await token.behave(REVERTS, patient);
      const answer = await claim(`${file} --everyone --json`, "relayer");
      expectRefused(answer, "PayoutsRefusedError", 1);
      expect(errorIn(answer).message).to.contain("1 of 11 payouts");
      const { refused, ...told } = jsonIn<Everyone>(answer);
      expect(told).to.deep.include({ payees: 10, paid: "20", claimedBefore: 1 });
      expect(refused).to.have.length(1);
      expect(refused[0]).to.include({ account: patient, round: 1, amount: "2" });
      expect(refused[0]!.reason).to.match(/^the token refuses with 0x[0-9a-f]{8}$/);
      expect([await token.balanceOf(patient), await token.balanceOf(accountAt(8))]).to.deep.equal([0n, 2n]);

      for (const [manner, said] of [
        [REVERTS_WITH_MUCH, "the token refuses with 0x08c379a0"],
        [ANSWERS_FALSE, "SafeERC20FailedOperation"],
      ] as const) {
        await token.behave(manner, patient);
        const { code, out } = await claim(`${file} --everyone`, "relayer");
        expect(code).to.equal(1);
        expect(out).to.contain("Paid 0 payouts").and.to.contain(`  ${patient}  2 of round 1: ${said}`);
      }
      await token.behave(0, patient);
      expect((await claim(`${file} --everyone`, "relayer")).code).to.equal(0);
      expect(await token.balanceOf(patient)).to.equal(2n);
    });

    it("stops where the token refuses everybody", async () => {
      const { cli } = house;
      const token = await new HostileToken__factory(await ethers.getSigner(ADDRESSES.admin)).deploy();
      await token.mint(ADDRESSES.hospital, 1000n);
      const cohort = cohortOf([], 101).map(([account]) => [account, "2"] as const);
      const { file } = await publishedBy({ cli, token }, "may", cohort);
      await token.behave(REVERTS, house.distributor.target as string);
      const answer = await claim(`${file} --everyone --json`, "relayer");
      expectRefused(answer, "PayoutsRefusedError", 1);
      expect(errorIn(answer).message).to.contain("first 100 of 101 payouts were all refused");
    });

    /** A node that answers one method differently. */
    const nodeThat = (method: string, answer: (asked: unknown, said: unknown) => unknown) => {
      const request = async (asked: Parameters<typeof chain.request>[0]): Promise<unknown> => {
        const said = await chain.request(asked);
        return asked.method === method ? answer(asked.params, said) : said;
      };
      return async () => new BrowserProvider({ request }, undefined, { cacheTimeout: -1 });
    };

    it("takes what somebody claimed meanwhile for paid", async () => {
      const { cli, distributor } = house;
      const { file } = await publishedBy(house, "may", cohortOf([patient, nurse], 2));
      await cli.done(`payout claim ${file}`, signer("nurse"));
      const { topicHash } = distributor.interface.getEvent("PayoutClaimed");
      const connect = nodeThat("eth_getLogs", (asked, said) => (JSON.stringify(asked).includes(topicHash) ? [] : said));
      const answer = await cli.run(`payout claim ${file} --everyone --json`, { ...signer("relayer"), connect });
      expect(answer.code).to.equal(0);
      expect(jsonIn<Everyone>(answer)).to.deep.include({ payees: 3, paid: "3.00", refused: [] });
    });

    it("stops at once where the round ends meanwhile", async () => {
      const { cli } = house;
      const { file, expiry } = await publishedBy(house, "may", cohortOf([patient, nurse]));
      await time.increaseTo(expiry);
      const early = `0x${(expiry - 60).toString(16)}`;
      const connect = nodeThat("eth_getBlockByNumber", (_, said) => ({ ...(said as object), timestamp: early }));
      const answer = await cli.run(`payout claim ${file} --everyone --json`, { ...signer("relayer"), connect });
      expect(answer.out).to.equal("");
      expectRefused(answer, "RoundExpired", 1);
    });

    it("says which rounds have ended, and shows the first call with --dry-run", async () => {
      const { file } = await publishedBy(house, "may", cohortOf([patient]));
      const { to } = jsonIn<{ to: string }>(await claim(`${file} --everyone --dry-run --json`));
      expect([to, await held(patient)]).to.deep.equal([house.distributor.target, 0n]);
      await time.increase(4 * MIN_CLAIM_WINDOW);
      expect((await claim(`${file} --everyone`)).out).to.contain("Round 1 has ended");
    });
  });

  it("refuses a file that is not of this chain, of this round or of this account", async () => {
    const { cli } = house;
    const unpublished = await built(house, "later", cohortOf([patient]));
    expectRefused(await claim(`${unpublished} --json`), "RoundUnpublishedError", 2);
    const { file } = await publishedBy(house, "may", cohortOf([patient]));
    const other = await publishedBy(house, "june", cohortOf([nurse]));
    const { distributor, token } = house;
    const hospital = await ethers.getSigner(ADDRESSES.hospital);
    const { root, expiry } = await distributor.roundOf(1);
    await token.connect(hospital).approve(distributor, 1n);
    await distributor.connect(hospital).publish(token, root, 1n, expiry);
    expectRefused(await claim(`${file} --account ${clinic} --json`), "NotAPayeeError", 2);
    const text = await cli.read(file);
    const refused = async (from: string, to: string, error: string): Promise<void> => {
      expect(text).to.contain(from);
      await cli.write("other.json", text.replace(from, to));
      expectRefused(await claim(`other.json --json`), error, 2);
    };
    await refused('"chainId":"31337"', '"chainId":"1"', "OtherChainRoundError");
    await refused(house.distributor.target as string, ADDRESSES.stranger, "OtherChainRoundError");
    await refused('"round":1', `"round":${other.round}`, "RoundDiffersError");
    await refused('"round":1', '"round":3', "RoundDiffersError");
    await refused('"round":1', '"round":77', "NoRoundError");
    await refused(house.token.target as string, ADDRESSES.stranger, "RoundDiffersError");
    expect(await held(patient)).to.equal(0n);
  });

  it("refuses rounds of several tokens, and --account with --everyone", async () => {
    const { cli } = house;
    const { file } = await publishedBy(house, "may", cohortOf([patient]));
    const token = await new HostileToken__factory(await ethers.getSigner(ADDRESSES.admin)).deploy();
    await token.mint(ADDRESSES.hospital, 10n);
    const other = await publishedBy({ cli, token }, "june", [[patient, "1"]]);
    for (const options of [`${file} ${other.file}`, `${file} ${other.file} --everyone`]) {
      expectRefused(await claim(`${options} --json`), "UsageError", 2);
    }
    expectRefused(await claim(`${file} --everyone --account ${nurse} --json`), "UsageError", 2);
  });
});
