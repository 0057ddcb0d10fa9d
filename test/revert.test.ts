import { expect } from "chai";
import { id, Interface, makeError } from "ethers";

import { AcesoError } from "../src/errors.js";
import { asNamedError, ContractError, InsufficientFundsError, UnknownRevertError } from "../src/revert.js";

const ABI = new Interface([
  "error LicenceEndPast(uint40 validUntil)",
  "error ConsentStale(uint48 signed, uint48 current)",
  "error EmergencyOptedOut(address patient)",
  "error RecordIsErased(bytes32 id)",
  "error KeyZero()",
  "error AccessManagedUnauthorized(address caller)",
  "error SomebodyElses()",
]);

const STALE = ABI.encodeErrorResult("ConsentStale", [1, 2]);

/** An error as a wallet or node may nest it. */
function failed(properties: object): Error {
  return Object.assign(new Error("execution reverted"), properties);
}

/** The contract's error an error is named as. */
function named(error: unknown): ContractError {
  const contractError = asNamedError(error);
  expect(contractError).to.be.instanceOf(ContractError);
  return contractError as ContractError;
}

describe("asNamedError", () => {
  it("names a contract's error, its arguments and what to do", () => {
    const { error, args, message, advice, name } = named(failed({ data: STALE }));
    expect(name).to.equal("ContractError");
    expect(error).to.equal("ConsentStale");
    expect(args).to.deep.equal({ signed: 1n, current: 2n });
    expect(message).to.equal(
      "ConsentStale: The message was signed before a later grant or revocation, so it no longer counts.",
    );
    expect(advice).to.match(/^Sign a new message/);
  });

  for (const [contract, name, values] of [
    ["Accreditation", "LicenceEndPast", [12]],
    ["EmergencyAccess", "EmergencyOptedOut", [`0x${"11".repeat(20)}`]],
    ["RecordRegistry", "RecordIsErased", [id("record")]],
    ["KeyDirectory", "KeyZero", []],
    ["AccessManager, through Accreditation", "AccessManagedUnauthorized", [`0x${"11".repeat(20)}`]],
  ] as const) {
    it(`knows the errors of ${contract}`, () => {
      expect(named(failed({ data: ABI.encodeErrorResult(name, [...values]) })).error).to.equal(name);
    });
  }

  it("finds the data wherever wallets and nodes nest it", () => {
    for (const nested of [
      { data: STALE },
      { error: { data: STALE } },
      { info: { error: { code: 3, data: STALE } } },
      { error: { data: { originalError: {}, data: STALE } } },
      { data: { message: "reverted", data: STALE } },
      { cause: { cause: { data: STALE } } },
      { data: "0x", error: { data: null, error: { data: STALE } } },
    ]) {
      expect(named(failed(nested)).error, JSON.stringify(nested)).to.equal("ConsentStale");
    }
  });

  it("keeps the error it came from as its cause", () => {
    const cause = failed({ data: STALE });
    expect(named(cause).cause).to.equal(cause);
  });

  it("names a revert of no contract of ours, by its data", () => {
    const data = ABI.encodeErrorResult("SomebodyElses");
    const error = asNamedError(failed({ data })) as UnknownRevertError;
    expect(error).to.be.instanceOf(UnknownRevertError);
    expect(error).to.include({ name: "UnknownRevertError", data });
    expect(error.message).to.contain(data);
    expect(error.advice).not.to.be.empty;
  });

  it("shows no more of unknown revert data than its selector", () => {
    const data = `0xdeadbeef${"5ec7e7".repeat(40)}`;
    const { message, advice } = asNamedError(failed({ data })) as UnknownRevertError;
    expect(message).to.contain("0xdeadbeef");
    expect(message + advice).not.to.contain("5ec7e7");
  });

  it("names reverts with a reason and panics as no error of ours", () => {
    for (const [name, argument] of [
      ["Error", "no"],
      ["Panic", 0x11],
    ] as const) {
      const data = new Interface(["error Error(string)", "error Panic(uint256)"]).encodeErrorResult(name, [argument]);
      expect(asNamedError(failed({ data }))).to.be.instanceOf(UnknownRevertError);
    }
  });

  it("names an account that cannot pay, as ethers, Geth and Hardhat say it", () => {
    for (const error of [
      makeError("insufficient funds for intrinsic transaction cost", "INSUFFICIENT_FUNDS", {
        transaction: {} as never,
      }),
      new Error("insufficient funds for gas * price + value: balance 0, tx cost 42"),
      new Error("Sender doesn't have enough funds to send tx."),
    ]) {
      const named = asNamedError(error) as InsufficientFundsError;
      expect(named).to.be.instanceOf(InsufficientFundsError);
      expect(named).to.include({ name: "InsufficientFundsError", cause: error });
      expect(named.advice).not.to.be.empty;
    }
  });

  it("leaves errors alone that it knows nothing of", () => {
    const nested: { error?: unknown } = {};
    nested.error = nested;
    for (const error of [
      new Error("socket hang up"),
      "text",
      undefined,
      null,
      { data: "0x" },
      { data: "0x1234" },
      nested,
    ]) {
      expect(asNamedError(error)).to.equal(error);
    }
  });

  it("leaves the package's own errors as they are, whatever they wrap", () => {
    const own = new AcesoError("message", "advice", { cause: failed({ data: STALE }) });
    expect(asNamedError(own)).to.equal(own);
  });
});
