import { expect } from "chai";
import { MalformedAddressError, toAddress } from "../../src/crypto/address.js";

const CHECKSUMMED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

describe("toAddress", () => {
  it("gives the checksummed form of an address in lower, upper or checksummed case", () => {
    for (const address of [CHECKSUMMED, CHECKSUMMED.toLowerCase(), `0x${CHECKSUMMED.slice(2).toUpperCase()}`]) {
      expect(toAddress(address)).to.equal(CHECKSUMMED);
    }
  });

  it("refuses a wrong checksum", () => {
    expect(() => toAddress(CHECKSUMMED.replace("5aA", "5AA"))).to.throw(MalformedAddressError);
  });

  it("refuses what is no address, and forms only some tools know", () => {
    const icap = "XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS";
    for (const text of ["", "0x", CHECKSUMMED.slice(2), `${CHECKSUMMED}00`, icap, "../../etc"]) {
      expect(() => toAddress(text), text).to.throw(MalformedAddressError);
    }
  });
});
