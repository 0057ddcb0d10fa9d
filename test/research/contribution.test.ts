import { expect } from "chai";
import { id as hashOf, ZeroHash } from "ethers";

import { accountOf, connect, encryptionKeyOf, NoEncryptionKeyError, NoVaultError } from "../../src/aceso.js";
import { categoriesIn } from "../../src/consent/category.js";
import { permits, revokeBySig, signRevoke } from "../../src/consent/consent.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { KeyNotPublishedError } from "../../src/keys/keys.js";
import { addMany, ROOT_FROM } from "../../src/records/add.js";
import { eraseBySig, signErase } from "../../src/records/erase.js";
import { NothingToOpenError, open } from "../../src/records/open.js";
import { anchorBySig, signAdd } from "../../src/records/selfAuthored.js";
import { share } from "../../src/records/share.js";
import {
  contributeRecords,
  contributionsOf,
  NothingToContributeError,
  StudyNotApprovedError,
  UNFIT_REASONS,
  type Unfit,
} from "../../src/research/contribution.js";
import { contribute, type Contribution } from "../../src/research/credit.js";
import { signWithdrawal, withdrawBySig } from "../../src/research/enrolment.js";
import { recordMilestone } from "../../src/research/reward.js";
import { suspend } from "../../src/research/study.js";
import { participantOf } from "../../src/research/studyState.js";
import { ethers, time } from "../fixtures.js";
import { added, altered, AMOXICILLIN, bundleOf, deploymentOf, GLUCOSE, HIV_TEST, PRESSURE } from "../sdk.js";
import { refusal, revert } from "../sdk.js";
import { approved, CAP, charted, consents, contributed, DAY, enrolled, everybody, opened, REWARD } from "./people.js";
import { termsOf, type People, usd } from "./people.js";

/** Ann enrolled. */
async function annEnrolled() {
  const all = await everybody();
  await enrolled(all, all.ann);
  return all;
}

function earnedBy({ stranger, id: study }: Pick<People, "stranger" | "id">, participant: People["ann"]) {
  return participantOf(stranger, { study, participant: accountOf(participant) });
}

/** What the study's steward asks to open of a participant. */
function basisOf({ terms }: People, participant: People["ann"]) {
  return { patient: accountOf(participant), grantee: terms.steward, policy: terms.form, purpose: "CLINTRCH" } as const;
}

function reasonsOf(unfit: readonly Unfit[]): Record<Hex, string> {
  return Object.fromEntries(unfit.map(({ record, reason }) => [record, reason]));
}

describe("contributeRecords", () => {
  it("consents, shares and is credited in one go, for somebody who never had ether", async () => {
    const all = await everybody();
    const { ann, hospital, steward, relayer, vault, id: study, terms } = all;
    await enrolled(all, ann);
    const key = { grantee: terms.steward, policy: terms.form };
    await revokeBySig(relayer, await signRevoke(ann, key)).send();
    const [glucose, other] = (await charted(all, ann, 2)) as [Hex, Hex];
    const { credits, unfit, consent, transactions } = await contributeRecords(ann, {
      study,
      relayer,
      records: [glucose.toUpperCase().replace("0X", "0x") as Hex],
    });
    expect(credits).to.deep.equal([{ record: glucose, reward: REWARD }]);
    expect(unfit).to.deep.equal([]);
    expect(transactions).to.have.length(1);
    expect(consent!.transaction).to.match(/^0x/);
    const [purpose, categories] = ["CLINTRCH" as const, categoriesIn(terms.categories)];
    expect(await permits(ann, { ...key, purpose, categories })).to.be.true;
    expect(await vault.readersOf(glucose, [ann, hospital, steward])).to.deep.equal([ann, hospital, steward]);
    expect(await vault.readersOf(other, [ann, hospital, steward])).to.deep.equal([ann, hospital]);
    expect(await earnedBy(all, ann)).to.include({ earned: REWARD });
    expect(await ethers.provider.getBalance(accountOf(ann))).to.equal(0n);
  });

  it("lets the consent end with the study, or when told", async () => {
    const all = await annEnrolled();
    const { ann, relayer, house, id: study, terms } = all;
    const [grantee, policy] = [terms.steward, terms.form];
    const until = async () => Number((await house.consents.consentOf(accountOf(ann), grantee, policy)).validUntil);
    for (const [validUntil, expected] of [
      [undefined, Number(terms.endsAt)],
      [Number(terms.endsAt) - DAY, Number(terms.endsAt) - DAY],
    ] as const) {
      await revokeBySig(relayer, await signRevoke(ann, { grantee, policy })).send();
      const records = await charted(all, ann);
      const { consent } = await contributeRecords(ann, { study, relayer, records, ...(validUntil && { validUntil }) });
      expect(consent).not.to.be.undefined;
      expect(await until()).to.equal(expected);
    }
  });

  it("sends no consent where one is live, and contributes all that fit when none are named", async () => {
    const all = await annEnrolled();
    const { ann, relayer, id: study } = all;
    const records = await charted(all, ann, 2);
    const result = await contributeRecords(ann, { study, relayer });
    expect(result).not.to.have.property("consent");
    expect(result.credits.map(({ record }) => record)).to.have.members(records);
  });

  it("pays a part where the cap is near, and nothing from then on", async () => {
    const all = await annEnrolled();
    const { ann, relayer, id: study } = all;
    const records = await charted(all, ann, 4);
    const first = await contributeRecords(ann, { study, relayer, records });
    expect(first.credits.map(({ reward }) => reward)).to.deep.equal([REWARD, REWARD, CAP - 2n * REWARD]);
    expect(first.unfit.map(({ reason }) => reason)).to.deep.equal(["nothing left to earn"]);
    const { unfit } = await refusal(contributeRecords(ann, { study, relayer }), NothingToContributeError);
    expect(unfit.map(({ reason }) => reason).sort()).to.deep.equal([
      ...Array<string>(3).fill("contributed before"),
      "nothing left to earn",
    ]);
    expect(await earnedBy(all, ann)).to.include({ earned: CAP });
  });

  it("counts what milestones earned, and an amendment that lets earn more", async () => {
    const all = await annEnrolled();
    const { ann, investigator, relayer, id: study } = all;
    await recordMilestone(investigator, { study, participant: accountOf(ann), milestone: 0 }).send();
    const records = await charted(all, ann, 3);
    expect(
      (await contributeRecords(ann, { study, relayer, records })).credits.map(({ reward }) => reward),
    ).to.deep.equal([usd(20)]);
    await opened(all, ["/title", "Amended"], ["/rewards/cap", "85.00"]);
    const { credits } = await contributeRecords(ann, { study, relayer, records });
    expect(credits.map(({ reward }) => reward)).to.deep.equal([REWARD]);
  });

  it("lets records count that earn nothing, until a cap is reached", async () => {
    const all = await everybody();
    const { ann, investigator, relayer } = all;
    const free = await opened(
      all,
      ["/registration", "NCT00000009"],
      ["/rewards/contribution", "0"],
      ["/rewards/cap", "40.00"],
    );
    const joined = { ...all, ...free };
    await enrolled(joined, ann);
    const records = await charted(all, ann, 3);
    const some = { study: free.id, relayer, records: records.slice(0, 2) };
    expect((await contributeRecords(ann, some)).credits.map(({ reward }) => reward)).to.deep.equal([0n, 0n]);
    await recordMilestone(investigator, { study: free.id, participant: accountOf(ann), milestone: 0 }).send();
    const { unfit } = await refusal(
      contributeRecords(ann, { study: free.id, relayer, records }),
      NothingToContributeError,
    );
    expect(reasonsOf(unfit)[records[2]!]).to.equal("nothing left to earn");
  });

  it("proves records that were anchored under a root", async () => {
    const all = await annEnrolled();
    const { ann, ben, hospital, relayer, id: study, stranger } = all;
    const charts = Array.from({ length: ROOT_FROM }, (_, index) => ({
      patient: accountOf(index < 2 ? ann : ben),
      bundle: bundleOf({ ...GLUCOSE, id: `glucose-${index}` }),
    }));
    const { result } = await (await addMany(hospital, { charts })).send();
    const [first, second] = result.map(({ record }) => record) as [Hex, Hex];
    const { contributions } = await contributionsOf(ann, { study });
    for (const { root } of contributions) expect(root!.proof).to.have.length.above(4);
    const [one, other] = contributions as [Contribution, Contribution];
    const swapped = { ...one, root: other.root! };
    await revert(contribute(stranger, { contributions: [swapped] }).send(), "RecordNotAnchored");
    const { root: _, ...unproven } = one;
    await revert(contribute(stranger, { contributions: [unproven] }).send(), "RecordNotAnchored");
    const { credits } = await contributeRecords(ann, { study, relayer });
    expect(credits.map(({ record }) => record)).to.have.members([first, second]);
  });

  it("contributes more than one transaction holds", async () => {
    const all = await everybody();
    const { ann, hospital, relayer } = all;
    const large = await opened(all, ["/registration", "NCT00000010"], ["/rewards/contribution", "0"], ["/capacity", 1]);
    await enrolled({ ...all, ...large }, ann);
    const charts = Array.from({ length: 101 }, () => ({ patient: accountOf(ann), bundle: bundleOf(GLUCOSE) }));
    await (await addMany(hospital, { charts })).send();
    const { credits, transactions } = await contributeRecords(ann, { study: large.id, relayer });
    expect(transactions).to.have.length(2);
    expect(new Set(credits.map(({ record }) => record)).size).to.equal(101);
  });

  it("renews a consent that expired or was revoked since enrolment, which a stranger cannot", async () => {
    const all = await everybody();
    const { ann, ben, investigator, relayer, stranger, id: study, terms } = all;
    await enrolled(all, ann);
    await consents(all, ann, { validUntil: (await time.latest()) + 100 });
    await enrolled(all, ben);
    await revokeBySig(relayer, await signRevoke(ben, { grantee: terms.steward, policy: terms.form })).send();
    await time.increase(100);
    for (const participant of [ann, ben]) {
      const records = await charted(all, participant);
      const { contributions } = await contributionsOf(participant, { study, records });
      const missing = await revert(contribute(stranger, { contributions }).send(), "ConsentMissing");
      expect(missing).to.include({ participant: accountOf(participant), form: terms.form });
      const { credits, consent } = await contributeRecords(participant, { study, records, relayer });
      expect(consent).not.to.be.undefined;
      expect(credits).to.have.length(1);
    }
    const { bundle } = await open(investigator, basisOf(all, ann));
    expect(bundle.entry).to.have.length(1);
  });

  it("consents anew to an amended form", async () => {
    const all = await annEnrolled();
    const { ann, relayer, stranger } = all;
    const amended = await opened(all, ["/title", "Amended"], ["/capacity", 4]);
    const [record] = await charted(all, ann);
    const { contributions } = await contributionsOf(ann, { study: amended.id });
    const { form } = await revert(contribute(stranger, { contributions }).send(), "ConsentMissing");
    expect(form).to.equal(amended.terms.form);
    const { consent, credits } = await contributeRecords(ann, { study: amended.id, relayer });
    expect(consent).not.to.be.undefined;
    expect(credits).to.deep.equal([{ record, reward: REWARD }]);
  });

  it("shares nothing that would not be credited", async () => {
    const all = await everybody();
    const { ann, ben, board, steward, relayer, vault, id: study } = all;
    const reasons = hashOf("reasons") as Hex;
    const [record] = (await charted(all, ann)) as [Hex];
    // Ann never enrolled.
    await revert(contributeRecords(ann, { study, relayer }), "ParticipantInvalid");
    await enrolled(all, ben);
    const [other] = (await charted(all, ben)) as [Hex];
    await withdrawBySig(relayer, await signWithdrawal(ben, { study })).send();
    await revert(contributeRecords(ben, { study, relayer }), "ParticipantInvalid");
    await suspend(board, { id: study, reasons }).send();
    await revert(contributeRecords(ann, { study, relayer }), "StudyNotRunning");
    for (const each of [record, other]) expect(await vault.readersOf(each, [steward])).to.deep.equal([]);
  });

  it("waits for the money of an amendment that lets everybody earn more", async () => {
    const all = await annEnrolled();
    const { ann, ben, cleo, relayer, id: study } = all;
    await enrolled(all, ben, cleo);
    await charted(all, ann);
    await approved(all, ["/title", "Amended"], ["/rewards/cap", "61.00"]);
    await revert(contributeRecords(ann, { study, relayer }), "StudyUnderfunded");
  });

  it("names a study without terms, and a connection that cannot read its records", async () => {
    const all = await annEnrolled();
    const { ann, id: study } = all;
    await refusal(contributeRecords(ann, { study: hashOf("none") as Hex }), StudyNotApprovedError);
    const { vault: _, ...vaultless } = ann;
    await refusal(contributeRecords(vaultless, { study }), NoVaultError);
    const { encryptionKey: __, ...keyless } = ann;
    await refusal(contributeRecords(keyless, { study }), NoEncryptionKeyError);
    const { message } = await refusal(contributeRecords(ann, { study }), NothingToContributeError);
    expect(message).to.equal("There is no record to contribute.");
  });

  it("is credited nothing when the steward published no key", async () => {
    const all = await annEnrolled();
    const { ann, relayer, id: study } = all;
    await charted(all, ann);
    const silent = altered(ann, "keys", { keyOf: () => Promise.resolve(ZeroHash) });
    await refusal(contributeRecords(silent, { study, relayer }), KeyNotPublishedError);
    expect(await earnedBy(all, ann)).to.include({ earned: 0n });
  });
});

describe("contributionsOf", () => {
  it("says of each record why it does not fit", async () => {
    const all = await annEnrolled();
    const { ann, ben, hospital, associate, relayer, vault, id: study } = all;
    const [medication] = await added(hospital, ann, bundleOf(AMOXICILLIN));
    const [restricted] = await added(hospital, ann, bundleOf(HIV_TEST));
    const [sponsors] = await added(associate, ann, bundleOf(GLUCOSE));
    const own = await signAdd(ann, { bundle: bundleOf(GLUCOSE, PRESSURE) });
    await anchorBySig(relayer, own[0]!).send();
    const [before, erased, unopened, foreign, fit] = (await charted(all, ann, 5)) as [Hex, Hex, Hex, Hex, Hex];
    await contributeRecords(ann, { study, relayer, records: [before] });
    const { vault: _, ...elsewhere } = relayer;
    await eraseBySig(elsewhere, await signErase(ann, { records: [erased] })).send();
    const { jwe } = (await vault.getKey(unopened, accountOf(hospital)))!;
    await vault.putKey({ ...(await vault.getKey(unopened, accountOf(ann)))!, jwe });
    await vault.deleteKey(foreign, accountOf(ann));
    const [bens] = (await charted(all, ben)) as [Hex];

    const strange = hashOf("no record") as Hex;
    const named = [medication!.record, restricted!.record, sponsors!.record, own[0]!.message.id, before, erased];
    const records = [...named, unopened, foreign, bens, strange, fit];
    const { contributions, unfit } = await contributionsOf(ann, { study, records });
    expect(contributions.map(({ record }) => record)).to.deep.equal([fit]);
    expect(reasonsOf(unfit)).to.deep.equal({
      [medication!.record]: "other categories",
      [restricted!.record]: "other categories",
      [sponsors!.record]: "sponsor's record",
      [own[0]!.message.id]: "own record",
      [before]: "contributed before",
      [erased]: "erased",
      [unopened]: "key does not open",
      [foreign]: "no key",
      [bens]: "no key",
      [strange]: "no key",
    });
    const mine = await contributionsOf(ann, { study });
    expect(mine.contributions.map(({ record }) => record)).to.deep.equal([fit]);
    expect(mine.unfit.map(({ record }) => record)).not.to.include.members([foreign]);
    for (const reason of Object.keys(UNFIT_REASONS).filter((each) => each !== "nothing left to earn")) {
      expect(unfit.map((each) => each.reason)).to.include(reason);
    }
  });

  it("leaves out a record the vault has and the chain does not know", async () => {
    const all = await annEnrolled();
    const { ann, hospital, id: study } = all;
    const { store } = await addMany(hospital, { charts: [{ patient: accountOf(ann), bundle: bundleOf(GLUCOSE) }] });
    await store();
    const { contributions, unfit } = await contributionsOf(ann, { study });
    expect(contributions).to.deep.equal([]);
    expect(unfit.map(({ reason }) => reason)).to.deep.equal(["not anchored"]);
  });

  it("gives what anybody may send, through JSON", async () => {
    const all = await annEnrolled();
    const { ann, stranger, id: study } = all;
    const [record] = await charted(all, ann);
    const { contributions } = await contributionsOf(ann, { study });
    const sent = JSON.parse(JSON.stringify(contributions)) as typeof contributions;
    const { result } = await contribute(stranger, { contributions: sent }).send();
    expect(result).to.deep.equal([{ record, reward: REWARD }]);
  });
});

describe("contribute", () => {
  it("is refused by name, and then credits none of them", async () => {
    const all = await annEnrolled();
    const { ann, hospital, associate, stranger, relayer, id: study } = all;
    const [record] = await charted(all, ann);
    const [sponsors] = await added(associate, ann, bundleOf(GLUCOSE));
    const [medication] = await added(hospital, ann, bundleOf(AMOXICILLIN));
    const { contributions } = await contributionsOf(ann, { study });
    const [fit] = contributions as [Contribution];
    // What a careless or hostile caller makes of it.
    const key = async (of: { record: Hex }): Promise<Contribution> => {
      const blind = altered(ann, "accreditation", { actedForSince: () => Promise.resolve(false) });
      const wide = altered(blind, "studies", {
        termsOf: async () => ({ ...(await termsOf(ann, study)), categories: 0xffffn }),
      });
      return (await contributionsOf(wide, { study, records: [of.record] })).contributions[0]!;
    };
    const cases: [string, Contribution][] = [
      ["RecordCommitmentMismatch", { ...fit, salt: hashOf("another") as Hex }],
      ["RecordCommitmentMismatch", { ...fit, categories: ["vitalSigns"] }],
      ["RecordNotAnchored", { ...fit, key: { ...fit.key, commitment: hashOf("another") as Hex } }],
      ["RecordAuthorInvalid", await key(sponsors!)],
      ["RecordCategoriesOutside", await key(medication!)],
      ["StudyNotRunning", { ...fit, study: hashOf("none") as Hex }],
    ];
    for (const [name, wrong] of cases) {
      await revert(contribute(stranger, { contributions: [wrong] }).send(), name);
      await revert(contribute(stranger, { contributions: [fit, wrong] }).send(), name);
    }
    await revert(contribute(stranger, { contributions: [fit, fit] }).send(), "RecordContributedBefore");
    expect(await earnedBy(all, ann)).to.include({ earned: 0n });
    await contribute(relayer, { contributions: [fit] }).send();
    await revert(contribute(relayer, { contributions: [fit] }).send(), "RecordContributedBefore");
    expect(fit.record).to.equal(record);
  });
});

describe("a contributed record", () => {
  it("is opened by the steward and its staff, and by nobody else", async () => {
    const all = await everybody();
    const { ann, ben, board, sponsor, relayer, stranger, steward, investigator, vault, house } = all;
    const record = await contributed(all, ann);
    await added(all.hospital, ann, bundleOf(PRESSURE));
    const basis = basisOf(all, ann);
    for (const reader of [steward, investigator]) {
      const { records, bundle } = await open(reader, basis);
      expect(records).to.deep.equal([record]);
      expect(bundle.entry!.map(({ resource }) => resource!.id)).to.deep.equal(["glucose-0"]);
    }
    for (const reader of [sponsor, board, ben, stranger, relayer]) {
      const grantee = accountOf(reader);
      const { withheld } = await refusal(open(reader, { ...basis, grantee }), NothingToOpenError);
      expect(new Set(withheld.map(({ reason }) => reason))).to.deep.equal(new Set(["no key"]));
      // Nor in the steward's name: the key is wrapped for it, and the chain knows who acts for it.
      await refusal(open(reader, basis), NothingToOpenError);
    }
    const deployment = deploymentOf(house);
    const encryptionKey = encryptionKeyOf(steward);
    const thief = await connect(stranger.signer!, { deployment, vault, encryptionKey });
    await revert(open(thief, basis), "AccessCallerInvalid");
    // Shared without a consent under the form, it stays closed.
    await share(ben, { grantee: accountOf(steward) });
    await charted(all, ben);
    await share(ben, { grantee: accountOf(steward) });
    const { withheld } = await refusal(open(steward, basisOf(all, ben)), NothingToOpenError);
    expect(withheld.map(({ reason }) => reason)).to.deep.equal(["not permitted"]);
  });
});
