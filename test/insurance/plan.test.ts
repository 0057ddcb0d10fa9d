import { expect } from "chai";

import { accountOf } from "../../src/aceso.js";
import type { Address } from "../../src/crypto/address.js";
import {
  create,
  deposit,
  leaveNetwork,
  PlanDecimalsError,
  nameProviders,
  planId,
  planOf,
  publish,
  withdraw,
} from "../../src/insurance/plan.js";
import { readPlanFile } from "../../src/insurance/planFile.js";
import { newPlanSecret } from "../../src/insurance/service.js";
import { ContractError } from "../../src/revert.js";
import { approve } from "../../src/token/token.js";
import { refusal } from "../sdk.js";
import { usd } from "./escrow.js";
import { CODES, everybody, PLAN, type People } from "./people.js";

/** Another plan of the insurer's, in a file of its own. */
function fileOf({ arbitrator, fallback, hospital, house }: People) {
  return {
    ...PLAN,
    name: "Gold 2026",
    token: house.token.target,
    arbitrators: { primary: accountOf(arbitrator), fallback: accountOf(fallback) },
    network: [accountOf(hospital)],
  };
}

async function drafted(all: People, changes: object = {}) {
  const secret = newPlanSecret();
  const draft = readPlanFile({ ...fileOf(all), ...changes });
  for (const step of await create(all.adjuster, { insurer: accountOf(all.insurer), draft, secret })) await step.send();
  return { secret, draft, id: planId({ insurer: accountOf(all.insurer), name: draft.name }) };
}

describe("create", () => {
  it("drafts what the file says, by the insurer's staff", async () => {
    const all = await everybody();
    const { id, draft, secret } = await drafted(all);
    const plan = (await planOf(all.stranger, id, { secret, services: draft.services }))!;
    expect(plan).to.deep.include({ name: "Gold 2026", published: false, decimals: 6, terms: draft.terms });
    expect(plan.services.map(({ benefit }) => benefit)).to.deep.equal(draft.services.map(({ benefit }) => benefit));
  });

  it("takes out what an earlier draft had besides", async () => {
    const all = await everybody();
    const first = await drafted(all);
    const again = readPlanFile({ ...fileOf(all), benefits: PLAN.benefits.slice(0, 1), network: [] });
    const key = { insurer: accountOf(all.insurer), draft: again, secret: first.secret };
    for (const step of await create(all.adjuster, key)) await step.send();
    const asked = { secret: first.secret, services: first.draft.services };
    const { services } = (await planOf(all.stranger, first.id, asked))!;
    expect(services.map(({ benefit }) => benefit.cover)).to.deep.equal([1n, 0n, 0n, 0n]);
    expect(await all.stranger.contracts.plans.networkEndOf(first.id, accountOf(all.hospital))).to.equal(0);
  });

  it("takes several transactions for a large plan, all before it is published", async () => {
    const all = await everybody();
    const [visit] = PLAN.benefits;
    const benefits = Array.from({ length: 250 }, (_, place) => ({ ...visit!, system: CODES, code: `X${place}` }));
    const { id, draft, secret } = await drafted(all, { benefits });
    const last = draft.services.at(-1)!;
    const { services } = (await planOf(all.stranger, id, { secret, services: [last] }))!;
    expect(services[0]!.benefit).to.deep.equal(last.benefit);
  });

  it("refuses a token of other decimals", async () => {
    const all = await everybody();
    const draft = readPlanFile({ ...fileOf(all), decimals: 18 });
    await refusal(create(all.insurer, { draft, secret: newPlanSecret() }), PlanDecimalsError);
  });
});

describe("publish", () => {
  it("freezes the plan, and lets its network grow and be left", async () => {
    const all = await everybody();
    const { id, draft, secret } = await drafted(all);
    await publish(all.insurer, { name: draft.name }).send();
    expect(await planOf(all.stranger, id)).to.include({ published: true });
    const again = (await create(all.insurer, { draft, secret }))[0]!;
    expect(await refusal(again.send(), ContractError)).to.have.property("error", "PlanFrozen");

    const { plans } = all.stranger.contracts;
    await nameProviders(all.insurer, { name: draft.name, providers: [accountOf(all.clinic)] }).send();
    expect(await plans.networkEndOf(id, accountOf(all.clinic))).to.equal(2 ** 24 - 1);
    await leaveNetwork(all.clinic, { plan: id }).send();
    expect(await plans.networkEndOf(id, accountOf(all.clinic))).to.be.below(2 ** 24 - 1);
  });
});

describe("deposit and withdraw", () => {
  it("fill the reserve and take out what is free", async () => {
    const all = await everybody();
    const { id, draft } = await drafted(all);
    await publish(all.insurer, { name: draft.name }).send();
    await approve(all.insurer, {
      token: all.house.token.target as Address,
      spender: all.insurer.contracts.escrow.target as Address,
      amount: usd(100),
    }).send();
    await deposit(all.insurer, { plan: id, amount: usd(100) }).send();
    await withdraw(all.insurer, { plan: id, amount: usd(40), to: accountOf(all.insurer) }).send();
    expect((await planOf(all.stranger, id))!.reserve).to.deep.equal({ free: usd(60), unfunded: 0n, policies: 0 });
  });

  it("knows nothing of a plan nobody drafted", async () => {
    const all = await everybody();
    expect(await planOf(all.stranger, `0x${"00".repeat(32)}`)).to.equal(undefined);
  });
});
