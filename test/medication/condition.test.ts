import { expect } from "chai";

import { accountOf } from "../../src/aceso.js";
import { MalformedDigestError } from "../../src/crypto/digest.js";
import { UnknownWordError } from "../../src/medication/codes.js";
import { clear, condemn, hold, release, suspect } from "../../src/medication/condition.js";
import { itemId } from "../../src/medication/item.js";
import { destroy, recover, reportMissing } from "../../src/medication/loss.js";
import { refusal, revert } from "../sdk.js";
import { AUTHORITY, CONDITION, STATUS } from "./ledger.js";
import { atPharmacy, DIGEST, type People } from "./people.js";

/** What is on chain of the whole batch of tablets. */
async function custody({ house, whole }: People) {
  const { status, condition, heldBy, holder } = await house.batches.custodyOf(itemId(whole));
  return { status: Number(status), condition: Number(condition), heldBy: Number(heldBy), holder };
}

describe("hold, release, suspect, clear and condemn", () => {
  it("set what is known against items, on the holder's authority unless told otherwise", async () => {
    const all = await atPharmacy();
    const { pharmacy, whole } = all;
    const judgement = { items: [whole], evidence: DIGEST };
    const steps = [
      [hold, CONDITION.OnHold, AUTHORITY.Holder],
      [release, CONDITION.Sound, AUTHORITY.None],
      [suspect, CONDITION.Suspect, AUTHORITY.Holder],
      [clear, CONDITION.Sound, AUTHORITY.None],
      [suspect, CONDITION.Suspect, AUTHORITY.Holder],
      [condemn, CONDITION.Illegitimate, AUTHORITY.Holder],
    ] as const;
    for (const [step, condition, heldBy] of steps) {
      await step(pharmacy, judgement).send();
      expect(await custody(all), step.name).to.include({ condition, heldBy });
    }
    await revert(clear(pharmacy, judgement).send(), "ConditionInvalid");
  });

  it("write the reason, the evidence and on whose authority", async () => {
    const { regulator, whole, house } = await atPharmacy();
    const judgement = { items: [whole], authority: "regulator", reason: "temperature excursion" } as const;
    const { block } = await hold(regulator, { ...judgement, evidence: DIGEST }).send();
    const [event] = await house.batches.queryFilter(house.batches.filters.ConditionSet(), block, block);
    const { item, organisation, authority, reason, evidence } = event!.args;
    expect({ item, organisation, evidence }).to.deep.equal({
      item: itemId(whole),
      organisation: regulator.account,
      evidence: DIGEST,
    });
    expect({ authority, reason }).to.deep.equal({ authority: BigInt(AUTHORITY.Regulator), reason: 1n });
  });

  it("are refused by name to those without the authority", async () => {
    const { maker, rival, pharmacy, clerk, whole } = await atPharmacy();
    const judgement = { items: [whole], evidence: DIGEST } as const;
    await revert(hold(rival, { ...judgement, authority: "manufacturer" }).send(), "AuthorityInvalid");
    await revert(hold(clerk, judgement).send(), "AuthorityInvalid");
    await hold(clerk, { ...judgement, organisation: accountOf(pharmacy) }).send();
    await hold(maker, { ...judgement, authority: "manufacturer" }).send();
    await revert(release(pharmacy, judgement).send(), "AuthorityTooLow");
    await revert(condemn(pharmacy, judgement).send(), "ConditionInvalid");
  });

  it("refuse words and digests that are none", async () => {
    const { pharmacy, whole } = await atPharmacy();
    const judgement = { items: [whole], evidence: DIGEST };
    await refusal(() => hold(pharmacy, { ...judgement, reason: "mood" as "other" }), UnknownWordError);
    await refusal(() => hold(pharmacy, { ...judgement, authority: "owner" as "holder" }), UnknownWordError);
    await refusal(() => hold(pharmacy, { ...judgement, evidence: "0x12" }), MalformedDigestError);
  });
});

describe("reportMissing and recover", () => {
  it("lose items and find them again, as suspect product", async () => {
    const all = await atPharmacy();
    const { pharmacy, clerk, whole } = all;
    await reportMissing(pharmacy, { items: [whole], evidence: DIGEST }).send();
    expect(await custody(all)).to.include({ status: STATUS.Missing, holder: pharmacy.account });
    const found = { items: [itemId(whole)], evidence: DIGEST };
    await revert(recover(clerk, found).send(), "ItemNotHeldBy");
    await recover(clerk, { ...found, holder: accountOf(pharmacy) }).send();
    expect(await custody(all)).to.include({ status: STATUS.InCustody, condition: CONDITION.Suspect });
    await revert(recover(pharmacy, found).send(), "ItemStatusInvalid");
  });
});

describe("destroy", () => {
  it("is for good", async () => {
    const all = await atPharmacy();
    const { pharmacy, whole } = all;
    await destroy(pharmacy, { items: [whole], evidence: DIGEST }).send();
    expect(await custody(all)).to.include({ status: STATUS.Destroyed });
    await revert(reportMissing(pharmacy, { items: [whole], evidence: DIGEST }).send(), "ItemStatusInvalid");
  });

  it("is refused for evidence, for another's items, and without a digest", async () => {
    const { pharmacy, maker, branch, whole, opioids } = await atPharmacy();
    const evidence = DIGEST;
    await hold(maker, { items: [whole], authority: "manufacturer", evidence }).send();
    await revert(destroy(pharmacy, { items: [whole], evidence }).send(), "AuthorityTooLow");
    await revert(destroy(branch, { items: [opioids], evidence }).send(), "ItemNotHeldBy");
    await refusal(() => destroy(pharmacy, { items: [opioids], evidence: "0x12" }), MalformedDigestError);
  });
});
