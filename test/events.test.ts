import { expect } from "chai";
import { id } from "ethers";

import { accountOf, type Aceso, type Contracts } from "../src/aceso.js";
import { grant, revoke } from "../src/consent/consent.js";
import { list } from "../src/consent/history.js";
import { cases, open } from "../src/emergency/emergency.js";
import { blockTimes, eventsOf, inOrder } from "../src/events.js";
import { publish } from "../src/keys/keys.js";
import { anchoredRecords } from "../src/records/anchored.js";
import { ethers, FAR } from "./fixtures.js";
import { added, bundleOf, GLUCOSE, stage } from "./sdk.js";

const KEYS = ["first", "second", "third", "fourth"].map((name) => id(name) as `0x${string}`);

async function mine(blocks: number): Promise<void> {
  await ethers.provider.send("hardhat_mine", [`0x${blocks.toString(16)}`]);
}

/** A connection whose endpoint answers questions over so many blocks at most, and counts them. */
function narrow(aceso: Aceso, span: number) {
  const questions: [number, number][] = [];
  const contracts = Object.fromEntries(
    Object.entries(aceso.contracts).map(([name, contract]) => {
      const queryFilter = async (filter: never, from: number, to: number) => {
        questions.push([from, to]);
        if (to - from > span) throw new Error("query exceeds the allowed block range");
        return contract.queryFilter(filter, from, to);
      };
      return [name, Object.assign(Object.create(contract) as object, { queryFilter })];
    }),
  ) as unknown as Contracts;
  return { aceso: { ...aceso, contracts }, questions };
}

/** Four keys the clinic published, hundreds of blocks apart. */
async function published() {
  const all = await stage();
  for (const key of KEYS) {
    await publish(all.clinic, { key }).send();
    await mine(1500);
  }
  const keysOf = async (aceso: Aceso) => {
    const { keys } = aceso.contracts;
    const events = await eventsOf(aceso, keys, keys.filters.KeyPublished(accountOf(all.clinic)));
    return events.map(({ args }) => args.key).filter((key) => KEYS.includes(key as `0x${string}`));
  };
  return { ...all, keysOf };
}

describe("eventsOf", () => {
  it("gives every event that fits the filter, oldest first", async () => {
    const { patient, keysOf } = await published();
    expect(await keysOf(patient)).to.deep.equal(KEYS);
  });

  it("gives the same where an endpoint limits how many blocks a question spans", async () => {
    const { patient, keysOf } = await published();
    for (const span of [5000, 1999, 500]) {
      const { aceso, questions } = narrow(patient, span);
      expect(await keysOf(aceso)).to.deep.equal(KEYS);
      const answered = questions.filter(([from, to]) => to - from <= span).sort(([a], [b]) => a - b);
      // Every block is asked for once.
      expect(answered[0]![0]).to.equal(0);
      expect(answered.at(-1)![1]).to.equal(await ethers.provider.getBlockNumber());
      for (const [place, [from]] of answered.entries())
        if (place > 0) expect(from).to.equal(answered[place - 1]![1] + 1);
    }
  });

  it("asks once where one question is enough", async () => {
    const { patient, keysOf } = await published();
    const { aceso, questions } = narrow(patient, Infinity);
    await keysOf(aceso);
    expect(questions).to.have.length(1);
  });

  it("gives up with the endpoint's error where it answers nothing, after few questions", async () => {
    const { patient, keysOf } = await published();
    const { aceso, questions } = narrow(patient, -1);
    expect(await keysOf(aceso).catch((error: Error) => error.message)).to.equal(
      "query exceeds the allowed block range",
    );
    expect(questions).to.have.length.lessThan(10);
  });

  it("reads from the deployment's first block on", async () => {
    const { patient, keysOf } = await published();
    const fromBlock = (await ethers.provider.getBlockNumber()) - 4000;
    const later = { ...patient, deployment: { ...patient.deployment, fromBlock } };
    const { aceso, questions } = narrow(later, Infinity);
    expect(await keysOf(aceso)).to.deep.equal(KEYS.slice(2));
    expect(questions[0]![0]).to.equal(fromBlock);
  });

  it("serves everything that is read from events", async () => {
    const { patient, guardian, clinic, hospital, doctor } = await stage();
    const terms = { purposes: ["TREAT"], categories: ["laboratory"], validUntil: FAR } as const;
    await grant(guardian, { grantee: accountOf(clinic), terms }).send();
    await mine(900);
    await grant(guardian, { grantee: accountOf(hospital), terms }).send();
    await added(hospital, patient, bundleOf(GLUCOSE));
    await open(doctor, { patient: accountOf(patient), evidence: id("shock") as `0x${string}` }).send();
    await mine(900);
    await revoke(guardian, { grantee: accountOf(clinic) }).send();
    const { aceso } = narrow(clinic, 500);
    expect((await list(aceso, { patient: accountOf(guardian) })).map(({ grantee }) => grantee)).to.deep.equal([
      accountOf(hospital),
    ]);
    expect(await anchoredRecords(aceso, accountOf(patient))).to.have.length(1);
    expect(await cases(aceso, { patient: accountOf(patient) })).to.have.length(1);
  });
});

describe("blockTimes", () => {
  it("gives a block's time, asking once a block", async () => {
    const { clinic } = await stage();
    let asked = 0;
    const provider = Object.create(clinic.provider) as typeof clinic.provider;
    const getBlock = async (block: number) => {
      asked += 1;
      return clinic.provider.getBlock(block);
    };
    const timeOf = blockTimes({ ...clinic, provider: Object.assign(provider, { getBlock }) });
    const times = await Promise.all([1, 2, 1, 2].map(timeOf));
    expect(times).to.deep.equal([times[0], times[1], times[0], times[1]]);
    expect(times[0]).to.equal((await clinic.provider.getBlock(1))!.timestamp);
    expect(times[1]).to.be.greaterThan(times[0]!);
    expect(asked).to.equal(2);
  });
});

describe("inOrder", () => {
  it("sorts by block, then by place in it", () => {
    const events = [
      { blockNumber: 2, index: 0 },
      { blockNumber: 1, index: 7 },
      { blockNumber: 1, index: 3 },
    ];
    expect([...events].sort(inOrder)).to.deep.equal([events[2], events[1], events[0]]);
  });
});
