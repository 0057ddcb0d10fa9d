import { expect } from "chai";

import { ADDRESSES, atMaker, jsonIn, newFolder, runWith, signer } from "./commandLine.js";

const data = process.env.ACESO_DATA;

const NOTICE = {
  results: [
    {
      ...{ recall_number: "D-1-2026", status: "Ongoing", classification: "Class II", recalling_firm: "GS1 Pharma" },
      ...{ product_description: "Tablets, NDC 0001-0123-45", reason_for_recall: "Subpotent" },
      ...{
        code_info: "Lot # A123, Exp 03/2027; Lot # B7, Exp 04/2027; and others",
        recall_initiation_date: "20260401",
      },
    },
  ],
};

describe("recall import", () => {
  it("lists the seven lots of a published notice where there is no chain", async function () {
    if (data === undefined) return this.skip();
    const connect = () => Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
    const { code, out } = await runWith(["recall", "import", `${data}/fda/recall-ndc-4-4-2.xml`], await newFolder(), {
      connect,
    });
    expect(code).to.equal(0);
    for (const lot of ["AE41", "CA02B", "AE27", "BL18B", "CB13B", "CD65B", "CE39B"])
      expect(out).to.contain(`\n  ${lot} `);
    expect(out).to.contain("D-1407-2012  Class II").and.to.contain("no chain was asked");
  });

  it("says of every lot whether it is on the ledger, and sends nothing by itself", async () => {
    const cli = await atMaker();
    await cli.write("notice.json", NOTICE);
    const { out } = await cli.done("recall import notice.json", signer("maker"));
    expect(out)
      .to.match(/ {2}A123 .*on the ledger as gtin:00300010123455/)
      .and.to.match(/ {2}B7 .*not on the ledger/);
    expect(out).to.contain("Nothing was sent.");
    expect((await cli.done("batch show 00300010123455 A123")).out).to.contain("nothing against it");
  });

  it("recalls what is on the ledger with --send, once, as deep as it is told", async () => {
    const cli = await atMaker();
    await cli.write("notice.json", NOTICE);
    expect((await cli.run("recall import notice.json --send", signer("maker"))).err).to.contain("Pass --depth");
    const send = () => cli.done("recall import notice.json --send --depth retail", signer("maker"));
    expect((await send()).out).to.contain("1 recalled; 0 were recalled before.");
    expect((await send()).out).to.contain("0 recalled; 1 were recalled before.");
    expect((await cli.done("batch show 00300010123455 A123")).out).to.contain("recall ongoing (class II, retail)");
  });

  it("recalls as the organisation its account is staff of", async () => {
    const cli = await atMaker();
    await cli.write("notice.json", NOTICE);
    await cli.done(`accredit member ${ADDRESSES.stranger} --until 1y`, signer("maker"));
    const line = `recall import notice.json --send --depth retail --as ${ADDRESSES.maker} --json`;
    expect(jsonIn<{ sent: unknown[] }>(await cli.done(line, signer("stranger"))).sent).to.have.length(1);
  });
});

describe("recall affected", () => {
  it("tells where every unit is", async () => {
    const cli = await atMaker();
    const { out } = await cli.done("recall affected 00300010123455 A123");
    expect(out).to.contain("20 units, not recalled");
    expect(out).to.contain(`held by ${ADDRESSES.maker}: 20 units (00300010123455/A123#0+20)`);
  });
});
