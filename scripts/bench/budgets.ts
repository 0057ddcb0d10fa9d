/**
 * What each operation may cost at most.
 *
 * @module
 */

/** An operation's budget, in gas. */
export type Budget = {
  gas: number;
  /** `target`: set before the contracts were written. `measured`: at most 1 % above what it cost when it was added. */
  source: "target" | "measured";
  /** What the same costs elsewhere. */
  usualWay?: string;
};

/** The budget of every operation. */
export const BUDGETS = {
  "accreditation.accredit": { gas: 50_400, source: "measured" },
  "consent.grant": { gas: 55_000, source: "target", usualWay: "EAS attestation 249,520" },
  "consent.grantBySig": { gas: 65_500, source: "target", usualWay: "EAS attestation 249,520" },
  "consent.revoke": { gas: 33_600, source: "measured" },
  "consent.revokeAll": { gas: 47_000, source: "target", usualWay: "EAS revocation 68,559, each" },
  "emergency.open": { gas: 105_500, source: "measured" },
  "records.anchor": { gas: 63_000, source: "target" },
  "records.anchorBatch": { gas: 33_000, source: "target", usualWay: "EAS multiAttest 210,929" },
  "records.anchorRoot": { gas: 60_000, source: "target" },
  "records.logAccess": { gas: 52_000, source: "target" },
  "keys.publish": { gas: 45_900, source: "measured" },
  "medication.commission": { gas: 115_000, source: "target", usualWay: "ERC-721 mint 68,648 a unit" },
  "medication.commission1": { gas: 115_000, source: "target", usualWay: "ERC-721 mint 68,648 a unit" },
  "medication.commission1000": { gas: 115_000, source: "target", usualWay: "ERC-721 mint 68,648 a unit" },
  "medication.split": { gas: 27_100, source: "measured" },
  "medication.pack": { gas: 15_900, source: "measured" },
  "medication.ship": { gas: 52_000, source: "target", usualWay: "ERC-721 transfer 54,842 a unit" },
  "medication.shipToPharmacy": { gas: 60_300, source: "measured", usualWay: "ERC-721 transfer 54,842 a unit" },
  "medication.shipParcels": { gas: 13_080, source: "measured", usualWay: "ERC-721 transfer 54,842 a unit" },
  "medication.receive": { gas: 45_000, source: "target", usualWay: "ERC-721 transfer 54,842 a unit" },
  "medication.dispense": { gas: 71_000, source: "target" },
  "medication.dispenseFirst": { gas: 88_000, source: "target" },
  "medication.recall": { gas: 46_000, source: "target" },
  "prescription.issue": { gas: 69_400, source: "measured" },
  "prescription.fill": { gas: 95_000, source: "target" },
  "insurance.submit": { gas: 210_000, source: "target" },
  "insurance.submit1": { gas: 179_800, source: "measured" },
  "insurance.submit10": { gas: 305_000, source: "target" },
  "insurance.submitPending": { gas: 255_000, source: "target" },
  "insurance.decide": { gas: 95_000, source: "target" },
  "insurance.finalize": { gas: 67_300, source: "measured" },
  "insurance.appeal": { gas: 74_100, source: "measured" },
  "insurance.rule": { gas: 128_400, source: "measured" },
  "insurance.reverse": { gas: 112_100, source: "measured" },
  "insurance.purchase": { gas: 135_000, source: "target" },
  "insurance.deposit": { gas: 60_900, source: "measured" },
  "research.enrol": { gas: 80_000, source: "target" },
  "research.contribute": { gas: 100_000, source: "target" },
  "research.milestone": { gas: 54_900, source: "measured" },
  "research.claim": { gas: 48_200, source: "measured" },
  "research.publishPayouts1000": { gas: 119_900, source: "measured" },
  "research.publishPayouts": { gas: 119_900, source: "measured" },
  "research.claimPayout": { gas: 84_000, source: "target", usualWay: "Uniswap distributor 88,024" },
  "research.claimPayouts3": { gas: 119_700, source: "measured" },
} as const satisfies Record<string, Budget>;

/** The name of an operation: domain and verb. */
export type OperationName = keyof typeof BUDGETS;

/** An operation's budget. */
export function budgetOf(name: OperationName): Budget {
  return BUDGETS[name];
}
