/**
 * What a reviewer who had not seen the escrow tried on it. `CLOSED` marks what once went
 * through: these tests failed until the reserve's fields were widened. `LIMIT` marks what goes through by design and is worth a word in the threat model.
 */
import { expect } from "chai";
import { encodeBytes32String, id as digest } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { HostileToken__factory, SmartAccount__factory } from "../../src/generated/index.js";
import { ALL_CATEGORIES, ethers, FAR, loadFixture, POLICY, time } from "../fixtures.js";
import {
  appealed,
  atDeadline,
  booksBalance,
  consentToBill,
  decided,
  deadlineOf,
  runDry,
  SURGERY_BENEFIT,
} from "./claims.js";
import {
  acknowledged,
  benefit,
  type Claim,
  claimId,
  claimOf,
  COLLATERAL,
  GROUNDS,
  type Insured,
  insured,
  LAB,
  line,
  type Line,
  pending,
  planId,
  type Policy,
  policyFor,
  policyId,
  preauthorized,
  published,
  publishPlan,
  quoted,
  RESERVE,
  REASONS,
  RESPONSE,
  RULING_FEE,
  STATUS,
  submission,
  type Submission,
  submitted,
  SURGERY,
  termsOf,
  today,
  usd,
  VISIT,
  WINDOWS,
} from "./escrow.js";

const DAY = 24 * 60 * 60;
const MAX96 = 2n ** 96n - 1n;

/** In the order of `HostileToken`. */
const MANNER = { Plain: 0, AnswersFalse: 2, Reverts: 5 } as const;

/** {@link insured}, under a plan in a token that behaves as it is told, with a second patient in the same plan. */
async function hostile() {
  const house = await loadFixture(insured);
  const { admin, escrow, insurer, hospital, clinic, guardian } = house;
  const token = await new HostileToken__factory(admin).deploy();
  for (const account of [insurer, hospital, clinic]) await token.mint(account, usd(1_000_000));
  const key = { insurer: insurer.address, name: encodeBytes32String("Hostile") };
  await publishPlan(house, { token: token.target as string }, key);
  const plan = planId(key);
  const policy = await policyFor(house, { plan });
  const second = await policyFor(house, { plan, patient: guardian.address, holder: guardian.address });
  await escrow.connect(insurer).issue(policy);
  await escrow.connect(insurer).issue(second);
  return { ...house, hostile: token, token: token as never, plan, policy, policyId: policyId(policy), second };
}

/** An insurer with a plan in money of 18 decimals, no annual limit, and a scan of 2,000 that needs no preauthorisation. */
const SCAN = digest("scan");
const ether = (amount: number) => BigInt(amount) * 10n ** 18n;

async function unlimited() {
  const house = await loadFixture(published);
  const { plans, escrow, insurer, guardian, token, arbitrator, fallback } = house;
  const key = { insurer: insurer.address, name: encodeBytes32String("No limit") };
  const roles = { token: token.target as string, arbitrator: arbitrator.address, fallbackArbitrator: fallback.address };
  const own = plans.connect(insurer);
  await own.draft(key, {
    ...termsOf(roles),
    deductible: 0n,
    outOfPocketMax: 0n,
    annualLimit: 0n,
    autoApproveClaim: ether(500),
    autoApproveYear: ether(2_000),
    rulingFee: ether(75),
    collateral: 0n,
  });
  await own.setBenefits(key, [SCAN], [benefit({ allowed: ether(2_000), copay: 0n, coinsuranceBps: 0 })]);
  await own.publish(key);
  const plan = planId(key);
  await token.mint(insurer, ether(10_000));
  await token.connect(insurer).approve(escrow, MAX96);
  await escrow.connect(insurer).deposit(plan, ether(10_000));
  const policy = await policyFor(house, { plan });
  const victims = await policyFor(house, { plan, patient: guardian.address, holder: guardian.address });
  for (const each of [policy, victims]) await escrow.connect(insurer).issue(each);
  return { ...house, plan, policy, policyId: policyId(policy), victims };
}

/** Numbers that look random, the same each time. */
function randomness(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** `npm run test:deep` tries longer, and more often. */
const IS_DEEP = process.env.ACESO_DEEP === "1";
const SEEDS = IS_DEEP ? [1, 2, 3, 4] : [1];
const STEPS = IS_DEEP ? 150 : 45;

describe("the claim escrow, attacked by several at once", () => {
  describe("CLOSED: by arithmetic that cannot hold the money", () => {
    it("an insurer who fills its reserve to the brim keeps no denied claim from being paid by silence", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, insurer, hospital, plan } = house;
      const before = await token.balanceOf(hospital);
      const { claim, id } = await appealed(house);
      const { free } = await escrow.reserveOf(plan);
      await token.mint(insurer, MAX96);
      await token.connect(insurer).approve(escrow, MAX96);
      await escrow.connect(insurer).deposit(plan, MAX96 - free);
      await atDeadline(house, id, WINDOWS.ruling);
      // Both arbitrators were silent: the award is 7,110. But the ruling's fee finds no room in the free reserve.
      await escrow.finalize(claim);
      expect(await token.balanceOf(hospital)).to.equal(before + SURGERY_BENEFIT);
    });

    it("nor an arbitrator from awarding a part of it, nor the provider from taking it back", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, insurer, hospital, arbitrator, plan } = house;
      const { claim, submission: presented } = await appealed(house);
      const { free } = await escrow.reserveOf(plan);
      await token.mint(insurer, MAX96);
      await token.connect(insurer).approve(escrow, MAX96);
      await escrow.connect(insurer).deposit(plan, MAX96 - free);
      await escrow.connect(hospital).reverse.staticCall(claim, presented.lines);
      await escrow.connect(arbitrator).rule(claim, SURGERY_BENEFIT - 1n, REASONS);
    });

    it("a patient and a provider with giant claims keep nobody else's out of the queue", async () => {
      const house = await loadFixture(unlimited);
      const { escrow, guardian, hospital, plan, policy, victims } = house;
      const bill = async (number: number, billed: bigint) => {
        const lines = await Promise.all(
          Array.from({ length: 50 }, async (_, place) =>
            line({ service: SCAN, number: place, day: policy.firstDay + number, quantity: 100_000_000, billed }),
          ),
        );
        return submitted(house, lines, { documents: digest(`giant ${number}`) });
      };
      // The first takes all that is free; the next ones queue, till the counter of what is queued is full.
      await submitted(house, [await line({ service: SCAN, quantity: 100_000, billed: ether(10_000) })]);
      expect((await escrow.reserveOf(plan)).free).to.equal(0);
      for (let number = 0; number < 8; ++number) await bill(number, ether(200_000_000));
      const { unfunded } = await escrow.reserveOf(plan);
      expect(unfunded).to.be.greaterThan(MAX96 - ether(10_000) - 1n);

      const stranded = submission(house, [await line({ service: SCAN, quantity: 20_000, billed: ether(20_000) })], {
        policy: victims,
      });
      const authorized = await acknowledged(house, stranded, { signer: guardian });
      await escrow.connect(hospital).submit(stranded, ...authorized);
      expect((await escrow.claimOf(claimId(claimOf(stranded)))).unfunded).to.be.true;
    });
  });

  describe("by an insurer who sells and does not insure", () => {
    it("owes the premium of a policy it ends before it begins, and can't take it out before", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, employer, insurer, plan } = house;
      const firstDay = (await today()) + 60;
      const term = { firstDay, endDay: firstDay + 365, premium: usd(4_000) };
      const policy: Policy = { ...house.policy, holder: employer.address, ...term };
      await escrow.connect(employer).purchase(policy, ...(await quoted(house, policy)));
      await escrow.connect(insurer).terminate(policy, (await today()) + 31);
      expect(await escrow.creditOf(token, employer)).to.equal(usd(4_000));
      expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE);
    });

    it("and a provider use up a patient's annual limit on a standing consent, and the patient can't object", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, insurer, patient } = house;
      await consentToBill(house);
      let number = 0;
      let spent = 0n;
      while (spent < usd(50_000)) {
        const phantom = submission(house, [
          await line({ service: VISIT, number: number++, quantity: 100_000_000, billed: usd(40_000) }),
        ]);
        await escrow.connect(hospital).submitOnConsent(phantom, POLICY);
        await escrow.connect(insurer).deposit(house.plan, usd(40_000));
        await escrow.connect(insurer).accept(phantom);
        const { benefit: paid } = await escrow.claimOf(claimId(claimOf(phantom)));
        await escrow.connect(insurer).decide(claimOf(phantom), paid, RESPONSE);
        await expect(escrow.connect(patient).appeal(claimOf(phantom), GROUNDS)).to.be.revertedWithCustomError(
          escrow,
          "ClaimStatusInvalid",
        );
        spent += paid;
      }
      const real = await pending(house, { number });
      expect((await escrow.claimOf(real.id)).benefit).to.equal(0);
    });
  });

  describe("LIMIT: by a patient and a provider together", () => {
    it("have no deductible to pay, nor other shares: a claim that counts while it waits is taken back afterwards", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      const scheme = await pending(house);
      const visits = [await line({ service: LAB, number: 1, quantity: 5_000, billed: usd(400) })];
      const covered = await submitted(house, visits, { documents: digest("what was really done") });
      await escrow.connect(hospital).reverse(scheme.claim, scheme.submission.lines);
      const got = (await escrow.claimOf(covered.id)).benefit;
      const { deductible, outOfPocket } = await escrow.policyOf(house.policyId);
      // 110 of out of pocket was left, and none of the deductible: 400 less a fifth. Honestly 400 less 100 less a fifth.
      expect(got).to.equal(usd(320));
      expect({ deductible, outOfPocket }).to.deep.equal({ deductible: 0n, outOfPocket: usd(80) });
      expect((await escrow.claimOf(covered.id)).status).to.equal(STATUS.Final);
      await booksBalance(house, [scheme.claim, covered.claim]);
    });

    it("are paid any claim below the ruling's fee beyond both limits, or cost the insurer more", async () => {
      const house = await loadFixture(insured);
      const { escrow, arbitrator, hospital, insurer, plan } = house;
      const used: Claim[] = [];
      for (let number = 0; number < 4; ++number) {
        used.push((await submitted(house, [await line({ number, quantity: 5_000, billed: usd(520) })])).claim);
      }
      const { free } = await escrow.reserveOf(plan);
      const lines = [await line({ number: 9, billed: usd(60) })];
      let last = "";
      // A denial is never the end either: the lines come again with other documents.
      for (let round = 1; round <= 3; ++round) {
        const { claim, submission: presented } = await submitted(house, lines, { documents: digest(`round ${round}`) });
        await escrow.connect(insurer).decide(claim, 0, RESPONSE);
        await escrow.connect(hospital).appeal(claim, GROUNDS);
        await escrow.connect(arbitrator).rule(claim, 0, REASONS);
        await escrow.connect(hospital).reverse(claim, presented.lines);
        expect((await escrow.reserveOf(plan)).free).to.equal(free - BigInt(round) * RULING_FEE);
        used.push(claim);
        last = claimId(claim);
      }
      expect((await escrow.claimOf(last)).status).to.equal(STATUS.Reversed);
      await booksBalance(house, used);
    });

    it("have an arbitrator work for nothing: the provider takes the claim back when it sees the ruling", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, arbitrator, hospital, patient } = house;
      const { claim, id, submission: presented } = await decided(house);
      await escrow.connect(patient).appeal(claim, GROUNDS);
      const before = await token.balanceOf(arbitrator);
      await escrow.connect(hospital).reverse(claim, presented.lines);
      await expect(escrow.connect(arbitrator).rule(claim, 1n, REASONS))
        .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
        .withArgs(id, STATUS.Reversed);
      expect(await token.balanceOf(arbitrator)).to.equal(before);
      await booksBalance(house, [claim]);
    });
  });

  describe("LIMIT: by a patient who takes an acknowledgement back", () => {
    it("does, when a delegate signed it", async () => {
      const house = await loadFixture(insured);
      const { consents, escrow, guardian, hospital, patient } = house;
      await consents.connect(patient).setDelegate(guardian, FAR, ALL_CATEGORIES);
      const claim = submission(house, [await line()]);
      const authorized = await acknowledged(house, claim, { signer: guardian });
      await escrow.connect(hospital).submit.staticCall(claim, ...authorized);
      await consents.connect(patient).revokeAll();
      await expect(escrow.connect(hospital).submit(claim, ...authorized))
        .to.be.revertedWithCustomError(escrow, "AcknowledgementInvalid")
        .withArgs(patient, guardian);
    });

    it("does, when it is a smart account that changes owners", async () => {
      const house = await loadFixture(insured);
      const { admin, escrow, guardian, hospital, insurer, stranger } = house;
      const account = await new SmartAccount__factory(admin).deploy(guardian);
      const patient = account.target as string;
      const policy = { ...house.policy, patient, holder: patient };
      await escrow.connect(insurer).issue(policy);
      const claim = submission(house, [await line()], { policy });
      const [authorization, signature] = await acknowledged(house, claim, { signer: guardian });
      const authorized = [{ ...authorization, signer: patient }, signature] as const;
      await escrow.connect(hospital).submit.staticCall(claim, ...authorized);
      await account.connect(guardian).setOwner(stranger);
      await expect(escrow.connect(hospital).submit(claim, ...authorized))
        .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
        .withArgs(patient);
    });
  });

  describe("by whatever comes in whatever order", () => {
    for (const seed of SEEDS) {
      it(`keeps the books to the unit, without a panic, through ${STEPS} random calls (${seed})`, async function () {
        this.timeout(300_000);
        const house = await loadFixture(hostile);
        const { accreditation, escrow, hospital, clinic, insurer, arbitrator, fallback, patient, guardian, plan } =
          house;
        const base = house as unknown as Insured;
        const random = randomness(seed);
        const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
        for (const provider of [hospital, clinic]) await consentToBill(base, provider);
        const known = new Map<string, { presented: Submission; claim: Claim }>();
        const keep = (presented: Submission) =>
          known.set(claimId(claimOf(presented)), { presented, claim: claimOf(presented) });
        const by = (provider: string) => (provider === hospital.address ? hospital : clinic);
        const some = () => pick([...known.values()]);
        const done: Record<string, number> = {};

        const presentedNow = async (): Promise<Submission> => {
          const now = await today();
          const policy = pick([house.policy, house.second]);
          const provider = pick([hospital, clinic]).address;
          const count = 1 + random(3);
          const lines: Line[] = [];
          for (let place = 0; place < count; ++place) {
            const service = pick([VISIT, LAB, SURGERY, SURGERY]);
            lines.push({
              service,
              day: now - random(4),
              number: pick([0, 1, 2, 254, 255]),
              quantity: 1_000 * (1 + random(6)),
              billed: usd(1 + random(service === SURGERY ? 12_000 : 700)),
            });
          }
          const draft = submission(base, lines, { policy, provider, documents: digest(`${seed} ${random(1e9)}`) });
          const preauthorizations = [];
          for (let place = 0; place < count; ++place) {
            if (lines[place]!.service === SURGERY && random(5) !== 0) {
              const preAuthRef = digest(`${random(1e9)}`);
              preauthorizations.push(await preauthorized(base, draft, place, { preAuthRef }));
            }
          }
          return { ...draft, preauthorizations };
        };

        const calls: Record<string, () => Promise<unknown>> = {
          submit: async () => {
            const presented = await presentedNow();
            const signer = presented.policy.patient === patient.address ? patient : guardian;
            const authorized = await acknowledged(base, presented, { signer });
            await escrow.connect(by(presented.provider)).submit(presented, ...authorized);
            keep(presented);
          },
          submitOnConsent: async () => {
            const presented = { ...(await presentedNow()), policy: house.policy, preauthorizations: [] };
            await escrow.connect(by(presented.provider)).submitOnConsent(presented, POLICY);
            keep(presented);
          },
          accept: async () => escrow.connect(insurer).accept(some().presented),
          decide: async () => {
            const { claim } = some();
            const { benefit: most } = await escrow.claimOf(claimId(claim));
            return escrow.connect(insurer).decide(claim, pick([0n, 0n, most / 3n, most]), RESPONSE);
          },
          appeal: async () => {
            const { claim } = some();
            return escrow.connect(by(claim.provider)).appeal(claim, GROUNDS);
          },
          rule: async () => {
            const { claim } = some();
            const { disputed } = await escrow.claimOf(claimId(claim));
            return escrow
              .connect(pick([arbitrator, fallback]))
              .rule(claim, pick([0n, disputed / 2n, disputed]), REASONS);
          },
          finalize: async () => escrow.finalize(some().claim),
          lapse: async () => {
            const { claim, presented } = some();
            return escrow.lapse(claim, presented.lines);
          },
          fund: async () => {
            const waiting = [];
            for (const { claim } of known.values()) {
              if ((await escrow.claimOf(claimId(claim))).unfunded) waiting.push(claim);
            }
            return escrow.fund(waiting.length === 0 ? some().claim : pick(waiting));
          },
          reverse: async () => {
            const { claim, presented } = some();
            return escrow.connect(by(claim.provider)).reverse(claim, presented.lines);
          },
          withdraw: async () => {
            const { free, unfunded, policies } = await escrow.reserveOf(plan);
            const floor = COLLATERAL * policies + unfunded;
            return escrow.connect(insurer).withdraw(plan, free > floor ? free - floor : 1n, insurer);
          },
          deposit: async () => escrow.connect(insurer).deposit(plan, usd(1 + random(9_000))),
          withdrawCredit: async () =>
            escrow.withdrawCredit(house.hostile, pick([hospital, clinic, arbitrator, fallback])),
          behave: async () =>
            house.hostile.behave(
              pick([MANNER.Plain, MANNER.Plain, MANNER.AnswersFalse, MANNER.Reverts]),
              pick([hospital, clinic, arbitrator]),
            ),
          wait: async () => time.increase(pick([1, DAY, 5 * DAY, WINDOWS.response, WINDOWS.ruling])),
          conflict: async () => accreditation.connect(insurer).setMember(arbitrator, pick([0, FAR, 0])),
        };
        const names = [
          ...Object.keys(calls),
          ...[
            "submit",
            "submit",
            "submit",
            "decide",
            "decide",
            "decide",
            "appeal",
            "appeal",
            "rule",
            "rule",
            "finalize",
          ],
          ...["reverse", "fund", "finalize", "submitOnConsent", "accept"],
        ];
        for (let step = 0; step < STEPS; ++step) {
          const name = known.size === 0 ? "submit" : pick(names);
          try {
            await calls[name]!();
            done[name] = (done[name] ?? 0) + 1;
          } catch (error) {
            const said = (error as Error).message;
            expect(said, `${name} at ${step}`).to.not.match(/panic|without a reason|out of gas|overflow/i);
            expect(said, `${name} at ${step}`).to.match(/custom error|Safe|Refused/);
          }
          if (step % 15 === 14) {
            await booksBalance(
              base,
              [...known.values()].map(({ claim }) => claim),
            );
          }
        }
        expect(done["submit"]).to.be.greaterThan(0);
      });
    }
  });

  describe("by calldata that means two things", () => {
    it("knows no claim by numbers with dirty bits above them", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      const { claim, submission: presented } = await submitted(house, [await line()]);
      const plain = escrow.interface.encodeFunctionData("reverse", [claim, presented.lines]);
      // After the selector: plan, patient, holder, firstDay, endDay, premium, document, provider, lines, documents, offset.
      const dirty = (word: number, at: number) => {
        const place = 2 + 8 + word * 64 + at;
        return `${plain.slice(0, place)}1${plain.slice(place + 1)}`;
      };
      for (const [word, at] of [
        [1, 23],
        [2, 0],
        [3, 57],
        [4, 0],
        [5, 39],
        [7, 23],
        // And of the line: service, day, number, quantity, billed.
        [13, 57],
        [14, 61],
        [15, 55],
        [16, 39],
      ] as const) {
        await expect(hospital.sendTransaction({ to: escrow, data: dirty(word, at) }), `word ${word}`).to.revert(ethers);
      }
      await hospital.sendTransaction({ to: escrow, data: plain });
      expect((await escrow.claimOf(claimId(claim))).status).to.equal(STATUS.Reversed);
    });

    it("reverses nothing by other lines, fewer, more, or in another order", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      const lines = [await line(), await line({ number: 1 })];
      const { claim } = await submitted(house, lines);
      const [one, two] = lines as [Line, Line];
      for (const other of [[], [one], [two, one], [...lines, one], [one, { ...two, number: 2 }]]) {
        await expect(escrow.connect(hospital).reverse(claim, other))
          .to.be.revertedWithCustomError(escrow, "LinesMismatch")
          .withArgs(claim.lines);
      }
    });
  });

  describe("by the bits of a claim in storage", () => {
    it("keeps amounts of 96 bits, the deadline and all flags apart", async () => {
      const house = await loadFixture(unlimited);
      const { escrow, insurer, plan, policy, token } = house;
      const lines = await Promise.all(
        Array.from({ length: 50 }, async (_, number) =>
          line({ service: SCAN, number, day: policy.firstDay, quantity: 100_000_000, billed: ether(200_000_000) }),
        ),
      );
      const { claim, id } = await submitted(house, lines);
      const all = ether(200_000_000) * 50n;
      expect(all >> 80n).to.be.greaterThan(0n);
      const waiting = await escrow.claimOf(id);
      expect(waiting.benefit).to.equal(all);
      expect(waiting.unfunded).to.be.true;
      await escrow.connect(insurer).decide(claim, all / 3n, RESPONSE);
      const reduced = await escrow.claimOf(id);
      expect([reduced.benefit, reduced.disputed]).to.deep.equal([all / 3n, all - all / 3n]);
      expect(Number(reduced.status)).to.equal(STATUS.Decided);
      expect(Number(reduced.deadline)).to.equal((await time.latest()) + WINDOWS.appeal);
      expect([reduced.outOfPocket, reduced.deductible, reduced.automatic]).to.deep.equal([0n, 0n, false]);
      await token.mint(insurer, all);
      await token.connect(insurer).approve(escrow, all);
      await escrow.connect(insurer).deposit(plan, all);
      await expect(escrow.fund(claim))
        .to.emit(escrow, "ClaimPaid")
        .withArgs(id, claim.provider, all / 3n);
      await atDeadline(house as never, id);
      await escrow.finalize(claim);
      const final = await escrow.claimOf(id);
      expect([final.benefit, final.disputed, final.deadline, final.unfunded]).to.deep.equal([all / 3n, 0n, 0n, false]);
    });
  });

  describe("by people who are two", () => {
    it("who is the arbitrator's staff and the insurer's does not rule, and the arbitrator still does", async () => {
      const house = await loadFixture(insured);
      const { accreditation, adjuster, arbitrator, escrow } = house;
      const { claim } = await appealed(house);
      await accreditation.connect(arbitrator).setMember(adjuster, FAR);
      await expect(escrow.connect(adjuster).rule(claim, 0, REASONS)).to.be.revertedWithCustomError(
        escrow,
        "RulingUnauthorized",
      );
      await escrow.connect(arbitrator).rule(claim, 0, REASONS);
      await booksBalance(house, [claim]);
    });

    it("an insurer that is a provider and an arbitrator too pays itself from its own plan, once, and does not rule", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, insurer } = house;
      for (const role of ["Provider", "Arbitrator"] as const) {
        await accreditation.accredit(insurer, roleNumber(role), FAR);
      }
      const lines = [await line()];
      const presented = submission(house, lines, { provider: insurer.address });
      const authorized = await acknowledged(house, presented);
      await escrow.connect(insurer).submit(presented, ...authorized);
      await escrow.connect(insurer).reverse(claimOf(presented), lines);
      await expect(escrow.connect(insurer).submit(presented, ...authorized)).to.be.revertedWithCustomError(
        escrow,
        "ClaimExists",
      );
      await booksBalance(house, [claimOf(presented)]);
    });
  });

  describe("by a preauthorisation that is used in two ways", () => {
    it("counts for two lines in no claim, and for none of another day when the first was taken back", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      const lines = [
        await line({ service: SURGERY, billed: usd(4_000) }),
        await line({ service: SURGERY, number: 1, billed: usd(4_000) }),
      ];
      const bare = submission(house, lines);
      const promise = await preauthorized(house, bare, 0, { amount: usd(4_000) });
      const twice = { ...bare, preauthorizations: [promise, { ...promise, line: 1 }] };
      await expect(
        escrow.connect(hospital).submit(twice, ...(await acknowledged(house, twice))),
      ).to.be.revertedWithCustomError(escrow, "PreauthorizationInvalid");
      const once = { ...bare, preauthorizations: [promise] };
      await escrow.connect(hospital).submit(once, ...(await acknowledged(house, once)));
      await escrow.connect(hospital).reverse(claimOf(once), lines);
      const elsewhere = submission(house, [lines[1]!], { documents: digest("another"), preauthorizations: [] });
      const moved = { ...elsewhere, preauthorizations: [promise] };
      await expect(
        escrow.connect(hospital).submit(moved, ...(await acknowledged(house, moved))),
      ).to.be.revertedWithCustomError(escrow, "PreauthorizationInvalid");
    });
  });

  describe("by gas", () => {
    it("runs the widest claim there is, each line of a day of its own, both ways, far below a transaction's cap", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, policy } = house;
      const lines = await Promise.all(
        Array.from({ length: 50 }, async (_, place) =>
          line({ service: SURGERY, day: policy.firstDay + place, number: 255, billed: usd(100) }),
        ),
      );
      const bare = submission(house, lines);
      const preauthorizations = [];
      for (let place = 0; place < 50; ++place) {
        preauthorizations.push(await preauthorized(house, bare, place, { preAuthRef: digest(`${place}`) }));
      }
      const presented = { ...bare, preauthorizations };
      const submit = await escrow.connect(hospital).submit(presented, ...(await acknowledged(house, presented)));
      expect((await submit.wait())!.gasUsed).to.be.lessThan(8_000_000n);
      const reverse = await escrow.connect(hospital).reverse(claimOf(presented), lines);
      expect((await reverse.wait())!.gasUsed).to.be.lessThan(3_000_000n);
    });

    it("credits nobody instead of paying, by giving a payment too little gas", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, stranger, token } = house;
      const { claim, id } = await pending(house);
      await time.increaseTo(await deadlineOf(house, id));
      const data = escrow.interface.encodeFunctionData("finalize", [claim]);
      let [least, tooLittle] = [1_000_000n, 30_000n];
      while (least - tooLittle > 1n) {
        const gasLimit = (least + tooLittle) / 2n;
        try {
          await stranger.call({ to: escrow, data, gasLimit });
          least = gasLimit;
        } catch {
          tooLittle = gasLimit;
        }
      }
      await stranger.sendTransaction({ to: escrow, data, gasLimit: least });
      expect(await escrow.creditOf(token, hospital)).to.equal(0);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Final);
    });
  });

  describe("by orders of fund, decide, rule, finalize and reverse", () => {
    for (const order of [
      ["fund", "decide", "appeal", "rule", "reverse"],
      ["decide", "fund", "appeal", "rule", "reverse"],
      ["decide", "appeal", "fund", "rule", "reverse"],
      ["decide", "appeal", "rule", "fund", "reverse"],
      ["decide", "appeal", "rule", "reverse"],
      ["decide", "appeal", "fund", "reverse"],
      ["decide", "fund", "reverse"],
      ["fund", "reverse"],
    ] as const) {
      it(`pays a queued claim once and takes all of it back: ${order.join(", ")}`, async () => {
        const house = await loadFixture(insured);
        const { arbitrator, escrow, hospital, insurer, employer, plan, token } = house;
        await runDry(house);
        const before = await token.balanceOf(hospital);
        const { claim, submission: presented } = await pending(house);
        await escrow.connect(employer).deposit(plan, SURGERY_BENEFIT);
        const calls = {
          fund: () => escrow.fund(claim),
          decide: () => escrow.connect(insurer).decide(claim, usd(1_000), RESPONSE),
          appeal: () => escrow.connect(hospital).appeal(claim, GROUNDS),
          rule: () => escrow.connect(arbitrator).rule(claim, usd(500), REASONS),
          reverse: () => escrow.connect(hospital).reverse(claim, presented.lines),
        };
        let reserve = 0n;
        for (const step of order) {
          await calls[step]();
          await booksBalance(house, [claim]);
          if (step === "rule") reserve = RULING_FEE;
        }
        expect(await token.balanceOf(hospital)).to.equal(before);
        expect((await escrow.reserveOf(plan)).free).to.equal(COLLATERAL + SURGERY_BENEFIT - reserve);
        expect((await escrow.reserveOf(plan)).unfunded).to.equal(0);
      });
    }
  });
});
