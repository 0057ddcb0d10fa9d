import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** The `AccessManager` that appoints accreditors. Its admin is the deployer until {@link Handover}. */
export const Admin = buildModule("Admin", (m) => {
  const accessManager = m.contract("AccessManager", [m.getAccount(0)]);
  return { accessManager };
});

export default Admin;
