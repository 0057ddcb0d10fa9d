import { expect } from "chai";

import {
  QuantityTooFineError,
  QuantityTooLargeError,
  QuantityZeroError,
  thousandths,
} from "../../src/insurance/quantity.js";
import { NegativeAmountError, NotADecimalError } from "../../src/token/amount.js";

const NOT_DECIMALS = ["", " 1", "+1", ".5", "1.", "1,5", "1,000.00", "007", "1e3", "0x10", "NaN", "1.2.3"];

describe("thousandths", () => {
  for (const [quantity, count] of [
    ["1", 1000n],
    ["0.5", 500n],
    ["0.001", 1n],
    ["2.50000", 2500n],
    ["100000", 100_000_000n],
    ["100000.000", 100_000_000n],
  ] as const) {
    it(`takes ${quantity} for ${count}`, () => {
      expect(thousandths(quantity)).to.equal(count);
    });
  }

  it("refuses what is no decimal text, or below zero", () => {
    for (const text of NOT_DECIMALS) expect(() => thousandths(text), text).to.throw(NotADecimalError, "quantity");
    expect(() => thousandths(1 as unknown as string)).to.throw(NotADecimalError);
    expect(() => thousandths("-1")).to.throw(NegativeAmountError);
  });

  it("refuses none at all", () => {
    for (const text of ["0", "0.000"]) expect(() => thousandths(text), text).to.throw(QuantityZeroError);
  });

  it("refuses finer parts than thousandths instead of rounding them", () => {
    for (const text of ["0.0001", "1.0005", "0.33333"]) {
      expect(() => thousandths(text), text).to.throw(QuantityTooFineError);
    }
  });

  it("refuses more than 100,000", () => {
    for (const text of ["100000.001", "4294968", "9".repeat(100_000)]) {
      expect(() => thousandths(text)).to.throw(QuantityTooLargeError);
    }
  });
});
