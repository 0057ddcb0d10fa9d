import { stat } from "node:fs/promises";

import { expect } from "chai";
import type { Bundle, FhirResource } from "fhir/r4.js";

import { time } from "../fixtures.js";
import {
  ADDRESSES,
  CHART,
  commandLine,
  jsonIn,
  keyFile,
  KEYS,
  PASSPHRASE,
  type CommandLine,
  type Surroundings,
} from "./commandLine.js";

describe("a journey through the command", () => {
  let cli: CommandLine;
  const { hospital, clinic, doctor, officer, pauper: patient } = ADDRESSES;
  const secret = { ACESO_KEY_PASSPHRASE: PASSPHRASE };
  // Key files open by the wallet, so only making them takes a passphrase.
  const as = (name: keyof typeof KEYS): Surroundings => ({
    as: KEYS[name],
    env: {
      ...{ ACESO_ENCRYPTION_KEY_FILE: `${name}.key`, ACESO_VAULT: "vault" },
      ...(name === "doctor" && secret),
    },
  });

  before(async () => {
    cli = await commandLine();
    await cli.write("chart.json", CHART);
    await keyFile(cli, "doctor.key");
  });

  it("makes a sealed key each, that only its owner may read, with the wallet as a second way in", async () => {
    const make = async (name: "hospital" | "clinic" | "pauper"): Promise<void> => {
      await cli.done(`keys create --out ${name}.key`, { env: secret });
      await cli.done(`keys add-slot ${name}.key --wallet`, { as: KEYS[name], env: secret });
      expect((await stat(cli.path(`${name}.key`))).mode & 0o777).to.equal(0o600);
    };
    await Promise.all([make("hospital"), make("clinic"), make("pauper")]);
  });

  it("publishes them: those with ether by themselves, the patient by a relayed signature", async () => {
    for (const name of ["hospital", "clinic", "doctor"] as const) await cli.done("keys publish", as(name));
    const unpaid = await cli.run("keys publish", as("pauper"));
    expect(unpaid.code).to.equal(1);
    expect(unpaid.err).to.contain("InsufficientFundsError");
    await cli.done("keys publish --sign publication.json", as("pauper"));
    await cli.done("relay publication.json", as("relayer"));
    expect((await cli.done(`keys show ${patient}`)).out).to.contain(`${patient} has published 0x`);
  });

  it("licenses the hospital, the doctor and the privacy officer", async () => {
    await cli.done(`accredit ${hospital} --role Provider --until 2100-12-31`, as("admin"));
    await cli.done(`accredit ${doctor} --role practitioner --until 1y`, as("admin"));
    await cli.done(`accredit ${officer} --role PRIVACYOFFICER --until 4000000000`, as("admin"));
    const { out } = await cli.done("accredit list --json");
    expect((JSON.parse(out) as { role: string }[]).map(({ role }) => role)).to.deep.equal([
      "Provider",
      "Practitioner",
      "PrivacyOfficer",
    ]);
  });

  it("adds the patient's chart", async () => {
    const { out } = await cli.done(`record add chart.json --patient ${patient} --role Provider`, as("hospital"));
    expect(out).to.contain(`Added 2 records of ${patient}`).and.to.contain("demographics").and.to.contain("laboratory");
  });

  it("opens nothing to the clinic yet, and leaves no file", async () => {
    const answer = await cli.run(`record open --patient ${patient} --purpose TREAT --out seen.json`, as("clinic"));
    expect(answer.code).to.equal(1);
    expect(answer.err).to.contain("NothingToOpenError").and.to.contain("no key");
    expect(await stat(cli.path("seen.json")).catch(() => undefined)).to.equal(undefined);
  });

  it("grants the clinic a consent that the patient signed without ether", async () => {
    const terms = "--purposes TREAT --categories laboratory,demographics --until 90d";
    await cli.done(`consent grant --grantee ${clinic} ${terms} --sign grant.json`, as("pauper"));
    expect((await stat(cli.path("grant.json"))).mode & 0o777).to.equal(0o600);
    await cli.done("relay grant.json", as("relayer"));
    const { out } = await cli.done(`consent list --patient ${patient}`);
    expect(out).to.contain(clinic).and.to.contain("live").and.to.contain("demographics, laboratory");
    expect((await cli.run("relay grant.json", as("relayer"))).err).to.match(/^ConsentStale: /);
  });

  it("releases the records for the purpose granted and for no other", async () => {
    const refused = await cli.run(
      `record release --patient ${patient} --reader ${clinic} --purpose HRESCH`,
      as("hospital"),
    );
    expect(refused.code).to.equal(1);
    expect(refused.err).to.contain("NothingHandedOverError").and.to.contain("not permitted");
    const { out } = await cli.done(
      `record release --patient ${patient} --reader ${clinic} --purpose TREAT`,
      as("hospital"),
    );
    expect(out).to.contain(`${clinic} has the keys to 2 records`);
  });

  it("opens the chart to the clinic and logs it", async () => {
    const { out } = await cli.done(`record open --patient ${patient} --purpose TREAT --out seen.json`, as("clinic"));
    expect(out).to.contain("Opened 2 records").and.to.contain("Logged in transaction 0x");
    expect((await stat(cli.path("seen.json"))).mode & 0o777).to.equal(0o600);
    const bundle = await cli.readJson<Bundle>("seen.json");
    expect(bundle.entry?.map(({ resource }) => (resource as FhirResource).resourceType)).to.have.members([
      "Patient",
      "Observation",
    ]);
  });

  it("shows the access to the patient: as a table, as FHIR, and as an accounting", async () => {
    const { out } = await cli.done("record log", as("pauper"));
    expect(out).to.contain(clinic).and.to.contain("TREAT");
    const audit = jsonIn<Bundle>(await cli.done("record log --fhir", as("pauper")));
    expect(audit.entry?.map(({ resource }) => (resource as FhirResource).resourceType)).to.deep.equal(["AuditEvent"]);
    const accounting = await cli.done("record accounting", as("pauper"));
    expect(accounting.out)
      .to.contain("No disclosure")
      .and.to.contain("1 for treatment, payment or health care operations");
    expect((await cli.done("record accounting --all", as("pauper"))).out)
      .to.contain("treatment")
      .and.to.contain("once");
  });

  it("closes the chart to the clinic when the patient revokes", async () => {
    await cli.done(`consent revoke --grantee ${clinic} --sign revocation.json`, as("pauper"));
    await cli.done("relay revocation.json", as("relayer"));
    const answer = await cli.run(`record open --patient ${patient} --purpose TREAT --json`, as("clinic"));
    expect(answer).to.include({ code: 1, out: "" });
  });

  it("opens it in an emergency, which is reviewed", async () => {
    await cli.write("note.txt", "Unconscious, no relatives.");
    const opened = await cli.done(`emergency open --patient ${patient} --note note.txt`, as("doctor"));
    expect(opened.out).to.contain("Opened all but restricted");
    await cli.done(`record release --patient ${patient} --reader ${doctor} --purpose BTG`, as("hospital"));
    const chart = jsonIn<{ records: string[]; bundle: Bundle }>(
      await cli.done(`record open --patient ${patient} --purpose BTG --json`, as("doctor")),
    );
    expect(chart.records).to.have.length(2);
    expect(chart.bundle.resourceType).to.equal("Bundle");
    await time.increase(4 * 60 * 60);
    await cli.write("reasons.txt", "Justified by the ambulance's report.");
    await cli.done(
      `emergency review --patient ${patient} --clinician ${doctor} --justified --note reasons.txt`,
      as("officer"),
    );
    expect((await cli.done(`emergency list --patient ${patient}`)).out).to.contain("justified");
  });

  it("erases a record for good when the patient says so", async () => {
    const records = jsonIn<{ record: string }[]>(await cli.done("record list --json", as("pauper")));
    const { record } = records[0]!;
    await cli.done(`record erase ${record} --sign erasure.json`, as("pauper"));
    await cli.done("relay erasure.json", as("relayer"));
    const answer = await cli.done(`record open --patient ${patient} --out own.json`, as("pauper"));
    expect(answer.out).to.contain("Opened 1 record ").and.to.contain("erased").and.to.contain("nothing was logged");
  });
});
