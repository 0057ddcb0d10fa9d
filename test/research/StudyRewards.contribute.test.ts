import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import { id as digest, keccak256, ZeroAddress } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { ALL_CATEGORIES, FAR, LABORATORY, MEDICATIONS, RESTRICTED, time, TREAT } from "../fixtures.js";
import {
  amended,
  anchored,
  approved,
  booksIn,
  CAP,
  consent,
  contribute,
  contributed,
  contribution,
  enrol,
  enrolled,
  expectBalanced,
  FORM,
  inSecond,
  type Institute,
  license,
  MILESTONE,
  openStudy,
  PARTICIPATION,
  PROMISED,
  recordOf,
  refuses,
  REWARD,
  type StudyRecord,
  termsHash,
  unlicense,
  usd,
} from "./rewards.js";

/** The sum of what three contributions earn. */
const THREE = 3n * REWARD;

describe("StudyRewards", () => {
  describe("contribute", () => {
    it("credits the participant for a record an author anchored, whoever relays it", async () => {
      const house = await enrolled();
      const { studies, hospital, patient, study } = house;
      const record = await anchored(house, patient);
      await expect(contribution(house, record))
        .to.emit(studies, "RecordContributed")
        .withArgs(study, patient, record.id, hospital, LABORATORY, REWARD);
      expect(await studies.participantOf(study, patient)).to.deep.equal([
        ...[REWARD, 0n, 0n, BigInt(PARTICIPATION.Enrolled)],
      ]);
      expect(await booksIn(studies, study)).to.deep.equal([PROMISED, REWARD, 1n]);
      expect(await studies.isContributed(study, record.id)).to.be.true;
      await expectBalanced(house, [patient]);
    });

    it("takes records of every category the study asks for, and of several at once", async () => {
      const house = await enrolled();
      const { studies, hospital, patient, study } = house;
      const record = await anchored(house, patient, { categories: LABORATORY | MEDICATIONS });
      await expect(contribution(house, record))
        .to.emit(studies, "RecordContributed")
        .withArgs(study, patient, record.id, hospital, LABORATORY | MEDICATIONS, REWARD);
      await contribute(house, patient, { categories: MEDICATIONS });
      expect((await studies.participantOf(study, patient)).earned).to.equal(2n * REWARD);
    });

    it("credits what the cap leaves, then no more, and leaves others alone", async () => {
      const house = await enrolled();
      const { studies, hospital, patient, second, study } = house;
      for (const salt of ["1", "2", "3"]) await contribute(house, patient, { salt });
      const fourth = await anchored(house, patient, { salt: "4" });
      await expect(contribution(house, fourth))
        .to.emit(studies, "RecordContributed")
        .withArgs(study, patient, fourth.id, hospital, LABORATORY, CAP - THREE);
      const fifth = await anchored(house, patient, { salt: "5" });
      await refuses(house, contribution(house, fifth), "ParticipantCapReached", study, patient);
      expect(await studies.isContributed(study, fifth.id)).to.be.false;
      await enrol(house, second);
      await contribute(house, second);
      expect(await booksIn(studies, study)).to.deep.equal([PROMISED, CAP + REWARD, 1n]);
      await expectBalanced(house, [patient, second]);
    });

    it("credits nothing where the study pays in milestones only", async () => {
      const other = await enrolled();
      const house = await openStudy(other, other.rivalKey, { reward: 0n });
      const { studies, hospital, patient, study } = house;
      await enrol(house, patient);
      const record = await anchored(house, patient);
      await expect(contribution(house, record))
        .to.emit(studies, "RecordContributed")
        .withArgs(study, patient, record.id, hospital, LABORATORY, 0);
    });

    it("counts a record once in each study", async () => {
      const house = await contributed();
      const { studies, patient, result, rivalKey, study } = house;
      await refuses(house, contribution(house, result), "RecordContributedBefore", study, result.id);
      const other = await openStudy(house, rivalKey);
      expect(await studies.isContributed(other.study, result.id)).to.be.false;
      await enrol(other, patient);
      await contribution(other, result);
      expect((await studies.participantOf(other.study, patient)).earned).to.equal(REWARD);
      await expectBalanced(house, [patient], [house.key, rivalKey]);
    });

    it("goes on until the study ends, past enrolment", async () => {
      const house = await enrolled();
      const { patient, terms, study } = house;
      const [first, second] = [await anchored(house, patient), await anchored(house, patient, { salt: "another" })];
      await inSecond(terms.endsAt - 1, () => contribution(house, first));
      for (const late of [0, 1]) {
        await inSecond(terms.endsAt + late, () =>
          refuses(house, contribution(house, second), "StudyNotRunning", study),
        );
      }
    });

    it("goes on until the approval ends", async () => {
      const house = await enrolled();
      const { studies, board, patient, terms, study } = house;
      const [first, second] = [await anchored(house, patient), await anchored(house, patient, { salt: "another" })];
      const until = (await time.latest()) + 100;
      await studies.connect(board).approve(study, board, termsHash(terms), until);
      await inSecond(until - 1, () => contribution(house, first));
      for (const late of [0, 1]) {
        await inSecond(until + late, () => refuses(house, contribution(house, second), "StudyNotRunning", study));
      }
    });

    it("refuses an unknown study", async () => {
      const house = await enrolled();
      const record = await anchored(house, house.patient);
      const { rivalStudy } = house;
      await refuses(house, contribution({ ...house, study: rivalStudy }, record), "StudyNotRunning", rivalStudy);
    });

    it("refuses who is not enrolled, or withdrew", async () => {
      const house = await enrolled();
      const { studies, patient, second, study } = house;
      const refused = async (person: typeof patient, status: number) => {
        const record = await anchored(house, person);
        await refuses(house, contribution(house, record), "ParticipantInvalid", study, person, status);
        expect(await studies.isContributed(study, record.id)).to.be.false;
      };
      await consent(house, second);
      await refused(second, PARTICIPATION.None);
      await studies.connect(patient).withdraw(study, patient);
      await refused(patient, PARTICIPATION.Withdrawn);
      expect((await studies.booksOf(study)).credited).to.equal(0);
    });

    it("refuses categories and salt that do not open the commitment", async () => {
      const house = await enrolled();
      const { studies, patient, study } = house;
      const { key, id } = await anchored(house, patient);
      for (const opening of [
        [MEDICATIONS, digest("salt")],
        [LABORATORY, digest("another")],
        [0n, digest("salt")],
      ] as const) {
        await refuses(house, studies.contribute(study, key, ...opening), "RecordCommitmentMismatch", id);
      }
    });

    it("refuses records of what the study does not ask for, in whole or in part, or of nothing", async () => {
      const house = await enrolled();
      const { patient } = house;
      await consent(house, patient, { categories: ALL_CATEGORIES });
      for (const categories of [RESTRICTED, LABORATORY | RESTRICTED, LABORATORY | (1n << 47n), 0n]) {
        const record = await anchored(house, patient, { categories });
        await refuses(house, contribution(house, record), "RecordCategoriesOutside", record.id, categories);
      }
    });

    describe("asks for a consent that", () => {
      const missing = async (house: Institute, of: { categories?: bigint; salt?: string } = {}) => {
        const { patient, steward, terms } = house;
        const record = recordOf(patient, house.hospital, of);
        await refuses(house, contribution(house, record), "ConsentMissing", patient, steward, terms.form);
      };

      it("covers what the record is of, for the purpose", async () => {
        const house = await enrolled();
        const { patient } = house;
        await consent(house, patient, { categories: MEDICATIONS });
        await anchored(house, patient);
        await missing(house);
        const both = { categories: LABORATORY | MEDICATIONS };
        await anchored(house, patient, both);
        await missing(house, both);
        await contribute(house, patient, { categories: MEDICATIONS });
        await consent(house, patient, { purposes: 1n << BigInt(TREAT) });
        await missing(house);
      });

      it("was not revoked since enrolment, alone or with all", async () => {
        const house = await enrolled();
        const { consents, patient, steward } = house;
        await anchored(house, patient);
        await consents.connect(patient).revoke(patient, steward, FORM);
        await missing(house);
        await consent(house, patient);
        await consents.connect(patient).revokeAll();
        await missing(house);
        await consent(house, patient);
        await contribution(house, recordOf(patient, house.hospital));
      });

      it("has not expired since enrolment", async () => {
        const house = await enrolled();
        const { patient } = house;
        const [first] = [await anchored(house, patient), await anchored(house, patient, { salt: "another" })];
        const validUntil = (await time.latest()) + 100;
        await consent(house, patient, { validUntil });
        await inSecond(validUntil - 1, () => contribution(house, first));
        for (const late of [0, 1]) await inSecond(validUntil + late, () => missing(house, { salt: "another" }));
      });

      it("is under the form in force", async () => {
        const house = await amended(await enrolled());
        const { studies, sponsor, patient, study } = house;
        await studies.connect(sponsor).fund(study, 0n);
        const record = await anchored(house, patient);
        await missing(house);
        await consent(house, patient);
        await contribution(house, record);
      });
    });

    it("refuses a record nobody anchored, or another author did", async () => {
      const house = await enrolled();
      const { patient, hospital, clinic } = house;
      const record = recordOf(patient, hospital);
      await refuses(house, contribution(house, record), "RecordNotAnchored", record.id);
      await anchored(house, patient, { author: clinic });
      await refuses(house, contribution(house, record), "RecordNotAnchored", record.id);
    });

    it("refuses a record anchored under a root only", async () => {
      const house = await enrolled();
      const { records, patient, hospital } = house;
      const record = recordOf(patient, hospital);
      await records.connect(hospital).anchorRoot(roleNumber("Provider"), hospital, keccak256(record.id), 1);
      await refuses(house, contribution(house, record), "RecordNotAnchored", record.id);
    });

    it("refuses an erased record, and keeps what one that is erased later earned", async () => {
      const house = await contributed();
      const { studies, records, patient, result, study } = house;
      const other = await anchored(house, patient, { salt: "another" });
      await records.connect(patient).erase([other.key, result.key]);
      await refuses(house, contribution(house, other), "RecordNotAnchored", other.id);
      expect((await studies.participantOf(study, patient)).earned).to.equal(REWARD);
      await refuses(house, contribution(house, result), "RecordNotAnchored", result.id);
    });

    it("counts an amended record once", async () => {
      const house = await contributed();
      const { records, hospital, patient, result, study } = house;
      const digests = [digest("a better ciphertext"), digest("a ciphertext")] as const;
      await records.connect(hospital).amend(roleNumber("Provider"), result.key, ...digests);
      await refuses(house, contribution(house, result), "RecordContributedBefore", study, result.id);
      expect((await house.studies.participantOf(study, patient)).earned).to.equal(REWARD);
    });

    it("refuses a record of the participant's own making, licensed or not", async () => {
      const house = await enrolled();
      const { records, patient } = house;
      const record = recordOf(patient, patient);
      await records.connect(patient).anchor(roleNumber("Practitioner"), record.key, digest("a ciphertext"));
      await refuses(house, contribution(house, record), "RecordAuthorInvalid", record.id, patient);
      await license(house, patient, "Practitioner");
      const licensed = await anchored(house, patient, { author: patient, role: "Practitioner", salt: "another" });
      await refuses(house, contribution(house, licensed), "RecordAuthorInvalid", licensed.id, patient);
    });

    it("refuses a record of the sponsor's", async () => {
      const house = await enrolled();
      const { patient, sponsor } = house;
      const record = await anchored(house, patient, { author: sponsor, role: "Researcher" });
      await refuses(house, contribution(house, record), "RecordAuthorInvalid", record.id, sponsor);
    });

    it("refuses a record of the sponsor's staff, as long as it is staff", async () => {
      const house = await approved();
      const { accreditation, studies, sponsor, study, patient, doctor } = house;
      const until = (await time.latest()) + 100;
      await accreditation.connect(sponsor).setMember(doctor, until);
      await studies.connect(sponsor).fund(study, PROMISED);
      await enrol(house, patient);
      const record = await anchored(house, patient, { author: doctor, role: "Practitioner" });
      await inSecond(until - 1, () =>
        refuses(house, contribution(house, record), "RecordAuthorInvalid", record.id, doctor),
      );
      await inSecond(until, () => contribution(house, record));
    });

    it("credits an author the sponsor calls its staff after people could enrol", async () => {
      const house = await enrolled();
      const { accreditation, studies, sponsor, study, patient, hospital } = house;
      await accreditation.connect(sponsor).setMember(hospital, FAR);
      await contribute(house, patient);
      expect((await studies.participantOf(study, patient)).earned).to.equal(REWARD);
    });

    it("refuses a record of the sponsor's who calls itself its staff", async () => {
      const house = await enrolled();
      const { accreditation, sponsor, patient } = house;
      await accreditation.connect(sponsor).setMember(sponsor, FAR);
      const record = await anchored(house, patient, { author: sponsor, role: "Researcher" });
      await refuses(house, contribution(house, record), "RecordAuthorInvalid", record.id, sponsor);
    });

    it("takes a record of the steward's, and of an author whose licence ended since", async () => {
      const house = await enrolled();
      const { studies, steward, hospital, patient, study } = house;
      await license(house, steward, "Provider");
      await contribution(house, await anchored(house, patient, { author: steward }));
      const record = await anchored(house, patient);
      await unlicense(house, hospital, "Provider");
      await contribution(house, record);
      expect((await studies.participantOf(study, patient)).earned).to.equal(2n * REWARD);
    });

    it("credits by amended terms those who reached the former cap", async () => {
      const house = await enrolled();
      const { studies, sponsor, hospital, patient, study } = house;
      for (const salt of ["1", "2", "3", "4"]) await contribute(house, patient, { salt });
      const next = await amended(house, { cap: CAP + usd(30), reward: usd(20) });
      await consent(next, patient);
      const record = await anchored(next, patient, { salt: "5" });
      await studies.connect(sponsor).fund(study, usd(90));
      await expect(contribution(next, record))
        .to.emit(studies, "RecordContributed")
        .withArgs(study, patient, record.id, hospital, LABORATORY, usd(20));
      await contribute(next, patient, { salt: "6" });
      expect((await studies.participantOf(study, patient)).earned).to.equal(CAP + usd(30));
      await expectBalanced(next, [patient]);
    });

    it("credits nobody of a study that is not paid", async () => {
      const house = await approved();
      const { patient, study } = house;
      await consent(house, patient);
      const record = await anchored(house, patient);
      const refusal = [study, patient, PARTICIPATION.None] as const;
      await refuses(house, contribution(house, record), "ParticipantInvalid", ...refusal);
    });
  });

  describe("contributeUnderRoot", () => {
    /** {@link enrolled}, with two of the patient's records under one of the hospital's roots. */
    async function rooted() {
      const house = await enrolled();
      const { records, hospital, patient } = house;
      const [one, another] = ["1", "2"].map((salt) => recordOf(patient, hospital, { salt })) as [
        StudyRecord,
        StudyRecord,
      ];
      const sealed = digest("a ciphertext");
      const tree = StandardMerkleTree.of(
        [one, another].map(({ id }) => [id, sealed]),
        ["bytes32", "bytes32"],
      );
      await records.connect(hospital).anchorRoot(roleNumber("Provider"), hospital, tree.root, 2);
      const proven = (place: number) => ({ digest: sealed, root: tree.root, proof: tree.getProof(place) });
      return { ...house, one, another, proven };
    }

    type Rooted = Awaited<ReturnType<typeof rooted>>;

    const send = (
      { studies, relayer, study }: Rooted,
      { key, opening }: StudyRecord,
      proof: { digest: string; root: string; proof: string[] },
    ) => studies.connect(relayer).contributeUnderRoot(study, key, ...opening, proof);

    it("credits the participant for a record under a root, whoever relays it", async () => {
      const house = await rooted();
      const { studies, hospital, patient, one, another, study, proven } = house;
      await expect(send(house, one, proven(0)))
        .to.emit(studies, "RecordContributed")
        .withArgs(study, patient, one.id, hospital, LABORATORY, REWARD);
      await send(house, another, proven(1));
      expect(await studies.isContributed(study, one.id)).to.be.true;
      expect(await booksIn(studies, study)).to.deep.equal([PROMISED, 2n * REWARD, 1n]);
    });

    it("refuses what the proof does not lead from", async () => {
      const house = await rooted();
      const { patient, clinic, one, another, proven } = house;
      const proof = proven(0);
      for (const [record, wrong] of [
        [another, proof],
        [one, { ...proof, digest: digest("a different ciphertext") }],
        [one, { ...proof, root: digest("another root") }],
        [one, { ...proof, proof: [] }],
        [recordOf(patient, clinic, { salt: "1" }), proof],
      ] as [StudyRecord, ReturnType<typeof proven>][]) {
        await refuses(house, send(house, record, wrong), "RecordNotAnchored", record.id);
      }
    });

    it("refuses an erased record, and one that was contributed, on its own or amended", async () => {
      const house = await rooted();
      const { studies, records, hospital, patient, one, another, study, proven } = house;
      await records.connect(patient).erase([another.key]);
      await refuses(house, send(house, another, proven(1)), "RecordNotAnchored", another.id);
      await send(house, one, proven(0));
      await refuses(house, send(house, one, proven(0)), "RecordContributedBefore", study, one.id);
      await records.connect(hospital).anchor(roleNumber("Provider"), one.key, digest("a ciphertext"));
      await refuses(house, send(house, one, proven(0)), "RecordNotAnchored", one.id);
      await refuses(house, contribution(house, one), "RecordContributedBefore", study, one.id);
      expect((await studies.participantOf(study, patient)).earned).to.equal(REWARD);
    });

    it("asks for all that contribute does", async () => {
      const house = await rooted();
      const { studies, consents, board, patient, one, study, proven } = house;
      const { steward } = house;
      const refusal = (name: string, ...values: unknown[]) =>
        refuses(house, send(house, one, proven(0)), name, ...values);
      const mismatch = { ...one, opening: [MEDICATIONS, one.opening[1]] } as StudyRecord;
      await refuses(house, send(house, mismatch, proven(0)), "RecordCommitmentMismatch", one.id);
      await consents.connect(patient).revokeAll();
      await refusal("ConsentMissing", patient, steward, FORM);
      await consent(house, patient);
      await studies.connect(board).setSuspended(study, true, digest("reasons"));
      await refusal("StudyNotRunning", study);
      await studies.connect(board).setSuspended(study, false, digest("reasons"));
      await studies.connect(patient).withdraw(study, patient);
      await refusal("ParticipantInvalid", study, patient, PARTICIPATION.Withdrawn);
    });
  });

  describe("anchorDataset", () => {
    const MANIFEST = digest("a manifest");

    it("says what the steward made, in its name and that of its staff, at any time", async () => {
      const { studies, steward, investigator, study, terms } = await contributed();
      for (const [actor, second] of [
        [steward, terms.endsAt],
        [investigator, terms.refundAt],
      ] as const) {
        await expect(inSecond(second, () => studies.connect(actor).anchorDataset(study, MANIFEST)))
          .to.emit(studies, "DatasetAnchored")
          .withArgs(study, steward, MANIFEST, actor);
      }
    });

    it("refuses everybody else, and an unknown study", async () => {
      const house = await contributed();
      const { studies, sponsor, board, patient, steward, study, rivalStudy } = house;
      for (const caller of [sponsor, board, patient]) {
        const call = studies.connect(caller).anchorDataset(study, MANIFEST);
        await refuses(house, call, "StewardUnauthorized", steward, caller);
      }
      const call = studies.connect(steward).anchorDataset(rivalStudy, MANIFEST);
      await refuses(house, call, "StewardUnauthorized", ZeroAddress, steward);
    });
  });

  describe("recordMilestone", () => {
    it("credits a participant, in the steward's name and that of its staff", async () => {
      const house = await enrolled();
      const { studies, steward, investigator, patient, study } = house;
      await expect(studies.connect(investigator).recordMilestone(study, patient, 2))
        .to.emit(studies, "MilestoneRecorded")
        .withArgs(study, patient, 2, MILESTONE, investigator);
      await expect(studies.connect(steward).recordMilestone(study, patient, 0))
        .to.emit(studies, "MilestoneRecorded")
        .withArgs(study, patient, 0, MILESTONE, steward);
      expect(await studies.participantOf(study, patient)).to.deep.equal([
        ...[2n * MILESTONE, 0n, 0b101n, BigInt(PARTICIPATION.Enrolled)],
      ]);
      expect(await booksIn(studies, study)).to.deep.equal([PROMISED, 2n * MILESTONE, 1n]);
    });

    it("needs no consent, because it is of no record", async () => {
      const house = await enrolled();
      const { studies, consents, steward, patient, study } = house;
      await consents.connect(patient).revokeAll();
      await studies.connect(steward).recordMilestone(study, patient, 0);
      expect((await studies.participantOf(study, patient)).earned).to.equal(MILESTONE);
    });

    it("credits what the cap leaves, with contributions, then no more", async () => {
      const house = await contributed();
      const { studies, steward, patient, study } = house;
      const own = studies.connect(steward);
      await own.recordMilestone(study, patient, 0);
      await expect(own.recordMilestone(study, patient, 1))
        .to.emit(studies, "MilestoneRecorded")
        .withArgs(study, patient, 1, CAP - REWARD - MILESTONE, steward);
      await refuses(house, own.recordMilestone(study, patient, 2), "ParticipantCapReached", study, patient);
      expect((await studies.participantOf(study, patient)).milestones).to.equal(0b011n);
      await expectBalanced(house, [patient]);
    });

    it("records a milestone once a participant, and only those there are", async () => {
      const house = await enrolled();
      const { studies, steward, patient, second, study } = house;
      const own = studies.connect(steward);
      await own.recordMilestone(study, patient, 2);
      for (const milestone of [2, 3, 31, 32, 255]) {
        const call = own.recordMilestone(study, patient, milestone);
        await refuses(house, call, "MilestoneInvalid", study, patient, milestone);
      }
      await enrol(house, second);
      await own.recordMilestone(study, second, 2);
    });

    it("has room for 32", async () => {
      const other = await enrolled();
      const house = await openStudy(other, other.rivalKey, { milestones: 32, milestoneReward: 1n });
      const { studies, steward, patient, study } = house;
      await enrol(house, patient);
      for (let milestone = 31; milestone >= 0; --milestone) {
        await studies.connect(steward).recordMilestone(study, patient, milestone);
      }
      expect(await studies.participantOf(study, patient)).to.deep.equal([32n, 0n, 2n ** 32n - 1n, 1n]);
    });

    it("goes on until the study ends", async () => {
      const house = await enrolled();
      const { studies, steward, patient, terms, study } = house;
      const own = studies.connect(steward);
      await inSecond(terms.endsAt - 1, () => own.recordMilestone(study, patient, 0));
      for (const late of [0, 1]) {
        await inSecond(terms.endsAt + late, () =>
          refuses(house, own.recordMilestone(study, patient, 1), "StudyNotRunning", study),
        );
      }
    });

    it("refuses who does not act for the steward, and staff that left", async () => {
      const house = await enrolled();
      const { studies, accreditation, steward, sponsor, board, patient, nurse, study } = house;
      const call = (by: typeof steward, milestone = 0) =>
        studies.connect(by).recordMilestone(study, patient, milestone);
      for (const caller of [sponsor, board, patient, nurse]) {
        await refuses(house, call(caller), "StewardUnauthorized", steward, caller);
      }
      const until = (await time.latest()) + 100;
      await accreditation.connect(steward).setMember(nurse, until);
      await inSecond(until - 1, () => call(nurse));
      await inSecond(until, () => refuses(house, call(nurse, 1), "StewardUnauthorized", steward, nurse));
    });

    it("refuses who is not enrolled, or withdrew", async () => {
      const house = await enrolled();
      const { studies, steward, patient, second, study } = house;
      const own = studies.connect(steward);
      const refusal = (person: typeof patient, status: number) =>
        refuses(house, own.recordMilestone(study, person, 0), "ParticipantInvalid", study, person, status);
      await refusal(second, PARTICIPATION.None);
      await studies.connect(patient).withdraw(study, patient);
      await refusal(patient, PARTICIPATION.Withdrawn);
    });

    it("is the new steward's after an amendment, and not the former one's", async () => {
      const house = await enrolled();
      const { studies, sponsor, steward, hospital, nurse, patient, study } = house;
      await amended(house, { steward: hospital.address });
      await studies.connect(sponsor).fund(study, 0n);
      const call = studies.connect(steward).recordMilestone(study, patient, 0);
      await refuses(house, call, "StewardUnauthorized", hospital, steward);
      await studies.connect(nurse).recordMilestone(study, patient, 0);
    });
  });

  describe("multicall", () => {
    it("contributes several records and pays in one transaction", async () => {
      const house = await enrolled();
      const { studies, token, patient, relayer, study } = house;
      const records = [];
      for (const salt of ["1", "2"]) records.push(await anchored(house, patient, { salt }));
      const calls = records.map(({ key, opening }) =>
        studies.interface.encodeFunctionData("contribute", [study, key, ...opening]),
      );
      const claim = studies.interface.encodeFunctionData("claim", [study, patient.address]);
      await studies.connect(relayer).multicall([...calls, claim]);
      expect(await token.balanceOf(patient)).to.equal(2n * REWARD);
    });

    it("does nothing when one of its calls is refused", async () => {
      const house = await enrolled();
      const { studies, patient, study } = house;
      const { id, key, opening } = await anchored(house, patient);
      const call = studies.interface.encodeFunctionData("contribute", [study, key, ...opening]);
      await refuses(house, studies.multicall([call, call]), "RecordContributedBefore", study, id);
      expect((await studies.participantOf(study, patient)).earned).to.equal(0);
    });

    it("keeps each call its caller's own", async () => {
      const house = await enrolled();
      const { studies, steward, stranger, patient, study } = house;
      const call = studies.interface.encodeFunctionData("recordMilestone", [study, patient.address, 0]);
      await refuses(house, studies.connect(stranger).multicall([call]), "StewardUnauthorized", steward, stranger);
      await studies.connect(steward).multicall([call]);
      expect((await studies.participantOf(study, patient)).milestones).to.equal(1);
    });
  });
});
