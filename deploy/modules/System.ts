import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import { ADMIN_ROLE, TWO_DAYS } from "./Admin.js";
import Core from "./Core.js";

/**
 * The whole system, with the deployer as admin under a delay.
 *
 * Parameter: `adminDelay` (seconds between scheduling and executing an admin action; two days when not given).
 */
export default buildModule("System", (m) => {
  const core = m.useModule(Core);

  // Last, because from here on every admin action waits.
  const adminDelay = m.getParameter("adminDelay", TWO_DAYS);
  m.call(core.accessManager, "grantRole", [ADMIN_ROLE, m.getAccount(0), adminDelay], { after: [Core] });

  return core;
});
