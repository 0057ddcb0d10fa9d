import { expect } from "chai";
import { expiryOf } from "../../src/fda/expiry.js";

describe("expiryOf", () => {
  const dates: [text: string, date: string][] = [
    ["01/13", "2013-01"],
    ["1/2013", "2013-01"],
    ["02/ 2012", "2012-02"],
    ["10/29/2015", "2015-10-29"],
    ["6/3/13", "2013-06-03"],
    ["05-2024", "2024-05"],
    ["2024-05", "2024-05"],
    ["2024/05/31", "2024-05-31"],
    ["31-Mar-2013", "2013-03-31"],
    ["30JUN2013", "2013-06-30"],
    ["May 2024", "2024-05"],
    ["Sept. 2024", "2024-09"],
    ["December 31, 2024", "2024-12-31"],
    ["MAY-24", "2024-05"],
  ];
  for (const [text, date] of dates) {
    it(`reads ${text} as ${date}`, () => expect(expiryOf(text)).to.deep.equal({ text, date }));
  }

  it("knows which dates there are", () => {
    for (const text of ["13/13", "00/2013", "02/30/2024", "2024-13", "31-Jun-2013"]) {
      expect(expiryOf(text), text).to.be.undefined;
    }
  });
});
