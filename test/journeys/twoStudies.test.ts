import { expect } from "chai";

import { accountOf } from "../../src/aceso.js";
import { revokeBySig, signRevoke } from "../../src/consent/consent.js";
import { contributeRecords } from "../../src/research/contribution.js";
import { dataset, NothingContributedError } from "../../src/research/dataset.js";
import { claim } from "../../src/research/reward.js";
import { refund } from "../../src/research/study.js";
import { participantOf, status } from "../../src/research/studyState.js";
import { balanceOf } from "../../src/token/token.js";
import { time } from "../fixtures.js";
import { charted, enrolled, everybody, opened, REWARD, usd } from "../research/people.js";
import { refusal } from "../sdk.js";

describe("a patient in two studies", () => {
  it("is paid by each for the same record, leaves one, and stays in the other", async () => {
    const all = await everybody();
    const { ann, relayer, steward, sponsor, token } = all;
    const one = all;
    const other = {
      ...all,
      ...(await opened(all, ["/registration", "NCT00000021"], ["/rewards/contribution", "7.00"])),
    };
    const account = accountOf(ann);
    const [record] = await charted(all, ann);

    for (const each of [one, other]) {
      await enrolled(each, ann);
      await contributeRecords(ann, { study: each.id, records: [record!], relayer });
    }
    expect((await participantOf(relayer, { study: one.id, participant: account })).earned).to.equal(REWARD);
    expect((await participantOf(relayer, { study: other.id, participant: account })).earned).to.equal(usd(7));

    // The consent to the first study ends; that to the second was never part of it.
    const consent = { grantee: accountOf(steward), policy: one.terms.form };
    await revokeBySig(relayer, await signRevoke(ann, consent)).send();
    await refusal(dataset(steward, { study: one.id }), NothingContributedError);
    // Revoking took the steward's keys out of the vault: the patient shares again what the other study may use.
    const [second] = await charted(all, ann);
    await contributeRecords(ann, { study: other.id, records: [second!], relayer });
    expect((await dataset(steward, { study: other.id })).manifest.participants).to.equal(1);

    // What was earned in both is paid, whoever asks, and the rest goes back.
    for (const { id: study } of [one, other]) await claim(relayer, { study, participant: account }).send();
    expect(await balanceOf(relayer, { token, account })).to.equal(REWARD + 2n * usd(7));
    await time.increaseTo(Number(other.terms.refundAt));
    for (const each of [one, other]) {
      const { money } = (await status(relayer, each.id))!;
      expect(money.owed).to.equal(0n);
      await refund(sponsor, { study: each.key }).send();
    }
    const held = await balanceOf(relayer, { token, account: sponsor.deployment.studyRewards });
    expect(held).to.equal(0n);
  });
});
