import { expect } from "chai";

import {
  address,
  AddressArgumentError,
  categories,
  categoriesOrNone,
  end,
  past,
  pastEnd,
  purpose,
  purposes,
  role,
  start,
  TimeArgumentError,
  word,
  WordArgumentError,
  words,
} from "../../src/cli/arguments.js";
import { UnknownRoleError } from "../../src/accreditation/role.js";
import { DATA_CATEGORIES, UnknownCategoryError } from "../../src/consent/category.js";
import { UnknownPurposeError } from "../../src/consent/purpose.js";

const NOW = 1_800_000_000;
const DAY = 86_400;
const NEW_YEAR_2030 = Date.UTC(2030, 0, 1) / 1000;

describe("end", () => {
  const cases: [string, number][] = [
    ["2029-12-31", NEW_YEAR_2030],
    ["2029-12", NEW_YEAR_2030],
    ["2030-01-01T00:00Z", NEW_YEAR_2030],
    ["2030-01-01T00:00:00Z", NEW_YEAR_2030],
    ["2030-01-01t02:00:00+02:00", NEW_YEAR_2030],
    [" 2030-01-01T00:00Z ", NEW_YEAR_2030],
    ["1893456000", NEW_YEAR_2030],
    ["90d", NOW + 90 * DAY],
    ["12h", NOW + DAY / 2],
    ["2w", NOW + 14 * DAY],
    ["1y", NOW + 365 * DAY],
    ["30min", NOW + 1800],
    ["1099511627775", 2 ** 40 - 1],
  ];
  for (const [text, seconds] of cases) {
    it(`takes "${text}"`, () => expect(end(text)(NOW)).to.equal(seconds));
  }

  const refused = ["", "tomorrow", "6m", "90", "2030", "2030-02-30", "31.12.2030", "2030-01-01T00:00", "1893456000000"];
  for (const text of [...refused, "-90d", "1.5d", "1099511627776", "0x70dbd880", "2030-13-01", "99999999", "1e9"]) {
    it(`refuses "${text}"`, () => expect(() => end(text)).to.throw(TimeArgumentError));
  }
});

describe("start, past and pastEnd", () => {
  it("counts a date from its first second where something starts", () => {
    expect(start("2030-01-01")(NOW)).to.equal(NEW_YEAR_2030);
    expect(past("2030-01-01")(NOW)).to.equal(NEW_YEAR_2030);
  });

  it("includes a date where something ends", () => expect(pastEnd("2029-12-31")(NOW)).to.equal(NEW_YEAR_2030));

  it("takes a duration forward where it will be, and back where it was", () => {
    expect(start("1d")(NOW)).to.equal(NOW + DAY);
    expect(past("1d")(NOW)).to.equal(NOW - DAY);
    expect(pastEnd("1d")(NOW)).to.equal(NOW - DAY);
  });
});

describe("categories", () => {
  it("takes names in any case, with spaces and doubles, in the order of the bits", () => {
    expect(categories("VITALSIGNS, laboratory,laboratory")).to.deep.equal(["laboratory", "vitalSigns"]);
  });

  it("takes all, and all but restricted", () => {
    expect(categories("all")).to.deep.equal(DATA_CATEGORIES);
    expect(categories("All-Unrestricted")).to.deep.equal(DATA_CATEGORIES.slice(0, -1));
  });

  it("adds restricted only when it is named", () => {
    expect(categories("all-unrestricted,restricted")).to.include("restricted");
  });

  it("refuses a name it does not know", () => expect(() => categories("labs")).to.throw(UnknownCategoryError));

  it("takes none only where nothing is an answer", () => {
    expect(categoriesOrNone("none")).to.deep.equal([]);
    expect(categoriesOrNone("imaging")).to.deep.equal(["imaging"]);
    expect(() => categories("none")).to.throw(UnknownCategoryError);
  });
});

describe("purposes", () => {
  it("takes codes in any case", () => expect(purposes("treat, HPAYMT,")).to.deep.equal(["TREAT", "HPAYMT"]));

  it("refuses a code it does not know", () => {
    expect(() => purposes("TREAT,CURE")).to.throw(UnknownPurposeError, "CURE");
    expect(() => purpose("PurposeOfUse")).to.throw(UnknownPurposeError);
  });
});

describe("role", () => {
  it("takes a name in any case", () => expect(role(" privacyofficer ")).to.equal("PrivacyOfficer"));

  it("refuses a name it does not know", () => expect(() => role("Admin")).to.throw(UnknownRoleError));
});

describe("address", () => {
  const parse = address("--grantee");

  it("takes lower case and gives the checksum", () => {
    expect(parse("0x70997970c51812dc3a010c7d01b50e0d17dc79c8")).to.equal("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
  });

  for (const text of [
    "",
    "0x12",
    "70997970c51812dc3a010c7d01b50e0d17dc79c8",
    "0x70997970C51812dc3A010C7d01b50e0d17dc79c8",
  ]) {
    it(`refuses "${text}" by the argument's name`, () => {
      expect(() => parse(text)).to.throw(AddressArgumentError, "--grantee");
    });
  }

  it("does not repeat what was typed, which may be a private key", () => {
    const secret = "ab".repeat(32);
    expect(() => parse(`0x${secret}`))
      .to.throw(AddressArgumentError)
      .with.property("message")
      .that.does.not.contain(secret);
  });
});

describe("word and words", () => {
  const id = `0x${"AB".repeat(32)}`;

  it("takes 32 bytes in any case", () => expect(word("The record")(id)).to.equal(id.toLowerCase()));

  it("gathers several, one by one or by commas", () => {
    const parse = words("The record");
    expect(parse(`${id},${id}`, parse(id))).to.have.length(3);
  });

  for (const text of ["", "0x", id.slice(0, -2), `${id}00`, id.slice(2)]) {
    it(`refuses "${text}"`, () => expect(() => word("The record")(text)).to.throw(WordArgumentError, "The record"));
  }
});
