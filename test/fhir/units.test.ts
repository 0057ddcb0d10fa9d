import { expect } from "chai";
import { unitOf } from "../../src/fhir/units.js";

describe("unitOf", () => {
  it("knows units of laboratories, vital signs, doses and times", () => {
    const units =
      "g/L 10*12/L fL pg 10*9/L % mmol/L ug/mL a deg min [lb_av] mg mL U [IU] meq h mg/kg d mg/m2 mL/h kg/m2";
    const more =
      "mm[Hg] [in_i] cm Cel kPa g/dL /min mo wk [degF] [pH] [IU]/L m[IU]/mL ng/mL/h umol/L 1 cal/mL tablet months";
    for (const unit of `${units} ${more}`.split(" ").filter((each) => each !== "deg"))
      expect(unitOf(unit), unit).to.equal(unit);
  });

  it("takes annotations off, because they are free text", () => {
    expect(unitOf("mL/min/{1.73_m2}")).to.equal("mL/min");
    expect(unitOf("{score}")).to.equal("1");
    expect(unitOf("{John Smith}")).to.equal("1");
    expect(unitOf("mg{John{Smith}}")).to.equal(undefined);
  });

  it("knows no words, names, numbers or angles, which place somebody on a map", () => {
    for (const text of [
      "",
      "Smith",
      "John",
      "mg John",
      "617-555-0199",
      "219-09-9999",
      "1962",
      "deg",
      "x",
      "mg/",
      "10*",
    ]) {
      expect(unitOf(text), text).to.equal(text === "mg/" ? "mg" : undefined);
    }
  });
});
