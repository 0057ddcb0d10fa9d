import { expect } from "chai";
import { id } from "ethers";

import type { Hex } from "../../src/crypto/bytes.js";
import {
  MalformedSlipError,
  parseSlip,
  prescriptionId,
  productCommitment,
  WrongOpeningError,
  type PrescriptionSlip,
} from "../../src/medication/slip.js";
import { refusal } from "../sdk.js";

const OPENING = { product: "gtin:00300010123455", salt: id("salt") as Hex };

const SLIP: PrescriptionSlip = {
  prescription: {
    patient: "0x52908400098527886E0F7030069857D2E4169EE7",
    prescriber: "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    product: productCommitment(OPENING),
    doses: 3,
    validUntil: 2_000_000_000,
  },
  opening: OPENING,
};

describe("parseSlip", () => {
  it("reads what was written, without what does not belong to it", () => {
    expect(parseSlip(JSON.stringify(SLIP))).to.deep.equal(SLIP);
    expect(parseSlip(JSON.stringify({ id: "0x", ...SLIP, more: 1 }))).to.deep.equal(SLIP);
    const { prescription, opening } = SLIP;
    const patient = prescription.patient.toLowerCase() as Hex;
    expect(parseSlip(JSON.stringify({ prescription: { ...prescription, patient }, opening }))).to.deep.equal(SLIP);
  });

  for (const [fault, change] of Object.entries({
    "no list": [],
    "no prescription": { prescription: undefined },
    "a prescription that is null": { prescription: null },
    "no opening": { opening: "gtin:00300010123455" },
  })) {
    it(`refuses ${fault}`, async () => {
      const text = JSON.stringify(Array.isArray(change) ? change : { ...SLIP, ...change });
      const error = await refusal(() => parseSlip(text), MalformedSlipError);
      expect(error.message).to.include("JSON object");
    });
  }

  it("refuses what is no JSON", async () => {
    await refusal(() => parseSlip("gtin:00300010123455"), MalformedSlipError);
    await refusal(() => parseSlip("null"), MalformedSlipError);
  });

  for (const [field, values] of Object.entries({
    patient: ["0x12", undefined, 7],
    prescriber: ["nobody", null],
    product: ["0x12", 7, undefined],
    doses: [0, 1.5, 65_536, "3"],
    validUntil: [-1, 0.5, 2 ** 40, "soon"],
  })) {
    it(`refuses a prescription whose ${field} is none, by that name`, async () => {
      for (const value of values) {
        const text = JSON.stringify({ ...SLIP, prescription: { ...SLIP.prescription, [field]: value } });
        const error = await refusal(() => parseSlip(text), MalformedSlipError);
        expect(error.message).to.include(`prescription.${field}`);
      }
    });
  }

  it("refuses an opening whose product or salt is none, and never repeats it", async () => {
    for (const opening of [{ ...OPENING, product: "gtin:00300010123450" }, { salt: OPENING.salt }]) {
      const error = await refusal(() => parseSlip(JSON.stringify({ ...SLIP, opening })), MalformedSlipError);
      expect(error.message).to.include("opening.product").and.not.include("00300010123450");
    }
    const opening = { ...OPENING, salt: "0x12" };
    const error = await refusal(() => parseSlip(JSON.stringify({ ...SLIP, opening })), MalformedSlipError);
    expect(error.message).to.include("opening.salt");
  });

  it("refuses an opening of another prescription", async () => {
    for (const opening of [
      { ...OPENING, salt: id("another") },
      { ...OPENING, product: "gtin:00300010999999" },
    ])
      await refusal(() => parseSlip(JSON.stringify({ ...SLIP, opening })), WrongOpeningError);
  });
});

describe("prescriptionId", () => {
  it("depends on every part, and on no address's case", () => {
    const { prescription } = SLIP;
    const changed = [
      { doses: 4 },
      { validUntil: 2_000_000_001 },
      { product: id("other") as Hex },
      { patient: prescription.prescriber },
      { prescriber: prescription.patient },
    ];
    const ids = [{}, ...changed].map((change) => prescriptionId({ ...prescription, ...change }));
    expect(new Set(ids).size).to.equal(changed.length + 1);
    const lower = prescription.patient.toLowerCase() as Hex;
    expect(prescriptionId({ ...prescription, patient: lower })).to.equal(prescriptionId(prescription));
  });
});
