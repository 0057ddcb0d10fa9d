import { expect } from "chai";

import System from "../deploy/modules/System.js";
import { MalformedDeploymentError, NoDeploymentError, deploymentOn, parseDeployment } from "../src/deployment.js";
import deployments from "../src/deployments.json" with { type: "json" };
import { deploymentOf, refusal, stage } from "./sdk.js";

const ADDRESSES = [
  "accessManager",
  "accreditation",
  "consentRegistry",
  "emergencyAccess",
  "recordRegistry",
  "keyDirectory",
  "productRegistry",
  "batchLedger",
  "prescriptionRegistry",
  "planRegistry",
  "claimEscrow",
  "studyRewards",
  "rewardDistributor",
  "rewardToken",
] as const;

const byte = (index: number) =>
  `0x${String(index + 1)
    .padStart(2, "0")
    .repeat(20)}`;

/** A deployment by the keys of `Deployment`. */
const NAMED: Readonly<Record<string, unknown>> = Object.fromEntries(
  ADDRESSES.map((name, place) => [name, byte(place)]),
);

type Module = { futures: Set<{ id: string; type: string }>; submodules: Set<Module> };

/** The ids Ignition gives the contracts of a module and those below it: the keys of its deployed_addresses.json. */
function contractIds({ futures, submodules }: Module): string[] {
  const own = [...futures].filter(({ type }) => /CONTRACT_DEPLOYMENT$/.test(type)).map(({ id }) => id);
  return [...new Set([...own, ...[...submodules].flatMap(contractIds)])];
}

describe("parseDeployment", () => {
  it("reads the keys of Deployment", () => {
    expect(parseDeployment({ ...NAMED, fromBlock: 12 })).to.deep.equal({ ...NAMED, fromBlock: 12 });
  });

  it("reads every block when no first one is given", () => {
    expect(parseDeployment(NAMED).fromBlock).to.equal(0);
  });

  it("reads Ignition's deployed_addresses.json of the System module", () => {
    const ids = contractIds(System as unknown as Module);
    expect(ids).to.have.length(ADDRESSES.length);
    const deployed = Object.fromEntries(ids.map((id, place) => [id, byte(place)]));
    const parsed = parseDeployment(deployed);
    for (const name of ADDRESSES) {
      const contract = name.charAt(0).toUpperCase() + name.slice(1);
      expect(parsed[name], name).to.equal(deployed[ids.find((id) => id.endsWith(`#${contract}`))!]);
    }
  });

  it("gives addresses in their checksummed form", () => {
    const lower = "0xabababababababababababababababababababab";
    const { keyDirectory } = parseDeployment({ ...NAMED, keyDirectory: lower });
    expect(keyDirectory.toLowerCase()).to.equal(lower);
    expect(keyDirectory).not.to.equal(lower);
  });

  for (const name of ADDRESSES) {
    it(`refuses a deployment whose ${name} is missing or no address`, async () => {
      const { [name]: _, ...without } = NAMED;
      const wrong = [12, null, "", "0x12", {}, `0x${"aB".repeat(20)}`, "vitalik.eth"];
      for (const malformed of [without, ...wrong.map((value) => ({ ...NAMED, [name]: value }))]) {
        const error = await refusal(() => parseDeployment(malformed), MalformedDeploymentError);
        expect(error.field).to.equal(name);
        expect(error.message).to.contain(`"${name}"`);
      }
    });
  }

  it("refuses a first block that is none", async () => {
    for (const fromBlock of [-1, 1.5, "12", NaN, 2 ** 53]) {
      const error = await refusal(() => parseDeployment({ ...NAMED, fromBlock }), MalformedDeploymentError);
      expect(error.field).to.equal("fromBlock");
    }
  });

  it("refuses what is no object", async () => {
    for (const json of [undefined, null, "deployment", 12, []]) {
      await refusal(() => parseDeployment(json), MalformedDeploymentError);
    }
  });

  it("reads the deployment the tests run on", async () => {
    const { house, deployment } = await stage();
    expect(deploymentOf(house)).to.deep.equal(deployment);
    expect(deployment.consentRegistry).to.equal(await house.consents.getAddress());
  });
});

describe("deploymentOn", () => {
  it("knows every deployment of the package", () => {
    for (const [chainId, known] of Object.entries(deployments)) {
      expect(deploymentOn(BigInt(chainId))).to.deep.equal(known);
    }
  });

  it("refuses a chain the package knows no deployment on, by its id", async () => {
    const error = await refusal(() => deploymentOn(31337n), NoDeploymentError);
    expect(error.chainId).to.equal(31337n);
    expect(error.message).to.contain("31337");
  });
});
