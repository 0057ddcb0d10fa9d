import { stat } from "node:fs/promises";

import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import type { Bundle } from "fhir/r4.js";

import type { Hex } from "../../src/crypto/bytes.js";
import { sealRecord } from "../../src/records/add.js";
import { putEnvelope, recordOf } from "../../src/records/envelope.js";
import { folderVault } from "../../src/vault/folder.js";
import { ethers, time } from "../fixtures.js";
import {
  actor,
  ADDRESSES,
  CHART,
  errorIn,
  jsonIn,
  KEYS,
  PASSPHRASE,
  staffed,
  type CommandLine,
} from "./commandLine.js";

const { patient, clinic, hospital, nurse, doctor } = ADDRESSES;
const OBSERVATION = CHART.entry[1]!.resource;

type Row = { record: string; status: string; readers: string[]; categories?: string[] };

describe("record", () => {
  let cli: CommandLine;
  const as = actor;

  beforeEach(async () => {
    cli = await staffed();
    await cli.write("chart.json", CHART);
  });

  const add = (file = "chart.json", more = ""): ReturnType<CommandLine["done"]> =>
    cli.done(`record add ${file} --patient ${patient} --json ${more}`.trim(), as("hospital"));
  const consent = (categories: string): ReturnType<CommandLine["done"]> =>
    cli.done(`consent grant --grantee ${clinic} --purposes TREAT --categories ${categories} --until 1d`, as("patient"));
  const rows = async (): Promise<Row[]> => jsonIn(await cli.done("record list --details --json", as("patient")));
  const there = (name: string): Promise<boolean> =>
    stat(cli.path(name)).then(
      () => true,
      () => false,
    );

  describe("add", () => {
    it("takes a single resource, and a bundle from stdin with a byte order mark", async () => {
      await cli.write("observation.json", OBSERVATION);
      expect(jsonIn<{ records: object[] }>(await add("observation.json")).records).to.have.length(1);
      const stdin = `\uFEFF${JSON.stringify(CHART)}`;
      await cli.done(`record add - --patient ${patient}`, { ...as("hospital"), stdin });
      expect(await rows()).to.have.length(3);
    });

    it("says what it does not keep", async () => {
      await cli.write("batch.json", {
        ...CHART,
        entry: [...CHART.entry, { request: { method: "DELETE", url: "Patient/1" } }],
      });
      const { err } = await cli.done(`record add batch.json --patient ${patient}`, as("hospital"));
      expect(err).to.contain("1 of the bundle's entries hold no resource");
    });

    it("lets staff add for their organisation, and patients for themselves", async () => {
      await cli.done(`accredit member ${nurse} --until 1y`, as("hospital"));
      await cli.done(`record add chart.json --patient ${patient} --author ${hospital} --role provider`, {
        ...as("hospital"),
        as: KEYS.nurse,
      });
      await cli.done(`record add chart.json --patient ${patient}`, as("patient"));
      expect(await rows()).to.have.length(4);
      await cli.done(`accredit member ${nurse} --remove`, as("hospital"));
      const late = await cli.run(`record add chart.json --patient ${patient} --author ${hospital}`, as("nurse"));
      expect(late.err).to.contain("RecordUnauthorized");
    });

    it("signs only for patients who write about themselves", async () => {
      for (const line of ["--sign s.json", `--author ${hospital} --sign s.json`]) {
        const answer = await cli.run(`record add chart.json --patient ${patient} ${line} --json`, as("hospital"));
        expect(errorIn(answer).error).to.equal("NotSelfAuthoredError");
        expect(answer.code).to.equal(2);
      }
      expect(await there("vault")).to.equal(false);
    });

    it("makes no vault for what the chain refuses, nor with --dry-run", async () => {
      await cli.run(`record add chart.json --patient ${patient}`, as("clinic"));
      const { out } = await add("chart.json", "--dry-run");
      expect(JSON.parse(out)).to.have.all.keys("to", "data", "gas");
      expect(await there("vault")).to.equal(false);
    });
  });

  describe("open", () => {
    it("gives only what the consent covers, and says why the rest is withheld", async () => {
      await add();
      await cli.done(`record share --grantee ${clinic}`, as("patient"));
      await consent("laboratory");
      const chart = jsonIn<{ bundle: Bundle; withheld: { reason: string; explanation: string }[]; access: object }>(
        await cli.done(`record open --patient ${patient} --purpose TREAT --json`, as("clinic")),
      );
      expect(chart.bundle.entry?.map(({ resource }) => resource?.id)).to.deep.equal(["o1"]);
      expect(chart.withheld.map(({ reason }) => reason)).to.deep.equal(["not permitted"]);
      expect(chart.withheld[0]!.explanation).to.contain("No consent");
      expect(chart.access).to.have.all.keys("transaction", "block", "gasUsed");
    });

    it("tells a person the same in a table", async () => {
      await add();
      await cli.done(`record share --grantee ${clinic}`, as("patient"));
      await consent("laboratory");
      const { out } = await cli.done(`record open --patient ${patient} --purpose TREAT --out seen.json`, as("clinic"));
      expect(out).to.contain("Opened 1 record of").and.to.contain("Withheld 1 record:").and.to.contain("not permitted");
      expect(out).to.not.contain("Hemoglobin");
    });

    it("puts the chart in the file and the summary on stdout with --json and --out", async () => {
      await add();
      const { out } = await cli.done(`record open --patient ${patient} --json --out own.json`, as("patient"));
      expect(JSON.parse(out)).to.have.all.keys("out", "records", "categories", "withheld");
      expect(await cli.readJson<Bundle>("own.json")).to.include({ resourceType: "Bundle" });
    });

    it("refuses, before anything is logged, where the chart has nowhere to go", async () => {
      await add();
      await cli.done(`record share --grantee ${clinic}`, as("patient"));
      await consent("all");
      const line = `record open --patient ${patient} --purpose TREAT`;
      for (const [more, error] of [
        ["", "UsageError"],
        [" --out chart.json", "FileExistsError"],
        [" --out nowhere/x.json", "OutputFileError"],
      ] as const) {
        expect((await cli.run(line + more, as("clinic"))).err, more).to.contain(error);
      }
      expect((await cli.done("record log", as("patient"))).out).to.equal("No access was logged.\n");
    });

    it("needs a purpose for another's chart, not for one's own", async () => {
      await add();
      const answer = await cli.run(`record open --patient ${patient} --json`, as("clinic"));
      expect(errorIn(answer).error).to.equal("UsageError");
      await cli.done(`record open --patient ${patient} --json`, as("patient"));
    });

    it("lists what was withheld when there is nothing to open", async () => {
      await add();
      const answer = await cli.run(`record open --patient ${patient} --purpose TREAT --json`, as("clinic"));
      expect(answer.code).to.equal(1);
      expect(errorIn(answer)).to.have.property("withheld").with.length(2);
    });

    it("shows the log entry it would write with --dry-run, and logs nothing", async () => {
      await add();
      await cli.done(`record share --grantee ${clinic}`, as("patient"));
      await consent("all");
      const line = `record open --patient ${patient} --purpose TREAT --dry-run`;
      const shown = jsonIn<{ to: string; gas: number }>(await cli.done(`${line} --json`, as("clinic")));
      expect(shown.to).to.equal(cli.contracts.records.target);
      expect(shown.gas).to.be.within(21_000, 80_000);
      expect((await cli.done("record log", as("patient"))).out).to.equal("No access was logged.\n");
      expect((await cli.done(`record open --patient ${patient} --dry-run`, as("patient"))).out).to.contain(
        "Nothing would be sent",
      );
    });

    it("keeps the name of a member of staff as the digest given", async () => {
      await add();
      await cli.done(`record share --grantee ${clinic}`, as("patient"));
      await consent("all");
      const actorDigest = `0x${"ac".repeat(32)}`;
      await cli.done(`record open --patient ${patient} --purpose TREAT --actor ${actorDigest} --json`, as("clinic"));
      const [access] = jsonIn<{ actor: string }[]>(await cli.done("record log --json", as("patient")));
      expect(access!.actor).to.equal(actorDigest);
    });
  });

  describe("share", () => {
    it("gives the keys to the records named, and no others", async () => {
      await add();
      const [first] = await rows();
      const { out } = await cli.done(`record share --grantee ${clinic} --records ${first!.record}`, as("patient"));
      expect(out).to.contain("the keys to 1 record").and.to.contain(first!.record);
    });

    it("fails where there is nothing of the account's own", async () => {
      await add();
      const answer = await cli.run(`record share --grantee ${patient} --json`, as("clinic"));
      expect(answer.code).to.equal(1);
      expect(errorIn(answer).error).to.equal("NothingHandedOverError");
    });

    it("says what was withheld and why where that was everything", async () => {
      await add();
      const line = `record release --patient ${patient} --reader ${clinic} --purpose TREAT`;
      const answer = await cli.run(`${line} --json`, as("hospital"));
      expect(errorIn(answer)).to.have.property("withheld").with.length(2);
      expect((await cli.run(line, as("hospital"))).err).to.contain("not permitted  No consent");
    });
  });

  describe("amend", () => {
    it("replaces the content, and says whom to release it to again", async () => {
      await cli.write("observation.json", OBSERVATION);
      await add("observation.json");
      await cli.done(`record share --grantee ${clinic}`, as("patient"));
      const [only] = await rows();
      await cli.write("corrected.json", { ...OBSERVATION, status: "amended" });
      const line = `record amend corrected.json --record ${only!.record} --patient ${patient}`;
      expect((await cli.done(`${line} --dry-run`, as("hospital"))).out).to.contain("Nothing was sent");
      expect((await cli.done(line, as("hospital"))).out)
        .to.contain("to release or share it to again")
        .and.to.contain(clinic);
      const { bundle } = jsonIn<{ bundle: Bundle }>(
        await cli.done(`record open --patient ${patient} --json`, as("patient")),
      );
      expect(bundle.entry?.[0]?.resource).to.include({ status: "amended" });
    });

    it("refuses content the record does not cover", async () => {
      await cli.write("observation.json", OBSERVATION);
      await add("observation.json");
      const [only] = await rows();
      const answer = await cli.run(
        `record amend chart.json --record ${only!.record} --patient ${patient} --json`,
        as("hospital"),
      );
      expect(errorIn(answer).error).to.equal("CategoriesWidenedError");
      expect(answer.code).to.equal(2);
    });

    it("needs the author's key", async () => {
      await add();
      const [first] = await rows();
      const answer = await cli.run(
        `record amend chart.json --record ${first!.record} --patient ${patient} --json`,
        as("clinic"),
      );
      expect(errorIn(answer).error).to.equal("RecordKeyMissingError");
      expect(answer.code).to.equal(4);
    });
  });

  describe("sweep", () => {
    it("deletes the keys of readers whose consent is over, and leaves those that are covered", async () => {
      await add();
      await consent("laboratory");
      await cli.done(`record release --patient ${patient} --reader ${clinic} --purpose TREAT`, as("hospital"));
      expect((await cli.done(`record sweep --patient ${patient}`, as("hospital"))).out).to.contain("still covered");
      await time.increase(2 * 24 * 60 * 60);
      const swept = jsonIn<{ reader: string }[]>(
        await cli.done(`record sweep --patient ${patient} --json`, as("hospital")),
      );
      expect(swept.map(({ reader }) => reader)).to.deep.equal([clinic]);
    });
  });

  describe("list", () => {
    it("says what each record holds to who has the key, and whose keys the vault holds to all", async () => {
      await add();
      const details = await rows();
      expect(details.map(({ categories }) => categories?.join())).to.have.members(["demographics", "laboratory"]);
      expect(details[0]!.readers).to.have.members([patient, hospital]);
      const { out } = await cli.done(`record list --patient ${patient}`, { env: { ACESO_VAULT: "vault" } });
      expect(out).to.contain("anchored").and.to.contain("patient").and.to.not.contain("laboratory");
    });

    it("knows a record under a root by the keys in the vault", async () => {
      const record = await addUnderRoot(cli);
      const blind = await cli.done(`record list --patient ${patient} --json`, { env: { ACESO_VAULT: "vault" } });
      expect(jsonIn<Row[]>(blind)).to.deep.equal([{ record, status: "in the vault", readers: [patient] }]);
      expect(await rows()).to.deep.include({
        ...{ record, status: "anchored", author: hospital, readers: [patient], categories: ["laboratory"] },
      });
      await cli.done(`record erase ${record}`, as("patient"));
      expect((await cli.done("record list", as("patient"))).out).to.equal(`No record of ${patient} is known.\n`);
    });

    it("says that there is none", async () => {
      expect((await cli.done("record list", as("doctor"))).out).to.equal(`No record of ${doctor} is known.\n`);
    });
  });

  describe("accounting", () => {
    it("names recipients from a file, and lists what an authorisation does not cover", async () => {
      await add();
      await cli.done(`record share --grantee ${clinic}`, as("patient"));
      const line = `consent grant --grantee ${clinic} --purposes PUBHLTH --categories all --until 1d`;
      await cli.done(line, as("patient"));
      await cli.done(`record open --patient ${patient} --purpose PUBHLTH --json`, as("clinic"));
      await cli.write("names.json", {
        [clinic.toLowerCase()]: { name: "Good Health Clinic", address: "1 Main Street" },
      });
      const { out } = await cli.done("record accounting --names names.json", as("patient"));
      expect(out)
        .to.contain("Good Health Clinic, 1 Main Street")
        .and.to.contain("public health")
        .and.to.contain("once");
      const policy = `0x${"00".repeat(32)}`;
      const excused = await cli.done(`record accounting --authorizations ${policy} --json`, as("patient"));
      expect(jsonIn<{ disclosures: object[] }>(excused).disclosures).to.deep.equal([]);
      const earlier = await cli.done("record accounting --from 2d --to 1d --json", as("patient"));
      expect(jsonIn<{ disclosures: object[] }>(earlier).disclosures).to.deep.equal([]);
    });

    for (const content of [
      { [clinic]: {} },
      { [clinic]: { name: 1 } },
      { [clinic]: { name: "x", address: 2 } },
      { [clinic]: null },
    ]) {
      it(`refuses ${JSON.stringify(content[clinic])} for a name`, async () => {
        await cli.write("names.json", content);
        const answer = await cli.run("record accounting --names names.json --json", as("patient"));
        expect(errorIn(answer).error).to.equal("RecipientsFileError");
      });
    }

    it("refuses a name for what is no account", async () => {
      await cli.write("names.json", { clinic: { name: "x" } });
      const answer = await cli.run("record accounting --names names.json --json", as("patient"));
      expect(errorIn(answer).error).to.equal("AddressArgumentError");
    });
  });

  it("never says a passphrase, a private key or what is in a chart", async () => {
    await add();
    const said: string[] = [];
    for (const [line, who] of [
      [`record open --patient ${patient} --out own.json`, "patient"],
      [`record open --patient ${patient} --purpose TREAT --json`, "clinic"],
      [`record list --details`, "patient"],
      [`record add own.json --patient ${patient}`, "hospital"],
      [`keys show`, "patient"],
    ] as const) {
      const { out, err } = await cli.run(line, { ...as(who), env: { ...as(who).env, ACESO_DEBUG: "1" } });
      said.push(out, err);
    }
    for (const secret of [PASSPHRASE, "Doe", "Hemoglobin", ...Object.values(KEYS).map((key) => key.slice(2))]) {
      expect(said.join("\n")).to.not.contain(secret);
    }
  });
});

/** Adds a laboratory result as the hospital, with its patient's key only, as one of many under a root. */
async function addUnderRoot(cli: CommandLine): Promise<string> {
  const { resourceType, entry } = { ...CHART, entry: CHART.entry.slice(1) };
  const bundle = { resourceType, type: "collection", entry } as unknown as Bundle;
  const parties = { patient, author: hospital };
  const { envelope, ciphertext, digest } = await sealRecord({ categories: ["laboratory"], bundle }, parties);
  const record = recordOf(envelope);
  const tree = StandardMerkleTree.of(
    [record, digest].map((leaf) => [leaf, digest]),
    ["bytes32", "bytes32"],
  );
  const root = { root: tree.root as Hex, digest, proof: tree.getProof(0) as Hex[] };
  const vault = await folderVault(cli.path("vault"));
  await vault.putBlob(digest, ciphertext);
  const { publicKey } = await cli.readJson<{ publicKey: Hex }>("patient.key");
  await putEnvelope(vault, { ...envelope, root }, { account: patient, key: publicKey });
  await cli.contracts.records.connect(await ethers.getSigner(hospital)).anchorRoot(1, hospital, root.root, 2);
  return record;
}
