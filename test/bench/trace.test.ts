import { expect } from "chai";
import { network } from "hardhat";
import { changesIn, kindOf, traceChanges, type Request } from "../../scripts/bench/trace.js";
import type { Hex } from "../../src/crypto/bytes.js";

const CALLER = `0x${"ca".repeat(20)}`;
const TARGET = `0x${"aa".repeat(20)}`;
const LIBRARY = `0x${"bb".repeat(20)}`;
const REVERTING = `0x${"cc".repeat(20)}`;

/** EVM code that writes one byte's value into a slot. */
function store(slot: number, value: number): string {
  return `60${byte(value)}60${byte(slot)}55`;
}

/** EVM code that calls an address without arguments, and ignores how that ends. */
function call(to: string): string {
  return `${"6000".repeat(5)}73${to.slice(2)}5af150`;
}

function delegateCall(to: string): string {
  return `${"6000".repeat(4)}73${to.slice(2)}5af450`;
}

function byte(value: number): string {
  return value.toString(16).padStart(2, "0");
}

function word(value: number): Hex {
  return `0x${value.toString(16).padStart(64, "0")}`;
}

const chain = await network.create();
const request: Request = (method, params) => chain.provider.request({ method, params });

const READ_SLOT_9 = "60095450";
const REVERT = "60006000fd";

describe("traceChanges", () => {
  before(async () => {
    await request("hardhat_setNextBlockBaseFeePerGas", ["0x0"]);
    await request("hardhat_impersonateAccount", [CALLER]);
    await request("hardhat_setCode", [LIBRARY, `0x${store(6, 1)}`]);
    await request("hardhat_setCode", [REVERTING, `0x${store(7, 1)}${REVERT}`]);
    for (const slot of [2, 3, 4, 9]) await request("hardhat_setStorageAt", [TARGET, `0x${slot}`, word(5)]);
  });

  after(() => chain.close());

  async function changesOf(code: string): Promise<unknown[]> {
    await request("hardhat_setCode", [TARGET, `0x${code}`]);
    const transaction = (await request("eth_sendTransaction", [
      { from: CALLER, to: TARGET, gas: "0xf4240", gasPrice: "0x0" },
    ])) as Hex;
    const changes = await traceChanges(request, transaction);
    return changes.map(({ account, slot, before, after }) => ({ account, slot: Number(slot), before, after }));
  }

  it("finds a slot filled, one changed and one cleared", async () => {
    expect(await changesOf(store(1, 7) + store(2, 9) + store(3, 0))).to.have.deep.members([
      { account: TARGET, slot: 1, before: 0n, after: 7n },
      { account: TARGET, slot: 2, before: 5n, after: 9n },
      { account: TARGET, slot: 3, before: 5n, after: 0n },
    ]);
  });

  it("counts a slot written twice once", async () => {
    expect(await changesOf(store(8, 1) + store(8, 2))).to.deep.equal([
      { account: TARGET, slot: 8, before: 0n, after: 2n },
    ]);
  });

  it("leaves out what was written and restored, and what was only read", async () => {
    expect(await changesOf(store(4, 6) + store(4, 5) + READ_SLOT_9)).to.deep.equal([]);
  });

  it("leaves out what a reverted call wrote", async () => {
    expect(await changesOf(call(REVERTING))).to.deep.equal([]);
  });

  it("books a called contract's slot on it, and a library's on its caller", async () => {
    expect(await changesOf(call(LIBRARY) + delegateCall(LIBRARY))).to.have.deep.members([
      { account: LIBRARY, slot: 6, before: 0n, after: 1n },
      { account: TARGET, slot: 6, before: 0n, after: 1n },
    ]);
  });
});

describe("changesIn", () => {
  it("passes over accounts whose storage did not change, and slots named on both sides with one value", () => {
    const pre = { "0xaa": {}, "0xbb": { storage: { "0x01": "0x05" } } };
    const post = { "0xbb": { storage: { "0x01": "0x05" } }, "0xcc": {} };
    expect(changesIn({ pre, post })).to.deep.equal([]);
  });
});

describe("kindOf", () => {
  it("tells filling, changing and clearing apart", () => {
    const kind = (before: bigint, after: bigint): string => kindOf({ account: "0x", slot: "0x", before, after });
    expect([kind(0n, 1n), kind(1n, 2n), kind(2n, 0n)]).to.deep.equal(["fill", "change", "clear"]);
  });
});
