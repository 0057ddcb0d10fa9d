import { expect } from "chai";
import fc from "fast-check";

import { roleNumber } from "../../src/accreditation/role.js";
import { loadFixture, time } from "../fixtures.js";
import {
  batchId,
  commissioned,
  container,
  EVIDENCE,
  itemId,
  items,
  OPIOID,
  REASON,
  STATUS,
  UNITS,
  unitIn,
  type Container,
  type Parcel,
} from "./ledger.js";
import * as ledger from "./model.js";
import { inCustody, rootOf, unitName, type Item, type Model, type Outcome, type Roles } from "./model.js";

const IS_DEEP = process.env.ACESO_DEEP === "1";
const SEQUENCES = IS_DEEP ? 400 : 16;
/** The quick suite plays the same games every time, so that none of its kinds of step goes missing by chance. */
const SEED = 2;
const STEPS = 45;

type House = Awaited<ReturnType<typeof commissioned>>;

/** What one step does: its kind, and numbers to pick who and what with. */
type Step = { kind: number; picks: number[] };

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.nat(999),
  picks: fc.array(fc.nat(9_999), { minLength: 12, maxLength: 12 }),
});

/** How often the ledger did, and how often it refused, each kind of step. */
const tally = new Map<string, { done: number; refused: number }>();

describe("the ledger beside its model", () => {
  it("does and refuses the same, for the same reasons, and ends in the same state", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
        const play = new Play(await loadFixture(commissioned));
        await play.start();
        for (const each of steps) await play.take(each);
        await play.compare();
      }),
      { numRuns: SEQUENCES, endOnFailure: true, ...(IS_DEEP ? {} : { seed: SEED }) },
    );
  }).timeout(600_000);

  it("got every kind of step done and refused", () => {
    for (const [kind, { done, refused }] of tally) {
      expect(done, `${kind} done`).to.be.greaterThan(0);
      expect(refused, `${kind} refused`).to.be.greaterThan(0);
    }
  });
});

class Play {
  readonly model: Model;
  /** Everything that ever was an item, and some that never were. */
  readonly known: Item[] = [];
  readonly people: House["maker"][];

  constructor(readonly house: House) {
    const { maker, rival, wholesaler, pharmacy, branch, regulator, stranger, whole, opioids, expiry } = house;
    this.people = [maker, rival, wholesaler, pharmacy, branch, regulator, stranger];
    const batch = (prescriptionOnly: boolean) => ({
      manufacturer: maker.address,
      units: UNITS,
      expiry,
      ...{ recall: 0, recallClass: 0, recallDepth: 0, held: false, prescriptionOnly },
    });
    this.model = {
      items: new Map([whole, opioids].map((parcel) => [itemId(parcel), inCustody(maker.address)])),
      batches: new Map([
        [whole.batch, batch(false)],
        [opioids.batch, batch(true)],
      ]),
      dispensed: new Set(),
      returned: new Set(),
      licences: new Map<string, Roles>([
        [maker.address, "Manufacturer"],
        [rival.address, "Manufacturer"],
        [wholesaler.address, "Distributor"],
        [pharmacy.address, "Pharmacy"],
        [branch.address, "Pharmacy"],
        [regulator.address, "Regulator"],
      ]),
      now: 0,
    };
    this.known.push(whole, opioids, { batch: batchId(), first: 3, count: 4 });
  }

  /** Begins with packs where the counters are, so that sequences reach the end of the way. */
  async start(): Promise<void> {
    const { maker, pharmacy, batches, whole } = this.house;
    await batches.connect(maker).split(whole, [8, 4, 4, 4]);
    expect(ledger.split(this.model, maker.address, whole, [8, 4, 4, 4])).to.equal(undefined);
    this.parts(whole, [8, 4, 4, 4]);
    const stock: Parcel = { batch: whole.batch, first: 0, count: 8 };
    const route = { from: maker.address, fromRole: "Manufacturer", to: pharmacy.address, toRole: "Pharmacy" } as const;
    await batches.connect(maker).ship(items(stock), roles(route), EVIDENCE);
    ledger.ship(this.model, maker.address, [stock], route);
    await batches.connect(pharmacy).receiveItems([itemId(stock)], maker, pharmacy, roleNumber("Pharmacy"));
    ledger.receive(this.model, pharmacy.address, [itemId(stock)], route);
  }

  async take({ kind, picks }: Step): Promise<void> {
    const pick = picksOf(picks);
    const steps = [
      ...Array<() => Promise<void>>(3).fill(() => this.ship(pick)),
      ...Array<() => Promise<void>>(4).fill(() => this.receive(pick)),
      ...Array<() => Promise<void>>(2).fill(() => this.pack(pick)),
      ...Array<() => Promise<void>>(2).fill(() => this.judge(pick)),
      ...Array<() => Promise<void>>(5).fill(() => this.dispense(pick)),
      () => this.split(pick),
      () => this.unpack(pick),
      ...Array<() => Promise<void>>(2).fill(() => this.giveBack(pick)),
      () => this.lose(pick),
      () => this.recover(pick),
      () => this.recall(pick),
      ...Array<() => Promise<void>>(2).fill(() => this.endRecall(pick)),
      () => this.holdBatch(pick),
    ];
    await steps[kind % steps.length]!();
  }

  async split(pick: Picker): Promise<void> {
    const parcel = pick.from(this.known.filter((item): item is Parcel => "first" in item))!;
    const actor = this.actorFor(parcel, pick);
    const first = 1 + pick.number(Math.max(1, parcel.count - 1));
    const rest = Math.max(0, parcel.count - first) + (pick.rarely() ? 1 : 0);
    const counts = pick.number(5) === 0 ? [parcel.count] : [first, rest];
    const { batches } = this.house;
    await this.both("split", batches.connect(actor).split(parcel, counts), (model) =>
      ledger.split(model, actor.address, parcel, counts),
    );
    this.parts(parcel, counts);
  }

  async pack(pick: Picker): Promise<void> {
    const inside = this.some(pick);
    const actor = this.actorFor(inside[0]!, pick);
    const both = pick.rarely() ? [batchId()] : [batchId(), batchId(OPIOID)];
    const packer = pick.rarely() ? pick.from(this.people)! : actor;
    const outer: Container = container(packer, pick.number(4), both);
    const call = this.house.batches.connect(actor).pack(outer, items(...inside), actor);
    await this.both("pack", call, (model) => ledger.pack(model, actor.address, outer, inside));
    if (!this.known.some((item) => itemId(item) === itemId(outer))) this.known.push(outer);
  }

  async unpack(pick: Picker): Promise<void> {
    const outer = pick.from(this.known.filter((item) => "packer" in item)) ?? this.known[0]!;
    const inside = this.known.map(itemId).filter((item) => this.model.items.get(item)?.within === itemId(outer));
    const named = pick.rarely() || inside.length === 0 ? this.some(pick).map(itemId) : inside.slice(pick.number(2));
    const actor = this.actorFor(outer, pick);
    const call = this.house.batches.connect(actor).unpack(itemId(outer), named, actor);
    await this.both("unpack", call, (model) => ledger.unpack(model, actor.address, itemId(outer), named));
  }

  async ship(pick: Picker): Promise<void> {
    const shipped = this.some(pick);
    const actor = this.actorFor(shipped[0]!, pick);
    const to = pick.from(this.people)!;
    const route = {
      from: pick.rarely() ? pick.from(this.people)!.address : actor.address,
      fromRole: this.roleOf(actor.address, pick),
      to: to.address,
      toRole: this.roleOf(to.address, pick),
    };
    const call = this.house.batches.connect(actor).ship(items(...shipped), roles(route), EVIDENCE);
    await this.both("ship", call, (model) => ledger.ship(model, actor.address, shipped, route));
  }

  async receive(pick: Picker): Promise<void> {
    const { arrived, from, to } = this.arrival(pick);
    const actor = pick.rarely() ? pick.from(this.people)! : to;
    const route = { from: from.address, to: to.address, toRole: this.roleOf(to.address, pick) };
    const call = this.house.batches.connect(actor).receiveItems(arrived, from, to, roleNumber(route.toRole));
    await this.both("receive", call, (model) => ledger.receive(model, actor.address, arrived, route));
  }

  async giveBack(pick: Picker): Promise<void> {
    const { arrived, from, to } = this.arrival(pick);
    const isReject = pick.number(2) === 0;
    const by = isReject ? to : from;
    const actor = pick.rarely() ? pick.from(this.people)! : by;
    const connected = this.house.batches.connect(actor);
    const call = isReject ? connected.reject(arrived, from, to) : connected.cancelShipment(arrived, from, to);
    await this.both("giveBack", call, (model) =>
      ledger.giveBack(model, actor.address, arrived, from.address, to.address, by.address),
    );
  }

  async judge(pick: Picker): Promise<void> {
    const judged = this.some(pick);
    const authority = pick.number(4);
    const organisation = [
      pick.from(this.people)!,
      this.actorFor(judged[0]!, pick),
      this.house.maker,
      this.house.regulator,
    ][authority]!;
    const actor = pick.rarely() ? pick.from(this.people)! : organisation;
    const by = { organisation: organisation.address, authority: authority as 0 | 1 | 2 | 3 };
    const condition = pick.number(4);
    const call = this.house.batches
      .connect(actor)
      .setCondition(items(...judged), by, condition, REASON.Quality, EVIDENCE);
    await this.both("judge", call, (model) => ledger.judge(model, actor.address, judged, by, condition));
  }

  async lose(pick: Picker): Promise<void> {
    const lost = this.some(pick);
    const actor = this.actorFor(lost[0]!, pick);
    const named = lost.map(itemId);
    const isDestroyed = pick.number(3) === 0;
    const connected = this.house.batches.connect(actor);
    const call = isDestroyed
      ? connected.destroy(named, actor, EVIDENCE)
      : connected.reportMissing(named, actor, EVIDENCE);
    const status = isDestroyed ? STATUS.Destroyed : STATUS.Missing;
    await this.both("lose", call, (model) => ledger.lose(model, actor.address, named, status));
  }

  async recover(pick: Picker): Promise<void> {
    const missing = this.known.filter((item) => this.model.items.get(itemId(item))?.status === STATUS.Missing);
    const found = pick.from(pick.rarely() || missing.length === 0 ? this.known : missing)!;
    const actor = this.actorFor(found, pick);
    const call = this.house.batches.connect(actor).recover([itemId(found)], actor, EVIDENCE);
    await this.both("recover", call, (model) => ledger.recover(model, actor.address, [itemId(found)]));
  }

  async recall(pick: Picker): Promise<void> {
    const organisation = pick.from([this.house.maker, this.house.regulator, this.house.rival])!;
    const actor = pick.rarely() ? pick.from(this.people)! : organisation;
    const [id, recallClass, recallDepth] = [this.batch(pick), pick.number(4), pick.number(3)];
    const call = this.house.batches.connect(actor).recall(id, organisation, recallClass, recallDepth, EVIDENCE);
    const to = { organisation: organisation.address, recallClass, recallDepth };
    await this.both("recall", call, (model) => ledger.recall(model, actor.address, id, to));
  }

  async endRecall(pick: Picker): Promise<void> {
    const regulator = pick.rarely() ? this.house.rival : this.house.regulator;
    const recalled = [...this.model.batches].filter(([, { recall }]) => recall !== 0).map(([id]) => id);
    const id = pick.from(pick.rarely() || recalled.length === 0 ? [batchId()] : recalled)!;
    const isRescinded = pick.number(3) > 0;
    const connected = this.house.batches.connect(regulator);
    const call = isRescinded
      ? connected.rescindRecall(id, regulator, EVIDENCE)
      : connected.terminateRecall(id, regulator, EVIDENCE);
    await this.both("endRecall", call, (model) =>
      ledger.endRecall(model, regulator.address, id, regulator.address, isRescinded),
    );
  }

  async holdBatch(pick: Picker): Promise<void> {
    const regulator = pick.rarely() ? this.house.rival : this.house.regulator;
    const id = this.batch(pick);
    const held = pick.rarely() === this.model.batches.get(id)!.held;
    const connected = this.house.batches.connect(regulator);
    const call = held ? connected.holdBatch(id, regulator, EVIDENCE) : connected.releaseBatch(id, regulator, EVIDENCE);
    await this.both("holdBatch", call, (model) =>
      ledger.holdBatch(model, regulator.address, id, regulator.address, held),
    );
  }

  async dispense(pick: Picker): Promise<void> {
    const { pharmacy, tree, opioidTree, batches } = this.house;
    const parcels = this.known.filter((item): item is Parcel => "first" in item);
    const counter = parcels.filter((parcel) => this.model.items.get(itemId(parcel))?.holder === pharmacy.address);
    const parcel = pick.from(pick.rarely() || counter.length === 0 ? parcels : counter)!;
    const actor = this.actorFor(parcel, pick);
    const number = Math.min(UNITS - 1, parcel.first + pick.number(parcel.count + (pick.rarely() ? 1 : 0)));
    const unit = unitIn(parcel, number, parcel.batch === batchId() ? tree : opioidTree);
    const isReturn = pick.number(3) === 0;
    const connected = batches.connect(actor);
    const call = isReturn ? connected.returnToStock(unit) : connected.dispense(unit);
    await this.both(isReturn ? "returnToStock" : "dispense", call, (model) =>
      ledger.dispense(model, actor.address, parcel, number, isReturn),
    );
  }

  /** Does it on both sides, and compares what came of it. */
  async both(kind: string, call: Promise<unknown>, modelled: (model: Model) => Outcome): Promise<void> {
    this.model.now = (await time.latest()) + 1;
    const outcome = await outcomeOf(this.house, call);
    expect(modelled(this.model), kind).to.equal(outcome);
    const counted = tally.get(kind) ?? { done: 0, refused: 0 };
    tally.set(kind, counted);
    if (outcome === undefined) counted.done++;
    else counted.refused++;
  }

  async compare(): Promise<void> {
    const { batches, tree, opioidTree } = this.house;
    for (const item of this.known) {
      const id = itemId(item);
      const { status, condition, heldBy, height, items: inside } = await batches.custodyOf(id);
      const held = this.model.items.get(id);
      const modelled = held ?? { status: 0, condition: 0, heldBy: 0, height: 0, items: 0 };
      expect([status, condition, heldBy, height, inside].map(Number), id).to.deep.equal([
        ...[modelled.status, modelled.condition, modelled.heldBy, modelled.height, modelled.items],
      ]);
      const [root, { holder }] = await batches.rootCustodyOf(id);
      expect(root).to.equal(rootOf(this.model, id));
      const top = this.model.items.get(rootOf(this.model, id));
      if (top !== undefined && top.status !== STATUS.InTransit) expect(holder).to.equal(top.holder);
    }
    for (const { batch } of [tree, opioidTree]) {
      const numbers = Array.from({ length: UNITS }, (_, number) => number);
      const dispensed = await Promise.all(numbers.map((number) => batches.isDispensed(batch, number)));
      expect(dispensed).to.deep.equal(numbers.map((number) => this.model.dispensed.has(unitName(batch, number))));
    }
  }

  parts(parcel: Parcel, counts: readonly number[]): void {
    let first = parcel.first;
    for (const count of counts) {
      const part = { batch: parcel.batch, first, count };
      if (!this.known.some((item) => itemId(item) === itemId(part))) this.known.push(part);
      first += count;
    }
  }

  /** One to three items, mostly of one holder's; parcels first, as the contract takes them. */
  some(pick: Picker): Item[] {
    const standing = this.known.filter((item) => this.model.items.has(itemId(item)));
    const first = pick.from(pick.rarely() ? this.known : standing)!;
    const holder = this.model.items.get(itemId(first))?.holder;
    const others = standing.filter((item) => pick.rarely() || this.model.items.get(itemId(item))?.holder === holder);
    const named = [first, ...others.slice(0, pick.number(3))];
    const distinct = pick.rarely() ? named : named.filter((item, place) => named.indexOf(item) === place);
    return [...distinct.filter((item) => "first" in item), ...distinct.filter((item) => "packer" in item)];
  }

  /** Something in transit, or something that is not. */
  arrival(pick: Picker) {
    const moving = this.known.filter((item) => this.model.items.get(itemId(item))?.status === STATUS.InTransit);
    const item = pick.from(pick.rarely() || moving.length === 0 ? this.known : moving)!;
    const held = this.model.items.get(itemId(item));
    const from = this.people.find(({ address }) => address === held?.holder) ?? this.people[0]!;
    const to = this.people.find(({ address }) => address === held?.to) ?? this.people[3]!;
    return { arrived: [itemId(item)], from, to };
  }

  /** Mostly who holds the item. */
  actorFor(item: Item, pick: Picker): House["maker"] {
    const holder = this.model.items.get(rootOf(this.model, itemId(item)))?.holder;
    const known = this.people.find(({ address }) => address === holder);
    return pick.rarely() || known === undefined ? pick.from(this.people)! : known;
  }

  roleOf(account: string, pick: Picker): Roles {
    return pick.rarely() ? "Provider" : (this.model.licences.get(account) ?? "Distributor");
  }

  batch(pick: Picker): string {
    return pick.number(2) === 0 ? batchId() : batchId(OPIOID);
  }
}

type Picker = ReturnType<typeof picksOf>;

function picksOf(picks: readonly number[]) {
  let place = 0;
  const next = (): number => picks[place++ % picks.length]! + place;
  return {
    number: (below: number): number => next() % below,
    rarely: (): boolean => next() % 9 === 0,
    from: <T>(choices: readonly T[]): T | undefined => choices[next() % choices.length],
  };
}

function roles(route: { from: string; fromRole: Roles; to: string; toRole: Roles }) {
  return { ...route, fromRole: roleNumber(route.fromRole), toRole: roleNumber(route.toRole) };
}

async function outcomeOf({ batches }: House, call: Promise<unknown>): Promise<Outcome> {
  try {
    await call;
    return undefined;
  } catch (error) {
    const data = (error as { data?: string }).data;
    const named = data === undefined ? null : batches.interface.parseError(data);
    if (named === null) throw error;
    return named.name;
  }
}
