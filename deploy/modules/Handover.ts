import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import { ADMIN_ROLE, TWO_DAYS } from "./Admin.js";
import Core from "./Core.js";

/**
 * The whole system, with another account as admin under a delay; the deployer keeps no power. For production, where the
 * admin is a multisig: deploy this instead of {@link System}.
 *
 * Parameters: `admin` (address, not the deployer) and `adminDelay` (seconds; two days when not given).
 */
export default buildModule("Handover", (m) => {
  const core = m.useModule(Core);

  const deployer = m.getAccount(0);
  const adminDelay = m.getParameter("adminDelay", TWO_DAYS);
  const granted = m.call(core.accessManager, "grantRole", [ADMIN_ROLE, m.getParameter("admin"), adminDelay], {
    after: [Core],
  });
  m.call(core.accessManager, "renounceRole", [ADMIN_ROLE, deployer], { after: [granted] });

  return core;
});
