import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import { getAddress, toBeHex } from "ethers";
import fc from "fast-check";
import { toAddress, type Address } from "../../src/crypto/address.js";
import { utf8, type Hex } from "../../src/crypto/bytes.js";
import { MAX_PAYEES, RoundTooLargeError, TooManyPayeesError, type Payee } from "../../src/research/payee.js";
import {
  BadRowsError,
  build,
  buildRound,
  InvalidPayeeError,
  NoPayeesError,
  NotAPayeeError,
  payoutOf,
  verifyPayout,
} from "../../src/research/payouts.js";
import { MAX_UNITS } from "../../src/token/amount.js";
import { errorOf } from "../crypto/errorOf.js";
import { accountAt, payeesOf } from "./payees.js";

const LEAF = ["uint256", "address", "uint256"];

const openZeppelin = (payees: readonly Payee[]) =>
  StandardMerkleTree.of(
    payees.map(({ account, amount }, index) => [index, account, amount]),
    LEAF,
    { sortLeaves: false },
  );

const csvOf = (payees: readonly Payee[]): string =>
  ["account,amount", ...payees.map(({ account, amount }) => `${account},${amount}`)].join("\n");

const anyPayees = fc.uniqueArray(
  fc.record({
    account: fc.bigInt(1n, 2n ** 160n - 1n).map((number) => toAddress(toBeHex(number, 20))),
    amount: fc.bigInt(1n, MAX_UNITS / 30n),
  }),
  { minLength: 1, maxLength: 30, selector: ({ account }) => account },
);

describe("build", () => {
  it("has the root, indexes and proofs of OpenZeppelin's tree of the file's payees, which verifies them", () =>
    fc.assert(
      fc.asyncProperty(anyPayees, async (payees) => {
        const { round, badRows } = await build(csvOf(payees), { decimals: 0 });
        const other = openZeppelin(payees);
        expect(badRows).to.be.empty;
        expect(round.root).to.equal(other.root);
        expect(round.total).to.equal(payees.reduce((sum, { amount }) => sum + amount, 0n));
        expect(round.payees).to.deep.equal(payees);
        for (const { account, amount } of payees) {
          const payout = payoutOf(round, account);
          const { index, proof } = payout;
          expect(payees[index]).to.deep.equal({ account, amount });
          expect(payout.amount).to.equal(amount);
          expect(proof).to.deep.equal(other.getProof(index));
          expect(StandardMerkleTree.verify(round.root, LEAF, [index, account, amount], proof)).to.be.true;
          expect(verifyPayout({ root: round.root, account, ...payout })).to.be.true;
        }
      }),
      { numRuns: 25 },
    ));

  it("reads a stream of bytes", async () => {
    const payees = payeesOf(20);
    const stream = new Blob([csvOf(payees)]).stream();
    expect((await build(stream, { decimals: 0 })).round.root).to.equal(openZeppelin(payees).root);
  });

  const BAD = [`${accountAt(0)},1`, "x,1", `${accountAt(1)},2`, `${accountAt(2)},0`].join("\n");

  it("refuses a file with bad rows, and tells all of them", async () => {
    const error = await errorOf(build(`account,amount\n${BAD}`, { decimals: 0 }));
    expect(error).to.be.instanceOf(BadRowsError).and.include({ rowCount: 4 });
    const { badRows, message } = error as BadRowsError;
    expect(badRows).to.deep.equal([
      { line: 3, field: "account", reason: "notAnAddress" },
      { line: 5, account: accountAt(2), field: "amount", reason: "zero" },
    ]);
    expect(message).to.equal("Of 4 rows 2 cannot be paid, on lines 3 (account: notAnAddress), 5 (amount: zero).");
  });

  it("names ten bad rows of many in the message, and carries the others", async () => {
    const error = await errorOf(build(`account,amount\n${"Jane Doe,1\n".repeat(25)}`, { decimals: 0 }));
    const { badRows, message } = error as BadRowsError;
    expect(badRows).to.have.length(25);
    expect(message)
      .to.match(/ 11 \(account: notAnAddress\) and 15 more\.$/)
      .and.not.include("Jane");
  });

  it("builds the rest when told to, and says what it leaves out", async () => {
    const { round, badRows } = await build(`account,amount\n${BAD}`, { decimals: 0, skipBadRows: true });
    expect(badRows.map(({ line }) => line)).to.deep.equal([3, 5]);
    expect(round.root).to.equal(openZeppelin(payeesOf(2)).root);
    expect(round.total).to.equal(3n);
  });

  it("refuses to pay nobody", async () => {
    expect(await errorOf(build("account,amount\n", { decimals: 0 }))).to.be.instanceOf(NoPayeesError);
    const allBad = build("account,amount\nx,1\n", { decimals: 0, skipBadRows: true });
    expect(await errorOf(allBad)).to.be.instanceOf(NoPayeesError);
  });

  it("tells how far it is: of the reading too where the source's length is known", async () => {
    const csv = csvOf(payeesOf(3));
    const half = csv.length / 2;
    const toldOf = async (source: Parameters<typeof build>[0], size?: number): Promise<number[]> => {
      const told: number[] = [];
      const onProgress = (done: number): number => told.push(done);
      await build(source, { decimals: 0, onProgress, ...(size !== undefined && { size }) });
      return told;
    };
    const halves = [csv.slice(0, half), csv.slice(half)];
    expect(await toldOf(halves)).to.deep.equal([1]);
    expect(await toldOf(csv)).to.deep.equal([0.6, 1]);
    expect(await toldOf(utf8(csv))).to.deep.equal([0.6, 1]);
    expect(await toldOf(halves, 10)).to.deep.equal([0.6, 0.6, 1]);
    const [first, ...rest] = await toldOf(halves, csv.length);
    expect(first).to.be.within(0.29, 0.31);
    expect(rest).to.deep.equal([0.6, 1]);
  });
});

describe("buildRound", () => {
  it("builds the same round as from a file, of addresses in any case", async () => {
    const payees = payeesOf(9).map(({ account, amount }) => ({ account: account.toLowerCase() as Address, amount }));
    const told: number[] = [];
    const round = await buildRound({ payees, onProgress: (done) => told.push(done) });
    expect(round).to.deep.equal((await build(csvOf(payeesOf(9)), { decimals: 0 })).round);
    expect(told).to.deep.equal([1]);
  });

  const [A, B] = [accountAt(0), accountAt(1)];
  const bad: Record<string, Payee> = {
    notAnAddress: { account: "0x12", amount: 1n },
    wrongChecksum: { account: B.replace("c", "C").replace("e", "E") as Address, amount: 1n },
    zeroAddress: { account: `0x${"0".repeat(40)}`, amount: 1n },
    duplicate: { account: A.toLowerCase() as Address, amount: 1n },
    negative: { account: B, amount: -1n },
    zero: { account: B, amount: 0n },
    tooLarge: { account: B, amount: MAX_UNITS + 1n },
  };
  for (const [reason, payee] of Object.entries(bad)) {
    it(`refuses a payee for ${reason}, by its index`, async () => {
      const error = await errorOf(buildRound({ payees: [{ account: A, amount: 1n }, payee] }));
      expect(error).to.be.instanceOf(InvalidPayeeError).and.include({ index: 1, reason });
    });
  }

  it("refuses no payees, too many, and more than a round holds", async () => {
    const full = { account: A, amount: MAX_UNITS };
    expect(await errorOf(buildRound({ payees: [] }))).to.be.instanceOf(NoPayeesError);
    const many = Array<Payee>(MAX_PAYEES + 1).fill({ account: "0x12", amount: 1n });
    expect(await errorOf(buildRound({ payees: many }))).to.be.instanceOf(TooManyPayeesError);
    const error = await errorOf(buildRound({ payees: [full, { account: B, amount: 1n }] }));
    expect(error).to.be.instanceOf(RoundTooLargeError);
    expect((await buildRound({ payees: [full] })).total).to.equal(MAX_UNITS);
  });
});

describe("payoutOf", () => {
  it("finds an account in any case, and refuses one the round does not pay", async () => {
    const round = await buildRound({ payees: payeesOf(4) });
    const account = accountAt(2);
    expect(payoutOf(round, account.toLowerCase() as Address)).to.deep.equal(payoutOf(round, account));
    expect(() => payoutOf(round, accountAt(4))).to.throw(NotAPayeeError, getAddress(accountAt(4)));
  });
});

describe("verifyPayout", () => {
  const claim = async () => {
    const round = await buildRound({ payees: payeesOf(5) });
    const account = accountAt(3);
    return { root: round.root, account, ...payoutOf(round, account) };
  };

  it("is true for what the round pays, in any case of the address", async () => {
    const proven = await claim();
    expect(verifyPayout(proven)).to.be.true;
    expect(verifyPayout({ ...proven, account: proven.account.toLowerCase() as Address })).to.be.true;
  });

  it("is false for another round, leaf or proof", async () => {
    const proven = await claim();
    const other = await buildRound({ payees: payeesOf(6) });
    const { proof } = payoutOf(await buildRound({ payees: payeesOf(5) }), accountAt(2));
    const others: Partial<typeof proven>[] = [
      { root: other.root },
      { proof: payoutOf(other, proven.account).proof },
      { proof },
      { proof: proven.proof.slice(1) },
      { proof: ["no" as Hex] },
      { account: accountAt(2) },
      { account: "0x12" },
      { index: 2 },
      { index: -1 },
      { index: 3.5 },
      { amount: proven.amount + 1n },
      { amount: proven.amount - 2n ** 96n },
      { amount: proven.amount + 2n ** 96n },
    ];
    for (const [place, change] of others.entries()) {
      expect(verifyPayout({ ...proven, ...change }), `${place}`).to.be.false;
    }
  });

  it("is false for an index that only the end of which is right", async () => {
    const round = await buildRound({ payees: payeesOf(5) });
    const first = { root: round.root, account: accountAt(0), ...payoutOf(round, accountAt(0)) };
    expect(verifyPayout(first)).to.be.true;
    expect(verifyPayout({ ...first, index: 2 ** 64 })).to.be.false;
  });
});
