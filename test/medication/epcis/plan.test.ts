import { expect } from "chai";
import { assert, array, integer, property, shuffledSubarray } from "fast-check";

import type { Address } from "../../../src/crypto/address.js";
import type { Hex } from "../../../src/crypto/bytes.js";
import { EpcisInvalidError } from "../../../src/gs1/epcis/check.js";
import { parseEpcis } from "../../../src/gs1/epcis/parse.js";
import type { EpcisEvent } from "../../../src/gs1/epcis/event.js";
import { batchId, isParcel, ssccLabel } from "../../../src/medication/item.js";
import { EpcisConflictError } from "../../../src/medication/epcis/conflict.js";
import { documentUri } from "../../../src/medication/epcis/digest.js";
import { MalformedPartyError, UnknownPartyError } from "../../../src/medication/epcis/parties.js";
import { planEpcis, type PlanOptions } from "../../../src/medication/epcis/plan.js";
import type { Call, PlannedStep } from "../../../src/medication/epcis/step.js";
import { buildTree } from "../../../src/medication/tree.js";
import { samples } from "../../gs1/epcis/samples.js";
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

const account = (digit: number): Address => `0x${String(digit).repeat(40)}`;
const [maker, wholesaler, pharmacy] = [account(1), account(2), account(3)];
const parties = {
  [MAKER]: { account: maker, role: "Manufacturer" },
  [WHOLESALER]: { account: wholesaler, role: "Distributor" },
  [PHARMACY]: { account: pharmacy, role: "Pharmacy" },
};
const key = { product: "gtin:00300010123455", lot: "A123" };
const batch = batchId(key);
const parcel = (first: number, count: number) => ({ batch, first, count });

const plan = (events: EpcisEvent[], options: Partial<PlanOptions> = {}) =>
  planEpcis(documentOf(...events), { parties, ...options });
const calls = (events: EpcisEvent[]) => plan(events).steps.map(({ call }) => call);
const only = <C extends Call["call"]>(events: EpcisEvent[], name: C) =>
  plan(events).steps.filter((step): step is PlannedStep & { call: C } => step.call === name);
const conflictOf = (events: EpcisEvent[], options: Partial<PlanOptions> = {}): [number, string, string] => {
  try {
    plan(events, options);
  } catch (error) {
    expect(error).to.be.instanceOf(EpcisConflictError);
    const { event, epc, message } = error as EpcisConflictError;
    expect(message).to.contain(epc);
    return [event, epc, message];
  }
  return expect.fail("There was no conflict.");
};

describe("planEpcis", () => {
  it("plans GS1 US's pharmaceutical example: one batch, three cases on a pallet, one shipment", function () {
    const [[, text] = []] = samples("", /^gs1-us-pharma-example\.xml$/);
    if (text === undefined) this.skip();
    const { steps, unmapped, cases } = planEpcis(parseEpcis(text), { parties });
    expect(steps.map(({ call, events }) => [call, ...events])).to.deep.equal([
      ["commission", 0],
      ["split", 2],
      ["pack", 2],
      ["pack", 3],
      ["pack", 4],
      ["pack", 6],
      ["ship", 7],
    ]);
    const [commission, split, pack, , , onPallet, ship] = steps;
    expect(commission).to.deep.include({ by: maker });
    expect(commission).to.have.nested.property("batch.serials").that.has.length(12);
    expect(commission).to.have.nested.property("batch.expiry", Date.UTC(2025, 2, 28) / 1000);
    expect(split).to.deep.include({ parcel: parcel(0, 12), counts: [4, 4, 4] });
    expect(pack).to.deep.include({ items: [parcel(0, 4)] });
    expect(onPallet).to.have.property("items").that.has.length(3);
    expect(onPallet).to.have.nested.property("container.label", ssccLabel("403000112345678901"));
    expect(ship).to.deep.include({ by: maker, fromRole: "Manufacturer", to: wholesaler, toRole: "Distributor" });
    expect(unmapped.map(({ event }) => event)).to.deep.equal([1, 5]);
    expect(cases.map(({ serial }) => serial)).to.deep.equal(["110", "111", "121"]);
  });

  it("refuses every invalid document by name", function () {
    const texts = samples("invalid", /json$/);
    if (texts.length === 0) this.skip();
    for (const [name, text] of texts) {
      expect(() => planEpcis(parseEpcis(text), { parties }), name).to.throw(EpcisInvalidError);
    }
  });

  it("numbers units so that what is packed together is one parcel, however the serials are mixed", () => {
    const shuffled = shuffledSubarray(units(1, 24), { minLength: 24, maxLength: 24 });
    const sizes = array(integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    const check = property(shuffled, sizes, integer({ min: 0, max: 3 }), (serials, counts, onPallet) => {
      let next = 0;
      const packings = counts.map((count, place) => packed(crate(place), serials.slice(next, (next += count))));
      const pallets =
        onPallet > 0
          ? [
              packed(
                pallet(1),
                counts.slice(0, onPallet).map((_, place) => crate(place)),
              ),
            ]
          : [];
      const { steps } = plan([commissioned(units(1, 24)), ...packings, ...pallets]);
      const [first, ...others] = steps.filter(({ call }) => call !== "pack");
      expect(first)
        .to.have.nested.property("batch.serials")
        .that.has.members(units(1, 24).map((epc) => epc.slice(32)));
      expect(others.map(({ call }) => call)).to.deep.equal(["split"]);
      const packs = steps.filter((step): step is PlannedStep & { call: "pack" } => step.call === "pack");
      counts.forEach((count, place) => {
        const { items, events } = packs[place]!;
        expect(events).to.deep.equal([place + 1]);
        expect(items).to.have.length(1);
        const [item] = items.filter(isParcel);
        const { serials: numbered } = (first as Extract<Call, { call: "commission" }>).batch;
        const inCase = numbered.slice(item!.first, item!.first + item!.count).map(unit);
        expect(inCase).to.have.members(packings[place]!.children).and.have.length(count);
      });
    });
    assert(check, { numRuns: 25 });
  });

  it("takes what is in a container that is named too along with it", () => {
    const events = [
      commissioned(units(1, 2)),
      packed(crate(1), units(1, 2)),
      packed(pallet(1), [crate(1)]),
      shipped([unit(2), pallet(1), crate(1)], MAKER, WHOLESALER),
    ];
    expect(only(events, "ship").map(({ items }) => items.length)).to.deep.equal([1]);
  });

  it("takes nothing out of a container by a count of its class", () => {
    const quantities = [{ epcClass: "urn:epc:idpat:sgtin:030001.0012345.*", quantity: 1 }];
    const counted = { ...unpacked(crate(1)), quantities };
    const { steps, unmapped } = plan([commissioned([unit(1)]), packed(crate(1), [unit(1)]), counted]);
    expect(steps.map(({ call }) => call)).to.deep.equal(["commission", "pack"]);
    expect(unmapped).to.have.length(1);
  });

  it("leaves empty containers that are taken out of use", () => {
    const gone = seen([crate(1), pallet(1)], { action: "DELETE", bizStep: "decommissioning" });
    const events = [commissioned([unit(1)]), packed(crate(1), [unit(1)]), unpacked(crate(1)), gone];
    expect(calls(events)).to.deep.equal(["commission", "pack", "unpack"]);
    expect(plan(events).unmapped).to.deep.include({
      event: 3,
      reason: "Empty containers are not on the ledger.",
      epcs: [crate(1), pallet(1)],
    });
  });

  it("takes a place within a location for the party there, unless the book names it", () => {
    const [dock, gate] = [WHOLESALER.replace(/0$/, "DOCK"), WHOLESALER.replace(/0$/, "GATE")];
    const book = { ...parties, [gate]: parties[PHARMACY]! };
    const to = (place: string) => plan([commissioned([unit(1)]), shipped([unit(1)], MAKER, place)], { parties: book });
    expect(to(dock).steps[1]).to.deep.include({ to: wholesaler, toRole: "Distributor" });
    expect(to(gate).steps[1]).to.deep.include({ to: pharmacy, toRole: "Pharmacy" });
  });

  it("takes events in their order in time", () => {
    const late = { ...shipped([unit(1)], MAKER, WHOLESALER), time: 20 };
    const { steps } = plan([late, { ...commissioned([unit(1)]), time: 10 }]);
    expect(steps.map(({ call, events }) => [call, ...events])).to.deep.equal([
      ["commission", 1],
      ["ship", 0],
    ]);
  });

  it("commissions a lot once, with the units of all its events, and each lot by itself", () => {
    const other = { lot: "B9", expiry: "2091-01-31" };
    const steps = only(
      [commissioned([unit(1)]), commissioned([unit(2)]), commissioned([unit(3)], other)],
      "commission",
    );
    expect(steps.map((step) => [step.batch.lot, step.batch.serials, step.events])).to.deep.equal([
      ["A123", ["1", "2"], [0, 1]],
      ["B9", ["3"], [2]],
    ]);
  });

  it("numbers a batch as its tree does, of which a document may name a part only", async () => {
    const tree = await buildTree({ batch, serials: ["9", "2", "1", "7"] });
    const events = [commissioned(units(1, 2)), shipped(units(1, 2), MAKER, WHOLESALER)];
    const { steps } = plan(events, { trees: [tree] });
    expect(
      steps.slice(1).map((step) => ("items" in step ? step.items : "counts" in step && step.counts)),
    ).to.deep.equal([[1, 2, 1], [parcel(1, 2)]]);
    const [event, epc] = conflictOf([commissioned([unit(3)])], { trees: [tree] });
    expect([event, epc]).to.deep.equal([0, unit(3)]);
  });

  it("goes on where the documents before left the goods", () => {
    const first = documentOf(
      commissioned(units(1, 4)),
      packed(crate(1), units(1, 4)),
      shipped([crate(1)], MAKER, WHOLESALER),
    );
    const next = [commissioned([unit(1)]), received([crate(1)], WHOLESALER), unpacked(crate(1))];
    const { steps, earlier, unmapped, cases } = plan(
      next.map((event, place) => ({ ...event, time: 1_800_000_000 + place })),
      { before: [first] },
    );
    expect(steps.map(({ call, by }) => [call, by])).to.deep.equal([
      ["receive", wholesaler],
      ["unpack", wholesaler],
    ]);
    expect(earlier.map(({ call }) => call)).to.deep.equal(["commission", "pack", "ship"]);
    expect(cases).to.deep.equal([{ gtin: "10300010123452", serial: "1" }]);
    expect(unmapped).to.deep.equal([{ event: 0, reason: "They were commissioned before.", epcs: [unit(1)] }]);
    expect(planEpcis(first, { parties, before: [first] }).unmapped.map(({ reason }) => reason)).to.deep.equal(
      new Array(3).fill("It repeats an event."),
    );
  });

  it("names every batch that will be in a container when it is first packed", () => {
    const other = { lot: "B9", expiry: "2091-01-31" };
    const steps = only(
      [
        commissioned([unit(1)]),
        packed(crate(1), [unit(1)]),
        packed(pallet(1), [crate(1)]),
        commissioned([unit(2)], other),
        packed(crate(2), [unit(2)]),
        packed(pallet(1), [crate(2)]),
      ],
      "pack",
    );
    const both = [batch, batchId({ ...key, lot: "B9" })].sort();
    expect(steps.map((step) => step.container.batches)).to.deep.equal([
      [batch],
      both,
      [both.find((id) => id !== batch)],
      both,
    ]);
  });

  it("puts the rest of a parcel back when only some of its units are taken out", () => {
    const events = [commissioned(units(1, 4)), packed(crate(1), units(1, 4)), unpacked(crate(1), [unit(2)])];
    const [, , unpack, split, pack] = plan(events).steps;
    expect(unpack).to.deep.include({ call: "unpack", items: [parcel(0, 4)] });
    expect(split).to.deep.include({ call: "split", counts: [1, 1, 2] });
    expect(pack).to.deep.include({ call: "pack", items: [parcel(0, 1), parcel(2, 2)] });
    const again = [...events, unpacked(crate(1), [unit(1), unit(3), unit(4)]), packed(crate(2), units(1, 4))];
    expect(calls(again).slice(-2)).to.deep.equal(["unpack", "pack"]);
  });

  it("ships units in the parcels they will be received in", () => {
    const events = [
      commissioned(units(1, 5)),
      shipped(units(1, 4), MAKER, WHOLESALER),
      received(units(1, 2), WHOLESALER),
      received(units(3, 4), WHOLESALER),
    ];
    const [, split, ship, one, two] = plan(events).steps;
    expect(split).to.deep.include({ counts: [2, 2, 1] });
    expect(ship).to.deep.include({ items: [parcel(0, 2), parcel(2, 2)] });
    expect(one).to.deep.include({ call: "receive", items: [parcel(0, 2)], from: maker, role: "Distributor" });
    expect(two).to.deep.include({ items: [parcel(2, 2)] });
  });

  it("keeps splits and lists of items within what a transaction takes", () => {
    const many = units(1000, 1449);
    const cases = many.map((epc, place) => packed(crate(place), [epc]));
    const steps = plan([
      commissioned(many),
      ...cases,
      packed(
        pallet(1),
        many.map((_, place) => crate(place)),
      ),
    ]).steps;
    const splits = steps.filter((step) => step.call === "split");
    expect(splits.map(({ counts }) => counts.length)).to.deep.equal([200, 200, 52]);
    expect(steps.slice(-3).map((step) => "items" in step && step.items.length)).to.deep.equal([200, 200, 50]);
  });

  describe("of what the ledger has a word for", () => {
    const held = [commissioned(units(1, 4)), seen([unit(1)], { bizStep: "holding" })];

    it("holds and releases", () => {
      expect(calls(held)).to.deep.equal(["commission", "split", "hold"]);
      const fit = seen([unit(1)], { bizStep: "inspecting", disposition: "sellable_accessible" });
      expect(calls([...held, fit]).at(-1)).to.equal("release");
      expect(plan([...held, fit, { ...fit, time: 1_800_000_000 }]).unmapped).to.deep.equal([
        { event: 3, reason: "They were not on hold.", epcs: [unit(1)] },
      ]);
      const damaged = seen([unit(1)], { disposition: "damaged" });
      expect(only([commissioned([unit(1)]), damaged], "hold")[0]).to.deep.include({ by: maker, reason: "damage" });
      expect(plan([...held, damaged]).unmapped[0]).to.deep.include({ reason: "They are on hold already." });
    });

    it("holds what arrives damaged", () => {
      const arriving = { ...received([unit(1)], WHOLESALER), disposition: "damaged" };
      const events = [commissioned([unit(1)]), shipped([unit(1)], MAKER, WHOLESALER), arriving];
      expect(calls(events)).to.deep.equal(["commission", "ship", "receive", "hold"]);
    });

    it("cancels shipments, destroys, and reports missing what is found again on hold", () => {
      const events = [
        commissioned(units(1, 3)),
        shipped([unit(1)], MAKER, WHOLESALER),
        seen([unit(1)], { bizStep: "void_shipping" }),
      ];
      expect(only(events, "cancelShipment")[0]).to.deep.include({ by: maker, to: wholesaler });
      expect(calls([...events, seen([unit(1)], { action: "DELETE", bizStep: "decommissioning" })]).at(-1)).to.equal(
        "destroy",
      );
      const lost = [
        commissioned([unit(1)]),
        seen([unit(1)], { disposition: "stolen" }),
        seen([unit(1)], { bizStep: "holding" }),
      ];
      expect(calls(lost)).to.deep.equal(["commission", "reportMissing", "recover"]);
    });

    it("dispenses unit by unit, from a parcel that stays whole, and takes units back to stock", () => {
      const back = seen([unit(2)], { bizStep: "stocking", disposition: "returned" });
      const { steps } = plan([commissioned(units(1, 3)), dispensed([unit(2), unit(3)]), back]);
      expect(steps.slice(1).map((step) => [step.call, "number" in step && step.number])).to.deep.equal([
        ["dispense", 1],
        ["dispense", 2],
        ["returnToStock", 1],
      ]);
      expect(steps[1]).to.deep.include({ parcel: parcel(0, 3), by: maker });
    });

    it("recalls the batch of units, of what is in a container, and of a lot, once", () => {
      const recalled = { disposition: "recalled" };
      const lot = seen([], { ...recalled, quantities: [{ epcClass: "urn:epc:class:lgtin:030001.0012345.A123" }] });
      expect(only([commissioned([unit(1)]), lot], "recall")[0]).to.deep.include({ batch, by: maker });
      const events = [commissioned([unit(1)]), packed(crate(1), [unit(1)]), seen([crate(1)], recalled), lot];
      expect(only(events, "recall")).to.have.length(1);
    });

    it("takes the digest of a document from an ni URI, else of the event however it is written", () => {
      const digestIn = (event: EpcisEvent) => only([commissioned([unit(1), unit(2)]), event], "ship")[0]!.document;
      const event = { ...shipped([unit(1), unit(2)], MAKER, WHOLESALER), time: 1_800_000_000 };
      const digest = `0x${"fb".repeat(32)}` as Hex;
      expect(digestIn({ ...event, bizTransactions: [{ id: documentUri(digest) }] })).to.equal(digest);
      expect(digestIn({ ...event, epcs: [unit(2), unit(1)], timeText: "other" })).to.equal(digestIn(event));
      expect(digestIn({ ...event, bizTransactions: [{ type: "po", id: "urn:x:1" }] })).not.to.equal(digestIn(event));
    });
  });

  it("lists what has no meaning to the ledger, with the reason", () => {
    const quantities = [{ epcClass: "urn:epc:class:lgtin:030001.0012345.A123", quantity: 5 }];
    const { steps, unmapped } = plan([
      commissioned([...units(1, 2), "urn:epc:id:grai:030001.12345.7", crate(9)]),
      packed(crate(9), [unit(1)]),
      seen([unit(1)], { bizStep: "inspecting" }),
      seen([], { bizStep: "shipping", destinations: [{ type: "owning_party", id: WHOLESALER }], quantities }),
      shipped([unit(2)], MAKER, MAKER),
      seen([unit(2)], { bizStep: "shipping" }),
      received([unit(2)], MAKER),
      packed("urn:epc:id:grai:030001.12345.8", [unit(2)]),
      seen([unit(2)], { disposition: "partially_dispensed" }),
      seen([unit(2)], {}),
    ]);
    expect(steps.map(({ call }) => call)).to.deep.equal(["commission", "split", "pack"]);
    expect(unmapped.map(({ event }) => event)).to.deep.equal([0, 0, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(unmapped[0]).to.deep.include({ epcs: ["urn:epc:id:grai:030001.12345.7"] });
    expect(unmapped[1]).to.deep.include({ epcs: [crate(9)] });
    expect(unmapped[2]).to.deep.equal({ event: 2, reason: "The ledger knows no inspecting." });
  });

  it("leaves out events declared wrong, and what declares them", () => {
    const wrong = { ...shipped([unit(1)], MAKER, WHOLESALER), time: 1_800_000_000 };
    const declaration = { ...wrong, errorDeclaration: { time: 1_800_000_009, correctiveEventIds: [] } };
    const { steps, unmapped } = plan([commissioned([unit(1)]), wrong, declaration]);
    expect(steps.map(({ call }) => call)).to.deep.equal(["commission"]);
    expect(unmapped.map(({ event }) => event)).to.deep.equal([1, 2]);
  });

  it("names all missing parties at once, but only those that matter", () => {
    const other = "urn:epc:id:sgln:030001.222222.0";
    const events = [
      commissioned([unit(1)], undefined, other),
      seen([unit(1)], { bizStep: "inspecting", bizLocation: "urn:epc:id:sgln:030001.333333.0" }),
      shipped([unit(1)], other, WHOLESALER),
      received([unit(1)], WHOLESALER),
    ];
    const book = { [PHARMACY]: parties[PHARMACY]! };
    expect(() => plan(events, { parties: book }))
      .to.throw(UnknownPartyError)
      .with.property("parties")
      .that.deep.equals([other, WHOLESALER]);
  });

  it("refuses a party book with entries it cannot read", () => {
    const book = {
      [MAKER]: { account: "0x12", role: "Manufacturer" },
      [WHOLESALER]: { account: maker, role: "Practitioner" },
      nowhere: { account: maker, role: "Pharmacy" },
      [PHARMACY]: parties[PHARMACY]!,
    };
    expect(() => plan([], { parties: book }))
      .to.throw(MalformedPartyError)
      .with.property("entries")
      .that.deep.equals([MAKER, WHOLESALER, "nowhere"]);
  });

  describe("of contradictions", () => {
    const start = [commissioned(units(1, 4))];
    const contradictions: Record<string, [EpcisEvent[], epc: string, fault: string]> = {
      "ships what was never commissioned": [[shipped([unit(9)], MAKER, WHOLESALER)], unit(9), "never commissioned"],
      "ships an empty container": [[shipped([pallet(1)], MAKER, WHOLESALER)], pallet(1), "never commissioned"],
      "packs a unit twice": [
        [packed(crate(1), [unit(1)]), packed(crate(2), [unit(1)])],
        unit(1),
        `is packed in ${crate(1)}`,
      ],
      "ships from who does not hold": [[shipped([unit(1)], PHARMACY, WHOLESALER)], unit(1), `is held by ${maker}`],
      "ships to who holds": [
        [{ ...shipped([unit(1)], MAKER, MAKER), sources: [] }],
        unit(1),
        "is held by whom it is shipped to",
      ],
      "ships twice": [
        [shipped([unit(1)], MAKER, WHOLESALER), shipped([unit(1)], MAKER, WHOLESALER)],
        unit(1),
        "is on its way",
      ],
      "splits a parcel on its way": [
        [shipped(units(1, 2), MAKER, WHOLESALER), shipped([unit(2)], MAKER, WHOLESALER)],
        unit(2),
        "is on its way",
      ],
      "receives what is not coming": [[received([unit(1)], WHOLESALER)], unit(1), `is not on its way to ${wholesaler}`],
      "receives what goes to another": [
        [shipped([unit(1)], MAKER, WHOLESALER), received([unit(1)], PHARMACY)],
        unit(1),
        `is not on its way to ${pharmacy}`,
      ],
      "cancels what was not shipped": [[seen([unit(1)], { bizStep: "void_shipping" })], unit(1), "is not on its way"],
      "commissions a unit twice": [[commissioned([unit(1)])], unit(1), "is commissioned twice"],
      "gives a lot two expiries": [
        [commissioned([unit(5)], { lot: "A123", expiry: "2090-02-01" })],
        unit(5),
        "has another expiry",
      ],
      "gives a lot two makers": [[commissioned([unit(5)], undefined, WHOLESALER)], unit(5), "has another maker"],
      "commissions without a lot": [
        [seen([unit(5)], { action: "ADD", bizLocation: MAKER })],
        unit(5),
        "without a lot and an expiry",
      ],
      "commissions nowhere": [
        [seen([unit(5)], { action: "ADD", ilmd: { lot: "B9", expiry: "2090-02-01" } })],
        unit(5),
        "at no location",
      ],
      "packs into a unit": [[packed(unit(2), [unit(1)])], unit(1), "never commissioned"],
      "packs a container into itself": [
        [packed(crate(1), [unit(1)]), packed(crate(1), [crate(1)])],
        crate(1),
        "is packed in itself",
      ],
      "packs what is on hold": [
        [seen([unit(1)], { bizStep: "holding" }), packed(crate(1), [unit(1)])],
        unit(1),
        "while on hold",
      ],
      "unpacks what was never packed": [[unpacked(crate(1))], crate(1), "was never packed here"],
      "unpacks what is elsewhere": [
        [packed(crate(1), [unit(1)]), unpacked(crate(1), [unit(2)])],
        unit(2),
        `is not in ${crate(1)}`,
      ],
      "unpacks a case on a pallet": [
        [packed(crate(1), [unit(1)]), packed(pallet(1), [crate(1)]), unpacked(crate(1))],
        crate(1),
        `is packed in ${pallet(1)}`,
      ],
      "dispenses twice": [[dispensed([unit(1)]), dispensed([unit(1)])], unit(1), "is dispensed already"],
      "ships what is dispensed": [
        [dispensed([unit(1)]), shipped(units(1, 2), MAKER, WHOLESALER)],
        unit(1),
        "is dispensed",
      ],
      "dispenses from a case": [[packed(crate(1), [unit(1)]), dispensed([unit(1)])], unit(1), "is packed in"],
      "dispenses what is no unit": [[dispensed([pallet(1)])], pallet(1), "is no unit"],
      "returns what was not dispensed": [
        [seen([unit(1)], { bizStep: "stocking", disposition: "returned" })],
        unit(1),
        "was not dispensed",
      ],
      "destroys what is on its way": [
        [shipped([unit(1)], MAKER, WHOLESALER), seen([unit(1)], { bizStep: "destroying" })],
        unit(1),
        "is on its way",
      ],
      "recalls what was never commissioned": [[seen([unit(9)], { disposition: "recalled" })], unit(9), "never"],
      "nests containers too deep": [
        [packed(crate(1), [unit(1)]), ...[2, 3, 4, 5].map((outer) => packed(crate(outer), [crate(outer - 1)]))],
        crate(4),
        "more than 4 levels deep",
      ],
    };
    for (const [name, [events, epc, fault]] of Object.entries(contradictions)) {
      it(`refuses a document that ${name}, naming event and EPC`, () => {
        const [place, named, message] = conflictOf([...start, ...events]);
        expect([place, named]).to.deep.equal([events.length, epc]);
        expect(message).to.contain(fault);
      });
    }
  });

  it("refuses to pack into a unit of a document before", () => {
    const before = [documentOf(commissioned(units(1, 2)))];
    const later = { ...packed(unit(2), [unit(1)]), time: 1_800_000_000 };
    expect(conflictOf([later], { before })[2]).to.contain(`${unit(2)} is a unit`);
  });

  it("refuses a container a batch that it was not made for", () => {
    const other = { ...commissioned([unit(2)], { lot: "B9", expiry: "2090-01-31" }), time: 1_800_000_000 };
    const before = [documentOf(commissioned([unit(1)]), packed(crate(1), [unit(1)]))];
    const [event, epc] = conflictOf([other, { ...packed(crate(1), [unit(2)]), time: 1_800_000_001 }], { before });
    expect([event, epc]).to.deep.equal([1, unit(2)]);
  });

  it("refuses a unit that its lot was commissioned without", () => {
    const before = [documentOf(commissioned([unit(1)]))];
    const [event, epc] = conflictOf([{ ...commissioned([unit(2)]), time: 1_800_000_000 }], { before });
    expect([event, epc]).to.deep.equal([0, unit(2)]);
  });

  it("splits what is with others once it is there", () => {
    const events = [
      commissioned(units(1, 3)),
      seen(units(1, 3), { bizStep: "holding" }),
      seen([unit(2)], { bizStep: "destroying" }),
    ];
    expect(plan(events).steps.map((step) => ("counts" in step ? step.counts : step.call))).to.deep.equal([
      "commission",
      "hold",
      [1, 1, 1],
      "destroy",
    ]);
  });
});
