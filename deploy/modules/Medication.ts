import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import Accreditation from "./Accreditation.js";

/** Authorised products, batches from factory to patient, and prescriptions. */
export default buildModule("Medication", (m) => {
  const { accreditation } = m.useModule(Accreditation);
  const productRegistry = m.contract("ProductRegistry", [accreditation]);
  const libraries = {
    Conditions: m.library("Conditions"),
    Packaging: m.library("Packaging"),
    Recalls: m.library("Recalls"),
  };
  const batchLedger = m.contract("BatchLedger", [accreditation, productRegistry], { libraries });
  const prescriptionRegistry = m.contract("PrescriptionRegistry", [accreditation, batchLedger]);
  return { productRegistry, batchLedger, prescriptionRegistry };
});
