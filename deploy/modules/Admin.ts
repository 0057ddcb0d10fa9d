import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** `AccessManager`'s id of the role that holds all admin power. */
export const ADMIN_ROLE = 0n;

/** How long an admin action waits between scheduling and execution when nothing else is said, in seconds. */
export const TWO_DAYS = 2 * 24 * 60 * 60;

/** The `AccessManager` that appoints accreditors. While the system is being deployed its admin is the deployer. */
export default buildModule("Admin", (m) => {
  const accessManager = m.contract("AccessManager", [m.getAccount(0)]);
  return { accessManager };
});
