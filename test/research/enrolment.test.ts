import { expect } from "chai";
import { ZeroHash } from "ethers";

import { accountOf } from "../../src/aceso.js";
import { revokeBySig, signRevoke } from "../../src/consent/consent.js";
import { setDelegateBySig, signSetDelegate } from "../../src/consent/delegate.js";
import { MalformedAddressError } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { signEnrolment, enrol, signWithdrawal, withdraw, withdrawBySig } from "../../src/research/enrolment.js";
import { claim } from "../../src/research/reward.js";
import { participantOf, status } from "../../src/research/studyState.js";
import { SignedForElsewhereError } from "../../src/signing.js";
import { balanceOf } from "../../src/token/token.js";
import { ethers, FAR, time } from "../fixtures.js";
import { refusal, revert } from "../sdk.js";
import { approved, consents, contributed, enrolled, everybody, opened, REWARD } from "./people.js";

/** What a signed message is after it went to a relayer. */
function received<Message>(signed: Message): Message {
  return JSON.parse(JSON.stringify(signed)) as Message;
}

describe("enrol", () => {
  it("takes in somebody who consented and whom an investigator countersigned, for whoever pays", async () => {
    const all = await everybody();
    const { investigator, relayer, stranger, ann, id: study, terms } = all;
    await consents(all, ann);
    const signed = await signEnrolment(investigator, { study, participant: accountOf(ann) });
    expect(signed.message).to.deep.equal({ study, participant: accountOf(ann), form: terms.form });
    await enrol(relayer, received(signed)).send();
    const state = await participantOf(stranger, { study, participant: accountOf(ann) });
    expect(state).to.include({ status: "enrolled", earned: 0n });
    expect(await ethers.provider.getBalance(accountOf(ann))).to.equal(0n);
    await revert(enrol(relayer, signed).send(), "ParticipantKnown");
  });

  it("asks for a consent that is live, under the form, to the steward", async () => {
    const all = await everybody();
    const { steward, relayer, ann, ben, id: study, terms } = all;
    const signed = await signEnrolment(steward, { study, participant: accountOf(ann) });
    await revert(enrol(relayer, signed).send(), "ConsentMissing");
    await consents(all, ann, { validUntil: (await time.latest()) + 100 });
    await enrol(relayer, signed).simulate();
    await time.increase(100);
    await revert(enrol(relayer, signed).send(), "ConsentMissing");
    await consents(all, ben);
    const key = { grantee: terms.steward, policy: terms.form };
    await revokeBySig(relayer, await signRevoke(ben, key)).send();
    const second = await signEnrolment(steward, { study, participant: accountOf(ben) });
    await revert(enrol(relayer, second).send(), "ConsentMissing");
  });

  it("refuses a countersignature that is another's, over, altered, or for another purpose", async () => {
    const all = await everybody();
    const { hospital, investigator, relayer, ann, ben, id: study } = all;
    await consents(all, ann);
    const enrolment = { study, participant: accountOf(ann) };
    await revert(enrol(relayer, await signEnrolment(hospital, enrolment)).send(), "StewardUnauthorized");
    await revert(
      enrol(relayer, await signEnrolment(investigator, { ...enrolment, deadline: 1 })).send(),
      "SignatureExpired",
    );
    const signed = await signEnrolment(investigator, { study, participant: accountOf(ben) });
    const altered = { ...signed, message: { ...signed.message, participant: accountOf(ann) } };
    await revert(enrol(relayer, altered).send(), "SignatureInvalid");
    for (const elsewhere of [{ type: "WithdrawParticipant" }, { chainId: "1" }, { contract: accountOf(ann) }]) {
      await refusal(() => enrol(relayer, { ...signed, ...elsewhere }), SignedForElsewhereError);
    }
    await refusal(signEnrolment(investigator, { study, participant: "0x1" }), MalformedAddressError);
  });

  it("needs a countersignature and a consent under the amended form", async () => {
    const all = await everybody();
    const { investigator, relayer, ann, id: study, terms } = all;
    await consents(all, ann);
    const before = await signEnrolment(investigator, { study, participant: accountOf(ann) });
    await opened(all, ["/title", "Amended"], ["/capacity", 4]);
    await revert(enrol(relayer, before).send(), "SignatureInvalid");
    const after = await signEnrolment(investigator, { study, participant: accountOf(ann) });
    expect(after.message.form).not.to.equal(terms.form);
    await revert(enrol(relayer, after).send(), "ConsentMissing");
    await consents(all, ann);
    await enrol(relayer, after).send();
  });

  it("fills the seats, and none before all is paid for", async () => {
    const all = await everybody();
    const { relayer, investigator, ann, ben, id } = all;
    const unpaid = await approved(all, ["/registration", "NCT00000002"]);
    await revert(enrolled({ ...all, ...unpaid }, ann), "StudyUnderfunded");
    const small = await opened(all, ["/registration", "NCT00000003"], ["/capacity", 1]);
    await enrolled({ ...all, ...small }, ann);
    await revert(enrolled({ ...all, ...small }, ben), "StudyFull");
    await revert(enrolled({ relayer, investigator, id }, ann, ann), "ParticipantKnown");
  });
});

describe("withdraw", () => {
  it("is for the participant alone, once, and leaves what was earned payable", async () => {
    const all = await everybody();
    const { relayer, stranger, guardian, ann, token, id: study } = all;
    await contributed(all, ann);
    await revert(withdraw(stranger, { study, participant: accountOf(ann) }).send(), "WithdrawalUnauthorized");
    await revert(withdraw(guardian, { study }).send(), "ParticipantInvalid");
    const signed = await signWithdrawal(ann, { study });
    expect(signed.message).to.deep.equal({ study, participant: accountOf(ann) });
    await withdrawBySig(relayer, received(signed)).send();
    expect(await status(stranger, study)).to.include({ enrolled: 1, withdrawn: 1 });
    await revert(withdrawBySig(relayer, signed).send(), "ParticipantInvalid");
    await revert(enrolled(all, ann), "ParticipantKnown");
    await claim(stranger, { study, participant: accountOf(ann) }).send();
    expect(await balanceOf(stranger, { token, account: accountOf(ann) })).to.equal(REWARD);
  });

  it("may be decided by a delegate for research, and by no other", async () => {
    const all = await everybody();
    const { relayer, stranger, guardian, ann, ben, id: study } = all;
    await enrolled(all, ann, ben);
    const leaving = { study, participant: accountOf(ann) };
    const delegated = async (categories: readonly ["research" | "laboratory"]) => {
      const named = { delegate: accountOf(guardian), categories, until: FAR };
      await setDelegateBySig(relayer, await signSetDelegate(ann, named)).send();
    };
    await delegated(["laboratory"]);
    await revert(withdrawBySig(relayer, await signWithdrawal(guardian, leaving)).send(), "WithdrawalUnauthorized");
    await delegated(["research"]);
    const other = await signWithdrawal(guardian, { study, participant: accountOf(ben) });
    await revert(withdrawBySig(relayer, other).send(), "WithdrawalUnauthorized");
    const signed = await signWithdrawal(guardian, leaving);
    await withdraw(guardian, leaving).simulate();
    await withdrawBySig(relayer, received(signed)).send();
    expect(await participantOf(stranger, leaving)).to.include({ status: "withdrawn" });
    await revert(withdraw(guardian, leaving).send(), "ParticipantInvalid");
  });

  it("is relayed as it was signed, and in time", async () => {
    const all = await everybody();
    const { relayer, ann, ben, id: study } = all;
    await enrolled(all, ann, ben);
    const late = await signWithdrawal(ann, { study, deadline: 1 });
    await revert(withdrawBySig(relayer, late).send(), "SignatureExpired");
    const signed = await signWithdrawal(ann, { study });
    const message = { study, participant: accountOf(ben) };
    await revert(withdrawBySig(relayer, { ...signed, message }).send(), "SignatureInvalid");
    const elsewhere = { ...signed.message, study: ZeroHash as Hex };
    await revert(withdrawBySig(relayer, { ...signed, message: elsewhere }).send(), "SignatureInvalid");
    await refusal(() => withdrawBySig(relayer, { ...signed, type: "EnrolParticipant" }), SignedForElsewhereError);
  });
});
