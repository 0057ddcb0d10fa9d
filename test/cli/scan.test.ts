import { expect } from "chai";

import { documentDigest } from "../../src/medication/document.js";
import { CLASS, DEPTH, EVIDENCE } from "../medication/ledger.js";
import { ethers, time } from "../fixtures.js";
import { ADDRESSES, atMaker, atPharmacy, errorIn, jsonIn, signer, type CommandLine } from "./commandLine.js";

const GTIN = "00300010123455";
const packs = (serial: string): string => `(01)${GTIN}(10)A123(21)${serial}`;

describe("scan", () => {
  let cli: CommandLine;

  beforeEach(async () => {
    cli = await atPharmacy();
  });

  const scan = (barcode: string, options = "--tree tablets.tree", who?: Parameters<typeof signer>[0]) =>
    cli.run(["scan", barcode, ...options.split(" ")], who && signer(who));

  it("answers a genuine pack with that first, and with what is known of it", async () => {
    const { code, out } = await scan(packs("S3"), "--tree tablets.tree", "pharmacy");
    expect(code).to.equal(0);
    expect(out).to.match(/^GENUINE\n/);
    expect(out).to.contain("S3, unit 3").and.to.contain(`held by ${ADDRESSES.pharmacy}, since 20`);
    expect(out).to.contain("lot        A123").and.to.contain("expiry     last day");
  });

  for (const [form, barcode] of [
    ["the separator itself", `01${GTIN}10A123\x1d21S3`],
    ["<GS> for it", `01${GTIN}10A123<GS>21S3`],
    ["\\x1D for it", `01${GTIN}10A123\\x1D21S3`],
    ["brackets", packs("S3")],
  ] as const) {
    it(`reads a barcode with ${form}`, async () => expect((await scan(barcode)).out).to.match(/^GENUINE\n/));
  }

  it("reads the digits under a bar code, with the lot as printed, and asks for the 2D code", async () => {
    const { code, out } = await scan("300010123455", "--lot A123");
    expect({ code, first: out.split("\n")[0] }).to.deep.equal({ code: 6, first: "DO NOT DISPENSE YET: unverified" });
    expect(out).to.contain("Scan the pack's 2D code.");
  });

  it("ends with 6 for a recalled pack, and says the class, first of all", async () => {
    const { batches } = cli.contracts;
    const maker = await ethers.getSigner(ADDRESSES.maker);
    const { batch } = JSON.parse(await cli.read("tablets.tree")) as { batch: string };
    await batches.connect(maker).recall(batch, maker, CLASS.II, DEPTH.Retail, EVIDENCE);
    const { code, out, err } = await scan(packs("S3"));
    expect({ code, err }).to.deep.equal({ code: 6, err: "" });
    expect(out).to.match(/^DO NOT DISPENSE: recalled \(class II, retail level, ongoing, since 20/);
    expect(out).to.contain("Send it back as the recall notice says.");
  });

  it("tells a program the same", async () => {
    const told = jsonIn<object>(await scan(packs("nobody's"), "--tree tablets.tree --json"));
    expect(told).to.include({ kind: "unit", verdict: "unknown", isDispensable: false });
  });

  it("does not let dispense what somebody else holds, and takes the pharmacy's staff for the pharmacy", async () => {
    const { code, out } = await scan(packs("S3"), "--tree tablets.tree", "branch");
    expect(code).to.equal(6);
    expect(out).to.match(/^DO NOT DISPENSE: genuine, but somebody else's\n/);
    expect(out).to.contain("--report FILE");
    expect((await scan(packs("S3"), "--tree tablets.tree", "clerk")).code).to.equal(0);
  });

  it("says what is inside a pallet, and in what a pack is", async () => {
    await cli.done(`parcel split ${GTIN}/A123#0+20 4 16`, signer("pharmacy"));
    await cli.done(`parcel pack sgtin:${GTIN}.C1 ${GTIN}/A123#0+4`, signer("pharmacy"));
    await cli.done(`parcel pack 000000000000000017 sgtin:${GTIN}.C1`, signer("pharmacy"));
    await cli.write("cases.json", [{ gtin: GTIN, serial: "C1" }]);
    const { code, out } = await scan("(00)000000000000000017", "--tree tablets.tree", "pharmacy");
    expect(code).to.equal(0);
    expect(out).to.contain(`  case sgtin:${GTIN}.C1\n    4 units ${GTIN}/A123#0+4`);
    const pack = await scan(packs("S3"), "--tree tablets.tree", "pharmacy");
    expect(pack.out).to.contain("inside     000000000000000017: unpack it before dispensing");
    expect((await scan("000000000000000017", "--json")).out).to.contain('"units": 4');
  });

  describe("--report", () => {
    it("puts a clone on record, and keeps the evidence", async () => {
      await cli.done(["parcel", "dispense", packs("S3"), "--tree", "tablets.tree"], signer("pharmacy"));
      const line = "--tree tablets.tree --report evidence.json --json";
      const { code } = await scan(packs("S3"), line, "branch");
      expect(code).to.equal(6);
      const [alert] = jsonIn<{ what: string; evidence: string }[]>(await cli.done("alerts --json"));
      expect(alert).to.include({ what: "duplicate", evidence: await documentDigest(await cli.read("evidence.json")) });
      expect((await cli.done("alerts")).out).to.contain(`reported by ${ADDRESSES.branch}`);
    });

    it("puts an unknown serial number, and a stray, on record", async () => {
      await scan(packs("X1"), "--tree tablets.tree --report unknown.json", "pharmacy");
      await scan(packs("S4"), "--tree tablets.tree --report stray.json", "branch");
      const alerts = jsonIn<{ what: string }[]>(await cli.done("alerts --json"));
      expect(alerts.map(({ what }) => what)).to.deep.equal(["unknown", "misplaced"]);
    });

    it("is refused, without a file, by who has not that licence, and for what nothing is known of", async () => {
      const unlicensed = await scan(packs("S3"), "--tree tablets.tree --report e.json --json", "stranger");
      expect({ code: unlicensed.code, ...errorIn(unlicensed) }).to.include({ code: 1, error: "PartnerInvalid" });
      expect((await scan(packs("S3"), "--report e.json", "pharmacy")).err).to.contain("Pass --tree");
      expect((await scan("(01)00300010123455(10)B9(21)S3", "--report e.json", "pharmacy")).err).to.contain(
        "No such batch",
      );
      expect(await cli.read("e.json").catch(() => "none")).to.equal("none");
    });
  });

  describe("--offline", () => {
    const { now } = Date;

    // Other tests may have moved the chain's clock ahead of this computer's.
    beforeEach(async () => {
      const chainTime = await time.latest();
      Date.now = () => chainTime * 1000;
    });

    afterEach(() => {
      Date.now = now;
    });

    it("answers from a snapshot, and says how old it is", async () => {
      await cli.done("snapshot --tree tablets.tree --out monday.snapshot", signer("pharmacy"));
      const line = `--offline --snapshot monday.snapshot --signer ${ADDRESSES.pharmacy}`;
      const connect = () => Promise.reject(new Error("no connection"));
      const { code, out } = await cli.run(["scan", packs("S3"), ...line.split(" ")], { connect });
      expect(code).to.equal(0);
      expect(out).to.match(/^GENUINE\nOffline: by a snapshot of 20.*, less than an hour old\. /);
      const absent = await cli.run(["scan", "(01)00300010123455(10)B9(21)S3", ...line.split(" ")], { connect });
      expect({ code: absent.code, first: absent.out.split("\n")[0] }).to.deep.equal({
        code: 6,
        first: "DO NOT DISPENSE YET: unverified",
      });
    });

    it("takes no snapshot of anybody's, and none of another's", async () => {
      await cli.done("snapshot --out own.snapshot", signer("branch"));
      const line = "--offline --snapshot own.snapshot";
      expect((await scan(packs("S3"), line)).err).to.contain("Pass --signer");
      expect((await scan(packs("S3"), line, "pharmacy")).err).to.contain("SnapshotSignerError");
    });
  });
});

describe("stock", () => {
  it("lists what is held, by what expires first", async () => {
    const cli = await atMaker();
    const { out } = await cli.done("stock --days 400", signer("maker"));
    expect(out).to.contain(`${GTIN}/A123#0+20  20`).and.to.contain("(near)");
    expect((await cli.done(`stock ${ADDRESSES.branch}`)).out).to.equal("Nothing is held.\n");
    expect((await cli.run("stock")).err).to.contain("NoAccountError");
  });
});

describe("alerts", () => {
  it("says when nothing calls for attention", async () => {
    const cli = await atMaker();
    expect((await cli.done("alerts")).out).to.equal("Nothing calls for attention.\n");
  });
});
