import { expect } from "chai";
import { AbiCoder, id, keccak256 } from "ethers";

import { accountOf } from "../../src/aceso.js";
import { UnknownCategoryError, type DataCategory } from "../../src/consent/category.js";
import type { Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { commitmentOf, recordIdOf } from "../../src/records/key.js";
import { record as recordOf } from "../fixtures.js";
import { refusal, stage } from "../sdk.js";

const SALT = id("salt") as Hex;

describe("commitmentOf", () => {
  it("hashes the mask of the categories with the salt", () => {
    const encoded = AbiCoder.defaultAbiCoder().encode(["uint48", "bytes32"], [(1n << 5n) | (1n << 20n), SALT]);
    expect(commitmentOf(["laboratory", "restricted"], SALT)).to.equal(keccak256(encoded));
  });

  it("depends neither on the order of the categories nor on doubles", () => {
    const commitment = commitmentOf(["laboratory", "restricted"], SALT);
    expect(commitmentOf(["restricted", "laboratory", "restricted"], SALT)).to.equal(commitment);
  });

  it("differs with each category and salt", () => {
    const commitment = commitmentOf(["laboratory"], SALT);
    expect(commitmentOf(["laboratory", "restricted"], SALT)).not.to.equal(commitment);
    expect(commitmentOf(["laboratory"], id("pepper") as Hex)).not.to.equal(commitment);
  });

  it("refuses a category it does not know", async () => {
    await refusal(() => commitmentOf(["everything" as DataCategory], SALT), UnknownCategoryError);
  });
});

describe("recordIdOf", () => {
  it("is the id the contract gives the key", async () => {
    const { patient, hospital, house } = await stage();
    const key = {
      patient: accountOf(patient),
      author: accountOf(hospital),
      commitment: commitmentOf(["claims"], SALT),
    };
    await house.records.connect(house.hospital).anchor(1, key, id("digest"));
    const [anchored] = await house.records.queryFilter(house.records.filters.RecordAnchored());
    expect(recordIdOf(key)).to.equal(anchored!.args.id);
  });

  it("takes addresses in any case", () => {
    const [patient, author] = [`0x${"aB".repeat(20)}`, `0x${"cd".repeat(20)}`] as [Address, Address];
    const { key, id: expected } = recordOf({ address: patient.toLowerCase() }, { address: author });
    expect(recordIdOf(key as { patient: Address; author: Address; commitment: Hex })).to.equal(expected);
  });
});
