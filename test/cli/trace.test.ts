import { expect } from "chai";

import { ADDRESSES, atMaker, atPharmacy, jsonIn, signer } from "./commandLine.js";

const GTIN = "00300010123455";
const PACK = `(01)${GTIN}(10)A123(21)S0`;
const whats = (answer: Parameters<typeof jsonIn>[0]) => jsonIn<{ what: string }[]>(answer).map(({ what }) => what);

describe("trace", () => {
  it("tells the way of a pack, and that of its parcel without what happened to one pack alone", async () => {
    const cli = await atPharmacy();
    await cli.done(["parcel", "dispense", PACK, "--tree", "tablets.tree"], signer("pharmacy"));
    const way = ["commissioned", "shipped", "received", "shipped", "received"];
    expect(whats(await cli.done(["trace", PACK, "--tree", "tablets.tree", "--json"]))).to.deep.equal([
      ...way,
      "dispensed",
    ]);
    expect(whats(await cli.done(`trace ${GTIN}/A123#0+20 --json`))).to.deep.equal(way);
    const { out } = await cli.done(["trace", PACK, "--tree", "tablets.tree"]);
    expect(out).to.contain(`dispensed     by ${ADDRESSES.pharmacy}`).and.to.contain(`item ${GTIN}/A123#0+20`);
  });

  it("tells the way of a container, by its label or its id", async () => {
    const cli = await atMaker();
    const packed = jsonIn<{ container: { id: string } }>(
      await cli.done(`parcel pack 000000000000000017 ${GTIN}/A123#0+20 --json`, signer("maker")),
    );
    await cli.done(`parcel hold 000000000000000017 --evidence 0x${"11".repeat(32)}`, signer("maker"));
    const { out } = await cli.done("trace 000000000000000017");
    expect(out).to.contain("condition set  on hold (other, holder's authority)");
    expect(whats(await cli.done(`trace ${packed.container.id} --json`))).to.deep.equal(["condition set"]);
  });

  it("asks for the serial tree that says which unit it is", async () => {
    const cli = await atMaker();
    const { code, err } = await cli.run(["trace", PACK]);
    expect(code).to.equal(2);
    expect(err).to.contain("named with --tree");
    expect((await cli.run("trace 000000000000000024")).err).to.contain("No container was ever packed");
  });
});
