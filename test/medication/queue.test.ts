import { expect } from "chai";

import { connect, NoSignerError, type Aceso } from "../../src/aceso.js";
import type { Hex } from "../../src/crypto/bytes.js";
import {
  EMPTY_QUEUE,
  enqueue,
  MalformedQueueError,
  NotDispensableError,
  openQueue,
  PrescriptionNeededError,
  PrescriptionUnfitError,
  QueuedBeforeError,
  saveQueue,
  type Queue,
} from "../../src/medication/queue.js";
import { sendQueue } from "../../src/medication/sendQueue.js";
import { openSnapshot, snapshot } from "../../src/medication/snapshot.js";
import { now } from "../../src/signing.js";
import { FAR, loadFixture, time } from "../fixtures.js";
import { refusal, sending } from "../sdk.js";
import { EVIDENCE, KIND, LOT, TABLET, unitIn } from "./ledger.js";
import { commitment, SALT } from "./pharmacies.js";
import { addressOf, barcode, distributed, joined, range, SSCC, TABLETS } from "./reading.js";

async function read() {
  const house = await loadFixture(distributed);
  const aceso = await joined(house);
  const taken = await openSnapshot(await snapshot(aceso, { trees: [house.tree] }));
  const at = { now: await now(aceso) };
  const queued = (queue: Queue, serial: string) => enqueue(queue, taken, { scan: barcode(serial), ...at });
  return { ...house, aceso, taken, at, queued };
}

/** The states of entries, in order. */
function states({ entries }: Queue): string[] {
  return entries.map(({ state }) => state);
}

describe("enqueue", () => {
  it("keeps all that sending takes", async () => {
    const { queued, at, taken, tree } = await read();
    const { entries } = queued(EMPTY_QUEUE, "S10");
    const { proof } = unitIn(range(8, 4), 10, tree);
    const pack = { batch: TABLETS, product: "gtin:00300010123455", lot: "A123", unit: 10, serial: "S10", proof };
    expect(entries).to.deep.equal([{ ...pack, at: at.now, block: taken.content.block, state: "waiting" }]);
    expect(EMPTY_QUEUE.entries).to.deep.equal([]);
  });

  it("refuses a unit that is queued", async () => {
    const { queued, at } = await read();
    const once = queued(EMPTY_QUEUE, "S10");
    const error = await refusal(() => queued(once, "S10"), QueuedBeforeError);
    expect(error.at).to.equal(at.now);
    expect(queued(once, "S11").entries).to.have.length(2);
  });

  it("takes a unit that came back to stock again by a later snapshot only", async () => {
    const { aceso, queued, batches, pharmacy, tree } = await read();
    const done = await sendQueue(aceso, queued(EMPTY_QUEUE, "S10"));
    await refusal(() => queued(done, "S10"), QueuedBeforeError);
    await batches.connect(pharmacy).returnToStock(unitIn(range(8, 4), 10, tree));
    const later = await openSnapshot(await snapshot(aceso, { trees: [tree] }));
    const again = enqueue(done, later, { scan: barcode("S10"), now: await now(aceso) });
    expect(states(again)).to.deep.equal(["sent", "waiting"]);
    expect(states(await sendQueue(aceso, again))).to.deep.equal(["sent", "sent"]);
  });

  it("refuses what is no pack, and a pack with anything found about it", async () => {
    const { taken, at, queued } = await read();
    const { findings } = await refusal(() => queued(EMPTY_QUEUE, "S9"), NotDispensableError);
    expect(findings.map(({ name }) => name)).to.deep.equal(["Dispensed"]);
    await refusal(() => enqueue(EMPTY_QUEUE, taken, { scan: `(00)${SSCC}`, ...at }), NotDispensableError);
  });
});

describe("openQueue", () => {
  it("reads what saveQueue wrote", async () => {
    const { queued } = await read();
    const queue = queued(EMPTY_QUEUE, "S10");
    expect(openQueue(saveQueue(queue))).to.deep.equal(queue);
  });

  it("refuses anything else", async () => {
    const { queued } = await read();
    const [entry] = queued(EMPTY_QUEUE, "S10").entries;
    const bad = [
      { ...entry, state: "lost" },
      { ...entry, unit: "10" },
      { ...entry, proof: null },
      { ...entry, lot: 1 },
      null,
    ];
    const files = bad.map((one) => JSON.stringify({ ...EMPTY_QUEUE, entries: [one] }));
    for (const text of [...files, "", "null", "{}", JSON.stringify({ ...EMPTY_QUEUE, version: 2 })]) {
      await refusal(() => openQueue(text), MalformedQueueError);
    }
  });
});

describe("sendQueue", () => {
  it("sends what is queued, in order, and saves before and after each", async () => {
    const { aceso, queued, batches } = await read();
    const queue = queued(queued(EMPTY_QUEUE, "S10"), "S8");
    const saved: string[][] = [];
    const done = await sendQueue(aceso, queue, { save: (now) => void saved.push(states(now)) });
    expect(saved).to.deep.equal([
      ["sending", "waiting"],
      ["sent", "waiting"],
      ["sent", "sending"],
      ["sent", "sent"],
    ]);
    expect(done.entries[0]!.transaction).to.match(/^0x/);
    expect(states(queue)).to.deep.equal(["waiting", "waiting"]);
    for (const unit of [8, 10]) expect(await batches.isDispensed(TABLETS, unit)).to.be.true;
  });

  it("finds the parcel when it was split meanwhile", async () => {
    const { aceso, queued, batches, pharmacy } = await read();
    const queue = queued(EMPTY_QUEUE, "S10");
    await batches.connect(pharmacy).split(range(8, 4), [2, 2]);
    expect(states(await sendQueue(aceso, queue))).to.deep.equal(["sent"]);
  });

  it("lists a unit that was dispensed meanwhile as a clash, and goes on", async () => {
    const { aceso, queued, batches, pharmacy, tree } = await read();
    const queue = queued(queued(EMPTY_QUEUE, "S10"), "S8");
    await batches.connect(pharmacy).dispense(unitIn(range(8, 4), 10, tree));
    const done = await sendQueue(aceso, queue);
    expect(states(done)).to.deep.equal(["clash", "sent"]);
    expect(done.entries[0]!.error!.name).to.equal("UnitAlreadyDispensed");
    expect(done.entries[0]!.error!.advice).not.to.be.empty;
    expect(await sendQueue(aceso, done)).to.deep.equal(done);
  });

  it("keeps what was refused, with why, and sends it once it is taken", async () => {
    const { aceso, queued, batches, regulator } = await read();
    const queue = queued(EMPTY_QUEUE, "S10");
    await batches.connect(regulator).holdBatch(TABLETS, regulator, EVIDENCE);
    const refused = await sendQueue(aceso, queue);
    expect(states(refused)).to.deep.equal(["failed"]);
    expect(refused.entries[0]!.error!.name).to.equal("BatchIsHeld");
    await batches.connect(regulator).releaseBatch(TABLETS, regulator, EVIDENCE);
    const done = await sendQueue(aceso, openQueue(saveQueue(refused)));
    expect(states(done)).to.deep.equal(["sent"]);
    expect(done.entries[0]).not.to.have.property("error");
  });

  it("takes up what was interrupted: sent once, whether it got through or not", async () => {
    const { aceso, queued, batches } = await read();
    const lost = (getsThrough: boolean): Aceso => {
      const signer = sending(aceso, async (transaction) => {
        if (getsThrough) await aceso.signer!.sendTransaction(transaction);
        throw new Error("The connection was lost.");
      });
      return { ...aceso, signer };
    };
    const halfway = await sendQueue(lost(true), queued(EMPTY_QUEUE, "S10"));
    expect(states(halfway)).to.deep.equal(["sending"]);
    const [sent] = (await sendQueue(aceso, halfway)).entries;
    expect(sent).to.include({ state: "sent" }).and.not.have.property("error");
    const never = await sendQueue(lost(false), queued(EMPTY_QUEUE, "S8"));
    expect(states(never)).to.deep.equal(["sending"]);
    expect(await batches.isDispensed(TABLETS, 8)).to.be.false;
    expect(states(await sendQueue(aceso, never))).to.deep.equal(["sent"]);
  });

  it("is a clash also after an interruption, when somebody else dispensed the unit", async () => {
    const { aceso, clerk, queued, batches, tree } = await read();
    const queue = queued(EMPTY_QUEUE, "S10");
    await batches.connect(clerk).dispense(unitIn(range(8, 4), 10, tree));
    const cut: Queue = { ...queue, entries: queue.entries.map((entry) => ({ ...entry, state: "sending" })) };
    expect(states(await sendQueue(aceso, cut))).to.deep.equal(["clash"]);
  });

  it("refuses a connection that cannot sign", async () => {
    const { aceso, queued } = await read();
    const reader = await connect(aceso.provider, { deployment: aceso.deployment });
    await refusal(sendQueue(reader, queued(EMPTY_QUEUE, "S10")), NoSignerError);
  });

  it("stops when it cannot save, before anything is sent", async () => {
    const { aceso, queued, batches } = await read();
    const save = () => Promise.reject(new Error("The disk is full."));
    const error: unknown = await sendQueue(aceso, queued(EMPTY_QUEUE, "S10"), { save }).catch(
      (cause: unknown) => cause,
    );
    expect(error).to.have.property("message", "The disk is full.");
    expect(await batches.isDispensed(TABLETS, 10)).to.be.false;
  });

  it("fills prescriptions", async () => {
    const house = await loadFixture(distributed);
    const { products, batches, prescriptions, regulator, maker, doctor, patient, pharmacy, tree } = house;
    const authorisation = {
      manufacturer: maker,
      until: FAR,
      kind: KIND.Drug,
      prescriptionOnly: true,
      coldChain: false,
    };
    await products.connect(regulator).authorise(TABLET, authorisation, regulator);
    await batches.refresh({ product: TABLET, lot: LOT });
    const prescription = {
      patient: addressOf(patient),
      prescriber: addressOf(doctor),
      product: commitment(TABLET) as Hex,
      doses: 1,
      validUntil: (await time.latest()) + 60 * 60,
    };
    await prescriptions.connect(doctor).issue(prescription, pharmacy);
    const aceso = await joined(house);
    const taken = await openSnapshot(await snapshot(aceso, { trees: [tree] }));
    const scan = { scan: barcode("S10"), now: await now(aceso) };
    const opening = { product: "gtin:00300010123455", salt: SALT as Hex };
    const fill = { prescription, opening, doses: 1 };
    await refusal(() => enqueue(EMPTY_QUEUE, taken, scan), PrescriptionNeededError);
    const other = { ...fill, opening: { ...opening, product: "gtin:00300010999999" } };
    await refusal(() => enqueue(EMPTY_QUEUE, taken, { ...scan, fill: other }), PrescriptionUnfitError);
    const late = { ...scan, now: prescription.validUntil, fill };
    await refusal(() => enqueue(EMPTY_QUEUE, taken, late), PrescriptionUnfitError);
    const queue = openQueue(saveQueue(enqueue(EMPTY_QUEUE, taken, { ...scan, fill })));
    expect(states(await sendQueue(aceso, queue))).to.deep.equal(["sent"]);
    expect(await batches.isDispensed(TABLETS, 10)).to.be.true;
  });
});
