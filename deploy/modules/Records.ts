import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import Accreditation from "./Accreditation.js";
import Consent from "./Consent.js";

/** Which encrypted records exist, and the keys to wrap theirs with. */
export default buildModule("Records", (m) => {
  const { accreditation } = m.useModule(Accreditation);
  const { consentRegistry, emergencyAccess } = m.useModule(Consent);
  const recordRegistry = m.contract("RecordRegistry", [accreditation, consentRegistry, emergencyAccess]);
  const keyDirectory = m.contract("KeyDirectory");
  return { recordRegistry, keyDirectory };
});
