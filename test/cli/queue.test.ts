import { expect } from "chai";

import { ADDRESSES, atPharmacy, errorIn, jsonIn, signer, type CommandLine } from "./commandLine.js";

const pack = (serial: string): string => `(01)00300010123455(10)A123(21)${serial}`;
const connect = () => Promise.reject(new Error("no connection"));

describe("queue", () => {
  let cli: CommandLine;

  beforeEach(async () => {
    cli = await atPharmacy();
    await cli.done("snapshot --tree tablets.tree --out day.snapshot", signer("pharmacy"));
  });

  const add = (serial: string) =>
    cli.run(
      [
        "queue",
        "add",
        pack(serial),
        "--queue",
        "c.queue",
        "--snapshot",
        "day.snapshot",
        "--signer",
        ADDRESSES.pharmacy,
      ],
      { connect },
    );
  const states = async () =>
    jsonIn<{ state: string }[]>(await cli.done("queue show --queue c.queue --json")).map(({ state }) => state);

  it("takes packs without a connection, each once, and sends them later", async () => {
    expect((await add("S1")).out).to.match(
      /^Queued: hand it out\. 00300010123455\/A123 serial S1, by a snapshot of 20/,
    );
    expect((await add("S2")).code).to.equal(0);
    const again = await add("S1");
    expect({ code: again.code, name: again.err.split(":")[0] }).to.deep.equal({ code: 2, name: "QueuedBeforeError" });
    expect(await states()).to.deep.equal(["waiting", "waiting"]);
    const { out } = await cli.done("queue send --queue c.queue", signer("pharmacy"));
    expect(out).to.match(/sent +00300010123455\/A123 serial S1 +0x/);
    expect(await states()).to.deep.equal(["sent", "sent"]);
    await cli.done("queue send --queue c.queue", signer("pharmacy"));
  });

  it("takes nothing that is not genuine, and makes no file for it", async () => {
    expect((await add("X1")).err).to.contain("NotDispensableError");
    expect(await cli.read("c.queue").catch(() => "none")).to.equal("none");
  });

  it("ends with 1 when something is not on the ledger, and says what", async () => {
    await add("S1");
    await cli.done(["parcel", "dispense", pack("S1"), "--tree", "tablets.tree"], signer("pharmacy"));
    const answer = await cli.run("queue send --queue c.queue --json", signer("pharmacy"));
    expect({ code: answer.code, error: errorIn(answer).error }).to.deep.equal({ code: 1, error: "QueueNotSentError" });
    expect(await states()).to.deep.equal(["clash"]);
    const { out } = await cli.done("queue show --queue c.queue");
    expect(out).to.contain("UnitAlreadyDispensed");
  });

  it("asks for what it lacks", async () => {
    expect((await cli.run(["queue", "add", pack("S1"), "--queue", "c.queue"])).err).to.contain("No snapshot is named");
    const halved = ["queue", "add", pack("S1"), "--queue", "c.queue", "--doses", "3"];
    expect((await cli.run(halved)).err).to.contain("Pass --slip and --doses together");
  });
});
