import { expect } from "chai";
import { encodeBytes32String, id } from "ethers";

import { connect, NoSignerError } from "../../src/aceso.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { UnreadableScanError } from "../../src/gs1/scan.js";
import { excerptOf } from "../../src/medication/excerpt.js";
import { ClockBehindError, scanOffline } from "../../src/medication/scanOffline.js";
import {
  LocationScannedError,
  LotAmbiguousError,
  LotDiffersError,
  TreeNotCommittedError,
} from "../../src/medication/scanned.js";
import {
  MalformedSnapshotError,
  openSnapshot,
  snapshot,
  SnapshotSignerError,
  SnapshotTamperedError,
  type SnapshotFile,
} from "../../src/medication/snapshot.js";
import type { ContainerAnswer } from "../../src/medication/verifyContainer.js";
import { verify } from "../../src/medication/verify.js";
import { now } from "../../src/signing.js";
import { ethers, loadFixture, time } from "../fixtures.js";
import { deploymentOf, refusal } from "../sdk.js";
import { batchId, CLASS, commissioned, container, DEPTH, EVIDENCE, items, TABLET, treeOf, UNITS } from "./ledger.js";
import { addressOf, barcode, distributed, joined, range, SSCC, TABLETS } from "./reading.js";

async function read() {
  const house = await loadFixture(distributed);
  const aceso = await joined(house);
  const taken = async () => openSnapshot(await snapshot(aceso, { trees: [house.tree] }));
  return { ...house, aceso, taken };
}

describe("snapshot", () => {
  it("tells what the pharmacy holds, the block it stands for, and who says so", async () => {
    const { aceso, pharmacy, tree, palletId } = await read();
    const { content, signer, trees } = await openSnapshot(await snapshot(aceso, { trees: [tree] }));
    expect(signer).to.equal(pharmacy.address);
    expect(content).to.include({ pharmacy: pharmacy.address, time: await time.latest() });
    expect(content.block).to.equal(await ethers.provider.getBlockNumber());
    expect(content.parcels.map(({ parcel }) => parcel)).to.have.deep.members([range(0, 8), range(8, 4)]);
    expect(content.containers.map(({ id, units }) => [id, units])).to.deep.equal([[palletId, 8]]);
    expect(content.dispensed.map(({ unit }) => unit)).to.deep.equal([9]);
    expect(trees.map((one) => one?.serials.length).sort()).to.deep.equal([4, 8]);
  });

  it("is made by staff too, and carries no serial numbers of parcels without a tree", async () => {
    const house = await read();
    const { tree, pharmacy, clerk } = house;
    const text = await snapshot(await joined(house, clerk), {
      pharmacy: addressOf(pharmacy),
      trees: [excerptOf(tree, { first: 8, count: 4 })],
    });
    expect(text).to.contain('"S10"').and.not.contain('"S3"');
    const { signer, content } = await openSnapshot(text, { signer: addressOf(clerk) });
    expect(signer).to.equal(clerk.address);
    expect(content.pharmacy).to.equal(pharmacy.address);
  });

  it("refuses a tree the batch was not commissioned with, and a connection that cannot sign", async () => {
    const house = await read();
    await refusal(snapshot(house.aceso, { trees: [await treeOf(TABLETS, 4)] }), TreeNotCommittedError);
    const reader = await connect(ethers.provider, { deployment: deploymentOf(house) });
    await refusal(snapshot(reader, { pharmacy: addressOf(house.pharmacy) }), NoSignerError);
  });
});

describe("openSnapshot", () => {
  it("refuses whatever was altered", async () => {
    const { aceso, tree, branch } = await read();
    const text = await snapshot(aceso, { trees: [tree] });
    const altered = (change: (file: SnapshotFile) => void): string => {
      const file = JSON.parse(text) as SnapshotFile;
      change(file);
      return JSON.stringify(file);
    };
    const attempts = [
      altered(({ content }) => (content.batches[0]!.expiry += 1)),
      altered(({ content }) => (content.dispensed = [])),
      altered(({ content }) => (content.time += 1)),
      altered((file) => (file.signer = addressOf(branch))),
      altered((file) => (file.signature = "0x1234")),
    ];
    for (const attempt of attempts) await refusal(openSnapshot(attempt), SnapshotTamperedError);
    await openSnapshot(altered(() => undefined));
  });

  it("takes those of the account that is named, only", async () => {
    const { aceso, pharmacy, branch } = await read();
    const text = await snapshot(aceso);
    await openSnapshot(text, { signer: pharmacy.address.toLowerCase() as Hex });
    const { signer } = await refusal(openSnapshot(text, { signer: addressOf(branch) }), SnapshotSignerError);
    expect(signer).to.equal(pharmacy.address);
  });

  it("refuses what is no snapshot", async () => {
    for (const text of ["", "null", "{}", '{"format":"aceso snapshot","version":2}', "[1"]) {
      await refusal(openSnapshot(text), MalformedSnapshotError);
    }
  });
});

describe("scanOffline", () => {
  it("answers as verify does, and says how old the answer is", async () => {
    const { aceso, taken, tree, batches, regulator } = await read();
    await batches.connect(regulator).recall(TABLETS, regulator, CLASS.I, DEPTH.Consumer, EVIDENCE);
    const opened = await taken();
    const asOf = await now(aceso);
    const scans = [
      ...["S3", "S9", "S10", "CLONE"].map((serial) => barcode(serial)),
      barcode("S10", { expiry: "990101" }),
      "(01)00300010123455(10)A123",
      "(01)00300010123455(21)S10",
      `(00)${SSCC}`,
    ];
    for (const scan of scans) {
      const { asOf: from, ageSeconds, ...answer } = scanOffline(opened, scan, { now: asOf + 60 });
      const trees = [excerptOf(tree, { first: 0, count: 12 })];
      const { ...online } = await verify(aceso, scan, { trees });
      if (online.kind !== "container") delete online.isReturned;
      expect(answer).to.deep.equal(online);
      expect([from, ageSeconds]).to.deep.equal([asOf, 60]);
    }
  });

  it("answers thousands of scans", async () => {
    const { taken, expiry } = await read();
    const opened = await taken();
    for (let scan = 0; scan < 2000; scan++) {
      const unit = scan % 8;
      expect(scanOffline(opened, barcode(`S${unit}`), { now: expiry - 1 })).to.include({ unit, verdict: "genuine" });
    }
  });

  it("bears with a container that names a batch nobody commissioned, and with a lot that is no text", async () => {
    const house = await loadFixture(commissioned);
    const { batches, maker, tree, expiry, whole } = house;
    const aceso = await joined(house, maker);
    const lot = id("no text");
    const odd = { expiry, units: UNITS, root: tree.root };
    await batches.connect(maker).commission({ product: TABLET, lot }, odd);
    const named = container(maker, 17, [TABLETS, id("no batch")]);
    await batches.connect(maker).pack(named, items(whole), maker);
    const opened = await openSnapshot(await snapshot(aceso));
    expect(opened.content.batches.map((standing) => standing.lot)).to.include(lot);
    const answer = scanOffline(opened, `(00)${SSCC}`, { now: expiry - 1 }) as ContainerAnswer;
    expect(answer.verdict).to.equal("genuine");
    expect(answer.containers[0]!.batches).to.have.length(1);
  });

  it("finds what expired since the snapshot, by the clock it is given", async () => {
    const { taken, expiry } = await read();
    expect(scanOffline(await taken(), barcode("S3"), { now: expiry }).verdict).to.equal("expired");
  });

  it("says of what it does not know that it does not know it", async () => {
    const { taken, aceso } = await read();
    const opened = await taken();
    const at = { now: await now(aceso) };
    for (const scan of [barcode("S3", { lot: "B1" }), "(01)00300010123455(21)S19", "(00)000000000000000031"]) {
      const { verdict, findings } = scanOffline(opened, scan, at);
      expect([verdict, findings.map(({ name }) => name)]).to.deep.equal(["unverified", ["NotInSnapshot"]]);
    }
    const untold = await openSnapshot(await snapshot(aceso));
    expect(scanOffline(untold, barcode("S3"), at).findings.map(({ name }) => name)).to.deep.equal(["TreeMissing"]);
  });

  it("tells a counterfeit where the whole batch is in stock, and needs the lot where a serial is in two", async () => {
    const house = await loadFixture(commissioned);
    const { batches, maker, tree, expiry } = house;
    const aceso = await joined(house, maker);
    const lot = encodeBytes32String("B1");
    const second = await treeOf(batchId(TABLET, lot));
    await batches.connect(maker).commission({ product: TABLET, lot }, { expiry, units: UNITS, root: second.root });
    const opened = await openSnapshot(await snapshot(aceso, { trees: [tree, second] }));
    const at = { now: expiry - 1 };
    expect(scanOffline(opened, barcode("CLONE"), at).verdict).to.equal("unknown");
    await refusal(() => scanOffline(opened, "(01)00300010123455(21)S1", at), LotAmbiguousError);
    expect(scanOffline(opened, "(01)00300010123455(21)S1", { ...at, lot: "B1" })).to.include({ lot: "B1" });
  });

  it("refuses a clock that is behind, a location, another lot, and what is no barcode", async () => {
    const { taken, aceso } = await read();
    const opened = await taken();
    const at = await now(aceso);
    expect(scanOffline(opened, barcode("S3"), { now: at - 300 }).ageSeconds).to.equal(0);
    await refusal(() => scanOffline(opened, barcode("S3"), { now: at - 301 }), ClockBehindError);
    await refusal(() => scanOffline(opened, "(414)9506000134376", { now: at }), LocationScannedError);
    await refusal(() => scanOffline(opened, barcode("S3"), { now: at, lot: "B1" }), LotDiffersError);
    await refusal(() => scanOffline(opened, "hello", { now: at }), UnreadableScanError);
  });
});
