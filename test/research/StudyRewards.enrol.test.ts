import { expect } from "chai";

import { ALL_CATEGORIES, FAR, LABORATORY, loadFixture, time, TREAT } from "../fixtures.js";
import { itTakesOnlyTheSignersWord } from "../sign.js";
import {
  amended,
  appointed,
  approved,
  consent,
  consentTerms,
  countersigned,
  enrol,
  enrolled,
  enrolment,
  FORM,
  funded,
  inSecond,
  institute,
  openStudy,
  PARTICIPATION,
  type Person,
  proposed,
  refuses,
  usd,
  termsHash,
} from "./rewards.js";

describe("StudyRewards", () => {
  describe("enrol", () => {
    itTakesOnlyTheSignersWord(async (deployment, account) => {
      const house = await appointed(deployment);
      const { studies, accreditation, steward, patient, relayer, key, study } = house;
      await openStudy(house, key);
      await accreditation.connect(steward).setMember(account, FAR);
      await consent(house, patient);
      return {
        contract: studies,
        message: "EnrolParticipant",
        words: { study, participant: patient.address, form: FORM },
        send: (...authorized) => studies.connect(relayer).enrol(study, patient, ...authorized),
        isDone: async () => Number((await studies.participantOf(study, patient)).status) === PARTICIPATION.Enrolled,
      };
    });

    it("takes a seat for somebody who consented, whoever relays it", async () => {
      const house = await funded();
      const { studies, patient, investigator, relayer, study } = house;
      await consent(house, patient);
      await expect(studies.connect(relayer).enrol(study, patient, ...(await countersigned(house, patient))))
        .to.emit(studies, "ParticipantEnrolled")
        .withArgs(study, patient, investigator);
      expect(await studies.participantOf(study, patient)).to.deep.equal([0n, 0n, 0n, BigInt(PARTICIPATION.Enrolled)]);
      const { seats, seatsLeft } = await studies.studyOf(study);
      expect([seats, seatsLeft]).to.deep.equal([3n, 2n]);
    });

    it("takes the steward's own word", async () => {
      const house = await funded();
      const { studies, patient, steward, study } = house;
      await consent(house, patient);
      const authorized = await countersigned(house, patient, { signer: steward });
      await expect(studies.enrol(study, patient, ...authorized))
        .to.emit(studies, "ParticipantEnrolled")
        .withArgs(study, patient, steward);
    });

    it("takes a consent a delegate gave, and one to more than the study asks", async () => {
      const house = await funded();
      const { studies, consents, patient, guardian, second, study, terms } = house;
      await consents.connect(patient).setDelegate(guardian, FAR, ALL_CATEGORIES);
      await consents.connect(guardian).grant(patient, terms.steward, FORM, consentTerms(house));
      await enrolment(house, patient);
      const purposes = consentTerms(house).purposes | (1n << BigInt(TREAT));
      await consent(house, second, { categories: ALL_CATEGORIES, purposes });
      await enrolment(house, second);
      expect((await studies.studyOf(study)).seatsLeft).to.equal(1);
    });

    it("goes on until enrolment ends", async () => {
      const house = await funded();
      const { patient, second, terms, study } = house;
      for (const person of [patient, second]) await consent(house, person);
      await inSecond(terms.enrolUntil - 1, () => enrolment(house, patient));
      for (const late of [0, 1]) {
        await inSecond(terms.enrolUntil + late, () =>
          refuses(house, enrolment(house, second), "StudyNotRecruiting", study),
        );
      }
    });

    it("goes on until the approval ends", async () => {
      const house = await funded();
      const { studies, board, patient, second, terms, study } = house;
      for (const person of [patient, second]) await consent(house, person);
      const until = (await time.latest()) + 100;
      await studies.connect(board).approve(study, board, termsHash(terms), until);
      await inSecond(until - 1, () => enrolment(house, patient));
      for (const late of [0, 1]) {
        await inSecond(until + late, () => refuses(house, enrolment(house, second), "StudyNotRecruiting", study));
      }
    });

    it("refuses a study that is unknown or not approved", async () => {
      const house = await proposed();
      const { patient, study, rivalStudy } = house;
      await consent(house, patient);
      for (const id of [study, rivalStudy]) {
        await refuses(house, enrolment({ ...house, study: id }, patient), "StudyNotRecruiting", id);
      }
    });

    it("refuses a study nobody has paid", async () => {
      const house = await approved();
      await consent(house, house.patient);
      await refuses(house, enrolment(house, house.patient), "StudyUnderfunded", house.study, 0, 1);
    });

    it("refuses more than the study has seats for, whoever withdraws", async () => {
      const house = await enrolled();
      const { studies, patient, second, third, stranger, study } = house;
      for (const person of [second, third]) await enrol(house, person);
      await consent(house, stranger);
      await refuses(house, enrolment(house, stranger), "StudyFull", study, 3);
      await studies.connect(patient).withdraw(study, patient);
      await refuses(house, enrolment(house, stranger), "StudyFull", study, 3);
      expect((await studies.participantOf(study, stranger)).status).to.equal(PARTICIPATION.None);
    });

    it("refuses who is enrolled, and who withdrew, for good", async () => {
      const house = await enrolled();
      const { studies, sponsor, patient, study } = house;
      await refuses(house, enrolment(house, patient), "ParticipantKnown", study, patient, PARTICIPATION.Enrolled);
      await studies.connect(patient).withdraw(study, patient);
      const withdrawn = [study, patient, PARTICIPATION.Withdrawn] as const;
      await refuses(house, enrolment(house, patient), "ParticipantKnown", ...withdrawn);
      const next = await amended(house);
      await studies.connect(sponsor).fund(study, 0n);
      await refuses(house, enrol(next, patient), "ParticipantKnown", ...withdrawn);
      expect((await studies.studyOf(study)).seatsLeft).to.equal(2);
    });

    it("refuses the word of who does not act for the steward", async () => {
      const house = await funded();
      const { patient, sponsor, board, stranger, nurse, steward } = house;
      await consent(house, patient);
      for (const signer of [sponsor, board, stranger, nurse, patient]) {
        const call = house.studies.enrol(house.study, patient, ...(await countersigned(house, patient, { signer })));
        await refuses(house, call, "StewardUnauthorized", steward, signer);
      }
    });

    it("takes the word of staff until it leaves, whenever it was given", async () => {
      const house = await funded();
      const { studies, accreditation, patient, second, nurse, steward, study } = house;
      const until = (await time.latest()) + 100;
      await accreditation.connect(steward).setMember(nurse, until);
      const call = async (person: Person) => {
        await consent(house, person);
        const authorized = await countersigned(house, person, { signer: nurse });
        return () => studies.enrol(study, person, ...authorized);
      };
      const [first, later] = [await call(patient), await call(second)];
      await inSecond(until - 1, first);
      await inSecond(until, () => refuses(house, later(), "StewardUnauthorized", steward, nurse));
    });

    it("refuses a word for another study, form or participant", async () => {
      const house = await enrolled();
      const { studies, sponsor, investigator, second, third, study, rivalKey } = house;
      const word = await countersigned(house, second);
      await openStudy(house, rivalKey);
      const rivals = await countersigned({ ...house, study: house.rivalStudy }, second);
      await consent(house, second);
      await consent(house, third);
      await refuses(house, studies.enrol(study, second, ...rivals), "SignatureInvalid", investigator);
      await refuses(house, studies.enrol(study, third, ...word), "SignatureInvalid", investigator);
      const next = await amended(house);
      await studies.connect(sponsor).fund(study, 0n);
      await consent(next, second);
      await refuses(house, studies.enrol(study, second, ...word), "SignatureInvalid", investigator);
      await enrolment(next, second);
    });

    describe("asks for a consent that", () => {
      const missing = async (house: Awaited<ReturnType<typeof funded>>) =>
        refuses(house, enrolment(house, house.patient), "ConsentMissing", house.patient, house.steward, FORM);

      it("is there", async () => {
        await missing(await funded());
      });

      it("is to the steward, under this form", async () => {
        const house = await funded();
        const { consents, patient, sponsor, steward, terms } = house;
        await consents.connect(patient).grant(patient, sponsor, FORM, consentTerms(house));
        await consents.connect(patient).grant(patient, steward, terms.protocol, consentTerms(house));
        await missing(house);
      });

      it("covers the purpose and every category", async () => {
        const house = await funded();
        await consent(house, house.patient, { purposes: 1n << BigInt(TREAT) });
        await missing(house);
        await consent(house, house.patient, { categories: LABORATORY });
        await missing(house);
      });

      it("was not revoked, alone or with all", async () => {
        const house = await funded();
        const { consents, patient, steward } = house;
        await consent(house, patient);
        await consents.connect(patient).revoke(patient, steward, FORM);
        await missing(house);
        await consent(house, patient);
        await consents.connect(patient).revokeAll();
        await missing(house);
      });

      it("has begun", async () => {
        const house = await funded();
        const validFrom = (await time.latest()) + 100;
        await consent(house, house.patient, { validFrom });
        await inSecond(validFrom - 1, () => missing(house));
        await inSecond(validFrom, () => enrolment(house, house.patient));
      });

      it("has not expired", async () => {
        const house = await funded();
        const validUntil = (await time.latest()) + 100;
        await consent(house, house.patient, { validUntil });
        await consent(house, house.second, { validUntil });
        await inSecond(validUntil - 1, () => enrolment(house, house.second));
        for (const late of [0, 1]) await inSecond(validUntil + late, () => missing(house));
      });
    });

    it("counts as many seats as are paid, after an amendment with more", async () => {
      const house = await amended(await enrolled(), { capacity: 4 });
      const { studies, sponsor, second, third, stranger, guardian, study } = house;
      await studies.connect(sponsor).fund(study, usd(1_000));
      for (const person of [second, third, stranger]) await enrol(house, person);
      await refuses(house, enrol(house, guardian), "StudyFull", study, 4);
    });
  });

  describe("participantOf", () => {
    it("answers nothing of who is not enrolled", async () => {
      const { studies, study, patient } = await loadFixture(institute);
      expect(await studies.participantOf(study, patient)).to.deep.equal([0n, 0n, 0n, 0n]);
    });
  });
});
