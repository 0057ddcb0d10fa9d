/**
 * Adjudicated claims to test with: one to vary, and consistent ones at random.
 *
 * @module
 */
import fc from "fast-check";
import type { AdjudicatedClaim, AdjudicatedLine, AdjudicatedState } from "../../src/fhir/adjudication.js";
import type { LineOutcome } from "../../src/insurance/line.js";

export const PATIENT = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb";
export const PROVIDER = "0x52908400098527886E0F7030069857D2E4169EE7";
export const INSURER = "0xde709f2102306220921060314715629080e2fb77";
export const CLAIM_ID = `0x${"c1".repeat(32)}` as const;
export const POLICY_ID = `0x${"b0".repeat(32)}` as const;

/** 1 March 2026, noon. */
export const SUBMITTED = Date.UTC(2026, 2, 1, 12) / 1000;

/** So much of a token of 6 decimals. */
export function cents(amount: number): bigint {
  return BigInt(amount) * 10_000n;
}

/** The outcome of a covered line in network: what is not eligible is written off, what is not shared the plan pays. */
export function outcomeOf(billed: bigint, parts: Partial<LineOutcome> = {}): LineOutcome {
  const { eligible = billed, copay = 0n, deductible = 0n, coinsurance = 0n } = parts;
  const benefit = parts.benefit ?? eligible - copay - deductible - coinsurance;
  const writeOff = parts.writeOff ?? billed - eligible;
  return { eligible, copay, deductible, coinsurance, benefit, writeOff, patientShare: billed - benefit - writeOff };
}

/** A covered visit in network on 27 February 2026 for 125.00. */
export function line(parts: Partial<AdjudicatedLine> = {}): AdjudicatedLine {
  const billed = parts.billed ?? cents(12_500);
  return {
    sequence: "1",
    system: "http://www.ama-assn.org/go/cpt",
    code: "99213",
    display: "Office visit",
    day: "2026-02-27",
    quantity: "1",
    billed,
    outcome: outcomeOf(billed),
    inNetwork: true,
    cover: "Covered",
    preauthorization: "notNeeded",
    ...parts,
  };
}

/** A claim of these lines, settled as the plan's rules have it but for the state's parts. */
export function claimOf(
  lines: readonly AdjudicatedLine[],
  state: Partial<AdjudicatedState> = {},
  parts: Partial<AdjudicatedClaim> = {},
): AdjudicatedClaim {
  return {
    chainId: 11_155_111n,
    id: CLAIM_ID,
    policy: POLICY_ID,
    patient: PATIENT,
    provider: PROVIDER,
    insurer: INSURER,
    submittedAt: SUBMITTED,
    state: { status: "Final", benefit: adjudicated(lines), disputed: 0n, unfunded: false, automatic: false, ...state },
    currency: "USD",
    decimals: 6,
    lines,
    ...parts,
  };
}

/** What the plan's rules give for these lines. */
export function adjudicated(lines: readonly AdjudicatedLine[]): bigint {
  return lines.reduce((sum, { outcome }) => sum + outcome!.benefit, 0n);
}

const share = fc.bigInt({ min: 0n, max: 100n });

const anyLine: fc.Arbitrary<AdjudicatedLine> = fc
  .record({
    billed: fc.bigInt({ min: 0n, max: 10n ** 9n }),
    inNetwork: fc.boolean(),
    cover: fc.constantFrom("Covered" as const, "Excluded" as const),
    preauthorization: fc.constantFrom("notNeeded" as const, "missing" as const, "given" as const),
    day: fc.constantFrom("2026-02-27", "2026-02-28"),
    shares: fc.tuple(share, share, share, share, share),
  })
  .map(({ shares: [allowed, copays, deductibles, coinsurances, limits], ...parts }) => {
    const { billed, inNetwork, cover, preauthorization } = parts;
    const paysNothing = cover === "Excluded" || preauthorization === "missing";
    const eligible = paysNothing ? 0n : (billed * allowed) / 100n;
    const copay = (eligible * copays) / 100n;
    const deductible = ((eligible - copay) * deductibles) / 100n;
    const coinsurance = ((eligible - copay - deductible) * coinsurances) / 100n;
    const benefit = ((eligible - copay - deductible - coinsurance) * limits) / 100n;
    const writeOff = cover === "Covered" && inNetwork ? billed - eligible : 0n;
    return line({
      ...parts,
      outcome: outcomeOf(billed, { eligible, copay, deductible, coinsurance, benefit, writeOff }),
    });
  });

/** Claims in any status the chain can have them in. */
export const anyClaim: fc.Arbitrary<AdjudicatedClaim> = fc
  .record({
    lines: fc.array(anyLine, { minLength: 1, maxLength: 4 }),
    nested: fc.boolean(),
    status: fc.constantFrom("Unacknowledged", "Pending", "Decided", "Appealed", "Final", "Reversed"),
    approved: share,
  })
  .map(({ lines, nested, status, approved }) => {
    const numbered = lines.map((each, i) => ({
      ...each,
      sequence: nested ? `${1 + (i % 2)}.${i + 1}` : String(i + 1),
    }));
    const full = adjudicated(numbered);
    const benefit = status === "Pending" ? full : (full * approved) / 100n;
    const open = status === "Decided" || status === "Appealed";
    return claimOf(numbered, { status, benefit, disputed: open ? full - benefit : 0n });
  });
