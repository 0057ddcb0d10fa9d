import { expect } from "chai";
import fc from "fast-check";

import { categoriesIn, DATA_CATEGORIES, UnknownCategoryError, type DataCategory } from "../../src/consent/category.js";
import {
  BREAK_THE_GLASS,
  BreakTheGlassError,
  ONLY_WHEN_NAMED,
  purposeDisplay,
  PURPOSES,
  purposesIn,
  purposeWithDescendants,
  UnknownPurposeError,
  type Purpose,
} from "../../src/consent/purpose.js";
import {
  EmptyTermsError,
  explain,
  termsFrom,
  termsMessage,
  TermsTimeError,
  type Terms,
} from "../../src/consent/terms.js";
import { refusal } from "../sdk.js";

const TERMS: Terms = { purposes: ["HRESCH"], categories: ["laboratory"], validFrom: 1000, validUntil: 2000 };

/** Terms that a patient can grant. */
const anyTerms: fc.Arbitrary<Terms & { validFrom: number }> = fc
  .record({
    purposes: fc.uniqueArray(fc.constantFrom(...PURPOSES.filter((code) => code !== BREAK_THE_GLASS)), {
      minLength: 1,
      maxLength: 5,
    }),
    categories: fc.uniqueArray(fc.constantFrom(...DATA_CATEGORIES), { minLength: 1 }),
    validFrom: fc.integer({ min: 0, max: 2 ** 40 - 2 }),
    length: fc.integer({ min: 1, max: 2 ** 40 }),
  })
  .map(({ length, ...rest }) => ({ ...rest, validUntil: Math.min(rest.validFrom + length, 2 ** 40 - 1) }));

const BAD: readonly [string, Partial<Terms>, abstract new (...args: never[]) => EmptyTermsError][] = [
  ["name no purpose", { purposes: [] }, EmptyTermsError],
  ["name no category", { categories: [] }, EmptyTermsError],
  ["name a purpose HL7 does not have", { purposes: ["CURE" as Purpose] }, UnknownPurposeError],
  ["name break the glass", { purposes: ["TREAT", "BTG"] }, BreakTheGlassError],
  ["name no data category", { categories: ["everything" as DataCategory] }, UnknownCategoryError],
  ["end when they start", { validUntil: 1000 }, TermsTimeError],
  ["end before they start", { validUntil: 999 }, TermsTimeError],
  ["end at second zero", { validFrom: 0, validUntil: 0 }, TermsTimeError],
  ["start before time", { validFrom: -1 }, TermsTimeError],
  ["start in half a second", { validFrom: 0.5 }, TermsTimeError],
  ["end at no time", { validUntil: NaN }, TermsTimeError],
  ["never end", { validUntil: Infinity }, TermsTimeError],
  ["end later than 40 bits hold, as milliseconds do", { validUntil: 2 ** 40 }, TermsTimeError],
];

describe("termsMessage", () => {
  it("is the masks and times the contract takes, in numbers JSON can hold", () => {
    const message = termsMessage(TERMS);
    expect(message).to.include({ categories: 32, validFrom: 1000, validUntil: 2000 });
    expect(purposesIn(BigInt(message.purposes))).to.deep.equal(purposeWithDescendants("HRESCH"));
    expect(JSON.parse(JSON.stringify(message))).to.deep.equal(message);
  });

  it("starts now when no start is given", () => {
    const { validFrom: _, ...terms } = TERMS;
    expect(termsMessage(terms).validFrom).to.equal(0);
  });

  it("takes the last second 40 bits hold", () => {
    expect(termsMessage({ ...TERMS, validUntil: 2 ** 40 - 1 }).validUntil).to.equal(2 ** 40 - 1);
  });

  for (const [what, bad, type] of BAD) {
    it(`refuses terms that ${what}`, async () => {
      await refusal(() => termsMessage({ ...TERMS, ...bad }), type);
      await refusal(() => explain({ ...TERMS, ...bad }), type);
    });
  }
});

describe("termsFrom", () => {
  it("gives back in words what was stored", () => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        const { purposes, categories, validFrom, validUntil } = termsMessage(terms);
        const stored = [BigInt(purposes), BigInt(categories), BigInt(validFrom), BigInt(validUntil)] as const;
        const [purposeBits, categoryBits, from, until] = stored;
        const found = termsFrom({
          purposes: purposeBits,
          categories: categoryBits,
          validFrom: from,
          validUntil: until,
        });
        expect(found).to.deep.equal({
          purposes: purposesIn(purposeBits),
          categories: categoriesIn(categoryBits),
          validFrom: terms.validFrom,
          validUntil: terms.validUntil,
        });
        // Every covered purpose is named, so granting it again covers the same.
        expect(termsMessage(found)).to.deep.equal(termsMessage(terms));
      }),
    );
  });
});

describe("explain", () => {
  it("names every covered purpose in HL7's words, and which named one brought it", () => {
    const { purposes } = explain({ ...TERMS, purposes: ["TREAT", "ETREAT", "CLINTRL"] });
    const because = Object.fromEntries(purposes.map(({ code, because: named }) => [code, named]));
    expect(because).to.deep.equal({
      TREAT: "TREAT",
      CLINTRL: "CLINTRL",
      COC: "TREAT",
      ETREAT: "TREAT",
      ERTREAT: "TREAT",
      POPHLTH: "TREAT",
      TREATDS: "TREAT",
    });
    for (const { code, display } of purposes) expect(display).to.equal(purposeDisplay(code));
  });

  it("covers exactly what granting would, and says what it leaves out", () => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        const { purposes, notCovered, categories, coversRestricted, ...times } = explain(terms);
        const granted = termsMessage(terms);
        expect(purposes.map(({ code }) => code)).to.deep.equal(purposesIn(BigInt(granted.purposes)));
        for (const { because } of purposes) expect(terms.purposes).to.include(because);
        const left = ONLY_WHEN_NAMED.filter((code) => !terms.purposes.includes(code));
        expect(notCovered.map(({ code }) => code)).to.deep.equal(left);
        expect(categories).to.deep.equal(categoriesIn(BigInt(granted.categories)));
        expect(coversRestricted).to.equal(terms.categories.includes("restricted"));
        expect(times).to.deep.equal({ validFrom: terms.validFrom, validUntil: terms.validUntil });
      }),
    );
  });

  it("leaves the start open when none is given", () => {
    const { validFrom: _, ...terms } = TERMS;
    expect(explain(terms).validFrom).to.be.undefined;
  });
});
