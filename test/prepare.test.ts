import { expect } from "chai";
import { id, makeError, type Signer, type TransactionReceipt, type TransactionResponse } from "ethers";

import { setMember } from "../src/accreditation/accreditation.js";
import { accountOf, NoSignerError, signerOf, type Aceso } from "../src/aceso.js";
import { SmartAccount__factory } from "../src/generated/index.js";
import { NotMinedError, prepare, TransactionFailedError, type Around } from "../src/prepare.js";
import { InsufficientFundsError, UnknownRevertError } from "../src/revert.js";
import { FAR } from "./fixtures.js";
import { refusal, refusing, revert, sending, stage, unfunded } from "./sdk.js";

/** A key that is published, with a note of everything that happens around it. */
async function prepared(sender: (clinic: Aceso) => Signer = signerOf, around: Partial<Around<string>> = {}) {
  const all = await stage();
  const { clinic, house } = all;
  const steps: string[] = [];
  const noted = (step: string) => async () => void steps.push(step);
  const key = id("a new key");
  const { keys } = clinic.contracts;
  const aceso = { ...clinic, signer: sender(clinic) };
  const call = prepare<string>(aceso, keys, keys.interface.encodeFunctionData("publish", [key]), {
    before: noted("before"),
    undo: noted("undo"),
    after: async ({ hash }) => {
      steps.push("after");
      return `done in ${hash}`;
    },
    ...around,
  });
  const isDone = async () => (await house.keys.keyOf(accountOf(clinic))) === key;
  return { ...all, aceso, call, steps, isDone };
}

/** Sends for real, and then waits as it is told. */
function waiting(clinic: Aceso, wait: (receipt: TransactionReceipt) => Promise<TransactionReceipt | null>): Signer {
  return sending(clinic, async (request) => {
    const { hash } = await signerOf(clinic).sendTransaction(request);
    const receipt = (await clinic.provider.getTransactionReceipt(hash))!;
    return { hash, wait: () => wait(receipt) } as unknown as TransactionResponse;
  });
}

/** What ethers throws when a receipt says that the transaction failed. */
function failure(receipt: TransactionReceipt): Error {
  const info = { action: "sendTransaction", data: null, reason: null, invocation: null, revert: null } as const;
  const transaction = { to: null, data: "0x" };
  return makeError("transaction execution reverted", "CALL_EXCEPTION", {
    ...info,
    transaction,
    receipt: failed(receipt),
  });
}

/** A receipt that says that the transaction failed. */
function failed({ hash, blockNumber }: TransactionReceipt): TransactionReceipt {
  return { hash, blockNumber, status: 0 } as TransactionReceipt;
}

/** What ethers throws when another transaction took the place of one. */
function replacement(reason: "repriced" | "cancelled", receipt: TransactionReceipt): Error {
  const info = { cancelled: reason !== "repriced", reason, receipt, hash: receipt.hash } as const;
  return makeError("transaction was replaced", "TRANSACTION_REPLACED", { ...info, replacement: {} as never });
}

describe("prepare", () => {
  it("shows what it would send, for a relayer, a multisig or a browser wallet", async () => {
    const { clinic, call, isDone, steps } = await prepared();
    expect(call.to).to.equal(clinic.deployment.keyDirectory);
    expect(clinic.contracts.keys.interface.parseTransaction(call)).to.include({ name: "publish" });
    await signerOf(clinic).sendTransaction({ to: call.to, data: call.data });
    expect(await isDone()).to.be.true;
    expect(steps).to.deep.equal([]);
  });

  it("needs no signer to be prepared, estimated and simulated, only to be sent", async () => {
    const { stranger, clinic } = await stage();
    const { signer: _, ...reader } = clinic;
    const call = setMember(reader, { member: accountOf(stranger), until: FAR });
    expect(await call.estimate()).to.be.greaterThan(21_000n);
    await call.simulate();
    await refusal(call.send(), NoSignerError);
  });
});

describe("estimate", () => {
  it("is at least the gas it then uses", async () => {
    const { call } = await prepared();
    const estimate = await call.estimate();
    expect((await call.send()).gasUsed <= estimate).to.be.true;
  });

  it("names what refuses the call", async () => {
    const { stranger, nurse } = await stage();
    const { accreditation } = stranger.contracts;
    const data = accreditation.interface.encodeFunctionData("accredit", [accountOf(nurse), 0, FAR]);
    await revert(prepare(stranger, accreditation, data).estimate(), "AccreditorNotAllowed");
  });
});

describe("simulate", () => {
  it("changes nothing, and runs nothing around the call", async () => {
    const { call, isDone, steps } = await prepared();
    await call.simulate();
    expect(await isDone()).to.be.false;
    expect(steps).to.deep.equal([]);
  });

  it("asks as the connection's account", async () => {
    const { admin, stranger, nurse } = await stage();
    const { accreditation } = admin.contracts;
    const data = accreditation.interface.encodeFunctionData("accredit", [accountOf(nurse), 0, FAR]);
    await prepare(admin, accreditation, data).simulate();
    const args = await revert(prepare(stranger, accreditation, data).simulate(), "AccreditorNotAllowed");
    expect(args).to.deep.equal({ role: 0n, caller: stranger.account });
  });

  it("names a revert that no contract of ours has", async () => {
    const { clinic, stranger, house } = await stage();
    const wallet = await new SmartAccount__factory(house.admin).deploy(accountOf(clinic));
    const data = wallet.interface.encodeFunctionData("setOwner", [accountOf(stranger)]);
    const error = await refusal(prepare(stranger, wallet, data).simulate(), UnknownRevertError);
    expect(wallet.interface.parseError(error.data)?.name).to.equal("NotOwner");
  });
});

describe("send", () => {
  it("stores, sends, waits for the block, and tells what happened", async () => {
    const { clinic, call, isDone, steps } = await prepared();
    const { transaction, block, gasUsed, result } = await call.send();
    expect(await isDone()).to.be.true;
    expect(steps).to.deep.equal(["before", "after"]);
    const receipt = (await clinic.provider.getTransactionReceipt(transaction))!;
    expect(receipt).to.include({ blockNumber: block, gasUsed });
    expect(result).to.equal(`done in ${transaction}`);
  });

  it("stores nothing when the call is refused", async () => {
    const { steps, clinic } = await prepared();
    const { keys } = clinic.contracts;
    const refused = prepare(clinic, keys, keys.interface.encodeFunctionData("publish", [`0x${"00".repeat(32)}`]), {
      before: async () => void steps.push("before"),
      undo: async () => void steps.push("undo"),
      after: () => void steps.push("after"),
    });
    await revert(refused.send(), "KeyZero");
    expect(steps).to.deep.equal([]);
  });

  it("sends nothing when storing fails, and takes back what was stored", async () => {
    const full = new Error("The disk is full.");
    const { call, isDone, steps } = await prepared(signerOf, { before: () => Promise.reject(full) });
    expect(await call.send().catch((error: unknown) => error)).to.equal(full);
    expect(await isDone()).to.be.false;
    expect(steps).to.deep.equal(["undo"]);
  });

  it("takes back what was stored when the wallet's user says no", async () => {
    const { call, isDone, steps } = await prepared(refusing);
    expect(await call.send().catch((error: unknown) => error)).to.have.property("code", "ACTION_REJECTED");
    expect(await isDone()).to.be.false;
    expect(steps).to.deep.equal(["before", "undo"]);
  });

  it("takes back what was stored when the node refuses the transaction", async () => {
    const { call, steps } = await prepared((clinic) =>
      sending(clinic, (request) => {
        const info = { action: "estimateGas", data: null, reason: null, invocation: null, revert: null } as const;
        const transaction = { to: clinic.deployment.keyDirectory, data: String(request.data) };
        return Promise.reject(makeError("missing revert data", "CALL_EXCEPTION", { ...info, transaction }));
      }),
    );
    expect(await call.send().catch((error: unknown) => error)).to.have.property("code", "CALL_EXCEPTION");
    expect(steps).to.deep.equal(["before", "undo"]);
  });

  it("takes back what was stored when the account cannot pay, and says so", async () => {
    const { call, steps } = await prepared(() => unfunded("a poor account"));
    await refusal(call.send(), InsufficientFundsError);
    expect(steps).to.deep.equal(["before", "undo"]);
  });

  it("keeps what was stored when the connection is lost while sending, which may have sent it", async () => {
    const lost = new Error("socket hang up");
    const { call, steps } = await prepared((clinic) => sending(clinic, () => Promise.reject(lost)));
    expect(await call.send().catch((error: unknown) => error)).to.equal(lost);
    expect(steps).to.deep.equal(["before"]);
  });

  it("keeps what was stored when the connection is lost while waiting, and names the transaction", async () => {
    const lost = new Error("socket hang up");
    const { call, isDone, steps } = await prepared((clinic) => waiting(clinic, () => Promise.reject(lost)));
    const error = await refusal(call.send(), NotMinedError);
    expect(error.cause).to.equal(lost);
    expect(error.transaction).to.match(/^0x[0-9a-f]{64}$/);
    expect(await isDone()).to.be.true;
    expect(steps).to.deep.equal(["before"]);
  });

  it("keeps what was stored when there is no receipt, or another transaction took the place", async () => {
    for (const wait of [
      async () => null,
      (receipt: TransactionReceipt) => Promise.reject(replacement("cancelled", receipt)),
    ]) {
      const { call, steps } = await prepared((clinic) => waiting(clinic, wait));
      await refusal(call.send(), NotMinedError);
      expect(steps).to.deep.equal(["before"]);
    }
  });

  it("takes a repriced transaction for the one it replaced", async () => {
    const repriced = (receipt: TransactionReceipt) => Promise.reject(replacement("repriced", receipt));
    const { call, steps } = await prepared((clinic) => waiting(clinic, repriced));
    const { transaction, result } = await call.send();
    expect(result).to.equal(`done in ${transaction}`);
    expect(steps).to.deep.equal(["before", "after"]);
  });

  it("takes back what was stored when the transaction failed in its block", async () => {
    const failing = (receipt: TransactionReceipt) => Promise.reject(failure(receipt));
    const { call, steps } = await prepared((clinic) => waiting(clinic, failing));
    const error = await refusal(call.send(), TransactionFailedError);
    expect(error.transaction).to.match(/^0x[0-9a-f]{64}$/);
    expect(steps).to.deep.equal(["before", "undo"]);
  });
});

describe("store and finish", () => {
  it("do what send does around a transaction that is sent in another way", async () => {
    const { clinic, call, steps } = await prepared();
    await call.store();
    expect(steps).to.deep.equal(["before"]);
    const { hash } = await signerOf(clinic).sendTransaction({ to: call.to, data: call.data });
    const { transaction, result } = await call.finish(hash as `0x${string}`);
    expect(transaction).to.equal(hash);
    expect(result).to.equal(`done in ${hash}`);
    expect(steps).to.deep.equal(["before", "after"]);
  });

  it("take back what was stored when storing fails", async () => {
    const { call, steps } = await prepared(signerOf, { before: () => Promise.reject(new Error("The disk is full.")) });
    expect(await call.store().catch((error: Error) => error.message)).to.equal("The disk is full.");
    expect(steps).to.deep.equal(["undo"]);
  });

  it("wait for the block, and keep what was stored until then", async () => {
    const { call, steps } = await prepared();
    const error = await refusal(call.finish(id("no transaction") as `0x${string}`), NotMinedError);
    expect(error.transaction).to.equal(id("no transaction"));
    expect(steps).to.deep.equal([]);
  });

  it("take back what was stored when the transaction failed in its block", async () => {
    const { aceso, call, steps } = await prepared();
    const { hash } = await signerOf(aceso).sendTransaction({ to: call.to, data: call.data });
    const receipt = (await aceso.provider.getTransactionReceipt(hash))!;
    const provider = Object.create(aceso.provider) as typeof aceso.provider;
    Object.assign(provider, { getTransactionReceipt: async () => failed(receipt) });
    const { keys } = aceso.contracts;
    const later = prepare({ ...aceso, provider }, keys, call.data, {
      undo: async () => void steps.push("undo"),
      after: () => void steps.push("after"),
    });
    await refusal(later.finish(hash as `0x${string}`), TransactionFailedError);
    expect(steps).to.deep.equal(["undo"]);
  });
});
