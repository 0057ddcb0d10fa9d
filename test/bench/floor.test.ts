import { expect } from "chai";
import fc from "fast-check";
import { floorOf } from "../../scripts/bench/floor.js";
import type { SlotChange } from "../../scripts/bench/trace.js";
import type { Hex } from "../../src/crypto/bytes.js";

const NOTHING = { calldata: "0x", changes: [], logs: [] } as const;

function change(before: bigint, after: bigint): SlotChange {
  return { account: "0x01", slot: "0x01", before, after };
}

function bytes(zeros: number, others: number): Hex {
  return `0x${"00".repeat(zeros)}${"ff".repeat(others)}`;
}

describe("floorOf", () => {
  it("is 21,000 for a transaction that does nothing", () => {
    expect(floorOf(NOTHING)).to.equal(21_000);
  });

  it("adds 22,100 for a slot from zero to non-zero", () => {
    expect(floorOf({ ...NOTHING, changes: [change(0n, 5n)] })).to.equal(21_000 + 20_000 + 2_100);
  });

  it("adds 5,000 for a slot from non-zero to non-zero", () => {
    expect(floorOf({ ...NOTHING, changes: [change(5n, 6n)] })).to.equal(21_000 + 2_900 + 2_100);
  });

  it("gives 4,800 of the 5,000 back for a slot set to zero", () => {
    expect(floorOf({ ...NOTHING, changes: [change(5n, 0n)] })).to.equal(21_000 + 2_900 + 2_100 - 4_800);
  });

  it("gives back no more than a fifth", () => {
    // 21,000 + 10 × 5,000 = 71,000; 48,000 would come back, a fifth is 14,200.
    const changes = Array.from({ length: 10 }, () => change(5n, 0n));
    expect(floorOf({ ...NOTHING, changes })).to.equal(71_000 - 14_200);
  });

  it("adds 375 a log and topic, and 8 a byte of data", () => {
    const logs = [
      { topics: [], data: "0x" },
      { topics: ["0x01", "0x02", "0x03"], data: bytes(32, 32) },
    ];
    expect(floorOf({ ...NOTHING, logs })).to.equal(21_000 + 375 + (375 + 3 * 375 + 64 * 8));
  });

  it("adds 4 a zero byte of calldata and 16 any other, beside work that outweighs the floor of EIP-7623", () => {
    expect(floorOf({ ...NOTHING, calldata: bytes(28, 36), changes: [change(0n, 1n)] })).to.equal(
      21_000 + 28 * 4 + 36 * 16 + 22_100,
    );
  });

  it("is no less than 10 a token of calldata, where a zero byte is one and any other four", () => {
    // 4 × 28 + 16 × 36 = 688 by EIP-2028; 10 × (28 + 4 × 36) = 1,720 by EIP-7623.
    expect(floorOf({ ...NOTHING, calldata: bytes(28, 36) })).to.equal(21_000 + 1_720);
  });

  it("takes the floor of EIP-7623 after what comes back", () => {
    // 100 × 16 + 5,000 - (27,600 / 5 > 4,800) = 1,800; 10 × 400 = 4,000.
    expect(floorOf({ ...NOTHING, calldata: bytes(0, 100), changes: [change(1n, 0n)] })).to.equal(21_000 + 4_000);
  });

  it("is what hand computation says of publishing a key", () => {
    // Selector and key, 36 bytes; one new slot; a log with its signature, the account and 32 bytes of data.
    const logs = [{ topics: ["0x01", "0x02"], data: bytes(0, 32) }];
    expect(floorOf({ calldata: bytes(0, 36), changes: [change(0n, 1n)], logs })).to.equal(
      21_000 + 576 + 22_100 + (375 + 750 + 256),
    );
  });

  it("never falls when a transaction does more", () => {
    const values = fc.tuple(fc.constantFrom(0n, 1n), fc.constant(2n)).map(([before, after]) => change(before, after));
    const footprints = fc.record({
      calldata: fc.tuple(fc.nat(300), fc.nat(300)).map(([zeros, others]) => bytes(zeros, others)),
      changes: fc.array(values, { maxLength: 5 }),
      logs: fc.constant([]),
    });
    fc.assert(
      fc.property(footprints, values, (footprint, more) => {
        const changes = [...footprint.changes, more];
        return floorOf({ ...footprint, changes }) >= floorOf(footprint);
      }),
    );
  });
});
