import { expect } from "chai";
import type { Bench } from "../../scripts/bench/bench.js";
import { measure } from "../../scripts/bench/flatness.js";
import type { Operation } from "../../scripts/bench/operation.js";

const operation: Operation = {
  name: "keys.publish",
  slots: [],
  next: async () => ({ from: "0x", to: "0x", data: "0x" }),
};

/** A chain on which the gas of a transaction is a function of how many came before. */
function chainWhere(gasAfter: (earlier: number) => number): Bench {
  let sent = 0;
  return {
    contracts: {},
    send: async () => `0x${sent++}`,
    request: async () => ({ pre: {}, post: {} }),
    provider: {
      getTransactionReceipt: async () => ({ gasUsed: BigInt(gasAfter(sent - 1)), logs: [] }),
    },
  } as unknown as Bench;
}

describe("measure", () => {
  it("prices an operation after exactly ten and exactly a thousand earlier ones", async () => {
    const { price, flatness } = await measure(
      chainWhere((earlier) => 50_000 + earlier),
      operation,
    );
    expect(price.gas).to.equal(51_000);
    expect(flatness).to.deep.equal({ operation: "keys.publish", few: 50_010, many: 51_000, ratio: 51_000 / 50_010 });
  });

  it("finds a ratio of one where nothing grows", async () => {
    const { flatness } = await measure(
      chainWhere(() => 50_000),
      operation,
    );
    expect(flatness.ratio).to.equal(1);
  });
});
