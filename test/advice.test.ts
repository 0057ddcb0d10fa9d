import { expect } from "chai";
import { encodeBytes32String, type ErrorFragment, Interface, type InterfaceAbi, ZeroHash } from "ethers";

import { adviceOn, ADVISED_ERRORS } from "../src/advice.js";
import {
  AccessManager__factory,
  Accreditation__factory,
  BatchLedger__factory,
  ClaimEscrow__factory,
  ConsentRegistry__factory,
  EmergencyAccess__factory,
  KeyDirectory__factory,
  PlanRegistry__factory,
  PrescriptionRegistry__factory,
  ProductRegistry__factory,
  RecordRegistry__factory,
  RewardDistributor__factory,
  RewardToken__factory,
  StudyRewards__factory,
  TestToken__factory,
} from "../src/generated/index.js";

// Of OpenZeppelin's libraries, thrown by constructors or calls this package does not make.
const NEVER_MET = [
  "AccessManagedInvalidAuthority",
  "AccessManagedRequiredDelay",
  "AddressEmptyCode",
  "ECDSAInvalidSignature",
  "ECDSAInvalidSignatureLength",
  "ECDSAInvalidSignatureS",
  "ERC20InvalidApprover",
  "ERC20InvalidCap",
  "ERC20InvalidSender",
  "ERC20InvalidSpender",
  "ERC2612ExpiredSignature",
  "ERC2612InvalidSigner",
  "FailedCall",
  "InvalidAccountNonce",
  "InvalidShortString",
  "StringTooLong",
];

const OWN = [
  Accreditation__factory,
  BatchLedger__factory,
  ClaimEscrow__factory,
  ConsentRegistry__factory,
  EmergencyAccess__factory,
  KeyDirectory__factory,
  PlanRegistry__factory,
  PrescriptionRegistry__factory,
  ProductRegistry__factory,
  RecordRegistry__factory,
  RewardDistributor__factory,
  RewardToken__factory,
  StudyRewards__factory,
];

/** Every error of our own contracts, as their ABI has them. */
const ERRORS = new Map(
  OWN.flatMap(({ abi }) => errorsOf(abi as unknown as InterfaceAbi)).map((error) => [error.name, error]),
);

function errorsOf(abi: InterfaceAbi): ErrorFragment[] {
  const errors: ErrorFragment[] = [];
  new Interface(abi).forEachError((error) => errors.push(error));
  return errors;
}

/** Some value of an argument's type: one that every mask, role and time can be read from. */
function valueOf(type: string): unknown {
  if (type === "address") return `0x${"11".repeat(20)}`;
  return type.startsWith("bytes") ? `0x${"22".repeat(32)}` : 1n;
}

describe("adviceOn", () => {
  for (const { name, inputs } of ERRORS.values()) {
    if (NEVER_MET.includes(name)) continue;
    it(`says what ${name} means and what to do`, () => {
      expect(ADVISED_ERRORS).to.include(name);
      const args = Object.fromEntries(inputs.map((input) => [input.name, valueOf(input.type)]));
      const { message, advice } = adviceOn(name, args);
      for (const sentence of [message, advice]) {
        expect(sentence).to.match(/^[A-Z0-9].+[.)]$/s);
        expect(sentence).not.to.match(/undefined|NaN|null|\[object/);
      }
    });
  }

  it("says nothing of errors that no contract has", () => {
    const known = [
      ...ERRORS.keys(),
      ...[AccessManager__factory, TestToken__factory].flatMap(({ abi }) =>
        errorsOf(abi as unknown as InterfaceAbi).map(({ name }) => name),
      ),
    ];
    for (const name of ADVISED_ERRORS) expect(known, name).to.include(name);
    for (const name of NEVER_MET) expect(ADVISED_ERRORS).not.to.include(name);
  });

  it("says of an admin call what it waits for", () => {
    for (const name of ["NotScheduled", "NotReady", "Expired"]) {
      expect(ADVISED_ERRORS).to.include(`AccessManager${name}`);
      expect(adviceOn(`AccessManager${name}`, {}).advice).to.match(/delay/);
    }
  });

  it("names roles, categories, purposes and times in words", () => {
    const address = `0x${"11".repeat(20)}`;
    const refused = { grantee: address, purpose: 54n, categories: 0x100020n };
    expect(adviceOn("AccessNotPermitted", refused).message).to.contain("laboratory, restricted for TREAT");
    expect(adviceOn("AccessNotPermitted", { ...refused, purpose: 99n }).message).to.contain("unknown purpose 99");
    expect(adviceOn("ConsentUnauthorized", { ...refused, categories: 0n }).message).to.contain("anything");
    expect(adviceOn("RecordRoleInvalid", { role: 10n }).message).to.contain("PrivacyOfficer");
    expect(adviceOn("LicenceEndPast", { validUntil: 0n }).message).to.contain("1970-01-01T00:00:00.000Z");
    expect(adviceOn("SignatureExpired", { deadline: 2n ** 256n - 1n }).message).to.contain("second 1157920892");
  });

  it("names products, and states of batches and items in words", () => {
    const item = `0x${"33".repeat(20)}`;
    const product = encodeBytes32String("gtin:00300010123455");
    expect(adviceOn("ProductUnknown", { product }).message).to.contain("gtin:00300010123455 ");
    expect(adviceOn("ProductUnknown", { product: ZeroHash.replace("00", "ff") }).message).to.contain("0xff");
    expect(adviceOn("AvailabilityEndInvalid", { availability: 3n, expectedEnd: 0n }).message).to.contain(
      "discontinued",
    );
    expect(adviceOn("RecallLowered", { recallClass: 2n, recallDepth: 1n }).message).to.contain("class II, retail");
    expect(adviceOn("RecallMissing", { id: product, status: 2n }).message).to.contain("terminated");
    expect(adviceOn("BatchHoldUnchanged", { id: product, held: false }).message).to.contain("not held");
    expect(adviceOn("ItemStatusInvalid", { item, status: 3n }).message).to.contain("in transit");
    expect(adviceOn("ItemNotSound", { item, condition: 1n }).message).to.contain("on hold");
    expect(adviceOn("AuthorityTooLow", { item, heldBy: 3n }).message).to.contain("regulator");
    expect(adviceOn("PartnerInvalid", { organisation: item, role: 5n }).message).to.contain("Distributor");
  });

  it("names days, spans, statuses and amounts of insurance in words", () => {
    const id = `0x${"22".repeat(32)}`;
    expect(adviceOn("LineUsed", { day: 20_833n, number: 3n }).message).to.contain("Line 3 of 2027-01-15 ");
    expect(adviceOn("ServiceDayInvalid", { line: 0n, day: 0n, firstDay: 1n, endDay: 2n }).message).to.contain(
      "Line 1 ",
    );
    const bounds = { window: 60n, atLeast: 86_400n, atMost: 3_888_000n };
    expect(adviceOn("PlanWindowOutOfBounds", bounds).message).to.contain(
      "60 seconds is not between 1 days and 45 days",
    );
    expect(adviceOn("ClaimStatusInvalid", { id, status: 5n }).message).to.contain("Final");
    expect(adviceOn("ProviderUnauthorized", { provider: id, role: 2n, caller: id }).message).to.contain("Laboratory");
    const owed = { spender: id, sender: id, allowance: 5n, balance: 6n, needed: 7n };
    expect(adviceOn("ERC20InsufficientAllowance", owed).message).to.contain("take 5 token units, and 7");
    expect(adviceOn("ERC20InsufficientBalance", owed).message).to.contain("has 6 token units, and 7");
  });

  it("says at least where to look for an error it does not know", () => {
    const { message, advice } = adviceOn("SomethingElse", {});
    expect(message).to.equal("The contract refused the call.");
    expect(advice).not.to.be.empty;
  });
});
