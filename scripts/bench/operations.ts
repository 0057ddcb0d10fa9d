/**
 * Every operation the bench prices, domain by domain.
 *
 * @module
 */
import type { Bench } from "./bench.js";
import type { Operation } from "./operation.js";
import { accreditationOperations } from "./operations/accreditation.js";
import { consentOperations } from "./operations/consent.js";
import { emergencyOperations } from "./operations/emergency.js";
import { insuranceOperations } from "./operations/insurance.js";
import { keyOperations } from "./operations/keys.js";
import { medicationOperations } from "./operations/medication.js";
import { prescriptionOperations } from "./operations/prescription.js";
import { recordOperations } from "./operations/records.js";
import { researchOperations } from "./operations/research.js";

const DOMAINS = [
  accreditationOperations,
  consentOperations,
  emergencyOperations,
  recordOperations,
  keyOperations,
  medicationOperations,
  prescriptionOperations,
  insuranceOperations,
  researchOperations,
];

/** Sets the scene of every domain and gives its operations. */
export async function allOperations(bench: Bench): Promise<Operation[]> {
  const operations: Operation[] = [];
  for (const operationsOf of DOMAINS) operations.push(...(await operationsOf(bench)));
  return operations;
}
