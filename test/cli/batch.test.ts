import { stat } from "node:fs/promises";

import { expect } from "chai";
import { BrowserProvider, sha256, toUtf8Bytes } from "ethers";

import { barText } from "../../src/cli/progress.js";
import type { SerialTreeFile } from "../../src/medication/excerpt.js";
import { batchId } from "../medication/ledger.js";
import {
  ADDRESSES,
  atMaker,
  chain,
  errorIn,
  jsonIn,
  signer,
  trading,
  type Answer,
  type CommandLine,
  type Surroundings,
} from "./commandLine.js";

const TABLETS = "00300010123455 A123";
const COMMISSION = `batch commission ${TABLETS} --expiry 2090-12-31 --tree a.tree`;

/** The chain, where nothing can be sent. */
const withoutSending: typeof chain = {
  request: async (call) => {
    if (call.method === "eth_sendRawTransaction") throw new Error("connection lost");
    return chain.request(call);
  },
};

describe("batch", () => {
  let cli: CommandLine;

  const isThere = async (name: string): Promise<boolean> =>
    stat(cli.path(name)).then(
      () => true,
      () => false,
    );
  const refused = async (line: string, surroundings?: Surroundings): Promise<object> => {
    const answer: Answer = await cli.run(`${line} --json`, surroundings);
    expect(answer.out).to.equal("");
    return { error: errorIn(answer).error, code: answer.code };
  };
  const show = async (): Promise<Record<string, unknown>> =>
    jsonIn<Record<string, unknown>>(await cli.done(`batch show ${TABLETS} --json`));

  describe("commission", () => {
    beforeEach(async () => {
      cli = await trading();
    });

    it("generates serial numbers, keeps their tree for its owner alone, and prints none", async () => {
      const { out } = await cli.done(`${COMMISSION} --units 20`, signer("maker"));
      const { serials, root, product, lot } = await cli.readJson<SerialTreeFile>("a.tree");
      expect(serials).to.have.length(20);
      expect({ product, lot }).to.deep.equal({ product: "gtin:00300010123455", lot: "A123" });
      expect((await stat(cli.path("a.tree"))).mode & 0o777).to.equal(0o600);
      expect(out).to.contain("00300010123455/A123#0+20").and.to.contain("until 2090-12-31");
      expect(out).not.to.contain(serials[0]);
      expect(await cli.contracts.batches.rootOf(batchId())).to.equal(root);
      expect(await show()).to.include({ units: 20, expiry: Date.UTC(2091, 0, 1) / 1000 });
    });

    it("takes serial numbers from a file, whatever its line ends", async () => {
      await cli.write("serials.txt", "S1\r\nS2\r\nS3\r\n");
      const told = jsonIn<object>(await cli.done(`${COMMISSION} --serials serials.txt --json`, signer("maker")));
      expect(told).to.deep.include({ units: 3, parcel: "00300010123455/A123#0+3", tree: "a.tree" });
      expect((await cli.readJson<SerialTreeFile>("a.tree")).serials).to.deep.equal(["S1", "S2", "S3"]);
    });

    it("commissions the tree of an attempt whose sending failed, which was kept", async () => {
      const failing = await cli.run(`${COMMISSION} --units 3`, {
        ...signer("maker"),
        connect: async () => new BrowserProvider(withoutSending),
      });
      expect(failing.code).to.not.equal(0);
      expect(failing.err).to.contain("commission it with --tree alone");
      const { root } = await cli.readJson<SerialTreeFile>("a.tree");
      expect(jsonIn<object>(await cli.done(`${COMMISSION} --json`, signer("maker")))).to.include({ root, units: 3 });
    });

    it("leaves no file when the chain refuses, nor with --dry-run", async () => {
      expect(await refused(`${COMMISSION} --units 3`, signer("wholesaler"))).to.deep.equal({
        error: "BatchManufacturerInvalid",
        code: 1,
      });
      expect(await isThere("a.tree")).to.equal(false);
      expect((await cli.done(`${COMMISSION} --units 3 --dry-run`, signer("maker"))).out).to.contain("Nothing was sent");
      expect(await isThere("a.tree")).to.equal(false);
    });

    it("overwrites no tree", async () => {
      await cli.write("a.tree", "precious");
      for (const line of [`${COMMISSION} --units 3`, `${COMMISSION} --units 3 --dry-run`]) {
        expect(await refused(line, signer("maker"))).to.deep.equal({ error: "FileExistsError", code: 4 });
      }
      expect(await cli.read("a.tree")).to.equal("precious");
      expect(await refused(COMMISSION, signer("maker"))).to.deep.equal({ error: "MalformedTreeError", code: 2 });
    });

    it("refuses serial numbers that are none or twice there, and leaves no file", async () => {
      await cli.write("gap.txt", "S1\n\nS3\n");
      await cli.write("twice.txt", "S1\nS1\n");
      await cli.write("empty.txt", "");
      for (const [options, error] of [
        ["--serials gap.txt", "MalformedSerialError"],
        ["--serials twice.txt", "DuplicateSerialError"],
        ["--serials empty.txt", "MalformedSerialError"],
        ["--serials missing.txt", "InputFileError"],
        ["--serials gap.txt --units 3", "UsageError"],
        ["--units 0", "UnitCountError"],
        ["--units many", "CountArgumentError"],
      ]) {
        expect(await refused(`${COMMISSION} ${options}`, signer("maker"))).to.deep.equal({ error, code: 2 });
        expect(await isThere("a.tree"), options).to.equal(false);
      }
    });

    it("refuses a day there is not, and a lot no label has", async () => {
      const other = COMMISSION.replace("2090-12-31", "2090-02-30");
      expect(await refused(`${other} --units 1`, signer("maker"))).to.include({ error: "MalformedDateError" });
      const foreign = COMMISSION.replace("A123", "A#1");
      expect(await refused(`${foreign} --units 1`, signer("maker"))).to.include({ error: "ForeignCharacterError" });
    });
  });

  describe("once commissioned", () => {
    beforeEach(async () => {
      cli = await atMaker();
      await cli.write("notice.txt", "Stop selling.");
    });

    const NOTICE = sha256(toUtf8Bytes("Stop selling."));

    it("is shown with its parcels as they are typed", async () => {
      await cli.done("parcel split 00300010123455/A123#0+20 5 15", signer("maker"));
      const { out } = await cli.done(`batch show ${TABLETS}`);
      expect(out).to.match(/00300010123455\/A123#0\+5\n\s+00300010123455\/A123#5\+15/);
      expect(out).to.contain("nothing against it");
      expect(await refused("batch show 00300010123455 B1")).to.deep.equal({
        error: "BatchNotCommissionedError",
        code: 2,
      });
    });

    it("is recalled with the digest of the notice's file or text, and the recall classified, closed and taken back", async () => {
      await cli.done(`batch recall ${TABLETS} --depth retail --notice notice.txt`, signer("maker"));
      expect(await show()).to.have.deep.nested.property("recall.notice", NOTICE);
      const text = ["batch", "recall", ...TABLETS.split(" "), "--depth", "consumer", "--class", "ii"];
      await cli.done([...text, "--notice-text", "Stop selling."], signer("regulator"));
      expect(await show()).to.deep.nested.include({
        ...{ "recall.class": "II", "recall.depth": "consumer", "recall.notice": NOTICE },
      });
      await cli.done(`batch terminate ${TABLETS} --notice ${NOTICE}`, signer("regulator"));
      expect((await cli.done(`batch show ${TABLETS}`)).out).to.contain("recall terminated (class II, consumer)");
      await cli.done(`batch rescind ${TABLETS} --notice notice.txt`, signer("regulator"));
      expect(await show()).to.not.have.property("recall");
    });

    it("is held and released by a regulator", async () => {
      await cli.done(`batch hold ${TABLETS} --evidence notice.txt`, signer("regulator"));
      expect(await show()).to.include({ held: true });
      await cli.done(`batch release ${TABLETS} --evidence notice.txt`, signer("regulator"));
      expect(await show()).to.include({ held: false });
    });

    it("is brought up to date with its product", async () => {
      const line = `product authorise 00300010123455 --manufacturer ${ADDRESSES.maker} --until 2090-12-31`;
      await cli.done(`${line} --prescription-only`, signer("regulator"));
      await cli.done(`batch refresh ${TABLETS}`, signer("stranger"));
      expect(await show()).to.include({ prescriptionOnly: true });
    });

    it("gives a shipment its part of the tree, which overwrites nothing", async () => {
      const line = "batch excerpt --tree tablets.tree --first 4 --count 3 --out part.tree";
      expect(jsonIn<object>(await cli.done(`${line} --json`))).to.deep.include({ first: 4, count: 3, lot: "A123" });
      const part = await cli.readJson<SerialTreeFile>("part.tree");
      expect(part).to.deep.include({ serials: ["S4", "S5", "S6"], product: "gtin:00300010123455", units: 20 });
      expect(await refused(line)).to.deep.equal({ error: "FileExistsError", code: 4 });
      expect(await refused("batch excerpt --tree part.tree --first 0 --count 3 --out more.tree")).to.deep.equal({
        error: "UnitsNotInTreeError",
        code: 2,
      });
    });

    for (const [line, error] of [
      [`batch recall ${TABLETS} --depth retail`, "UsageError"],
      [`batch recall ${TABLETS} --depth retail --notice missing.txt`, "InputFileError"],
      [`batch recall ${TABLETS} --depth retail --notice notice.txt --notice-text x`, "UsageError"],
      [`batch recall ${TABLETS} --depth deep --notice notice.txt`, "UnknownWordError"],
      [`batch recall ${TABLETS} --depth retail --class IV --notice notice.txt`, "UnknownWordError"],
      [`batch hold ${TABLETS}`, "UsageError"],
    ] as const) {
      it(`refuses \`${line}\` as ${error}`, async () => {
        expect(await refused(line, signer("maker"))).to.deep.equal({ error, code: 2 });
      });
    }
  });

  it("shows how far the building of a tree is", () => {
    expect([0, 0.5, 1].map(barText)).to.deep.equal([
      `${"░".repeat(24)} 0 %`,
      `${"█".repeat(12)}${"░".repeat(12)} 50 %`,
      `${"█".repeat(24)} 100 %`,
    ]);
  });
});
