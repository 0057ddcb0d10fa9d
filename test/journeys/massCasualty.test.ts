import { expect } from "chai";
import { id } from "ethers";

import { accountOf, connect, type Aceso } from "../../src/aceso.js";
import { generateEncryptionKey } from "../../src/crypto/encryptionKey.js";
import { emergency, records, type Hex, type Opened } from "../../src/index.js";
import { time } from "../fixtures.js";
import { added, bundleOf, GLUCOSE, HIV_TEST, idsIn, published, refusal, revert } from "../sdk.js";
import { stage, unfunded, type Stage } from "../sdk.js";

const EVIDENCE = id("a train derailed") as Hex;
const REASONS = id("the report on the accident") as Hex;

/** Six people nobody has asked anything yet, with records at the hospital. None of them holds ether. */
async function injured({ deployment, vault, hospital, relayer }: Stage): Promise<Aceso[]> {
  const people: Aceso[] = [];
  for (let number = 1; number <= 6; ++number) {
    const encryptionKey = await generateEncryptionKey();
    const person = await connect(unfunded(`injured ${number}`), { deployment, vault, encryptionKey });
    await published(person, relayer);
    await added(hospital, person, bundleOf({ ...GLUCOSE, id: `glucose-${number}` }, HIV_TEST));
    people.push(person);
  }
  return people;
}

/** Opens a person's records as the doctor, with the colleague's countersignature where one is needed. */
async function broken({ doctor, colleague }: Stage, person: Aceso): Promise<Opened> {
  const asked = { patient: accountOf(person), evidence: EVIDENCE };
  try {
    return (await emergency.open(doctor, asked).send()).result;
  } catch (error) {
    expect(error).to.have.property("error", "EmergencyNeedsCountersignature");
    const signed = await emergency.signCountersignature(colleague, { ...asked, clinician: accountOf(doctor) });
    return (await emergency.openCountersigned(doctor, signed).send()).result;
  }
}

describe("a mass casualty", () => {
  it("is never too much for the glass to break, is countersigned from the fourth on, and all of it reviewed", async () => {
    const all = await stage();
    const { hospital, doctor, colleague, officer, relayer, vault } = all;
    const people = await injured(all);
    const clinician = accountOf(doctor);

    // Six in a row: each chart opens, all but restricted data, and is logged once.
    const opened: Opened[] = [];
    for (const [place, person] of people.entries()) {
      const glass = { patient: accountOf(person), purpose: "BTG" } as const;
      await refusal(records.open(doctor, glass), records.NothingToOpenError);
      opened.push(await broken(all, person));
      await records.release(hospital, { ...glass, reader: clinician });
      const { bundle, categories } = await records.open(doctor, glass);
      expect(idsIn(bundle)).to.deep.equal([`glucose-${place + 1}`]);
      expect(categories).to.deep.equal(["laboratory"]);
    }
    expect(await records.log(officer, { grantee: clinician })).to.have.length(6);
    const found = await emergency.cases(officer, { clinician });
    expect(found.map(({ countersigner }) => countersigner)).to.deep.equal([
      ...Array<undefined>(3).fill(undefined),
      ...Array<string | undefined>(3).fill(colleague.account),
    ]);

    // One of them was never on that train: a contest closes the access at once.
    const [, bystander] = people as [Aceso, Aceso];
    await emergency.contestBySig(relayer, await emergency.signContest(bystander, opened[1]!)).send();
    const glass = { patient: accountOf(bystander), purpose: "BTG" } as const;
    await refusal(records.open(doctor, glass), records.NothingToOpenError);
    expect(await vault.listKeys({ patient: accountOf(bystander), reader: clinician })).to.deep.equal([]);

    // Nobody who took part reviews, and a verdict in the clinician's favour waits for the end of the access.
    const verdicts = opened.map((each, place) => ({ ...each, justified: place !== 1, evidence: REASONS }));
    for (const judge of [doctor, colleague]) {
      await revert(emergency.review(judge, verdicts[5]!).send(), "EmergencyReviewerInvalid");
    }
    await revert(emergency.review(officer, verdicts[0]!).send(), "EmergencyStillOpen");
    await time.increaseTo(opened[5]!.until);
    for (const [place, person] of people.entries()) {
      const basis = { patient: accountOf(person), purpose: "BTG" } as const;
      await refusal(records.open(doctor, basis), records.NothingToOpenError);
      await emergency.review(officer, verdicts[place]!).send();
    }
    const reviewed = await emergency.cases(officer, { clinician });
    expect(reviewed.map(({ verdict, contested }) => `${verdict}${contested ? ", contested" : ""}`)).to.deep.equal([
      "justified",
      "unjustified, contested",
      ...Array<string>(4).fill("justified"),
    ]);

    // With nothing left to review, one Practitioner is enough again.
    await emergency.open(doctor, { patient: accountOf(people[0]!), evidence: EVIDENCE }).send();
    for (const person of people) expect(await person.provider.getBalance(accountOf(person))).to.equal(0n);
  });
});
