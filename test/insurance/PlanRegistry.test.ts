import { expect } from "chai";
import { encodeBytes32String, ZeroAddress, type Result } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { FAR, loadFixture, time } from "../fixtures.js";
import { benefit, BENEFITS, COSMETIC, COVER, draftPlan, LAB, market, planId, publishPlan, termsOf } from "./escrow.js";
import { SURGERY, UNKNOWN, usd, VISIT, type Market, type PlanKey } from "./escrow.js";

const DAY = 24 * 60 * 60;
const FOR_EVER = 2n ** 24n - 1n;
const MAX = 2n ** 96n - 1n;

const BOUNDS = {
  responseWindow: [DAY, 45 * DAY],
  appealWindow: [30 * DAY, 365 * DAY],
  rulingWindow: [3 * DAY, 60 * DAY],
} as const;

type Window = keyof typeof BOUNDS;

/** A draft of the insurer's, with all benefits and the hospital in network. */
async function drafted() {
  const house = await market();
  return { ...house, own: await draftPlan(house) };
}

/** {@link drafted} and published. */
async function frozen() {
  const house = await loadFixture(drafted);
  await house.own.publish(house.key);
  return house;
}

/** {@link drafted}, with the key of a plan that is not. */
async function undrafted() {
  const house = await loadFixture(drafted);
  const key = { ...house.key, name: encodeBytes32String("Gold 2026") };
  return { ...house, key, plan: planId(key) };
}

/** The terms {@link draftPlan} drafts. */
function termsFor({ token, arbitrator, fallback }: Market) {
  return termsOf({
    token: token.target as string,
    arbitrator: arbitrator.address,
    fallbackArbitrator: fallback.address,
  });
}

/** What an object becomes on its way through the chain. */
function stored(values: object) {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "number" ? BigInt(value) : value]));
}

/** A struct that came from the chain, by its words. */
function named(struct: object) {
  return (struct as Result).toObject();
}

/** For `withArgs`: whether a struct of an event has these values. */
function isStruct(values: object) {
  return (struct: object) => {
    expect(named(struct)).to.deep.equal(stored(values));
    return true;
  };
}

/** Every change of a draft, by the plan's key. */
const CHANGES = (house: Market, key: PlanKey, caller = house.insurer) => {
  const plans = house.plans.connect(caller);
  return {
    setBenefits: () => plans.setBenefits(key, [VISIT], [BENEFITS[VISIT]!]),
    setNetwork: () => plans.setNetwork(key, [house.clinic], true),
    publish: () => plans.publish(key),
    draft: () => plans.draft(key, termsFor(house)),
  };
};

describe("PlanRegistry", () => {
  describe("every action of an insurer", () => {
    it("rejects the insurer's name in another insurer's mouth, in a stranger's, and in that of staff of another", async () => {
      const house = await loadFixture(drafted);
      const { plans, accreditation, insurer, rival, stranger, nurse } = house;
      await accreditation.connect(rival).setMember(nurse, FAR);
      for (const caller of [rival, stranger, nurse]) {
        for (const change of Object.values(CHANGES(house, house.key, caller))) {
          await expect(change())
            .to.be.revertedWithCustomError(plans, "PlanUnauthorized")
            .withArgs(insurer.address, caller.address);
        }
      }
    });

    it("rejects an insurer whose licence is suspended, and its staff", async () => {
      const house = await loadFixture(drafted);
      const { plans, accreditation, insurer, adjuster } = house;
      await accreditation.suspend(insurer, roleNumber("Insurer"));
      for (const caller of [insurer, adjuster]) {
        for (const change of Object.values(CHANGES(house, house.key, caller))) {
          await expect(change())
            .to.be.revertedWithCustomError(plans, "PlanUnauthorized")
            .withArgs(insurer.address, caller.address);
        }
      }
    });

    it("rejects a licence in any other role", async () => {
      const house = await loadFixture(drafted);
      const { plans, arbitrator } = house;
      const key = { ...house.key, insurer: arbitrator.address };
      await expect(CHANGES(house, key, arbitrator).draft())
        .to.be.revertedWithCustomError(plans, "PlanUnauthorized")
        .withArgs(arbitrator.address, arbitrator.address);
    });

    it("rejects a plan nobody drafted", async () => {
      const house = await undrafted();
      const { draft, ...others } = CHANGES(house, house.key);
      for (const change of Object.values(others)) {
        await expect(change()).to.be.revertedWithCustomError(house.plans, "PlanUnknown").withArgs(house.plan);
      }
      await draft();
    });

    it("rejects any change but to the network, once the plan is published", async () => {
      const house = await frozen();
      const before = await house.plans.termsOf(house.plan);
      const { setNetwork, ...others } = CHANGES(house, house.key);
      for (const change of Object.values(others)) {
        await expect(change()).to.be.revertedWithCustomError(house.plans, "PlanFrozen").withArgs(house.plan);
      }
      await setNetwork();
      expect(await house.plans.termsOf(house.plan)).to.deep.equal(before);
    });
  });

  describe("draft", () => {
    it("keeps the terms, unpublished, and names who did it", async () => {
      const house = await undrafted();
      const { plans, insurer, adjuster, key, plan } = house;
      const terms = termsFor(house);
      await expect(plans.connect(adjuster).draft(key, terms))
        .to.emit(plans, "PlanDrafted")
        .withArgs(plan, insurer.address, key.name, isStruct(terms), adjuster.address);
      expect(named(await plans.termsOf(plan))).to.deep.equal(stored(terms));
      expect(await plans.insurerOf(plan)).to.deep.equal([insurer.address, false]);
    });

    it("replaces a draft's terms, and leaves its benefits and network", async () => {
      const house = await loadFixture(drafted);
      const { plans, own, key, plan, hospital } = house;
      const terms = { ...termsFor(house), deductible: 0n, collateral: MAX, rulingWindow: 1 };
      await own.draft(key, terms);
      expect(named(await plans.termsOf(plan))).to.deep.equal(stored(terms));
      expect(named(await plans.benefitOf(plan, VISIT))).to.deep.equal(stored(BENEFITS[VISIT]!));
      expect(await plans.networkEndOf(plan, hospital)).to.equal(FOR_EVER);
    });

    it("keeps apart plans of one name of two insurers, and two of one", async () => {
      const house = await loadFixture(drafted);
      const { plans, rival, plan } = house;
      const before = await plans.termsOf(plan);
      const keys = [
        { ...house.key, insurer: rival.address },
        { ...house.key, name: encodeBytes32String("Gold 2026") },
      ];
      for (const key of keys) {
        await draftPlan(house, { deductible: usd(1) }, key);
        expect((await plans.termsOf(planId(key))).deductible).to.equal(usd(1));
      }
      expect(await plans.termsOf(plan)).to.deep.equal(before);
    });
  });

  describe("setBenefits", () => {
    it("sets what a draft pays for services", async () => {
      const { plans, own, key, plan } = await loadFixture(drafted);
      const [visit, lab] = [
        benefit({ allowed: MAX, copay: MAX, coinsuranceBps: 10_000, needsPreauthorization: true }),
        benefit({ allowed: 0n, copay: 0n, coinsuranceBps: 0, cover: COVER.Excluded, deductibleApplies: false }),
      ];
      await expect(own.setBenefits(key, [VISIT, LAB], [visit, lab]))
        .to.emit(plans, "BenefitsSet")
        .withArgs(
          plan,
          [VISIT, LAB],
          ([first, second]: [object, object]) => isStruct(visit)(first) && isStruct(lab)(second),
        );
      expect(named(await plans.benefitOf(plan, VISIT))).to.deep.equal(stored(visit));
      expect(named(await plans.benefitOf(plan, LAB))).to.deep.equal(stored(lab));
      expect(named(await plans.benefitOf(plan, SURGERY))).to.deep.equal(stored(BENEFITS[SURGERY]!));
    });

    it("takes a service out with an unlisted benefit", async () => {
      const { plans, own, key, plan } = await loadFixture(drafted);
      const unlisted = benefit({ allowed: 0n, copay: 0n, coinsuranceBps: 0, cover: COVER.Unlisted });
      await own.setBenefits(key, [VISIT], [unlisted]);
      expect((await plans.benefitOf(plan, VISIT)).cover).to.equal(COVER.Unlisted);
    });

    it("rejects services without benefits, and benefits without services", async () => {
      const { plans, own, key } = await loadFixture(drafted);
      for (const [services, benefits] of [
        [[VISIT, LAB], [BENEFITS[VISIT]!]],
        [[VISIT], [BENEFITS[VISIT]!, BENEFITS[LAB]!]],
      ] as const) {
        await expect(own.setBenefits(key, [...services], [...benefits]))
          .to.be.revertedWithCustomError(plans, "BenefitsMismatch")
          .withArgs(services.length, benefits.length);
      }
    });

    it("rejects a coinsurance of more than all of it, wherever it stands", async () => {
      const { plans, own, key } = await loadFixture(drafted);
      const all = benefit({ allowed: 1n, copay: 0n, coinsuranceBps: 10_000 });
      await expect(own.setBenefits(key, [VISIT, LAB], [all, { ...all, coinsuranceBps: 10_001 }]))
        .to.be.revertedWithCustomError(plans, "CoinsuranceAboveAll")
        .withArgs(LAB, 10_001);
    });
  });

  describe("setNetwork", () => {
    it("names providers of a draft, and takes them out", async () => {
      const { plans, own, key, plan, hospital, clinic } = await loadFixture(drafted);
      await expect(own.setNetwork(key, [clinic, hospital], true))
        .to.emit(plans, "NetworkSet")
        .withArgs(plan, [clinic.address, hospital.address], true);
      expect(await plans.networkEndOf(plan, clinic)).to.equal(FOR_EVER);
      await expect(own.setNetwork(key, [clinic], false))
        .to.emit(plans, "NetworkSet")
        .withArgs(plan, [clinic.address], false);
      expect(await plans.networkEndOf(plan, clinic)).to.equal(0);
      expect(await plans.networkEndOf(plan, hospital)).to.equal(FOR_EVER);
    });

    it("only ever adds to a published plan's", async () => {
      const { plans, own, adjuster, key, plan, hospital, clinic } = await frozen();
      await plans.connect(adjuster).setNetwork(key, [clinic], true);
      expect(await plans.networkEndOf(plan, clinic)).to.equal(FOR_EVER);
      await expect(own.setNetwork(key, [hospital], false))
        .to.be.revertedWithCustomError(plans, "NetworkOnlyGrows")
        .withArgs(plan);
      expect(await plans.networkEndOf(plan, hospital)).to.equal(FOR_EVER);
    });

    it("rejects a provider who left, for a draft too, to come back or to be taken out", async () => {
      const { plans, own, key, plan, hospital, clinic } = await loadFixture(drafted);
      await plans.connect(hospital).leaveNetwork(plan, hospital);
      const end = await plans.networkEndOf(plan, hospital);
      const refuses = (member: boolean) =>
        expect(own.setNetwork(key, [clinic, hospital], member))
          .to.be.revertedWithCustomError(plans, "NetworkWasLeft")
          .withArgs(plan, hospital.address);
      await refuses(true);
      await refuses(false);
      await own.publish(key);
      await refuses(true);
      expect(await plans.networkEndOf(plan, hospital)).to.equal(end);
    });
  });

  describe("leaveNetwork", () => {
    it("ends with the day, to its last second", async () => {
      const { plans, plan, hospital } = await frozen();
      const tomorrow = Math.floor((await time.latest()) / DAY) + 1;
      await time.setNextBlockTimestamp((tomorrow + 1) * DAY - 1);
      await expect(plans.connect(hospital).leaveNetwork(plan, hospital))
        .to.emit(plans, "NetworkLeft")
        .withArgs(plan, hospital.address, tomorrow + 1, hospital.address);
      expect(await plans.networkEndOf(plan, hospital)).to.equal(tomorrow + 1);
    });

    it("begins the next day with its first second, and names the member of staff", async () => {
      const { plans, plan, hospital, nurse } = await frozen();
      const tomorrow = Math.floor((await time.latest()) / DAY) + 1;
      await time.setNextBlockTimestamp(tomorrow * DAY);
      await expect(plans.connect(nurse).leaveNetwork(plan, hospital))
        .to.emit(plans, "NetworkLeft")
        .withArgs(plan, hospital.address, tomorrow + 1, nurse.address);
    });

    it("rejects the insurer and strangers, who never was in it, and who left already", async () => {
      const { plans, plan, hospital, clinic, insurer, stranger } = await frozen();
      const refuses = (provider: Market["patient"], caller: Market["patient"]) =>
        expect(plans.connect(caller).leaveNetwork(plan, provider))
          .to.be.revertedWithCustomError(plans, "NetworkNotYours")
          .withArgs(plan, provider.address, caller.address);
      await refuses(hospital, insurer);
      await refuses(hospital, stranger);
      await refuses(clinic, clinic);
      await plans.connect(hospital).leaveNetwork(plan, hospital);
      await time.increase(DAY);
      await refuses(hospital, hospital);
    });
  });

  describe("publish", () => {
    /** Expects that a draft with these changes of terms is refused. */
    const refuses = async (changes: object, error: string, ...values: unknown[]) => {
      const house = await loadFixture(drafted);
      const { plans, own, key, plan } = house;
      await own.draft(key, { ...termsFor(house), ...changes });
      await expect(own.publish(key))
        .to.be.revertedWithCustomError(plans, error)
        .withArgs(...values);
      expect((await plans.insurerOf(plan)).published).to.be.false;
    };

    /** Expects that a draft with these changes of terms is published. */
    const takes = async (changes: object) => {
      const house = await loadFixture(drafted);
      const { plans, own, key, plan } = house;
      await own.draft(key, { ...termsFor(house), ...changes });
      await own.publish(key);
      expect((await plans.insurerOf(plan)).published).to.be.true;
    };

    it("freezes the plan, and names who did it", async () => {
      const { plans, insurer, adjuster, key, plan } = await loadFixture(drafted);
      await expect(plans.connect(adjuster).publish(key))
        .to.emit(plans, "PlanPublished")
        .withArgs(plan, insurer.address, adjuster.address);
      expect(await plans.insurerOf(plan)).to.deep.equal([insurer.address, true]);
    });

    it("takes the bounds of every window, and rejects a second more or less", async () => {
      for (const [window, [atLeast, atMost]] of Object.entries(BOUNDS) as [Window, (typeof BOUNDS)[Window]][]) {
        await takes({ [window]: atLeast });
        await takes({ [window]: atMost });
        for (const beyond of [0, atLeast - 1, atMost + 1, 2 ** 32 - 1]) {
          await refuses({ [window]: beyond }, "PlanWindowOutOfBounds", beyond, atLeast, atMost);
        }
      }
    });

    it("says the bounds of every window", async () => {
      const { plans } = await loadFixture(drafted);
      expect([await plans.MIN_RESPONSE_WINDOW(), await plans.MAX_RESPONSE_WINDOW()]).to.deep.equal(
        BOUNDS.responseWindow.map(BigInt),
      );
      expect([await plans.MIN_APPEAL_WINDOW(), await plans.MAX_APPEAL_WINDOW()]).to.deep.equal(
        BOUNDS.appealWindow.map(BigInt),
      );
      expect([await plans.MIN_RULING_WINDOW(), await plans.MAX_RULING_WINDOW()]).to.deep.equal(
        BOUNDS.rulingWindow.map(BigInt),
      );
    });

    it("rejects a token without code", async () => {
      const { stranger } = await loadFixture(drafted);
      await refuses({ token: ZeroAddress }, "PlanTokenMissing", ZeroAddress);
      await refuses({ token: stranger.address }, "PlanTokenMissing", stranger.address);
    });

    it("takes a deductible of all the patient's part, and rejects a unit more", async () => {
      await takes({ deductible: usd(1_000), outOfPocketMax: usd(1_000) });
      await takes({ deductible: MAX, outOfPocketMax: MAX });
      await refuses(
        { deductible: usd(1_000) + 1n, outOfPocketMax: usd(1_000) },
        "PlanDeductibleAboveMax",
        usd(1_000) + 1n,
        usd(1_000),
      );
    });

    it("takes a claim's automatic approval of all a year's, and rejects a unit more", async () => {
      await takes({ autoApproveClaim: usd(5), autoApproveYear: usd(5) });
      await takes({ autoApproveClaim: 0n, autoApproveYear: 0n });
      await refuses(
        { autoApproveClaim: usd(5) + 1n, autoApproveYear: usd(5) },
        "PlanAutoApproveAboveYear",
        usd(5) + 1n,
        usd(5),
      );
    });

    it("takes no limits at all, and no money set aside", () =>
      takes({ deductible: 0n, outOfPocketMax: 0n, annualLimit: 0n, rulingFee: 0n, collateral: 0n }));

    it("rejects arbitrators of one account", async () => {
      const { arbitrator } = await loadFixture(drafted);
      await refuses({ fallbackArbitrator: arbitrator.address }, "ArbitratorNotIndependent", arbitrator.address);
    });

    for (const place of ["arbitrator", "fallbackArbitrator"] as const) {
      describe(`with its ${place}`, () => {
        /** Expects that the draft is refused for its arbitrator in this place, after something was done. */
        const refusesAfter = async (act: (house: Market, judge: Market["patient"]) => Promise<unknown>) => {
          const house = await loadFixture(drafted);
          const { plans, own, key } = house;
          const judge = place === "arbitrator" ? house.arbitrator : house.fallback;
          await act(house, judge);
          await expect(own.publish(key))
            .to.be.revertedWithCustomError(plans, "ArbitratorNotIndependent")
            .withArgs(judge.address);
        };

        it("rejects nobody, and who has no licence", async () => {
          const { clinic } = await loadFixture(drafted);
          await refuses({ [place]: ZeroAddress }, "ArbitratorNotIndependent", ZeroAddress);
          await refuses({ [place]: clinic.address }, "ArbitratorNotIndependent", clinic.address);
        });

        it("rejects a suspended licence", () =>
          refusesAfter(({ accreditation }, judge) => accreditation.suspend(judge, roleNumber("Arbitrator"))));

        it("rejects the insurer itself, licensed as an arbitrator too", async () => {
          const house = await loadFixture(drafted);
          const { plans, own, accreditation, insurer, key } = house;
          await accreditation.accredit(insurer, roleNumber("Arbitrator"), FAR);
          await own.draft(key, { ...termsFor(house), [place]: insurer.address });
          await expect(own.publish(key))
            .to.be.revertedWithCustomError(plans, "ArbitratorNotIndependent")
            .withArgs(insurer.address);
        });

        it("rejects the insurer's staff", () =>
          refusesAfter(({ accreditation, insurer }, judge) => accreditation.connect(insurer).setMember(judge, FAR)));

        it("rejects whose staff the insurer is", () =>
          refusesAfter(({ accreditation, insurer }, judge) => accreditation.connect(judge).setMember(insurer, FAR)));

        it("rejects the other's staff", async () => {
          const { plans, own, accreditation, arbitrator, fallback, key } = await loadFixture(drafted);
          const [judge, other] = place === "arbitrator" ? [arbitrator, fallback] : [fallback, arbitrator];
          await accreditation.connect(other).setMember(judge, FAR);
          await expect(own.publish(key))
            .to.be.revertedWithCustomError(plans, "ArbitratorNotIndependent")
            .withArgs(fallback.address);
        });

        it("takes who was the insurer's staff", async () => {
          const { plans, own, accreditation, insurer, arbitrator, fallback, key, plan } = await loadFixture(drafted);
          const until = (await time.latest()) + 100;
          const judge = place === "arbitrator" ? arbitrator : fallback;
          await accreditation.connect(insurer).setMember(judge, until);
          await time.setNextBlockTimestamp(until);
          await own.publish(key);
          expect((await plans.insurerOf(plan)).published).to.be.true;
        });
      });
    }
  });

  describe("views", () => {
    it("know nothing of a plan nobody drafted", async () => {
      const { plans, plan, hospital } = await undrafted();
      expect(await plans.insurerOf(plan)).to.deep.equal([ZeroAddress, false]);
      expect(await plans.underwritingOf(plan)).to.deep.equal([ZeroAddress, false, ZeroAddress, 0n]);
      expect(await plans.appealTermsOf(plan)).to.deep.equal([0n, 0n, ZeroAddress, ZeroAddress, 0n]);
      expect((await plans.benefitOf(plan, VISIT)).cover).to.equal(COVER.Unlisted);
      expect(await plans.networkEndOf(plan, hospital)).to.equal(0);
      expect((await plans.termsOf(plan)).token).to.equal(ZeroAddress);
    });

    it("say what underwriting and appeals need", async () => {
      const house = await frozen();
      const { plans, insurer, plan } = house;
      const { token, collateral, ...terms } = stored(termsFor(house));
      expect(await plans.underwritingOf(plan)).to.deep.equal([insurer.address, true, token, collateral]);
      const { appealWindow, rulingWindow, arbitrator, fallbackArbitrator, rulingFee } = terms;
      expect(named(await plans.appealTermsOf(plan))).to.deep.equal({
        ...{ appealWindow, rulingWindow, arbitrator, fallbackArbitrator, rulingFee },
      });
    });
  });

  describe("claimTermsOf", () => {
    /** A benefit in one word. */
    const packed = ({ allowed, copay, ...benefit }: (typeof BENEFITS)[string]) => {
      const numbers = [benefit.coinsuranceBps, benefit.cover, benefit.deductibleApplies, benefit.needsPreauthorization];
      const [bps, cover, applies, needs] = numbers.map((number) => BigInt(number)) as [bigint, bigint, bigint, bigint];
      return allowed | (copay << 96n) | (bps << 192n) | (cover << 208n) | (applies << 216n) | (needs << 224n);
    };

    it("says what adjudicating and paying a claim needs, and when the provider's network ends", async () => {
      const house = await frozen();
      const { plans, plan, hospital, clinic } = house;
      const { deductible, outOfPocketMax, annualLimit, ...terms } = stored(termsFor(house));
      const { token, autoApproveClaim, autoApproveYear, responseWindow } = terms;
      const services = [COSMETIC, VISIT, SURGERY, VISIT];
      expect(await plans.claimTermsOf(plan, hospital, services)).to.deep.equal([
        [[deductible, outOfPocketMax, annualLimit], token, autoApproveClaim, autoApproveYear, responseWindow],
        FOR_EVER,
        services.map((service) => packed(BENEFITS[service]!)),
      ]);
      await plans.connect(hospital).leaveNetwork(plan, hospital);
      const { networkEnd } = await plans.claimTermsOf(plan, hospital, []);
      expect(networkEnd).to.equal(await plans.networkEndOf(plan, hospital));
      expect((await plans.claimTermsOf(plan, clinic, [])).networkEnd).to.equal(0);
    });

    it("rejects a service the plan does not know, wherever it stands", async () => {
      const { plans, plan, hospital } = await frozen();
      await expect(plans.claimTermsOf(plan, hospital, [VISIT, UNKNOWN]))
        .to.be.revertedWithCustomError(plans, "ServiceUnknown")
        .withArgs(plan, UNKNOWN);
    });
  });

  describe("simulate", () => {
    it("rejects a coinsurance of more than all of it, as a draft does", async () => {
      const house = await undrafted();
      const { plans } = house;
      const before = { deductible: 0n, outOfPocket: 0n, benefit: 0n };
      const line = { service: LAB, day: 0, number: 0, quantity: 1_000, billed: 1n };
      const all = benefit({ allowed: 1n, copay: 0n, coinsuranceBps: 10_000 });
      const beyond = { ...all, coinsuranceBps: 10_001 };
      await plans.simulate(termsFor(house), before, 0, [all], [line], [0n]);
      await expect(plans.simulate(termsFor(house), before, 0, [beyond], [line], [0n]))
        .to.be.revertedWithCustomError(plans, "CoinsuranceAboveAll")
        .withArgs(LAB, 10_001);
    });
  });

  describe("adjudicate", () => {
    const DAY_OF_SERVICE = 20_000;
    const BEFORE = { deductible: usd(60), outOfPocket: usd(900), benefit: usd(49_000) };

    const serviceLine = (service: string, billed: bigint, number = 0) => ({
      ...{ service, day: DAY_OF_SERVICE, number, quantity: 1_500, billed },
    });

    const LINES = [VISIT, LAB, SURGERY, COSMETIC].map((service, i) => serviceLine(service, usd(200 + 7_000 * i), i));
    const AUTHORIZED = [0n, 0n, usd(5_000), 0n];

    it("makes of lines what simulate makes of them with the plan's terms", async () => {
      const house = await frozen();
      const { plans, plan, hospital, clinic } = house;
      const benefits = LINES.map(({ service }) => BENEFITS[service]!);
      for (const [provider, networkEnd] of [
        [hospital, FOR_EVER],
        [clinic, 0n],
      ] as const) {
        const adjudicated = await plans.adjudicate(plan, provider, BEFORE, LINES, AUTHORIZED);
        const simulated = await plans.simulate(termsFor(house), BEFORE, networkEnd, benefits, LINES, AUTHORIZED);
        expect(adjudicated).to.deep.equal(simulated);
        expect(adjudicated.outcome.benefit).to.equal(usd(1_000));
      }
    });

    it("heeds the day a provider left the network", async () => {
      const { plans, plan, hospital } = await frozen();
      await plans.connect(hospital).leaveNetwork(plan, hospital);
      const end = Number(await plans.networkEndOf(plan, hospital));
      const lines = [end - 1, end].map((day) => ({ ...serviceLine(VISIT, usd(200)), day }));
      const [, [within, without]] = await plans.adjudicate(plan, hospital, BEFORE, lines, [0n, 0n]);
      expect([within!.writeOff, without!.writeOff]).to.deep.equal([usd(20), 0n]);
    });

    it("rejects a service the plan does not know, wherever it stands", async () => {
      const { plans, plan, hospital } = await frozen();
      const lines = [...LINES, serviceLine(UNKNOWN, usd(1), 4)];
      await expect(plans.adjudicate(plan, hospital, BEFORE, lines, [...AUTHORIZED, 0n]))
        .to.be.revertedWithCustomError(plans, "ServiceUnknown")
        .withArgs(plan, UNKNOWN);
    });

    it("rejects a service of another plan only", async () => {
      const house = await frozen();
      const { plans, rival, hospital } = house;
      const key = { ...house.key, insurer: rival.address };
      await publishPlan(house, {}, key);
      const other = { insurer: rival.address, name: encodeBytes32String("Bare") };
      await plans.connect(rival).draft(other, termsFor(house));
      await plans.adjudicate(planId(key), hospital, BEFORE, LINES, AUTHORIZED);
      await expect(plans.adjudicate(planId(other), hospital, BEFORE, LINES, AUTHORIZED))
        .to.be.revertedWithCustomError(plans, "ServiceUnknown")
        .withArgs(planId(other), VISIT);
    });

    it("takes all the money 96 bits hold, and rejects a unit more", async () => {
      const { plans, plan, hospital } = await frozen();
      const lines = [serviceLine(VISIT, MAX - 1n), serviceLine(COSMETIC, 1n, 1)];
      const { outcome } = await plans.adjudicate(plan, hospital, BEFORE, lines, [0n, 0n]);
      expect(outcome.billed).to.equal(MAX);
      lines[1]!.billed = 2n;
      await expect(plans.adjudicate(plan, hospital, BEFORE, lines, [0n, 0n]))
        .to.be.revertedWithCustomError(plans, "ClaimTooLarge")
        .withArgs(MAX + 1n);
    });
  });
});
