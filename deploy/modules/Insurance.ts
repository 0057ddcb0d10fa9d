import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import Accreditation from "./Accreditation.js";
import Admin from "./Admin.js";
import Consent from "./Consent.js";

/** Insurance plans, and the escrow that adjudicates and pays their claims. */
export default buildModule("Insurance", (m) => {
  const { accessManager } = m.useModule(Admin);
  const { accreditation } = m.useModule(Accreditation);
  const { consentRegistry } = m.useModule(Consent);
  const planRegistry = m.contract("PlanRegistry", [accreditation]);
  const libraries = {
    Disputes: m.library("Disputes"),
    Submissions: m.library("Submissions"),
    Terminations: m.library("Terminations"),
  };
  const claimEscrow = m.contract("ClaimEscrow", [accessManager, accreditation, consentRegistry, planRegistry], {
    libraries,
  });
  return { planRegistry, claimEscrow };
});
