import { expect } from "chai";
import { id as digest, TypedDataEncoder, type TypedDataField } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { SmartAccount__factory } from "../../src/generated/index.js";
import { PREAUTHORIZE } from "../../src/insurance/messages.js";
import { FAR, loadFixture, POLICY } from "../fixtures.js";
import { booksBalance, consentToBill, deadlineOf, SURGERY_BENEFIT } from "./claims.js";
import {
  acknowledged,
  claimId,
  claimOf,
  type Insured,
  insured,
  LAB,
  line,
  type Line,
  policyFor,
  type Preauthorization,
  preauthorized,
  STATUS,
  submission,
  type Submission,
  submitted,
  SURGERY,
  usd,
} from "./escrow.js";

/** An operation of yesterday. */
const operation = (changes: Partial<Line> = {}) => line({ service: SURGERY, billed: usd(8_000), ...changes });

/** Submits lines with promises for them. */
async function submit(house: Insured, lines: Line[], preauthorizations: Preauthorization[], documents = digest("it")) {
  return submitted(house, lines, { preauthorizations, documents });
}

/** The contract's key of a promise. */
async function hashOf({ escrow, policyId, hospital }: Insured, promise: Preauthorization): Promise<string> {
  const { name, version, chainId, verifyingContract } = await escrow.eip712Domain();
  return TypedDataEncoder.hash(
    { name, version, chainId, verifyingContract },
    PREAUTHORIZE as Record<string, TypedDataField[]>,
    { policy: policyId, provider: hospital.address, service: SURGERY, ...promise },
  );
}

describe("ClaimEscrow", () => {
  describe("a preauthorisation", () => {
    const refuses = async (house: Insured, lines: Line[], promises: Preauthorization[], at = promises.length - 1) =>
      expect(submit(house, lines, promises))
        .to.be.revertedWithCustomError(house.escrow, "PreauthorizationInvalid")
        .withArgs(promises[at]!.line, promises[at]!.signer);

    it("makes a line eligible that needs it, and a line without it pays nothing", async () => {
      const house = await loadFixture(insured);
      const { escrow } = house;
      const without = await submitted(house, [await operation()]);
      await expect(without.transaction)
        .to.emit(escrow, "ClaimAdjudicated")
        .withArgs(without.id, house.policyId, [usd(8_000), 0, 0, usd(8_000), 0, 0], [0, 0, 0], 0, false);
      const lines = [await operation({ number: 1 })];
      const promise = await preauthorized(house, submission(house, lines), 0);
      expect(await escrow.preauthorizedLineOf(await hashOf(house, promise))).to.equal(0n);
      const { id, claim } = await submit(house, lines, [promise]);
      expect((await escrow.claimOf(id)).benefit).to.equal(SURGERY_BENEFIT);
      expect(await escrow.preauthorizedLineOf(await hashOf(house, promise))).to.equal(lines[0]!.day * 256 + 2);
      await booksBalance(house, [without.claim, claim]);
    });

    it("makes no more eligible than it says, for the line it names", async () => {
      const house = await loadFixture(insured);
      const { escrow } = house;
      const lines = [await operation(), await operation({ number: 1 }), await operation({ number: 2 })];
      const presented = submission(house, lines);
      const { transaction, id } = await submit(house, lines, [
        await preauthorized(house, presented, 2, { amount: usd(500) }),
        await preauthorized(house, presented, 1, { amount: usd(1_100) }),
      ]);
      await expect(transaction)
        .to.emit(escrow, "ClaimAdjudicated")
        .withArgs(
          id,
          house.policyId,
          [usd(24_000), usd(1_350), usd(250), usd(22_400), usd(100), usd(250)],
          [0, 0, 0],
          await deadlineOf(house, id),
          false,
        );
      for (const [place, amount] of [
        [1, usd(1_100)],
        [2, usd(500)],
      ] as const) {
        await expect(transaction)
          .to.emit(escrow, "PreauthorizationUsed")
          .withArgs(id, place, amount, digest("a reference"));
      }
    });

    it("is signed by the insurer or its staff, with an ERC-1271 wallet too, licensed or not", async () => {
      const house = await loadFixture(insured);
      const { accreditation, admin, escrow, insurer, adjuster, stranger } = house;
      const wallet = await new SmartAccount__factory(admin).deploy(stranger);
      await accreditation.connect(insurer).setMember(wallet, FAR);
      await accreditation.revoke(insurer, roleNumber("Insurer"));
      const days = [10, 20, 30];
      for (const [place, signer] of [insurer, adjuster, stranger].entries()) {
        const lines = [
          await operation({ number: place, day: (await operation()).day - days[place]!, billed: usd(300) }),
        ];
        const promise = await preauthorized(house, submission(house, lines), 0, {}, signer);
        const own = signer === stranger ? { ...promise, signer: wallet.target as string } : promise;
        const { id } = await submit(house, lines, [own]);
        expect((await escrow.claimOf(id)).benefit).to.be.greaterThan(0n);
      }
    });

    it("is refused of anybody else, in the insurer's name too, and of who left its staff", async () => {
      const house = await loadFixture(insured);
      const { accreditation, insurer, adjuster, rival, hospital, patient, stranger } = house;
      const lines = [await operation()];
      await accreditation.connect(insurer).setMember(adjuster, 0);
      for (const signer of [adjuster, rival, hospital, patient, stranger]) {
        const promise = await preauthorized(house, submission(house, lines), 0, {}, signer);
        await refuses(house, lines, [promise]);
        await refuses(house, lines, [{ ...promise, signer: insurer.address }]);
      }
    });

    it("counts to its last day of service, and not the day after", async () => {
      const house = await loadFixture(insured);
      const lines = [await operation()];
      const presented = submission(house, lines);
      const { day } = lines[0]!;
      await refuses(house, lines, [await preauthorized(house, presented, 0, { lastDay: day - 1 })]);
      await submit(house, lines, [await preauthorized(house, presented, 0, { lastDay: day })]);
    });

    it("is refused for another policy, provider or service, amount, day or number than was signed", async () => {
      const house = await loadFixture(insured);
      const { clinic } = house;
      const lines = [await operation()];
      const presented = submission(house, lines);
      const promise = await preauthorized(house, presented, 0);
      const policy = await policyFor(house, { document: digest("another coverage") });
      for (const forged of [
        { ...promise, amount: promise.amount + 1n },
        { ...promise, lastDay: promise.lastDay + 1 },
        { ...promise, preAuthRef: digest("another reference") },
        { ...promise, signature: "0x" },
        await preauthorized(house, { ...presented, policy }, 0),
        await preauthorized(house, { ...presented, provider: clinic.address }, 0),
        await preauthorized(house, { ...presented, lines: [await operation({ service: LAB })] }, 0),
      ]) {
        await refuses(house, lines, [forged]);
      }
    });

    it("is refused for a line the claim does not have", async () => {
      const house = await loadFixture(insured);
      const lines = [await operation()];
      const promise = await preauthorized(house, submission(house, lines), 0);
      for (const place of [1, 255]) await refuses(house, lines, [{ ...promise, line: place }]);
    });

    it("counts for one line only, within a claim and across claims, unless another number makes another promise", async () => {
      const house = await loadFixture(insured);
      const lines = [await operation(), await operation({ number: 1 })];
      const presented = submission(house, lines);
      const promise = await preauthorized(house, presented, 0);
      await refuses(house, lines, [promise, { ...promise, line: 1 }]);
      await submit(house, lines.slice(0, 1), [promise]);
      await refuses(house, [lines[1]!], [promise]);
      await refuses(house, [await operation({ day: lines[0]!.day - 1 })], [promise]);
      const another = await preauthorized(house, presented, 1, { preAuthRef: digest("another reference") });
      await submit(house, [lines[1]!], [{ ...another, line: 0 }]);
    });

    it("does not limit a line that needs none", async () => {
      const house = await loadFixture(insured);
      const lines = [await line()];
      const { id } = await submit(house, lines, [
        await preauthorized(house, submission(house, lines), 0, { amount: 1n }),
      ]);
      expect((await house.escrow.claimOf(id)).benefit).to.equal(usd(100));
    });

    it("counts again for the line of a corrected claim, and for no other", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      const lines = [await operation()];
      const promise = await preauthorized(house, submission(house, lines), 0);
      const { claim } = await submit(house, lines, [promise]);
      await escrow.connect(hospital).reverse(claim, lines);
      for (const other of [{ number: 1 }, { day: lines[0]!.day - 1 }]) {
        await refuses(house, [await operation(other)], [promise]);
      }
      const corrected = await submit(house, [await operation({ billed: usd(7_000) })], [promise], digest("corrected"));
      expect((await escrow.claimOf(corrected.id)).status).to.equal(STATUS.Pending);
      await booksBalance(house, [claim, corrected.claim]);
    });

    it("comes with a claim on standing consent and with its acceptance", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, insurer, stranger } = house;
      await consentToBill(house);
      const bare = submission(house, [await operation()]);
      const [promise, forged] = [
        await preauthorized(house, bare, 0),
        await preauthorized(house, bare, 0, {}, stranger),
      ];
      const refused = (sent: Promise<unknown>) =>
        expect(sent).to.be.revertedWithCustomError(escrow, "PreauthorizationInvalid").withArgs(0, stranger);
      const withPromise = (one: Preauthorization): Submission => ({ ...bare, preauthorizations: [one] });
      await refused(escrow.connect(hospital).submitOnConsent(withPromise(forged), POLICY));
      await escrow.connect(hospital).submitOnConsent(withPromise(promise), POLICY);
      await refused(escrow.connect(insurer).accept(withPromise(forged)));
      await escrow.connect(insurer).accept(withPromise(promise));
      expect((await escrow.claimOf(claimId(claimOf(bare)))).benefit).to.equal(SURGERY_BENEFIT);
    });

    it("is presented by the provider alone: the acknowledgement does not name it", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      const bare = submission(house, [await operation()]);
      const authorized = await acknowledged(house, bare);
      const preauthorizations = [await preauthorized(house, bare, 0)];
      await escrow.connect(hospital).submit({ ...bare, preauthorizations }, ...authorized);
      expect((await escrow.claimOf(claimId(claimOf(bare)))).benefit).to.equal(SURGERY_BENEFIT);
    });
  });
});
