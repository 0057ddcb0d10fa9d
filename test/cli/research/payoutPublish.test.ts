import { mkdir, rename } from "node:fs/promises";

import { expect } from "chai";
import { BrowserProvider } from "ethers";

import { HostileToken__factory, TestToken__factory } from "../../../src/generated/index.js";
import { openRound } from "../../../src/research/roundFile.js";
import { ethers, time } from "../../fixtures.js";
import { accountAt } from "../../research/payees.js";
import { MIN_CLAIM_WINDOW } from "../../research/rounds.js";
import { ADDRESSES, chain, errorIn, jsonIn, signer, type Answer } from "../commandLine.js";
import { built, cohortOf, expectRefused, FUNDS, paying, publishedBy, type Paying, type Published } from "./payouts.js";

const hospital = signer("hospital");

describe("aceso payout publish", () => {
  let house: Paying;

  beforeEach(async () => {
    house = await paying();
  });

  const publish = (options: string, as = hospital): Promise<Answer> => house.cli.run(`payout publish ${options}`, as);
  const heldBy = (account: string): Promise<bigint> => house.token.balanceOf(account);
  const publishedIn = async (file: string) => (await openRound(await house.cli.read(file))).published;

  it("approves exactly the total, pays it in, and writes the round's number into the file", async () => {
    const { token, distributor } = house;
    const file = await built(house, "may", cohortOf([], 3));
    const before = await time.latest();
    const { code, out, err } = await publish(file);
    expect(code).to.equal(0);
    expect(err).to.contain("pays 3 payees 3.00 in all");
    expect(out).to.contain("Published round 1: 3 payees, 3.00.").and.to.contain("Approval: transaction");
    expect(await heldBy(distributor.target as string)).to.equal(3_000_000n);
    expect(await token.allowance(ADDRESSES.hospital, distributor)).to.equal(0n);
    const { expiry } = await distributor.roundOf(1);
    expect(Number(expiry) - before).to.be.within(3 * MIN_CLAIM_WINDOW, 3 * MIN_CLAIM_WINDOW + 10);
    expect(await publishedIn(file)).to.deep.equal([{ round: 1, expiry: Number(expiry) }]);
  });

  it("completes a file that was built without a chain", async () => {
    const { cli, token, distributor } = house;
    await cli.write("may.csv", `account,amount\n${accountAt(1)},1\n`);
    await cli.done(`payout build may.csv --token ${token.target} --decimals 6`);
    await cli.done("payout publish may.round.json --expires 40d", hospital);
    expect(await openRound(await cli.read("may.round.json"))).to.include({
      chainId: 31337n,
      distributor: distributor.target,
    });
  });

  it("is not done twice", async () => {
    const { file } = await publishedBy(house, "may", cohortOf([], 3));
    expectRefused(await publish(`${file} --json`), "RoundPublishedError", 1);
    expect(await heldBy(ADDRESSES.hospital)).to.equal(FUNDS - 3_000_000n);
  });

  it("goes on where it was interrupted after the approval, without another", async () => {
    const { token, distributor } = house;
    const file = await built(house, "may", cohortOf([], 3));
    await token.connect(await ethers.getSigner(ADDRESSES.hospital)).approve(distributor, 3_000_000n);
    const { transactions, round } = jsonIn<Published>(await publish(`${file} --json`));
    expect({ round, steps: transactions.map(({ step }) => step) }).to.deep.equal({ round: 1, steps: ["Publication"] });
    expect(await token.allowance(ADDRESSES.hospital, distributor)).to.equal(0n);
  });

  it("finds a round that was published before the file was written, and pays nothing twice", async () => {
    const { cli } = house;
    const file = await built(house, "may", cohortOf([], 3));
    const unwritten = await cli.read(file);
    await cli.done(`payout publish ${file}`, hospital);
    const complete = await cli.read(file);
    await cli.write(file, unwritten);
    const shown = await publish(`${file} --dry-run`);
    expect(shown.out).to.contain("would name it");
    expect(await cli.read(file)).to.equal(unwritten);
    const { out, code } = await publish(file);
    expect(code).to.equal(0);
    expect(out).to.contain("published before, as round 1: nothing was sent");
    expect(await cli.read(file)).to.equal(complete);
    expect(await heldBy(ADDRESSES.hospital)).to.equal(FUNDS - 3_000_000n);
  });

  it("says what was published when the file can't be written, and finds it then", async () => {
    const { cli } = house;
    const file = await built(house, "may", cohortOf([], 3));
    await mkdir(cli.path("usb"));
    await rename(cli.path(file), cli.path(`usb/${file}`));
    // Read, then pulled out.
    const connect = async () => {
      await rename(cli.path("usb"), cli.path("away"));
      return new BrowserProvider(chain, undefined, { cacheTimeout: -1 });
    };
    const lost = await cli.run(`payout publish usb/${file} --json`, { ...hospital, connect });
    expectRefused(lost, "RoundFileBehindError", 4);
    expect(errorIn(lost).message).to.contain("Round 1 is published").and.to.contain("ENOENT");
    expect(jsonIn<Published>(await publish(`away/${file} --json`))).to.deep.include({ round: 1, transactions: [] });
    expect(await publishedIn(`away/${file}`)).to.have.length(1);
  });

  it("pays the same payees again only on purpose, and never twice for one --again", async () => {
    const { cli } = house;
    const { file } = await publishedBy(house, "may", cohortOf([], 3));
    const before = await cli.read(file);
    const again = jsonIn<Published>(await publish(`${file} --again --json`));
    expect(again.round).to.equal(2);
    const both = await publishedIn(file);
    expect(both?.map(({ round }) => round)).to.deep.equal([1, 2]);
    await cli.write(file, before);
    const resumed = jsonIn<Published>(await publish(`${file} --again --json`));
    expect(resumed).to.deep.include({ round: 2, transactions: [] });
    expect(await publishedIn(file)).to.deep.equal(both);
    expect(await heldBy(ADDRESSES.hospital)).to.equal(FUNDS - 6_000_000n);
  });

  it("takes no round of another publisher's, or in another token, for its own", async () => {
    const { cli, token } = house;
    await token.mint(ADDRESSES.clinic, 3_000_000n);
    const payees = cohortOf([], 3);
    const file = await built(house, "may", payees);
    const copy = await cli.write("copy.json", await cli.read(file));
    await cli.done(`payout publish ${copy}`, signer("clinic"));
    const other = await new TestToken__factory(await ethers.getSigner(ADDRESSES.admin)).deploy("Other", "OTH", 6);
    await other.mint(ADDRESSES.hospital, FUNDS);
    await publishedBy({ cli, token: other }, "other", payees);
    expect(jsonIn<Published>(await publish(`${file} --json`)).round).to.equal(3);
  });

  it("waits for what is in no block yet, which may be the publication", async () => {
    const { token } = house;
    const file = await built(house, "may", cohortOf([], 3));
    await ethers.provider.send("evm_setAutomine", [false]);
    try {
      await token.connect(await ethers.getSigner(ADDRESSES.hospital)).approve(ADDRESSES.clinic, 1n);
      expectRefused(await publish(`${file} --json`), "TransactionsPendingError", 1);
    } finally {
      await ethers.provider.send("evm_mine", []);
      await ethers.provider.send("evm_setAutomine", [true]);
    }
  });

  it("shows both calls with --dry-run, and leaves the file alone", async () => {
    const file = await built(house, "may", cohortOf([], 3));
    const before = await house.cli.read(file);
    const { calls } = jsonIn<{ calls: { step: string; to: string }[] }>(await publish(`${file} --dry-run --json`));
    expect(calls.map(({ step, to }) => [step, to])).to.deep.equal([
      ["Approval", house.token.target],
      ["Publication", house.distributor.target],
    ]);
    expect(await house.cli.read(file)).to.equal(before);
  });

  it("approves nothing where the account holds too little, or the round ends too soon", async () => {
    const { token, distributor } = house;
    const dear = await built(house, "dear", [[accountAt(1), "1000.000001"]]);
    expectRefused(await publish(`${dear} --json`), "PayoutFundsError", 1);
    const soon = await built(house, "soon", cohortOf([], 1));
    expectRefused(await publish(`${soon} --expires 29d --json`), "RoundInvalid", 1);
    expect(await token.allowance(ADDRESSES.hospital, distributor)).to.equal(0n);
    expect(await publishedIn(soon)).to.equal(undefined);
  });

  it("refuses a token that keeps a part of what is paid in", async () => {
    const { cli } = house;
    const token = await new HostileToken__factory(await ethers.getSigner(ADDRESSES.admin)).deploy();
    await token.mint(ADDRESSES.hospital, 10n);
    await token.behave(7, ADDRESSES.stranger);
    const file = await built({ cli, token }, "fee", [[accountAt(1), "5"]]);
    expectRefused(await publish(`${file} --json`), "TokenTookFee", 1);
  });

  it("refuses a file of another chain, deployment, token or decimals, or that was altered", async () => {
    const { cli } = house;
    const file = await built(house, "may", cohortOf([], 3));
    const text = await cli.read(file);
    const refused = async (from: string, to: string, error: string): Promise<void> => {
      expect(text).to.contain(from);
      await cli.write("other.json", text.replace(from, to));
      expectRefused(await publish("other.json --json"), error, 2);
    };
    await refused('"chainId":"31337"', '"chainId":"1"', "OtherChainRoundError");
    await refused(house.distributor.target as string, ADDRESSES.stranger, "OtherChainRoundError");
    await refused(house.token.target as string, ADDRESSES.stranger, "NoTokenError");
    await refused('"decimals":6', '"decimals":18', "OtherDecimalsError");
    await refused('"total":"3000000"', '"total":"2999999"', "RoundTotalError");
    await refused(accountAt(0), accountAt(9), "RoundRootError");
    await refused("payout round", "round", "MalformedRoundError");
    expectRefused(await publish("absent.json --json"), "InputFileError", 2);
    expectRefused(await publish("- --json"), "UsageError", 2);
    expectRefused(await publish(`${file} --json`, {} as never), "NoAccountError", 4);
  });
});
