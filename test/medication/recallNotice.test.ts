import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { connect } from "../../src/aceso.js";
import { parseRecalls, type RecallNotice } from "../../src/fda/recall.js";
import { gtinOfNdc } from "../../src/gs1/ndc.js";
import { documentDigest } from "../../src/medication/document.js";
import { batchesOnLedger, planRecalls, sendRecalls } from "../../src/medication/recallNotice.js";
import { loadFixture } from "../fixtures.js";
import { deploymentOf, revert } from "../sdk.js";
import { batchId, CLASS, commissioned, DEPTH, EVIDENCE, RECALL } from "./ledger.js";

const notice = (members: Partial<RecallNotice> = {}): RecallNotice => ({
  number: "D-1-2026",
  status: "Ongoing",
  classification: "II",
  firm: "Salt Inc.",
  product: "Tablets",
  ndcs: ["0001-0123-45"],
  reason: "Subpotent.",
  initiated: 1_700_000_000,
  lots: [{ lot: "A123" }],
  allLots: false,
  unread: [],
  ...members,
});
const product = (ndc: string, indicator = 0) => `gtin:${gtinOfNdc(ndc, indicator)}`;
const plan = (notices: RecallNotice[], batches: { product: string; lot: string }[]) =>
  planRecalls(notices, { batches, depth: "retail" });

describe("planRecalls", () => {
  it("finds the recalled lots of an NDC under each of its GTINs, and tells which are not on the ledger", async () => {
    const batches = [
      { product: product("0001-0123-45"), lot: "A123" },
      { product: product("0001-0123-45", 3), lot: "A123" },
      { product: product("0001-0123-45"), lot: "A124" },
      { product: product("0001-0123-46"), lot: "A123" },
      { product: "hibcc:A123BJC5D6E71", lot: "A123" },
    ];
    const { recalls, absent, unread } = await plan([notice({ lots: [{ lot: "A123" }, { lot: "Z9" }] })], batches);
    expect(recalls.map(({ product: of, lot }) => ({ product: of, lot }))).to.deep.equal(batches.slice(0, 2));
    const digest = await documentDigest(notice({ lots: [{ lot: "A123" }, { lot: "Z9" }] }));
    expect(recalls[0]).to.deep.include({ number: "D-1-2026", recallClass: "II", depth: "retail", notice: digest });
    expect(absent).to.deep.equal([{ number: "D-1-2026", lot: "Z9", ndcs: ["0001-0123-45"] }]);
    expect(unread).to.be.empty;
  });

  it("takes an NDC without its package as all of the product's", async () => {
    const batches = ["12345-678-01", "12345-678-02", "12345-679-01"].map((ndc) => ({
      product: product(ndc),
      lot: "A123",
    }));
    const { recalls } = await plan([notice({ ndcs: ["12345-678"] })], batches);
    expect(recalls.map((recall) => recall.product)).to.deep.equal(batches.slice(0, 2).map((batch) => batch.product));
  });

  it("recalls every lot of a product when all are, and tells when there is none", async () => {
    const batches = ["A1", "A2"].map((lot) => ({ product: product("0001-0123-45"), lot }));
    const all = notice({ lots: [], allLots: true });
    expect((await plan([all], batches)).recalls.map(({ lot }) => lot)).to.deep.equal(["A1", "A2"]);
    expect((await plan([all], [])).absent).to.deep.equal([{ number: "D-1-2026", ndcs: ["0001-0123-45"] }]);
  });

  it("keeps what only a person can read, verbatim, and guesses nothing", async () => {
    const batches = [{ product: product("12345-0678-0"), lot: "A123" }];
    const ambiguous = notice({ ndcs: ["12345-0678-00"], unread: ["12A3 through 12A9"] });
    const { recalls, absent, unread } = await plan([ambiguous, notice({ number: "D-2-2026", ndcs: [] })], batches);
    expect(recalls).to.be.empty;
    expect(absent.map(({ number }) => number)).to.deep.equal(["D-1-2026", "D-2-2026"]);
    expect(unread.map(({ text }) => text)).to.deep.equal(["12A3 through 12A9", "12345-0678-00"]);
  });

  it("puts the mildest first, those not classified before all", async () => {
    const batches = [{ product: product("0001-0123-45"), lot: "A123" }];
    const { classification: _, ...unclassified } = notice();
    const notices = [notice({ classification: "I" }), notice({ classification: "III" }), unclassified];
    const { recalls } = await plan(notices, batches);
    expect(recalls.map(({ recallClass }) => recallClass)).to.deep.equal(["unclassified", "III", "I"]);
  });

  it("reads real notices", async function () {
    const paths = ["recall-ndc-4-4-2.xml", "recall-ndc-5-3-2.xml"].map((name) =>
      join(process.env.ACESO_DATA ?? "", "fda", name),
    );
    if (process.env.ACESO_DATA === undefined || !paths.every((path) => existsSync(path))) this.skip();
    const notices = paths.flatMap((path) => parseRecalls(readFileSync(path, "utf8")));
    for (const each of notices) {
      const [lot, ndc] = [each.lots[0]!.lot, each.ndcs[0]!];
      const { recalls, absent } = await plan([each], [{ product: product(ndc), lot }]);
      expect(recalls.map((recall) => recall.lot)).to.deep.equal([lot]);
      expect(absent).to.have.length(each.lots.filter((other) => other.lot !== lot).length);
    }
  });
});

describe("sendRecalls", () => {
  const recallOf = async (recallClass: RecallNotice["classification"], depth: "retail" | "consumer") =>
    planRecalls([notice(recallClass && { classification: recallClass })], {
      batches: [{ product: product("0001-0123-45"), lot: "A123" }],
      depth,
    });

  it("recalls the batches on the ledger, raises, and never lowers or repeats", async () => {
    const { maker, batches, ...house } = await loadFixture(commissioned);
    const aceso = await connect(maker, { deployment: deploymentOf({ ...house, batches }) });
    const onLedger = await batchesOnLedger(aceso);
    expect(onLedger.map(({ lot }) => lot)).to.deep.equal(["A123", "A123"]);
    const first = await planRecalls([notice()], { batches: onLedger, depth: "consumer" });
    expect((await sendRecalls(aceso, first)).sent).to.have.length(1);
    const state = async () => {
      const { recall, recallClass, recallDepth } = await batches.batchOf(batchId());
      return [recall, recallClass, recallDepth].map(Number);
    };
    expect(await state()).to.deep.equal([RECALL.Ongoing, CLASS.II, DEPTH.Consumer]);
    expect((await sendRecalls(aceso, first)).skipped).to.deep.equal(first.recalls);
    expect((await sendRecalls(aceso, await recallOf("III", "retail"))).sent).to.be.empty;
    const { sent } = await sendRecalls(aceso, await recallOf("I", "retail"));
    expect(sent[0]!.recall).to.deep.include({ recallClass: "I", depth: "consumer" });
    expect(await state()).to.deep.equal([RECALL.Ongoing, CLASS.I, DEPTH.Consumer]);
  });

  it("leaves a closed recall closed, acts for the organisation named, and tells when it may not", async () => {
    const { maker, regulator, rival, batches, ...house } = await loadFixture(commissioned);
    const deployment = deploymentOf({ ...house, batches });
    const [official, stranger] = [await connect(regulator, { deployment }), await connect(rival, { deployment })];
    const planned = await recallOf("II", "retail");
    await revert(sendRecalls(stranger, planned, { organisation: official.account! }), "BatchUnauthorized");
    await sendRecalls(official, planned, { organisation: official.account! });
    await batches.connect(regulator).terminateRecall(batchId(), regulator, EVIDENCE);
    expect((await sendRecalls(official, planned)).skipped).to.have.length(1);
    expect((await batches.batchOf(batchId())).recall).to.equal(RECALL.Terminated);
  });
});
