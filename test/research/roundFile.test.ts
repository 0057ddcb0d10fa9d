import { expect } from "chai";
import { MalformedAddressError, type Address } from "../../src/crypto/address.js";
import { buildRound, InvalidPayeeError, payoutOf, verifyPayout } from "../../src/research/payouts.js";
import {
  MalformedRoundError,
  openRound,
  RoundRootError,
  RoundTotalError,
  saveRound,
} from "../../src/research/roundFile.js";
import { TokenDecimalsError } from "../../src/token/amount.js";
import { errorOf } from "../crypto/errorOf.js";
import { accountAt, payeesOf } from "./payees.js";

const TOKEN = accountAt(1000);
const DISTRIBUTOR = accountAt(1001);

const fileOf = async (count: number) => ({
  round: await buildRound({ payees: payeesOf(count) }),
  token: TOKEN,
  decimals: 6,
});

describe("saveRound", () => {
  it("is read back whole, with where it is published and without", async () => {
    const file = await fileOf(7);
    const published = { ...file, chainId: 11155111n, distributor: DISTRIBUTOR };
    const twice = {
      ...published,
      published: [
        { round: 3, expiry: 1_900_000_000 },
        { round: 8, expiry: 2_000_000_000 },
      ],
    };
    for (const whole of [file, published, twice]) expect(await openRound(saveRound(whole))).to.deep.equal(whole);
  });

  it("writes one payee a line, in token units", async () => {
    const file = await fileOf(2);
    const lines = saveRound(file).split("\n");
    expect(lines.slice(1)).to.deep.equal([`["${accountAt(0)}","1"],`, `["${accountAt(1)}","2"]`, "]}", ""]);
    expect(JSON.parse(lines.join(""))).to.deep.include({
      token: TOKEN,
      decimals: 6,
      root: file.round.root,
      total: "3",
    });
  });

  it("refuses what it could not read back", async () => {
    const file = await fileOf(1);
    expect(() => saveRound({ ...file, token: "0x12" })).to.throw(MalformedAddressError);
    expect(() => saveRound({ ...file, distributor: "0x12" })).to.throw(MalformedAddressError);
    expect(() => saveRound({ ...file, decimals: 256 })).to.throw(TokenDecimalsError);
  });
});

describe("openRound", () => {
  const altered = async (change: (file: any) => object): Promise<string> => {
    const file = JSON.parse(saveRound({ ...(await fileOf(5)), chainId: 1n, distributor: DISTRIBUTOR }));
    return JSON.stringify({ ...file, ...change(file) });
  };

  it("gives the proofs that were built, and tells how far it is", async () => {
    const file = await fileOf(5);
    const told: number[] = [];
    const { round } = await openRound(saveRound(file), (done) => told.push(done));
    const payout = payoutOf(round, accountAt(3));
    expect(payout).to.deep.equal(payoutOf(file.round, accountAt(3)));
    expect(verifyPayout({ root: file.round.root, account: accountAt(3), ...payout })).to.be.true;
    expect(told).to.deep.equal([1]);
  });

  it("reads a root in any case of the digits", async () => {
    const text = await altered(({ root }) => ({ root: `0x${root.slice(2).toUpperCase()}` }));
    expect((await openRound(text)).round.root).to.equal((await fileOf(5)).round.root);
  });

  it("refuses a round whose payees exceed its total, or fall short of it", async () => {
    for (const total of ["14", "16"]) {
      const error = await errorOf(openRound(await altered(() => ({ total }))));
      expect(error)
        .to.be.instanceOf(RoundTotalError)
        .and.include({ claimed: BigInt(total), computed: 15n });
    }
  });

  it("refuses payees that do not lead to the root", async () => {
    const exchanged = ([first, second, ...others]: [Address, string][]) => [
      [first![0], second![1]],
      [second![0], first![1]],
      ...others,
    ];
    const changes: ((file: any) => object)[] = [
      ({ payees }) => ({ payees: payees.toReversed() }),
      ({ payees }) => ({ payees: exchanged(payees) }),
      ({ payees }) => ({ payees: [[accountAt(99), payees[0][1]], ...payees.slice(1)] }),
      () => ({ root: `0x${"ab".repeat(32)}` }),
    ];
    for (const change of changes) {
      expect(await errorOf(openRound(await altered(change)))).to.be.instanceOf(RoundRootError);
    }
  });

  it("refuses payees that cannot be paid", async () => {
    const twice = await altered(({ payees: [first] }) => ({ payees: [first, first], total: "2" }));
    expect(await errorOf(openRound(twice)))
      .to.be.instanceOf(InvalidPayeeError)
      .and.include({ reason: "duplicate" });
    const nobody = await altered(() => ({ payees: [["Jane", "15"]] }));
    expect(await errorOf(openRound(nobody)))
      .to.be.instanceOf(InvalidPayeeError)
      .and.include({ reason: "notAnAddress" });
  });

  const malformed: Record<string, (file: any) => object> = {
    "another format": () => ({ format: "a payout round" }),
    "another version": () => ({ version: 2 }),
    "a short root": () => ({ root: "0x12" }),
    "no root": () => ({ root: undefined }),
    "a total that is a number": () => ({ total: 15 }),
    "a total of zero": () => ({ total: "0" }),
    "decimals in text": () => ({ decimals: "6" }),
    "negative decimals": () => ({ decimals: -1 }),
    "decimals no token has": () => ({ decimals: 256 }),
    "a chain id that is a number": () => ({ chainId: 1 }),
    "a chain id of zero": () => ({ chainId: "0" }),
    "no token": () => ({ token: undefined }),
    "a token that is no address": () => ({ token: "0x12" }),
    "a distributor that is no address": () => ({ distributor: "0x12" }),
    "rounds that are no list": () => ({ published: { round: 1, expiry: 2 } }),
    "a list of no rounds": () => ({ published: [] }),
    "a round that is none": () => ({ published: [null] }),
    "a round of number zero": () => ({ published: [{ round: 0, expiry: 2 }] }),
    "a round without its expiry": () => ({ published: [{ round: 1 }] }),
    "a round nobody says the chain of": () => ({ published: [{ round: 1, expiry: 2 }], chainId: undefined }),
    "a round nobody says the distributor of": () => ({ published: [{ round: 1, expiry: 2 }], distributor: undefined }),
    "payees that are no list": () => ({ payees: {} }),
    "a payee that is none": ({ payees }) => ({ payees: [null, ...payees] }),
    "a payee without an amount": () => ({ payees: [[accountAt(0)]] }),
    "a payee with more than an amount": () => ({ payees: [[accountAt(0), "15", "x"]] }),
    "an account that is no text": () => ({ payees: [[12, "15"]] }),
    "an amount that is a number": () => ({ payees: [[accountAt(0), 15]] }),
    "an amount with a point": () => ({ payees: [[accountAt(0), "15.0"]] }),
    "an amount of zero": () => ({ payees: [[accountAt(0), "0"]] }),
    "an absurd amount": () => ({ payees: [[accountAt(0), "9".repeat(1000)]] }),
  };
  for (const [what, change] of Object.entries(malformed)) {
    it(`refuses ${what}`, async () => {
      expect(await errorOf(openRound(await altered(change)))).to.be.instanceOf(MalformedRoundError);
    });
  }

  it("refuses what is no JSON object", async () => {
    for (const text of ["", "null", "[]", "account,amount"]) {
      expect(await errorOf(openRound(text)), text).to.be.instanceOf(MalformedRoundError);
    }
  });
});
