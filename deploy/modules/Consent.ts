import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import Accreditation from "./Accreditation.js";

/** Who may use a patient's data, and breaking the glass. */
export default buildModule("Consent", (m) => {
  const { accreditation } = m.useModule(Accreditation);
  const consentRegistry = m.contract("ConsentRegistry");
  const emergencyAccess = m.contract("EmergencyAccess", [accreditation, consentRegistry]);
  return { consentRegistry, emergencyAccess };
});
