import { mkdir } from "node:fs/promises";

import { expect } from "chai";
import { JsonRpcProvider, makeError, type Provider } from "ethers";

import { ADDRESSES, commandLine, errorIn, KEYS, type CommandLine } from "./commandLine.js";

/** A provider whose every call fails with an error. */
function failing(error: unknown): () => Promise<Provider> {
  const provider = new JsonRpcProvider("http://127.0.0.1:9", 31337, { staticNetwork: true });
  provider.send = () => Promise.reject(error);
  return async () => provider;
}

describe("errors", () => {
  let cli: CommandLine;
  const line = `consent list --patient ${ADDRESSES.patient}`;

  before(async () => {
    cli = await commandLine();
  });

  it("are a name, what was wrong, and what to do, for a person", async () => {
    const { err } = await cli.run("consent revoke-all");
    expect(err).to.equal(
      "NoAccountError: No account is configured.\n" +
        "Name a keystore with --keystore (or in the config file), or set ACESO_PRIVATE_KEY.\n",
    );
  });

  it("are one JSON object for a program", async () => {
    const { err } = await cli.run("consent revoke-all --json");
    expect(JSON.parse(err)).to.have.all.keys("error", "message", "advice");
  });

  it("have the contract's name when a contract refuses", async () => {
    const answer = await cli.run(`accredit ${ADDRESSES.clinic} --role Provider --until 1y`, { as: KEYS.stranger });
    expect(answer.code).to.equal(1);
    expect(answer.err).to.match(/^AccreditorNotAllowed: 0x/);
  });

  const secretUrl = "https://node.example/v3/SECRET";
  const failures: [title: string, error: unknown, name: string, code: number][] = [
    [
      "a node that answers with a failure",
      makeError("failed", "SERVER_ERROR", { request: secretUrl } as never),
      "ChainCallError",
      3,
    ],
    [
      "a node that goes away",
      Object.assign(new Error(`connect ${secretUrl}`), { code: "ECONNREFUSED" }),
      "ChainCallError",
      3,
    ],
    [
      "a used nonce",
      makeError("nonce has already been used", "NONCE_EXPIRED", { transaction: {} } as never),
      "ChainCallError",
      1,
    ],
    ["a defect", new TypeError(`${secretUrl} of Jane Doe is undefined`), "Defect", 5],
    ["something thrown that is no error", "SECRET", "Defect", 5],
  ];
  for (const [title, error, name, code] of failures) {
    it(`tell ${title} by name, without what it holds`, async () => {
      const answer = await cli.run(`${line} --json`, { connect: failing(error) });
      expect(errorIn(answer).error).to.equal(name);
      expect(answer.code).to.equal(code);
      expect(answer.err).to.not.contain("SECRET").and.to.not.contain("Jane");
    });
  }

  it("say what the node said, where it said something", async () => {
    const refusal = makeError("could not coalesce error", "UNKNOWN_ERROR", {
      error: { message: "gas price too low" },
    } as never);
    const { err } = await cli.run(line, { connect: failing(refusal) });
    expect(err).to.contain("gas price too low");
  });

  it("come with stack traces only for who asks", async () => {
    const connect = failing(new TypeError("undefined"));
    expect((await cli.run(line, { connect })).err).to.not.contain(" at ");
    expect((await cli.run(line, { connect, env: { ACESO_DEBUG: "1" } })).err).to.contain(
      "TypeError: undefined\n    at ",
    );
  });

  it("find the deployment below the working folder, where Ignition puts it", async () => {
    await mkdir(cli.path("deploy/deployments/chain-31337"), { recursive: true });
    await cli.write("deploy/deployments/chain-31337/deployed_addresses.json", await cli.read("deployment.json"));
    await cli.done(line, { env: { ACESO_DEPLOYMENT: "" } });
  });

  it("name a deployment that is not on this chain", async () => {
    const file = await cli.readJson<Record<string, string>>("deployment.json");
    await cli.write("elsewhere.json", { ...file, consentRegistry: ADDRESSES.stranger });
    const answer = await cli.run(`${line} --deployment elsewhere.json --json`);
    expect(errorIn(answer).error).to.equal("NotDeployedError");
    expect(answer.code).to.equal(3);
  });
});
