import { expect } from "chai";
import { parseUnits, ZeroAddress, ZeroHash, type Result } from "ethers";
import fc from "fast-check";

import type { Hex } from "../../src/crypto/bytes.js";
import { PlanRegistry__factory, type PlanRegistry } from "../../src/generated/index.js";
import type { Line, LineOutcome } from "../../src/insurance/line.js";
import { ethers, loadFixture } from "../fixtures.js";
import {
  adjudicate,
  afterwards,
  COVER,
  MAX_UINT96,
  type Accumulators,
  type Adjudicable,
  type Adjudicated,
  type Benefit,
  type Limits,
  type Outcome,
} from "./adjudicationModel.js";
import { claimAt, policyYear, type PolicyYear } from "./arbitraries.js";

const IS_DEEP = process.env.ACESO_DEEP === "1";
const CLAIMS_A_YEAR = 8;
const YEARS = (IS_DEEP ? 100_000 : 10_000) / CLAIMS_A_YEAR;
/** How many years' claims are on their way at once. */
const YEARS_AT_ONCE = 50;
/** The quick suite adjudicates the same claims every time. */
const SEED = IS_DEEP ? Date.now() : 4;

type Case = { claim: Adjudicable; modelled: Adjudicated };

const tally = { claims: 0, lines: 0, paid: 0, deductible: 0, outOfPocket: 0, annualLimit: 0, preauthorization: 0 };

/** The last day in network. */
const LAST_DAY = 20_000;

describe("simulate", () => {
  it("charges the copay, then the deductible left, then coinsurance of the rest", () =>
    adjudicates({ lines: [{ billed: "1000" }] }, [
      { eligible: "1000", copay: "20", deductible: "500", coinsurance: "96", benefit: "384", patientShare: "616" },
    ]));

  it("charges no deductible for a service it does not apply to", () =>
    adjudicates({ lines: [{ billed: "200", deductibleApplies: false }] }, [
      { eligible: "200", copay: "20", coinsurance: "36", benefit: "144", patientShare: "56" },
    ]));

  it("splits the line that meets the deductible, and charges coinsurance alone from there on", () =>
    adjudicates(
      {
        before: { deductible: "450" },
        lines: [
          { billed: "100", copay: "0" },
          { billed: "100", copay: "0" },
        ],
      },
      [
        { eligible: "100", deductible: "50", coinsurance: "10", benefit: "40", patientShare: "60" },
        { eligible: "100", coinsurance: "20", benefit: "80", patientShare: "20" },
      ],
    ));

  it("charges no more copay than there is", () =>
    adjudicates({ lines: [{ billed: "15" }] }, [{ eligible: "15", copay: "15", patientShare: "15" }]));

  it("stops charging in the middle of a line at the out-of-pocket maximum: the plan pays the rest", () =>
    adjudicates({ before: { deductible: "500", outOfPocket: "1950" }, lines: [{ billed: "300" }, { billed: "100" }] }, [
      { eligible: "300", copay: "20", coinsurance: "30", benefit: "250", patientShare: "50" },
      { eligible: "100", benefit: "100" },
    ]));

  it("credits the deductible what the out-of-pocket maximum let it charge", () =>
    adjudicates({ before: { deductible: "300", outOfPocket: "1990" }, lines: [{ billed: "100", copay: "4" }] }, [
      { eligible: "100", copay: "4", deductible: "6", benefit: "90", patientShare: "10" },
    ]));

  it("leaves the patient what is past the annual limit, and does not count it as cost sharing", async () => {
    const outcome = await adjudicates(
      {
        limits: { annualLimit: "1000" },
        before: { deductible: "500", outOfPocket: "1950", benefit: "950" },
        lines: [
          { billed: "100", copay: "0" },
          { billed: "200", copay: "0" },
        ],
      },
      [
        { eligible: "100", coinsurance: "20", benefit: "50", patientShare: "50" },
        { eligible: "200", coinsurance: "30", patientShare: "200" },
      ],
    );
    expect(outcome.outOfPocket).to.equal(usd("50"));
  });

  it("makes what is above the allowed amount the provider's loss to the last day in network", () =>
    adjudicates(
      {
        before: { deductible: "500" },
        lines: [
          { billed: "250", allowed: "200", copay: "0", day: LAST_DAY },
          { billed: "250", allowed: "200", copay: "0", day: LAST_DAY + 1 },
        ],
      },
      [
        { eligible: "200", coinsurance: "40", benefit: "160", patientShare: "40", writeOff: "50" },
        { eligible: "200", coinsurance: "40", benefit: "160", patientShare: "90" },
      ],
    ));

  it("pays nothing without a preauthorisation the service needs: the provider's loss in network, else the patient's", () =>
    adjudicates(
      {
        lines: [
          { billed: "80", needsPreauthorization: true },
          { billed: "80", needsPreauthorization: true, day: LAST_DAY + 1 },
        ],
      },
      [{ writeOff: "80" }, { patientShare: "80" }],
    ));

  it("pays for no more than was preauthorised, and heeds it only where it is needed", () =>
    adjudicates(
      {
        before: { deductible: "500" },
        lines: [
          { billed: "100", copay: "0", needsPreauthorization: true, authorized: "60" },
          { billed: "100", copay: "0", authorized: "60" },
        ],
      },
      [
        { eligible: "60", coinsurance: "12", benefit: "48", patientShare: "12", writeOff: "40" },
        { eligible: "100", coinsurance: "20", benefit: "80", patientShare: "20" },
      ],
    ));

  it("leaves the patient an excluded service, in network too, and counts it towards nothing", async () => {
    const outcome = await adjudicates({ lines: [{ billed: "75", cover: COVER.Excluded }] }, [{ patientShare: "75" }]);
    expect([outcome.deductible, outcome.outOfPocket]).to.deep.equal([0n, 0n]);
  });

  it("allows for a third of a unit a third of the amount", () =>
    adjudicates({ lines: [{ billed: "40", allowed: "100", quantity: 333n, deductibleApplies: false }] }, [
      { eligible: "33.3", copay: "20", coinsurance: "2.66", benefit: "10.64", patientShare: "22.66", writeOff: "6.7" },
    ]));

  it("rounds down to the token unit, which leaves the odd unit to the plan", () =>
    adjudicates(
      {
        before: { deductible: "500" },
        lines: [
          { billed: "1", allowed: "0.00001", quantity: 333n, copay: "0", coinsuranceBps: 3_333n },
          { billed: "1.000001", copay: "0", coinsuranceBps: 1_500n },
          { billed: "0.000001", copay: "0", coinsuranceBps: 9_999n },
        ],
      },
      [
        { eligible: "0.000003", benefit: "0.000003", writeOff: "0.999997" },
        { eligible: "1.000001", coinsurance: "0.15", benefit: "0.850001", patientShare: "0.15" },
        { eligible: "0.000001", benefit: "0.000001" },
      ],
    ));

  it("leaves nothing of a limit that is passed already", async () => {
    const claim = claimOf({
      limits: { annualLimit: "1000" },
      before: { deductible: "501", outOfPocket: "2001", benefit: "1001" },
      lines: [{ billed: "100" }],
    });
    const { outcomes } = await onChain(await loadFixture(deployed), claim);
    expect(outcomes).to.deep.equal([outcomeOf({ eligible: "100", patientShare: "100" })]);
  });

  it("adjudicates all the amounts there are, and rejects a unit more", async () => {
    const plans = await loadFixture(deployed);
    const claim = claimOf({ lines: [{ billed: "1" }, { billed: "0.000001" }] });
    const [first, last] = claim.lines as [Line, Line];
    const most = { ...claim, lines: [{ ...first, billed: MAX_UINT96 - 1n }, last] };
    expect(await onChain(plans, most)).to.deep.equal(adjudicate(most));
    const tooLarge = onChain(plans, { ...claim, lines: [{ ...first, billed: MAX_UINT96 }, last] });
    await expect(tooLarge)
      .to.be.revertedWithCustomError(plans, "ClaimTooLarge")
      .withArgs(MAX_UINT96 + 1n);
  });
});

describe("simulate beside its model", () => {
  it("makes the same of every claim of every policy's year", async () => {
    const plans = await loadFixture(deployed);
    const years = fc.sample(policyYear(CLAIMS_A_YEAR), { seed: SEED, numRuns: YEARS });
    for (let first = 0; first < YEARS; first += YEARS_AT_ONCE) {
      const some = years.slice(first, first + YEARS_AT_ONCE);
      const areSame = await Promise.all(some.map((year) => isSame(plans, year)));
      const place = areSame.indexOf(false);
      if (place !== -1) await explain(plans, first + place);
    }
  }).timeout(600_000);

  it("met every limit, and paid", () => {
    for (const [met, times] of Object.entries(tally)) expect(times, met).to.be.greaterThan(0);
  });

  after(() => {
    const { claims, lines, paid, deductible, outOfPocket, annualLimit, preauthorization } = tally;
    console.log(
      `    ${claims} claims of ${lines} lines: ${paid} paid; ${deductible} used up the deductible, ${outOfPocket} the ` +
        `out-of-pocket maximum, ${annualLimit} the annual limit; ${preauthorization} lacked a preauthorisation`,
    );
  });
});

type Decimals<T> = { [K in keyof T]?: string };

/** A claim in a currency of six decimals. */
type Example = {
  limits?: Decimals<Limits>;
  before?: Decimals<Accumulators>;
  lines: readonly ExampleLine[];
};

type ExampleLine = Decimals<Pick<Benefit, "allowed" | "copay">> &
  Partial<Omit<Benefit, "allowed" | "copay">> &
  Partial<Pick<Line, "day" | "quantity">> & { billed: string; authorized?: string };

/** That model and contract make this of it. What is not said is zero. */
async function adjudicates(example: Example, expected: readonly Decimals<LineOutcome>[]): Promise<Outcome> {
  const claim = claimOf(example);
  const { outcome, outcomes } = await onChain(await loadFixture(deployed), claim);
  expect(outcomes).to.deep.equal(expected.map(outcomeOf));
  expect(adjudicate(claim)).to.deep.equal({ outcome, outcomes });
  return outcome;
}

/** A deductible of 500 and at most 2,000 out of pocket; a copay of 20 and coinsurance of 20 %, unless said otherwise. */
function claimOf({ limits, before, lines }: Example): Adjudicable {
  return {
    limits: inUnits({ deductible: "500", outOfPocketMax: "2000", annualLimit: "0", ...limits }),
    before: inUnits({ deductible: "0", outOfPocket: "0", benefit: "0", ...before }),
    networkEnd: LAST_DAY + 1,
    benefits: lines.map(({ allowed = "10000", copay = "20", ...line }) => ({
      ...inUnits({ allowed, copay }),
      coinsuranceBps: line.coinsuranceBps ?? 2_000n,
      cover: line.cover ?? COVER.Covered,
      deductibleApplies: line.deductibleApplies ?? true,
      needsPreauthorization: line.needsPreauthorization ?? false,
    })),
    lines: lines.map(({ billed, day = LAST_DAY, quantity = 1_000n }, number) => ({
      ...{ service: ZeroHash as Hex, day, number, quantity, billed: usd(billed) },
    })),
    authorized: lines.map(({ authorized = "0" }) => usd(authorized)),
  };
}

function outcomeOf(amounts: Decimals<LineOutcome>): LineOutcome {
  const nothing = { eligible: "0", copay: "0", deductible: "0", coinsurance: "0" };
  return inUnits({ ...nothing, benefit: "0", patientShare: "0", writeOff: "0", ...amounts });
}

function inUnits<K extends string>(amounts: Record<K, string>): Record<K, bigint> {
  const entries = Object.entries<string>(amounts).map(([name, amount]) => [name, usd(amount)]);
  return Object.fromEntries(entries) as Record<K, bigint>;
}

function usd(amount: string): bigint {
  return parseUnits(amount, 6);
}

async function deployed(): Promise<PlanRegistry> {
  const [deployer] = await ethers.getSigners();
  return new PlanRegistry__factory(deployer!).deploy(ZeroAddress);
}

/** The year's claims one after the other, each with what the ones before came to. */
function casesOf({ limits, before, claims }: PolicyYear): Case[] {
  let year = before;
  return claims.map((draft) => {
    const claim = claimAt(draft, limits, year);
    const modelled = adjudicate(claim);
    year = afterwards(year, modelled.outcome);
    return { claim, modelled };
  });
}

async function isSame(plans: PlanRegistry, year: PolicyYear): Promise<boolean> {
  const to = await plans.getAddress();
  const { selector } = plans.interface.getFunction("simulate");
  const areSame = casesOf(year).map(async ({ claim, modelled }) => {
    count(claim, modelled);
    const data = selector + encodeClaim(claim);
    const answer: unknown = await ethers.provider.send("eth_call", [{ to, data }, "latest"]).catch(() => undefined);
    return answer === `0x${encodeAnswer(modelled)}`;
  });
  return (await Promise.all(areSame)).every(Boolean);
}

/** Fails with the smallest year like this one that the two see differently. */
async function explain(plans: PlanRegistry, run: number): Promise<never> {
  await fc.assert(
    fc.asyncProperty(policyYear(CLAIMS_A_YEAR), async (year) => {
      for (const { claim, modelled } of casesOf(year)) {
        expect(await onChain(plans, claim), inspect(claim)).to.deep.equal(modelled);
      }
    }),
    { seed: SEED, path: String(run), interruptAfterTimeLimit: 10_000 },
  );
  throw new Error(`run ${run} of seed ${SEED} differs`);
}

function count({ limits, before, benefits, lines, authorized }: Adjudicable, { outcome }: Adjudicated): void {
  const after = afterwards(before, outcome);
  tally.claims++;
  tally.lines += lines.length;
  if (outcome.benefit > 0n) tally.paid++;
  if (outcome.deductible > 0n && after.deductible === limits.deductible) tally.deductible++;
  if (outcome.outOfPocket > 0n && after.outOfPocket === limits.outOfPocketMax) tally.outOfPocket++;
  if (outcome.benefit > 0n && after.benefit === limits.annualLimit) tally.annualLimit++;
  const lacks = ({ cover, needsPreauthorization }: Benefit, place: number) =>
    cover === COVER.Covered && needsPreauthorization && authorized[place] === 0n && lines[place]!.billed > 0n;
  if (benefits.some(lacks)) tally.preauthorization++;
}

async function onChain(plans: PlanRegistry, claim: Adjudicable): Promise<Adjudicated> {
  const { limits, before, networkEnd, benefits, lines, authorized } = claim;
  const { outcome, outcomes } = await plans.simulate(
    limits,
    before,
    networkEnd,
    [...benefits],
    [...lines],
    [...authorized],
  );
  return { outcome: named(outcome), outcomes: outcomes.map(named) };
}

/** A struct by its fields' names. */
function named<T>(struct: T): T {
  return (struct as Result).toObject() as T;
}

function inspect(claim: Adjudicable): string {
  return JSON.stringify(claim, (_, value) => (typeof value === "bigint" ? String(value) : value));
}

// By hand, because encoding and decoding thousands of claims by the ABI takes longer than adjudicating them.

function encodeClaim({ limits, before, networkEnd, benefits, lines, authorized }: Adjudicable): string {
  const head = [limits.deductible, limits.outOfPocketMax, limits.annualLimit];
  head.push(before.deductible, before.outOfPocket, before.benefit, BigInt(networkEnd));
  const arrays = [
    benefits.map((each) => [
      ...[each.allowed, each.copay, each.coinsuranceBps, each.cover],
      ...[each.deductibleApplies, each.needsPreauthorization],
    ]),
    lines.map(({ service, day, number, quantity, billed }) => [service, day, number, quantity, billed]),
    authorized.map((amount) => [amount]),
  ].map((array) => [array.length, ...array.flat()]);
  let end = head.length + arrays.length;
  for (const array of arrays) {
    head.push(BigInt(end * 32));
    end += array.length;
  }
  return words([...head, ...arrays.flat()]);
}

function encodeAnswer({ outcome, outcomes }: Adjudicated): string {
  const sums = [outcome.billed, outcome.benefit, outcome.patientShare, outcome.writeOff];
  sums.push(outcome.deductible, outcome.outOfPocket);
  const each = outcomes.map(({ eligible, copay, deductible, coinsurance, benefit, patientShare, writeOff }) => [
    ...[eligible, copay, deductible, coinsurance, benefit, patientShare, writeOff],
  ]);
  return words([...sums, (sums.length + 1) * 32, outcomes.length, ...each.flat()]);
}

function words(values: readonly (bigint | number | boolean | string)[]): string {
  return values.map((value) => BigInt(value).toString(16).padStart(64, "0")).join("");
}
