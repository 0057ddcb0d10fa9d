import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import Admin from "./Admin.js";

/** Who is licensed to act in which role. */
export default buildModule("Accreditation", (m) => {
  const { accessManager } = m.useModule(Admin);
  const accreditation = m.contract("Accreditation", [accessManager]);
  return { accreditation };
});
