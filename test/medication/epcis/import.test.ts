import { expect } from "chai";

import { connect, type Aceso } from "../../../src/aceso.js";
import { toAddress, type Address } from "../../../src/crypto/address.js";
import type { Hex } from "../../../src/crypto/bytes.js";
import { checkEpcis } from "../../../src/gs1/epcis/check.js";
import type { EpcisDocument, EpcisEvent } from "../../../src/gs1/epcis/event.js";
import { parseEpcisJson } from "../../../src/gs1/epcis/json.js";
import { parseEpcis } from "../../../src/gs1/epcis/parse.js";
import { exportEpcis, NoGtinError } from "../../../src/medication/epcis/export.js";
import { importEpcis, type ConnectionOf } from "../../../src/medication/epcis/import.js";
import { UnknownLabelError } from "../../../src/medication/epcis/naming.js";
import { UnknownPartyError } from "../../../src/medication/epcis/parties.js";
import { planEpcis, type Plan } from "../../../src/medication/epcis/plan.js";
import { BatchDiffersError } from "../../../src/medication/epcis/resume.js";
import { batchId, itemId } from "../../../src/medication/item.js";
import { BatchNotCommissionedError } from "../../../src/medication/lineage.js";
import { buildTree } from "../../../src/medication/tree.js";
import { WrongTreeError } from "../../../src/medication/unit.js";
import { loadFixture } from "../../fixtures.js";
import { officialSchema, samples } from "../../gs1/epcis/samples.js";
import { deploymentOf, refusal, refusing } from "../../sdk.js";
import { CONDITION, RECALL, STATUS, trade } from "../ledger.js";
import {
  commissioned,
  crate,
  dispensed,
  documentOf,
  MAKER,
  packed,
  pallet,
  PHARMACY,
  received,
  seen,
  shipped,
  unit,
  units,
  unpacked,
  WHOLESALER,
} from "./documents.js";

const key = { product: "gtin:00300010123455", lot: "A123" };

/** Everybody who trades, connected, and the book that says who they are. */
async function traders() {
  const house = await trade();
  const { maker, wholesaler, pharmacy } = house;
  const deployment = deploymentOf(house);
  const joined = await Promise.all([maker, wholesaler, pharmacy].map((signer) => connect(signer, { deployment })));
  const connections = new Map<Address, Aceso>(joined.map((aceso) => [aceso.account!, aceso]));
  const parties = {
    [MAKER]: { account: maker.address, role: "Manufacturer" },
    [WHOLESALER]: { account: wholesaler.address, role: "Distributor" },
    [PHARMACY]: { account: pharmacy.address, role: "Pharmacy" },
  };
  const connectionOf: ConnectionOf = (account) => connections.get(account)!;
  return { ...house, aceso: joined[0]!, connectionOf, parties };
}

// From the factory to the patient, by way of a hold, a cancelled shipment, a loss, a destruction and a recall.
const journey = documentOf(
  commissioned(units(1, 12)),
  packed(crate(1), [unit(2), unit(4), unit(6), unit(8)]),
  packed(crate(2), [unit(1), unit(3)]),
  packed(pallet(1), [crate(1), crate(2), unit(7)]),
  seen([unit(12)], { bizStep: "holding" }),
  seen([unit(12)], { bizStep: "inspecting", disposition: "sellable_accessible" }),
  shipped([unit(11)], MAKER, WHOLESALER),
  seen([unit(11)], { bizStep: "void_shipping" }),
  seen([unit(11)], { disposition: "stolen" }),
  seen([unit(11)], { bizStep: "holding" }),
  shipped([pallet(1), unit(5)], MAKER, WHOLESALER),
  received([pallet(1), unit(5)], WHOLESALER),
  unpacked(pallet(1)),
  seen([unit(5)], { bizStep: "destroying", action: "DELETE" }),
  shipped([crate(1)], WHOLESALER, PHARMACY),
  received([crate(1)], PHARMACY),
  unpacked(crate(1), [unit(2), unit(4)]),
  dispensed([unit(2), unit(4)]),
  seen([unit(4)], { bizStep: "stocking", disposition: "returned" }),
  seen([unit(4)], { disposition: "recalled" }),
);

/** The steps, but for when and by which document they happened. */
function asked({ steps }: Plan): unknown[] {
  const told = ["events", "document", "evidence", "notice"];
  return steps.map((step) => Object.fromEntries(Object.entries(step).filter(([name]) => !told.includes(name))));
}

describe("importEpcis", () => {
  it("sends each step by its organisation and tells of every one", async () => {
    const { connectionOf, parties, batches, pharmacy } = await loadFixture(traders);
    const plan = planEpcis(journey, { parties });
    const done: number[] = [];
    const { sent, skipped, trees } = await importEpcis(connectionOf, plan, {
      onProgress: (progress) => done.push(progress.done),
    });
    expect(sent.map(({ step }) => step)).to.deep.equal(plan.steps);
    expect(skipped).to.be.empty;
    expect(done).to.deep.equal(plan.steps.map((_, place) => place + 1));
    const [tree] = trees;
    expect(tree!.serials).to.have.members(units(1, 12).map((epc) => epc.slice(32)));
    expect(await batches.rootOf(tree!.batch)).to.equal(tree!.root);
    expect((await batches.batchOf(tree!.batch)).recall).to.equal(RECALL.Ongoing);
    expect(await batches.isDispensed(tree!.batch, tree!.unitOfSerial.get("2")!)).to.be.true;
    expect(await batches.isDispensed(tree!.batch, tree!.unitOfSerial.get("4")!)).to.be.false;
    const [rest] = plan.steps.flatMap((step) => (step.call === "pack" ? [step.container] : [])).slice(-1);
    const custody = await batches.custodyOf(itemId(rest!));
    expect(custody.status).to.equal(STATUS.InCustody);
    expect(custody.holder).to.equal(pharmacy.address);
    const [found] = plan.steps.flatMap((step) => (step.call === "recover" ? step.items : []));
    expect((await batches.custodyOf(itemId(found!))).condition).to.equal(CONDITION.Suspect);
  });

  it("goes on where an interrupted import stopped, whatever the step", async () => {
    const { connectionOf, parties, aceso } = await loadFixture(traders);
    const plan = planEpcis(journey, { parties });
    let before = 0;
    for (const stop of [1, 8, 19]) {
      const { sent, skipped } = await importEpcis(connectionOf, { ...plan, steps: plan.steps.slice(0, stop) });
      expect([sent.length, skipped.length]).to.deep.equal([stop - before, before]);
      before = stop;
    }
    await importEpcis(connectionOf, plan);
    const again = await importEpcis(() => ({ ...aceso, signer: refusing(aceso) }), plan);
    expect(again.sent).to.be.empty;
    expect(again.skipped).to.deep.equal(plan.steps);
  });

  it("sends what happened before again when a later document says so", async () => {
    const { connectionOf, parties } = await loadFixture(traders);
    const there = [shipped([pallet(1)], MAKER, WHOLESALER), received([pallet(1)], WHOLESALER)];
    const back = [shipped([pallet(1)], WHOLESALER, MAKER), received([pallet(1)], MAKER)];
    const twoLots = [commissioned([unit(1)]), commissioned([unit(2)], { lot: "B9", expiry: "2090-01-31" })];
    const first = documentOf(...twoLots, packed(pallet(1), units(1, 2)), ...there, ...back);
    await importEpcis(connectionOf, planEpcis(first, { parties }));
    const next = documentOf(...there.map((event, place) => ({ ...event, time: 1_800_000_000 + place })));
    const plan = planEpcis(next, { parties, before: [first] });
    expect((await importEpcis(connectionOf, plan)).sent).to.have.length(2);
    expect((await importEpcis(connectionOf, plan)).skipped).to.have.length(2);
  });

  it("refuses a batch that is on the ledger with other serials, unless its tree is given", async () => {
    const { connectionOf, parties } = await loadFixture(traders);
    const plan = planEpcis(documentOf(commissioned(units(1, 3))), { parties });
    const { trees } = await importEpcis(connectionOf, plan);
    const other = planEpcis(documentOf(commissioned(units(1, 2))), { parties });
    expect((await refusal(importEpcis(connectionOf, other), BatchDiffersError)).batch).to.equal(trees[0]!.batch);
    const known = planEpcis(documentOf(commissioned(units(1, 2))), { parties, trees });
    expect((await importEpcis(connectionOf, known)).skipped).to.have.length(1);
  });

  it("does nothing for a document without steps", async () => {
    const nobody: ConnectionOf = () => expect.fail("Nobody was to be asked.");
    expect(await importEpcis(nobody, { steps: [], earlier: [] })).to.deep.equal({ sent: [], skipped: [], trees: [] });
  });
});

describe("exportEpcis", () => {
  it("writes what the ledger knows so that planning it again gives the same steps", async () => {
    const { connectionOf, parties, aceso } = await loadFixture(traders);
    const plan = planEpcis(journey, { parties });
    const { trees } = await importEpcis(connectionOf, plan);
    const written = await exportEpcis(aceso, key, { tree: trees[0]!, parties, cases: plan.cases });
    const again = planEpcis(parseEpcisJson(JSON.stringify(written)), { parties });
    expect(asked(again)).to.deep.equal(asked(plan));
    const documents = ({ steps }: Plan) => steps.flatMap((step) => ("document" in step ? [step.document] : []));
    expect(documents(again)).to.deep.equal(documents(plan));
  });

  it("writes GS1 US's example back, valid by GS1's official schema, and its steps the same", async function () {
    const [[, text] = []] = samples("", /^gs1-us-pharma-example\.xml$/);
    const schema = officialSchema();
    if (text === undefined || schema === undefined) this.skip();
    const { connectionOf, parties, aceso } = await loadFixture(traders);
    const example = parseEpcis(text);
    const plan = planEpcis(unexpired(example), { parties });
    const { trees } = await importEpcis(connectionOf, plan);
    const written = await exportEpcis(aceso, key, { tree: trees[0]!, parties, cases: plan.cases });
    checkEpcis(written, schema);
    expect(asked(planEpcis(parseEpcisJson(written), { parties }))).to.deep.equal(asked(plan));
  });

  it("writes every kind of event validly by GS1's official schema", async function () {
    const schema = officialSchema();
    if (schema === undefined) this.skip();
    const { connectionOf, parties, aceso, batches, regulator } = await loadFixture(traders);
    const plan = planEpcis(journey, { parties });
    const [tree] = (await importEpcis(connectionOf, plan)).trees;
    const evidence: Hex = `0x${"ab".repeat(32)}`;
    await batches.connect(regulator).holdBatch(tree!.batch, regulator, evidence);
    await batches.connect(regulator).releaseBatch(tree!.batch, regulator, evidence);
    await batches.connect(regulator).rescindRecall(tree!.batch, regulator, evidence);
    const written = await exportEpcis(aceso, key, { tree: tree!, parties, cases: plan.cases });
    checkEpcis(written, schema);
    const { events } = parseEpcisJson(written);
    expect(events.slice(-3).map(({ bizStep, quantities }) => [bizStep, quantities[0]!.epcClass])).to.deep.equal([
      ["holding", "https://id.gs1.org/01/00300010123455/10/A123"],
      ["inspecting", "https://id.gs1.org/01/00300010123455/10/A123"],
      ["inspecting", "https://id.gs1.org/01/00300010123455/10/A123"],
    ]);
  });

  it("names all accounts and labels it cannot name, and refuses what is no batch of a GTIN", async () => {
    const { connectionOf, parties, aceso, maker, wholesaler } = await loadFixture(traders);
    const document = documentOf(
      commissioned(units(1, 2)),
      packed(crate(1), [unit(1)]),
      packed(crate(2), [unit(2)]),
      shipped([crate(1)], MAKER, WHOLESALER),
    );
    const plan = planEpcis(document, { parties });
    const [tree] = (await importEpcis(connectionOf, plan)).trees;
    const nobody = await refusal(exportEpcis(aceso, key, { tree: tree!, parties: {} }), UnknownPartyError);
    expect(nobody.parties).to.deep.equal([toAddress(maker.address), toAddress(wholesaler.address)]);
    const cases = plan.cases.slice(0, 1);
    const unlabelled = await refusal(exportEpcis(aceso, key, { tree: tree!, parties, cases }), UnknownLabelError);
    expect(unlabelled.labels).to.have.length(1);
    await refusal(exportEpcis(aceso, { ...key, lot: "B9" }, { tree: tree!, parties }), WrongTreeError);
    const device = { product: "iccbba:A99971312345AB00", lot: "1" };
    const deviceTree = await buildTree({ batch: batchId(device), serials: ["1"] });
    await refusal(exportEpcis(aceso, device, { tree: deviceTree, parties }), NoGtinError);
    const absent = { ...key, lot: "B9" };
    const absentTree = await buildTree({ batch: batchId(absent), serials: ["1"] });
    await refusal(exportEpcis(aceso, absent, { tree: absentTree, parties }), BatchNotCommissionedError);
  });
});

function unexpired(document: EpcisDocument): EpcisDocument {
  const renewed = (event: EpcisEvent) =>
    event.ilmd ? { ...event, ilmd: { ...event.ilmd, expiry: "2090-03-27" } } : event;
  return { ...document, events: document.events.map(renewed) };
}
