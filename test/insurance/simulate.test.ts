import { expect } from "chai";
import type { Claim } from "fhir/r4.js";

import { claimContext } from "../../src/fhir/claimContext.js";
import type { PlanDraft } from "../../src/insurance/planFile.js";
import { simulate } from "../../src/insurance/simulate.js";
import { fullEntriesOf } from "../../src/fhir/resource.js";
import type { Service } from "../../src/insurance/service.js";
import { example, examplesOf, syntheaBundles } from "../fhir/examples.js";
import { usd } from "./escrow.js";
import { CODES, everybody, service, submitted } from "./people.js";

/** A FHIR Claim of one line a service, for what it asks. */
function pastClaim(parts: Partial<Claim>, ...services: [code: string, net: number, quantity?: number][]): Claim {
  return {
    resourceType: "Claim",
    id: "one",
    status: "active",
    type: {},
    use: "claim",
    patient: { reference: "Patient/1" },
    provider: { reference: "Organization/1" },
    created: "2026-03-01",
    priority: {},
    insurance: [{ sequence: 1, focal: true, coverage: { reference: "Coverage/1" } }],
    item: services.map(([code, net, value = 1], at) => ({
      sequence: at + 1,
      productOrService: { coding: [{ system: CODES, code }] },
      servicedDate: "2026-03-01",
      quantity: { value },
      net: { value: net, currency: "USD" },
    })),
    ...parts,
  };
}

function on(claim: Claim, day: string, place = 0): Claim {
  return { ...claim, item: claim.item!.map((item, at) => (at === place ? { ...item, servicedDate: day } : item)) };
}

async function replayed(draft: PlanDraft, claims: Claim[], network?: string[]) {
  const { stranger } = await everybody();
  const past = claims.map((claim) => ({ claim, context: claimContext() }));
  return simulate(stranger, { draft, claims: past, ...(network && { network }) });
}

describe("simulate", () => {
  it("comes to what the chain would have paid", async () => {
    const all = await everybody();
    const { totals, claims } = await replayed(all.draft, [pastClaim({}, ["visit", 150], ["laboratory", 200, 2])]);
    const lines = [service(all), service(all, { sequence: "2", code: "laboratory", quantity: "2", billed: "200.00" })];
    const { result } = await submitted(all, ...lines);
    expect(claims[0]!.outcome).to.deep.equal(result.outcome);
    expect(totals).to.include({ claims: 1, billedClaims: 1, lines: 2, notBilled: 0, atOnce: 1, ...result.outcome });
    expect(claims[0]).to.deep.include({ claim: "Claim/one", patient: "Patient/1", provider: "Organization/1" });
    expect(claims[0]).to.deep.include({ years: [2026], atOnce: true });
    const reasons = claims[0]!.lines.map(({ entries }) => entries.flatMap(({ reason }) => reason?.code ?? []));
    expect(reasons).to.deep.equal([
      ["45", "3"],
      ["45", "1", "2"],
    ]);
  });

  it("counts deductible and limits for each patient and calendar year, in the order of days", async () => {
    const { draft } = await everybody();
    const claim = pastClaim({}, ["laboratory", 80]);
    const { claims } = await replayed(draft, [
      on({ ...claim, id: "second" }, "2026-05-01"),
      on({ ...claim, id: "first" }, "2026-04-30"),
      on({ ...claim, id: "next year" }, "2027-01-01"),
      on({ ...claim, id: "another's", patient: { reference: "Patient/2" } }, "2026-06-01"),
    ]);
    expect(claims.map(({ claim, outcome }) => [claim, outcome.deductible])).to.deep.equal([
      ["Claim/first", usd(80)],
      ["Claim/second", usd(20)],
      ["Claim/another's", usd(80)],
      ["Claim/next year", usd(80)],
    ]);
  });

  it("takes a claim over the turn of the year for two policies'", async () => {
    const { draft } = await everybody();
    const claim = on(pastClaim({}, ["laboratory", 80], ["laboratory", 80]), "2025-12-31");
    const { claims } = await replayed(draft, [claim]);
    expect(claims[0]!.years).to.deep.equal([2025, 2026]);
    expect(claims[0]!.outcome.deductible).to.equal(usd(160));
  });

  it("does not take claims without a patient for one person's", async () => {
    const { draft } = await everybody();
    const claim = pastClaim({ patient: {} }, ["laboratory", 80]);
    const { claims } = await replayed(draft, [claim, claim]);
    expect(claims.map(({ outcome }) => outcome.deductible)).to.deep.equal([usd(80), usd(80)]);
  });

  it("tells what would have waited for the insurer: a claim, or a year's, beyond the limits", async () => {
    const { draft } = await everybody();
    const visits = pastClaim({}, ["visit", 480, 4]);
    const large = pastClaim({ patient: { reference: "Patient/2" } }, ["visit", 600, 5]);
    const { claims, totals } = await replayed(draft, [large, visits, visits, visits, visits, visits]);
    expect(claims.map(({ atOnce }) => atOnce)).to.deep.equal([false, true, true, true, true, false]);
    expect(totals).to.include({ billedClaims: 6, atOnce: 4 });
  });

  it("pays lines that name a preauthorisation, and others that need one not", async () => {
    const { draft } = await everybody();
    const claim = pastClaim({}, ["surgery", 400]);
    const insurance = [{ ...claim.insurance[0]!, preAuthRef: ["PA-7"] }];
    const { claims } = await replayed(draft, [claim, { ...claim, id: "two", insurance }]);
    expect(claims.map(({ outcome }) => outcome.benefit)).to.deep.equal([0n, usd(270)]);
    expect(claims.map(({ lines }) => lines[0]!.preauthorization)).to.deep.equal(["missing", "given"]);
  });

  it("takes all providers for in network, or those that are named", async () => {
    const { draft } = await everybody();
    const claim = pastClaim({}, ["visit", 150]);
    const writeOff = async (network?: string[]) => (await replayed(draft, [claim], network)).totals.writeOff;
    expect(await writeOff()).to.equal(usd(30));
    expect(await writeOff(["Organization/1"])).to.equal(usd(30));
    expect(await writeOff(["Organization/2"])).to.equal(0n);
    const nobody = pastClaim({ provider: {} }, ["visit", 150]);
    expect((await replayed(draft, [nobody], ["Organization/1"])).totals.writeOff).to.equal(0n);
  });

  it("reports what can't be billed, what the plan does not list, and claims that are none", async () => {
    const { draft } = await everybody();
    const { claims, totals } = await replayed(draft, [
      pastClaim({ id: "mixed" }, ["visit", 150], ["unheard of", 40], ["laboratory", 0], ["laboratory", 9, 200_000]),
      pastClaim({ id: "old", item: on(pastClaim({}, ["visit", 150]), "1969-07-20").item! }),
      pastClaim({ id: "huge" }, ["visit", 6e22], ["visit", 6e22]),
      pastClaim({ id: "foreign", total: { value: 1, currency: "EUR" } }, ["visit", 150]),
      pastClaim({ id: "empty", item: [] }),
    ]);
    const found = Object.fromEntries(
      claims.map(({ claim, notBilled }) => [claim, notBilled.map(({ sequence, reason }) => [sequence, reason])]),
    );
    expect(found).to.deep.equal({
      "Claim/mixed": [
        ["3", "no-charge"],
        ["4", "bad-quantity"],
        ["2", "not-listed"],
      ],
      "Claim/old": [["1", "DayOutOfRangeError"]],
      "Claim/huge": [
        ["1", "too-large"],
        ["2", "too-large"],
      ],
      "Claim/foreign": [["", "ForeignCurrencyError"]],
      "Claim/empty": [["", "MissingItemsError"]],
    });
    expect(totals).to.include({ claims: 5, billedClaims: 1, lines: 1, notBilled: 8, billed: usd(150) });
    const [unlisted] = claims
      .find(({ claim }) => claim === "Claim/mixed")!
      .notBilled.filter(({ amount }) => amount === "40.00");
    expect(unlisted!.sentence).to.match(/^The plan does not list http.*\|.+\.$/);
  });

  it("accounts for every claim of HL7's examples and of real bundles", async () => {
    const { stranger, draft } = await everybody();
    const examples = examplesOf("Claim").map((name) => ({ claim: example<Claim>(name) }));
    const bundled = syntheaBundles().flatMap((bundle) => {
      const context = claimContext(bundle);
      const claims = fullEntriesOf(bundle).flatMap(({ resource }) =>
        resource.resourceType === "Claim" ? resource : [],
      );
      return claims.map((claim) => ({ claim, context }));
    });
    const claims = [...examples, ...bundled];
    const { notBilled } = (await simulate(stranger, { draft, claims })).totals;
    expect(notBilled).to.be.above(0);

    const codes = claims.flatMap(({ claim }) => codesIn(claim));
    const services = [...new Map(codes.map((each) => [`${each.system} ${each.code}`, each])).values()];
    const benefit = draft.services.find(({ code }) => code === "laboratory")!.benefit;
    const listing = { ...draft, services: services.map((service) => ({ ...service, benefit })) };
    const { totals, claims: simulated } = await simulate(stranger, { draft: listing, claims });
    expect(totals.billedClaims).to.be.above(0);
    expect(totals.billed).to.equal(totals.benefit + totals.patientShare + totals.writeOff);
    for (const { claim, lines, notBilled } of simulated) expect(lines.length + notBilled.length, claim).to.be.above(0);
    for (const { outcome, lines } of simulated) {
      expect(lines.reduce((sum, line) => sum + line.billed, 0n)).to.equal(outcome.billed);
    }
  });
});

function codesIn(claim: Claim): Service[] {
  const items = (claim.item ?? []).flatMap((item) => [item, ...(item.detail ?? [])]);
  return items.flatMap(({ productOrService }) =>
    (productOrService.coding ?? []).flatMap(({ system, code }) => (system && code ? { system, code } : [])),
  );
}
