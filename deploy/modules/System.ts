import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import { ROLES } from "../../src/accreditation/role.js";
import Accreditation from "./Accreditation.js";
import Admin from "./Admin.js";
import Consent from "./Consent.js";
import Records from "./Records.js";

/** `AccessManager`'s id of the role that holds all admin power. */
const ADMIN_ROLE = 0n;

/**
 * The whole system, with a first accreditor appointed for every role and the admin under a delay.
 *
 * Parameters: `accreditor` (address; the deployer when not given) and `adminDelay` (seconds between scheduling and
 * executing an admin action; two days when not given).
 */
export const System = buildModule("System", (m) => {
  const { accessManager } = m.useModule(Admin);
  const { accreditation } = m.useModule(Accreditation);
  const { consentRegistry, emergencyAccess } = m.useModule(Consent);
  const { recordRegistry, keyDirectory } = m.useModule(Records);

  const deployer = m.getAccount(0);
  const accreditor = m.getParameter("accreditor", deployer);
  const adminDelay = m.getParameter("adminDelay", 2 * 24 * 60 * 60);

  const appointments = ROLES.map((role, index) =>
    m.encodeFunctionCall(accreditation, "setAccreditor", [index, accreditor, true], { id: `appoint${role}` }),
  );
  const appointed = m.call(accreditation, "multicall", [appointments], { id: "appointAccreditor" });
  // Last, because from here on every admin action waits.
  m.call(accessManager, "grantRole", [ADMIN_ROLE, deployer, adminDelay], { id: "delayAdmin", after: [appointed] });

  return { accessManager, accreditation, consentRegistry, emergencyAccess, recordRegistry, keyDirectory };
});

export default System;
