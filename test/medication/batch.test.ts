import { expect } from "chai";

import { accountOf } from "../../src/aceso.js";
import { MalformedDigestError } from "../../src/crypto/digest.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { batchOf, commission, refresh } from "../../src/medication/batch.js";
import { UnknownWordError } from "../../src/medication/codes.js";
import { excerptOf } from "../../src/medication/excerpt.js";
import { batchId, itemId } from "../../src/medication/item.js";
import { authorise, productOf, withdraw } from "../../src/medication/product.js";
import { holdBatch, recall, releaseBatch, rescindRecall, terminateRecall } from "../../src/medication/recall.js";
import { buildTree } from "../../src/medication/tree.js";
import { WrongTreeError } from "../../src/medication/unit.js";
import { refusal, revert } from "../sdk.js";
import { UNITS } from "./ledger.js";
import { atMaker, DIGEST, OPIOIDS, TABLETS } from "./people.js";

const NEW = { product: TABLETS.product, lot: "B7" };

describe("commission", () => {
  it("commits to the tree, and makes one parcel of all units the manufacturer's", async () => {
    const { maker, house, expiry } = await atMaker();
    const tree = await buildTree({ batch: batchId(NEW), serials: ["A", "B", "C"] });
    const { result } = await commission(maker, { ...NEW, expiry, tree }).send();
    expect(result).to.deep.equal({ batch: tree.batch, parcel: { batch: tree.batch, first: 0, count: 3 } });
    expect(await house.batches.rootOf(result.batch)).to.equal(tree.root);
    expect((await house.batches.custodyOf(itemId(result.parcel))).holder).to.equal(maker.account);
    expect(await batchOf(maker, result.batch)).to.deep.equal({
      manufacturer: maker.account,
      units: 3,
      expiry,
      recall: "none",
      recallClass: "unclassified",
      recallDepth: "wholesale",
      held: false,
      prescriptionOnly: false,
    });
  });

  it("refuses the tree of another batch, and an excerpt", async () => {
    const { maker, tree, expiry } = await atMaker();
    await refusal(() => commission(maker, { ...NEW, expiry, tree }), WrongTreeError);
    for (const part of [
      { first: 0, count: UNITS - 1 },
      { first: 1, count: UNITS - 1 },
    ]) {
      const error = await refusal(
        () => commission(maker, { ...TABLETS, expiry, tree: excerptOf(tree, part) }),
        WrongTreeError,
      );
      expect(error.message).to.include("excerpt");
    }
  });

  it("takes the batch's id in any case", async () => {
    const { maker, tree, expiry } = await atMaker();
    const upper = { ...tree, batch: `0x${tree.batch.slice(2).toUpperCase()}` as Hex };
    await revert(commission(maker, { ...TABLETS, expiry, tree: upper }).send(), "BatchExists");
  });

  it("is refused by name when it is expired, not authorised, or another's", async () => {
    const { maker, rival, regulator, expiry } = await atMaker();
    const tree = await buildTree({ batch: batchId(NEW), serials: ["A"] });
    const args = await revert(commission(maker, { ...NEW, expiry: 1000, tree }).send(), "BatchExpired");
    expect(args).to.deep.equal({ id: tree.batch, expiry: 1000n });
    await revert(commission(rival, { ...NEW, expiry, tree }).send(), "BatchManufacturerInvalid");
    await withdraw(regulator, { product: NEW.product }).send();
    await revert(commission(maker, { ...NEW, expiry, tree }).send(), "BatchProductUnauthorised");
  });
});

describe("refresh", () => {
  it("makes a batch prescription-only as its product became", async () => {
    const { regulator, stranger, whole } = await atMaker();
    const terms = (await productOf(regulator, TABLETS.product))!;
    await authorise(regulator, { product: TABLETS.product, ...terms, prescriptionOnly: true }).send();
    expect((await batchOf(stranger, whole.batch))!.prescriptionOnly).to.equal(false);
    await refresh(stranger, TABLETS).send();
    expect((await batchOf(stranger, whole.batch))!.prescriptionOnly).to.equal(true);
    await revert(refresh(stranger, NEW).send(), "BatchUnknown");
  });
});

describe("batchOf", () => {
  it("knows none that was not commissioned", async () => {
    const { maker } = await atMaker();
    expect(await batchOf(maker, batchId(NEW))).to.equal(undefined);
  });
});

describe("recall", () => {
  it("calls a batch back, to be raised by its manufacturer, and classified by a regulator", async () => {
    const { maker, regulator, whole } = await atMaker();
    const { batch } = whole;
    await recall(maker, { batch, depth: "retail", notice: DIGEST }).send();
    const ongoing = { recall: "ongoing", recallClass: "unclassified", recallDepth: "retail" };
    expect(await batchOf(maker, batch)).to.include(ongoing);
    await recall(regulator, { batch, recallClass: "I", depth: "consumer", notice: DIGEST }).send();
    expect(await batchOf(maker, batch)).to.include({ ...ongoing, recallClass: "I", recallDepth: "consumer" });
    const lower = { batch, recallClass: "II", depth: "consumer", notice: DIGEST } as const;
    await revert(recall(maker, lower).send(), "RecallLowered");
  });

  it("names the organisation when staff sends it", async () => {
    const { maker, stranger, whole, house } = await atMaker();
    const call = { batch: whole.batch, depth: "retail", notice: DIGEST, organisation: accountOf(maker) } as const;
    await revert(recall(stranger, call).send(), "BatchUnauthorized");
    await house.accreditation.connect(house.maker).setMember(house.stranger, 4_000_000_000);
    await recall(stranger, call).send();
    expect((await batchOf(maker, whole.batch))!.recall).to.equal("ongoing");
  });

  it("refuses by name words and digests that are none", async () => {
    const { maker, whole } = await atMaker();
    const good = { batch: whole.batch, depth: "retail", notice: DIGEST } as const;
    await refusal(() => recall(maker, { ...good, recallClass: "IV" as "I" }), UnknownWordError);
    await refusal(() => recall(maker, { ...good, depth: "shelf" as "retail" }), UnknownWordError);
    await refusal(() => recall(maker, { ...good, notice: "0x12" }), MalformedDigestError);
  });
});

describe("terminateRecall and rescindRecall", () => {
  it("close a recall, or take it back", async () => {
    const { maker, regulator, whole, opioids } = await atMaker();
    for (const { batch } of [whole, opioids]) await recall(maker, { batch, depth: "retail", notice: DIGEST }).send();
    await terminateRecall(regulator, { batch: whole.batch, notice: DIGEST }).send();
    expect((await batchOf(maker, whole.batch))!.recall).to.equal("terminated");
    await rescindRecall(regulator, { batch: batchId(OPIOIDS), notice: DIGEST }).send();
    expect((await batchOf(maker, opioids.batch))!.recall).to.equal("none");
    await revert(terminateRecall(regulator, { batch: opioids.batch, notice: DIGEST }).send(), "RecallMissing");
    await revert(rescindRecall(maker, { batch: whole.batch, notice: DIGEST }).send(), "BatchUnauthorized");
  });
});

describe("holdBatch and releaseBatch", () => {
  it("hold a batch, and release it", async () => {
    const { regulator, whole } = await atMaker();
    const hold = { batch: whole.batch, evidence: DIGEST };
    await holdBatch(regulator, hold).send();
    expect((await batchOf(regulator, whole.batch))!.held).to.equal(true);
    await revert(holdBatch(regulator, hold).send(), "BatchHoldUnchanged");
    await releaseBatch(regulator, hold).send();
    expect((await batchOf(regulator, whole.batch))!.held).to.equal(false);
    await revert(releaseBatch(regulator, hold).send(), "BatchHoldUnchanged");
  });
});
