import { expect } from "chai";
import { encodeBytes32String, id } from "ethers";

import { UnreadableScanError } from "../../src/gs1/scan.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { excerptOf } from "../../src/medication/excerpt.js";
import { itemId, sgtinLabel } from "../../src/medication/item.js";
import {
  LocationScannedError,
  LotAmbiguousError,
  LotDiffersError,
  LotMissingError,
  TreeNotCommittedError,
} from "../../src/medication/scanned.js";
import { lastDay } from "../../src/medication/verdict.js";
import { verify, type PackAnswer, type VerifyOptions } from "../../src/medication/verify.js";
import type { ContainerAnswer } from "../../src/medication/verifyContainer.js";
import { loadFixture, time } from "../fixtures.js";
import { refusal } from "../sdk.js";
import {
  AUTHORITY,
  batchId,
  CLASS,
  CONDITION,
  container,
  DEPTH,
  EVIDENCE,
  items,
  REASON,
  TABLET,
  treeOf,
  unitIn,
  UNITS,
} from "./ledger.js";
import { addressOf, barcode, distributed, joined, range, SSCC, TABLETS } from "./reading.js";

async function read() {
  const house = await loadFixture(distributed);
  const aceso = await joined(house, house.stranger);
  const pack = async (scan: string, options: VerifyOptions = { trees: [house.tree] }): Promise<PackAnswer> => {
    const answer = await verify(aceso, scan, options);
    expect(answer.kind).not.to.equal("container");
    return answer as PackAnswer;
  };
  const box = async (scan = `(00)${SSCC}`): Promise<ContainerAnswer> => {
    const answer = await verify(aceso, scan);
    expect(answer.kind).to.equal("container");
    return answer as ContainerAnswer;
  };
  return { ...house, aceso, pack, box };
}

/** The names of findings, in their order. */
function names({ findings }: { findings: { name: string }[] }): string[] {
  return findings.map(({ name }) => name);
}

describe("verify", () => {
  it("tells all that is known of a genuine pack", async () => {
    const { pack, expiry, maker, pharmacy } = await read();
    const { findings, custody, ...answer } = await pack(barcode("S10"));
    expect(findings).to.deep.equal([]);
    expect(answer).to.deep.equal({
      kind: "unit",
      verdict: "genuine",
      product: "gtin:00300010123455",
      gtin: "00300010123455",
      lot: "A123",
      serial: "S10",
      batch: TABLETS,
      unit: 10,
      parcel: range(8, 4),
      expiry: { date: lastDay(expiry), expiresAt: expiry },
      manufacturer: maker.address,
      prescriptionOnly: false,
      isReturned: false,
    });
    expect(custody).to.include({ status: "opened", condition: "sound", holder: pharmacy.address });
    expect(custody!.since).to.be.a("number");
    expect(custody).not.to.have.property("container");
  });

  it("reads a Digital Link, and finds the lot of a pack that does not say it in the trees", async () => {
    const { pack } = await read();
    const link = await pack("https://id.example.org/01/00300010123455/10/A123/21/S10");
    const bare = await pack("(01)00300010123455(21)S10");
    expect(bare).to.deep.equal(link);
    expect(bare).to.include({ verdict: "genuine", lot: "A123" });
    expect(await pack("(01)00300010123455(21)S10", { trees: [], lot: "A123" })).to.include({ verdict: "unverified" });
  });

  it("names the outermost container a pack is in, and who holds that", async () => {
    const { pack, palletId, pharmacy } = await read();
    const { verdict, custody } = await pack(barcode("S3"));
    expect(verdict).to.equal("genuine");
    expect(custody).to.include({ container: palletId, status: "in custody", holder: pharmacy.address });
  });

  it("names both parties of a shipment", async () => {
    const { pack, wholesaler, branch } = await read();
    const { verdict, custody } = await pack(barcode("S13"));
    expect(verdict).to.equal("in transit");
    expect(custody!.shipment).to.deep.equal({ from: wholesaler.address, to: branch.address, document: EVIDENCE });
    expect(custody).not.to.have.property("holder");
  });

  it("tells who dispensed a pack and when, until it came back to stock", async () => {
    const { pack, batches, pharmacy, tree } = await read();
    const at = await time.latest();
    const before = await pack(barcode("S9"));
    expect(before).to.include({ verdict: "dispensed", isReturned: false });
    expect(before.dispensed).to.deep.equal({ pharmacy: pharmacy.address, at });
    await batches.connect(pharmacy).returnToStock(unitIn(range(8, 4), 9, tree));
    const after = await pack(barcode("S9"));
    expect(after).to.include({ verdict: "genuine", isReturned: true });
    expect(after).not.to.have.property("dispensed");
  });

  it("knows no serial that the whole tree lacks, and none of a lot that was never made", async () => {
    const { pack } = await read();
    const serial = await pack(barcode("CLONE"));
    expect([serial.verdict, ...names(serial)]).to.deep.equal(["unknown", "SerialUnknown"]);
    expect(serial.findings[0]!.advice).not.to.be.empty;
    const lot = await pack(barcode("S3", { lot: "B1" }));
    expect([lot.verdict, ...names(lot)]).to.deep.equal(["unknown", "BatchUnknown"]);
    expect(lot).not.to.have.property("batch");
  });

  it("proves nothing without the tree, or with the tree of other units", async () => {
    const { pack, tree } = await read();
    const without = await pack(barcode("S3"), {});
    expect([without.verdict, ...names(without)]).to.deep.equal(["unverified", "TreeMissing"]);
    const beside = await pack(barcode("S3"), { trees: [excerptOf(tree, { first: 8, count: 4 })] });
    expect([beside.verdict, ...names(beside)]).to.deep.equal(["unverified", "SerialUnlisted"]);
    expect(await pack(barcode("S9"), { trees: [excerptOf(tree, { first: 8, count: 4 })] })).to.include({ unit: 9 });
  });

  it("answers about the lot when there is no serial", async () => {
    const { pack } = await read();
    const answer = await pack("(01)00300010123455(10)A123");
    expect(answer).to.include({ kind: "lot", verdict: "unverified", batch: TABLETS });
    expect(names(answer)).to.deep.equal(["SerialMissing"]);
  });

  it("tells the recall, its notice, and everything else that is wrong, the worst first", async () => {
    const { pack, batches, maker, regulator, pharmacy, expiry } = await read();
    await batches.connect(maker).recall(TABLETS, maker, CLASS.II, DEPTH.Retail, id("first notice"));
    await batches.connect(regulator).recall(TABLETS, regulator, CLASS.I, DEPTH.Consumer, id("notice"));
    const at = await time.latest();
    await batches.connect(regulator).holdBatch(TABLETS, regulator, EVIDENCE);
    const holder = { organisation: pharmacy, authority: AUTHORITY.Holder };
    await batches.connect(pharmacy).setCondition(items(range(8, 4)), holder, CONDITION.OnHold, REASON.Damage, EVIDENCE);
    await time.increaseTo(expiry);
    const answer = await pack(barcode("S9"));
    expect(answer.verdict).to.equal("recalled");
    expect(names(answer)).to.deep.equal(["Recalled", "Dispensed", "Expired", "BatchHeld", "OnHold"]);
    expect(answer.recall).to.deep.equal({
      status: "ongoing",
      class: "I",
      depth: "consumer",
      notice: id("notice"),
      organisation: regulator.address,
      at,
    });
    await batches.connect(regulator).terminateRecall(TABLETS, regulator, EVIDENCE);
    expect(names(await pack(barcode("S13")))).to.include.members(["RecallTerminated", "InTransit"]);
  });

  it("tells suspect, illegitimate, missing and destroyed packs", async () => {
    const { pack, batches, maker } = await read();
    const by = { organisation: maker, authority: AUTHORITY.Manufacturer };
    const parcel = range(16, 4);
    const ledger = batches.connect(maker);
    await ledger.split(parcel, [1, 1, 2]);
    await ledger.reportMissing([itemIdOf(16, 1)], maker, EVIDENCE);
    await ledger.destroy([itemIdOf(17, 1)], maker, EVIDENCE);
    expect((await pack(barcode("S16"))).verdict).to.equal("missing");
    expect((await pack(barcode("S17"))).verdict).to.equal("destroyed");
    await ledger.setCondition(items(range(18, 2)), by, CONDITION.Suspect, REASON.Quality, EVIDENCE);
    expect((await pack(barcode("S18"))).verdict).to.equal("suspect");
    await ledger.setCondition(items(range(18, 2)), by, CONDITION.Illegitimate, REASON.Quality, EVIDENCE);
    expect((await pack(barcode("S18"))).verdict).to.equal("illegitimate");
  });

  it("finds an expiry date that is not the batch's", async () => {
    const { pack, expiry } = await read();
    const printed = (day: string) => barcode("S10", { expiry: day.replaceAll("-", "").slice(2) });
    expect((await pack(printed(lastDay(expiry)))).verdict).to.equal("genuine");
    const later = await pack(printed(lastDay(expiry + 24 * 60 * 60)));
    expect([later.verdict, ...names(later)]).to.deep.equal(["contradicted", "ExpiryDiffers"]);
  });

  it("tells whose a pallet is and what is inside, at any depth", async () => {
    const { box, palletId, crateId, maker, pharmacy } = await read();
    const { containers, ...answer } = await box();
    expect(answer).to.deep.equal({ kind: "container", verdict: "genuine", findings: [], sscc: SSCC });
    expect(containers).to.have.length(1);
    const [{ custody, contents, ...pallet }] = containers as [(typeof containers)[0]];
    expect(pallet).to.include({ id: palletId, packer: maker.address, units: 8 });
    expect(pallet.batches.map(({ lot }) => lot)).to.deep.equal(["A123"]);
    expect(custody).to.include({ status: "in custody", holder: pharmacy.address });
    expect(contents.map(({ container: outer }) => outer)).to.deep.equal([palletId, crateId]);
  });

  it("tells the worst of a container and of its batches", async () => {
    const { box, batches, maker, regulator } = await read();
    const other = container(maker, 31);
    await batches.connect(maker).pack(other, items(range(16, 4)), maker);
    const by = { organisation: regulator, authority: AUTHORITY.Regulator };
    await batches.connect(regulator).setCondition(items(other), by, CONDITION.Suspect, REASON.Quality, EVIDENCE);
    await batches.connect(regulator).holdBatch(TABLETS, regulator, EVIDENCE);
    const answer = await box("(00)000000000000000031");
    expect([answer.verdict, ...names(answer)]).to.deep.equal(["suspect", "Suspect", "BatchHeld"]);
  });

  it("finds a label that two packed, one that was emptied, and one nobody packed", async () => {
    const { box, batches, pharmacy, palletId, crateId, pallet } = await read();
    const ledger = batches.connect(pharmacy);
    const own = { ...pallet, packer: pharmacy.address };
    await ledger.split(range(8, 4), [2, 2]);
    await ledger.pack(own, items(range(10, 2)), pharmacy);
    const twice = await box();
    expect([twice.verdict, ...names(twice)]).to.deep.equal(["contradicted", "LabelTwice"]);
    await ledger.unpack(palletId, [crateId], pharmacy);
    expect(names(await box())).to.deep.equal([]);
    await ledger.unpack(
      itemId({ packer: addressOf(pharmacy), label: own.label as Hex, batches: [TABLETS] }),
      [itemIdOf(10, 2)],
      pharmacy,
    );
    expect(names(await box())).to.deep.equal(["ContainerEmptied"]);
    expect(names(await box("(00)000000000000000048"))).to.deep.equal(["ContainerUnknown"]);
  });

  it("knows a case by a GTIN and serial of its own", async () => {
    const { box, batches, maker } = await read();
    const label = sgtinLabel({ gtin: "10300010123452", serial: "CASE1" });
    await batches.connect(maker).pack({ packer: maker, label, batches: [TABLETS] }, items(range(16, 4)), maker);
    const answer = await box("(01)10300010123452(21)CASE1");
    expect(answer).to.include({ gtin: "10300010123452", serial: "CASE1", verdict: "genuine" });
    expect(answer.containers[0]!.units).to.equal(4);
  });

  it("needs the lot, from the scan or the trees, and one only", async () => {
    const { aceso, batches, maker, tree, expiry } = await read();
    await refusal(verify(aceso, "(01)00300010123455(21)S10"), LotMissingError);
    await refusal(verify(aceso, "(01)00300010123455(21)NONE", { trees: [tree] }), LotMissingError);
    await refusal(verify(aceso, "(01)00300010123455"), LotMissingError);
    await refusal(verify(aceso, barcode("S10"), { lot: "B1" }), LotDiffersError);
    const lot = encodeBytes32String("B1");
    const second = await treeOf(batchId(TABLET, lot));
    await batches.connect(maker).commission({ product: TABLET, lot }, { expiry, units: UNITS, root: second.root });
    const options = { trees: [tree, excerptOf(tree, { first: 0, count: 20 }), second] };
    const { lots } = await refusal(verify(aceso, "(01)00300010123455(21)S10", options), LotAmbiguousError);
    expect(lots).to.have.members(["A123", "B1"]);
  });

  it("leaves out trees of another product when it looks for the lot", async () => {
    const { pack, tree, opioidTree } = await read();
    expect(await pack("(01)00300010123455(21)S10", { trees: [opioidTree, tree] })).to.include({ lot: "A123" });
  });

  it("refuses a tree the batch was not commissioned with", async () => {
    const { aceso, tree } = await read();
    const forged = await treeOf(TABLETS, 4);
    await refusal(verify(aceso, barcode("CLONE"), { trees: [forged] }), TreeNotCommittedError);
    const serials = ["CLONE", ...tree.serials.slice(1)];
    const patched = { ...tree, serials, unitOfSerial: new Map(serials.map((serial, unit) => [serial, unit])) };
    await refusal(verify(aceso, barcode("CLONE"), { trees: [patched] }), TreeNotCommittedError);
  });

  it("refuses a location, and what is no barcode", async () => {
    const { aceso } = await read();
    await refusal(verify(aceso, "(414)9506000134376"), LocationScannedError);
    await refusal(verify(aceso, "hello"), UnreadableScanError);
  });
});

function itemIdOf(first: number, count: number): Hex {
  return itemId(range(first, count));
}
