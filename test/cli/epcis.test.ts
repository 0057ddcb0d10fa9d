import { expect } from "chai";
import { encryptKeystoreJsonSync } from "ethers";

import { writeEpcis } from "../../src/gs1/epcis/write.js";
import {
  commissioned,
  crate,
  documentOf,
  MAKER,
  packed,
  received,
  shipped,
  unit,
  units,
  WHOLESALER,
} from "../medication/epcis/documents.js";
import { ADDRESSES, errorIn, jsonIn, KEYS, signer, trading, type CommandLine } from "./commandLine.js";

const data = process.env.ACESO_DATA;
const PARTIES = {
  [MAKER]: { account: ADDRESSES.maker, role: "Manufacturer" },
  [WHOLESALER]: { account: ADDRESSES.wholesaler, role: "Distributor" },
};
const TREE = "trees/00300010123455-A123.tree.json";

const factory = documentOf(
  commissioned(units(1, 4)),
  packed(crate(1), [unit(1), unit(2)]),
  shipped([crate(1)], MAKER, WHOLESALER),
);
const delivery = documentOf({ ...received([crate(1)], WHOLESALER), time: 1_700_000_100 });

type Imported = { sent: { call: string }[]; skipped: unknown[]; events: { unmapped: unknown[] }[] };

describe("epcis", () => {
  let cli: CommandLine;

  beforeEach(async () => {
    cli = await trading();
    await cli.write("parties.json", PARTIES);
    await cli.write("factory.json", writeEpcis(factory));
    await cli.write("delivery.json", writeEpcis(delivery));
  });

  const imports = (document: string, options = "", who: Parameters<typeof signer>[0] = "maker") =>
    cli.run(`epcis import ${document} --parties parties.json ${options}`.trim(), signer(who));
  const calls = (answer: Parameters<typeof jsonIn>[0]) => jsonIn<Imported>(answer).sent.map(({ call }) => call);

  it("says what each event would become, and sends and writes nothing with --dry-run", async () => {
    const { code, out } = await imports("factory.json", "--dry-run");
    expect(code).to.equal(0);
    expect(out)
      .to.contain("-> commission 00300010123455/A123#0+4")
      .and.to.contain("into sgtin:10300010123452.1, by Manufac");
    expect(out).to.contain("Nothing was sent. It would be 4 calls.");
    expect(await cli.read(TREE).catch(() => "none")).to.equal("none");
  });

  it("sends it once, keeps the serial trees, and skips it the next time", async () => {
    expect(calls(await imports("factory.json", "--json"))).to.deep.equal(["commission", "split", "pack", "ship"]);
    expect(JSON.parse(await cli.read(TREE))).to.include({ lot: "A123", units: 4 });
    expect((await imports("factory.json")).out).to.contain("Sent 0 calls; 4 were on the ledger already.");
  });

  it("goes on from an earlier document, with only the other party's events in it", async () => {
    await imports("factory.json");
    expect(calls(await imports("delivery.json", "--before factory.json --json", "wholesaler"))).to.deep.equal([
      "receive",
    ]);
    const { out } = await cli.done("scan sgtin:10300010123452.1 --tree trees", signer("wholesaler"));
    expect(out)
      .to.match(/^GENUINE\n/)
      .and.to.contain("2 units 00300010123455/A123#0+2");
  });

  it("signs for each party with the keystore its entry names, beside the book", async () => {
    const account = { address: ADDRESSES.wholesaler, privateKey: KEYS.wholesaler };
    await cli.write("wholesaler.keystore", encryptKeystoreJsonSync(account, "pass", { scrypt: { N: 2, r: 1, p: 1 } }));
    await cli.write("parties.json", {
      ...PARTIES,
      [WHOLESALER]: { ...PARTIES[WHOLESALER], key: "wholesaler.keystore" },
    });
    const both = documentOf(...factory.events, ...delivery.events);
    await cli.write("both.json", writeEpcis(both));
    const { out } = await cli.done("epcis import both.json --parties parties.json", {
      ...signer("maker"),
      env: { ACESO_PASSPHRASE: "pass" },
    });
    expect(out).to.contain("Sent 5 calls");
  });

  it("sends nothing while anybody's key is missing, or stands in the book itself", async () => {
    const nobody = await imports("factory.json", "--json", "stranger");
    expect({ code: nobody.code, error: errorIn(nobody).error }).to.deep.equal({
      code: 4,
      error: "PartyKeyMissingError",
    });
    await cli.write("parties.json", { [MAKER]: { ...PARTIES[MAKER], key: KEYS.maker } });
    const inline = await imports("factory.json", "--json");
    expect(errorIn(inline).error).to.equal("InlineKeyError");
    expect(inline.err).not.to.contain(KEYS.maker.slice(2));
  });

  it("writes the batch back as EPCIS, naming the cases of the import", async () => {
    await imports("factory.json");
    const line = `epcis export 00300010123455 A123 --tree ${TREE} --parties parties.json`;
    expect((await cli.done(`${line} --out back.json`)).out).to.contain("Wrote 3 events to back.json.");
    expect((await cli.done("epcis check back.json")).out)
      .to.contain("EPCIS 2.0")
      .and.to.contain("1 ObjectEvent shipping");
    expect((await cli.done(line)).out).to.contain("/01/10300010123452/21/1");
    await cli.write("false.json", { not: {} });
    expect((await cli.run(`${line} --schema false.json`)).err).to.contain("EpcisInvalidError");
  });

  it("brings GS1 US's example as far as its shipment, and back in the official form", async function () {
    if (data === undefined) return this.skip();
    const schema = `--schema ${data}/epcis/EPCIS-JSON-Schema.json`;
    const example = `${data}/epcis/gs1-us-pharma-example.xml`;
    expect((await cli.done(`epcis check ${example} ${schema}`)).out).to.contain("8 events");
    const locations = ["urn:epc:id:sgln:030001.111121.0", "urn:epc:id:sgln:039999.345678.0"];
    await cli.write("parties.json", {
      ...PARTIES,
      [locations[0]!]: PARTIES[MAKER],
      [locations[1]!]: PARTIES[WHOLESALER],
    });
    const plan = await imports(example, "--dry-run");
    expect(plan.out).to.contain("It would be 7 calls.").and.to.contain("not on the ledger: Containers");
  });
});
