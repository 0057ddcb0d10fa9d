/**
 * Insurance plans: drafted, published, funded, read.
 *
 * @module
 */
import { AbiCoder, keccak256 } from "ethers";

import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { eventsOf, inOrder } from "../events.js";
import type { PlanTermsStructOutput } from "../generated/contracts/insurance/PlanRegistry.js";
import { fromBytes32, toBytes32 } from "../gs1/characters.js";
import { prepare, type Prepared } from "../prepare.js";
import { requireUnits } from "../token/amount.js";
import { tokenDecimals } from "../token/token.js";
import { draftCalls, packed } from "./planCalls.js";
import type { PlanDraft } from "./planFile.js";
import type { Benefit, PlanTerms } from "./planTerms.js";
import { serviceKey, type Service } from "./service.js";

/** What makes a plan this plan. */
export type PlanKey = {
  insurer: Address;
  /** What the insurer calls it: up to 32 printable ASCII characters. */
  name: string;
};

/** A plan's books. */
export type Reserve = {
  /** What is bound to no claim, in token units. */
  free: bigint;
  /** What claims are owed that the reserve could not bind when they came, in token units. */
  unfunded: bigint;
  /** How many policies are live; each binds the plan's collateral. */
  policies: number;
};

/** A plan as it stands. */
export type Plan = {
  id: Hex;
  insurer: Address;
  /** In hex when it is no text. */
  name: string;
  /** Whether its terms and benefits are frozen. */
  published: boolean;
  terms: PlanTerms;
  /** The token's; 0 when it does not say. */
  decimals: number;
  reserve: Reserve;
  /** What it pays for the services that were asked for. */
  services: (Service & { benefit: Benefit })[];
};

/**
 * A plan's id.
 *
 * @throws {@link NotBytes32TextError} when the name is no ASCII text of up to 32 characters.
 */
export function planId(key: PlanKey): Hex {
  const { insurer, name } = keyOf(key);
  return keccak256(AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [insurer, name])) as Hex;
}

/**
 * Prepares a plan's draft, or its change into exactly this one: what an earlier draft had besides is taken out. Mostly
 * one transaction; a plan of more than 200 services and providers takes several, all to be sent in this order before it is
 * published.
 *
 * @example
 * const secret = newPlanSecret();
 * for (const step of await create(aceso, { draft: readPlanFile(text), secret })) await step.send();
 *
 * @param insurer the licensed Insurer the connection's account is, or acts for.
 * @param secret the plan's, as {@link newPlanSecret} made it: keep it.
 * @throws {@link PlanDecimalsError} when the token has other decimals than the draft; what {@link serviceKey} throws; on
 * sending {@link ContractError} `PlanUnauthorized`, `PlanFrozen` or `NetworkWasLeft`.
 */
export async function create(
  aceso: Aceso,
  { insurer = accountOf(aceso), draft, secret }: { insurer?: Address; draft: PlanDraft; secret: Hex },
): Promise<Prepared[]> {
  const { plans } = aceso.contracts;
  const { decimals, terms } = draft;
  const actual = await tokenDecimals(aceso, terms.token);
  if (actual !== decimals) throw new PlanDecimalsError(decimals, actual);
  const key = { insurer, name: draft.name };
  const calls = await draftCalls(aceso, { id: planId(key), key: keyOf(key), draft, secret });
  return packed(calls).map((step) => prepare(aceso, plans, plans.interface.encodeFunctionData("multicall", [step])));
}

/**
 * Prepares a draft's publication: from then on its terms and benefits are frozen, and its network only grows.
 *
 * @throws on sending {@link ContractError} `PlanUnknown`, `PlanUnauthorized`, `PlanFrozen`, `PlanTokenMissing`,
 * `PlanDeductibleAboveMax`, `PlanAutoApproveAboveYear`, `PlanWindowOutOfBounds` or `ArbitratorNotIndependent`.
 */
export function publish(
  aceso: Aceso,
  { insurer = accountOf(aceso), name }: { insurer?: Address; name: string },
): Prepared {
  const { plans } = aceso.contracts;
  return prepare(aceso, plans, plans.interface.encodeFunctionData("publish", [keyOf({ insurer, name })]));
}

/**
 * Prepares the naming of further providers of a plan's network, published or not.
 *
 * @throws on sending {@link ContractError} `PlanUnknown`, `PlanUnauthorized` or `NetworkWasLeft`.
 */
export function nameProviders(
  aceso: Aceso,
  { insurer = accountOf(aceso), name, providers }: { insurer?: Address; name: string; providers: readonly Address[] },
): Prepared {
  const { plans } = aceso.contracts;
  const call = [keyOf({ insurer, name }), providers.map(toAddress), true] as const;
  return prepare(aceso, plans, plans.interface.encodeFunctionData("setNetwork", [...call]));
}

/**
 * Prepares a provider's leave of a plan's network, from tomorrow's services on (UTC). Only a new plan can name it again.
 *
 * @param provider the provider the connection's account is, or acts for.
 * @throws on sending {@link ContractError} `NetworkNotYours`.
 */
export function leaveNetwork(
  aceso: Aceso,
  { plan, provider = accountOf(aceso) }: { plan: Hex; provider?: Address },
): Prepared {
  const { plans } = aceso.contracts;
  return prepare(aceso, plans, plans.interface.encodeFunctionData("leaveNetwork", [plan, toAddress(provider)]));
}

/**
 * Prepares a payment into a published plan's reserve, by anyone; {@link approve} it first.
 *
 * @param amount in token units.
 * @throws {@link NegativeAmountError} or {@link AmountTooLargeError}; on sending {@link ContractError}
 * `PlanNotPublished`, `TokenTookFee` or `ReserveTooLarge`, or the token's own.
 */
export function deposit(aceso: Aceso, { plan, amount }: { plan: Hex; amount: bigint }): Prepared {
  const { escrow } = aceso.contracts;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("deposit", [plan, requireUnits(amount)]));
}

/**
 * Prepares a withdrawal from a plan's free reserve, by its insurer.
 *
 * @param amount in token units.
 * @param to who gets it; the connection's account when not given.
 * @throws {@link NegativeAmountError} or {@link AmountTooLargeError}; on sending {@link ContractError}
 * `InsurerUnauthorized` or `ReserveShort`, or the token's own.
 */
export function withdraw(
  aceso: Aceso,
  { plan, amount, to = accountOf(aceso) }: { plan: Hex; amount: bigint; to?: Address },
): Prepared {
  const { escrow } = aceso.contracts;
  const call = [plan, requireUnits(amount), toAddress(to)] as const;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("withdraw", [...call]));
}

/**
 * A plan as it stands; undefined when none was drafted.
 *
 * @param asked the services whose benefits are wanted, with the plan's secret; none when not given.
 * @throws what {@link serviceKey} throws.
 */
export async function planOf(
  aceso: Aceso,
  id: Hex,
  asked?: { secret: Hex; services: readonly Service[] },
): Promise<Plan | undefined> {
  const { plans, escrow } = aceso.contracts;
  const { insurer, published } = await plans.insurerOf(id);
  if (BigInt(insurer) === 0n) return undefined;
  const terms = termsOf(await plans.termsOf(id));
  const [reserve, decimals, drafted, services] = await Promise.all([
    escrow.reserveOf(id),
    tokenDecimals(aceso, terms.token),
    eventsOf(aceso, plans, plans.filters.PlanDrafted(id)),
    asked ? benefitsOf(aceso, id, asked) : [],
  ]);
  const [{ args }] = drafted.sort(inOrder) as [(typeof drafted)[number]];
  return {
    id,
    insurer: insurer as Address,
    name: readable(args.name),
    published,
    terms,
    decimals,
    reserve: { free: reserve.free, unfunded: reserve.unfunded, policies: Number(reserve.policies) },
    services,
  };
}

async function benefitsOf(
  aceso: Aceso,
  id: Hex,
  { secret, services }: { secret: Hex; services: readonly Service[] },
): Promise<Plan["services"]> {
  const { plans } = aceso.contracts;
  return Promise.all(
    services.map(async ({ system, code }) => {
      const { allowed, copay, coinsuranceBps, cover, deductibleApplies, needsPreauthorization } = await plans.benefitOf(
        id,
        serviceKey(secret, { system, code }),
      );
      const benefit = { allowed, copay, coinsuranceBps, cover, deductibleApplies, needsPreauthorization };
      return { system, code, benefit };
    }),
  );
}

/** The answer by its members' names, without their places. */
function termsOf(answer: PlanTermsStructOutput): PlanTerms {
  return {
    token: answer.token as Address,
    deductible: answer.deductible,
    outOfPocketMax: answer.outOfPocketMax,
    annualLimit: answer.annualLimit,
    autoApproveClaim: answer.autoApproveClaim,
    autoApproveYear: answer.autoApproveYear,
    responseWindow: answer.responseWindow,
    appealWindow: answer.appealWindow,
    rulingWindow: answer.rulingWindow,
    arbitrator: answer.arbitrator as Address,
    fallbackArbitrator: answer.fallbackArbitrator as Address,
    rulingFee: answer.rulingFee,
    collateral: answer.collateral,
  };
}

function keyOf({ insurer, name }: PlanKey): { insurer: Address; name: Hex } {
  return { insurer: toAddress(insurer), name: toBytes32(name) };
}

// The contract takes any bytes for a name, such as a digest.
function readable(name: string): string {
  try {
    return fromBytes32(name);
  } catch {
    return name;
  }
}

/** A draft counts with other decimals than its token. */
export class PlanDecimalsError extends AcesoError {
  override name = "PlanDecimalsError";
  constructor(
    readonly said: number,
    readonly actual: number,
  ) {
    super(
      `The plan says its token has ${said} decimals; the token says ${actual}, which is also read where it says none.`,
      "Check the token's address, and correct decimals in the plan file: every amount depends on it.",
    );
  }
}
