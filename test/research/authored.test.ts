import { expect } from "chai";

import { accountOf } from "../../src/aceso.js";
import { eraseBySig, signErase } from "../../src/records/erase.js";
import { share } from "../../src/records/share.js";
import { authoredPeople } from "../../src/research/authored.js";
import { added, AMOXICILLIN, bundleOf, GLUCOSE, PRESSURE, stage } from "../sdk.js";

describe("authoredPeople", () => {
  it("reads what the account wrote, person by person, and nothing that others wrote", async () => {
    const { hospital, clinic, patient, doctor } = await stage();
    await added(hospital, patient, bundleOf(GLUCOSE, PRESSURE));
    await added(hospital, doctor, bundleOf(GLUCOSE));
    await added(clinic, patient, bundleOf(AMOXICILLIN));
    await share(patient, { grantee: accountOf(hospital) });
    const { people, unread } = await authoredPeople(hospital);
    const types = people.map((resources) => resources.filter(({ resourceType }) => resourceType !== "Patient").length);
    expect(types).to.have.members([2, 1]);
    expect(JSON.stringify(people)).not.to.contain("Medication");
    expect(unread).to.equal(0);
  });

  it("counts what does not open, and leaves out who has nothing else", async () => {
    const { hospital, patient, doctor, relayer } = await stage();
    const [glucose] = await added(hospital, patient, bundleOf(GLUCOSE));
    await added(hospital, doctor, bundleOf(GLUCOSE));
    await eraseBySig(relayer, await signErase(patient, { records: [glucose!.record] })).send();
    const { people, unread } = await authoredPeople(hospital);
    expect(people).to.have.length(1);
    expect(unread).to.equal(1);
  });
});
