import { expect } from "chai";

import { actorDigest } from "../../src/records/actor.js";

describe("actorDigest", () => {
  const key = new Uint8Array(32).fill(7);

  it("gives 32 bytes, the same for the same member", async () => {
    const digest = await actorDigest(key, "nurse-4711");
    expect(digest).to.match(/^0x[0-9a-f]{64}$/);
    expect(await actorDigest(key, "nurse-4711")).to.equal(digest);
  });

  it("differs by member and by key, so that organisations cannot be compared", async () => {
    const digest = await actorDigest(key, "nurse-4711");
    expect(await actorDigest(key, "nurse-4712")).to.not.equal(digest);
    expect(await actorDigest(new Uint8Array(32).fill(8), "nurse-4711")).to.not.equal(digest);
  });
});
