import { expect } from "chai";
import { id } from "ethers";

import { batchId } from "../../src/medication/item.js";
import { TABLETS as BATCH } from "../medication/people.js";
import { ADDRESSES, atMaker, atPharmacy, errorIn, jsonIn, signer, type CommandLine } from "./commandLine.js";

const { maker, wholesaler, pharmacy, regulator } = ADDRESSES;
const TABLETS = "00300010123455/A123";
const WHOLE = `${TABLETS}#0+20`;
const SSCC = "003000100000000015";
const CASE = "sgtin:10300010123452.C1";
const DIGEST = id("evidence");
const SHIP = `--to ${wholesaler} --role Distributor --from-role Manufacturer --document ${DIGEST}`;

type Told = { items: { name: string; id: string }[]; container: { name: string; id: string } };

describe("parcel", () => {
  let cli: CommandLine;

  const refused = async (line: string | readonly string[], name: keyof typeof ADDRESSES = "maker"): Promise<object> => {
    const answer = await cli.run([...(typeof line === "string" ? line.split(" ") : line), "--json"], signer(name));
    expect(answer.out).to.equal("");
    return { error: errorIn(answer).error, code: answer.code };
  };
  const make = async (line: string, name: keyof typeof ADDRESSES = "maker"): Promise<Told> =>
    jsonIn<Told>(await cli.done(`parcel ${line} --json`, signer(name)));
  const custody = async (line: string): Promise<{ holder: string; status: bigint; condition: bigint }> => {
    const found = await cli.contracts.batches.custodyOf(line);
    return { holder: found.holder, status: found.status, condition: found.condition };
  };

  describe("at the maker", () => {
    beforeEach(async () => {
      cli = await atMaker();
    });

    it("is split, packed in a case on a pallet, shipped by its label, and received", async () => {
      const { out } = await cli.done(`parcel split ${WHOLE} 15 5`, signer("maker"));
      expect(out).to.contain(`${TABLETS}#0+15`).and.to.contain(`${TABLETS}#15+5`);
      const { container } = await make(`pack ${CASE} ${TABLETS}#0+15`);
      await make(`pack ${SSCC} ${CASE} ${TABLETS}#15+5`);
      const { items } = await make(`ship ${SSCC} ${SHIP}`);
      await make(`receive ${SSCC} --from ${maker} --role distributor`, "wholesaler");
      expect(await custody(items[0]!.id)).to.include({ holder: wholesaler });
      const taken = await make(`unpack ${SSCC}`, "wholesaler");
      expect(taken.items.map(({ name }) => name)).to.have.members([container.id, `${TABLETS}#15+5`]);
      expect(await refused(`parcel unpack ${SSCC}`, "wholesaler")).to.deep.equal({
        error: "ContainerUnknownError",
        code: 2,
      });
      const { items: emptied } = await make(`unpack ${container.id} ${TABLETS}#0+15`, "wholesaler");
      expect(await custody(emptied[0]!.id)).to.include({ holder: wholesaler, status: 1n });
    });

    it("is packed into a container that is there, when it may hold the batch", async () => {
      await cli.done(`parcel split ${WHOLE} 15 5`, signer("maker"));
      const opioids = "00300010999999/A123";
      const { container } = await make(`pack ${SSCC} ${TABLETS}#0+15 --batch ${opioids}`);
      expect(await make(`pack ${SSCC} ${opioids}#0+20`)).to.deep.include({ container });
      await make(`pack ${SSCC} ${TABLETS}#15+5`);
      expect((await make(`unpack ${SSCC}`)).items).to.have.length(3);
    });

    it("goes back by rejection, and by cancellation", async () => {
      const { items } = await make(`ship ${WHOLE} ${SHIP}`);
      expect(await custody(items[0]!.id)).to.include({ status: 3n });
      await make(`reject ${WHOLE} --from ${maker}`, "wholesaler");
      expect(await custody(items[0]!.id)).to.include({ holder: maker, status: 1n });
      await make(`ship ${WHOLE} ${SHIP}`);
      await make(`cancel ${WHOLE} --to ${wholesaler}`);
      expect(await custody(items[0]!.id)).to.include({ holder: maker, status: 1n });
    });

    it("is acted on by an organisation's staff with --as", async () => {
      await cli.done(`accredit member ${ADDRESSES.stranger} --until 1y`, signer("maker"));
      expect(await refused(`parcel ship ${WHOLE} ${SHIP}`, "stranger")).to.include({ code: 1 });
      for (const line of [
        `pack ${SSCC} ${WHOLE}`,
        `hold ${SSCC} --evidence ${DIGEST}`,
        `release ${SSCC} --evidence ${DIGEST}`,
        `ship ${SSCC} ${SHIP}`,
        `cancel ${SSCC} --to ${wholesaler}`,
        `missing ${SSCC} --evidence ${DIGEST}`,
        `recover ${SSCC} --evidence ${DIGEST}`,
      ]) {
        await make(`${line} --as ${maker}`, "stranger");
      }
    });

    it("is held for a reason by an authority, and released", async () => {
      await cli.write("log.csv", "2 °C, 9 °C");
      const line = `hold ${WHOLE} --evidence log.csv --reason temperature-excursion --authority regulator`;
      const told = jsonIn<Told>(await cli.done(`parcel ${line} --json`, signer("regulator")));
      expect(told).to.include({ reason: "temperature excursion", authority: "regulator" });
      expect(await custody(told.items[0]!.id)).to.include({ condition: 1n });
      expect(await refused(`parcel release ${WHOLE} --evidence log.csv`)).to.include({ error: "AuthorityTooLow" });
      await make(`release ${WHOLE} --evidence log.csv --authority regulator --as ${regulator}`, "regulator");
    });

    it("is suspected, cleared, suspected again and condemned", async () => {
      const conditions: bigint[] = [];
      for (const verb of ["suspect", "clear", "suspect", "condemn"]) {
        const { items } = await make(`${verb} ${WHOLE} --evidence ${DIGEST}`);
        conditions.push((await custody(items[0]!.id)).condition);
      }
      expect(conditions).to.deep.equal([2n, 0n, 2n, 3n]);
    });

    it("goes missing, is found again, and is destroyed", async () => {
      const statuses: bigint[] = [];
      for (const verb of ["missing", "recover", "destroy"]) {
        const { items } = await make(`${verb} ${WHOLE} --evidence ${DIGEST}`);
        statuses.push((await custody(items[0]!.id)).status);
      }
      expect(statuses).to.deep.equal([5n, 1n, 6n]);
    });

    it("asks whose container is meant when several packers used its label", async () => {
      await cli.done(`parcel split ${WHOLE} 15 5`, signer("maker"));
      await make(`ship ${TABLETS}#15+5 ${SHIP}`);
      await make(`receive ${TABLETS}#15+5 --from ${maker} --role Distributor`, "wholesaler");
      const first = await make(`pack ${SSCC} ${TABLETS}#0+15`);
      const second = await make(`pack ${SSCC} ${TABLETS}#15+5`, "wholesaler");
      expect(second.container.id).to.not.equal(first.container.id);
      const unclear = await cli.run(`parcel unpack ${SSCC} --json`, signer("maker"));
      expect(unclear.code).to.equal(2);
      expect(errorIn(unclear)).to.include({ error: "ContainerAmbiguousError" });
      for (const word of [maker, wholesaler, first.container.id]) expect(errorIn(unclear).message).to.contain(word);
      expect(errorIn(unclear).advice).to.contain("--packer");
      expect((await make(`ship ${SSCC} ${SHIP} --packer ${maker}`)).items).to.deep.equal([first.container]);
      expect((await make(`unpack ${second.container.id}`, "wholesaler")).items).to.have.length(1);
      expect(await refused(`parcel pack ${SSCC} ${TABLETS}#15+5 --packer ${pharmacy}`)).to.include({
        error: "ContainerUnknownError",
      });
    });

    it("is told with its digest of the shipping document's file", async () => {
      await cli.write("despatch.json", "{}");
      const { out } = await cli.done(`parcel ship ${WHOLE} ${SHIP.replace(DIGEST, "despatch.json")}`, signer("maker"));
      expect(out).to.contain("0x44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    });

    for (const [line, error] of [
      [`ship ${TABLETS} ${SHIP}`, "ItemArgumentError"],
      [`ship ${TABLETS}#0+0 ${SHIP}`, "ItemArgumentError"],
      [`ship ${TABLETS}#16777215+1 ${SHIP}`, "ItemArgumentError"],
      [`ship 00300010123454/A123#0+20 ${SHIP}`, "CheckDigitError"],
      [`ship 003000100000000014 ${SHIP}`, "CheckDigitError"],
      [`ship 00300010123455 ${SHIP}`, "MalformedSsccError"],
      [`ship ${SSCC} ${SHIP}`, "ContainerUnknownError"],
      [`ship 0x${"ab".repeat(20)} ${SHIP}`, "ItemsUnknownError"],
      [`ship ${WHOLE} ${SHIP.replace("Manufacturer", "Practitioner")}`, "UnknownWordError"],
      [`ship ${WHOLE} ${SHIP.replace(DIGEST, "missing.json")}`, "InputFileError"],
      [`pack ${WHOLE} ${WHOLE}`, "UsageError"],
      [`pack ${SSCC} ${WHOLE} --batch B7`, "BatchArgumentError"],
      [`unpack ${WHOLE}`, "UsageError"],
      [`split ${WHOLE} 15 few`, "CountArgumentError"],
      [`split ${SSCC} 15 5`, "ItemArgumentError"],
      [`hold ${WHOLE} --evidence missing.csv`, "InputFileError"],
      [`hold ${WHOLE} --evidence ${DIGEST} --reason weather`, "UnknownWordError"],
      [`destroy ${WHOLE}`, "UsageError"],
    ] as const) {
      it(`refuses \`${line.replaceAll(/(0x[0-9a-fA-F]{4})[0-9a-fA-F]{30,}/g, "$1…")}\` as ${error}`, async () => {
        expect(await refused(`parcel ${line}`)).to.deep.equal({ error, code: 2 });
      });
    }
  });

  describe("at the pharmacy", () => {
    beforeEach(async () => {
      cli = await atPharmacy();
    });

    const batch = batchId(BATCH);
    const barcode = (serial: string, lot = "(10)A123"): string => `(01)00300010123455${lot}(21)${serial}`;
    const isDispensed = (unit: number): Promise<boolean> => cli.contracts.batches.isDispensed(batch, unit);

    it("is dispensed by barcode, from the parcel the pack is in now, and comes back to stock", async () => {
      await cli.done(`parcel split ${WHOLE} 15 5`, signer("pharmacy"));
      const { out } = await cli.done(`parcel dispense ${barcode("S17")} --tree tablets.tree`, signer("clerk"));
      expect(out).to.contain(`unit 17 of ${TABLETS}#15+5`);
      expect(await isDispensed(17)).to.equal(true);
      await cli.done(`parcel return ${barcode("S17")} --tree tablets.tree`, signer("clerk"));
      expect(await isDispensed(17)).to.equal(false);
    });

    it("is dispensed by a barcode without lot or serial, a Digital Link, and its parcel", async () => {
      for (const [unit, pack] of [
        [1, `${barcode("S1", "")}`],
        [2, "(01)00300010123455(10)A123 --serial S2"],
        [3, "https://id.gs1.org/01/00300010123455/10/A123/21/S3"],
        [4, `${WHOLE} --serial S4`],
      ] as const) {
        await cli.done(`parcel dispense ${pack} --tree tablets.tree`, signer("pharmacy"));
        expect(await isDispensed(unit), pack).to.equal(true);
      }
    });

    it("is reported by its number, or unknown by its serial alone", async () => {
      const options = `--role Pharmacy --evidence ${DIGEST}`;
      const known = await make(
        `report ${barcode("S3")} --finding duplicate --tree tablets.tree ${options}`,
        "pharmacy",
      );
      expect(known).to.include({ unit: 3, batch, finding: "duplicate" });
      const unknown = await make(`report ${barcode("FAKE")} --finding unknown ${options} --as ${pharmacy}`, "clerk");
      expect(unknown).to.include({ serial: "FAKE" }).and.not.to.have.property("unit");
      await make(`report ${WHOLE} --serial FAKE --finding unknown ${options}`, "pharmacy");
      const events = await cli.contracts.batches.queryFilter(cli.contracts.batches.filters.UnitReported());
      expect(events.map(({ args }) => args.finding)).to.deep.equal([1n, 2n, 2n]);
    });

    it("is not dispensed twice, and exits as refused", async () => {
      const line = `parcel dispense ${barcode("S3")} --tree tablets.tree`;
      await cli.done(line, signer("pharmacy"));
      expect(await refused(line, "pharmacy")).to.deep.equal({ error: "UnitAlreadyDispensed", code: 1 });
    });

    const report = `--role Pharmacy --evidence ${DIGEST} --finding`;
    for (const [line, error] of [
      [`dispense ${barcode("FAKE")} --tree tablets.tree`, "SerialNotInTreeError"],
      [`dispense ${barcode("S3")} --tree opioids.tree`, "WrongTreeError"],
      [`dispense ${barcode("S3", "(10)B1")} --tree tablets.tree`, "WrongTreeError"],
      [`dispense ${WHOLE} --serial S3 --tree opioids.tree`, "WrongTreeError"],
      [`dispense ${WHOLE} --tree tablets.tree`, "UsageError"],
      [`dispense ${barcode("S3")} --serial S4 --tree tablets.tree`, "UsageError"],
      [`dispense ${barcode("S3")} --tree missing.tree`, "InputFileError"],
      [`dispense ${barcode("S3")} --tree deployment.json`, "MalformedTreeError"],
      [`dispense (00)${SSCC} --tree tablets.tree`, "UsageError"],
      [`dispense (414)4012345000009 --tree tablets.tree`, "LocationScannedError"],
      [`dispense nonsense --tree tablets.tree`, "UnreadableScanError"],
      [`report ${barcode("S3")} ${report} duplicate`, "UsageError"],
      [`report ${barcode("S3", "")} ${report} unknown`, "UsageError"],
      [`report ${barcode("S3")} ${report} nice`, "UnknownWordError"],
    ] as const) {
      it(`refuses \`${line.replaceAll(/(0x[0-9a-fA-F]{4})[0-9a-fA-F]{30,}/g, "$1…")}\` as ${error}`, async () => {
        expect(await refused(`parcel ${line}`, "pharmacy")).to.deep.equal({ error, code: 2 });
      });
    }
  });
});
