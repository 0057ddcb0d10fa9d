import { expect } from "chai";
import { startBench } from "../../scripts/bench/bench.js";
import { BUDGETS } from "../../scripts/bench/budgets.js";
import type { Operation } from "../../scripts/bench/operation.js";
import { allOperations } from "../../scripts/bench/operations.js";
import { priceOf, SlotsUnexplainedError } from "../../scripts/bench/price.js";
import { errorOf } from "../crypto/errorOf.js";

const bench = await startBench();
const operations = await allOperations(bench);

after(() => bench.close());

function operation(name: string): Operation {
  return operations.find((candidate) => candidate.name === name)!;
}

describe("allOperations", () => {
  it("has one operation for every budget", () => {
    expect(operations.map(({ name }) => name)).to.have.members(Object.keys(BUDGETS));
  });

  it("gives operations that can be done again and again, never under their floor", async () => {
    for (const each of operations) {
      const prices = [await priceOf(bench, each), await priceOf(bench, each)];
      for (const { gas, floor, ratio } of prices) expect([gas >= floor, ratio >= 1], each.name).to.not.include(false);
      expect(prices[0], each.name).to.deep.equal(prices[1]);
    }
  }).timeout(60_000);
});

describe("priceOf", () => {
  it("derives the floor that hand computation gives for publishing a key", async () => {
    const { calldataBytes, floor } = await priceOf(bench, operation("keys.publish"));
    expect(calldataBytes).to.equal(36);
    expect(floor).to.equal(21_000 + 36 * 16 + 22_100 + (375 + 2 * 375 + 32 * 8));
  });

  it("gives one record's share of a batch, rounded up", async () => {
    const { batch, ...all } = operation("records.anchorBatch");
    const share = await priceOf(bench, { ...all, batch: batch! });
    const whole = await priceOf(bench, { ...all, slots: Array(batch!).fill(all.slots[0]!) });
    expect(share.gas).to.equal(Math.ceil(whole.gas / 20));
    expect(share.calldataBytes).to.equal(Math.ceil(whole.calldataBytes / 20));
    expect(share.floor).to.equal(Math.ceil(whole.floor / 20));
    expect(share.ratio).to.equal(whole.ratio);
  });

  it("rejects an operation that changes a slot it does not explain", async () => {
    expect(await errorOf(priceOf(bench, { ...operation("keys.publish"), slots: [] }))).to.be.instanceOf(
      SlotsUnexplainedError,
    );
  });

  it("rejects an operation that explains a slot it does not change, or another kind of change", async () => {
    const { slots, ...publish } = operation("keys.publish");
    const kept = slots.map((slot) => ({ ...slot, kind: "change" as const }));
    const elsewhere = slots.map((slot) => ({ ...slot, contract: "records" as const }));
    for (const wrong of [[...slots, ...slots], kept, elsewhere]) {
      expect(await errorOf(priceOf(bench, { ...publish, slots: wrong }))).to.be.instanceOf(SlotsUnexplainedError);
    }
  });
});
