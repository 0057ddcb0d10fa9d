import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import {
  BREAK_THE_GLASS,
  BreakTheGlassError,
  isPurpose,
  isPurposeBit,
  ONLY_WHEN_NAMED,
  PURPOSE_SYSTEM,
  purposeBit,
  purposeDisplay,
  purposeMask,
  purposeOfBit,
  purposeParent,
  PURPOSES,
  purposesIn,
  purposeWithDescendants,
  UnknownPurposeError,
  type Purpose,
} from "../../src/consent/purpose.js";
import { BTG } from "../fixtures.js";
import { refusal } from "../sdk.js";

const anyPurpose = fc.constantFrom(...PURPOSES);
const grantable = fc.constantFrom(...PURPOSES.filter((code) => code !== BREAK_THE_GLASS));
const anyGrant = fc.uniqueArray(grantable, { minLength: 1, maxLength: 8 });

const MUST_BE_NAMED: readonly Purpose[] = [...ONLY_WHEN_NAMED, BREAK_THE_GLASS];

/** Every code above a purpose. */
function ancestors(code: Purpose): Purpose[] {
  const parent = purposeParent(code);
  return parent === undefined ? [] : [parent, ...ancestors(parent)];
}

describe("PURPOSES", () => {
  it("are the 62 codes HL7 has below PurposeOfUse, each with its bit, parent and display", function () {
    const file = join(process.env.ACESO_DATA ?? "", "terminology/purpose-of-use.json");
    // Without the reference data there is nothing to compare with.
    if (process.env.ACESO_DATA === undefined || !existsSync(file)) return this.skip();
    const { system, concepts } = JSON.parse(readFileSync(file, "utf8")) as {
      system: string;
      concepts: { code: Purpose; display: string; parent: string }[];
    };
    expect(system).to.equal(PURPOSE_SYSTEM);
    expect(concepts).to.have.length(62);
    const ours = PURPOSES.map((code) => ({
      code,
      display: purposeDisplay(code),
      parent: purposeParent(code) ?? "PurposeOfUse",
    }));
    expect(ours).to.deep.equal(concepts.map(({ code, display, parent }) => ({ code, display, parent })));
  });

  it("are distinct, and as many as the contract knows", () => {
    expect(new Set(PURPOSES)).to.have.property("size", 62);
    expect(purposeBit(BREAK_THE_GLASS)).to.equal(58).and.to.equal(BTG);
  });
});

describe("purposeBit", () => {
  it("is the place of the code, and back", () => {
    for (const [bit, code] of PURPOSES.entries()) {
      expect(purposeBit(code)).to.equal(bit);
      expect(purposeOfBit(bit)).to.equal(code);
      expect(purposeOfBit(BigInt(bit))).to.equal(code);
    }
  });

  it("refuses a code HL7 does not have", async () => {
    for (const code of ["treat", "", "PurposeOfUse", "__proto__"]) {
      expect(isPurpose(code)).to.be.false;
      const error = await refusal(() => purposeBit(code as Purpose), UnknownPurposeError);
      expect(error.code).to.equal(code);
    }
    for (const look of [purposeDisplay, purposeParent, purposeWithDescendants]) {
      await refusal(() => look("treat" as Purpose), UnknownPurposeError);
    }
  });
});

describe("purposeOfBit", () => {
  it("refuses a bit no code has", async () => {
    for (const bit of [-1, 62, 79, 255, 0.5, 2n ** 64n]) {
      expect(Number(bit) === 0.5 || !isPurposeBit(bit)).to.be.true;
      await refusal(() => purposeOfBit(bit), UnknownPurposeError);
    }
    expect(isPurposeBit(0)).to.be.true;
    expect(isPurposeBit(61n)).to.be.true;
  });
});

describe("purposeWithDescendants", () => {
  it("covers treatment without break the glass and clinical trials", () => {
    expect(purposeWithDescendants("TREAT")).to.deep.equal(["TREAT", "COC", "ETREAT", "ERTREAT", "POPHLTH", "TREATDS"]);
  });

  it("is the code itself, then only what is below it and need not be named", () => {
    fc.assert(
      fc.property(anyPurpose, (code) => {
        const covered = purposeWithDescendants(code);
        expect(covered).to.include(code);
        for (const other of PURPOSES) {
          const isBelow = ancestors(other).includes(code) && !MUST_BE_NAMED.includes(other);
          expect(covered.includes(other)).to.equal(other === code || isBelow);
        }
      }),
    );
  });
});

describe("purposeMask", () => {
  it("covers every named purpose and all below it, in any order, and nothing else", () => {
    fc.assert(
      fc.property(anyGrant, (codes) => {
        const expected = new Set(codes.flatMap(purposeWithDescendants));
        expect(new Set(purposesIn(purposeMask(codes)))).to.deep.equal(expected);
        expect(purposeMask([...codes].reverse())).to.equal(purposeMask(codes));
        expect(purposeMask([...codes, ...codes])).to.equal(purposeMask(codes));
      }),
    );
  });

  it("covers no code that must be named unless it is named", () => {
    fc.assert(
      fc.property(anyGrant, (codes) => {
        const covered = purposesIn(purposeMask(codes));
        const named: readonly Purpose[] = codes;
        for (const code of ONLY_WHEN_NAMED) expect(covered.includes(code)).to.equal(named.includes(code));
      }),
    );
  });

  it("never covers break the glass, and refuses it by name", async () => {
    const everything = PURPOSES.filter((code) => code !== BREAK_THE_GLASS);
    expect(purposeMask(everything)).to.equal(2n ** 62n - 1n - 2n ** 58n);
    await refusal(() => purposeMask(["TREAT", "BTG"]), BreakTheGlassError);
  });

  it("fits the contract's 80 bits, round trips, and is stable when what it covers is named", () => {
    fc.assert(
      fc.property(anyGrant, (codes) => {
        const mask = purposeMask(codes);
        expect(mask < 2n ** 80n).to.be.true;
        expect(purposeMask(purposesIn(mask))).to.equal(mask);
      }),
    );
  });

  it("of nothing is empty", () => {
    expect(purposeMask([])).to.equal(0n);
    expect(purposesIn(0n)).to.deep.equal([]);
  });

  it("refuses a code HL7 does not have", async () => {
    await refusal(() => purposeMask(["TREAT", "CURE" as Purpose]), UnknownPurposeError);
  });
});
