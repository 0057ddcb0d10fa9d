import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import { ROLES } from "../../src/accreditation/role.js";
import Accreditation from "./Accreditation.js";
import Admin from "./Admin.js";
import Consent from "./Consent.js";
import Insurance from "./Insurance.js";
import Medication from "./Medication.js";
import Records from "./Records.js";
import Research from "./Research.js";

/**
 * Every contract, and a first accreditor appointed for every role. {@link System} and {@link Handover} finish it by
 * putting the admin under a delay.
 *
 * Parameter: `accreditor` (address; the deployer when not given).
 */
export default buildModule("Core", (m) => {
  const { accessManager } = m.useModule(Admin);
  const { accreditation } = m.useModule(Accreditation);
  const { consentRegistry, emergencyAccess } = m.useModule(Consent);
  const { recordRegistry, keyDirectory } = m.useModule(Records);
  const { productRegistry, batchLedger, prescriptionRegistry } = m.useModule(Medication);
  const { planRegistry, claimEscrow } = m.useModule(Insurance);
  const { studyRewards, rewardDistributor, rewardToken } = m.useModule(Research);

  const accreditor = m.getParameter("accreditor", m.getAccount(0));
  const appointments = ROLES.map((role, number) =>
    m.encodeFunctionCall(accreditation, "setAccreditor", [number, accreditor, true], { id: `appoint${role}` }),
  );
  m.call(accreditation, "multicall", [appointments], { id: "appointAccreditor" });

  return {
    ...{ accessManager, accreditation, consentRegistry, emergencyAccess, recordRegistry, keyDirectory },
    ...{ productRegistry, batchLedger, prescriptionRegistry, planRegistry, claimEscrow },
    ...{ studyRewards, rewardDistributor, rewardToken },
  };
});
