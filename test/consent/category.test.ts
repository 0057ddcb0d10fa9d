import { expect } from "chai";
import fc from "fast-check";

import {
  categoriesIn,
  categoryMask,
  DATA_CATEGORIES,
  isDataCategory,
  UnknownCategoryError,
  UNRESTRICTED,
  type DataCategory,
} from "../../src/consent/category.js";
import { refusal } from "../sdk.js";

describe("DATA_CATEGORIES", () => {
  it("keep the bits the contracts know: 21, the last of them restricted", () => {
    expect(DATA_CATEGORIES).to.have.length(21);
    expect(categoryMask(DATA_CATEGORIES)).to.equal(2n ** 21n - 1n);
    expect(categoryMask(["demographics"])).to.equal(1n);
    expect(categoryMask(["laboratory"])).to.equal(2n ** 5n);
    expect(categoryMask(["restricted"])).to.equal(2n ** 20n);
  });

  it("but restricted are what an emergency covers", () => {
    expect(UNRESTRICTED).to.have.length(20).and.not.to.include("restricted");
    expect(categoryMask(UNRESTRICTED)).to.equal(2n ** 20n - 1n);
  });
});

describe("categoryMask", () => {
  it("round trips any set, in any order and with doubles", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...DATA_CATEGORIES)), (categories) => {
        const expected = DATA_CATEGORIES.filter((category) => categories.includes(category));
        expect(categoriesIn(categoryMask(categories))).to.deep.equal(expected);
        expect(categoryMask([...categories].reverse())).to.equal(categoryMask(categories));
      }),
    );
  });

  it("refuses what is no category, by name", async () => {
    for (const name of ["Laboratory", "", "constructor"]) {
      expect(isDataCategory(name)).to.be.false;
      const error = await refusal(() => categoryMask([name as DataCategory]), UnknownCategoryError);
      expect(error.category).to.equal(name);
    }
    expect(isDataCategory("laboratory")).to.be.true;
  });
});

describe("categoriesIn", () => {
  it("leaves out bits that stand for no category", () => {
    expect(categoriesIn((2n ** 47n) | (2n ** 21n) | 1n)).to.deep.equal(["demographics"]);
    expect(categoriesIn(0n)).to.deep.equal([]);
  });
});
