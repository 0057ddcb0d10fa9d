import { readdir, stat } from "node:fs/promises";

import { expect } from "chai";
import { encryptKeystoreJson } from "ethers";

import type { SealedKey } from "../../src/crypto/sealedKey.js";
import {
  actor,
  ADDRESSES,
  errorIn,
  jsonIn,
  KEYS,
  keyFile,
  PASSPHRASE,
  staffed,
  type CommandLine,
} from "./commandLine.js";

const { patient, hospital, stranger } = ADDRESSES;

describe("keys", () => {
  let cli: CommandLine;
  const as = actor;

  beforeEach(async () => {
    cli = await staffed();
  });

  describe("create", () => {
    it("asks for the passphrase twice, and writes nothing when the two differ", async () => {
      const answers = ["one", "two"];
      const { code, err } = await cli.run("keys create --out new.key", { ask: async () => answers.shift()! });
      expect(code).to.equal(4);
      expect(err).to.contain("PassphrasesDifferError");
      expect(await readdir(cli.folder)).to.not.include("new.key");
    });

    it("asks nothing for a file that is there already", async () => {
      const ask = (): Promise<string> => Promise.reject(new Error("asked"));
      expect((await cli.run("keys create --out patient.key", { ask })).err).to.contain("FileExistsError");
    });
  });

  describe("publish", () => {
    it("says so when the key is published already, and sends nothing", async () => {
      const { out } = await cli.done("keys publish", as("patient"));
      expect(out).to.contain("already").and.to.not.contain("Transaction");
    });

    it("warns that the key before is still needed for what was wrapped for it", async () => {
      await keyFile(cli, "new.key");
      const { err } = await cli.done("keys publish --encryption-key new.key", as("patient"));
      const { publicKey } = await cli.readJson<SealedKey>("patient.key");
      expect(err).to.contain(`It replaces ${publicKey}`);
    });

    it("refuses a file whose public key was exchanged", async () => {
      const mine = await cli.readJson<SealedKey>("patient.key");
      const theirs = await cli.readJson<SealedKey>("clinic.key");
      await cli.write("patient.key", { ...mine, publicKey: theirs.publicKey });
      const answer = await cli.run("keys publish --json", as("patient"));
      expect(errorIn(answer).error).to.equal("KeyMismatchError");
      expect(answer.code).to.equal(4);
    });
  });

  describe("show", () => {
    it("shows an account's published key, and that there is none", async () => {
      const { publicKey } = await cli.readJson<SealedKey>("hospital.key");
      expect(jsonIn<object>(await cli.done(`keys show ${hospital} --json`))).to.deep.equal({
        account: hospital,
        key: publicKey,
      });
      expect((await cli.done(`keys show ${stranger}`)).out).to.equal(`${stranger} has published no key.\n`);
    });

    it("shows a key file's slots without a chain or a passphrase", async () => {
      const connect = (): Promise<never> => Promise.reject(new Error("not to be asked"));
      const { out } = await cli.done("keys show --encryption-key patient.key", { connect });
      expect(out).to.contain("passphrase").and.to.contain("patient.key holds 0x");
    });

    it("says whether the file's key is the published one", async () => {
      expect((await cli.done("keys show", as("patient"))).out).to.contain(", the same.");
      await keyFile(cli, "other.key");
      expect((await cli.done("keys show --encryption-key other.key", as("patient"))).out).to.not.contain("the same");
    });
  });

  describe("add-slot and remove-slot", () => {
    const slots = async (): Promise<SealedKey["slots"]> => (await cli.readJson<SealedKey>("patient.key")).slots;
    const list = "record list --details --json";

    beforeEach(async () => {
      await cli.write("chart.json", { resourceType: "Patient" });
      await cli.done(`record add chart.json --patient ${patient}`, as("hospital"));
    });

    it("adds the wallet, which then unlocks where no passphrase is at hand", async () => {
      await cli.done("keys add-slot --wallet", as("patient"));
      expect((await stat(cli.path("patient.key"))).mode & 0o777).to.equal(0o600);
      expect(await readdir(cli.folder)).to.not.include(".tmp");
      const withoutPassphrase = { as: KEYS.patient, env: { ...as("patient").env, ACESO_KEY_PASSPHRASE: "" } };
      const [only] = jsonIn<{ categories: string[] }[]>(await cli.done(list, withoutPassphrase));
      expect(only!.categories).to.deep.equal(["demographics"]);
      const foreign = await cli.run(`${list}`, { ...withoutPassphrase, as: KEYS.stranger });
      expect(errorIn(foreign).error).to.equal("PassphraseMissingError");
    });

    it("adds a guardian, who opens the file with their own key and adds a new passphrase for its owner", async () => {
      await cli.done(`keys add-slot --guardian ${hospital}`, as("patient"));
      const [forgotten] = await slots();
      await cli.done(`keys remove-slot ${forgotten!.id} patient.key`);
      expect(errorIn(await cli.run(list, as("patient"))).error).to.equal("KeyFileLockedError");
      await cli.done("keys add-slot patient.key --unlock guardian --passphrase", {
        ...as("hospital"),
        env: { ...as("hospital").env, ACESO_NEW_KEY_PASSPHRASE: "a new one" },
      });
      expect((await slots()).map(({ kind }) => kind)).to.deep.equal(["guardian", "passphrase"]);
      const renewed = { as: KEYS.patient, env: { ...as("patient").env, ACESO_KEY_PASSPHRASE: "a new one" } };
      await cli.done(list, renewed);
    });

    it("unlocks in the way that is asked for", async () => {
      await cli.done("keys add-slot --wallet", as("patient"));
      await cli.done(`keys add-slot patient.key --guardian ${hospital} --unlock wallet`, { as: KEYS.patient });
      const wrong = await cli.run("keys add-slot patient.key --wallet --unlock passphrase --json", {
        as: KEYS.patient,
      });
      expect(errorIn(wrong).error).to.equal("PassphraseMissingError");
      expect((await cli.run("keys add-slot --wallet --unlock magic", as("patient"))).code).to.equal(2);
    });

    it("does not remove the last slot", async () => {
      const [only] = await slots();
      const answer = await cli.run(`keys remove-slot ${only!.id} --json`, as("patient"));
      expect(errorIn(answer).error).to.equal("LastSlotError");
      expect(await slots()).to.have.length(1);
    });
  });
});

describe("the account", () => {
  let cli: CommandLine;

  before(async () => {
    cli = await staffed();
    const cheap = { scrypt: { N: 2, r: 1, p: 1 } };
    await cli.write(
      "patient.json",
      await encryptKeystoreJson({ address: patient, privateKey: KEYS.patient }, PASSPHRASE, cheap),
    );
    const nameless = JSON.parse(await cli.read("patient.json")) as Record<string, unknown>;
    delete nameless["address"];
    await cli.write("nameless.json", nameless);
  });

  it("comes from a keystore, unlocked by the environment", async () => {
    const { out } = await cli.done("consent revoke-all --keystore patient.json", {
      env: { ACESO_PASSPHRASE: PASSPHRASE },
    });
    expect(out).to.contain(patient);
  });

  it("comes from a keystore, unlocked by a person", async () => {
    const questions: string[] = [];
    const ask = async (question: string): Promise<string> => {
      questions.push(question);
      return PASSPHRASE;
    };
    await cli.done("consent revoke-all --keystore patient.json", { ask });
    expect(questions).to.deep.equal([`Passphrase of ${cli.path("patient.json")}`]);
  });

  it("need not be unlocked to read what is about it", async () => {
    expect((await cli.done("consent list --keystore patient.json")).out).to.contain(patient);
  });

  it("is taken from the flag before the environment", async () => {
    const { out } = await cli.done("consent list --keystore patient.json", { as: KEYS.stranger });
    expect(out).to.contain(patient);
  });

  it("refuses a wrong passphrase", async () => {
    const answer = await cli.run("consent revoke-all --keystore patient.json --json", {
      env: { ACESO_PASSPHRASE: "no" },
    });
    expect(errorIn(answer).error).to.equal("KeystorePassphraseError");
    expect(answer.code).to.equal(4);
  });

  it("refuses to ask where there is nobody", async () => {
    const answer = await cli.run("consent revoke-all --keystore patient.json --json");
    expect(errorIn(answer).error).to.equal("PassphraseMissingError");
    expect(answer.code).to.equal(4);
  });

  it("refuses a keystore that does not name its account, where it is not unlocked", async () => {
    expect(errorIn(await cli.run("consent list --keystore nameless.json --json")).error).to.equal(
      "KeystoreMalformedError",
    );
  });

  it("takes a private key without 0x, and with spaces around it", async () => {
    const { out } = await cli.done("consent list", { as: ` ${KEYS.patient.slice(2)}\n` });
    expect(out).to.contain(patient);
  });
});
